/* Raw sockets, where they are allowed: SYNs side by side, and the quotes of ICMP errors as they came. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "path/prober_internal.h"
#include "platform/icmp_error.h"
#include "platform/probe_socket.h"
#include "wire/icmp.h"
#include "wire/tcp_syn.h"

enum { IP4_HEADER = 20, IP6_HEADER = 40, UDP_HEADER = 8 };

static const enum address_family families[PROBER_FAMILIES] = { ADDRESS_V4, ADDRESS_V6 };

struct prober_raw *prober_raw_of(struct prober *prober, enum address_family family)
{
    return &prober->raw[family == ADDRESS_V6];
}

/* The upper half is ours and secret, the lower half the probe. */
static uint32_t tcp_sequence(const struct prober *prober, uint16_t sequence)
{
    return (uint32_t)prober->secret[0] << 24 | (uint32_t)prober->secret[1] << 16 | sequence;
}

static bool is_syn(const struct prober_flow *flow)
{
    return flow->way == &prober_way_raw_syn;
}

static bool same_flow(const struct prober_flow *flow, const struct icmp_quote *quote)
{
    struct address to = quote->to;
    to.scope = flow->options.to.scope;
    if (flow->means != PROBER_MEANS_RAW || !address_equal(&to, &flow->options.to)) {
        return false;
    }
    const bool echo = flow->options.kind == PROBER_ECHO;
    switch (quote->protocol) {
    case ICMP_PROTOCOL_ICMP:
    case ICMP_PROTOCOL_ICMP6:
        return echo && quote->id == flow->source_port;
    case ICMP_PROTOCOL_TCP:
        return is_syn(flow) && quote->from_port == flow->source_port && quote->to_port == flow->options.port;
    case ICMP_PROTOCOL_UDP:
        return !echo && !is_syn(flow) && quote->from_port == flow->source_port && quote->to_port == flow->options.port;
    default:
        return false;
    }
}

/* A router that quotes 8 bytes quotes the UDP checksum: it is another one for each token. */
static struct slot *by_checksum(struct prober_flow *flow, const struct icmp_quote *quote)
{
    struct prober *prober = flow->prober;
    for (uint16_t i = prober->oldest; i != prober->sequence; i++) {
        struct slot *slot = prober_find_sequence(flow, i);
        if (slot == NULL || slot->state != SLOT_OUT) {
            continue;
        }
        uint8_t payload[PROBER_PACKET_MAX];
        uint8_t packet[UDP_HEADER + PROBER_PACKET_MAX];
        const size_t size = prober_payload(flow, i, slot->probe.size, payload);
        struct writer writer = writer_of(packet, sizeof(packet));
        writer_u16be(&writer, quote->from_port);
        writer_u16be(&writer, quote->to_port);
        writer_u16be(&writer, (uint16_t)(UDP_HEADER + size));
        writer_u16be(&writer, 0);
        writer_bytes(&writer, payload, size);
        if (tcp_udp_checksum(&quote->from, &quote->to, ICMP_PROTOCOL_UDP, packet, writer_size(&writer)) ==
            quote->checksum) {
            return slot;
        }
    }
    return NULL;
}

static struct slot *quoted(struct prober_flow *flow, const struct icmp_quote *quote, const struct address *from,
                           bool *guessed)
{
    *guessed = false;
    if (is_syn(flow)) {
        const uint16_t sequence = (uint16_t)quote->tcp_sequence;
        return quote->tcp_sequence == tcp_sequence(flow->prober, sequence) ? prober_find_sequence(flow, sequence)
                                                                           : NULL;
    }
    if (quote->behind.size > 0) {
        const uint8_t *token = prober_quoted_token(flow, quote->behind);
        return token != NULL ? prober_find(flow, token) : NULL;
    }
    if (flow->options.kind == PROBER_ECHO) {
        return prober_find_sequence(flow, quote->sequence);
    }
    struct slot *slot = by_checksum(flow, quote);
    *guessed = slot == NULL; /* some NAT leaves in the quote the checksum of the packet as it sent it on */
    return slot != NULL ? slot : prober_guess(flow, from);
}

static void take_error(struct prober *prober, enum address_family family, const struct icmp *icmp,
                       const struct platform_probe_packet *packet)
{
    for (struct prober_flow *flow = prober->flows; flow != NULL && icmp->quotes; flow = flow->next) {
        if (!same_flow(flow, &icmp->quote)) {
            continue;
        }
        bool guessed;
        struct slot *slot = quoted(flow, &icmp->quote, &packet->from, &guessed);
        if (slot == NULL) {
            prober_foreign(flow);
            return;
        }
        const struct platform_icmp_error error = {
            .family = family, .type = icmp->type, .code = icmp->code, .mtu = icmp->mtu, .by = packet->from
        };
        (void)prober_tell_icmp(slot, &error, packet->at_us, guessed);
        return;
    }
}

