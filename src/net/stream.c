#include "net/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "net/poll.h"
#include "net/stream_internal.h"
#include "platform/icmp_error.h"
#include "platform/probe_socket.h"

enum { QUEUE_CAP = 1 << 20, READ_SIZE = 16384, READS_PER_TURN = 16 };

static void stream_free(struct net_stream *stream)
{
    buffer_release(&stream->queue);
    alloc_free(stream);
}

void net_stream_watch(struct net_stream *stream)
{
    int events = 0;
    if (stream->state == STREAM_CONNECTING) {
        events = NET_POLL_WRITE;
    } else {
        bool heard = stream->handler != NULL && (stream->handler->received != NULL || stream->handler->ended != NULL);
        if (stream->state == STREAM_OPEN && heard && !stream->paused) {
            events |= NET_POLL_READ;
        }
        if (stream->queue.size > 0 && stream->swallowed == 0) {
            events |= NET_POLL_WRITE;
        }
    }
    net_poll_want(stream->poll, events);
}

void net_stream_flush(struct net_stream *stream)
{
    while (stream->queue.size > 0 && stream->swallowed == 0) {
        const size_t most = stream->pieces && stream->queue.size > READ_SIZE ? READ_SIZE : stream->queue.size;
        ssize_t sent = send(stream->fd, stream->queue.bytes, most, MSG_NOSIGNAL);
        if (sent > 0) {
            buffer_consume(&stream->queue, (size_t)sent);
        } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return;
        } else if (sent < 0 && errno != EINTR) {
            stream->swallowed = errno;
            buffer_clear(&stream->queue);
        }
    }
    if (stream->shut_wanted && !stream->shut_done) {
        stream->shut_done = true;
        (void)shutdown(stream->fd, SHUT_WR); /* fails only when the connection is gone, which the reader finds out */
    }
}

static void end(struct net_stream *stream, enum net_end how, int64_t at_us)
{
    stream->state = STREAM_ENDED;
    if (stream->handler != NULL && stream->handler->ended != NULL) {
        stream->handler->ended(stream->context, how, at_us);
    }
}

static enum net_end end_of(int code)
{
    return code == ECONNRESET || code == EPIPE ? NET_END_RST : NET_END_ERROR;
}

/* A read of nothing is a FIN, unless a send before it took the error away. */
static enum net_end end_at_zero(const struct net_stream *stream)
{
    return stream->swallowed == 0 || stream->swallowed == EPIPE ? NET_END_FIN : end_of(stream->swallowed);
}

