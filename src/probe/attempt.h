/* One connection to the RDP port: a state machine that goes stage by stage as far as it is told, and records what was
 * seen into evidence.connections[] and the groups of the checks. Inside src/probe only.
 *
 *   connect -> request and Confirm -> TLS -> CredSSP to the NTLM challenge -> polite close
 *                                       \-> with --session: MCS, licensing, Demand Active -> polite close */
#ifndef RDPWHY_PROBE_ATTEMPT_H
#define RDPWHY_PROBE_ATTEMPT_H

#include "base/buffer.h"
#include "net/stream.h"
#include "net/tls.h"
#include "plan/check.h"

struct attempt;
struct logon;   /* of logon.h */
struct session; /* of session.h */

/* What an attempt is for, fixed when it starts. */
struct attempt_options {
    enum purpose purpose;
    struct address address; /* family NONE: through the gateway of the run */
    uint32_t offer;         /* requestedProtocols */
    bool cookie;            /* "mstshash=rdpwhy" */
    unsigned segments;      /* the request leaves in so many pieces */
    enum hello_shape hello;
    bool through;            /* HELLO_WIDE: all that OpenSSL has, and the handshake is seen out */
    enum tls_version single; /* HELLO_SINGLE */
    int mss;                 /* 0: the system's */
    bool door;               /* a session ends with its first answer (MCS Connect-Response): nobody comes in by it */
    int64_t connect_limit_us;
};

/* How a stage went. */
enum went {
    WENT_ON,   /* the next stage can follow on this connection */
    WENT_DONE, /* answered, and there is nothing further here */
    WENT_OVER, /* the connection is over */
};

/* What a stage does with what comes. */
struct attempt_stage {
    enum stage stage;
    void (*received)(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us);
    void (*ended)(struct attempt *attempt, enum net_end end, int64_t at_us); /* after the end was recorded */
    void (*expired)(struct attempt *attempt);                                /* its time limit */
};

typedef void attempt_moved(struct attempt *attempt, enum stage stage, enum went went, const void *context);

struct attempt {
    struct run *run;
    struct attempt_options options;
    /* Called once per stage that was entered, last thing in a callback; it may enter the next stage or end it all. */
    attempt_moved *moved;
    const void *context;
    struct net_stream *stream; /* NULL once over */
    struct net_timer *limit;
    const struct attempt_stage *doing; /* NULL: between stages */
    struct buffer in;                  /* of this stage, not used yet */
    size_t stage_bytes;
    uint8_t stage_first; /* the first of them */
    size_t received;
    int64_t sent_us;   /* monotonic: our last byte, or the SYN */
    int64_t open_us;   /* monotonic: the handshake was done */
    int64_t hello_us;  /* monotonic: our ClientHello */
    int64_t heard_us;  /* monotonic: the peer's last byte, from the ClientHello on */
    size_t connection; /* index into evidence.connections */
    size_t offer;      /* index into negotiation.offers, once entered */
    size_t hello;      /* index into tls.hellos, once entered */
    bool opened;
    uint32_t selected; /* the Confirm's, after WENT_ON of the negotiation */
    struct net_tls *tls;
    struct logon *logon;     /* NULL: nobody logs on by this connection */
    struct session *session; /* NULL: none was begun */
    enum net_connect_result connect_result;
    struct address connect_by;
    int64_t rtt_us;
    struct attempt *next; /* in struct probe */
};

/* Connects; stage STAGE_TCP. The attempt belongs to run->probe. NULL: our own failure. */
struct attempt *attempt_start(struct run *run, const struct attempt_options *options, attempt_moved *moved,
                              const void *context, struct error *error) MUST_USE;
/* The stages that can follow, in this order; each ends in `moved`. False: our own failure. */
bool attempt_negotiate(struct attempt *attempt, struct error *error) MUST_USE;
bool attempt_stay_silent(struct attempt *attempt, struct error *error) MUST_USE; /* instead of the above */
bool attempt_tls(struct attempt *attempt, struct error *error) MUST_USE;
bool attempt_nla(struct attempt *attempt, struct error *error) MUST_USE;
/* Only after probe_logon_prepare had made attempt->logon and attempt_nla ended in WENT_ON. Leaves by WENT_ON with TLS
 * up when the server took the credentials and --session goes on; by WENT_DONE when it took them and nothing follows. */
bool attempt_logon(struct attempt *attempt, struct error *error) MUST_USE;
/* The start of a session, on a connection whose security is up: TLS, NLA with the logon done, or standard RDP security.
 * Leaves by WENT_DONE when the server was ready for it, by WENT_OVER otherwise; the connection is closed either way. */
bool attempt_session(struct attempt *attempt, struct error *error) MUST_USE;
/* How long our last byte was sent before `at_us`; 0 when it left while what came then was under way to us. */
static inline int64_t attempt_since_sent(const struct attempt *attempt, int64_t at_us)
{
    return at_us > attempt->sent_us ? at_us - attempt->sent_us : 0;
}
/* Closes politely and records how; nothing when it is over already. */
void attempt_end(struct attempt *attempt, enum end_by by, enum end_how how, int64_t at_us);
void attempt_free(struct attempt *attempt);

/* For the stages. */
bool attempt_enter(struct attempt *attempt, const struct attempt_stage *stage, int64_t limit_us,
                   struct error *error) MUST_USE;
bool attempt_send(struct attempt *attempt, const void *bytes, size_t size, struct error *error) MUST_USE;
/* Leaves the stage: stops its clock and calls `moved`. */
void attempt_leave(struct attempt *attempt, enum went went);
/* Our own failure in a callback: ends the attempt and the run. */
void attempt_failed(struct attempt *attempt, const struct error *error);
struct ev_connection *attempt_record(struct attempt *attempt);
/* Keeps the first bytes that ever came on this connection (at most 64). */
bool attempt_keep_first(struct attempt *attempt, const uint8_t *bytes, size_t size, struct error *error) MUST_USE;

#endif
