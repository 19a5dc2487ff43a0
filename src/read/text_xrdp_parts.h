/* Lines of xrdp's logs, taken apart; for text_xrdp.c only. */
#ifndef RDPWHY_READ_TEXT_XRDP_PARTS_H
#define RDPWHY_READ_TEXT_XRDP_PARTS_H

#include "read/tale.h"

/* What stands behind "[time] [LEVEL] "; NULL: not a line of xrdp. */
const char *xrdp_message(const struct text_line *line, int64_t *at_us);
/* "127.0.0.1 port 35248", "127.0.0.1:35248", "[::1]:35248", "::ffff:10.0.0.1 port 5" */
bool xrdp_client(const char *text, char *client, size_t room, int64_t *port);
/* "SSL|HYBRID|RDP]" as requestedProtocols; TALE_UNSEEN: none. */
int64_t xrdp_protocols(const char *from);

struct xrdp_logon_line {
    const char *mark;
    int reason; /* TALE_UNSEEN: none that can mean only one thing */
    enum check_id at;
    const char *how;
};

/* A line about a logon or a session that failed; NULL: it is none. */
const struct xrdp_logon_line *xrdp_logon_line(const char *message);
bool xrdp_is_success(const char *message);

#endif
