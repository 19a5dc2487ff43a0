#include "probe/probe.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "net/resolve.h"
#include "platform/privileges.h"
#include "probe/probe_internal.h"

enum { COUNTDOWN_US = 1000000, TRIES_PER_RUN = BUDGET_ROLLING };

const struct check *const probe_checks[] = {
    &probe_name,  &probe_route,   &probe_tcp, &probe_negotiation, &probe_tls,  &probe_certificate, &probe_nla,
    &probe_logon, &probe_session, &probe_udp, &probe_gateway,     &probe_load, &probe_client,
};
const size_t probe_check_count = COUNT_OF(probe_checks);

static bool record_privileges(struct evidence *evidence, struct error *error)
{
    const char *names[PLATFORM_PRIVILEGES_MAX];
    size_t count = platform_privileges(names);
    for (size_t i = 0; i < count; i++) {
        struct ev_text_item *item =
            ev_list_add(&evidence->privileges, SOURCE_PROBE, &text_item_table, PLATFORM_PRIVILEGES_MAX, error);
        if (item == NULL || !ev_set_words(&item->text, SOURCE_PROBE, names[i], error)) {
            return false;
        }
    }
    return true;
}

bool probe_init(struct run *run, struct error *error)
{
    struct probe *probe = alloc_new(sizeof(*probe));
    if (probe == NULL) {
        return error_no_memory(error);
    }
    probe->target = budget_target(run->options->host, run->options->port);
    probe_log_read(&probe->log);
    run->probe = probe;
    return record_privileges(run->evidence, error);
}

void probe_release(struct run *run)
{
    struct probe *probe = run->probe;
    if (probe == NULL) {
        return;
    }
    probe_name_release(run);
    probe_controls_cancel(run);
    probe_gateway_release(run);
    probe_udp_release(run);
    net_timer_free(probe->wait_timer);
    net_timer_free(probe->stagger);
    net_timer_free(probe->certificate_timer);
    while (probe->attempts != NULL) {
        struct attempt *next = probe->attempts->next;
        attempt_free(probe->attempts);
        probe->attempts = next;
    }
    probe_names_release(run);
    probe_ways_release(run);
    alloc_free(probe);
    run->probe = NULL;
}

void probe_settle(struct run *run)
{
    probe_gateway_settle(run);
    for (struct attempt *attempt = run->probe->attempts; attempt != NULL; attempt = attempt->next) {
        attempt_end(attempt, END_BY_US, attempt->doing != NULL ? END_OUR_LIMIT : END_DONE, clock_monotonic_us());
        attempt->doing = NULL;
    }
}

bool probe_is_loopback(const char *host)
{
    struct address address;
    return address_parse(host, &address) && address_class_of(&address) == ADDRESS_CLASS_LOOPBACK;
}

void probe_adopt(struct run *run, struct attempt *attempt)
{
    attempt->next = run->probe->attempts;
    run->probe->attempts = attempt;
}

void probe_not_opened(struct run *run)
{
    run->probe->opened--;
}

void probe_count_connect(struct run *run, const struct address *address)
{
    struct probe *probe = run->probe;
    char text[ADDRESS_TEXT_SIZE];
    probe->opened++;
    probe->tried++;
    if (address->family == ADDRESS_NONE ? probe->exempt : address_class_of(address) == ADDRESS_CLASS_LOOPBACK) {
        return;
    }
    address_format(address, text);
    /* By name and by address, so that neither an alias nor a second family slips through. */
    const uint64_t targets[] = { probe->target, budget_target(text, run->options->port) };
    const size_t count = targets[0] == targets[1] || address->family == ADDRESS_NONE ? 1 : 2;
    for (size_t i = 0; i < count; i++) {
        budget_note(&probe->log, targets[i], clock_wall_us());
    }
    probe_log_add(targets, count);
}

unsigned probe_connects_left(const struct run *run)
{
    const struct probe *probe = run->probe;
    const unsigned may_open = BUDGET_PER_RUN + probe->allowed;
    const unsigned may_try = TRIES_PER_RUN + probe->allowed;
    const unsigned by_open = probe->opened < may_open ? may_open - probe->opened : 0;
    const unsigned by_tries = probe->tried < may_try ? may_try - probe->tried : 0;
    return by_open < by_tries ? by_open : by_tries;
}

void probe_allow_more(struct run *run, unsigned connects)
{
    run->probe->allowed += connects;
}

int64_t probe_wait_us(const struct run *run, unsigned connects)
{
    const struct probe *probe = run->probe;
    const int64_t now_us = clock_wall_us();
    if (probe->exempt || run->options->again || run->options->deep) {
        return 0;
    }
    int64_t longest = budget_wait_us(&probe->log, probe->target, connects, now_us);
    for (size_t i = 0; i < probe->candidate_count; i++) {
        char text[ADDRESS_TEXT_SIZE];
        address_format(&probe->candidates[i], text);
        const int64_t wait = budget_wait_us(&probe->log, budget_target(text, run->options->port), connects, now_us);
        longest = wait > longest ? wait : longest;
    }
    return longest;
}

static void tell_waiting(struct run *run, int64_t left_us)
{
    if (run->observer != NULL && run->observer->waiting != NULL) {
        run->observer->waiting(run->observer->context, left_us);
    }
}

static bool wait_on(struct run *run, struct error *error);

static void wait_fired(void *context)
{
    struct run *run = context;
    struct error error;
    if (!wait_on(run, &error)) {
        run_failed(run, &error);
    }
}

/* Goes on, or waits another second at most. */
static bool wait_on(struct run *run, struct error *error)
{
    struct probe *probe = run->probe;
    const int64_t left = probe_wait_us(run, probe->wait_connects);
    net_timer_free(probe->wait_timer);
    probe->wait_timer = NULL;
    tell_waiting(run, left);
    if (left == 0) {
        return run_resume(run, error) && probe->wait_then(run, error);
    }
    probe->wait_timer = net_timer_start(run->loop, left < COUNTDOWN_US ? left : COUNTDOWN_US, wait_fired, run, error);
    return probe->wait_timer != NULL;
}

bool probe_when_allowed(struct run *run, unsigned connects, bool (*then)(struct run *run, struct error *error),
                        struct error *error)
{
    struct probe *probe = run->probe;
    if (probe_wait_us(run, connects) == 0) {
        return then(run, error);
    }
    probe->wait_then = then;
    probe->wait_connects = connects;
    run_pause(run);
    return wait_on(run, error);
}

void probe_stop_waiting(struct run *run)
{
    net_timer_free(run->probe->wait_timer);
    run->probe->wait_timer = NULL;
}
