/* What a script of `rdpwhy fix` printed where it ran: its last line, which begins with RDPWHY RESULT. Whatever the
 * script is, the result is what the server's side says of itself, and no more. */
#ifndef RDPWHY_READ_TEXT_RUN_H
#define RDPWHY_READ_TEXT_RUN_H

#include "read/tale.h"

struct run_log {
    struct tales tales; /* one per result */
    size_t used;
};

/* A line_take. */
bool run_log_take(void *log, const struct text_line *line, struct error *error) MUST_USE;
void run_log_release(struct run_log *log);

#endif
