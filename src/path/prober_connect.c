/* TCP SYNs by connect(): the kernel checks that an ICMP error is for this very SYN. One at a time, since the source
 * port must stay the same. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "path/prober_internal.h"
#include "platform/icmp_error.h"
#include "platform/probe_socket.h"
#include "wire/icmp.h"

enum { SYN_SIZE4 = 60, SYN_SIZE6 = 80 };

static bool open_flow(struct prober_flow *flow, struct error *error)
{
    (void)error;
    flow->means = PROBER_MEANS_CONNECT;
    return true;
}

static void close_socket(struct prober_flow *flow)
{
    prober_unwatch(flow);
    if (flow->fd >= 0) {
        close(flow->fd);
        flow->fd = -1;
    }
}

static int send_probe(struct prober_flow *flow, struct slot *slot, uint32_t *mtu)
{
    const struct platform_probe_shape shape = { .ttl = slot->probe.ttl, .df = slot->probe.df };
    const struct prober_flow_options *options = &flow->options;
    (void)mtu;
    slot->sent_us = clock_monotonic_us();
    flow->fd = platform_probe_connect(&options->to, options->port, &flow->source_port, &shape);
    if (flow->fd < 0 && (errno == EADDRNOTAVAIL || errno == EADDRINUSE)) {
        flow->source_port = 0; /* the old one still belongs to a connection that was open: a new flow begins */
        slot->sent_us = clock_monotonic_us();
        flow->fd = platform_probe_connect(&options->to, options->port, &flow->source_port, &shape);
    }
    if (flow->fd < 0) {
        return errno;
    }
    flow->prober->counts.bytes += options->to.family == ADDRESS_V6 ? SYN_SIZE6 : SYN_SIZE4;
    struct error error;
    if (!prober_watch(flow, flow->fd, NET_POLL_WRITE, &error)) {
        close_socket(flow);
        return ENOMEM;
    }
    return 0;
}

static struct slot *slot_out(struct prober_flow *flow)
{
    struct prober *prober = flow->prober;
    for (uint16_t i = prober->oldest; i != prober->sequence; i++) {
        struct slot *slot = prober_find_sequence(flow, i);
        if (slot != NULL && slot->state == SLOT_OUT) {
            return slot;
        }
    }
    return NULL;
}

static bool icmp_answer(struct prober_flow *flow, const struct slot *slot, struct prober_answer *answer)
{
    struct platform_icmp_quote quote;
    while (platform_icmp_quote_next(flow->fd, &quote)) {
        const struct platform_icmp_error *error = &quote.error;
        const enum icmp_kind kind = icmp_kind_of(error->family, error->type, error->code);
        answer->code = error->code;
        answer->mtu = kind == ICMP_TOO_BIG ? error->mtu : 0;
        answer->from = error->by;
        answer->rtt_us = quote.at_us - slot->sent_us;
        answer->result = kind == ICMP_TOO_BIG         ? PROBER_TOO_BIG
                         : kind == ICMP_TIME_EXCEEDED ? PROBER_TIME_EXCEEDED
                                                      : PROBER_UNREACHABLE;
        if (kind == ICMP_TIME_EXCEEDED || kind == ICMP_UNREACHABLE || kind == ICMP_TOO_BIG) {
            return true;
        }
        prober_foreign(flow);
    }
    return false;
}

static void take(struct prober_flow *flow)
{
    struct slot *slot = flow->fd < 0 ? NULL : slot_out(flow);
    if (slot == NULL) {
        return;
    }
    struct prober_answer answer = { 0 };
    if (icmp_answer(flow, slot, &answer)) {
        prober_tell(slot, &answer);
        return;
    }
    const struct platform_connect_state state = platform_probe_connect_state(flow->fd);
    answer = (struct prober_answer){ .again = state.again, .rtt_us = clock_monotonic_us() - slot->sent_us };
    switch (state.state) {
    case PLATFORM_CONNECT_WAITING:
        return;
    case PLATFORM_CONNECT_OPEN:
        answer.result = PROBER_REPLY;
        answer.from = flow->options.to;
        answer.rtt_us = state.rtt_us > 0 ? state.rtt_us : answer.rtt_us;
        break;
    case PLATFORM_CONNECT_REFUSED:
        answer.result = PROBER_RESET;
        answer.from = flow->options.to;
        break;
    case PLATFORM_CONNECT_FAILED:
        answer.result = state.code == ETIMEDOUT ? PROBER_NOTHING : PROBER_NOT_SENT;
        answer.code = state.code;
        break;
    }
    prober_tell(slot, &answer);
}

const struct prober_way prober_way_connect = {
    .one_at_a_time = true,
    .open = open_flow,
    .send = send_probe,
    .take = take,
    .over = close_socket,
    .close = close_socket,
};
