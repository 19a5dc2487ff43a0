/* What the user sees while a check runs: the live view on a terminal, a few plain lines elsewhere. */
#ifndef RDPWHY_COMMAND_PROGRESS_H
#define RDPWHY_COMMAND_PROGRESS_H

#include "command/options.h"
#include "diagnose/diagnose.h"

struct progress;

/* Becomes the run's observer. */
bool progress_init(struct progress **progress, struct run *run, const struct check_options *options,
                   struct error *error) MUST_USE;
void progress_free(struct progress *progress); /* NULL is fine */
/* A verdict so far. */
void progress_judged(struct progress *progress, const struct verdict *verdict);
/* Deciding tests begin. */
void progress_testing(struct progress *progress, const struct verdict *verdict);
/* Prints what is left; true when the checklist is on standard output already. */
bool progress_finish(struct progress *progress, const struct verdict *verdict);
/* A line for the person, on stderr, also when that is no terminal. */
void progress_say(struct progress *progress, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
