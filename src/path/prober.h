/* Probes of a way: packets that die at a chosen hop or go all the way, and what comes back.
 *
 * A flow is one stream of packets that every router must treat alike (Paris): its addresses, ports, identifiers and
 * checksums stay the same from probe to probe. Which probe an answer belongs to is told by a token in the payload (or
 * the TCP or echo sequence number), which the answer quotes. What quotes none of ours is dropped and counted.
 *
 * All flows of a prober share one rate. A probe is a result in the end, whatever happens to it; only our own failures
 * are errors. Callbacks come from net_loop_run only. */
#ifndef RDPWHY_PATH_PROBER_H
#define RDPWHY_PATH_PROBER_H

#include "base/address.h"
#include "net/loop.h"

enum { PROBER_PER_SECOND = 50, PROBER_LIMIT_US = 1000000, PROBER_QUEUE_MAX = 256 };

struct prober;
struct prober_flow;

/* Raw sockets, opened while the privilege is there; -1: not allowed. Owned by the caller until a prober takes them. */
struct prober_sockets {
    struct {
        int icmp;
        int tcp;
    } of[2]; /* IPv4, IPv6 */
};
struct prober_sockets prober_sockets_open(void);
void prober_sockets_close(struct prober_sockets *sockets);

/* The rate of several probers together. All zeroes to begin with; outlives them. */
struct prober_pace {
    int64_t next_us;
    size_t urgent; /* probes that wait in those that go first */
};

struct prober_options {
    unsigned per_second;            /* probes, all flows together; 0: PROBER_PER_SECOND */
    struct prober_pace *pace;       /* shared with others of the same rate; NULL: its own */
    bool first;                     /* what it has to send goes before what the others on its pace have */
    int64_t limit_us;               /* an answer is waited for so long; 0: PROBER_LIMIT_US */
    bool unprivileged;              /* use no raw socket even where that is allowed */
    struct prober_sockets *sockets; /* taken over; NULL: opened now, where that is allowed */
    /* Called whenever a probe could be sent and none of those queued may go now: the time to choose the next one. May
     * be NULL. While it is set the loop goes on; prober_rest stops it. */
    void (*idle)(void *context);
    void *context;
};

struct prober *prober_new(struct net_loop *loop, const struct prober_options *options, struct error *error) MUST_USE;
/* Not from inside a callback. Frees its flows; what is still out is not told. NULL is fine. */
void prober_free(struct prober *prober);

enum prober_kind {
    PROBER_ECHO,    /* ICMP echo; the port means nothing */
    PROBER_UDP,     /* to a port that may be closed: "port unreachable" is the answer from the end */
    PROBER_SYN,     /* the first packet of a TCP connection. With ttl 0 it is a connection: mind the budget */
    PROBER_OPENVPN, /* a datagram that an OpenVPN server answers; servers take no more than some ten in a second */
    PROBER_IKE,     /* a datagram that an IKE daemon answers, on 500 or 4500 */
};

/* How it works here: for the output. */
enum prober_means {
    PROBER_MEANS_RAW,         /* raw sockets */
    PROBER_MEANS_PING,        /* the ICMP datagram socket */
    PROBER_MEANS_ERROR_QUEUE, /* the error queue of a UDP socket */
    PROBER_MEANS_CONNECT,     /* the error queue of a connecting TCP socket: one probe of the flow at a time */
};

enum prober_result {
    PROBER_NOTHING, /* no answer within the limit */
    PROBER_REPLY,   /* echo reply, the service's datagram, a datagram from the UDP port, SYN-ACK */
    PROBER_TIME_EXCEEDED,
    PROBER_UNREACHABLE, /* `code` says what */
    PROBER_TOO_BIG,     /* `mtu`; from this machine itself when `from` has no family */
    PROBER_RESET,       /* the TCP port is closed */
    PROBER_NOT_SENT,    /* the kernel would not: `code` is the errno (no route, interface down, a local filter) */
};

struct prober_answer {
    uint64_t tag; /* the probe's */
    uint8_t ttl;  /* the probe's */
    enum prober_result result;
    bool guessed;     /* the router quoted too little to say which probe it means; the flow is right */
    bool late;        /* told as PROBER_NOTHING before */
    bool port_closed; /* "port unreachable" from the address that was probed itself: it is the end of the way */
    int code;
    uint32_t mtu;
    struct address from; /* who says it */
    int64_t sent_us;     /* monotonic */
    int64_t rtt_us;      /* by the kernel's clock where it tells */
    uint8_t again;       /* SYN: how often the kernel had to send it again */
};

struct prober_flow_options {
    enum prober_kind kind;
    struct address to;
    uint16_t port;
    uint16_t source_port; /* 0: any; the flow keeps what it got */
    unsigned per_second;  /* of this flow; 0: only the prober's rate */
    uint32_t interface;   /* leaves by it, whatever the routes say; 0: as they say. Not for SYNs */
    /* Some answer to one probe; exactly once with `late` false for each, and once more when one comes late. */
    void (*answered)(void *context, const struct prober_answer *answer);
    void *context;
};

struct prober_probe {
    uint64_t tag;
    uint8_t ttl;      /* 0: the whole way */
    bool df;          /* may not be broken up, and what the kernel remembers of the way's MTU is passed over */
    uint16_t size;    /* of the whole IP packet; 0: as small as the kind allows */
    int64_t limit_us; /* 0: the prober's */
};

const char *prober_means_words(enum prober_means means);

/* NULL: not possible here, and the error says what it would need. */
struct prober_flow *prober_flow_new(struct prober *prober, const struct prober_flow_options *options,
                                    struct error *error) MUST_USE;
void prober_flow_free(struct prober_flow *flow); /* not from inside a callback; NULL is fine */
enum prober_means prober_flow_means(const struct prober_flow *flow);

/* Queues; sent when the rates allow, in the order of calling. False: the queue is full, or no memory. */
bool prober_send(struct prober_flow *flow, const struct prober_probe *probe, struct error *error) MUST_USE;
/* How many of the flow wait to be sent: for its own rate, or because one must be answered before the next. */
size_t prober_flow_queued(const struct prober_flow *flow);
/* Takes back what of the flow waits to be sent: nothing is told of it. Returns how many that were. */
size_t prober_flow_drop(struct prober_flow *flow);
/* Drops what is queued and stops calling `idle`; what is out is still told, and then the loop may end. */
void prober_rest(struct prober *prober);

struct prober_counts {
    uint64_t sent;
    uint64_t bytes; /* of the IP packets sent */
    uint64_t answered;
    uint64_t late;
    uint64_t foreign; /* answers that belong to no probe of ours: spoofed, twice, or somebody else's */
    size_t queued;
    size_t out; /* sent, neither answered nor given up */
};

struct prober_counts prober_counts(const struct prober *prober);

#endif
