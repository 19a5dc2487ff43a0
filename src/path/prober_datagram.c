/* UDP, and ICMP echo over the kernel's datagram socket: errors come from the error queue. No privileges. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "path/prober_internal.h"
#include "platform/icmp_error.h"
#include "platform/probe_socket.h"
#include "platform/random.h"
#include "wire/icmp.h"
#include "wire/vpn_ping.h"

enum { IP4_HEADER = 20, IP6_HEADER = 40, UDP_HEADER = 8, IKE_NAT_PORT = 4500, PORT_CLOSED4 = 3, PORT_CLOSED6 = 4 };

static bool has_marker(const struct prober_flow *flow)
{
    return flow->options.port == IKE_NAT_PORT;
}

/* Zeros up to the wanted size, so that what is cut off by a router never matters. */
size_t prober_payload(const struct prober_flow *flow, uint16_t sequence, uint16_t size,
                      uint8_t bytes[PROBER_PACKET_MAX])
{
    const enum address_family family = flow->options.to.family;
    const size_t header = (family == ADDRESS_V6 ? IP6_HEADER : IP4_HEADER) + UDP_HEADER;
    uint8_t token[PROBER_TOKEN_SIZE];
    struct writer writer = writer_of(bytes, PROBER_PACKET_MAX);
    prober_token(flow->prober, sequence, token);
    if (flow->options.kind == PROBER_OPENVPN) {
        vpn_ping_openvpn_write(&writer, token);
    } else if (flow->options.kind == PROBER_IKE) {
        vpn_ping_ike_write(&writer, has_marker(flow), token);
    } else {
        writer_bytes(&writer, token, sizeof(token));
    }
    if (flow->options.kind == PROBER_ECHO) {
        /* Routers choose the way by the checksum of an echo: what takes the sequence number out of it again, twice. */
        writer_u16be(&writer, (uint16_t)~sequence);
        writer_u16be(&writer, (uint16_t)~sequence);
    }
    if (flow->options.kind == PROBER_ECHO || flow->options.kind == PROBER_UDP) {
        const size_t so_far = header + writer_size(&writer);
        writer_zeros(&writer, size > so_far ? size - so_far : 0);
    }
    if (flow->options.kind == PROBER_ECHO) {
        uint8_t data[PROBER_PACKET_MAX];
        const size_t data_size = writer_size(&writer);
        memcpy(data, bytes, data_size);
        writer = writer_of(bytes, PROBER_PACKET_MAX);
        icmp_echo_write(&writer, family, flow->source_port, sequence, slice_of(data, data_size));
    }
    return writer_size(&writer);
}

bool prober_tell_icmp(struct slot *slot, const struct platform_icmp_error *error, int64_t at_us, bool guessed)
{
    static const enum prober_result results[] = {
        [ICMP_TIME_EXCEEDED] = PROBER_TIME_EXCEEDED,
        [ICMP_UNREACHABLE] = PROBER_UNREACHABLE,
        [ICMP_TOO_BIG] = PROBER_TOO_BIG,
    };
    const enum icmp_kind kind = icmp_kind_of(error->family, error->type, error->code);
    if (kind != ICMP_TIME_EXCEEDED && kind != ICMP_UNREACHABLE && kind != ICMP_TOO_BIG) {
        prober_foreign(slot->flow);
        return false;
    }
    const int port_closed = error->family == ADDRESS_V6 ? PORT_CLOSED6 : PORT_CLOSED4;
    prober_tell(slot, &(struct prober_answer){
                          .result = results[kind],
                          .code = error->code,
                          .mtu = kind == ICMP_TOO_BIG ? error->mtu : 0,
                          .from = error->by,
                          .guessed = guessed,
                          .rtt_us = at_us - slot->sent_us,
                          .port_closed = kind == ICMP_UNREACHABLE && error->code == port_closed &&
                                         address_equal(&error->by, &slot->flow->options.to),
                      });
    return true;
}

