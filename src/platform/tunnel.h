/* What this machine tells of its tunnels: which program holds a tunnel device, whom that program is connected to, and
 * what its socket answers. Whatever cannot be read is "not told", never an error: most of it is for root only. */
#ifndef RDPWHY_PLATFORM_TUNNEL_H
#define RDPWHY_PLATFORM_TUNNEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/prefix.h"
#include "platform/route.h"

enum platform_told {
    PLATFORM_TOLD,
    PLATFORM_TOLD_NOTHING,   /* there is nothing to ask, or it has no answer */
    PLATFORM_TOLD_FORBIDDEN, /* it is there, but not for this user */
};

/* --- programs --- */

enum { PLATFORM_PROGRAM_SIZE = 16, PLATFORM_PEERS_MAX = 16 };

struct platform_program {
    int id;
    char name[PLATFORM_PROGRAM_SIZE]; /* as the kernel cuts it */
};

/* The program that holds the TUN device open. FORBIDDEN: some programs could not be looked into. */
enum platform_told platform_tunnel_owner(const char *interface, struct platform_program *program);
/* Calls `each` for programs of this name that see `interface`, until it says true; returns whether it did. */
bool platform_program_each(const char *name, const char *interface,
                           bool (*each)(void *context, const struct platform_program *program), void *context);
/* The words it was started with, each ended by a NUL. */
enum platform_told platform_program_words(const struct platform_program *program, struct buffer *words);
/* A file as it sees it: relative names start from its own folder. */
enum platform_told platform_program_file(const struct platform_program *program, const char *folder, const char *path,
                                         struct buffer *bytes);

struct platform_peer {
    struct address address;
    uint16_t port;
    bool tcp;
};
/* Whom its sockets are connected to, loopback aside, each once. */
enum platform_told platform_program_peers(const struct platform_program *program,
                                          struct platform_peer peers[PLATFORM_PEERS_MAX], size_t *count);

/* --- a program's own control socket --- */

struct platform_control {
    const char *path;       /* a Unix socket; NULL: */
    struct address address; /* TCP, on this machine only */
    uint16_t port;
};
/* Sends the question and reads until `whole` says so, the other side ends, or a quarter of a second is over. */
enum platform_told platform_control_ask(const struct platform_control *control, const void *question, size_t size,
                                        bool (*whole)(const uint8_t *bytes, size_t size), struct buffer *answer);

/* --- the kernel --- */

struct platform_way {
    struct prefix to; /* 0 bits: the default way */
    struct address gateway;
    uint32_t index;
    uint32_t metric;
    uint32_t table;
};
enum { PLATFORM_WAYS_MAX = 512 };
/* All unicast routes of a family, of all tables but the local one; those past `max` are left out. */
bool platform_ways(enum address_family family, struct platform_way *ways, size_t max, size_t *count);
/* An interface's name, kind and MTU, into a route that holds only its index. */
bool platform_interface(struct platform_route *route);

uint32_t platform_interface_index(const char *name); /* 0: there is none of the name */

/* Where the kernel's WireGuard sends packets for `to`. */
enum platform_told platform_wireguard_peer(const char *interface, const struct address *to, struct platform_peer *peer);
/* Where the kernel's IPsec sends packets for `to`; NOTHING: no policy covers it. */
enum platform_told platform_ipsec_peer(const struct address *to, struct address *peer);

#endif
