/* The check tcp: opens connection 1. The first address goes at once, one of the other family beside it; further ones
 * follow while nothing is open. The first to open is used. */
#include "base/clock.h"
#include "probe/probe_internal.h"

enum {
    OTHER_FAMILY_US = 50000, /* head start of the address the system names first */
    NEXT_US = 250000,        /* RFC 8305 section 5 */
    OTHERS_US = 3200000,     /* how long the rest may take once one is open: a SYN is repeated after 1 s and 3 s, */
    OTHERS_RTTS = 4,         /* or so many of its round trips */
    ATTEMPTS_MAX = 32,
};

static void tcp_moved(struct attempt *attempt, enum stage stage, enum went went, const void *context);
static bool wants_next(const struct run *run, size_t next);
static bool start_next(struct run *run, struct error *error);
static void end_when_done(struct run *run);

static bool load_candidates(struct run *run)
{
    struct probe *probe = run->probe;
    probe->candidate_count = 0;
    ev_each (item, struct ev_address_item, &run->evidence->target.addresses) {
        struct address address;
        if (probe->candidate_count < PROBE_CANDIDATES && item->address.v != NULL &&
            address_parse(item->address.v, &address) &&
            (run->options->family == ADDRESS_NONE || run->options->family == address.family)) {
            probe->candidates[probe->candidate_count++] = address;
        }
    }
    /* The second place goes to the first address of the other family. */
    for (size_t i = 2; i < probe->candidate_count; i++) {
        struct address *list = probe->candidates;
        if (list[1].family == list[0].family && list[i].family != list[0].family) {
            const struct address other = list[i];
            for (size_t j = i; j > 1; j--) {
                list[j] = list[j - 1];
            }
            list[1] = other;
        }
    }
    probe->exempt = probe->candidate_count > 0;
    for (size_t i = 0; i < probe->candidate_count; i++) {
        probe->exempt = probe->exempt && address_class_of(&probe->candidates[i]) == ADDRESS_CLASS_LOOPBACK;
    }
    return probe->candidate_count > 0;
}

static size_t started_count(const struct probe *probe)
{
    size_t count = 0;
    while (count < probe->candidate_count && probe->tried_by[count] != NULL) {
        count++;
    }
    return count;
}

static bool any_running(const struct probe *probe)
{
    for (size_t i = 0; i < probe->candidate_count; i++) {
        const struct attempt *attempt = probe->tried_by[i];
        if (attempt != NULL && attempt->doing != NULL && attempt != probe->first) {
            return true;
        }
    }
    return false;
}

static void stagger_fired(void *context)
{
    struct run *run = context;
    struct error error;
    if (!start_next(run, &error)) {
        run_failed(run, &error);
    }
}

static bool set_stagger(struct run *run, int64_t after_us, struct error *error)
{
    struct probe *probe = run->probe;
    net_timer_free(probe->stagger);
    probe->stagger = net_timer_start(run->loop, after_us, stagger_fired, run, error);
    return probe->stagger != NULL;
}

/* Once one is open, nobody waits the whole limit for the others: they are cut short as silent. */
static void others_over(void *context)
{
    struct run *run = context;
    struct probe *probe = run->probe;
    struct error error = { 0 };
    net_timer_free(probe->stagger);
    probe->stagger = NULL;
    for (size_t i = 0; i < probe->candidate_count; i++) {
        struct attempt *attempt = probe->tried_by[i];
        if (attempt == NULL || attempt == probe->first || attempt->doing == NULL) {
            continue;
        }
        const int64_t now_us = clock_monotonic_us();
        attempt->connect_result = NET_SILENT;
        attempt->rtt_us = now_us - attempt->sent_us;
        probe_not_opened(run);
        attempt_end(attempt, END_BY_NETWORK, END_SILENCE, now_us);
        attempt->doing = NULL;
        if (!probe_record_attempt(attempt, &error)) {
            run_failed(run, &error);
        }
    }
    end_when_done(run);
}

