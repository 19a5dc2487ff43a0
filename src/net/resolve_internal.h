/* Shared by resolve*.c only: what every kind of lookup begins with. */
#ifndef RDPWHY_NET_RESOLVE_INTERNAL_H
#define RDPWHY_NET_RESOLVE_INTERNAL_H

#include "net/resolve.h"

struct net_lookup {
    struct net_loop *loop;
    void (*free)(struct net_lookup *lookup);
    void (*done)(void *context, const struct net_looked_up *looked_up);
    void *context;
    int64_t started_us;
    int64_t limit_us;
    struct net_timer *limit;
    struct net_looked_up looked_up;
};

#endif
