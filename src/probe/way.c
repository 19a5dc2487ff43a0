#include "probe/way.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "probe/probe_internal.h"
#include "wire/nego.h"

/* The run as its attempt sees it: another host, another port, a document of its own; loop, plan and budget are shared.
 */
struct way_run {
    struct run run;
    struct run_options options;
    struct probe_way way;
    struct run *main;
    struct way_run *next; /* in struct probe; the newest first, which is the one under way */
};

void probe_ways_release(struct run *run)
{
    while (run->probe->ways != NULL) {
        struct way_run *next = run->probe->ways->next;
        alloc_free(run->probe->ways);
        run->probe->ways = next;
    }
}

static void ran(struct attempt *attempt, enum check_id id)
{
    ev_set_enum(&attempt->run->evidence->checks[id].ran, SOURCE_PROBE, RAN_DONE);
}

/* Standard RDP security, with or without a negotiation block in the answer. */
static bool takes_plain(const struct attempt *attempt)
{
    const struct ev_offer *offers = attempt->run->evidence->negotiation.offers.items;
    return offers[attempt->offer].failure.source == SOURCE_NONE && attempt->stream != NULL;
}

/* Enters the stage that follows; *over: there is none. */
static bool go_on(struct attempt *attempt, enum stage stage, bool anonymous, bool *over, struct error *error)
{
    const bool nla = attempt->selected == PROTOCOL_HYBRID || attempt->selected == PROTOCOL_HYBRID_EX;
    const bool plain = stage == STAGE_NEGOTIATION && attempt->selected == PROTOCOL_RDP && takes_plain(attempt);
    *over = false;
    if (stage == STAGE_TCP) {
        return attempt_negotiate(attempt, error);
    }
    if (stage == STAGE_NEGOTIATION && probe_leads_to_tls(attempt)) {
        return attempt_tls(attempt, error);
    }
    if (plain || (stage == STAGE_TLS && attempt->selected == PROTOCOL_TLS)) {
        return attempt_session(attempt, error);
    }
    if (stage == STAGE_TLS && nla) {
        return (anonymous || probe_logon_prepare(attempt, error)) && attempt_nla(attempt, error);
    }
    if (stage == STAGE_NLA && attempt->logon != NULL) {
        return attempt_logon(attempt, error);
    }
    *over = true;
    return true;
}

static bool record_stage(struct attempt *attempt, enum stage stage, enum went went, struct error *error)
{
    static const enum check_id checks[] = { [STAGE_TCP] = CHECK_TCP,     [STAGE_NEGOTIATION] = CHECK_NEGOTIATION,
                                            [STAGE_TLS] = CHECK_TLS,     [STAGE_NLA] = CHECK_NLA,
                                            [STAGE_LOGON] = CHECK_LOGON, [STAGE_SESSION] = CHECK_SESSION };
    ran(attempt, checks[stage]);
    if (stage == STAGE_TCP) {
        return probe_record_attempt(attempt, error);
    }
    if (stage == STAGE_TLS && went == WENT_ON) {
        ran(attempt, CHECK_CERTIFICATE);
        return probe_record_chain(attempt, error);
    }
    return true;
}

static void way_moved(struct attempt *attempt, enum stage stage, enum went went, const void *context)
{
    const struct way_run *way = context;
    struct error error = { 0 };
    /* An answer without a negotiation block settles the negotiation, and standard security follows. */
    bool over = went == WENT_OVER || (went == WENT_DONE && stage != STAGE_NEGOTIATION);
    if (!record_stage(attempt, stage, went, &error) ||
        (!over && !go_on(attempt, stage, way->way.anonymous, &over, &error))) {
        attempt_failed(attempt, &error);
        return;
    }
    if (over) {
        attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
        if (attempt->logon != NULL) {
            probe_logon_remember(attempt->run);
        }
        run_let_go(way->main);
    }
}

static bool start(struct run *run, struct error *error)
{
    struct way_run *way = run->probe->ways;
    const struct attempt_options options = {
        .purpose = PURPOSE_FIRST,
        .address = way->way.address,
        .offer = way->way.offer,
        .cookie = true,
        .segments = 1,
        .hello = way->way.wide_tls ? HELLO_WIDE : HELLO_SCHANNEL,
        .through = way->way.wide_tls,
        .mss = way->way.mss,
        .door = true,
        .connect_limit_us = PROBE_CONNECT_US,
    };
    probe_count_connect(&way->run, &options.address);
    return attempt_start(&way->run, &options, way_moved, way, error) != NULL;
}

bool probe_way_start(struct run *run, const struct probe_way *way, struct evidence *evidence, struct error *error)
{
    struct way_run *item = alloc_new(sizeof *item);
    if (item == NULL) {
        return error_no_memory(error);
    }
    item->options = *run->options;
    item->options.host = way->host;
    item->options.port = way->port;
    item->way = *way;
    item->main = run;
    item->run = *run;
    item->run.options = &item->options;
    item->run.evidence = evidence;
    item->next = run->probe->ways;
    run->probe->ways = item;
    run_hold(run);
    return probe_when_allowed(run, 1, start, error);
}
