/* Lines of xrdp's logs, taken apart, and the connections under way; for text_xrdp*.c only. */
#ifndef RDPWHY_READ_TEXT_XRDP_PARTS_H
#define RDPWHY_READ_TEXT_XRDP_PARTS_H

#include "read/text_xrdp.h"

/* What stands behind "[time] [LEVEL] "; NULL: not a line of xrdp, and nothing is written. */
const char *xrdp_message(const struct text_line *line, int64_t *at_us, bool *zoneless);
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

/* The tale of that number; NULL: it had to make room. */
struct tale *xrdp_tale(const struct xrdp_log *log, size_t number);
/* The one connection in this step; NULL: none, or two, which is counted. */
struct xrdp_visit *xrdp_only_one(struct xrdp_log *log, enum xrdp_step step, int64_t now_us);
void xrdp_count_client(struct xrdp_log *log, const char *client);

/* Lines about logons and sessions: of sesman's log, or of xrdp's for the one connection that waits for it. The line
 * itself is not kept: it names the account. */
bool xrdp_take_logon(struct xrdp_log *log, const struct text_line *line, const char *message, int64_t at_us,
                     struct error *error) MUST_USE;
/* Lines of a connection that breaks off behind its handshake; xrdp writes them at any end. */
bool xrdp_is_end(const char *message);
/* Behind the handshake: which side ended it, the log does not say. */
void xrdp_take_session_end(struct xrdp_log *log, int64_t at_us);

#endif
