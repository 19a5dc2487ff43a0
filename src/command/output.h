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

/* The rows of the words above, as offline commands have them; `member` is the command's struct output_options. */
#define OUTPUT_ARGUMENTS(type, member)                                                                                 \
    ARGUMENT_AT(type, "--json", 0, ARGUMENT_FLAG, member.json),                                                        \
        ARGUMENT_AT(type, "--quiet", 'q', ARGUMENT_FLAG, member.quiet),                                                \
        ARGUMENT_AT(type, "--verbose", 'v', ARGUMENT_FLAG, member.verbose),                                            \
        ARGUMENT_AT(type, "--redact", 0, ARGUMENT_FLAG, member.redact),                                                \
        ARGUMENT_AT(type, "--ticket", 0, ARGUMENT_FLAG, member.ticket),                                                \
        ARGUMENT_AT(type, "--save", 0, ARGUMENT_TEXT, member.save),                                                    \
        ARGUMENT_AT(type, "--color", 0, ARGUMENT_COLOUR, member.colour)

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
