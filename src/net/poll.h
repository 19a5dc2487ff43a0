/* Readiness of one descriptor on the loop. For this folder and for probes with sockets of their own kind. */
#ifndef RDPWHY_NET_POLL_H
#define RDPWHY_NET_POLL_H

#include "net/loop.h"

struct net_poll;

enum net_poll_event {
    NET_POLL_READ = 1,
    NET_POLL_WRITE = 2,
    NET_POLL_FAILED = 4, /* the descriptor has an error pending, or entries in its error queue; always asked for */
};

/* `ready` gets a set of events. The descriptor stays the caller's and must stay open until net_poll_free. Nothing is
 * watched before net_poll_want. After NET_POLL_FAILED watching has stopped until net_poll_want is called again. */
struct net_poll *net_poll_new(struct net_loop *loop, int fd, void (*ready)(void *context, int events), void *context,
                              struct error *error) MUST_USE;
/* What to watch for from now on; 0 stops. */
void net_poll_want(struct net_poll *poll, int events);
void net_poll_free(struct net_poll *poll); /* NULL is fine; also from inside its own callback */

#endif
