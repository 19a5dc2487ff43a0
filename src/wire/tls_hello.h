/* ClientHellos by hand, where OpenSSL no longer speaks, and reading them (RFC 8446 4.1.2, RFC 5246 7.4.1.2, RFC 6101
 * 5.6.1.2). One record:
 *
 *   16 | record version 2 | length 2 | 01 | length 3 | version 2 | random 32 | session id | suites | compression |
 * extensions
 *
 * What is written stays below 1200 bytes: one segment on any path that carries IPv6. No post-quantum share, no GREASE.
 */
#ifndef RDPWHY_WIRE_TLS_HELLO_H
#define RDPWHY_WIRE_TLS_HELLO_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum tls_hello_version {
    TLS_HELLO_WIDE = 0, /* every version from SSL 3 to TLS 1.3, every suite */
    TLS_HELLO_SSL3 = 0x0300,
    TLS_HELLO_1_0 = 0x0301,
    TLS_HELLO_1_1 = 0x0302,
    TLS_HELLO_1_2 = 0x0303,
    TLS_HELLO_1_3 = 0x0304,
};
enum tls_extension {
    TLS_EXTENSION_SERVER_NAME = 0,
    TLS_EXTENSION_GROUPS = 10,
    TLS_EXTENSION_POINT_FORMATS = 11,
    TLS_EXTENSION_SIGNATURES = 13,
    TLS_EXTENSION_MASTER_SECRET = 23,
    TLS_EXTENSION_VERSIONS = 43,
    TLS_EXTENSION_PSK_MODES = 45,
    TLS_EXTENSION_KEY_SHARE = 51,
    TLS_EXTENSION_RENEGOTIATION = 0xff01,
};
enum tls_group { TLS_GROUP_P256 = 0x17, TLS_GROUP_X25519 = 0x1d };

enum {
    TLS_HELLO_SIZE_MAX = 1200,
    TLS_HELLO_READ_MAX = 16384 + 5,
    TLS_HELLO_RANDOM_SIZE = 32,
    TLS_HELLO_NAME_MAX = 255,
    TLS_HELLO_EXTENSIONS_MAX = 64,
};

struct tls_hello {
    enum tls_hello_version version; /* this one only, or TLS_HELLO_WIDE */
    struct slice server_name;       /* absent: no SNI (also for address literals, RFC 6066 3) */
    uint8_t random[TLS_HELLO_RANDOM_SIZE];
    uint8_t session_id[TLS_HELLO_RANDOM_SIZE]; /* sent where TLS 1.3 is offered, as its compatibility mode wants */
    struct slice x25519; /* public value, 32 bytes: any random ones will do when no handshake follows */
    struct slice
        p256; /* an uncompressed point, 65 bytes; absent shares are left out (a server may then ask to retry) */
};

/* False: it does not fit, or the name or a share has an impossible size. */
bool tls_hello_write(struct writer *writer, const struct tls_hello *hello) MUST_USE;

/* A ClientHello as a server sees it; slices point into the caller's bytes. */
struct tls_client_hello {
    uint16_t record_version;
    uint16_t version; /* legacy_version */
    struct slice random;
    struct slice session_id;
    struct slice suites;      /* two bytes each */
    struct slice versions;    /* supported_versions, two bytes each; absent: no such extension */
    struct slice groups;      /* two bytes each */
    struct slice signatures;  /* two bytes each */
    struct slice key_shares;  /* entries: group 2, length 2, value */
    struct slice server_name; /* the first host_name */
    size_t size;              /* bytes of the whole record */
};

/* Reads one record that holds one whole ClientHello; one spread over records is bad (nobody sends it). */
enum parse tls_hello_parse(struct cursor *cursor, struct tls_client_hello *hello, struct fault *fault) MUST_USE;
bool tls_hello_offers_suite(const struct tls_client_hello *hello, uint16_t suite);
/* By supported_versions when there, else every version from SSL 3 up to legacy_version. */
bool tls_hello_offers_version(const struct tls_client_hello *hello, uint16_t version);
bool tls_hello_offers_group(const struct tls_client_hello *hello, uint16_t group);

#endif