/* Where both directions of a protocol have it. */
static const uint8_t *plain_token(const struct prober_flow *flow, struct slice bytes)
{
    if (flow->options.kind == PROBER_IKE) {
        return vpn_ping_ike_token(bytes, has_marker(flow));
    }
    return bytes.size >= PROBER_TOKEN_SIZE ? bytes.bytes : NULL;
}

const uint8_t *prober_quoted_token(const struct prober_flow *flow, struct slice behind)
{
    return flow->options.kind == PROBER_OPENVPN ? vpn_ping_openvpn_token(behind) : plain_token(flow, behind);
}

/* The probe that an error quotes. Nothing at all quoted behind the ports: the router is one that quotes 8 bytes. */
static struct slot *quoted(struct prober_flow *flow, const struct platform_icmp_quote *quote)
{
    const struct slice bytes = slice_of(quote->bytes, quote->size);
    if (!address_equal(&quote->to, &flow->options.to)) {
        return NULL;
    }
    if (flow->options.kind == PROBER_ECHO) {
        if (bytes.size < ICMP_HEADER_SIZE) {
            return NULL;
        }
        if (bytes.size >= ICMP_HEADER_SIZE + PROBER_TOKEN_SIZE) {
            return prober_find(flow, bytes.bytes + ICMP_HEADER_SIZE);
        }
        return prober_find_sequence(flow, (uint16_t)(bytes.bytes[6] << 8 | bytes.bytes[7]));
    }
    if (quote->port != flow->options.port) {
        return NULL;
    }
    if (bytes.size == 0) {
        return prober_guess(flow, &quote->error.by);
    }
    return prober_find(flow,
                       flow->options.kind == PROBER_OPENVPN ? vpn_ping_openvpn_token(bytes) : plain_token(flow, bytes));
}

/* `mtu`: of this machine's own "too big", when that is among them. */
static void take_errors(struct prober_flow *flow, uint32_t *mtu)
{
    struct platform_icmp_quote quote;
    for (int i = 0; i < PROBER_TAKE_MAX && platform_icmp_quote_next(flow->fd, &quote); i++) {
        if (quote.error.family == ADDRESS_NONE) {
            *mtu = quote.error.mtu;
            continue;
        }
        if (flow->means == PROBER_MEANS_RAW) {
            continue; /* the raw socket has it too, and quotes more */
        }
        quote.to.scope = flow->options.to.scope;
        struct slot *slot = quoted(flow, &quote);
        if (slot != NULL) {
            (void)prober_tell_icmp(slot, &quote.error, quote.at_us, quote.size == 0);
        } else {
            prober_foreign(flow);
        }
    }
}

static struct slot *answered(struct prober_flow *flow, const struct platform_probe_packet *packet)
{
    const struct slice bytes = slice_of(packet->bytes, packet->size);
    if (flow->options.kind == PROBER_ECHO) {
        struct cursor cursor = cursor_of(bytes.bytes, bytes.size);
        struct icmp icmp;
        if (icmp_parse(&cursor, flow->options.to.family, &icmp, NULL) != PARSE_DONE || icmp.kind != ICMP_ECHO_REPLY ||
            icmp.data.size < PROBER_TOKEN_SIZE) {
            return NULL;
        }
        return prober_find(flow, icmp.data.bytes);
    }
    if (packet->port != flow->options.port) {
        return NULL;
    }
    return prober_find(flow, flow->options.kind == PROBER_OPENVPN ? vpn_ping_openvpn_answer(bytes)
                                                                  : plain_token(flow, bytes));
}

static void take_packets(struct prober_flow *flow)
{
    struct platform_probe_packet packet;
    for (int i = 0; i < PROBER_TAKE_MAX && platform_probe_receive(flow->fd, &packet); i++) {
        packet.from.scope = flow->options.to.scope;
        struct slot *slot = address_equal(&packet.from, &flow->options.to) ? answered(flow, &packet) : NULL;
        if (slot == NULL) {
            prober_foreign(flow);
            continue;
        }
        prober_tell(slot, &(struct prober_answer){
                              .result = PROBER_REPLY, .from = packet.from, .rtt_us = packet.at_us - slot->sent_us });
    }
}

