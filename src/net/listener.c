#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/poll.h"
#include "net/stream_internal.h"
#include "platform/sockaddr.h"

enum { BACKLOG = 64 };

struct net_listener {
    struct net_loop *loop;
    int fd;
    struct net_poll *poll;
    uint16_t port;
    void (*accepted)(void *context, struct net_stream *stream);
    void *context;
    bool busy; /* inside `accepted`: freeing waits for its return */
    bool freed;
};

static void on_ready(void *context, int events)
{
    struct net_listener *listener = context;
    (void)events;
    listener->busy = true;
    while (!listener->freed) {
        int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) {
            continue;
        }
        if (fd < 0) {
            break;
        }
        listener->accepted(listener->context, net_stream_adopt(listener->loop, fd, NULL));
    }
    listener->busy = false;
    if (listener->freed) {
        alloc_free(listener);
    } else if ((events & NET_POLL_FAILED) != 0) {
        net_poll_want(listener->poll, NET_POLL_READ);
    }
}

static bool open_socket(struct net_listener *listener, const struct address *address, uint16_t port,
                        struct error *error)
{
    listener->fd = platform_socket(address->family, SOCK_STREAM, IPPROTO_TCP);
    if (listener->fd < 0) {
        return error_set(error, ERROR_INTERNAL, "cannot open a TCP socket: %s", strerror(errno));
    }
    int on = 1;
    (void)setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    struct sockaddr_storage at;
    socklen_t size = platform_sockaddr(address, port, &at);
    if (bind(listener->fd, (struct sockaddr *)&at, size) != 0 || listen(listener->fd, BACKLOG) != 0) {
        char text[ADDRESS_TEXT_SIZE];
        int code = errno;
        address_format(address, text);
        return error_set(error, ERROR_INTERNAL, "cannot listen on %s port %u: %s", text, (unsigned)port,
                         strerror(code));
    }
    struct address bound;
    size = sizeof(at);
    if (getsockname(listener->fd, (struct sockaddr *)&at, &size) != 0 ||
        !platform_sockaddr_read(&at, &bound, &listener->port)) {
        return error_set(error, ERROR_INTERNAL, "cannot tell the port that was given: %s", strerror(errno));
    }
    return true;
}

struct net_listener *net_listener_new(struct net_loop *loop, const struct address *address, uint16_t port,
                                      void (*accepted)(void *context, struct net_stream *stream), void *context,
                                      struct error *error)
{
    struct net_listener *listener = alloc_new(sizeof(*listener));
    if (listener == NULL) {
        error_no_memory(error);
        return NULL;
    }
    listener->loop = loop;
    listener->accepted = accepted;
    listener->context = context;
    if (!open_socket(listener, address, port, error)) {
        net_listener_free(listener);
        return NULL;
    }
    listener->poll = net_poll_new(loop, listener->fd, on_ready, listener, error);
    if (listener->poll == NULL) {
        net_listener_free(listener);
        return NULL;
    }
    net_poll_want(listener->poll, NET_POLL_READ);
    return listener;
}

uint16_t net_listener_port(const struct net_listener *listener)
{
    return listener->port;
}

void net_listener_free(struct net_listener *listener)
{
    if (listener == NULL || listener->freed) {
        return;
    }
    net_poll_free(listener->poll);
    if (listener->fd >= 0) {
        close(listener->fd);
    }
    listener->freed = true;
    if (!listener->busy) {
        alloc_free(listener);
    }
}
