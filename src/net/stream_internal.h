/* Shared by stream.c, stream_connect.c and listener.c only. */
#ifndef RDPWHY_NET_STREAM_INTERNAL_H
#define RDPWHY_NET_STREAM_INTERNAL_H

#include "base/buffer.h"
#include "net/poll.h"
#include "net/stream.h"

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
    bool pieces;   /* one end of net_stream_pair: what is sent at once is received at once */
    bool shut_wanted;
    bool shut_done;
    bool paused;
    bool busy;   /* inside one of our callbacks: freeing waits for its return */
    bool closed; /* by the caller, while busy */
};

/* Takes an open, non-blocking socket over (also on failure, when it is closed). */
struct net_stream *net_stream_adopt(struct net_loop *loop, int fd, struct error *error) MUST_USE;
/* Asks the loop for what this state waits for. */
void net_stream_watch(struct net_stream *stream);
void net_stream_flush(struct net_stream *stream);
/* The end of every callback of ours: frees a stream that was closed in it, else watches on. */
void net_stream_settle(struct net_stream *stream);
/* The socket of a connect under way woke up. */
void net_stream_connect_step(struct net_stream *stream, int events, int64_t now_us);

#endif