static void end_when_done(struct run *run)
{
    struct probe *probe = run->probe;
    if (any_running(probe) || (probe->stagger != NULL && wants_next(run, started_count(probe)))) {
        return;
    }
    net_timer_free(probe->stagger);
    probe->stagger = NULL;
    if (probe->first == NULL) {
        run_blocked(run, CHECK_TCP, "no connection was opened");
    }
    run_end(run, CHECK_TCP, RAN_DONE, NULL);
}

/* Whether a further address is worth a connect: while nothing is open any; after that only the other family's first. */
static bool wants_next(const struct run *run, size_t next)
{
    const struct probe *probe = run->probe;
    if (next >= probe->candidate_count || probe_connects_left(run) == 0) {
        return false;
    }
    return probe->first == NULL || (next == 1 && probe->candidates[1].family != probe->candidates[0].family);
}

static int64_t others_limit_us(const struct probe *probe)
{
    const int64_t by_rtt = probe->first->rtt_us * OTHERS_RTTS;
    return by_rtt > OTHERS_US ? by_rtt : OTHERS_US;
}

static bool start_next(struct run *run, struct error *error)
{
    struct probe *probe = run->probe;
    const size_t next = started_count(probe);
    net_timer_free(probe->stagger);
    probe->stagger = NULL;
    if (!wants_next(run, next)) {
        end_when_done(run);
        return true;
    }
    const struct attempt_options options = {
        .purpose = next == 0 ? PURPOSE_FIRST : PURPOSE_OTHER_ADDRESS,
        .address = probe->candidates[next],
        .offer = 0x0b,
        .cookie = true,
        .segments = 1,
        .hello = HELLO_SCHANNEL,
        .connect_limit_us = probe->first != NULL ? others_limit_us(probe) : PROBE_CONNECT_US,
    };
    probe_count_connect(run, &options.address);
    probe->tried_by[next] = attempt_start(run, &options, tcp_moved, NULL, error);
    if (probe->tried_by[next] == NULL) {
        return false;
    }
    if (!wants_next(run, next + 1)) {
        return true;
    }
    const bool other = next == 0 && probe->candidates[1].family != probe->candidates[0].family;
    return set_stagger(run, other ? OTHER_FAMILY_US : NEXT_US, error);
}

bool probe_record_attempt(struct attempt *attempt, struct error *error)
{
    static const enum tcp_result results[] = {
        [NET_OPEN] = TCP_OPEN,
        [NET_REFUSED] = TCP_REFUSED,
        [NET_SILENT] = TCP_SILENT,
        [NET_UNREACHABLE] = TCP_UNREACHABLE,
        [NET_NOT_ASKED] = TCP_UNREACHABLE, /* not of a direct connect */
        [NET_PROHIBITED] = TCP_PROHIBITED,
    };
    char text[ADDRESS_TEXT_SIZE];
    struct ev_attempt *record =
        ev_list_add(&attempt->run->evidence->tcp.attempts, SOURCE_PROBE, &attempt_table, ATTEMPTS_MAX, error);
    if (record == NULL) {
        return false;
    }
    address_format(&attempt->options.address, text);
    ev_set_enum(&record->result, SOURCE_PROBE, results[attempt->connect_result]);
    if (attempt->rtt_us >= 0) {
        ev_set_int(&record->rtt_us, SOURCE_PROBE, attempt->rtt_us);
    }
    if (attempt->options.address.family == ADDRESS_NONE) {
        return true; /* the host as the gateway found it */
    }
    if (!ev_set_words(&record->address, SOURCE_PROBE, text, error)) {
        return false;
    }
    address_format(&attempt->connect_by, text);
    return attempt->connect_by.family == ADDRESS_NONE || ev_set_words(&record->by, SOURCE_PROBE, text, error);
}

