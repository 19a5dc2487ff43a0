/* A repair carried out where the program can reach the machine itself: on this one, or over the system's ssh. Looks,
 * asks, saves, applies, has the diagnosis made again, and puts everything back when it did not help. The far side puts
 * it back by itself when nobody confirms in time. */
#ifndef RDPWHY_REMEDY_APPLY_H
#define RDPWHY_REMEDY_APPLY_H

#include "diagnose/diagnose.h"
#include "remedy/script.h"

enum { APPLY_LIMIT_S = 180, APPLY_LIMIT_MIN_S = 5, APPLY_LIMIT_MAX_S = 3600, APPLY_REMEDIES = 16 };

/* The exit statuses of `fix --apply`; the numbers are the contract's. */
enum apply_outcome {
    APPLY_REPAIRED = 0,  /* and verified; with undo: it is put back */
    APPLY_UNTOUCHED = 1, /* nothing was changed */
    APPLY_PUT_BACK = 2,  /* tried, not repaired, and everything is as it was */
    APPLY_CHANGED = 3    /* changed, not seen to be repaired, and not known to be put back; or kept on request */
};

struct apply_place {
    const char *ssh;        /* [USER@]HOST; NULL: this machine */
    const char *ssh_config; /* ssh's own -F; NULL: its ordinary settings */
};

/* What the caller does for it. */
struct apply_caller {
    void *context;
    /* One line for the person; it is clean text without a newline. */
    void (*say)(void *context, const char *line);
    /* Shall it be done? */
    bool (*agree)(void *context);
    /* Looks and judges from here; the verdict becomes ours. NULL: failed. */
    struct verdict *(*diagnose)(void *context, struct error *error);
};

struct apply_request {
    enum cause cause;                                   /* CAUSE_NONE: the remedies of whatever the diagnosis names */
    const struct remedy_fact *remedies[APPLY_REMEDIES]; /* sh, narrowest first; the first that finds work is taken */
    size_t remedy_count;
    const struct values *values;
    struct apply_place place;
    bool keep;        /* what did not help, but harmed nothing, stays (a second fault may hide the good of it) */
    unsigned limit_s; /* after so many seconds without a word the far side puts it back */
};

/* May this be the word after ssh? A host or user@host, nothing that ssh could take for an option. ERROR_USAGE. */
bool apply_place_check(const char *ssh, struct error *error) MUST_USE;

/* False: our own failure, before anything was changed. */
bool remedy_apply(const struct apply_request *request, const struct apply_caller *caller, enum apply_outcome *outcome,
                  struct error *error) MUST_USE;
/* Runs one part (look, undo, verify) of the remedies in turn, until one comes to a result that is not "nothing to do".
 */
bool remedy_run_part(const struct apply_request *request, enum remedy_part part, const struct apply_caller *caller,
                     enum apply_outcome *outcome, struct error *error) MUST_USE;

/* Better: the cause is gone and nothing is worse. */
enum apply_change { APPLY_BETTER, APPLY_SAME, APPLY_WORSE };
enum apply_change apply_compare(enum cause cause, const struct verdict *before, const struct verdict *after);
bool apply_names(const struct verdict *verdict, enum cause cause);

#endif
