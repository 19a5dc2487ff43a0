/* Sockets that send packets with a chosen TTL and tell what came back, without privileges: answers by receiving, ICMP
 * errors by platform/icmp_error.h. */
#ifndef RDPWHY_PLATFORM_PROBE_SOCKET_H
#define RDPWHY_PLATFORM_PROBE_SOCKET_H

#include <stddef.h>

#include "base/address.h"

struct platform_probe_shape {
    uint8_t ttl;        /* 0: the system's own */
    bool df;            /* may not be broken up, whatever the kernel remembers of the way */
    uint32_t interface; /* leaves by it, whatever the routes say; 0: as they say. Not for TCP */
};

/* -1 with errno. `port`: wanted, or 0; receives what it got. The error queue is on. */
int platform_probe_udp(enum address_family family, uint16_t *port) MUST_USE;
/* The datagram socket for ICMP echo: the kernel keeps the identifier, gives the checksum and shows only answers to it.
 */
int platform_probe_ping(enum address_family family) MUST_USE;
/* Of the packets that are sent from now on. False with errno. */
bool platform_probe_shape(int fd, enum address_family family, const struct platform_probe_shape *shape) MUST_USE;
/* 0 or an errno. An older packet's ICMP error that the kernel hands out here is not one of this packet. */
int platform_probe_send(int fd, const struct address *to, uint16_t port, const void *bytes, size_t size) MUST_USE;

enum { PLATFORM_PACKET_MAX = 1536 };

struct platform_probe_packet {
    struct address from;
    uint16_t port;
    int64_t at_us; /* monotonic: when it came in */
    size_t size;
    uint8_t bytes[PLATFORM_PACKET_MAX]; /* cut at this size */
};

/* False: nothing waits. */
bool platform_probe_receive(int fd, struct platform_probe_packet *packet) MUST_USE;

/* With CAP_NET_RAW only, else -1 with errno. They go on working when the capability is given up.
 * ICMP: sends whole messages; receives echo replies and errors, those of IPv4 behind the IP header. */
int platform_probe_raw_icmp(enum address_family family) MUST_USE;
/* TCP: sends whole segments; receives SYN-ACKs and RSTs, those of IPv4 behind the IP header. */
int platform_probe_raw_tcp(enum address_family family) MUST_USE;
/* Keeps a TCP port from others, and lets the kernel reset what answers a SYN that was sent by hand. */
int platform_probe_reserve(enum address_family family, uint16_t *port) MUST_USE;
/* The address that packets to `to` leave from; false with errno. */
bool platform_probe_source(const struct address *to, struct address *source) MUST_USE;

/* Of the interface (0: the one that packets to `to` leave by), whatever is known of the way behind it; 0: not known. */
uint32_t platform_probe_mtu(const struct address *to, uint32_t interface);

enum platform_connect {
    PLATFORM_CONNECT_WAITING,
    PLATFORM_CONNECT_OPEN,
    PLATFORM_CONNECT_REFUSED,
    PLATFORM_CONNECT_FAILED, /* for another reason: `code` */
};

struct platform_connect_state {
    enum platform_connect state;
    int code;       /* errno */
    int64_t rtt_us; /* of the answered SYN as the kernel took it; 0: not told, or the SYN was sent again */
    uint8_t again;  /* SYNs sent again so far */
};

/* A TCP socket with its first SYN on the way, or -1 with errno. `port` as in platform_probe_udp. */
int platform_probe_connect(const struct address *to, uint16_t to_port, uint16_t *port,
                           const struct platform_probe_shape *shape) MUST_USE;
/* Read the error queue first: it knows more, and asking may empty it. */
struct platform_connect_state platform_probe_connect_state(int fd);
/* What a TCP socket has sent so far, in packets that wait for an answer: the SYN, and those with data. */
struct platform_tcp_sent {
    uint32_t sent;
    uint32_t again; /* of these: sent a second time, and the first one was not there after all */
};
bool platform_tcp_sent(int fd, struct platform_tcp_sent *sent) MUST_USE;

#endif
