/* mRemoteNG's log (log4net), in whatever language it runs:
 *
 *   2026-11-22 22:55:36,641 [1] ERROR  - A connection protocol error occurred. Host: "srv"; Error code: "516"; Error
 *   Description: "..."
 *
 * The three fields stand in quotes in this order; the code is the disconnect reason, in decimal, and is taken only from
 * its own field. The time has no zone and is kept as it is read, as UTC. */
#ifndef RDPWHY_READ_TEXT_MREMOTE_H
#define RDPWHY_READ_TEXT_MREMOTE_H

#include "read/tale.h"

struct mremote_log {
    struct tales tales; /* one per disconnect */
    size_t used;        /* lines that carry a code */
};

/* A line_take. */
bool mremote_log_take(void *log, const struct text_line *line, struct error *error) MUST_USE;
void mremote_log_release(struct mremote_log *log);

#endif
