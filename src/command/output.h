/* What every command that ends in a verdict does with it: judge, redact, print, exit status. */
#ifndef RDPWHY_COMMAND_OUTPUT_H
#define RDPWHY_COMMAND_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "evidence/evidence.h"

enum output_colour { OUTPUT_COLOUR_AUTO, OUTPUT_COLOUR_ALWAYS, OUTPUT_COLOUR_NEVER };

struct output_options {
    bool json;
    bool quiet;
    bool verbose;
    bool redact;
    bool ticket;       /* redacts, too */
    bool checks_shown; /* the live view printed the checklist on stdout already */
    enum output_colour colour;
    const char *save;             /* also write the document here; NULL: no */
    const struct evidence *since; /* an earlier look, to compare with (--after); NULL: none */
};

/* Takes argv[*i] when it is one of the words above as offline commands spell them (--json, -q, -v, --redact, --ticket,
 * --save FILE, --color WHEN) and moves *i to its value. false: another word, or a bad value (then *error is set). */
bool output_option(int argc, char **argv, int *i, struct output_options *options, struct error *error);
/* "auto", "always", "never". */
bool output_colour_parse(const char *text, enum output_colour *colour, struct error *error) MUST_USE;
/* Is colour wanted on this stream? NO_COLOR and a dumb terminal are heeded. */
bool output_colour_for(enum output_colour wish, FILE *stream);

/* 80, or what a narrower terminal has. */
int output_width_for(FILE *stream);

/* On standard output, now: a full disk or a closed pipe is noticed. */
bool output_text(const char *text, struct error *error) MUST_USE;

/* Puts the redacted document in its place, unless it is one already. */
bool output_redact(struct evidence **evidence, struct error *error) MUST_USE;

/* Redacts when asked, judges, prints on stdout (and saves). Returns the exit status of the contract; on failure says so
 * on stderr. */
int output_verdict(const struct evidence *evidence, const struct output_options *options);

/* "0x904", "2308", "0x904/0x7": what the user's client said, into the evidence. */
bool output_client_said(struct evidence *evidence, const char *code, struct error *error) MUST_USE;

struct report_options;
/* What the server said of itself (collected, or its logs), when the evidence holds any. */
bool output_server(const struct evidence *evidence, const struct report_options *report, struct error *error) MUST_USE;

#endif
