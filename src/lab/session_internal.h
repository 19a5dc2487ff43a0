/* Shared by session*.c only. */
#ifndef RDPWHY_LAB_SESSION_INTERNAL_H
#define RDPWHY_LAB_SESSION_INTERNAL_H

#include "lab/outlet.h"
#include "lab/session.h"
#include "wire/credssp.h"

enum { SESSION_WORDS = 160 };

enum stage {
    STAGE_REQUEST, /* waits for the Connection Request */
    STAGE_HELLO,   /* the Confirm is out, waits for the ClientHello */
    STAGE_TLS,
    STAGE_NLA,
    STAGE_GATEWAY,
    STAGE_START, /* the start of a session: MCS and what follows */
    STAGE_SINK,  /* listens, says nothing more */
};

struct lab_session {
    struct lab_session_options options;
    struct net_stream *stream;
    struct net_timer *timer; /* a pause of the behaviour's; while it runs nothing moves on */
    void (*then)(struct lab_session *session);
    struct lab_outlet outlet;
    struct buffer inbox; /* from the wire */
    struct buffer plain; /* out of TLS */
    struct net_tls *tls;
    enum stage stage;
    struct nego_request request; /* its slices are gone */
    bool had_cookie;
    uint32_t selected;
    size_t tls_sent;
    struct lab_logon_state *logon;     /* from the first token of a logon that is carried through */
    struct lab_gateway_state *gateway; /* of an RD Gateway */
    bool records;                      /* floods with TLS records */
    bool gone;                         /* the callback that runs frees it on its way out */
    struct lab_start_state *start;     /* from STAGE_START on */
};

void session_tell(struct lab_session *session, const char *words);
/* Ends the connection with RST. Nothing but returning is allowed afterwards (`gone`). */
void session_reset(struct lab_session *session);
/* The same, and says why. */
void session_no_memory(struct lab_session *session);
/* Sends what the outlet holds. */
void session_push(struct lab_session *session);
void session_say(struct lab_session *session, const void *bytes, size_t size);
/* Does it; true: LAB_GO_ON, as if nothing had been asked for. */
bool session_act(struct lab_session *session, enum lab_act what);
/* Goes on with `then`, at once or after a pause in which nothing moves. */
void session_after(struct lab_session *session, int64_t pause_us, void (*then)(struct lab_session *session));

/* One step of the stage; false: waits for the peer. */
bool session_step_hello(struct lab_session *session);
bool session_step_tls(struct lab_session *session);
bool session_step_nla(struct lab_session *session);

bool session_step_gateway(struct lab_session *session);
void session_gateway_free(struct lab_session *session);
/* Tells the owner when the session is gone; it may be freed then. */
void session_leave(struct lab_session *session);
/* From the Confirm or TLS on, when the behaviour has a start. */
bool session_begin_start(struct lab_session *session);
bool session_step_start(struct lab_session *session);
void session_start_free(struct lab_start_state *state); /* NULL is fine */

/* Sends what TLS has ready, as the behaviour wants it; false: that was the end, the connection's or the scenario's. */
bool session_send_tls(struct lab_session *session);
/* One TSRequest of a logon that is carried through; true: it goes on. */
bool session_logon_take(struct lab_session *session, const struct credssp *request);
void session_logon_free(struct lab_logon_state *state); /* NULL is fine */

#endif
