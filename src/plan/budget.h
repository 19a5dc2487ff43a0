/* The connection budget: ban tools cut off a source after as few as five connects in two minutes, successful ones
 * included. Pure policy; who asks brings the clock and the log. */
#ifndef RDPWHY_PLAN_BUDGET_H
#define RDPWHY_PLAN_BUDGET_H

#include "base/buffer.h"
#include "base/error.h"

enum {
    BUDGET_PER_RUN = 3,    /* connects to the RDP port, all address families together */
    BUDGET_ROLLING = 4,    /* of all runs together, ... */
    BUDGET_WINDOW_S = 120, /* ... in any so many seconds */
    BUDGET_LOG_MAX = 1024, /* entries that are kept */
};

/* One connect that was made. */
struct budget_entry {
    int64_t at_us;   /* wall clock */
    uint64_t target; /* budget_target() */
};

struct budget_log {
    struct budget_entry entries[BUDGET_LOG_MAX];
    size_t count;
};

/* What is remembered of a target: a number from its address and port, so that the state file names nobody. */
uint64_t budget_target(const char *address, uint16_t port);

/* Reads "SECONDS.MICROS TARGET" lines. What is no such line, lies in the future or is older than the window is dropped:
 * a damaged file must never keep anybody from a diagnosis. */
void budget_log_parse(struct budget_log *log, const char *text, size_t size, int64_t now_us);
bool budget_log_write(const struct budget_log *log, struct buffer *out) MUST_USE;

/* Microseconds to wait before `connects` more to the target; 0: now. */
int64_t budget_wait_us(const struct budget_log *log, uint64_t target, unsigned connects, int64_t now_us);
void budget_note(struct budget_log *log, uint64_t target, int64_t now_us);

#endif