/* What arrived before an RST is delivered before it: the kernel keeps the bytes, and the error behind them. */
static void read_step(struct net_stream *stream, bool failed, int64_t ready_us)
{
    uint8_t bytes[READ_SIZE];
    int64_t now_us = ready_us;
    for (int i = 0; i < READS_PER_TURN && stream->state == STREAM_OPEN && !stream->closed; i++) {
        if (stream->paused && !failed) {
            return;
        }
        ssize_t size = recv(stream->fd, bytes, sizeof(bytes), 0);
        if (i > 0) {
            now_us = clock_monotonic_us(); /* a handler may have worked, and sent, in between */
        }
        if (size > 0) {
            if (stream->handler != NULL && stream->handler->received != NULL) {
                stream->handler->received(stream->context, bytes, (size_t)size, now_us);
            }
        } else if (size == 0) {
            end(stream, end_at_zero(stream), now_us);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (errno != EINTR) {
            end(stream, end_of(errno), now_us);
        }
    }
}

void net_stream_settle(struct net_stream *stream)
{
    stream->busy = false;
    if (stream->closed) {
        stream_free(stream);
    } else {
        net_stream_watch(stream);
    }
}

static void on_ready(void *context, int events)
{
    struct net_stream *stream = context;
    int64_t now_us = clock_monotonic_us();
    bool failed = (events & NET_POLL_FAILED) != 0;
    stream->busy = true;
    if (stream->state == STREAM_CONNECTING) {
        net_stream_connect_step(stream, events, now_us);
    } else {
        struct platform_icmp_error ignored;
        while (failed && platform_icmp_error_next(stream->fd, &ignored)) {
        }
        if ((events & (NET_POLL_READ | NET_POLL_FAILED)) != 0) {
            read_step(stream, failed, now_us);
        }
        if (!stream->closed) {
            net_stream_flush(stream);
        }
    }
    net_stream_settle(stream);
}

struct net_stream *net_stream_adopt(struct net_loop *loop, int fd, struct error *error)
{
    struct net_stream *stream = alloc_new(sizeof(*stream));
    if (stream == NULL) {
        error_no_memory(error);
        close(fd);
        return NULL;
    }
    stream->loop = loop;
    stream->fd = fd;
    stream->state = STREAM_OPEN;
    buffer_init(&stream->queue, QUEUE_CAP);
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    stream->poll = net_poll_new(loop, fd, on_ready, stream, error);
    if (stream->poll == NULL) {
        close(fd);
        stream_free(stream);
        return NULL;
    }
    return stream;
}

void net_stream_listen(struct net_stream *stream, const struct net_stream_handler *handler, void *context)
{
    stream->handler = handler;
    stream->context = context;
    if (!stream->busy && stream->state == STREAM_OPEN) {
        net_stream_watch(stream);
    }
}

bool net_stream_send(struct net_stream *stream, const void *bytes, size_t size, struct error *error)
{
    if (stream->state == STREAM_ENDED && stream->shut_done) {
        return true; /* nobody hears it; the end was told */
    }
    if (size > QUEUE_CAP - stream->queue.size) {
        return error_set(error, ERROR_INTERNAL, "more than 1 MiB waits to be sent");
    }
    if (!buffer_add(&stream->queue, bytes, size)) {
        return error_no_memory(error);
    }
    if (stream->state != STREAM_CONNECTING) {
        net_stream_flush(stream);
        if (!stream->busy) {
            net_stream_watch(stream);
        }
    }
    return true;
}

size_t net_stream_room(const struct net_stream *stream)
{
    return QUEUE_CAP - stream->queue.size;
}

bool net_stream_flushed(const struct net_stream *stream)
{
    return stream->queue.size == 0;
}

void net_stream_shut(struct net_stream *stream)
{
    stream->shut_wanted = true;
    if (stream->state != STREAM_CONNECTING && stream->queue.size == 0) {
        net_stream_flush(stream);
    }
}

void net_stream_pause(struct net_stream *stream, bool paused)
{
    stream->paused = paused;
    if (!stream->busy && stream->state == STREAM_OPEN) {
        net_stream_watch(stream);
    }
}

int net_stream_ttl(const struct net_stream *stream)
{
    (void)stream;
    return -1; /* Linux keeps the TTL of TCP segments to itself */
}

int net_stream_mss(const struct net_stream *stream)
{
    int mss = 0;
    socklen_t size = sizeof(mss);
    return getsockopt(stream->fd, IPPROTO_TCP, TCP_MAXSEG, &mss, &size) == 0 ? mss : -1;
}

bool net_stream_sent(const struct net_stream *stream, uint32_t *sent, uint32_t *again)
{
    struct platform_tcp_sent counts;
    if (!platform_tcp_sent(stream->fd, &counts)) {
        return false;
    }
    *sent = counts.sent;
    *again = counts.again;
    return true;
}

void net_stream_close(struct net_stream *stream)
{
    if (stream == NULL || stream->closed) {
        return;
    }
    net_timer_free(stream->timer);
    stream->timer = NULL;
    net_poll_free(stream->poll);
    stream->poll = NULL;
    close(stream->fd);
    stream->fd = -1;
    stream->closed = true;
    if (!stream->busy) {
        stream_free(stream);
    }
}

void net_stream_reset(struct net_stream *stream)
{
    if (stream != NULL && !stream->closed) {
        struct linger linger = { .l_onoff = 1, .l_linger = 0 };
        (void)setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    }
    net_stream_close(stream);
}
