/* Names to addresses, two ways: as this system does it, and as one resolver answers by itself. */
#ifndef RDPWHY_NET_RESOLVE_H
#define RDPWHY_NET_RESOLVE_H

#include <stddef.h>

#include "base/address.h"
#include "net/loop.h"

enum net_lookup_result {
    NET_LOOKUP_OK,
    NET_LOOKUP_NOT_FOUND, /* NXDOMAIN, or the system's "not known" */
    NET_LOOKUP_NO_DATA,   /* the name exists, without an address of the family asked for */
    NET_LOOKUP_SERVFAIL,
    NET_LOOKUP_REFUSED,
    NET_LOOKUP_SILENT, /* nothing within the limit, or nobody listens on the resolver's port */
    NET_LOOKUP_AGAIN,  /* the system's "temporary failure", which covers the three before */
    NET_LOOKUP_OTHER,
};

enum { NET_ANSWERS_MAX = 32, NET_NAME_SIZE = 256 };

struct net_answer {
    struct address address;
    int64_t ttl_s; /* -1: not told (the system's own way) */
};

struct net_looked_up {
    enum net_lookup_result result;
    struct net_answer answers[NET_ANSWERS_MAX]; /* in the order they came; past the room: dropped */
    size_t count;
    char canonical[NET_NAME_SIZE]; /* "" when not told */
    int64_t took_us;               /* to the first answer; the limit when silent */
};

struct net_lookup;

/* Asks the system (getaddrinfo, in a child process that is killed at the limit). `family` ADDRESS_NONE: both. */
struct net_lookup *net_lookup_system(struct net_loop *loop, const char *name, enum address_family family,
                                     int64_t limit_us,
                                     void (*done)(void *context, const struct net_looked_up *looked_up), void *context,
                                     struct error *error) MUST_USE;

struct net_resolver {
    struct address address;
    uint16_t port; /* 53 */
};

/* Asks one resolver for A and AAAA at once, the name as it stands (no search list), with one repeat. */
struct net_lookup *net_lookup_ask(struct net_loop *loop, const struct net_resolver *resolver, const char *name,
                                  enum address_family family, int64_t limit_us,
                                  void (*done)(void *context, const struct net_looked_up *looked_up), void *context,
                                  struct error *error) MUST_USE;

/* Stops it when it is under way. NULL is fine; also from inside `done`, which never frees by itself. */
void net_lookup_free(struct net_lookup *lookup);

#endif
