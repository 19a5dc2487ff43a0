/* The checklist while it runs. A line that was printed never changes; the running step is the only thing that moves.
 *
 * Nothing moves unless `progress` is a terminal, so the caller passes NULL otherwise. When the report itself goes to a
 * terminal too, pass it as `out`: finished lines are printed there as they settle, and report_terminal is then called
 * with `checks_shown`. With `out` NULL only the running step is shown, and wiped at the end. */
#ifndef RDPWHY_REPORT_LIVE_H
#define RDPWHY_REPORT_LIVE_H

#include "report/report.h"

struct report_live;

/* Both streams may be NULL: then every call does nothing. NULL: out of memory. */
struct report_live *report_live_new(FILE *out, FILE *progress, const struct report_options *options,
                                    struct error *error) MUST_USE;
void report_live_free(struct report_live *live); /* NULL is fine; wipes the running step */

/* The header line; `title` is what the user asked about (escaped here). Once, before the rest. */
void report_live_start(struct report_live *live, const char *title);
/* A check began, or a further test of it: `what` is a few words ("connecting, sending nothing") or NULL. */
void report_live_running(struct report_live *live, enum check_id check, const char *what);
/* The line of `check` is final: call it only when no later test can change it. Lines come out in the order of the
 * checklist; one whose predecessor is not settled yet waits for it. */
void report_live_settled(struct report_live *live, const struct evidence *evidence, const struct verdict *verdict,
                         enum check_id check);
/* Waiting for the connection budget: call once a second. 0: over. */
void report_live_waiting(struct report_live *live, int seconds);
/* Moves the spinner; call it a few times a second while a step runs. */
void report_live_tick(struct report_live *live);
/* Takes the running step off the terminal, for a line of somebody else's; the next tick draws it again. */
void report_live_hide(struct report_live *live);
/* Prints the lines still held back (as the verdict has them) and wipes the running step. */
void report_live_finish(struct report_live *live, const struct evidence *evidence, const struct verdict *verdict);

#endif
