/* rdpwhy fix: what its files share. */
#ifndef RDPWHY_COMMAND_FIX_H
#define RDPWHY_COMMAND_FIX_H

#include <stdio.h>

#include "command/arguments.h"
#include "command/output.h"
#include "diagnose/diagnose.h"
#include "remedy/remedy.h"

enum { FIX_WORDS = 8 };

struct fix_options {
    const char *words[FIX_WORDS + 1]; /* what is no option, ended by NULL */
    unsigned word_count;
    const char *cause;    /* as typed; NULL: list them all */
    const char *remedy;   /* --remedy */
    const char *system;   /* --system */
    const char *delivery; /* --for */
    const char *write;    /* --write: a folder */
    const char *evidence; /* --evidence: a saved document */
    enum remedy_part part;
    bool json;
    bool quiet;
    bool verbose; /* everything is shown anyway */
    bool folk;
    bool help;
    enum output_colour colour;
    struct values values;
    struct {
        bool wanted; /* --apply; the others only with it */
        bool local;
        bool yes;
        bool keep;
        const char *ssh;
        const char *ssh_config;
        const char *host;    /* what is looked at; NULL: the machine itself */
        const char *seconds; /* --put-back-after, as typed */
        unsigned limit_s;
    } apply;
    struct argument asked; /* the row of an option that a repair or a delivery asks for, and how it was typed */
    char asked_as[44];
};

bool fix_options_parse(int argc, char **argv, struct fix_options *options, struct error *error) MUST_USE;
void fix_options_help(FILE *out);
/* The request that the options make. False: an unknown cause (with the nearest names), remedy, system or delivery. */
bool fix_request(const struct fix_options *options, struct repair_request *request, struct error *error) MUST_USE;

/* What a repair is shown with, besides itself. */
struct fix_view {
    const struct evidence *evidence; /* NULL: nobody looked */
    const char *saved;               /* the file it is saved in; NULL: in none */
    bool colour;
};

/* The lines that show from outside what a repair changed. */
struct fix_again {
    char before[640]; /* to be run before the repair; "": not needed */
    char after[640];
};
void fix_look_again(const struct repair *repair, const struct fix_view *view, struct fix_again *again);

/* For people. */
bool fix_print(FILE *out, const struct repair *repair, const struct fix_view *view, struct error *error) MUST_USE;
/* The causes with a repair, or all of them as JSON. */
bool fix_print_list(FILE *out, bool colour, struct error *error) MUST_USE;
char *fix_list_document(struct error *error) MUST_USE;
/* Popular advice that hurts, why, and what to do instead. */
/* Only what holds all of `words` (ended by NULL), upper or lower case. */
bool fix_folk_any(const char *const *words);
bool fix_print_folk(FILE *out, const char *const *words, bool colour, struct error *error) MUST_USE;
char *fix_folk_document(const char *const *words, struct error *error) MUST_USE;
/* Writes every part's script, what its delivery takes along, and a README into a new or empty place; overwrites
 * nothing. Says on `out` what it wrote. */
bool fix_write(FILE *out, const struct repair_request *request, const struct repair *repair,
               const struct fix_view *view, const char *folder, struct error *error) MUST_USE;
/* rdpwhy HOST --fix: the repair of the leading cause, below the report; or why there is none. */
bool fix_after_check(const struct verdict *verdict, const struct fix_view *view, struct error *error) MUST_USE;
/* Asks on the terminal for what is missing; an empty answer leaves the placeholder. True: some value was given. */
bool fix_ask(const struct repair *repair, struct values *values);

/* rdpwhy fix ... --apply. Returns the exit status (remedy/apply.h). */
int fix_apply(const struct fix_options *options);
void fix_apply_help(FILE *out);

#endif
