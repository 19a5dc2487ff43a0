/* One accepted connection: the state machine that plays a scenario's behaviour. */
#ifndef RDPWHY_LAB_SESSION_H
#define RDPWHY_LAB_SESSION_H

#include "lab/certificate.h"
#include "lab/server.h"
#include "net/stream.h"

struct lab_session;

/* The halves of tunnels that have two connections; one per server. */
enum { LAB_HUB_MAX = 64 };
struct lab_hub {
    struct lab_session *out[LAB_HUB_MAX];
};

struct lab_session_options {
    struct lab_hub *hub;
    struct net_loop *loop;
    const struct lab_behaviour *behaviour;
    const struct lab_pem *pem;
    const struct lab_pem *behind; /* of the server behind a proxy; NULL: there is none */
    unsigned number;              /* from 1 */
    lab_tell *tell;               /* may be NULL */
    void *tell_context;
    /* Told last, from the loop, when the connection is gone: the time to free the session. */
    void (*over)(void *context, struct lab_session *session);
    void *over_context;
};

/* Takes the stream over, also on failure. */
struct lab_session *lab_session_new(const struct lab_session_options *options, struct net_stream *stream,
                                    struct error *error) MUST_USE;
void lab_session_free(struct lab_session *session); /* NULL is fine; does not tell `over` */

#endif
