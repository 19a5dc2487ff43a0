/* A repair, ready to be read and carried: which remedy fits a cause, its script for one part, and the way to deliver
 * it. Nothing here runs anything (apply.h does). */
#ifndef RDPWHY_REMEDY_REMEDY_H
#define RDPWHY_REMEDY_REMEDY_H

#include "evidence/evidence.h"
#include "remedy/delivery.h"
#include "remedy/script.h"

enum { REPAIR_OTHERS = 16, REPAIR_MISSING = 16, REPAIR_NOTES = 8 };

struct repair_request {
    enum cause cause;                 /* CAUSE_NONE: the first cause of `remedy` */
    const struct remedy_fact *remedy; /* NULL: the narrowest that fits */
    const char *system;               /* "xrdp": only remedies for it; NULL: what the evidence shows, or Windows */
    const struct delivery *delivery;  /* NULL: console */
    enum remedy_part part;
    const struct values *values;
    const struct evidence *evidence; /* NULL: none. Fills values that were not given, and chooses */
};

struct repair_missing {
    const char *name;
    enum ask_type type;
    const char *words;
    bool in_script; /* the script stops without it; false: a line to type holds YOUR-NAME */
};

struct repair {
    enum cause cause;
    const struct remedy_fact *remedy;
    const struct delivery *delivery;
    enum remedy_part part;
    struct values values; /* given, and filled in from the evidence */
    char *script;
    char *undo; /* NULL: nothing to put back */
    char *verify;
    struct wrapped wrapped;
    const struct remedy_fact *wider[REPAIR_OTHERS]; /* for the same cause and system, in their order */
    size_t wider_count;
    const struct remedy_fact *elsewhere[REPAIR_OTHERS]; /* for the same cause, on other systems or places */
    size_t elsewhere_count;
    struct repair_missing missing[REPAIR_MISSING]; /* asked for and not known: placeholders stand for them */
    size_t missing_count;
    char *notes[REPAIR_NOTES]; /* owned; one sentence each */
    size_t note_count;
};

/* False: no remedy for the cause (on that system, by that way), a value that does not fit, or no memory. */
bool repair_build(const struct repair_request *request, struct repair *repair, struct error *error) MUST_USE;
void repair_release(struct repair *repair); /* a zeroed one is fine */

/* Is the remedy's script for Windows, and so never run by its authors? */
bool repair_is_for_windows(const struct remedy_fact *remedy);
/* The remedy that repair_build would take; NULL: none fits. */
const struct remedy_fact *remedy_choose(const struct repair_request *request);
/* NULL: all is there. What the evidence must show before this remedy is the one to start with, and does not. */
const char *remedy_waits_for(const struct remedy_fact *remedy, const struct evidence *evidence);

/* As JSON. NULL: no memory. The caller frees with alloc_free. */
char *repair_document(const struct repair *repair, struct error *error) MUST_USE;

#endif
