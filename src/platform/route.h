/* What the kernel would do with a packet to an address, and what it knows of neighbours. */
#ifndef RDPWHY_PLATFORM_ROUTE_H
#define RDPWHY_PLATFORM_ROUTE_H

#include "base/address.h"
#include "base/error.h"

enum { PLATFORM_INTERFACE_SIZE = 16 };

/* What carries the packets. Only kinds that the kernel itself names; a name of an interface proves nothing. */
enum platform_link {
    PLATFORM_LINK_PLAIN, /* hardware, bridge, VLAN, loopback...: no tunnel */
    PLATFORM_LINK_WIREGUARD,
    PLATFORM_LINK_OPENVPN, /* the kernel's own OpenVPN */
    PLATFORM_LINK_IPSEC,   /* vti, xfrm */
    PLATFORM_LINK_PPP,     /* a VPN, unless the line itself is PPPoE */
    PLATFORM_LINK_PPPOE,
    PLATFORM_LINK_TUN,   /* some program's tunnel */
    PLATFORM_LINK_TAP,   /* some program's Ethernet: a VPN or a virtual machine */
    PLATFORM_LINK_OTHER, /* another kind of tunnel, or one that is not known here */
};

struct platform_route {
    bool unreachable; /* no route, or one that forbids it; nothing else is set then */
    bool local;       /* the address is this machine's own */
    bool on_link;     /* no gateway between */
    uint32_t index;
    char interface[PLATFORM_INTERFACE_SIZE];
    struct address source;
    struct address gateway; /* family NONE when on-link */
    uint32_t mtu;           /* of the route when it has one, else of the interface; 0: not told */
    enum platform_link link;
};

/* False: the kernel could not be asked. */
bool platform_route_get(const struct address *to, struct platform_route *route, struct error *error) MUST_USE;

/* What went out of and came into an interface since it is there. False: the system does not tell. */
bool platform_interface_bytes(uint32_t index, uint64_t *sent, uint64_t *received);

enum platform_neighbour {
    PLATFORM_NEIGHBOUR_UNKNOWN, /* never asked for, or still being asked for */
    PLATFORM_NEIGHBOUR_KNOWN,   /* somebody answered for the address */
    PLATFORM_NEIGHBOUR_FAILED,  /* nobody did */
};

/* The neighbour table's word on an on-link address. */
enum platform_neighbour platform_neighbour_get(const struct address *address, uint32_t interface_index);

#endif