static void take_reply(struct prober *prober, const struct icmp *icmp, const struct platform_probe_packet *packet)
{
    for (struct prober_flow *flow = prober->flows; flow != NULL; flow = flow->next) {
        struct address from = packet->from;
        from.scope = flow->options.to.scope;
        if (flow->options.kind != PROBER_ECHO || flow->means != PROBER_MEANS_RAW || icmp->id != flow->source_port ||
            !address_equal(&from, &flow->options.to)) {
            continue;
        }
        struct slot *slot = icmp->data.size >= PROBER_TOKEN_SIZE ? prober_find(flow, icmp->data.bytes) : NULL;
        if (slot == NULL || slot->sequence != icmp->sequence) {
            prober_foreign(flow);
            return;
        }
        prober_tell(slot, &(struct prober_answer){
                              .result = PROBER_REPLY, .from = from, .rtt_us = packet->at_us - slot->sent_us });
        return;
    }
}

static void take_icmp(struct prober *prober, int fd, enum address_family family)
{
    struct platform_probe_packet packet;
    for (int i = 0; i < PROBER_TAKE_MAX && platform_probe_receive(fd, &packet); i++) {
        struct cursor cursor = cursor_of(packet.bytes, packet.size);
        struct icmp icmp;
        if ((family == ADDRESS_V4 && icmp_skip_ipv4(&cursor, NULL) != PARSE_DONE) ||
            icmp_parse(&cursor, family, &icmp, NULL) != PARSE_DONE) {
            continue;
        }
        if (icmp.kind == ICMP_ECHO_REPLY) {
            take_reply(prober, &icmp, &packet);
        } else {
            take_error(prober, family, &icmp, &packet);
        }
    }
}

static void take_segment(struct prober *prober, const struct tcp_syn_answer *answer,
                         const struct platform_probe_packet *packet)
{
    for (struct prober_flow *flow = prober->flows; flow != NULL; flow = flow->next) {
        struct address from = packet->from;
        from.scope = flow->options.to.scope;
        if (!is_syn(flow) || answer->to_port != flow->source_port || answer->from_port != flow->options.port ||
            !address_equal(&from, &flow->options.to)) {
            continue;
        }
        const uint32_t sequence = answer->acknowledged - 1;
        struct slot *slot = sequence == tcp_sequence(prober, (uint16_t)sequence)
                                ? prober_find_sequence(flow, (uint16_t)sequence)
                                : NULL;
        if (slot == NULL) {
            prober_foreign(flow);
            return;
        }
        prober_tell(slot, &(struct prober_answer){ .result = answer->reset ? PROBER_RESET : PROBER_REPLY,
                                                   .from = from,
                                                   .rtt_us = packet->at_us - slot->sent_us });
        return;
    }
}

static void take_tcp(struct prober *prober, int fd, enum address_family family)
{
    struct platform_probe_packet packet;
    for (int i = 0; i < PROBER_TAKE_MAX && platform_probe_receive(fd, &packet); i++) {
        struct cursor cursor = cursor_of(packet.bytes, packet.size);
        struct tcp_syn_answer answer;
        if ((family == ADDRESS_V6 || icmp_skip_ipv4(&cursor, NULL) == PARSE_DONE) &&
            tcp_syn_answer_parse(&cursor, &answer, NULL) == PARSE_DONE) {
            take_segment(prober, &answer, &packet);
        }
    }
}

void prober_raw_take(struct prober *prober)
{
    for (size_t i = 0; i < PROBER_FAMILIES; i++) {
        if (prober->raw[i].icmp >= 0) {
            take_icmp(prober, prober->raw[i].icmp, families[i]);
        }
        if (prober->raw[i].tcp >= 0) {
            take_tcp(prober, prober->raw[i].tcp, families[i]);
        }
    }
}

static void on_ready(void *context, int events)
{
    struct prober *prober = context;
    (void)events;
    prober_raw_take(prober);
    prober_step(prober);
}

struct prober_sockets prober_sockets_open(void)
{
    struct prober_sockets sockets;
    for (size_t i = 0; i < PROBER_FAMILIES; i++) {
        sockets.of[i].icmp = platform_probe_raw_icmp(families[i]);
        sockets.of[i].tcp = sockets.of[i].icmp >= 0 ? platform_probe_raw_tcp(families[i]) : -1;
    }
    return sockets;
}

