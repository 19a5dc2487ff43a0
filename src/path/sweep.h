/* The probes of the check mtu and the record of what they came to. Inside mtu.c and sweep.c only. */
#ifndef RDPWHY_PATH_SWEEP_H
#define RDPWHY_PATH_SWEEP_H

#include "infer/size.h"
#include "path/path_internal.h"
#include "path/prober.h"

enum { SWEEP_FLOWS_MAX = 40 };

struct sweep_flow {
    struct sweep *sweep;
    size_t leg;
    enum stream_kind kind;
    int own_ttl; /* REACH_OWN: the router's; 0: a flow to the end of the leg */
    struct prober_flow *flow;
};

struct sweep {
    struct run *run;
    struct prober *prober;
    struct net_timer *step; /* the next round begins outside of the prober's callbacks */
    struct path_leg_to legs[PATH_LEGS_MAX];
    bool over[PATH_LEGS_MAX];
    size_t leg_count;
    struct sweep_flow flows[SWEEP_FLOWS_MAX];
    size_t flow_count;
    int round;
    size_t waiting; /* probes of this round that are not told yet */
    bool asking;    /* the round is still being put together */
    int64_t rtt_us; /* longest seen; 0: none */
};

/* The record of probes like these; NULL: none was sent. */
const struct ev_size *sweep_seen(struct sweep *sweep, size_t leg, enum stream_kind kind, enum stream_reach reach,
                                 int ttl, int size);
bool sweep_came_through(struct sweep *sweep, size_t leg, enum stream_kind kind, enum stream_reach reach, int ttl,
                        int size);
/* The biggest size gets through to the end of the leg, or that which a router told. */
bool sweep_is_fine(struct sweep *sweep, size_t leg);
/* The flow to a place, made when it is first asked for. NULL: this kind is not possible here; that is no failure. */
struct sweep_flow *sweep_flow_of(struct sweep *sweep, size_t leg, enum stream_kind kind, int own_ttl,
                                 const struct address *to);
/* One more probe of this sort, unless it was answered already, or tried often enough. `flow` NULL: nothing to do. */
bool sweep_ask(struct sweep *sweep, struct sweep_flow *flow, enum stream_reach reach, int ttl, int size, int tries,
               struct error *error) MUST_USE;
int sweep_small(const struct path_leg_to *leg); /* a size that every line takes */
/* Of mtu.c: nothing of the round is out any more. */
void sweep_next_step(struct sweep *sweep);

#endif
