/* For log.c and log_evidence.c alone. */
#ifndef RDPWHY_READ_LOG_INTERNAL_H
#define RDPWHY_READ_LOG_INTERNAL_H

#include "read/log.h"
#include "read/visits.h"

enum { LOG_CLIENTS_MAX = 64 };

struct log_row {
    char *channel; /* owned */
    unsigned id;
    int64_t code;  /* -1: none */
    int64_t logon; /* likewise */
    uint64_t count;
    int64_t first_us;
    int64_t last_us;
    struct evtx_event *last; /* owned */
    int64_t hour;            /* hours since 1970 that `in_hour` counts */
    uint64_t in_hour;
    uint64_t busiest;
    uint32_t clients[LOG_CLIENTS_MAX]; /* hashes of addresses */
    size_t client_count;
};
struct log_host {
    char *name;                             /* owned; as in the file */
    struct log_row rows[SERVER_EVENTS_MAX]; /* by first sight */
    size_t count;
    struct visits visits;
    uint64_t used;
    char *aim; /* owned; what its own client connected to last; NULL: nothing */
    int64_t aim_us;
    int64_t told; /* the last reason its client was disconnected with; -1: none */
    int64_t told_us;
};

#endif
