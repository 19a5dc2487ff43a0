/* ICMP for IPv4 (RFC 792, 1191, 4884) and IPv6 (RFC 4443): echo, and errors with the packet that they quote.
 *
 *   type | code | checksum 2 | rest 4 | echo: data; errors: IP header, at least 8 bytes of what it carried, extensions
 */
#ifndef RDPWHY_WIRE_ICMP_H
#define RDPWHY_WIRE_ICMP_H

#include "base/address.h"
#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum {
    ICMP_HEADER_SIZE = 8,
    ICMP_PROTOCOL_ICMP = 1,
    ICMP_PROTOCOL_TCP = 6,
    ICMP_PROTOCOL_UDP = 17,
    ICMP_PROTOCOL_ICMP6 = 58,
    ICMP_EXTENSION_HEADERS_MAX = 8, /* of a quoted IPv6 packet */
};

enum icmp_kind {
    ICMP_OTHER,
    ICMP_ECHO_REQUEST,
    ICMP_ECHO_REPLY,
    ICMP_TIME_EXCEEDED,
    ICMP_UNREACHABLE,
    ICMP_TOO_BIG, /* IPv4: "fragmentation needed" */
};

/* The head of a packet as somebody sent it back. */
struct icmp_quote {
    struct address from;
    struct address to;
    uint8_t protocol;
    uint16_t from_port; /* TCP, UDP */
    uint16_t to_port;
    uint32_t tcp_sequence;
    uint16_t checksum;   /* UDP, echo */
    uint16_t id;         /* echo */
    uint16_t sequence;   /* echo */
    struct slice behind; /* UDP and echo: what came behind their 8 bytes; empty when no more was quoted */
};

struct icmp {
    enum icmp_kind kind;
    uint8_t type;
    uint8_t code;
    uint32_t mtu;      /* TOO_BIG; 0: an old router did not say */
    uint16_t id;       /* echo */
    uint16_t sequence; /* echo */
    struct slice data; /* echo */
    bool quotes;       /* an error whose quote is one of TCP, UDP or echo, and long enough */
    struct icmp_quote quote;
};

/* The message from its type on. Bad: too short for what it says it is. The checksum is the kernel's business. */
enum parse icmp_parse(struct cursor *cursor, enum address_family family, struct icmp *icmp, struct fault *fault);
/* The type and code of a message whose rest somebody else has read. */
enum icmp_kind icmp_kind_of(enum address_family family, uint8_t type, uint8_t code);

/* An echo request. That of IPv6 has no checksum yet: the kernel knows the addresses. */
void icmp_echo_write(struct writer *writer, enum address_family family, uint16_t id, uint16_t sequence,
                     struct slice data);

/* An IPv4 packet as a raw socket shows it: skips its header. */
enum parse icmp_skip_ipv4(struct cursor *cursor, struct fault *fault);

#endif
