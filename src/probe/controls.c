/* Controls off the RDP port: is the host up at all, does this machine answer for others? None of them touches the RDP
 * port, so none counts against its budget. */

#include "base/alloc.h"
#include "base/clock.h"
#include "net/poll.h"
#include "platform/echo.h"
#include "platform/route.h"
#include "probe/probe_internal.h"

enum {
    CONTROL_US = 4000000,    /* the kernel gives up on a neighbour after three seconds, and then says so */
    ECHO_APART_US = 1000000, /* one lost packet is no silence */
    ECHOES = 3,
    CONNECTS_MAX = 3,
    CONTROLS_MAX = 16,
    CLOSED_PORT = 4, /* never assigned by IANA */
};

struct control_connect {
    struct controls *work;
    enum control_what what;
    struct address address;
    struct net_stream *stream; /* NULL: over */
};

/* One test: PROBE_CONTROLS or PROBE_INTERCEPTOR. */
struct controls {
    struct run *run;
    struct controls *next;
    struct address address; /* the host's */
    struct control_connect connects[CONNECTS_MAX];
    size_t connect_count;
    bool neighbour;        /* to be asked for at the end: the connects make the kernel look */
    bool neighbour_failed; /* when we began */
    uint32_t interface_index;
    bool echoing;
    struct platform_echo echo;
    struct net_poll *poll;
    struct net_timer *timer;
    uint16_t sent;
    int64_t sent_us[ECHOES];
    int64_t echo_until_us;
};

static bool record(struct controls *work, enum control_what what, enum control_result result, int64_t rtt_us,
                   const struct address *address, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    struct ev_control *item =
        ev_list_add(&work->run->evidence->controls, SOURCE_PROBE, &control_table, CONTROLS_MAX, error);
    if (item == NULL) {
        return false;
    }
    ev_set_enum(&item->what, SOURCE_PROBE, (int)what);
    ev_set_enum(&item->result, SOURCE_PROBE, (int)result);
    if (rtt_us >= 0) {
        ev_set_int(&item->rtt_us, SOURCE_PROBE, rtt_us);
    }
    address_format(address, text);
    return ev_set_words(&item->address, SOURCE_PROBE, text, error);
}

static void stop_echo(struct controls *work)
{
    net_timer_free(work->timer);
    work->timer = NULL;
    net_poll_free(work->poll);
    work->poll = NULL;
    platform_echo_close(&work->echo);
    work->echoing = false;
}

static void work_free(struct controls *work)
{
    struct controls **at = &work->run->probe->controls;
    while (*at != NULL && *at != work) {
        at = &(*at)->next;
    }
    if (*at == work) {
        *at = work->next;
    }
    for (size_t i = 0; i < work->connect_count; i++) {
        net_stream_close(work->connects[i].stream);
    }
    stop_echo(work);
    alloc_free(work);
}

static bool record_neighbour(struct controls *work, struct error *error)
{
    enum platform_neighbour now = platform_neighbour_get(&work->address, work->interface_index);
    if (now == PLATFORM_NEIGHBOUR_UNKNOWN && work->neighbour_failed) {
        now = PLATFORM_NEIGHBOUR_FAILED; /* it is being looked for once more */
    }
    switch (now) {
    case PLATFORM_NEIGHBOUR_KNOWN:
        return record(work, CONTROL_NEIGHBOUR, CONTROL_ANSWERED, -1, &work->address, error);
    case PLATFORM_NEIGHBOUR_FAILED:
        return record(work, CONTROL_NEIGHBOUR, CONTROL_FAILED, -1, &work->address, error);
    case PLATFORM_NEIGHBOUR_UNKNOWN:
    default:
        return true; /* says nothing */
    }
}

/* Last thing in a callback: lets the run go when nothing is left to wait for. */
static void over_when_done(struct controls *work, bool good, struct error *error)
{
    struct run *run = work->run;
    bool busy = work->echoing;
    for (size_t i = 0; i < work->connect_count; i++) {
        busy = busy || work->connects[i].stream != NULL;
    }
    if (good && busy) {
        return;
    }
    if (good && work->neighbour) {
        good = record_neighbour(work, error);
    }
    work_free(work);
    if (!good) {
        run_failed(run, error);
        return;
    }
    run_let_go(run);
}

static enum control_result result_of(const struct control_connect *connect, const struct net_connected *connected)
{
    switch (connected->result) {
    case NET_OPEN:
        return CONTROL_OPENED;
    case NET_REFUSED:
        return CONTROL_REFUSED;
    case NET_SILENT:
        return CONTROL_SILENCE;
    case NET_NOT_ASKED:
    case NET_UNREACHABLE:
    case NET_PROHIBITED:
    default:
        /* An ICMP error of the host itself is an answer of the host; a router's word about it is not. */
        return address_equal(&connected->by, &connect->address) ? CONTROL_ANSWERED : CONTROL_FAILED;
    }
}

static void connected(void *context, const struct net_connected *connected)
{
    struct control_connect *connect = context;
    struct error error = { 0 };
    enum control_result result = result_of(connect, connected);
    net_stream_close(connect->stream);
    connect->stream = NULL;
    bool good = record(connect->work, connect->what, result, connected->rtt_us, &connect->address, &error);
    over_when_done(connect->work, good, &error);
}

