/* Where a tunnel's own packets go: its outer endpoint, from whoever tells it, or the reason why nobody does. */
#ifndef RDPWHY_PROBE_VPN_H
#define RDPWHY_PROBE_VPN_H

#include "evidence/evidence.h"
#include "platform/route.h"

enum { VPN_HOST_SIZE = 256 };

struct vpn_found {
    enum vpn_kind kind;
    struct address outer; /* family NONE: not known */
    uint16_t port;        /* 0: not known */
    enum vpn_transport transport;
    char host[VPN_HOST_SIZE];                /* its name, when only that is known: to be resolved */
    char interface[PLATFORM_INTERFACE_SIZE]; /* by which its packets leave */
    const char *learnt;                      /* from whom; constant words */
    const char *why;                         /* why not; constant words */
};

/* What carries packets for `to`, whose route is `route`. */
void vpn_find(const struct platform_route *route, const struct address *to, struct vpn_found *found);
/* The user's word, "HOST", "HOST:PORT" or "[v6]:PORT": fills outer and port, or host when it is a name. */
void vpn_take_word(const char *word, struct vpn_found *found);
/* Sets `interface`; an endpoint that only the tunnel itself leads to is none. */
void vpn_settle(const struct platform_route *route, struct vpn_found *found);

#endif
