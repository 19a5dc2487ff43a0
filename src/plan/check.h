/* What a check is, and the run it takes part in. Checks look and record; they never judge. */
#ifndef RDPWHY_PLAN_CHECK_H
#define RDPWHY_PLAN_CHECK_H

#include "base/address.h"
#include "evidence/evidence.h"
#include "net/loop.h"

struct credentials;
struct run;
struct plan;
struct probe; /* what the checks of src/probe share in one run; theirs */
struct path;  /* likewise, of src/path */

/* A check: a constant descriptor. `start` begins work on the loop and returns at once; the check then calls run_ready
 * (optional) and exactly once run_end, possibly from inside `start`. False from `start`: our own failure, which ends
 * the run. `cancel` stops what is under way and frees it; run_end must not be called after it. What a check allocates
 * is freed when it ends or is cancelled, except what lies in struct probe. */
struct check {
    enum check_id id;
    unsigned needs; /* NEEDS(CHECK_TCP) | ...: all of them must be ready */
    unsigned after; /* NEEDS() bits of those that must have ended first, however that went */
    /* Set: it starts only when run_demand asks for it, or --only names it; these words say why it did not. */
    const char *else_why;
    bool beside; /* nobody waits for it: it is cancelled a second after the rest has ended */
    bool (*start)(struct run *run, struct error *error);
    void (*cancel)(struct run *run); /* NULL: it ends inside `start` */
};
#define NEEDS(id) (1U << (id))

/* Progress, for a live display. Any may be NULL. */
struct run_observer {
    void (*started)(void *context, enum check_id id);
    void (*ended)(void *context, enum check_id id);
    /* The connection budget makes us wait: about every second, with what is left; 0: it goes on. */
    void (*waiting)(void *context, int64_t left_us);
    /* The counts of the path group are newer than before. */
    void (*measured)(void *context);
    void *context;
};

struct run_options {
    char *host; /* a name, or a literal without brackets; owned by the caller of run_new */
    uint16_t port;
    enum address_family family; /* ADDRESS_NONE: both */
    int64_t timeout_us;         /* of the whole run */
    unsigned asked;             /* NEEDS() bits of the checks the user wants to see; what they need runs too */
    unsigned skipped;           /* never run, needed or not */
    unsigned named;             /* of those asked, the ones the user named himself */
    bool deep;
    const char *vpn_gateway;               /* the tunnel's outer end, by the user's word; NULL: not said */
    int64_t trace_us;                      /* for finding the place of losses; 0: as long as it takes, within limits */
    bool again;                            /* do not wait for the connection budget */
    const struct credentials *credentials; /* plan/credentials.h; NULL: no logon is tried */
    bool session;                          /* go on past the logon */
    const char *const *trusted;            /* SHA-256 of certificates that may be shown a logon, lower-case hex */
    size_t trusted_count;
    const char *gateway_host; /* RD Gateway; NULL: none is looked at */
    uint16_t gateway_port;
    enum gateway_use gateway_use; /* who names it */
    const char *proxy;            /* forward proxy on the way to it, by the user's word; NULL: by the environment */
};

/* One run. The fields are for checks to read; the functions below change them. */
struct run {
    struct net_loop *loop;
    struct evidence *evidence;
    const struct run_options *options;
    const struct run_observer *observer; /* may be NULL */
    struct probe *probe;
    struct path *path;
    struct plan *plan; /* plan's own */
};

/* What others need of this check is there (a name's addresses, an open connection): they may start, while it goes on.
 */
void run_ready(struct run *run, enum check_id id);
/* The check is over. RAN_DONE implies run_ready unless run_blocked was called before. `why` (a short clause, may be
 * NULL) is for every `ran` but RAN_DONE. */
void run_end(struct run *run, enum check_id id, enum check_ran ran, const char *why);
/* What others need will not come; checks that need `id` become RAN_POINTLESS with `why` ("the port did not open"). Call
 * it before run_end. */
void run_blocked(struct run *run, enum check_id id, const char *why);
/* Our own failure (no memory): ends the run; the first one is kept. */
void run_failed(struct run *run, const struct error *error);
/* Starts a check that waits to be asked for. False: it is not part of this run, or it was asked for before. */
bool run_demand(struct run *run, enum check_id id) MUST_USE;
/* Work that is no check (a deciding test): the run waits until every run_hold is answered by a run_let_go. */
void run_hold(struct run *run);
void run_let_go(struct run *run);
/* Microseconds left of the whole run's budget, at most `limit_us`, never negative. */
int64_t run_limit_us(const struct run *run, int64_t limit_us);
/* Waiting for the connection budget does not use up the run's own time: stops and restarts its clock. */
void run_pause(struct run *run);
bool run_resume(struct run *run, struct error *error) MUST_USE;
bool run_stopping(const struct run *run); /* cancelled, or out of time */

#endif
