#include "probe/udp_talk.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "platform/probe_socket.h"
#include "platform/random.h"

enum { WINDOW = 64, TAKE_MAX = 32, ROOM = RDPEUDP_MTU_MAX, RECEIVED_ONE = 1 };

static void take_datagram(struct udp_talk *talk, const struct platform_probe_packet *packet)
{
    const struct udp_talk_ears *ears = talk->ears;
    struct rdpeudp seen;
    const bool ours = address_equal(&packet->from, &talk->to) && packet->port == talk->to_port &&
                      rdpeudp_parse(slice_of(packet->bytes, packet->size), &seen, NULL) == PARSE_DONE;
    ears->heard(ears->context);
    if (!ours) {
        talk->strange++;
        return;
    }
    if ((seen.flags & RDPEUDP_SYN) == 0 && talk->answered) {
        if ((seen.flags & (RDPEUDP_DATA | RDPEUDP_FEC)) == RDPEUDP_DATA) {
            ears->data(ears->context, talk, seen.payload);
        }
        return;
    }
    if ((seen.flags & (RDPEUDP_SYN | RDPEUDP_ACK)) != (RDPEUDP_SYN | RDPEUDP_ACK) || seen.acked != talk->initial) {
        talk->strange++;
        return;
    }
    if (talk->answered) {
        talk->again++;
        return;
    }
    talk->answered = true;
    talk->rtt_us = packet->at_us - talk->sent_us;
    talk->their_initial = seen.initial;
    talk->version = seen.version;
    talk->largest = packet->size;
    ears->answered(ears->context, talk);
}

static void on_ready(void *context, int events)
{
    struct udp_talk *talk = context;
    struct platform_probe_packet packet;
    struct platform_icmp_quote quote;
    (void)events;
    for (int i = 0; i < TAKE_MAX && talk->poll != NULL && platform_probe_receive(talk->fd, &packet); i++) {
        packet.from.scope = talk->to.scope;
        take_datagram(talk, &packet);
    }
    for (int i = 0; i < TAKE_MAX && talk->poll != NULL && platform_icmp_quote_next(talk->fd, &quote); i++) {
        quote.to.scope = talk->to.scope;
        if (platform_icmp_error_unreachable(&quote.error) && address_equal(&quote.to, &talk->to) &&
            quote.port == talk->to_port) {
            talk->ears->refused(talk->ears->context, &quote.error);
        }
    }
    if (talk->poll != NULL) {
        net_poll_want(talk->poll, NET_POLL_READ);
    }
}

bool udp_talk_open(struct udp_talk *talk, struct net_loop *loop, struct error *error)
{
    uint16_t port = 0;
    if (!platform_random(&talk->initial, sizeof(talk->initial), error)) {
        return false;
    }
    talk->fd = platform_probe_udp(talk->to.family, &port);
    if (talk->fd < 0) {
        return error_set(error, ERROR_INTERNAL, "cannot open a socket for UDP: %s", strerror(errno));
    }
    talk->poll = net_poll_new(loop, talk->fd, on_ready, talk, error);
    if (talk->poll == NULL) {
        close(talk->fd);
        return false;
    }
    net_poll_want(talk->poll, NET_POLL_READ);
    return true;
}

void udp_talk_close(struct udp_talk *talk)
{
    if (talk->poll != NULL) {
        net_poll_free(talk->poll);
        talk->poll = NULL;
        close(talk->fd);
    }
}

static int send_it(struct udp_talk *talk, const struct rdpeudp *datagram)
{
    uint8_t bytes[ROOM];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    if (!rdpeudp_write(&writer, datagram)) {
        return EMSGSIZE;
    }
    return platform_probe_send(talk->fd, &talk->to, talk->to_port, bytes, writer_size(&writer));
}

/* Version 2: version 3 wants a hash of what only a session over TCP is told (MS-RDPEUDP 2.2.2.9). */
int udp_talk_syn(struct udp_talk *talk)
{
    const struct rdpeudp syn = {
        .acked = RDPEUDP_NO_ACK,
        .window = WINDOW,
        .flags = (uint16_t)(RDPEUDP_SYN | RDPEUDP_CORRELATION | RDPEUDP_SYNEX | (talk->lossy ? RDPEUDP_LOSSY : 0)),
        .initial = talk->initial,
        .up_mtu = talk->size,
        .down_mtu = talk->size,
        .correlation = slice_of(talk->correlation, RDPEUDP_CORRELATION_SIZE),
        .version = RDPEUDP_VERSION_2,
    };
    talk->sent_us = clock_monotonic_us();
    const int code = send_it(talk, &syn);
    talk->sent += code == 0;
    return code;
}

int udp_talk_data(struct udp_talk *talk, struct slice payload)
{
    static const uint8_t one[] = { RECEIVED_ONE }; /* DATAGRAM_RECEIVED, one of them (2.2.2.7.1) */
    const struct rdpeudp data = {
        .acked = talk->their_initial,
        .window = WINDOW,
        .flags = RDPEUDP_ACK | RDPEUDP_DATA,
        .acks = slice_of(one, sizeof(one)),
        .coded = talk->initial + 1,
        .source = talk->initial + 1,
        .payload = payload,
    };
    return send_it(talk, &data);
}

/* "Currently unused" (2.2.2.1): whoever does not know it drops it, and the connection ends as one that went silent. */
int udp_talk_fin(struct udp_talk *talk)
{
    const struct rdpeudp fin = { .acked = talk->their_initial, .window = WINDOW, .flags = RDPEUDP_FIN };
    return send_it(talk, &fin);
}
