/* Events of logs, put together by machine: what happened how often, and what of it speaks of Remote Desktop. */
#ifndef RDPWHY_READ_LOG_H
#define RDPWHY_READ_LOG_H

#include "evidence/evidence.h"
#include "read/evtx.h"

enum { LOG_HOSTS_MAX = 16 };

struct log_host;
struct log {
    struct log_host *hosts[LOG_HOSTS_MAX]; /* owned; in the order they came up */
    size_t count;
    uint64_t other_hosts;      /* events of machines past the cap */
    uint64_t other_rows;       /* events of kinds past the cap of one machine */
    struct evtx_counts counts; /* of the file: set by the caller before the evidence is asked for */
};

/* An evtx_take: `log` is a struct log. Events that cannot be told to be of Remote Desktop (a service's logon, a share)
 * are passed over. */
bool log_take(void *log, const struct evtx_event *event, struct error *error) MUST_USE;
/* The evidence of one machine: the group `server`, and of a client's own log what it aimed at and what it was told.
 * NULL: no memory. */
struct evidence *log_evidence(const struct log *log, size_t host, struct error *error) MUST_USE;
/* The connections of the machine of that name, chosen anew: those nearest to `around_us` by the server's clock. */
bool log_visits(const struct log *log, const char *name, int64_t around_us, struct ev_server *server,
                struct error *error) MUST_USE;
/* Events of that machine that were used. */
uint64_t log_used(const struct log *log, size_t host);
const char *log_host_name(const struct log *log, size_t host);
void log_release(struct log *log);

#endif
