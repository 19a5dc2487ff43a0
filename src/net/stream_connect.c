/* How a connect comes out: who said no, and whether anybody said anything. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "base/clock.h"
#include "net/stream_internal.h"
#include "platform/icmp_error.h"
#include "platform/sockaddr.h"

static void tell_connected(struct net_stream *stream, const struct net_connected *connected)
{
    net_timer_free(stream->timer);
    stream->timer = NULL;
    stream->state = connected->result == NET_OPEN ? STREAM_OPEN : STREAM_ENDED;
    if (stream->state == STREAM_OPEN) {
        platform_icmp_error_enable(stream->fd, stream->family, false); /* or they would end an open connection */
        net_stream_flush(stream);
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

void net_stream_connect_step(struct net_stream *stream, int events, int64_t now_us)
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

static void on_limit(void *context)
{
    struct net_stream *stream = context;
    struct net_connected silent = { .result = NET_SILENT, .rtt_us = stream->limit_us };
    stream->busy = true;
    tell_connected(stream, &silent);
    net_stream_settle(stream);
}

static void on_early(void *context)
{
    struct net_stream *stream = context;
    stream->busy = true;
    tell_connected(stream, &stream->early);
    net_stream_settle(stream);
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
        net_stream_watch(stream);
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
