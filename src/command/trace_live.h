/* The live view of `rdpwhy trace`: on a terminal a screen of its own, gone when the run ends. */
#ifndef RDPWHY_COMMAND_TRACE_LIVE_H
#define RDPWHY_COMMAND_TRACE_LIVE_H

#include "command/options.h"

struct trace_live;

/* Becomes the run's observer. On anything but a terminal, and with -q, it shows nothing. `stop` is called for "q". */
bool trace_live_start(struct trace_live **live, struct run *run, const struct check_options *options,
                      void (*stop)(void *run), struct error *error) MUST_USE;
/* Gives the terminal back as it was. NULL is fine. */
void trace_live_free(struct trace_live *live);

#endif
