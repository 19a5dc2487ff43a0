/* Which resolvers this system asks, and how it completes short names. */
#ifndef RDPWHY_PLATFORM_RESOLVERS_H
#define RDPWHY_PLATFORM_RESOLVERS_H

#include <stddef.h>

#include "base/address.h"
#include "base/error.h"

enum { PLATFORM_RESOLVERS_MAX = 3, PLATFORM_SEARCH_MAX = 6, PLATFORM_DOMAIN_SIZE = 256 };

struct platform_resolvers {
    struct address servers[PLATFORM_RESOLVERS_MAX]; /* in the order they are asked */
    size_t count;
    char search[PLATFORM_SEARCH_MAX][PLATFORM_DOMAIN_SIZE];
    size_t search_count;
    unsigned ndots; /* a name with so many dots is tried as it stands first */
    bool stub;      /* systemd-resolved's own address: it picks the real ones by zone */
};

/* The text of a resolv.conf, by the rules of resolv.conf(5): unknown lines are passed over, the last of `search` and
 * `domain` counts, no server at all means 127.0.0.1. */
void platform_resolvers_parse(const char *text, size_t size, struct platform_resolvers *resolvers);
/* The system's file. A missing one reads as an empty one. */
bool platform_resolvers_read(struct platform_resolvers *resolvers, struct error *error) MUST_USE;

/* True when the hosts file gives the name an address. */
bool platform_hosts_has(const char *name);

#endif
