/* Finds the places of a way: which router answers at which distance, where the end is, where the way branches.
 *
 * Every flow is swept by TTL, many at once. Flows of one kind that differ in a port may go over other routers; one flow
 * stays on its way. SYNs go only as far as another flow has seen a router: none of them completes a connection. Routers
 * that answered are asked once at their own address too. */
#ifndef RDPWHY_PATH_HOPS_H
#define RDPWHY_PATH_HOPS_H

#include "path/prober.h"

enum { HOPS_MAX = 32, HOPS_FLOWS_MAX = 4, HOPS_TAG_OWN = HOPS_FLOWS_MAX };

/* What one flow saw at one distance. */
struct hops_seen {
    struct address from; /* who said that the time was exceeded, or the end; family NONE: silent so far */
    uint8_t sent;
    uint8_t answered;
    int64_t rtt_us; /* the shortest */
    bool unsteady;  /* two of the flow's probes were answered by different addresses */
};

enum hops_own { HOPS_OWN_UNKNOWN, HOPS_OWN_ANSWERS, HOPS_OWN_SILENT };

struct hops_place {
    uint8_t ttl;
    bool end; /* the address that is looked for answered here itself */
    struct hops_seen seen[HOPS_FLOWS_MAX];
    enum hops_own own; /* echo to the address that the first flow, or the first that got an answer, saw */
};

struct hops_found {
    struct hops_place places[HOPS_MAX]; /* [0] is at distance 1 */
    size_t count;                       /* up to the end; without one, up to the last that answered */
    uint8_t distance;                   /* of the end; 0: it did not answer */
    bool branches;                      /* flows saw different routers at one distance */
    bool loops;                         /* the way comes back to the same routers; nothing behind is listed */
    bool shared;                        /* some router answers from 100.64.0.0/10 */
    uint8_t refused_ttl;                /* a router said "unreachable" at this distance; 0: none did */
    int refused_code;
    struct address refused_by;
    int code; /* errno when probes could not be sent; 0: they could */
};

struct hops_flow_options {
    enum prober_kind kind; /* the first must not be PROBER_SYN */
    bool spare;            /* used only when the others have come to no end */
    uint16_t port;
    uint16_t
        source_port; /* 0: any; a second flow of the same kind then is another one for a router that spreads load */
};

struct hops_options {
    struct address to;
    struct hops_flow_options flows[HOPS_FLOWS_MAX];
    size_t flow_count;
    uint32_t interface; /* of prober_flow_options */
    uint8_t max_ttl;    /* 0: HOPS_MAX */
    bool no_own;        /* do not ask routers at their own address */
    /* First as soon as the way has a shape (`last` false), again whenever a router answers at its own address, then
     * when silent places were asked again and nothing is open any more. */
    void (*found)(void *context, const struct hops_found *found, bool last);
    /* Every answer of the sweep, for whoever counts them; may be NULL. The tag is the flow's index;
     * HOPS_TAG_OWN: echo to the own address of the place at the distance `ttl`. */
    void (*answered)(void *context, const struct prober_answer *answer);
    void *context;
};

struct hops;

/* A flow that is not possible here is left out; the error when none is. */
struct hops *hops_start(struct net_loop *loop, struct prober *prober, const struct hops_options *options,
                        struct error *error) MUST_USE;
void hops_free(struct hops *hops); /* not from inside a callback; NULL is fine */
/* The address that stands for a place: the first flow's that saw one; NULL: silent. */
const struct address *hops_address(const struct hops_place *place);

#endif
