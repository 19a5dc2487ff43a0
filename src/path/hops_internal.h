/* What the files of the search for places share. */
#ifndef RDPWHY_PATH_HOPS_INTERNAL_H
#define RDPWHY_PATH_HOPS_INTERNAL_H

#include "path/hops.h"

/* Probes that wait in the prober's queue: no more, so that what is learnt is used. */
enum { HOPS_AHEAD = 2 };

struct hops_flow {
    struct hops *hops;
    struct prober_flow *flow; /* NULL: not possible here */
    size_t index;             /* of the flow; of the place for echo to its own address */
    uint8_t out[HOPS_MAX];
    uint8_t refused_ttl; /* a router said "unreachable" to it at this distance: behind it nothing of the flow is told */
};

struct hops {
    struct prober *prober;
    struct hops_options options;
    struct hops_found found;
    struct hops_flow flows[HOPS_FLOWS_MAX];
    struct hops_flow own[HOPS_MAX];
    uint8_t own_sent[HOPS_MAX];
    struct net_timer *timer;
    uint8_t farthest; /* that answered */
    bool spares;      /* the spare flows are in use */
    bool told;
    bool done;
};

/* Sends the next probe of the search; false: none is wanted now, or none could be taken. */
bool hops_sweep_one(struct hops *hops);
/* Enough was asked and waited for to say what the way looks like. */
bool hops_has_shape(const struct hops *hops);
/* An answer may still come. */
bool hops_waits(const struct hops *hops);
size_t hops_queued(const struct hops *hops);
/* True: the spare flows are in use from now on. */
bool hops_call_spares(struct hops *hops);

#endif
