/* Runs checks: starts every one whose needs are met, keeps the time of the whole run, cancels what has become
 * pointless, and records which ran, for how long, and why not. */
#ifndef RDPWHY_PLAN_PLAN_H
#define RDPWHY_PLAN_PLAN_H

#include "plan/check.h"

/* `run` is filled by the caller (loop, evidence, options, observer; probe may stay NULL) and gets its plan here.
 * `checks` is kept: `count` descriptors, in the order of the checklist. Ids without a descriptor are recorded as not in
 * this version. */
bool plan_init(struct run *run, const struct check *const *checks, size_t count, struct error *error) MUST_USE;
void plan_release(struct run *run);

/* Runs the loop until every check has ended that somebody waits for, and every hold was let go; checks `beside` go on.
 * Call it again after starting more work. False: our own failure. */
bool plan_run(struct run *run, struct error *error) MUST_USE;
/* Gives what is still going on a last second, then cancels it. */
bool plan_finish(struct run *run, struct error *error) MUST_USE;
/* Ctrl-C, from the loop: cancels everything; what is known stays. */
void plan_interrupt(void *run);

#endif
