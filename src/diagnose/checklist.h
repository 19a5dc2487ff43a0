/* The paper version: what somebody looks at who cannot run the program; all of it, or what decides a cause or a code.
 */
#ifndef RDPWHY_DIAGNOSE_CHECKLIST_H
#define RDPWHY_DIAGNOSE_CHECKLIST_H

#include "facts/causes.h"
#include "facts/checklist.h"
#include "facts/explain.h"

enum { CHECKLIST_STEPS = 48, CHECKLIST_TEXT = 400 };

struct checklist_step {
    const char *id; /* of data/checklist.tsv or data/tests.tsv, or "fix" */
    enum place where;
    const char *title;            /* NULL: `how` says it all */
    char how[CHECKLIST_TEXT];     /* what to look at */
    char command[CHECKLIST_TEXT]; /* "" when there is none; HOST stands for the host */
    char apart[CHECKLIST_TEXT];   /* causes that it tells apart, "" when that is not known */
    const char *when;             /* what has to be seen before; NULL: nothing to say; likewise below */
    const char *why;
    const char *means;
    const char *stop;
};

struct checklist {
    enum cause cause;                      /* CAUSE_NONE: all of it, or a code */
    const struct explanation *explanation; /* borrowed; NULL: not for a code */
    enum cause suspects[EXPLAIN_CAUSES];   /* the cause's neighbours, or the code's causes */
    unsigned suspect_count;
    struct checklist_step steps[CHECKLIST_STEPS];
    unsigned count;
};

void checklist_all(struct checklist *checklist);
void checklist_of_cause(enum cause cause, struct checklist *checklist);
void checklist_of_code(const struct explanation *explanation, struct checklist *checklist);

#endif
