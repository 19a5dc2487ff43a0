/* Which place is asked next, and when enough was asked. See hops.h. */
#include "path/hops_internal.h"

enum {
    GAP = 5, /* silent places in a row before the way is given up */
    TRIES = 3,
    FIRST_US = 400000, /* the first try's limit: a late answer is taken all the same */
    AGAIN_US = 1000000,
};

static bool in_use(const struct hops *hops, size_t flow)
{
    return hops->flows[flow].flow != NULL && (hops->spares || !hops->options.flows[flow].spare);
}

/* Where every flow that may go to the end was refused: at the last of these places. 0: some was not. A filter refuses
 * pings, or the RDP port, and lets others through. */
static uint8_t all_refused_ttl(const struct hops *hops)
{
    uint8_t last = 0;
    for (size_t i = 0; i < hops->options.flow_count; i++) {
        const uint8_t ttl = hops->flows[i].refused_ttl;
        if (!in_use(hops, i) || hops->options.flows[i].kind == PROBER_SYN) {
            continue;
        }
        if (ttl == 0) {
            return 0;
        }
        last = ttl > last ? ttl : last;
    }
    return last;
}

static uint8_t last_ttl(const struct hops *hops)
{
    const struct hops_found *found = &hops->found;
    const uint8_t refused_ttl = all_refused_ttl(hops);
    if (found->distance > 0) {
        return found->distance;
    }
    if (refused_ttl > 0) {
        return refused_ttl;
    }
    const unsigned ahead = hops->farthest + (found->loops ? 0U : GAP);
    return ahead < hops->options.max_ttl ? (uint8_t)ahead : hops->options.max_ttl;
}

static uint8_t last_ttl_of(const struct hops *hops, size_t flow)
{
    const uint8_t last = last_ttl(hops);
    const uint8_t refused_ttl = hops->flows[flow].refused_ttl;
    return refused_ttl > 0 && refused_ttl < last ? refused_ttl : last;
}

/* A SYN goes only where another flow has seen a router: behind it there is more way. */
static bool syn_may(const struct hops *hops, uint8_t ttl)
{
    const struct hops_place *place = &hops->found.places[ttl - 1];
    for (size_t i = 0; i < hops->options.flow_count; i++) {
        if (hops->options.flows[i].kind != PROBER_SYN && place->seen[i].from.family != ADDRESS_NONE && !place->end) {
            return true;
        }
    }
    return false;
}

static uint8_t tries_of(const struct hops *hops, uint8_t ttl)
{
    return hops->found.distance > 0 || ttl <= hops->farthest ? TRIES : TRIES - 1;
}

static bool wants(const struct hops *hops, const struct hops_flow *flow, uint8_t ttl, uint8_t sent)
{
    const struct hops_seen *seen = &hops->found.places[ttl - 1].seen[flow->index];
    if (!in_use(hops, flow->index) || seen->sent != sent || seen->answered > 0 || flow->out[ttl - 1] > 0 ||
        ttl > last_ttl_of(hops, flow->index) || prober_flow_queued(flow->flow) >= HOPS_AHEAD) {
        return false;
    }
    return hops->options.flows[flow->index].kind != PROBER_SYN || (ttl < last_ttl(hops) && syn_may(hops, ttl));
}

bool hops_sweep_one(struct hops *hops)
{
    for (uint8_t sent = 0; sent < TRIES; sent++) {
        for (uint8_t ttl = 1; ttl <= last_ttl(hops); ttl++) {
            for (size_t i = 0; i < hops->options.flow_count && sent < tries_of(hops, ttl); i++) {
                struct hops_flow *flow = &hops->flows[i];
                const struct prober_probe probe = { .tag = i, .ttl = ttl, .limit_us = sent == 0 ? FIRST_US : AGAIN_US };
                if (wants(hops, flow, ttl, sent) && prober_send(flow->flow, &probe, NULL)) {
                    hops->found.places[ttl - 1].seen[i].sent++;
                    flow->out[ttl - 1]++;
                    return true;
                }
            }
        }
    }
    return false;
}

static bool waits_for(const struct hops *hops, size_t flow, uint8_t limit)
{
    for (uint8_t ttl = 1; ttl <= limit; ttl++) {
        if (hops->flows[flow].out[ttl - 1] > 0) {
            return true;
        }
    }
    return false;
}

/* Answered, or asked and waited for once: a second try may still bring more. */
static bool tried_once(const struct hops *hops, size_t flow, uint8_t ttl)
{
    const struct hops_seen *seen = &hops->found.places[ttl - 1].seen[flow];
    return seen->answered > 0 || seen->sent > 1 || (seen->sent == 1 && hops->flows[flow].out[ttl - 1] == 0);
}

/* Every place up to the last has been asked by every flow that asks without harm, and was waited for. Once one flow has
 * reached the end, the others need not have: a port there may be silent. */
bool hops_has_shape(const struct hops *hops)
{
    bool all = true;
    for (size_t i = 0; i < hops->options.flow_count; i++) {
        bool own = hops->found.distance > 0;
        if (hops->options.flows[i].kind == PROBER_SYN || !in_use(hops, i)) {
            continue;
        }
        for (uint8_t ttl = 1; ttl <= last_ttl_of(hops, i) && own; ttl++) {
            own = tried_once(hops, i, ttl);
        }
        if (own && hops->found.places[hops->found.distance - 1].seen[i].answered > 0) {
            return true;
        }
        for (uint8_t ttl = 1; ttl <= last_ttl_of(hops, i) && all; ttl++) {
            all = hops->found.places[ttl - 1].seen[i].sent > 0;
        }
        all = all && !waits_for(hops, i, last_ttl(hops));
    }
    return all;
}

bool hops_waits(const struct hops *hops)
{
    for (size_t i = 0; i < HOPS_MAX; i++) {
        if (hops->own[i].out[0] > 0) {
            return true;
        }
    }
    for (size_t i = 0; i < hops->options.flow_count; i++) {
        if (waits_for(hops, i, last_ttl(hops))) {
            return true;
        }
    }
    return false;
}

size_t hops_queued(const struct hops *hops)
{
    size_t count = 0;
    for (size_t i = 0; i < hops->options.flow_count; i++) {
        if (hops->flows[i].flow != NULL && hops->options.flows[i].kind != PROBER_SYN) {
            count += prober_flow_queued(hops->flows[i].flow);
        }
    }
    return count;
}

/* Whoever drops one kind of packet may let another through. */
bool hops_call_spares(struct hops *hops)
{
    bool any = false;
    for (size_t i = 0; i < hops->options.flow_count; i++) {
        any = any || (hops->options.flows[i].spare && hops->flows[i].flow != NULL);
    }
    const bool called = any && !hops->spares && hops->found.distance == 0 && !hops->found.loops;
    hops->spares = hops->spares || called;
    return called;
}