/* This address is used from here on. */
static bool use(struct attempt *attempt, struct error *error)
{
    struct run *run = attempt->run;
    struct probe *probe = run->probe;
    char text[ADDRESS_TEXT_SIZE];
    if (probe->tried_by[0] != attempt) {
        ev_set_enum(&attempt_record(probe->tried_by[0])->purpose, SOURCE_PROBE, PURPOSE_OTHER_ADDRESS);
        ev_set_enum(&attempt_record(attempt)->purpose, SOURCE_PROBE, PURPOSE_FIRST);
    }
    probe->first = attempt;
    address_format(&attempt->options.address, text);
    if (!ev_set_words(&run->evidence->target.address, SOURCE_PROBE, text, error)) {
        return false;
    }
    if (address_class_of(&attempt->options.address) == ADDRESS_CLASS_LOOPBACK) {
        ev_set_bool(&run->evidence->target.local, SOURCE_PROBE, true);
    }
    /* The route was asked for the first address. */
    return probe->tried_by[0] == attempt || run->evidence->checks[CHECK_ROUTE].ran.v != RAN_DONE ||
           probe_record_route(run, &attempt->options.address, error);
}

/* Just opened: what still runs beside it gets its own time; what has not begun begins only if it is wanted. */
static bool settle_others(struct run *run, struct error *error)
{
    struct probe *probe = run->probe;
    if (probe->stagger != NULL && wants_next(run, started_count(probe))) {
        return true;
    }
    net_timer_free(probe->stagger);
    probe->stagger = NULL;
    if (!any_running(probe)) {
        return true;
    }
    probe->stagger = net_timer_start(run->loop, others_limit_us(probe), others_over, run, error);
    return probe->stagger != NULL;
}

/* The first connection's later stages: each is told to the check that began it. */
static void later_stage(struct attempt *attempt, enum stage stage, enum went went)
{
    if (stage == STAGE_NEGOTIATION) {
        probe_negotiation_over(attempt, went);
    } else if (stage == STAGE_TLS) {
        probe_tls_over(attempt, went);
    } else if (stage == STAGE_NLA) {
        probe_nla_over(attempt);
    } else if (stage == STAGE_LOGON) {
        probe_logon_over(attempt, went);
    } else {
        probe_session_over(attempt);
    }
}

static void tcp_moved(struct attempt *attempt, enum stage stage, enum went went, const void *context)
{
    struct run *run = attempt->run;
    struct probe *probe = run->probe;
    struct error error = { 0 };
    (void)context;
    if (stage != STAGE_TCP) {
        later_stage(attempt, stage, went);
        return;
    }
    if (!probe_record_attempt(attempt, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    if (went != WENT_ON) {
        /* Nothing there: the next address need not wait for its turn. */
        if (!start_next(run, &error)) {
            run_failed(run, &error);
        }
        return;
    }
    if (probe->first != NULL) {
        attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
        end_when_done(run);
        return;
    }
    if (!use(attempt, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    if (!settle_others(run, &error)) {
        run_failed(run, &error);
        return;
    }
    run_ready(run, CHECK_TCP);
    end_when_done(run);
}

static bool tcp_start(struct run *run, struct error *error)
{
    if (!load_candidates(run)) {
        run_blocked(run, CHECK_TCP, "there is no address to connect to");
        run_end(run, CHECK_TCP, RAN_POINTLESS, "there is no address to connect to");
        return true;
    }
    return probe_when_allowed(run, 1, start_next, error);
}

static void tcp_cancel(struct run *run)
{
    struct probe *probe = run->probe;
    probe_stop_waiting(run);
    net_timer_free(probe->stagger);
    probe->stagger = NULL;
    probe_settle(run);
}

const struct check probe_tcp = {
    .id = CHECK_TCP,
    .needs = NEEDS(CHECK_NAME),
    .start = tcp_start,
    .cancel = tcp_cancel,
};
