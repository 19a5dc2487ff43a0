/* What the codes a client shows mean, which causes show them, and what decides between those. Pure; nothing here is
 * surer than "possible", whatever the codes: a code is what the client says about itself. */
#ifndef RDPWHY_FACTS_EXPLAIN_H
#define RDPWHY_FACTS_EXPLAIN_H

#include "facts/causes.h"
#include "facts/find.h"

enum {
    EXPLAIN_CODES = FIND_MAX + 4,
    EXPLAIN_NEAR = 3,
    EXPLAIN_NOTES = 8,
    EXPLAIN_CAUSES = 48,
    EXPLAIN_NEXT = 4,
    EXPLAIN_TEXT = 320
};

struct explained_code {
    enum code_kind kind;
    uint32_t value;
    const struct code_fact *fact;   /* NULL: in none of our lists */
    const struct event_fact *event; /* for CODE_EVENT */
    bool decimal;                   /* it was written in decimal */
    bool aside;                     /* not what was asked about, but what the number means elsewhere */
    uint32_t near[EXPLAIN_NEAR];    /* for an unknown code: known ones that differ by a slip */
    unsigned near_count;
};

struct explained_cause {
    enum cause cause;
    unsigned shows; /* cause_shows() */
};

struct explained_next {
    const char *what;
    char command[EXPLAIN_TEXT]; /* "" when there is none; HOST stands for the host */
    enum place where;
    enum risk risk;
};

struct explanation {
    struct explained_code codes[EXPLAIN_CODES];
    unsigned code_count;
    struct explained_cause causes[EXPLAIN_CAUSES]; /* most telling first */
    unsigned cause_count;
    char notes[EXPLAIN_NOTES][EXPLAIN_TEXT];
    unsigned note_count;
    struct explained_next next[EXPLAIN_NEXT];
    unsigned next_count;
    char summary[EXPLAIN_TEXT];
    char asked[48];  /* "0x904/0x7", as it would be given to --code; "" when it is known to none of the lists */
    bool normal_end; /* a normal ending, no fault */
};

void explain(const struct found *found, struct explanation *explanation);

/* Where a check's causes show, in a few words: "before or with the server's first answer". */
const char *explain_where(const char *check);

#endif
