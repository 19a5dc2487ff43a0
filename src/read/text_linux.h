/* Servers built on FreeRDP, by their journal: gnome-remote-desktop, the shadow server.
 *
 *   Nov 22 22:55:36 host gnome-remote-desktop-daemon[1234]: RDP TLS certificate and key not yet configured properly
 *   2026-11-22T22:55:36+0100 host gnome-remote-de[1234]: [RDP] Credentials are not set, denying client
 *   [22:55:36:641] [11510:11511] [ERROR][com.freerdp.core.transport] - client authentication failure
 *
 * The journal names neither the client nor its port, so that each refusal stands by itself. */
#ifndef RDPWHY_READ_TEXT_LINUX_H
#define RDPWHY_READ_TEXT_LINUX_H

#include "read/tale.h"

struct linux_log {
    struct tales tales; /* one per refusal */
    size_t used;
};

/* A line_take. */
bool linux_log_take(void *log, const struct text_line *line, struct error *error) MUST_USE;
void linux_log_release(struct linux_log *log);

#endif
