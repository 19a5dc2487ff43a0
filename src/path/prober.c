#include "path/prober.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "path/prober_internal.h"
#include "platform/random.h"

enum {
    SECOND_US = 1000000,
    LATE_US = 5 * SECOND_US, /* after its limit an answer is still known for so long */
    OPENVPN_PER_SECOND = 8,  /* of OpenVPN 2.6's --connect-freq-initial 100 10, for everybody */
};

struct slot *prober_slot(struct prober *prober, uint16_t sequence)
{
    return &prober->slots[sequence % PROBER_SLOTS];
}

void prober_token(const struct prober *prober, uint16_t sequence, uint8_t token[PROBER_TOKEN_SIZE])
{
    memcpy(token, prober->secret, PROBER_SECRET_SIZE);
    token[PROBER_SECRET_SIZE] = (uint8_t)(sequence >> 8);
    token[PROBER_SECRET_SIZE + 1] = (uint8_t)sequence;
}

struct slot *prober_find_sequence(struct prober_flow *flow, uint16_t sequence)
{
    struct slot *slot = prober_slot(flow->prober, sequence);
    return slot->state != SLOT_FREE && slot->sequence == sequence && slot->flow == flow ? slot : NULL;
}

struct slot *prober_find(struct prober_flow *flow, const uint8_t *token)
{
    if (token == NULL || memcmp(token, flow->prober->secret, PROBER_SECRET_SIZE) != 0) {
        return NULL;
    }
    return prober_find_sequence(flow, (uint16_t)(token[PROBER_SECRET_SIZE] << 8 | token[PROBER_SECRET_SIZE + 1]));
}

/* A router that quotes 8 bytes only says which flow. When it is known for one distance its answer is for the last probe
 * that went there; when not, all probes that are out must go to one distance. */
struct slot *prober_guess(struct prober_flow *flow, const struct address *from)
{
    struct prober *prober = flow->prober;
    struct slot *known = NULL;
    struct slot *only = NULL;
    uint8_t at = 0;
    bool several = false;
    for (uint16_t i = prober->oldest; i != prober->sequence; i++) {
        struct slot *slot = prober_find_sequence(flow, i);
        const uint8_t ttl = slot == NULL ? 0 : slot->probe.ttl;
        if (slot == NULL || slot->state != SLOT_OUT || ttl == 0 || ttl > PROBER_TTL_MAX) {
            continue;
        }
        several = several || (at != 0 && at != ttl);
        at = ttl;
        only = flow->quotes[ttl] ? NULL : slot;
        if (!flow->quotes[ttl] && address_equal(&flow->routers[ttl], from)) {
            known = slot;
        }
    }
    return known != NULL ? known : several ? NULL : only;
}

void prober_foreign(struct prober_flow *flow)
{
    flow->prober->counts.foreign++;
}

void prober_tell(struct slot *slot, struct prober_answer *answer)
{
    struct prober_flow *flow = slot->flow;
    struct prober_counts *counts = &flow->prober->counts;
    answer->tag = slot->probe.tag;
    answer->ttl = slot->probe.ttl;
    answer->sent_us = slot->sent_us;
    answer->late = slot->state == SLOT_EXPIRED;
    if (answer->rtt_us < 0) {
        answer->rtt_us = 0;
    }
    if (slot->state == SLOT_OUT) {
        counts->out--;
        flow->out--;
    }
    if (answer->result == PROBER_NOTHING) {
        slot->state = SLOT_EXPIRED;
        slot->until_us += LATE_US;
    } else {
        slot->state = SLOT_FREE;
        counts->late += answer->late;
        counts->answered += !answer->late && answer->from.family != ADDRESS_NONE;
    }
    const bool quoted = answer->result == PROBER_TIME_EXCEEDED || answer->result == PROBER_UNREACHABLE;
    if (quoted && slot->probe.ttl <= PROBER_TTL_MAX) {
        flow->quotes[slot->probe.ttl] |= !answer->guessed;
    }
    if (answer->result == PROBER_TIME_EXCEEDED && slot->probe.ttl <= PROBER_TTL_MAX) {
        flow->routers[slot->probe.ttl] = answer->from;
    }
    if (flow->way->over != NULL) {
        flow->way->over(flow);
    }
    flow->options.answered(flow->options.context, answer);
}

static void take_all(struct prober *prober)
{
    for (struct prober_flow *flow = prober->flows; flow != NULL; flow = flow->next) {
        flow->way->take(flow);
    }
}

/* Gives up what is over its limit; but first looks whether its answer only waits to be read. */
static void expire(struct prober *prober)
{
    const int64_t now_us = clock_monotonic_us();
    bool looked = false;
    for (uint16_t i = prober->oldest; i != prober->sequence; i++) {
        struct slot *slot = prober_slot(prober, i);
        if (slot->state == SLOT_FREE || slot->sequence != i || slot->until_us > now_us) {
            continue;
        }
        if (slot->state == SLOT_EXPIRED) {
            slot->state = SLOT_FREE;
            continue;
        }
        if (!looked) {
            looked = true;
            take_all(prober);
        }
        if (slot->state == SLOT_OUT) {
            prober_tell(slot, &(struct prober_answer){ .result = PROBER_NOTHING, .rtt_us = now_us - slot->sent_us });
        }
    }
    while (prober->oldest != prober->sequence && prober_slot(prober, prober->oldest)->state == SLOT_FREE) {
        prober->oldest++;
    }
}

