/* One TCP connection, ours or accepted. Knows nothing of RDP; says what happened to the byte, the microsecond and the
 * side. Refused, silent and reset are results. */
#ifndef RDPWHY_NET_STREAM_H
#define RDPWHY_NET_STREAM_H

#include <stddef.h>

#include "base/address.h"
#include "net/loop.h"

struct net_stream;

enum net_connect_result {
    NET_OPEN,
    NET_REFUSED,     /* RST */
    NET_SILENT,      /* nothing within the limit */
    NET_UNREACHABLE, /* no route, or ICMP host/network/port unreachable */
    NET_NOT_ASKED,   /* a gateway's channel: what leads there came to nothing before it */
    NET_PROHIBITED,  /* ICMP administratively prohibited (IPv4 3/9, 3/10, 3/13; IPv6 1/1, 1/5, 1/6) */
};

struct net_connected {
    enum net_connect_result result;
    int64_t rtt_us;    /* SYN to its answer; the limit when silent */
    struct address by; /* who sent the ICMP error, when known (family NONE otherwise) */
};

enum net_end { NET_END_FIN, NET_END_RST, NET_END_ERROR };

/* Times are clock_monotonic_us at the moment the loop saw the event. After `ended` nothing is called any more; the
 * stream still has to be closed. A callback may close the stream. */
struct net_stream_handler {
    void (*connected)(void *context, const struct net_connected *connected); /* not for accepted streams */
    void (*received)(void *context, const uint8_t *bytes, size_t size, int64_t at_us);
    void (*ended)(void *context, enum net_end end, int64_t at_us);
};

struct net_stream_options {
    struct address address;
    uint16_t port;
    int64_t connect_limit_us;
    int mss; /* TCP_MAXSEG, 0: the system's */
};

/* Starts a connect. NULL: our own failure. TCP_NODELAY is always on: what is sent in two calls leaves in two segments.
 */
struct net_stream *net_stream_connect(struct net_loop *loop, const struct net_stream_options *options,
                                      const struct net_stream_handler *handler, void *context,
                                      struct error *error) MUST_USE;
/* Two open streams that are each other's peer, inside this process: what is sent into one comes out of the other, in
 * the same pieces (of 16 KiB at most). Nobody hears of them yet. */
bool net_stream_pair(struct net_loop *loop, struct net_stream *pair[2], struct error *error) MUST_USE;
/* Changes who hears of the stream, for one stage handing it to the next. */
void net_stream_listen(struct net_stream *stream, const struct net_stream_handler *handler, void *context);
/* Queues bytes (copied); at most 1 MiB may wait. */
bool net_stream_send(struct net_stream *stream, const void *bytes, size_t size, struct error *error) MUST_USE;
size_t net_stream_room(const struct net_stream *stream);       /* bytes that net_stream_send still takes */
bool net_stream_flushed(const struct net_stream *stream);      /* everything has left for the kernel */
void net_stream_shut(struct net_stream *stream);               /* FIN after what is queued; receiving goes on */
void net_stream_pause(struct net_stream *stream, bool paused); /* stop or resume reading */
/* TTL or hop limit of the last segment received, or -1 when the system does not tell. */
int net_stream_ttl(const struct net_stream *stream);
/* Largest segment that the peer takes from us, or -1 when the system does not tell. */
int net_stream_mss(const struct net_stream *stream);
/* How many packets with data (and SYNs) were sent, and how many of them again; false when the system does not tell. */
bool net_stream_sent(const struct net_stream *stream, uint32_t *sent, uint32_t *again) MUST_USE;
void net_stream_close(struct net_stream *stream); /* NULL is fine; frees */
void net_stream_reset(struct net_stream *stream); /* closes with RST; frees */

struct net_listener;

/* Listens on an address (port 0: any free one). Each accepted stream belongs to the callback; NULL: somebody came, and
 * there was no memory for the stream. */
struct net_listener *net_listener_new(struct net_loop *loop, const struct address *address, uint16_t port,
                                      void (*accepted)(void *context, struct net_stream *stream), void *context,
                                      struct error *error) MUST_USE;
uint16_t net_listener_port(const struct net_listener *listener);
void net_listener_free(struct net_listener *listener);

#endif