static bool start_connect(struct controls *work, enum control_what what, const struct address *address, uint16_t port,
                          struct error *error)
{
    static const struct net_stream_handler handler = { .connected = connected };
    struct control_connect *connect = &work->connects[work->connect_count++];
    *connect = (struct control_connect){ .work = work, .what = what, .address = *address };
    struct net_stream_options options = {
        .address = *address,
        .port = port,
        .connect_limit_us = run_limit_us(work->run, CONTROL_US),
    };
    connect->stream = net_stream_connect(work->run->loop, &options, &handler, connect, error);
    return connect->stream != NULL;
}

static void echo_tick(void *context);

static bool echo_on(struct controls *work, struct error *error)
{
    int64_t now_us = clock_monotonic_us();
    if (work->sent < ECHOES) {
        work->sent_us[work->sent] = now_us;
        (void)platform_echo_send(&work->echo, &work->address, work->sent); /* no route: silence follows */
        work->sent++;
    }
    int64_t wait_us = work->sent < ECHOES ? ECHO_APART_US : work->echo_until_us - now_us;
    net_timer_free(work->timer);
    work->timer = net_timer_start(work->run->loop, wait_us > 0 ? wait_us : 0, echo_tick, work, error);
    return work->timer != NULL;
}

static void echo_tick(void *context)
{
    struct controls *work = context;
    struct error error = { 0 };
    if (clock_monotonic_us() < work->echo_until_us) {
        if (!echo_on(work, &error)) {
            over_when_done(work, false, &error);
        }
        return;
    }
    stop_echo(work);
    bool good = record(work, CONTROL_ICMP, CONTROL_SILENCE, -1, &work->address, &error);
    over_when_done(work, good, &error);
}

static void echo_ready(void *context, int events)
{
    struct controls *work = context;
    struct error error = { 0 };
    uint16_t sequence;
    if (!platform_echo_receive(&work->echo, &work->address, &sequence) || sequence >= work->sent) {
        if ((events & NET_POLL_FAILED) != 0) {
            net_poll_want(work->poll, NET_POLL_READ);
        }
        return;
    }
    int64_t rtt_us = clock_monotonic_us() - work->sent_us[sequence];
    stop_echo(work);
    bool good = record(work, CONTROL_ICMP, CONTROL_ANSWERED, rtt_us, &work->address, &error);
    over_when_done(work, good, &error);
}

static bool start_echo(struct controls *work, struct error *error)
{
    if (!platform_echo_open(&work->echo, work->address.family)) {
        return record(work, CONTROL_ICMP, CONTROL_NOT_POSSIBLE, -1, &work->address, error);
    }
    work->echoing = true;
    work->echo_until_us = clock_monotonic_us() + run_limit_us(work->run, CONTROL_US);
    work->poll = net_poll_new(work->run->loop, work->echo.fd, echo_ready, work, error);
    if (work->poll == NULL) {
        return false;
    }
    net_poll_want(work->poll, NET_POLL_READ);
    return echo_on(work, error);
}

static bool start_controls(struct controls *work, struct error *error)
{
    struct platform_route route;
    if (platform_route_get(&work->address, &route, NULL) && !route.unreachable) {
        work->neighbour = route.on_link && !route.local;
        work->interface_index = route.index;
        work->neighbour_failed =
            work->neighbour && platform_neighbour_get(&work->address, route.index) == PLATFORM_NEIGHBOUR_FAILED;
    }
    return start_connect(work, CONTROL_TCP_445, &work->address, 445, error) &&
           start_connect(work, CONTROL_TCP_135, &work->address, 135, error) &&
           start_connect(work, CONTROL_TCP_5985, &work->address, 5985, error) && start_echo(work, error);
}

/* RFC 5737 and RFC 3849: nobody has these addresses. */
static bool start_interceptor(struct controls *work, struct error *error)
{
    static const struct address nobody_v4 = { .family = ADDRESS_V4, .bytes = { 192, 0, 2, 1 } };
    static const struct address nobody_v6 = { .family = ADDRESS_V6, .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
    const struct address *nobody = work->address.family == ADDRESS_V6 ? &nobody_v6 : &nobody_v4;
    return start_connect(work, CONTROL_INTERCEPTOR, nobody, work->run->options->port, error) &&
           start_connect(work, CONTROL_CLOSED_PORT, &work->address, CLOSED_PORT, error);
}

static const struct address *address_of(const struct run *run)
{
    const struct probe *probe = run->probe;
    if (probe->first != NULL) {
        return &probe->first->options.address;
    }
    return probe->candidate_count > 0 ? &probe->candidates[0] : NULL;
}

bool probe_controls_apply(const struct run *run, enum probe_test test)
{
    const struct address *address = address_of(run);
    if (address == NULL) {
        return false;
    }
    /* Nothing intercepts what never leaves the machine; tests of ours ask for it in a namespace of their own. */
    return test == PROBE_CONTROLS || address_class_of(address) != ADDRESS_CLASS_LOOPBACK;
}

bool probe_controls_start(struct run *run, enum probe_test test, struct error *error)
{
    struct controls *work = alloc_new(sizeof(*work));
    if (work == NULL) {
        return error_no_memory(error);
    }
    work->run = run;
    work->address = *address_of(run);
    work->echo.fd = -1;
    work->next = run->probe->controls;
    run->probe->controls = work;
    if (!(test == PROBE_INTERCEPTOR ? start_interceptor(work, error) : start_controls(work, error))) {
        work_free(work);
        return false;
    }
    run_hold(run);
    return true;
}

void probe_controls_cancel(struct run *run)
{
    while (run->probe->controls != NULL) {
        work_free(run->probe->controls);
    }
}
