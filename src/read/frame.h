/* One captured frame to one packet of TCP, UDP or ICMP: Ethernet with VLAN tags and PPPoE, Linux cooked, PPP, loopback,
 * raw IP; IPv4 and IPv6 with their options and extension headers. Nothing is copied. */
#ifndef RDPWHY_READ_FRAME_H
#define RDPWHY_READ_FRAME_H

#include "base/address.h"
#include "base/cursor.h"
#include "wire/slice.h"

/* Numbers of the link types, as pcap files carry them. */
enum frame_link {
    FRAME_NULL = 0,
    FRAME_ETHERNET = 1,
    FRAME_PPP = 9,
    FRAME_RAW_BSD = 12,
    FRAME_PPP_SERIAL = 50,
    FRAME_PPPOE = 51,
    FRAME_RAW = 101,
    FRAME_LOOP = 108,
    FRAME_COOKED = 113,
    FRAME_IPV4 = 228,
    FRAME_IPV6 = 229,
    FRAME_COOKED_2 = 276,
};
bool frame_link_known(int link);

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMP6 = 58 };
enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10 };

struct packet {
    int64_t time_us; /* set by the caller */
    struct address from;
    struct address to;
    uint8_t protocol; /* PROTOCOL_* */
    uint8_t ttl;
    uint16_t id; /* IPv4 identification; 0 for IPv6 */
    uint16_t from_port;
    uint16_t to_port;
    uint32_t sequence; /* TCP */
    uint32_t acknowledged;
    uint8_t flags;        /* TCP_* */
    struct slice payload; /* what the capture holds of it */
    size_t length;        /* what was on the wire */
    uint8_t icmp_type;
    uint8_t icmp_code;
};

enum frame_result {
    FRAME_PACKET,
    FRAME_OTHER,    /* no IP, or no TCP, UDP or ICMP in it */
    FRAME_FRAGMENT, /* a later piece of an IP packet: its ports are in the first one */
    FRAME_CUT,      /* the capture ends inside the headers (snap length) */
    FRAME_BAD,      /* headers that contradict themselves */
};
enum frame_result frame_read(int link, const uint8_t *bytes, size_t size, struct packet *packet);

#endif
