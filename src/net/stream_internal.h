/* Shared by stream.c and listener.c only. */
#ifndef RDPWHY_NET_STREAM_INTERNAL_H
#define RDPWHY_NET_STREAM_INTERNAL_H

#include "net/stream.h"

/* Takes an open, non-blocking socket over (also on failure, when it is closed). */
struct net_stream *net_stream_adopt(struct net_loop *loop, int fd, struct error *error) MUST_USE;

#endif
