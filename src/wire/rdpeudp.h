/* RDP's own transport over UDP (MS-RDPEUDP 2.2.2, versions 1 and 2; big-endian), and what tells version 3 (MS-RDPEUDP2)
 * from it.
 *
 *   FEC header    acked source number 4, window 2 (packets), flags 2
 *   with SYN      initial number 4, up MTU 2, down MTU 2
 *                 [correlation id 16, zeros 16]      flag CORRELATION
 *                 [flags 2, version 2, [hash 32]]    flag SYNEX; the hash in a client's SYN of version 3 only
 *                 zeros up to the smaller MTU
 *   else with ACK size 2, so many ack elements, zeros up to four bytes; [reset number 4] flag ACK_OF_ACKS
 *   then DATA     coded number 4, source number 4, payload; or, with FEC: coded 4, first 4, range 1, index 1, zeros 2,
 * ...
 */
#ifndef RDPWHY_WIRE_RDPEUDP_H
#define RDPWHY_WIRE_RDPEUDP_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum {
    RDPEUDP_SYN = 0x0001,
    RDPEUDP_FIN = 0x0002,
    RDPEUDP_ACK = 0x0004,
    RDPEUDP_DATA = 0x0008,
    RDPEUDP_FEC = 0x0010,
    RDPEUDP_ACK_OF_ACKS = 0x0100,
    RDPEUDP_LOSSY = 0x0200,
    RDPEUDP_CORRELATION = 0x0800,
    RDPEUDP_SYNEX = 0x1000,
};
enum {
    RDPEUDP_MTU_MIN = 1132, /* of the UDP payload: 3.1.1.3 */
    RDPEUDP_MTU_MAX = 1232,
    RDPEUDP_CORRELATION_SIZE = 16,
    RDPEUDP_HASH_SIZE = 32,
    RDPEUDP_ACKS_MAX = 2048,
    RDPEUDP_VERSION_1 = 1,
    RDPEUDP_VERSION_2 = 2,
    RDPEUDP_VERSION_3 = 0x101,
};
#define RDPEUDP_NO_ACK UINT32_MAX /* the acked number of a SYN */

/* One datagram. Slices point into the caller's bytes. */
struct rdpeudp {
    uint32_t acked;
    uint16_t window; /* packets */
    uint16_t flags;  /* as on the wire */
    /* with SYN */
    uint32_t initial;
    uint16_t up_mtu;
    uint16_t down_mtu;
    struct slice correlation; /* absent: none */
    uint16_t version;         /* 1 when nothing is said about it */
    struct slice hash;        /* of the TCP session's cookie; absent: none */
    /* without */
    struct slice acks;
    uint32_t reset;
    uint32_t coded;
    uint32_t source; /* with FEC: the first that is covered */
    struct slice payload;
};

/* A datagram is whole: never PARSE_MORE. A SYN without room for its MTU's range, or with an unknown flag, is bad: much
 * else is on UDP. */
enum parse rdpeudp_parse(struct slice datagram, struct rdpeudp *rdpeudp, struct fault *fault) MUST_USE;
/* A SYN gets its zeros (3.1.5.1.1). FEC is not written. */
bool rdpeudp_write(struct writer *writer, const struct rdpeudp *rdpeudp) MUST_USE;
/* A datagram of version 3's data phase can look so (MS-RDPEUDP2 2.2.1.3, 3.1.1.1.5.2): the prefix, which lies at the
 * eighth byte, and flags of the header that may stand together. Other things may look so, too. */
bool rdpeudp2_looks_like(struct slice datagram);

#endif
