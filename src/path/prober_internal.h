/* What the files of the prober share. */
#ifndef RDPWHY_PATH_PROBER_INTERNAL_H
#define RDPWHY_PATH_PROBER_INTERNAL_H

#include "net/poll.h"
#include "path/prober.h"
#include "wire/slice.h"

enum {
    PROBER_SLOTS = 2048,    /* a power of 2; sequence numbers walk around in it */
    PROBER_SECRET_SIZE = 6, /* the token is this and the sequence number */
    PROBER_TOKEN_SIZE = 8,
    PROBER_PACKET_MAX = 9216, /* bytes of an IP packet */
    PROBER_TTL_MAX = 64,
    PROBER_TAKE_MAX = 64, /* packets read from one socket before the loop has its turn: a flood must not own it */
};

enum slot_state { SLOT_FREE, SLOT_OUT, SLOT_EXPIRED };

/* A probe from its sending until its answer, or until nobody waits for a late one any more. */
struct slot {
    enum slot_state state;
    uint16_t sequence;
    struct prober_flow *flow;
    struct prober_probe probe;
    int64_t sent_us;
    int64_t until_us;
};

/* How the packets of a kind get out and the answers in. */
struct prober_way {
    bool one_at_a_time; /* the flow has no room for a second probe */
    bool (*open)(struct prober_flow *flow, struct error *error);
    /* 0 or an errno; with EMSGSIZE the MTU of the interface when it is known. Sets the time. */
    int (*send)(struct prober_flow *flow, struct slot *slot, uint32_t *mtu);
    void (*take)(struct prober_flow *flow);  /* reads what is there and tells it */
    void (*over)(struct prober_flow *flow);  /* a probe has come to its end; may be NULL */
    void (*close)(struct prober_flow *flow); /* what open and send made */
};

extern const struct prober_way prober_way_datagram, prober_way_connect, prober_way_raw_syn;

/* Raw sockets, by family. */
enum { PROBER_FAMILIES = 2 };
struct prober_raw {
    int icmp; /* -1: not allowed */
    int tcp;
    struct net_poll *icmp_poll;
    struct net_poll *tcp_poll;
};

struct prober_flow {
    struct prober *prober;
    struct prober_flow *next;
    struct prober_flow_options options;
    const struct prober_way *way;
    enum prober_means means;
    int fd; /* -1: none now; with raw sockets that of the prober, or the reserved port */
    struct net_poll *poll;
    uint16_t source_port;
    int events; /* that its descriptor is watched for */
    size_t out;
    int64_t next_us;
    struct address routers[PROBER_TTL_MAX + 1]; /* who answered last for a TTL */
    bool quotes[PROBER_TTL_MAX + 1];            /* they have quoted a token: without one it is not them */
};

struct prober_queued {
    struct prober_flow *flow;
    struct prober_probe probe;
};

struct prober {
    struct net_loop *loop;
    struct prober_options options;
    struct net_timer *timer;
    struct prober_flow *flows;
    uint8_t secret[PROBER_SECRET_SIZE];
    uint16_t sequence; /* of the next probe */
    uint16_t oldest;   /* no slot before this one is in use */
    struct prober_pace own_pace;
    struct prober_pace *pace;
    bool resting;
    struct prober_raw raw[PROBER_FAMILIES];
    struct prober_counts counts;
    size_t queued;
    struct prober_queued queue[PROBER_QUEUE_MAX];
    struct slot slots[PROBER_SLOTS];
};

void prober_token(const struct prober *prober, uint16_t sequence, uint8_t token[PROBER_TOKEN_SIZE]);
/* The flow's probe that a token names, out or expired; NULL: none. */
struct slot *prober_find(struct prober_flow *flow, const uint8_t *token);
struct slot *prober_find_sequence(struct prober_flow *flow, uint16_t sequence);
/* The one that `from` can have meant without quoting enough to say; NULL: more than one, or those who answer there do
 * quote enough. */
struct slot *prober_guess(struct prober_flow *flow, const struct address *from);
/* Ends the probe: result, code, mtu, from, rtt_us, again are the caller's, the rest is filled in. */
void prober_tell(struct slot *slot, struct prober_answer *answer);
void prober_foreign(struct prober_flow *flow);
/* Watches the flow's descriptor; what it has to say is taken by the flow's way. */
bool prober_watch(struct prober_flow *flow, int fd, int events, struct error *error) MUST_USE;
void prober_unwatch(struct prober_flow *flow);
void prober_step(struct prober *prober);
/* The slot of a number, whoever has it now. */
struct slot *prober_slot(struct prober *prober, uint16_t sequence);
/* Sets the timer for what comes next, and lets the loop go when nothing does. */
void prober_settle(struct prober *prober);

/* The queue and its pace. */
void prober_count_queued(struct prober *prober, size_t queued);
void prober_send_due(struct prober *prober);
/* When the next one may go; INT64_MAX: nothing waits for that. */
int64_t prober_sending_due(const struct prober *prober);

/* The sockets of a family that this process may have; those it may not are -1. */
bool prober_raw_open(struct prober *prober, struct error *error) MUST_USE;
void prober_raw_close(struct prober *prober);
void prober_raw_watch(struct prober *prober, bool on);
struct prober_raw *prober_raw_of(struct prober *prober, enum address_family family);
void prober_raw_take(struct prober *prober);
/* Of a datagram flow: the bytes of a probe behind the IP and UDP headers. */
size_t prober_payload(const struct prober_flow *flow, uint16_t sequence, uint16_t size,
                      uint8_t bytes[PROBER_PACKET_MAX]);
/* The token in what a flow's packet carried, as it is quoted; NULL: too little. */
const uint8_t *prober_quoted_token(const struct prober_flow *flow, struct slice behind);
/* What an ICMP error says of a probe; false: nothing that ends it. */
struct platform_icmp_error;
bool prober_tell_icmp(struct slot *slot, const struct platform_icmp_error *error, int64_t at_us, bool guessed);

#endif
