/* Shared by udp*.c only: the check udp while it runs. */
#ifndef RDPWHY_PROBE_UDP_INTERNAL_H
#define RDPWHY_PROBE_UDP_INTERNAL_H

#include "net/dtls.h"
#include "probe/probe_internal.h"
#include "probe/udp_talk.h"

enum {
    DATAGRAMS_MAX = 24,
    TALKS_MAX = 9,
    TRIES = 2,       /* of a SYN, and of the ClientHello */
    COUNTED = 4,     /* more SYNs, to see whether any is lost */
    HEARD_MAX = 256, /* datagrams; more is a flood, and nobody listens to it */
    WAIT_LEAST_US = 150000,
    WAIT_MOST_US = 1000000,
    WAIT_RTTS = 3,
    MTU_MIDDLE = 1182,
    HELLO_ROOM = 1100, /* the least MTU, minus headers */
};

enum udp_phase {
    ASK,    /* the size that everybody sends */
    SMALL,  /* no answer: the least size */
    MIDDLE, /* only the small one was answered: between the two */
    AGAIN,  /* the first size once more: what opens late, or only for those who ask twice, may have lost the first */
    COUNT,
    LOSSY,
    HELLO, /* DTLS, inside the lossy one */
    OVER,
};

struct udp_check {
    struct run *run;
    struct udp_talk_ears ears;
    struct address to;
    uint8_t correlation[RDPEUDP_CORRELATION_SIZE];
    struct udp_talk talks[TALKS_MAX];
    size_t count;
    enum udp_phase phase;
    size_t phase_from; /* the first talk of this phase */
    unsigned tries;
    unsigned datagrams;
    unsigned heard;
    int64_t wait_us;
    struct net_timer *timer;
    struct net_dtls *dtls;
    struct buffer hello;
    enum udp_dtls said;
    bool refused;
    struct address refused_by;
    bool moving; /* the timer was set for the next phase, not for another try */
};

/* Puts what was seen into the evidence. */
bool udp_record(struct udp_check *udp, struct error *error) MUST_USE;

#endif
