/* The RD Gateway's packets over HTTP and WebSocket (MS-TSGU 2.2.10): client's and gateway's, read and written.
 *
 *   type (2) | 0 (2) | length of all (4) | body        little endian */
#ifndef RDPWHY_WIRE_TSGU_H
#define RDPWHY_WIRE_TSGU_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum tsgu_type {
    TSGU_HANDSHAKE_REQUEST = 1,
    TSGU_HANDSHAKE_RESPONSE = 2,
    TSGU_EXTENDED_AUTH = 3,
    TSGU_TUNNEL_CREATE = 4,
    TSGU_TUNNEL_RESPONSE = 5,
    TSGU_TUNNEL_AUTHORIZE = 6,
    TSGU_TUNNEL_AUTHORIZE_RESPONSE = 7,
    TSGU_CHANNEL_CREATE = 8,
    TSGU_CHANNEL_RESPONSE = 9,
    TSGU_DATA = 0xA,
    TSGU_SERVICE_MESSAGE = 0xB,
    TSGU_REAUTH = 0xC,
    TSGU_KEEPALIVE = 0xD,
    TSGU_CLOSE = 0x10,
    TSGU_CLOSE_RESPONSE = 0x11,
};

enum {
    TSGU_HEADER = 8,
    TSGU_PACKET_MAX = 1 << 17, /* a consent message or a certificate chain; data is 64 KiB at most */
    TSGU_DATA_MAX = 0xFFFF,
    TSGU_NAME_MAX = 512, /* bytes of UTF-16 */
    TSGU_PROTOCOL_RDP = 3,
};

/* MS-TSGU 2.2.5.3: extendedAuth, capabilities, fieldsPresent */
enum { TSGU_AUTH_SMARTCARD = 1, TSGU_AUTH_PAA = 2, TSGU_AUTH_NTLM = 4 };
enum {
    TSGU_CAPABILITY_QUARANTINE = 1,
    TSGU_CAPABILITY_IDLE = 2,
    TSGU_CAPABILITY_CONSENT = 4,
    TSGU_CAPABILITY_SERVICE = 8,
    TSGU_CAPABILITY_REAUTH = 0x10,
    TSGU_CAPABILITY_UDP = 0x20,
};

/* One packet; only the fields of its type count. */
struct tsgu_packet {
    uint16_t type;
    uint32_t error; /* of every response, of TSGU_CLOSE and of TSGU_EXTENDED_AUTH; 0: none */
    uint8_t major, minor;
    uint16_t version;      /* of the server or client */
    uint16_t auth;         /* handshakes: extendedAuth */
    uint32_t capabilities; /* tunnel */
    uint16_t fields;       /* what else the response says it holds */
    uint32_t id;           /* of the tunnel or the channel */
    struct slice name;     /* UTF-16LE without its end: the client's, or the target's */
    uint16_t port;         /* channel */
    uint16_t protocol;
    uint32_t redirection; /* authorize response */
    uint32_t idle_minutes;
    struct slice data; /* data, message, blob, cookie */
};

/* Reads one packet from the front; slices point into the caller's bytes. PARSE_MORE: it is not all there. */
enum parse tsgu_parse(struct cursor *cursor, struct tsgu_packet *packet, struct fault *fault) MUST_USE;
/* Writes it; the optional fields of responses are those that `fields` names, of which only id, capabilities,
 * redirection and idle_minutes are known here. False: no room, or a type that is not written here. */
bool tsgu_write(struct writer *writer, const struct tsgu_packet *packet) MUST_USE;
/* ASCII to UTF-16LE in `bytes` (2 per character); false: other characters, or no room. */
bool tsgu_name(const char *text, uint8_t *bytes, size_t room, struct slice *name) MUST_USE;

#endif