static void take(struct prober_flow *flow)
{
    uint32_t ignored;
    if (flow->means == PROBER_MEANS_RAW) {
        prober_raw_take(flow->prober);
    }
    if (flow->poll == NULL) {
        return; /* echo over the prober's raw socket */
    }
    take_packets(flow);
    take_errors(flow, &ignored);
}

static int send_probe(struct prober_flow *flow, struct slot *slot, uint32_t *mtu)
{
    uint8_t bytes[PROBER_PACKET_MAX];
    const struct prober_flow_options *options = &flow->options;
    const size_t size = prober_payload(flow, slot->sequence, slot->probe.size, bytes);
    const struct platform_probe_shape shape = { .ttl = slot->probe.ttl,
                                                .df = slot->probe.df,
                                                .interface = options->interface };
    if (!platform_probe_shape(flow->fd, options->to.family, &shape)) {
        return errno;
    }
    slot->sent_us = clock_monotonic_us();
    const int code =
        platform_probe_send(flow->fd, &options->to, options->kind == PROBER_ECHO ? 0 : options->port, bytes, size);
    if (code == EMSGSIZE && flow->poll != NULL) {
        take_errors(flow, mtu);
    }
    if (code != 0) {
        return code;
    }
    flow->prober->counts.bytes += size + (options->to.family == ADDRESS_V6 ? IP6_HEADER : IP4_HEADER) +
                                  (options->kind == PROBER_ECHO ? 0 : UDP_HEADER);
    return 0;
}

static bool open_echo(struct prober_flow *flow, struct error *error)
{
    const enum address_family family = flow->options.to.family;
    flow->fd = prober_raw_of(flow->prober, family)->icmp;
    if (flow->fd >= 0) {
        flow->means = PROBER_MEANS_RAW;
        return flow->source_port != 0 || platform_random(&flow->source_port, sizeof(flow->source_port), error);
    }
    flow->means = PROBER_MEANS_PING;
    flow->source_port = 0; /* the kernel's */
    flow->fd = platform_probe_ping(family);
    if (flow->fd < 0 && (errno == EACCES || errno == EPERM)) {
        return error_set(error, ERROR_INTERNAL,
                         "ICMP echo needs this group in net.ipv4.ping_group_range, or CAP_NET_RAW");
    }
    return flow->fd >= 0 || error_set(error, ERROR_INTERNAL, "cannot open a socket for ICMP echo: %s", strerror(errno));
}

static bool open_udp(struct prober_flow *flow, struct error *error)
{
    const enum address_family family = flow->options.to.family;
    flow->means = prober_raw_of(flow->prober, family)->icmp >= 0 ? PROBER_MEANS_RAW : PROBER_MEANS_ERROR_QUEUE;
    flow->fd = platform_probe_udp(family, &flow->source_port);
    return flow->fd >= 0 ||
           error_set(error, ERROR_INTERNAL, "cannot open a socket for UDP probes: %s", strerror(errno));
}

static bool open_flow(struct prober_flow *flow, struct error *error)
{
    const bool echo = flow->options.kind == PROBER_ECHO;
    if (!(echo ? open_echo(flow, error) : open_udp(flow, error))) {
        return false;
    }
    if (echo && flow->means == PROBER_MEANS_RAW) {
        return true;
    }
    if (!prober_watch(flow, flow->fd, NET_POLL_READ, error)) {
        close(flow->fd);
        return false;
    }
    return true;
}

static void close_flow(struct prober_flow *flow)
{
    if (flow->poll != NULL) {
        prober_unwatch(flow);
        close(flow->fd);
    }
}

const struct prober_way prober_way_datagram = {
    .open = open_flow,
    .send = send_probe,
    .take = take,
    .close = close_flow,
};
