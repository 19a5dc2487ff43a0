/* Events of a server's logs put together to connections: by ActivityID first, then by session, then by the client's
 * address within a minute. */
#ifndef RDPWHY_READ_VISITS_H
#define RDPWHY_READ_VISITS_H

#include "evidence/server.h"
#include "read/evtx.h"

enum { VISITS_KEPT = 16384, VISIT_CLIENT_SIZE = 48 };

/* One connection; times are 0 and numbers -1 where the log does not say. */
struct visit {
    char activity[EVTX_NAME_SIZE];
    char client[VISIT_CLIENT_SIZE];
    uint32_t activity_hash;
    uint32_t client_hash; /* 0: no client */
    int32_t client_port;
    int64_t session;
    int64_t seen_us; /* the first event of it */
    int64_t arrived_us;
    int64_t accepted_us;
    int64_t began_us;
    int64_t refused_us;
    int64_t refused_code;
    int64_t ended_us;
    int64_t ended_code;
    uint16_t refused_event;
    uint16_t ended_event;
};
struct visits {
    struct visit *items; /* owned; a ring once it is full */
    size_t count;
    size_t room;
    size_t next;     /* where the next one goes */
    int64_t lost_us; /* the newest of those that had to make room; 0: none had to */
};

/* Adds an event; one that belongs to no connection is passed over. False: no memory. */
bool visits_take(struct visits *visits, const struct evtx_event *event, struct error *error) MUST_USE;
void visits_release(struct visits *visits);
/* Writes the SERVER_VISITS_MAX that are nearest to `around_us` (0: the last ones), by time. */
bool visits_record(const struct visits *visits, int64_t around_us, struct ev_server *server,
                   struct error *error) MUST_USE;

/* The client's address, "10.0.2.16" out of "10.0.2.16:52202" and "[10.0.2.16]:59407", and its port (-1: none). Empty:
 * none, or this machine. */
void event_client(const struct evtx_event *event, char client[EVTX_VALUE_SIZE], int32_t *port);

#endif