void prober_sockets_close(struct prober_sockets *sockets)
{
    for (size_t i = 0; i < PROBER_FAMILIES; i++) {
        if (sockets->of[i].icmp >= 0) {
            close(sockets->of[i].icmp);
        }
        if (sockets->of[i].tcp >= 0) {
            close(sockets->of[i].tcp);
        }
        sockets->of[i].icmp = -1;
        sockets->of[i].tcp = -1;
    }
}

bool prober_raw_open(struct prober *prober, struct error *error)
{
    struct prober_sockets none = { .of = { { -1, -1 }, { -1, -1 } } };
    struct prober_sockets sockets = prober->options.unprivileged      ? none
                                    : prober->options.sockets != NULL ? *prober->options.sockets
                                                                      : prober_sockets_open();
    if (prober->options.sockets != NULL && !prober->options.unprivileged) {
        *prober->options.sockets = none;
    }
    bool done = true;
    for (size_t i = 0; i < PROBER_FAMILIES; i++) {
        struct prober_raw *raw = &prober->raw[i];
        raw->icmp = sockets.of[i].icmp;
        raw->tcp = sockets.of[i].tcp;
        if (raw->icmp >= 0) {
            raw->icmp_poll = net_poll_new(prober->loop, raw->icmp, on_ready, prober, error);
        }
        if (raw->tcp >= 0) {
            raw->tcp_poll = net_poll_new(prober->loop, raw->tcp, on_ready, prober, error);
        }
        done = done && (raw->icmp < 0 || raw->icmp_poll != NULL) && (raw->tcp < 0 || raw->tcp_poll != NULL);
    }
    if (!done) {
        prober_raw_close(prober);
    }
    return done;
}

void prober_raw_close(struct prober *prober)
{
    for (size_t i = 0; i < PROBER_FAMILIES; i++) {
        struct prober_raw *raw = &prober->raw[i];
        net_poll_free(raw->icmp_poll);
        net_poll_free(raw->tcp_poll);
        if (raw->icmp >= 0) {
            close(raw->icmp);
        }
        if (raw->tcp >= 0) {
            close(raw->tcp);
        }
        *raw = (struct prober_raw){ .icmp = -1, .tcp = -1 };
    }
}

void prober_raw_watch(struct prober *prober, bool on)
{
    for (size_t i = 0; i < PROBER_FAMILIES; i++) {
        if (prober->raw[i].icmp_poll != NULL) {
            net_poll_want(prober->raw[i].icmp_poll, on ? NET_POLL_READ : 0);
        }
        if (prober->raw[i].tcp_poll != NULL) {
            net_poll_want(prober->raw[i].tcp_poll, on ? NET_POLL_READ : 0);
        }
    }
}

static bool open_syn(struct prober_flow *flow, struct error *error)
{
    flow->means = PROBER_MEANS_RAW;
    flow->fd = platform_probe_reserve(flow->options.to.family, &flow->source_port);
    return flow->fd >= 0 || error_set(error, ERROR_INTERNAL, "cannot keep a TCP port: %s", strerror(errno));
}

static int send_syn(struct prober_flow *flow, struct slot *slot, uint32_t *mtu)
{
    const struct prober_flow_options *options = &flow->options;
    const int fd = prober_raw_of(flow->prober, options->to.family)->tcp;
    const struct platform_probe_shape shape = { .ttl = slot->probe.ttl, .df = slot->probe.df };
    struct tcp_syn syn = { .to = options->to,
                           .from_port = flow->source_port,
                           .to_port = options->port,
                           .sequence = tcp_sequence(flow->prober, slot->sequence) };
    uint8_t bytes[TCP_SYN_SIZE];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    (void)mtu;
    if (!platform_probe_source(&options->to, &syn.from) || !platform_probe_shape(fd, options->to.family, &shape)) {
        return errno;
    }
    tcp_syn_write(&writer, &syn);
    slot->sent_us = clock_monotonic_us();
    const int code = platform_probe_send(fd, &options->to, 0, bytes, writer_size(&writer));
    if (code == 0) {
        flow->prober->counts.bytes += TCP_SYN_SIZE + (options->to.family == ADDRESS_V6 ? IP6_HEADER : IP4_HEADER);
    }
    return code;
}

static void take_syn(struct prober_flow *flow)
{
    prober_raw_take(flow->prober);
}

static void close_syn(struct prober_flow *flow)
{
    close(flow->fd);
}

const struct prober_way prober_way_raw_syn = {
    .open = open_syn,
    .send = send_syn,
    .take = take_syn,
    .close = close_syn,
};