void prober_settle(struct prober *prober)
{
    int64_t due_us = prober_sending_due(prober);
    for (uint16_t i = prober->oldest; i != prober->sequence && prober->counts.out > 0; i++) {
        const struct slot *slot = prober_slot(prober, i);
        if (slot->state == SLOT_OUT && slot->sequence == i && slot->until_us < due_us) {
            due_us = slot->until_us;
        }
    }
    const bool active = due_us != INT64_MAX;
    if (active) {
        net_timer_again(prober->timer, due_us - clock_monotonic_us());
    } else {
        net_timer_stop(prober->timer);
    }
    prober_raw_watch(prober, active);
    for (struct prober_flow *flow = prober->flows; flow != NULL; flow = flow->next) {
        if (flow->poll != NULL) {
            net_poll_want(flow->poll, active ? flow->events : 0);
        }
    }
}

void prober_step(struct prober *prober)
{
    expire(prober);
    prober_send_due(prober);
    prober_settle(prober);
}

static void on_timer(void *context)
{
    prober_step(context);
}

static void on_ready(void *context, int events)
{
    struct prober_flow *flow = context;
    struct prober *prober = flow->prober;
    (void)events;
    flow->way->take(flow);
    prober_step(prober);
}

bool prober_watch(struct prober_flow *flow, int fd, int events, struct error *error)
{
    flow->poll = net_poll_new(flow->prober->loop, fd, on_ready, flow, error);
    flow->events = events;
    return flow->poll != NULL;
}

void prober_unwatch(struct prober_flow *flow)
{
    net_poll_free(flow->poll);
    flow->poll = NULL;
}

struct prober *prober_new(struct net_loop *loop, const struct prober_options *options, struct error *error)
{
    struct prober *prober = alloc_new(sizeof(*prober));
    if (prober == NULL) {
        error_no_memory(error);
        return NULL;
    }
    prober->loop = loop;
    prober->options = *options;
    if (options->per_second == 0 || options->per_second > SECOND_US) {
        prober->options.per_second = PROBER_PER_SECOND;
    }
    if (options->limit_us <= 0) {
        prober->options.limit_us = PROBER_LIMIT_US;
    }
    prober->pace = options->pace != NULL ? options->pace : &prober->own_pace;
    if (prober->pace->next_us == 0) {
        prober->pace->next_us = clock_monotonic_us();
    }
    if (!platform_random(prober->secret, sizeof(prober->secret), error)) {
        alloc_free(prober);
        return NULL;
    }
    prober->timer = net_timer_start(loop, 0, on_timer, prober, error);
    if (prober->timer == NULL || !prober_raw_open(prober, error)) {
        net_timer_free(prober->timer);
        alloc_free(prober);
        return NULL;
    }
    return prober;
}

void prober_free(struct prober *prober)
{
    if (prober == NULL) {
        return;
    }
    while (prober->flows != NULL) {
        prober_flow_free(prober->flows);
    }
    prober_count_queued(prober, 0);
    prober_raw_close(prober);
    net_timer_free(prober->timer);
    alloc_free(prober);
}

struct prober_flow *prober_flow_new(struct prober *prober, const struct prober_flow_options *options,
                                    struct error *error)
{
    struct prober_flow *flow = alloc_new(sizeof(*flow));
    if (flow == NULL) {
        error_no_memory(error);
        return NULL;
    }
    flow->prober = prober;
    flow->options = *options;
    flow->source_port = options->source_port;
    flow->fd = -1;
    if (options->kind == PROBER_OPENVPN && (options->per_second == 0 || options->per_second > OPENVPN_PER_SECOND)) {
        flow->options.per_second = OPENVPN_PER_SECOND;
    }
    const bool raw_syn = prober_raw_of(prober, options->to.family)->tcp >= 0;
    flow->way = options->kind != PROBER_SYN ? &prober_way_datagram
                : raw_syn                   ? &prober_way_raw_syn
                                            : &prober_way_connect;
    if (!flow->way->open(flow, error)) {
        alloc_free(flow);
        return NULL;
    }
    flow->next = prober->flows;
    prober->flows = flow;
    return flow;
}

void prober_flow_free(struct prober_flow *flow)
{
    if (flow == NULL) {
        return;
    }
    struct prober *prober = flow->prober;
    for (size_t i = 0; i < PROBER_SLOTS; i++) {
        if (prober->slots[i].flow == flow) {
            prober->counts.out -= prober->slots[i].state == SLOT_OUT;
            prober->slots[i] = (struct slot){ .state = SLOT_FREE };
        }
    }
    (void)prober_flow_drop(flow);
    struct prober_flow **link = &prober->flows;
    while (*link != flow) {
        link = &(*link)->next;
    }
    *link = flow->next;
    flow->way->close(flow);
    alloc_free(flow);
}

enum prober_means prober_flow_means(const struct prober_flow *flow)
{
    return flow->means;
}

const char *prober_means_words(enum prober_means means)
{
    static const char *const words[] = {
        [PROBER_MEANS_RAW] = "raw sockets",
        [PROBER_MEANS_PING] = "the ICMP datagram socket",
        [PROBER_MEANS_ERROR_QUEUE] = "the error queue of a UDP socket",
        [PROBER_MEANS_CONNECT] = "the error queue of a connecting TCP socket",
    };
    return words[means];
}

struct prober_counts prober_counts(const struct prober *prober)
{
    struct prober_counts counts = prober->counts;
    counts.queued = prober->queued;
    return counts;
}
