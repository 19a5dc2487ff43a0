/* One RDPEUDP connection of the check udp: a socket of its own, a SYN, what came back. Inside src/probe only. */
#ifndef RDPWHY_PROBE_UDP_TALK_H
#define RDPWHY_PROBE_UDP_TALK_H

#include "base/address.h"
#include "net/loop.h"
#include "net/poll.h"
#include "platform/icmp_error.h"
#include "wire/rdpeudp.h"

struct udp_talk;

/* Told from the loop. The talk must not be freed inside. */
struct udp_talk_ears {
    void (*answered)(void *context, struct udp_talk *talk);                   /* the first SYN+ACK */
    void (*data)(void *context, struct udp_talk *talk, struct slice payload); /* a source packet */
    void (*refused)(void *context, const struct platform_icmp_error *icmp_error);
    void (*heard)(void *context); /* any datagram at all, before the others */
    void *context;
};

struct udp_talk {
    const struct udp_talk_ears *ears;
    struct address to;
    uint16_t to_port;
    uint16_t size; /* of the SYN */
    bool lossy;
    int fd;
    struct net_poll *poll;
    uint32_t initial;
    const uint8_t *correlation; /* RDPEUDP_CORRELATION_SIZE bytes of the caller's */
    unsigned sent;              /* SYNs */
    int64_t sent_us;            /* the last of them */
    bool answered;
    int64_t rtt_us; /* of the first answer; less than the truth when a later SYN had gone out */
    uint32_t their_initial;
    unsigned version;
    size_t largest;   /* datagram */
    unsigned again;   /* the same SYN+ACK */
    unsigned strange; /* none of this connection */
};

/* Opens the socket. The fields up to `lossy`, and `correlation`, are set by the caller. */
bool udp_talk_open(struct udp_talk *talk, struct net_loop *loop, struct error *error) MUST_USE;
void udp_talk_close(struct udp_talk *talk); /* a zeroed one is fine */
/* 0 or an errno. */
int udp_talk_syn(struct udp_talk *talk) MUST_USE;
/* The first source packet, behind the ack of the SYN+ACK. */
int udp_talk_data(struct udp_talk *talk, struct slice payload) MUST_USE;
int udp_talk_fin(struct udp_talk *talk) MUST_USE;

#endif
