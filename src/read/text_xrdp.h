/* xrdp.log and xrdp-sesman.log, of xrdp 0.9 and 0.10: what the server itself says of each connection.
 *
 *   [20261122-22:55:31] [INFO ] Socket 11: AF_INET connection received from 127.0.0.1 port 35248             0.9
 *   [2026-11-22T22:55:31.123+0100] [INFO ] Socket 11: connection accepted from 127.0.0.1:35248               0.10
 *
 * Only the first and the TLS line of a connection carry its client. All others belong to a connection when it is the
 * only one under way; else nobody can say whose they are, and they count for none. Names of accounts are left out.
 * 0.9 writes the server's local time without a zone: taken as UTC and said to be so (told.local_time). */
#ifndef RDPWHY_READ_TEXT_XRDP_H
#define RDPWHY_READ_TEXT_XRDP_H

#include "read/tale.h"

enum { XRDP_STEPS_MAX = 8 };

enum xrdp_step { XRDP_OVER, XRDP_HANDSHAKE, XRDP_UP, XRDP_LOGGED_IN };

struct xrdp_visit {
    size_t number; /* of its tale, counted from 0 over all */
    enum xrdp_step step;
    int64_t arrived_us;
};
struct xrdp_log {
    struct tales tales;
    struct xrdp_visit visits[XRDP_STEPS_MAX]; /* those under way; the newest ones */
    size_t visit_count;
    size_t used;    /* lines of xrdp's form */
    size_t unclear; /* lines that two connections could have left */
    size_t port;    /* it listens on; 0: not said */
    int pending;    /* enum told_reason of a line before the one that ends it; TALE_UNSEEN: none */
    char why[TALE_HOW_SIZE];
    uint32_t clients[64]; /* hashes of addresses */
    size_t client_count;
    int64_t first_us;
    int64_t last_us;
    bool zoneless; /* the last line's time carries no zone */
    bool sesman;   /* it is the session manager's own log: its connections are those of xrdp, not of clients */
};

void xrdp_log_init(struct xrdp_log *log);
/* A line_take. */
bool xrdp_log_take(void *log, const struct text_line *line, struct error *error) MUST_USE;
void xrdp_log_end(struct xrdp_log *log);
void xrdp_log_release(struct xrdp_log *log);

#endif
