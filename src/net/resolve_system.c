#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/poll.h"
#include "net/resolve_internal.h"
#include "platform/sockaddr.h"

/* What the child writes, in one piece: parent and child are the same program. */
struct report {
    struct net_looked_up looked_up;
    bool whole;
};

struct system_lookup {
    struct net_lookup base;
    pid_t child; /* 0: none */
    int fd;      /* the child's answer; -1: none */
    struct net_poll *poll;
    struct report report;
    size_t got;
};

static enum net_lookup_result result_of(int code)
{
    switch (code) {
    case 0:
        return NET_LOOKUP_OK;
    case EAI_NONAME:
        return NET_LOOKUP_NOT_FOUND;
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
        return NET_LOOKUP_NO_DATA;
    case EAI_AGAIN:
        return NET_LOOKUP_AGAIN;
    default:
        return NET_LOOKUP_OTHER;
    }
}

static void look_up(const char *name, enum address_family family, struct net_looked_up *looked_up)
{
    struct addrinfo hints = { .ai_flags = AI_CANONNAME, .ai_socktype = SOCK_STREAM };
    struct addrinfo *list = NULL;
    hints.ai_family = family == ADDRESS_NONE ? AF_UNSPEC : platform_family(family);
    looked_up->result = result_of(getaddrinfo(name, NULL, &hints, &list));
    for (const struct addrinfo *item = list; item != NULL && looked_up->count < NET_ANSWERS_MAX; item = item->ai_next) {
        struct sockaddr_storage storage = { 0 };
        struct net_answer *answer = &looked_up->answers[looked_up->count];
        memcpy(&storage, item->ai_addr, item->ai_addrlen);
        if (platform_sockaddr_read(&storage, &answer->address, NULL)) {
            answer->ttl_s = -1;
            looked_up->count++;
        }
        if (item->ai_canonname != NULL && looked_up->canonical[0] == '\0') {
            snprintf(looked_up->canonical, NET_NAME_SIZE, "%s", item->ai_canonname);
        }
    }
}

/* getaddrinfo cannot be told to stop: in a process of its own it can be killed. The child inherits no descriptor but
 * the pipe, so that a connection the parent closes meanwhile really closes. */
static void child_main(int fd, pid_t parent, const char *name, enum address_family family)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
    (void)signal(SIGINT, SIG_IGN); /* Ctrl-C reaches us too; what it means is the parent's to say */
    (void)signal(SIGTERM, SIG_DFL);
    if (dup2(fd, 3) != 3) {
        _exit(1);
    }
    closefrom(4);
    struct report report = { .whole = true };
    look_up(name, family, &report.looked_up);
    ssize_t written = write(3, &report, sizeof(report));
    _exit(written == (ssize_t)sizeof(report) ? 0 : 1);
}

static void stop(struct system_lookup *lookup)
{
    net_timer_free(lookup->base.limit);
    lookup->base.limit = NULL;
    net_poll_free(lookup->poll);
    lookup->poll = NULL;
    if (lookup->fd >= 0) {
        close(lookup->fd);
        lookup->fd = -1;
    }
    if (lookup->child > 0) {
        (void)kill(lookup->child, SIGKILL);
        while (waitpid(lookup->child, NULL, 0) < 0 && errno == EINTR) {
        }
        lookup->child = 0;
    }
}

static void system_free(struct net_lookup *base)
{
    struct system_lookup *lookup = (struct system_lookup *)base;
    stop(lookup);
    alloc_free(lookup);
}

static void tell(struct system_lookup *lookup)
{
    struct net_looked_up looked_up = lookup->base.looked_up;
    stop(lookup);
    lookup->base.done(lookup->base.context, &looked_up); /* may free the lookup */
}

static void on_limit(void *context)
{
    struct system_lookup *lookup = context;
    lookup->base.looked_up = (struct net_looked_up){ .result = NET_LOOKUP_SILENT, .took_us = lookup->base.limit_us };
    tell(lookup);
}

static void on_ready(void *context, int events)
{
    struct system_lookup *lookup = context;
    (void)events;
    ssize_t size = read(lookup->fd, (uint8_t *)&lookup->report + lookup->got, sizeof(lookup->report) - lookup->got);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        net_poll_want(lookup->poll, NET_POLL_READ);
        return;
    }
    lookup->got += size > 0 ? (size_t)size : 0;
    if (size > 0 && lookup->got < sizeof(lookup->report)) {
        return;
    }
    bool whole = lookup->got == sizeof(lookup->report) && lookup->report.whole;
    lookup->base.looked_up = whole ? lookup->report.looked_up : (struct net_looked_up){ .result = NET_LOOKUP_OTHER };
    lookup->base.looked_up.took_us = clock_monotonic_us() - lookup->base.started_us;
    tell(lookup);
}

static bool start(struct system_lookup *lookup, const char *name, enum address_family family, struct error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        return error_set(error, ERROR_INTERNAL, "cannot open a pipe: %s", strerror(errno));
    }
    lookup->fd = ends[0];
    pid_t parent = getpid();
    lookup->child = fork();
    if (lookup->child == 0) {
        child_main(ends[1], parent, name, family);
    }
    int code = errno;
    close(ends[1]);
    if (lookup->child < 0) {
        return error_set(error, ERROR_INTERNAL, "cannot start a process for the name lookup: %s", strerror(code));
    }
    lookup->poll = net_poll_new(lookup->base.loop, lookup->fd, on_ready, lookup, error);
    if (lookup->poll == NULL) {
        return false;
    }
    net_poll_want(lookup->poll, NET_POLL_READ);
    lookup->base.limit = net_timer_start(lookup->base.loop, lookup->base.limit_us, on_limit, lookup, error);
    return lookup->base.limit != NULL;
}

struct net_lookup *net_lookup_system(struct net_loop *loop, const char *name, enum address_family family,
                                     int64_t limit_us,
                                     void (*done)(void *context, const struct net_looked_up *looked_up), void *context,
                                     struct error *error)
{
    struct system_lookup *lookup = alloc_new(sizeof(*lookup));
    if (lookup == NULL) {
        error_no_memory(error);
        return NULL;
    }
    lookup->base = (struct net_lookup){ .loop = loop,
                                        .free = system_free,
                                        .done = done,
                                        .context = context,
                                        .started_us = clock_monotonic_us(),
                                        .limit_us = limit_us };
    lookup->fd = -1;
    if (!start(lookup, name, family, error)) {
        system_free(&lookup->base);
        return NULL;
    }
    return &lookup->base;
}

void net_lookup_free(struct net_lookup *lookup)
{
    if (lookup != NULL) {
        lookup->free(lookup);
    }
}
