#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/poll.h"
#include "net/resolve_internal.h"

enum { SOCKETS_MAX = 8, TRIES = 2 };

struct ask {
    struct net_lookup base;
    ares_channel channel;
    struct {
        struct net_poll *poll;
        struct ask *ask;
        ares_socket_t fd;
        int events;
    } sockets[SOCKETS_MAX];
    struct net_timer *tick; /* the resolver library's next time-out, or the end told from the loop */
    int open;               /* questions without an answer */
    bool answered;          /* took_us is set */
    bool freeing;
    enum net_lookup_result results[2];
    int questions;
};

static void ask_free(struct net_lookup *base)
{
    struct ask *ask = (struct ask *)base;
    ask->freeing = true;
    if (ask->channel != NULL) {
        ares_destroy(ask->channel);
    }
    for (size_t i = 0; i < SOCKETS_MAX; i++) {
        net_poll_free(ask->sockets[i].poll);
    }
    net_timer_free(ask->tick);
    net_timer_free(ask->base.limit);
    alloc_free(ask);
}

/* The gravest of the two, when no address came at all. */
static enum net_lookup_result graver(enum net_lookup_result a, enum net_lookup_result b)
{
    static const int gravity[] = {
        [NET_LOOKUP_OK] = 0,      [NET_LOOKUP_NO_DATA] = 1,  [NET_LOOKUP_NOT_FOUND] = 2, [NET_LOOKUP_OTHER] = 3,
        [NET_LOOKUP_REFUSED] = 4, [NET_LOOKUP_SERVFAIL] = 5, [NET_LOOKUP_AGAIN] = 6,     [NET_LOOKUP_SILENT] = 7,
    };
    return gravity[a] > gravity[b] ? a : b;
}

static void tell(void *context)
{
    struct ask *ask = context;
    struct net_looked_up *looked_up = &ask->base.looked_up;
    net_timer_free(ask->tick);
    ask->tick = NULL;
    net_timer_free(ask->base.limit);
    ask->base.limit = NULL;
    for (int i = 0; i < ask->questions; i++) {
        looked_up->result = i == 0 ? ask->results[0] : graver(looked_up->result, ask->results[i]);
    }
    if (looked_up->count > 0) {
        looked_up->result = NET_LOOKUP_OK;
    }
    if (!ask->answered) {
        looked_up->took_us = ask->base.limit_us;
    }
    struct net_looked_up copy = *looked_up;
    ask->base.done(ask->base.context, &copy); /* may free the lookup */
}

static void on_limit(void *context)
{
    struct ask *ask = context;
    if (ask->open > 0) {
        ares_cancel(ask->channel); /* ends each open question; the last one arranges for `tell` */
    }
    if (ask->tick == NULL) {
        tell(ask); /* there was no memory for that */
    }
}

static void on_tick(void *context);

static void schedule(struct ask *ask)
{
    if (ask->open == 0 || ask->freeing) {
        return;
    }
    struct timeval room;
    const struct timeval *wait = ares_timeout(ask->channel, NULL, &room);
    net_timer_free(ask->tick);
    ask->tick = NULL;
    if (wait != NULL) {
        int64_t after_us = (int64_t)wait->tv_sec * 1000000 + wait->tv_usec;
        ask->tick = net_timer_start(ask->base.loop, after_us, on_tick, ask, NULL); /* the limit ends it otherwise */
    }
}

