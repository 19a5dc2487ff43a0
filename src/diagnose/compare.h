/* Two looks at a host, before and after: what got better or worse, which causes went, and what else differs. Pure, like
 * diagnose: the same two documents give the same words. */
#ifndef RDPWHY_DIAGNOSE_COMPARE_H
#define RDPWHY_DIAGNOSE_COMPARE_H

#include "diagnose/diagnose.h"
#include "evidence/diff.h"

enum looks_outcome {
    OUTCOME_SAME,
    OUTCOME_REPAIRED, /* it was blocked, and what blocked it passes now */
    OUTCOME_BETTER,
    OUTCOME_OTHER_CAUSE, /* blocked at the same step, for another reason */
    OUTCOME_WORSE,
    OUTCOME_BROKEN, /* it worked, and is blocked now */
    OUTCOME_UNKNOWN,
    OUTCOME_OTHER_TARGET, /* two hosts, or two ports: nothing was repaired or broken between them */
};

enum step { STEP_SAME, STEP_BETTER, STEP_WORSE, STEP_LOOKED, STEP_NOT_LOOKED };

enum fate {
    FATE_STILL,
    FATE_GONE,   /* its check passes now, or it is ruled out */
    FATE_HIDDEN, /* the second look did not get as far */
    FATE_NEW,
};

extern const struct field_names outcome_names[], step_names[], fate_names[];

struct side {
    const struct evidence *evidence;
    const struct verdict *verdict;
};

struct compared_cause {
    enum cause cause;
    enum fate fate;
    enum certainty before; /* CERTAINTY_NONE: it was not among the findings */
    enum certainty after;
};

struct compared_change {
    char *what;   /* owned: "Windows build"; never NULL */
    char *before; /* owned, in words: "10.0.20348 (Windows Server 2022)"; NULL when not seen */
    char *after;
    bool shown; /* a change for people; the others are what varies, or what a check's own line says already */
};

struct comparison {
    struct side before;
    struct side after;
    enum looks_outcome outcome;
    char *summary; /* owned: one sentence */
    enum step steps[CHECK_COUNT];
    struct compared_cause *causes; /* owned: those at least likely on one side, the leading ones first */
    size_t cause_count;
    struct changes changes;
    struct compared_change *words; /* owned: one per change */
    struct words notes;            /* what makes the two hard to compare */
};

/* The sides are borrowed. NULL: out of memory. The caller frees with comparison_free. */
struct comparison *compare_looks(const struct side *before, const struct side *after, struct error *error) MUST_USE;
void comparison_free(struct comparison *comparison); /* NULL is fine */

/* For compare.c: words for one difference; false: no memory. */
bool compare_words(const struct comparison *comparison, const struct change *change,
                   struct compared_change *words) MUST_USE;

#endif
