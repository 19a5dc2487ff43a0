/* The first thing a TLS server says: an alert or a ServerHello (RFC 8446 4.1.3, 5.1, 6; RFC 5246 7.2).
 *
 *   15 | version 2 | 0002 | level description                             alert
 *   16 | version 2 | length | 02 | length 3 | version 2 | random 32 | session id | suite 2 | compression | extensions
 *
 * Enough to say: ServerHello seen, alert N, garbage, or more bytes needed. A ServerHello may be spread over records;
 * one above 4 KiB is bad. */
#ifndef RDPWHY_WIRE_TLS_FLIGHT_H
#define RDPWHY_WIRE_TLS_FLIGHT_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum { TLS_FLIGHT_HELLO_MAX = 4096, TLS_FLIGHT_RECORDS_MAX = 64 };
enum { TLS_ALERT_WARNING = 1, TLS_ALERT_FATAL = 2 };
enum tls_flight_kind { TLS_FLIGHT_ALERT, TLS_FLIGHT_SERVER_HELLO };

struct tls_flight {
    enum tls_flight_kind kind;
    uint8_t alert_level;
    uint8_t alert;    /* its description: 40 handshake_failure, 70 protocol_version, 80 internal_error ... */
    uint16_t version; /* of the ServerHello, supported_versions seen through: 0x0304 is TLS 1.3 */
    uint16_t suite;
    bool retry;              /* a HelloRetryRequest */
    uint16_t record_version; /* read side: of the first record */
    /* Write side of a ServerHello. */
    struct slice session_id; /* the client's, echoed */
    struct slice random;     /* 32 bytes; absent: zeros */
    struct slice x25519;     /* TLS 1.3: the server's share, 32 bytes; absent: none */
};

/* PARSE_MORE moves nothing; done moves past the records read, or to the end when the last one is not all there. The
 * ServerHello is told as soon as its own bytes are there. A warning alert counts like a fatal one, but for
 * unrecognized_name, which is passed over. */
enum parse tls_flight_parse(struct cursor *cursor, struct tls_flight *flight, struct fault *fault) MUST_USE;
/* One record with an alert or a ServerHello, for the lab. */
bool tls_flight_write(struct writer *writer, const struct tls_flight *flight) MUST_USE;

#endif