static void on_tick(void *context)
{
    struct ask *ask = context;
    ares_process_fd(ask->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    schedule(ask);
}

static void on_socket(void *context, int events)
{
    struct ask *ask = *(struct ask **)context;
    size_t i = 0;
    while (i < SOCKETS_MAX && (void *)&ask->sockets[i].ask != context) {
        i++;
    }
    if (i == SOCKETS_MAX) {
        return;
    }
    ares_socket_t fd = ask->sockets[i].fd;
    bool failed = (events & NET_POLL_FAILED) != 0;
    ares_process_fd(ask->channel, failed || (events & NET_POLL_READ) != 0 ? fd : ARES_SOCKET_BAD,
                    (events & NET_POLL_WRITE) != 0 ? fd : ARES_SOCKET_BAD);
    if (failed && ask->sockets[i].poll != NULL && ask->sockets[i].fd == fd) {
        net_poll_want(ask->sockets[i].poll, ask->sockets[i].events);
    }
    schedule(ask);
}

static void on_state(void *context, ares_socket_t fd, int readable, int writable)
{
    struct ask *ask = context;
    size_t place = SOCKETS_MAX;
    for (size_t i = 0; i < SOCKETS_MAX; i++) {
        if (ask->sockets[i].poll != NULL && ask->sockets[i].fd == fd) {
            place = i;
            break;
        }
        if (ask->sockets[i].poll == NULL && place == SOCKETS_MAX) {
            place = i;
        }
    }
    if (place == SOCKETS_MAX) {
        return; /* never watched: its question ends by the limit */
    }
    int events = (readable ? NET_POLL_READ : 0) | (writable ? NET_POLL_WRITE : 0);
    if (events == 0) {
        net_poll_free(ask->sockets[place].poll);
        ask->sockets[place].poll = NULL;
        return;
    }
    if (ask->sockets[place].poll == NULL) {
        ask->sockets[place].ask = ask;
        ask->sockets[place].fd = fd;
        ask->sockets[place].poll = net_poll_new(ask->base.loop, fd, on_socket, &ask->sockets[place].ask, NULL);
    }
    ask->sockets[place].events = events;
    if (ask->sockets[place].poll != NULL) {
        net_poll_want(ask->sockets[place].poll, events);
    }
}

static enum net_lookup_result result_of(int status)
{
    switch (status) {
    case ARES_SUCCESS:
        return NET_LOOKUP_OK;
    case ARES_ENODATA:
        return NET_LOOKUP_NO_DATA;
    case ARES_ENOTFOUND:
        return NET_LOOKUP_NOT_FOUND;
    case ARES_ESERVFAIL:
        return NET_LOOKUP_SERVFAIL;
    case ARES_EREFUSED:
        return NET_LOOKUP_REFUSED;
    case ARES_ETIMEOUT:
    case ARES_ECONNREFUSED:
    case ARES_ECANCELLED:
        return NET_LOOKUP_SILENT;
    default:
        return NET_LOOKUP_OTHER;
    }
}

static void add(struct net_looked_up *looked_up, enum address_family family, const void *bytes, int ttl)
{
    if (looked_up->count < NET_ANSWERS_MAX) {
        struct net_answer *answer = &looked_up->answers[looked_up->count++];
        answer->address.family = family;
        memcpy(answer->address.bytes, bytes, family == ADDRESS_V4 ? 4 : 16);
        answer->ttl_s = ttl;
    }
}

static int parse(struct net_looked_up *looked_up, bool v6, const unsigned char *bytes, int size)
{
    struct ares_addrttl v4_list[NET_ANSWERS_MAX];
    struct ares_addr6ttl v6_list[NET_ANSWERS_MAX];
    struct hostent *host = NULL;
    int count = NET_ANSWERS_MAX;
    int status = v6 ? ares_parse_aaaa_reply(bytes, size, &host, v6_list, &count)
                    : ares_parse_a_reply(bytes, size, &host, v4_list, &count);
    if (status != ARES_SUCCESS) {
        return status;
    }
    for (int i = 0; i < count; i++) {
        if (v6) {
            add(looked_up, ADDRESS_V6, &v6_list[i].ip6addr, v6_list[i].ttl);
        } else {
            add(looked_up, ADDRESS_V4, &v4_list[i].ipaddr, v4_list[i].ttl);
        }
    }
    if (host != NULL && host->h_name != NULL) {
        snprintf(looked_up->canonical, NET_NAME_SIZE, "%s", host->h_name);
    }
    ares_free_hostent(host);
    return count > 0 ? ARES_SUCCESS : ARES_ENODATA;
}

static void answered(struct ask *ask, bool v6, int status, const unsigned char *bytes, int size)
{
    if (ask->freeing) {
        return;
    }
    if (status == ARES_SUCCESS) {
        status = parse(&ask->base.looked_up, v6, bytes, size);
    }
    int question = v6 && ask->questions > 1 ? 1 : 0;
    ask->results[question] = result_of(status);
    if (!ask->answered && status != ARES_ETIMEOUT && status != ARES_ECANCELLED) {
        ask->answered = true;
        ask->base.looked_up.took_us = clock_monotonic_us() - ask->base.started_us;
    }
    if (--ask->open == 0) {
        net_timer_free(ask->tick);
        ask->tick = net_timer_start(ask->base.loop, 0, tell, ask, NULL); /* not from inside the library */
    }
}

static void on_a(void *context, int status, int timeouts, unsigned char *bytes, int size)
{
    (void)timeouts;
    answered(context, false, status, bytes, size);
}

static void on_aaaa(void *context, int status, int timeouts, unsigned char *bytes, int size)
{
    (void)timeouts;
    answered(context, true, status, bytes, size);
}

/* No search list, no other resolver, and answers like SERVFAIL are wanted, not skipped. */
static bool open_channel(struct ask *ask, const struct net_resolver *resolver, struct error *error)
{
    char lookups[] = "b";
    int64_t first_us = ask->base.limit_us / 3; /* the library doubles it for the repeat */
    struct ares_options options = {
        .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP,
        .timeout = first_us > 1000 ? (int)(first_us / 1000) : 1,
        .tries = TRIES,
        .lookups = lookups,
        .sock_state_cb = on_state,
        .sock_state_cb_data = ask,
    };
    int status = ares_init_options(&ask->channel, &options,
                                   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                                       ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) {
        ask->channel = NULL;
        return error_set(error, ERROR_INTERNAL, "cannot set up DNS questions: %s", ares_strerror(status));
    }
    struct ares_addr_port_node node = {
        .family = resolver->address.family == ADDRESS_V6 ? AF_INET6 : AF_INET,
        .udp_port = resolver->port,
        .tcp_port = resolver->port,
    };
    memcpy(&node.addr, resolver->address.bytes, resolver->address.family == ADDRESS_V6 ? 16 : 4);
    status = ares_set_servers_ports(ask->channel, &node);
    if (status != ARES_SUCCESS) {
        return error_set(error, ERROR_INTERNAL, "cannot set up DNS questions: %s", ares_strerror(status));
    }
    return true;
}

struct net_lookup *net_lookup_ask(struct net_loop *loop, const struct net_resolver *resolver, const char *name,
                                  enum address_family family, int64_t limit_us,
                                  void (*done)(void *context, const struct net_looked_up *looked_up), void *context,
                                  struct error *error)
{
    struct ask *ask = alloc_new(sizeof(*ask));
    if (ask == NULL) {
        error_no_memory(error);
        return NULL;
    }
    ask->base = (struct net_lookup){ .loop = loop,
                                     .free = ask_free,
                                     .done = done,
                                     .context = context,
                                     .started_us = clock_monotonic_us(),
                                     .limit_us = limit_us };
    ask->questions = ask->open = family == ADDRESS_NONE ? 2 : 1;
    ask->base.limit = net_timer_start(loop, limit_us, on_limit, ask, error);
    if (ask->base.limit == NULL || !open_channel(ask, resolver, error)) {
        ask_free(&ask->base);
        return NULL;
    }
    if (family != ADDRESS_V6) {
        ares_query(ask->channel, name, ns_c_in, ns_t_a, on_a, ask);
    }
    if (family != ADDRESS_V4) {
        ares_query(ask->channel, name, ns_c_in, ns_t_aaaa, on_aaaa, ask);
    }
    schedule(ask);
    return &ask->base;
}
