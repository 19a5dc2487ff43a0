/* Evidence in, verdict out. Pure: no sockets, no clock, no environment; the same evidence gives the same verdict. */
#ifndef RDPWHY_DIAGNOSE_DIAGNOSE_H
#define RDPWHY_DIAGNOSE_DIAGNOSE_H

#include "diagnose/readings.h"
#include "facts/causes.h" /* enum cause, enum test, enum risk, enum place */

enum check_status { STATUS_PASS, STATUS_WARN, STATUS_FAIL, STATUS_SKIP, STATUS_UNKNOWN };
enum verdict_status { VERDICT_OK, VERDICT_DEGRADED, VERDICT_BLOCKED, VERDICT_UNKNOWN };
enum certainty { CERTAINTY_NONE, CERTAINTY_POSSIBLE, CERTAINTY_LIKELY, CERTAINTY_PROVED };

extern const struct field_names check_status_names[], verdict_status_names[], certainty_names[];

struct words {
    char **items; /* owned */
    size_t count;
};

struct check_reading {
    enum check_status status;
    char *summary; /* one line, NULL when there is nothing to say */
    char *why;     /* for skip and unknown */
};

struct ruled_out {
    enum cause cause;
    char *because;
};

struct decider {
    enum test test;
    char *command; /* filled in for this target; NULL when there is none */
};

struct finding {
    enum cause cause;
    enum certainty certainty;
    bool blocks; /* it stops the connection, as far as is known; false: a fact beside */
    struct words because;
    char *action; /* what to do about it, on this kind of server */
    struct decider *deciders;
    size_t decider_count;
};

struct next_step {
    char *what;    /* one line */
    char *command; /* NULL when there is none */
    enum place where;
    enum risk risk;
};

struct verdict {
    enum verdict_status status;
    bool stopped; /* stopped_at and stopped_how hold */
    enum check_id stopped_at;
    char *stopped_how; /* "the server closed 1 ms after our ClientHello" */
    enum cause cause;  /* CAUSE_NONE unless at least likely */
    enum certainty certainty;
    char *summary; /* one line, without colour, for -q and JSON */
    struct words because;
    struct ruled_out *ruled_out;
    size_t ruled_out_count;
    const char *vantage; /* "from this machine", "in this capture": where it was looked from; a constant */
    enum check_id depth; /* the deepest check that passed or failed */
    struct check_reading checks[CHECK_COUNT];
    struct readings readings;
    struct finding *findings; /* gravest first; the leading cause is among them */
    size_t finding_count;
    struct next_step *next;
    size_t next_count;
    struct words code_notes; /* what the codes the user gave mean here; empty without --code */
    enum test *wanted;       /* deciding tests the program itself can run, most telling first */
    size_t wanted_count;
};

/* NULL: out of memory. The caller frees with verdict_free. */
struct verdict *diagnose(const struct evidence *evidence, struct error *error) MUST_USE;
void verdict_free(struct verdict *verdict); /* NULL is fine */

#endif
