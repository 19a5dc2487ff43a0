/* The lab's RD Gateway: shared by gateway*.c only. */
#ifndef RDPWHY_LAB_GATEWAY_H
#define RDPWHY_LAB_GATEWAY_H

#include "lab/acceptor.h"
#include "lab/session_internal.h"

enum gateway_role {
    GATEWAY_ROLE_HTTP, /* requests come and are answered */
    GATEWAY_ROLE_WEBSOCKET,
    GATEWAY_ROLE_OUT, /* carries what the gateway says */
    GATEWAY_ROLE_IN,  /* carries what the client says, for the OUT connection with its id */
};

enum { GATEWAY_ID_SIZE = 64 };

struct lab_gateway_state {
    enum gateway_role role;
    struct lab_acceptor *acceptor;
    bool admitted; /* the logon of this connection went through */
    char id[GATEWAY_ID_SIZE];
    struct buffer packets; /* of MS-TSGU, as far as they came */
    size_t chunk_left;     /* IN: of the chunk that is coming */
    bool chunk_end;        /* IN: its CRLF is due */
    struct net_stream *target;
    bool target_open;
    size_t from_target; /* bytes */
};

/* One answer's head and short body; NULL texts are left out. */
void gateway_say(struct lab_session *session, const void *bytes, size_t size);
/* What came out of the way of a tunnel (`session` has the role OUT or WEBSOCKET). */
void gateway_packets(struct lab_session *session, const uint8_t *bytes, size_t size);
/* Frames of WebSocket out of session->plain, chunks of IN likewise. False: more is needed. */
bool gateway_step_websocket(struct lab_session *session);
bool gateway_step_chunks(struct lab_session *session);

#endif
