/* One look at the evidence: what the signs and rules ask for again and again, found once. Borrowed pointers only. */
#ifndef RDPWHY_DIAGNOSE_LOOK_H
#define RDPWHY_DIAGNOSE_LOOK_H

#include "base/address.h"
#include "base/buffer.h"
#include "diagnose/diagnose.h"

/* Who made the server, told by its habits on the wire. */
enum server_kind { SERVER_UNKNOWN, SERVER_WINDOWS, SERVER_XRDP, SERVER_FREERDP };

enum {
    PROTOCOL_RDP = 0,
    PROTOCOL_TLS = 1,
    PROTOCOL_NLA = 2,
    PROTOCOL_RDSTLS = 4,
    PROTOCOL_NLA_EX = 8,
    PROTOCOL_AAD = 16
};
enum { OFFER_OF_MSTSC = PROTOCOL_TLS | PROTOCOL_NLA | PROTOCOL_NLA_EX };
/* RDP_NEG_FAILURE, MS-RDPBCGR 2.2.1.2.2 */
enum {
    FAILURE_SSL_REQUIRED = 1,
    FAILURE_SSL_NOT_ALLOWED = 2,
    FAILURE_NO_CERTIFICATE = 3,
    FAILURE_INCONSISTENT = 4,
    FAILURE_HYBRID_REQUIRED = 5,
    FAILURE_CLIENT_CERTIFICATE = 6,
};

/* Thresholds, all of them. */
enum {
    CLOCK_SKEW_LIMIT_S = 300, /* MS-KILE: the default tolerance of Kerberos */
    EXPIRES_SOON_DAYS = 14,
    RTT_OF_THIS_MACHINE_US = 2000, /* below that, something on this machine or this link answered */
    CONFIRM_SLOW_US = 2000000,     /* beyond the round trip: a listener that is kept waiting */
    STAYED_OPEN_US = 1000000,      /* a connection that was left alone for so long was not closed unasked */
    ONE_DAY_S = 86400,
};

struct look {
    const struct evidence *e;
    const struct readings *r;
    const struct ev_offer *first;       /* the answer to the request as mstsc sends it; NULL: never sent */
    const struct ev_offer *plain;       /* without cookie, in two pieces */
    const struct ev_hello *hello;       /* the ClientHello shaped as Schannel's; NULL: never sent */
    const struct ev_hello *wide;        /* every version and suite */
    const struct ev_hello *again;       /* the first shape a second time */
    size_t repeats;                     /* how often the first shape was repeated, and had an end */
    size_t repeats_unlike;              /* of these, how many failed where the first went through, or the reverse */
    const struct ev_hello *small;       /* the first shape in small segments */
    const struct ev_connection *silent; /* the connection on which nothing was sent */
    enum server_kind kind;
    bool local; /* loopback or an address of this machine: round trips mean nothing */
    bool has_address;
    struct address address; /* the one used */
    enum address_class class;
    int64_t rtt_us; /* of the first TCP handshake that was answered; -1: none */
    int64_t port;
};

void look_init(struct look *look, const struct evidence *evidence, const struct readings *readings);

/* The connection an offer or a hello was made on; NULL: not recorded. */
const struct ev_connection *look_connection(const struct evidence *evidence, const struct ev_int *index);
/* The first offer made on connections of this purpose; likewise the hello. */
const struct ev_offer *look_offer(const struct evidence *evidence, enum purpose purpose);
const struct ev_hello *look_hello(const struct evidence *evidence, enum purpose purpose);
/* The answer to an offer of exactly these protocols, in any connection; NULL: never made. */
const struct ev_offer *look_offered(const struct evidence *evidence, int64_t protocols);
const struct ev_control *look_control(const struct evidence *evidence, enum control_what what);

enum server_kind kind_of(const struct evidence *evidence);
const char *kind_name(enum server_kind kind);

static inline bool enum_is(const struct ev_enum *field, int value)
{
    return field->source != SOURCE_NONE && field->v == value;
}
static inline bool int_is(const struct ev_int *field, int64_t value)
{
    return field->source != SOURCE_NONE && field->v == value;
}
static inline bool bool_is(const struct ev_bool *field, bool value)
{
    return field->source != SOURCE_NONE && field->v == value;
}
static inline bool seen(uint8_t source)
{
    return source != SOURCE_NONE;
}

enum { SPAN_SIZE = 32 };
/* "under 1 ms", "41 ms", "2.5 s". */
const char *span(int64_t us, char text[SPAN_SIZE]);
/* "1 day", "12 days"; no sign. */
const char *days(int64_t count, char text[SPAN_SIZE]);

#endif
