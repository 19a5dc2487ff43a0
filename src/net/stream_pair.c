/* A stream that leads to ourselves, for connections whose bytes travel inside another one. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/stream_internal.h"

bool net_stream_pair(struct net_loop *loop, struct net_stream *pair[2], struct error *error)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) {
        return error_set(error, ERROR_INTERNAL, "no pair of sockets: %s", strerror(errno));
    }
    struct net_stream *one = net_stream_adopt(loop, fds[0], error);
    struct net_stream *other = one != NULL ? net_stream_adopt(loop, fds[1], error) : NULL;
    if (one == NULL) {
        close(fds[1]);
    }
    if (other == NULL) {
        net_stream_close(one);
        return false;
    }
    one->pieces = other->pieces = true;
    pair[0] = one;
    pair[1] = other;
    return true;
}
