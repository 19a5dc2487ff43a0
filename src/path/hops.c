#include "path/hops.h"

#include "base/alloc.h"
#include "net/loop.h"
#include "path/hops_internal.h"

enum {
    TICK_US = 10000,
    TRIES_OWN = 3,
};

const struct address *hops_address(const struct hops_place *place)
{
    for (size_t i = 0; i < HOPS_FLOWS_MAX; i++) {
        if (place->seen[i].from.family != ADDRESS_NONE) {
            return &place->seen[i].from;
        }
    }
    return NULL;
}

static void settle_found(struct hops *hops)
{
    struct hops_found *found = &hops->found;
    found->count = found->distance > 0 ? found->distance : hops->farthest;
    found->branches = false;
    found->shared = false;
    for (size_t i = 0; i < found->count; i++) {
        const struct hops_place *place = &found->places[i];
        const struct address *first = hops_address(place);
        for (size_t k = 0; k < hops->options.flow_count; k++) {
            const struct hops_seen *seen = &place->seen[k];
            found->branches |=
                seen->unsteady || (seen->from.family != ADDRESS_NONE && !address_equal(&seen->from, first));
            found->shared |= address_class_of(&seen->from) == ADDRESS_CLASS_SHARED;
        }
    }
}

static void tell(struct hops *hops, bool last)
{
    settle_found(hops);
    hops->told = true;
    hops->done = last;
    hops->options.found(hops->options.context, &hops->found, last);
}

static void on_own(void *context, const struct prober_answer *answer)
{
    struct hops_flow *own = context;
    struct hops *hops = own->hops;
    struct hops_place *place = &hops->found.places[own->index];
    if (!answer->late) {
        own->out[0] = 0;
    }
    if (hops->options.answered != NULL) {
        struct prober_answer placed = *answer;
        placed.ttl = place->ttl;
        hops->options.answered(hops->options.context, &placed);
    }
    if (answer->result == PROBER_REPLY) {
        const bool news = place->own != HOPS_OWN_ANSWERS;
        place->own = HOPS_OWN_ANSWERS;
        if (news && hops->told && !hops->done) {
            tell(hops, false);
        }
    } else if (place->own == HOPS_OWN_UNKNOWN && hops->own_sent[own->index] >= TRIES_OWN) {
        place->own = HOPS_OWN_SILENT;
    }
}

static bool ask_own(struct hops *hops, size_t index)
{
    struct hops_flow *own = &hops->own[index];
    const struct hops_place *place = &hops->found.places[index];
    const struct address *address = hops_address(place);
    if (hops->options.no_own || address == NULL || place->end || place->own != HOPS_OWN_UNKNOWN || own->out[0] > 0 ||
        hops->own_sent[index] >= TRIES_OWN) {
        return false;
    }
    if (own->flow == NULL) {
        const struct prober_flow_options options = { .kind = PROBER_ECHO,
                                                     .to = *address,
                                                     .interface = hops->options.interface,
                                                     .answered = on_own,
                                                     .context = own };
        own->hops = hops;
        own->index = index;
        own->flow = prober_flow_new(hops->prober, &options, NULL);
        if (own->flow == NULL) {
            hops->options.no_own = true; /* echo is not allowed here */
            return false;
        }
    }
    const struct prober_probe probe = { .tag = HOPS_TAG_OWN };
    if (!prober_send(own->flow, &probe, NULL)) {
        return false;
    }
    hops->own_sent[index]++;
    own->out[0] = 1;
    return true;
}

static bool ask_owns(struct hops *hops)
{
    for (size_t i = 0; i < hops->farthest; i++) {
        if (ask_own(hops, i)) {
            return true;
        }
    }
    return false;
}

static void tick(void *context)
{
    struct hops *hops = context;
    bool more = true;
    while (more && hops_queued(hops) < HOPS_AHEAD) {
        more = hops_sweep_one(hops);
    }
    if (!hops->told && hops_has_shape(hops) && !hops_call_spares(hops)) {
        tell(hops, false);
    }
    if (!more && hops->told && !ask_owns(hops) && !hops_waits(hops)) {
        tell(hops, true);
        return;
    }
    net_timer_again(hops->timer, TICK_US);
}

/* The same router twice with another between them, and again: the packets go round. */
static bool goes_round(const struct hops *hops, uint8_t ttl, size_t flow)
{
    const struct hops_place *places = hops->found.places;
    const struct address *from = &places[ttl - 1].seen[flow].from;
    unsigned times = 0;
    for (uint8_t i = 1; i + 1 < ttl; i++) {
        const struct address *other = &places[i - 1].seen[flow].from;
        const struct address *between = &places[i].seen[flow].from;
        times += address_equal(from, other) && between->family != ADDRESS_NONE && !address_equal(from, between);
    }
    return from->family != ADDRESS_NONE && times >= 2;
}

