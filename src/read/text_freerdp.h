/* Logs of FreeRDP 2 and 3: xfreerdp, wlfreerdp, sdl-freerdp, and what Remmina and others print by the same library.
 *
 *   [22:55:36:641] [11510:11511] [ERROR][com.freerdp.core.nego] - Error: SSL_CERT_NOT_ON_SERVER            FreeRDP 2
 *   [22:55:36:641] [2cf6:00002cf7] [ERROR][com.freerdp.core.nego] - [nego_process_...]: Error: ...         FreeRDP 3
 *
 * The library is in servers, too (gnome-remote-desktop, the shadow server): lines of its server's side are not taken as
 * a client's. Times are without a date, so that no record has one. Pure: lines in, tales out. */
#ifndef RDPWHY_READ_TEXT_FREERDP_H
#define RDPWHY_READ_TEXT_FREERDP_H

#include "read/tale.h"

struct freerdp_log {
    struct tales tales; /* one per process */
    uint64_t process;
    bool begun;
    size_t used;    /* lines of a client's side */
    size_t foreign; /* of a server's */
    int went_to;    /* enum check_id that the client was seen in since the last code */
    int64_t asked;  /* by the last request, when the log tells (level DEBUG) */
    int64_t selected;
    bool refused; /* the user, or a setting, did not take the certificate */
};

void freerdp_log_init(struct freerdp_log *log);
/* A line_take. */
bool freerdp_log_take(void *log, const struct text_line *line, struct error *error) MUST_USE;
/* To be called once behind the last line. */
void freerdp_log_end(struct freerdp_log *log);
void freerdp_log_release(struct freerdp_log *log);

#endif
