/* The channel as a stream: what its user sends goes into it, and what comes out of it is what he receives. Between the
 * two lies a pair of streams, so that a connection through the gateway is read and ended as any other. */
#include "probe/gateway_tunnel.h"

#include "base/alloc.h"

void gateway_tunnel_opened(struct gateway_tunnel *tunnel)
{
    const struct net_connected open = { .result = NET_OPEN, .rtt_us = -1 };
    tunnel->opened = true;
    tunnel->look->channel_opened = true;
    if (tunnel->pump != NULL) {
        tunnel->handler->connected(tunnel->context, &open);
    }
}

static void pump_received(void *context, const uint8_t *bytes, size_t size, int64_t at_us)
{
    enum { WAITING_MAX = 1 << 18 };
    struct gateway_tunnel *tunnel = context;
    struct error error = { 0 };
    (void)at_us;
    if (tunnel->over) {
        return;
    }
    if (!gateway_tunnel_say(tunnel, bytes, size, &error)) {
        gateway_tunnel_failed(tunnel, &error);
        return;
    }
    const struct net_http *http = tunnel->websocket ? tunnel->out.http : tunnel->in.http;
    net_stream_pause(tunnel->pump, net_http_waiting(http) > WAITING_MAX);
}

static void pump_ended(void *context, enum net_end end, int64_t at_us)
{
    struct gateway_tunnel *tunnel = context;
    struct error error = { 0 };
    (void)end;
    (void)at_us;
    net_stream_close(tunnel->pump);
    tunnel->pump = NULL;
    if (tunnel->over) {
        gateway_tunnel_gone(tunnel);
    } else if (!tunnel->opened) {
        gateway_tunnel_over(tunnel);
    } else if (!gateway_tunnel_close(tunnel, &error)) {
        gateway_tunnel_failed(tunnel, &error);
    }
}

static const struct net_stream_handler pump_handler = { .received = pump_received, .ended = pump_ended };

/* The gateway took what waited. */
void gateway_drained(void *context)
{
    struct gateway_leg *leg = context;
    if (leg->tunnel->pump != NULL) {
        net_stream_pause(leg->tunnel->pump, false);
    }
}

struct net_stream *gateway_dial(struct gateway_look *look, const struct run_options *to,
                                const struct net_stream_handler *user, void *context, struct error *error)
{
    struct net_stream *pair[2];
    struct gateway_tunnel *tunnel = gateway_tunnel_new(look, error);
    if (tunnel == NULL || !net_stream_pair(look->run->loop, pair, error)) {
        gateway_tunnel_free(tunnel);
        return NULL;
    }
    tunnel->host = to->host;
    tunnel->port = to->port;
    tunnel->handler = user;
    tunnel->context = context;
    tunnel->pump = pair[1];
    net_stream_listen(tunnel->pump, &pump_handler, tunnel);
    if (!gateway_tunnel_begin(tunnel, error)) {
        net_stream_close(pair[0]);
        gateway_tunnel_free(tunnel);
        return NULL;
    }
    net_stream_listen(pair[0], user, context);
    return pair[0];
}