static void note_seen(struct hops *hops, size_t flow, const struct prober_answer *answer)
{
    struct hops_seen *seen = &hops->found.places[answer->ttl - 1].seen[flow];
    if (seen->from.family != ADDRESS_NONE && !address_equal(&seen->from, &answer->from)) {
        seen->unsteady = true;
    }
    if (seen->from.family == ADDRESS_NONE) {
        seen->from = answer->from;
    }
    if (seen->answered == 0 || answer->rtt_us < seen->rtt_us) {
        seen->rtt_us = answer->rtt_us;
    }
    seen->answered++;
    if (answer->ttl > hops->farthest) {
        hops->farthest = answer->ttl;
    }
}

static void note_end(struct hops *hops, uint8_t ttl)
{
    struct hops_found *found = &hops->found;
    if (found->distance == 0 || ttl < found->distance) {
        if (found->distance > 0) {
            found->places[found->distance - 1].end = false;
        }
        found->distance = ttl;
        found->places[ttl - 1].end = true;
    }
}

static void on_answer(void *context, const struct prober_answer *answer)
{
    struct hops_flow *flow = context;
    struct hops *hops = flow->hops;
    struct hops_found *found = &hops->found;
    const bool from_end = address_equal(&answer->from, &hops->options.to);
    if (!answer->late) {
        flow->out[answer->ttl - 1]--;
    }
    if (hops->options.answered != NULL) {
        hops->options.answered(hops->options.context, answer);
    }
    switch (answer->result) {
    case PROBER_NOTHING:
        return;
    case PROBER_NOT_SENT:
    case PROBER_TOO_BIG:
        found->code = answer->code;
        return;
    case PROBER_UNREACHABLE:
        if (!from_end) {
            if (flow->refused_ttl == 0 || answer->ttl < flow->refused_ttl) {
                flow->refused_ttl = answer->ttl;
            }
            if (found->refused_ttl == 0 || answer->ttl < found->refused_ttl) {
                found->refused_ttl = answer->ttl;
                found->refused_code = answer->code;
                found->refused_by = answer->from;
            }
            return;
        }
        break;
    case PROBER_TIME_EXCEEDED:
    case PROBER_REPLY:
    case PROBER_RESET:
        break;
    }
    note_seen(hops, flow->index, answer);
    if (answer->result != PROBER_TIME_EXCEEDED) {
        note_end(hops, answer->ttl);
    } else if (goes_round(hops, answer->ttl, flow->index)) {
        found->loops = true;
    }
}

static bool open_flows(struct hops *hops, struct error *error)
{
    bool any = false;
    for (size_t i = 0; i < hops->options.flow_count; i++) {
        const struct hops_flow_options *wanted = &hops->options.flows[i];
        struct hops_flow *flow = &hops->flows[i];
        const struct prober_flow_options options = { .kind = wanted->kind,
                                                     .to = hops->options.to,
                                                     .port = wanted->port,
                                                     .source_port = wanted->source_port,
                                                     .interface = hops->options.interface,
                                                     .answered = on_answer,
                                                     .context = flow };
        flow->hops = hops;
        flow->index = i;
        flow->flow = prober_flow_new(hops->prober, &options, error);
        any |= flow->flow != NULL && wanted->kind != PROBER_SYN;
    }
    return any;
}

struct hops *hops_start(struct net_loop *loop, struct prober *prober, const struct hops_options *options,
                        struct error *error)
{
    struct hops *hops = alloc_new(sizeof(*hops));
    if (hops == NULL) {
        error_no_memory(error);
        return NULL;
    }
    hops->prober = prober;
    hops->options = *options;
    if (hops->options.flow_count > HOPS_FLOWS_MAX) {
        hops->options.flow_count = HOPS_FLOWS_MAX;
    }
    if (hops->options.max_ttl == 0 || hops->options.max_ttl > HOPS_MAX) {
        hops->options.max_ttl = HOPS_MAX;
    }
    for (uint8_t i = 0; i < HOPS_MAX; i++) {
        hops->found.places[i].ttl = (uint8_t)(i + 1);
    }
    if (!open_flows(hops, error)) {
        hops_free(hops);
        return NULL;
    }
    hops->timer = net_timer_start(loop, 0, tick, hops, error);
    if (hops->timer == NULL) {
        hops_free(hops);
        return NULL;
    }
    return hops;
}

void hops_free(struct hops *hops)
{
    if (hops == NULL) {
        return;
    }
    for (size_t i = 0; i < HOPS_FLOWS_MAX; i++) {
        prober_flow_free(hops->flows[i].flow);
    }
    for (size_t i = 0; i < HOPS_MAX; i++) {
        prober_flow_free(hops->own[i].flow);
    }
    net_timer_free(hops->timer);
    alloc_free(hops);
}
