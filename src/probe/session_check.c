/* The check session: goes on, when it was asked for, on the connection that got furthest: behind the logon of NLA, on
 * TLS without NLA, or on standard RDP security. */
#include "base/clock.h"
#include "probe/probe_internal.h"
#include "wire/nego.h"

/* The connection that a session can go on with; NULL: *why there is none. */
static struct attempt *way_on(struct run *run, const char **why)
{
    struct attempt *first = run->probe->first;
    const bool nla = first != NULL && (first->selected == PROTOCOL_HYBRID || first->selected == PROTOCOL_HYBRID_EX);
    *why = NULL;
    if (run->probe->logged_on != NULL && run->probe->logged_on->stream != NULL) {
        return run->probe->logged_on;
    }
    if (nla) {
        *why = run->options->credentials == NULL ? "NLA wants a logon first (--user)" : "nobody was logged on";
        return NULL;
    }
    if (first == NULL || first->stream == NULL || first->doing != NULL) {
        *why = "no connection came so far";
        return NULL;
    }
    if (run->evidence->negotiation.offers.count == 0 || (first->selected == PROTOCOL_TLS && first->tls == NULL)) {
        *why = "the connection was not made up to where a session begins (--skip)";
        return NULL;
    }
    if (first->selected != PROTOCOL_RDP && first->selected != PROTOCOL_TLS) {
        *why = "the server chose a protocol that was not offered";
        return NULL;
    }
    return first;
}

/* A server that turns TLS and NLA down gets the session it would have: standard RDP security, by a connection of its
 * own, which is the deciding test offer-rdp as well. */
static bool turned_down(const struct run *run)
{
    const struct attempt *first = run->probe->first;
    const struct ev_list *offers = &run->evidence->negotiation.offers;
    if (first == NULL || first->offer >= offers->count || probe_connects_left(run) == 0) {
        return false;
    }
    const struct ev_offer *offer = (const struct ev_offer *)offers->items + first->offer;
    return offer->failure.source != SOURCE_NONE && offer->failure.v == NEGO_FAILURE_TLS_NOT_ALLOWED;
}

/* The Confirm says so; a failure has no protocol either. */
static bool standard_follows(const struct attempt *attempt)
{
    const struct ev_list *offers = &attempt->run->evidence->negotiation.offers;
    const struct ev_offer *offer = (const struct ev_offer *)offers->items + attempt->offer;
    return offer->failure.source == SOURCE_NONE;
}

static void own_moved(struct attempt *attempt, enum stage stage, enum went went, const void *context)
{
    struct error error = { 0 };
    bool good = true;
    (void)context;
    if (stage == STAGE_TCP && went == WENT_ON) {
        good = attempt_negotiate(attempt, &error);
    } else if (stage == STAGE_NEGOTIATION && went != WENT_OVER && attempt->stream != NULL &&
               attempt->selected == PROTOCOL_RDP && standard_follows(attempt)) {
        good = attempt_session(attempt, &error);
    } else {
        attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
        if (stage == STAGE_SESSION) {
            probe_session_over(attempt);
        } else {
            run_end(attempt->run, CHECK_SESSION, RAN_POINTLESS, "the server has no security layer that was offered");
        }
    }
    if (!good) {
        attempt_failed(attempt, &error);
    }
}

static bool start_own(struct run *run, struct error *error)
{
    const struct attempt_options options = {
        .purpose = PURPOSE_OFFER_RDP,
        .address = run->probe->first->options.address,
        .offer = PROTOCOL_RDP,
        .cookie = true,
        .segments = 1,
        .hello = HELLO_NONE,
        .connect_limit_us = PROBE_CONNECT_US,
    };
    run->probe->tests_made |= 1U << PROBE_OFFER_RDP;
    probe_count_connect(run, &options.address);
    return attempt_start(run, &options, own_moved, NULL, error) != NULL;
}

static bool session_start(struct run *run, struct error *error)
{
    const char *why;
    if (!run->options->session) {
        run_end(run, CHECK_SESSION, RAN_NOT_ASKED, "only with --session");
        return true;
    }
    if (probe_logon_elsewhere(run)) {
        run_end(run, CHECK_SESSION, RAN_POINTLESS, "the way goes through the gateway, and so does the session");
        return true;
    }
    if (turned_down(run)) {
        return probe_when_allowed(run, 1, start_own, error);
    }
    struct attempt *attempt = way_on(run, &why);
    if (attempt == NULL) {
        run_end(run, CHECK_SESSION, RAN_POINTLESS, why);
        return true;
    }
    return attempt_session(attempt, error);
}

void probe_session_over(struct attempt *attempt)
{
    run_end(attempt->run, CHECK_SESSION, RAN_DONE, NULL);
}

static void session_cancel(struct run *run)
{
    probe_stop_waiting(run);
    probe_settle(run);
}

bool probe_logged_on(const struct attempt *attempt)
{
    return attempt->run->probe->logged_on == attempt;
}

bool probe_session_follows(const struct run *run)
{
    return run->options->session && !probe_logon_elsewhere(run) && (run->options->asked & NEEDS(CHECK_SESSION)) != 0;
}

const struct check probe_session = {
    .id = CHECK_SESSION,
    .needs = NEEDS(CHECK_TCP),
    .after =
        NEEDS(CHECK_NEGOTIATION) | NEEDS(CHECK_TLS) | NEEDS(CHECK_CERTIFICATE) | NEEDS(CHECK_NLA) | NEEDS(CHECK_LOGON),
    .else_why = "only with --session",
    .start = session_start,
    .cancel = session_cancel,
};
