/* What waits to be sent, and when it goes: the pace. See prober.h. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "path/prober_internal.h"
#include "platform/probe_socket.h"

enum {
    SECOND_US = 1000000,
    BURST = 3, /* probes that a slow timer may have to catch up with */
};

void prober_count_queued(struct prober *prober, size_t queued)
{
    if (prober->options.first) {
        prober->pace->urgent = prober->pace->urgent + queued - prober->queued;
    }
    prober->queued = queued;
}

/* Others on the same pace have something that goes first. */
static bool gives_way(const struct prober *prober)
{
    return !prober->options.first && prober->pace->urgent > 0;
}

static bool may_go(const struct prober_flow *flow, int64_t now_us)
{
    return now_us >= flow->next_us && !(flow->way->one_at_a_time && flow->out > 0);
}

static struct prober_queued unqueue(struct prober *prober, size_t i)
{
    struct prober_queued first = prober->queue[i];
    prober_count_queued(prober, prober->queued - 1);
    memmove(&prober->queue[i], &prober->queue[i + 1], (prober->queued - i) * sizeof(prober->queue[0]));
    return first;
}

static int64_t period_us(unsigned per_second)
{
    return SECOND_US / per_second;
}

static void spend(int64_t *next_us, int64_t now_us, int64_t period)
{
    const int64_t earliest = now_us - BURST * period;
    *next_us = (*next_us > earliest ? *next_us : earliest) + period;
}

static void send_one(struct prober *prober, const struct prober_queued *queued, int64_t now_us)
{
    struct prober_flow *flow = queued->flow;
    const uint16_t sequence = prober->sequence++;
    struct slot *slot = prober_slot(prober, sequence);
    const int64_t limit_us = queued->probe.limit_us > 0 ? queued->probe.limit_us : prober->options.limit_us;
    *slot = (struct slot){ .state = SLOT_OUT, .sequence = sequence, .flow = flow, .probe = queued->probe };
    prober->counts.out++;
    flow->out++;
    spend(&prober->pace->next_us, now_us, period_us(prober->options.per_second));
    if (flow->options.per_second > 0) {
        flow->next_us = now_us + period_us(flow->options.per_second);
    }
    slot->sent_us = clock_monotonic_us();
    slot->until_us = slot->sent_us + limit_us;
    uint32_t mtu = 0;
    const int code = flow->way->send(flow, slot, &mtu);
    if (code == EMSGSIZE && mtu == 0) {
        mtu = platform_probe_mtu(&flow->options.to, flow->options.interface);
    }
    if (code == 0) {
        prober->counts.sent++;
        return;
    }
    prober_tell(slot, &(struct prober_answer){
                          .result = code == EMSGSIZE ? PROBER_TOO_BIG : PROBER_NOT_SENT, .code = code, .mtu = mtu });
}

static bool next_queued(struct prober *prober, int64_t now_us, struct prober_queued *queued)
{
    if (prober_slot(prober, prober->sequence)->state == SLOT_OUT) {
        return false; /* all numbers are out */
    }
    for (size_t i = 0; i < prober->queued; i++) {
        if (may_go(prober->queue[i].flow, now_us)) {
            *queued = unqueue(prober, i);
            return true;
        }
    }
    return false;
}

static bool wants_idle(const struct prober *prober)
{
    return prober->options.idle != NULL && !prober->resting;
}

void prober_send_due(struct prober *prober)
{
    bool asked = false;
    for (;;) {
        const int64_t now_us = clock_monotonic_us();
        struct prober_queued queued;
        if (now_us < prober->pace->next_us || gives_way(prober)) {
            return;
        }
        if (next_queued(prober, now_us, &queued)) {
            send_one(prober, &queued, now_us);
            asked = false;
        } else if (wants_idle(prober) && !asked) {
            asked = true;
            prober->options.idle(prober->options.context);
        } else {
            if (asked) {
                spend(&prober->pace->next_us, now_us,
                      period_us(prober->options.per_second)); /* ask again at the next turn */
                continue;
            }
            return;
        }
    }
}

int64_t prober_sending_due(const struct prober *prober)
{
    int64_t next_us = prober->pace->next_us;
    if (gives_way(prober)) {
        const int64_t now_us = clock_monotonic_us();
        next_us = (next_us > now_us ? next_us : now_us) + period_us(prober->options.per_second);
    }
    int64_t due_us = wants_idle(prober) ? next_us : INT64_MAX;
    for (size_t i = 0; i < prober->queued; i++) {
        const struct prober_flow *flow = prober->queue[i].flow;
        const int64_t flow_us = flow->next_us > next_us ? flow->next_us : next_us;
        if (flow_us < due_us && !(flow->way->one_at_a_time && flow->out > 0)) {
            due_us = flow_us;
        }
    }
    return due_us;
}

bool prober_send(struct prober_flow *flow, const struct prober_probe *probe, struct error *error)
{
    struct prober *prober = flow->prober;
    if (prober->queued == PROBER_QUEUE_MAX) {
        return error_set(error, ERROR_INTERNAL, "more than %d probes wait to be sent", (int)PROBER_QUEUE_MAX);
    }
    prober->queue[prober->queued] = (struct prober_queued){ .flow = flow, .probe = *probe };
    prober_count_queued(prober, prober->queued + 1);
    prober_settle(prober);
    return true;
}

size_t prober_flow_queued(const struct prober_flow *flow)
{
    size_t count = 0;
    for (size_t i = 0; i < flow->prober->queued; i++) {
        count += flow->prober->queue[i].flow == flow;
    }
    return count;
}

size_t prober_flow_drop(struct prober_flow *flow)
{
    struct prober *prober = flow->prober;
    const size_t before = prober->queued;
    for (size_t i = prober->queued; i > 0; i--) {
        if (prober->queue[i - 1].flow == flow) {
            (void)unqueue(prober, i - 1);
        }
    }
    return before - prober->queued;
}

void prober_rest(struct prober *prober)
{
    prober_count_queued(prober, 0);
    prober->resting = true;
    prober_settle(prober);
}
