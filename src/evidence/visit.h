/* Connections as the server's own log tells them, and what the log covers. */
#ifndef RDPWHY_EVIDENCE_VISIT_H
#define RDPWHY_EVIDENCE_VISIT_H

#include "evidence/field.h"

enum { SERVER_VISITS_MAX = 64, SERVER_COVERAGE_MAX = 16 };

/* One connection: events that carry one ActivityID, one session, or one client's address within a minute. Times are by
 * the server's clock. */
struct ev_visit {
    struct ev_text activity; /* "{F4205BAC-...}" */
    struct ev_text client;   /* address */
    struct ev_int client_port;
    struct ev_int session;
    struct ev_int arrived;  /* FIELD_TIME: 131 or 261, or another log's first word of it */
    struct ev_int accepted; /* FIELD_TIME: 1149, 4624 */
    struct ev_int began;    /* FIELD_TIME: a session: 21, 22, 25, 68 */
    struct ev_int refused;  /* FIELD_TIME: 4625, 4825, 140 */
    struct ev_int refused_event;
    struct ev_int refused_code; /* the status of 4625 */
    struct ev_int ended;        /* FIELD_TIME: 24, 40, 102, 103 */
    struct ev_int ended_event;
    struct ev_int ended_code; /* the reason of 40 or 103 */
};

/* One log of the machine (a channel), from its first record in the file to its last. */
struct ev_coverage {
    struct ev_text log;
    struct ev_int first; /* FIELD_TIME */
    struct ev_int last;
    struct ev_int records;
    struct ev_int arrivals; /* events in it that a connection leaves when it arrives: 131, 261 */
    struct ev_bool whole;   /* no damage, no record missing in between */
};

extern const struct field_table visit_table, coverage_table;

#endif
