#include "net/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "net/poll.h"
#include "net/stream_internal.h"
#include "platform/icmp_error.h"
#include "platform/sockaddr.h"

enum { QUEUE_CAP = 1 << 20, READ_SIZE = 16384, READS_PER_TURN = 16 };

enum stream_state { STREAM_CONNECTING, STREAM_OPEN, STREAM_ENDED };

struct net_stream {
    struct net_loop *loop;
    int fd;
    enum stream_state state;
    enum address_family family;
    struct net_poll *poll;
    struct net_timer *timer; /* the connect's limit */
    const struct net_stream_handler *handler;
    void *context;
    struct buffer queue; /* waiting to be sent */
    int64_t started_us;
    int64_t limit_us;
    struct net_connected early; /* the result of a connect that ended at once; told from the loop */
    int swallowed; /* a send or SO_ERROR takes the pending error; the reader needs it to tell RST from FIN */
    bool shut_wanted;
    bool shut_done;
    bool paused;
    bool busy;   /* inside one of our callbacks: freeing waits for its return */
    bool closed; /* by the caller, while busy */
};

static void stream_free(struct net_stream *stream)
{
    buffer_release(&stream->queue);
    alloc_free(stream);
}

static void watch(struct net_stream *stream)
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

static void flush(struct net_stream *stream)
{
    while (stream->queue.size > 0 && stream->swallowed == 0) {
        ssize_t sent = send(stream->fd, stream->queue.bytes, stream->queue.size, MSG_NOSIGNAL);
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

static void tell_connected(struct net_stream *stream, const struct net_connected *connected)
{
    net_timer_free(stream->timer);
    stream->timer = NULL;
    stream->state = connected->result == NET_OPEN ? STREAM_OPEN : STREAM_ENDED;
    if (stream->state == STREAM_OPEN) {
        platform_icmp_error_enable(stream->fd, stream->family, false); /* or they would end an open connection */
        flush(stream);
    } else {
        net_poll_want(stream->poll, 0);
    }
    if (stream->handler != NULL && stream->handler->connected != NULL) {
        stream->handler->connected(stream->context, connected);
    }
}

static bool to_itself(const struct net_stream *stream)
{
    struct sockaddr_storage ours = { 0 };
    struct sockaddr_storage theirs = { 0 };
    socklen_t ours_size = sizeof(ours);
    socklen_t theirs_size = sizeof(theirs);
    struct address a;
    struct address b;
    uint16_t a_port;
    uint16_t b_port;
    return getsockname(stream->fd, (struct sockaddr *)&ours, &ours_size) == 0 &&
           getpeername(stream->fd, (struct sockaddr *)&theirs, &theirs_size) == 0 &&
           platform_sockaddr_read(&ours, &a, &a_port) && platform_sockaddr_read(&theirs, &b, &b_port) &&
           a_port == b_port && address_equal(&a, &b);
}

static enum net_connect_result result_of(int code)
{
    switch (code) {
    case 0:
    case ECONNRESET: /* an RST to our SYN is ECONNREFUSED: here the answer came first, and then the reset */
    case EPIPE:
        return NET_OPEN;
    case ECONNREFUSED:
        return NET_REFUSED;
    case ETIMEDOUT:
        return NET_SILENT;
    case EACCES:
    case EPERM:
        return NET_PROHIBITED; /* EPERM: a filter on this machine */
    default:
        return NET_UNREACHABLE;
    }
}

/* The queue knows what errno does not: who said it, and whether it was "prohibited". */
static bool icmp_result(struct net_stream *stream, struct net_connected *connected)
{
    struct platform_icmp_error icmp_error;
    while (platform_icmp_error_next(stream->fd, &icmp_error)) {
        if (platform_icmp_error_unreachable(&icmp_error)) {
            connected->result = platform_icmp_error_prohibited(&icmp_error) ? NET_PROHIBITED : NET_UNREACHABLE;
            connected->by = icmp_error.by;
            return true;
        }
    }
    return false;
}

static void connect_step(struct net_stream *stream, int events, int64_t now_us)
{
    struct net_connected connected = { .rtt_us = now_us - stream->started_us };
    if ((events & NET_POLL_FAILED) != 0 && icmp_result(stream, &connected)) {
        tell_connected(stream, &connected);
        return;
    }
    int code = 0;
    socklen_t size = sizeof(code);
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) {
        code = errno;
    }
    struct tcp_info info = { 0 };
    size = sizeof(info);
    if (code == 0 && getsockopt(stream->fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
        info.tcpi_state == TCP_SYN_SENT) {
        return; /* woken by something that decides nothing */
    }
    connected.result = result_of(code);
    stream->swallowed = connected.result == NET_OPEN ? code : 0;
    if (connected.result == NET_OPEN && to_itself(stream)) {
        connected.result = NET_REFUSED; /* simultaneous open with our own ephemeral port: nobody listens there */
    }
    if (connected.result == NET_SILENT) {
        connected.rtt_us = stream->limit_us;
    }
    tell_connected(stream, &connected);
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
            end(stream, stream->swallowed == ECONNRESET ? NET_END_RST : NET_END_FIN, now_us);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (errno != EINTR) {
            end(stream, end_of(errno), now_us);
        }
    }
}

static void on_ready(void *context, int events)
{
    struct net_stream *stream = context;
    int64_t now_us = clock_monotonic_us();
    bool failed = (events & NET_POLL_FAILED) != 0;
    stream->busy = true;
    if (stream->state == STREAM_CONNECTING) {
        connect_step(stream, events, now_us);
    } else {
        struct platform_icmp_error ignored;
        while (failed && platform_icmp_error_next(stream->fd, &ignored)) {
        }
        if ((events & (NET_POLL_READ | NET_POLL_FAILED)) != 0) {
            read_step(stream, failed, now_us);
        }
        if (!stream->closed) {
            flush(stream);
        }
    }
    stream->busy = false;
    if (stream->closed) {
        stream_free(stream);
    } else {
        watch(stream);
    }
}

static void on_limit(void *context)
{
    struct net_stream *stream = context;
    struct net_connected silent = { .result = NET_SILENT, .rtt_us = stream->limit_us };
    stream->busy = true;
    tell_connected(stream, &silent);
    stream->busy = false;
    if (stream->closed) {
        stream_free(stream);
    }
}

static void on_early(void *context)
{
    struct net_stream *stream = context;
    stream->busy = true;
    tell_connected(stream, &stream->early);
    stream->busy = false;
    if (stream->closed) {
        stream_free(stream);
    } else {
        watch(stream);
    }
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

static bool tell_early(struct net_stream *stream, struct error *error)
{
    stream->timer = net_timer_start(stream->loop, 0, on_early, stream, error);
    return stream->timer != NULL;
}

/* What the kernel decides within connect() (no route, a local filter, loopback sometimes) is told from the loop. */
static bool start(struct net_stream *stream, const struct net_stream_options *options, struct error *error)
{
    struct sockaddr_storage to;
    socklen_t size = platform_sockaddr(&options->address, options->port, &to);
    platform_icmp_error_enable(stream->fd, stream->family, true);
    if (options->mss > 0) {
        (void)setsockopt(stream->fd, IPPROTO_TCP, TCP_MAXSEG, &options->mss, sizeof(options->mss));
    }
    stream->started_us = clock_monotonic_us();
    int code = connect(stream->fd, (struct sockaddr *)&to, size) == 0 ? 0 : errno;
    if (code == EINPROGRESS) {
        stream->timer = net_timer_start(stream->loop, options->connect_limit_us, on_limit, stream, error);
        watch(stream);
        return stream->timer != NULL;
    }
    if (code == EINVAL && options->address.scope == 0 &&
        address_class_of(&options->address) == ADDRESS_CLASS_LINK_LOCAL) {
        return error_set(error, ERROR_USAGE, "a link-local address needs its interface, as in fe80::1%%eth0");
    }
    stream->early.result = result_of(code);
    stream->early.rtt_us = clock_monotonic_us() - stream->started_us;
    (void)icmp_result(stream, &stream->early);
    return tell_early(stream, error);
}

struct net_stream *net_stream_connect(struct net_loop *loop, const struct net_stream_options *options,
                                      const struct net_stream_handler *handler, void *context, struct error *error)
{
    int fd = platform_socket(options->address.family, SOCK_STREAM, IPPROTO_TCP);
    bool no_family = fd < 0 && errno == EAFNOSUPPORT; /* IPv6 switched off: a result, told like one */
    if (no_family) {
        fd = platform_socket(ADDRESS_V4, SOCK_STREAM, IPPROTO_TCP);
    }
    if (fd < 0) {
        error_set(error, ERROR_INTERNAL, "cannot open a TCP socket: %s", strerror(errno));
        return NULL;
    }
    struct net_stream *stream = net_stream_adopt(loop, fd, error);
    if (stream == NULL) {
        return NULL;
    }
    stream->state = STREAM_CONNECTING;
    stream->family = options->address.family;
    stream->limit_us = options->connect_limit_us;
    stream->handler = handler;
    stream->context = context;
    stream->early.result = NET_UNREACHABLE;
    if (!(no_family ? tell_early(stream, error) : start(stream, options, error))) {
        net_stream_close(stream);
        return NULL;
    }
    return stream;
}

void net_stream_listen(struct net_stream *stream, const struct net_stream_handler *handler, void *context)
{
    stream->handler = handler;
    stream->context = context;
    if (!stream->busy && stream->state == STREAM_OPEN) {
        watch(stream);
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
        flush(stream);
        if (!stream->busy) {
            watch(stream);
        }
    }
    return true;
}

bool net_stream_flushed(const struct net_stream *stream)
{
    return stream->queue.size == 0;
}

void net_stream_shut(struct net_stream *stream)
{
    stream->shut_wanted = true;
    if (stream->state != STREAM_CONNECTING && stream->queue.size == 0) {
        flush(stream);
    }
}

void net_stream_pause(struct net_stream *stream, bool paused)
{
    stream->paused = paused;
    if (!stream->busy && stream->state == STREAM_OPEN) {
        watch(stream);
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
