/* What the probes of each leg are, and which flow carries one. */
#include "path/trace.h"

#include <string.h>

#include "platform/route.h"

enum {
    PORT_CLOSED = 33434,
    PORT_WIREGUARD = 51820,
    PORT_OPENVPN = 1194,
    PORT_IPSEC = 4500,
    SERVICE_PER_SECOND = 8, /* an OpenVPN server takes no more than some ten */
};

bool trace_same_way(const struct trace_leg *leg, const struct address *to)
{
    struct platform_route route;
    return leg->to.interface != 0 ||
           (platform_route_get(to, &route, NULL) && !route.unreachable && route.index == leg->interface);
}

static void add_kind(struct trace_leg *leg, enum stream_kind kind, enum prober_kind sent_as, uint16_t port)
{
    leg->kind_of[leg->kind_count] = kind;
    leg->kinds[leg->kind_count++] = (struct hops_flow_options){ .kind = sent_as, .port = port };
}

static bool possible(struct trace *trace, const struct trace_leg *leg, enum prober_kind kind)
{
    const struct prober_flow_options options = { .kind = kind,
                                                 .to = leg->to.to,
                                                 .port = PORT_CLOSED,
                                                 .interface = leg->to.interface,
                                                 .answered = trace_answer,
                                                 .context = trace };
    struct prober_flow *flow = prober_flow_new(trace->prober, &options, NULL);
    bool is = flow != NULL;
    prober_flow_free(flow);
    return is;
}

/* 0: it has none that datagrams reach. */
static uint16_t tunnel_port(const struct ev_vpn *vpn)
{
    if (vpn->outer_port.source != SOURCE_NONE) {
        return vpn->outer_port.v > 0 && vpn->outer_port.v <= UINT16_MAX ? (uint16_t)vpn->outer_port.v : 0;
    }
    switch (vpn->kind.v) {
    case VPN_WIREGUARD:
        return PORT_WIREGUARD;
    case VPN_OPENVPN:
        return PORT_OPENVPN;
    case VPN_IPSEC:
        return PORT_IPSEC;
    default:
        return 0;
    }
}

/* The tunnel's port is asked on the way to it by packets like its own, and at its end by one that it answers. */
static void add_service(struct trace *trace, struct trace_leg *leg)
{
    const struct ev_vpn *vpn = &trace->run->evidence->route.vpn;
    uint16_t port = tunnel_port(vpn);
    bool tcp = vpn->outer_transport.source != SOURCE_NONE && vpn->outer_transport.v == VPN_OVER_TCP;
    if (port == 0) {
        return;
    }
    add_kind(leg, STREAM_SERVICE, tcp ? PROBER_SYN : PROBER_UDP, port);
    if (!tcp && (vpn->kind.v == VPN_OPENVPN || vpn->kind.v == VPN_IPSEC)) {
        const struct prober_flow_options options = { .kind = vpn->kind.v == VPN_OPENVPN ? PROBER_OPENVPN : PROBER_IKE,
                                                     .to = leg->to.to,
                                                     .port = port,
                                                     .per_second = SERVICE_PER_SECOND,
                                                     .interface = leg->to.interface,
                                                     .answered = trace_answer,
                                                     .context = trace };
        leg->service = prober_flow_new(trace->prober, &options, NULL);
    }
}

static void on_searched(void *context, const struct prober_answer *answer)
{
    trace_searched(context, answer);
}

static void on_found(void *context, const struct hops_found *found, bool last)
{
    struct trace_leg *leg = context;
    leg->found = *found;
    leg->shaped = true;
    leg->done = last;
    if (trace_shaped(leg->trace)) {
        trace_make_streams(leg->trace);
    }
}

bool trace_open_leg(struct trace *trace, size_t index, struct error *error)
{
    struct trace_leg *leg = &trace->legs[index];
    struct platform_route route;
    leg->trace = trace;
    if (platform_route_get(&leg->to.to, &route, NULL) && !route.unreachable) {
        leg->interface = route.index;
    }
    if (possible(trace, leg, PROBER_ECHO)) {
        add_kind(leg, STREAM_ECHO, PROBER_ECHO, 0);
    } else {
        add_kind(leg, STREAM_UDP, PROBER_UDP, PORT_CLOSED);
    }
    if (leg->to.leg == LEG_UNDERLAY) {
        add_service(trace, leg);
    } else {
        add_kind(leg, STREAM_SYN, PROBER_SYN, trace->run->options->port);
    }
    if (leg->kind_of[0] == STREAM_ECHO) {
        add_kind(leg, STREAM_UDP, PROBER_UDP, PORT_CLOSED);
        leg->kinds[leg->kind_count - 1].spare = true; /* where pings are dropped */
    }
    struct hops_options options = { .to = leg->to.to,
                                    .interface = leg->to.interface,
                                    .flow_count = leg->kind_count,
                                    .found = on_found,
                                    .answered = on_searched,
                                    .context = leg };
    memcpy(options.flows, leg->kinds, sizeof options.flows);
    leg->hops = hops_start(trace->run->loop, trace->prober, &options, error);
    return leg->hops != NULL;
}

bool trace_shaped(const struct trace *trace)
{
    for (size_t i = 0; i < trace->leg_count; i++) {
        if (!trace->legs[i].shaped) {
            return false;
        }
    }
    return true;
}

static struct prober_flow *flow_of_kind(struct trace *trace, struct trace_leg *leg, size_t kind)
{
    for (size_t i = 0; i < TRACE_SYN_FLOWS; i++) {
        struct prober_flow **flow = &leg->flows[kind][i];
        if (*flow == NULL) {
            const struct prober_flow_options options = { .kind = leg->kinds[kind].kind,
                                                         .to = leg->to.to,
                                                         .port = leg->kinds[kind].port,
                                                         .interface = leg->to.interface,
                                                         .answered = trace_answer,
                                                         .context = trace };
            *flow = prober_flow_new(trace->prober, &options, NULL);
        }
        if (*flow == NULL) {
            return NULL;
        }
        if (prober_flow_queued(*flow) == 0) {
            return *flow;
        }
        if (prober_flow_means(*flow) != PROBER_MEANS_CONNECT) {
            return NULL;
        }
    }
    return NULL;
}

struct prober_flow *trace_flow_for(struct trace *trace, struct trace_stream *stream)
{
    struct trace_leg *leg = &trace->legs[stream->leg];
    if (stream->reach == REACH_OWN) {
        if (stream->own == NULL) {
            const struct prober_flow_options options = { .kind = PROBER_ECHO,
                                                         .to = stream->own_address,
                                                         .interface = leg->to.interface,
                                                         .answered = trace_answer,
                                                         .context = trace };
            stream->own = prober_flow_new(trace->prober, &options, NULL);
        }
        return stream->own;
    }
    if (stream->kind == STREAM_SERVICE && stream->reach == REACH_WHOLE) {
        return leg->service != NULL && prober_flow_queued(leg->service) == 0 ? leg->service : NULL;
    }
    for (size_t i = 0; i < leg->kind_count; i++) {
        if (leg->kind_of[i] == stream->kind) {
            return flow_of_kind(trace, leg, i);
        }
    }
    return NULL;
}
