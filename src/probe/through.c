/* X.224, TLS, certificate, NLA, logon and session, as of a direct connection, through the gateway's channel. */
#include "probe/through.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "probe/probe_internal.h"
#include "wire/nego.h"

struct through {
    struct run run; /* loop, plan and options are shared with the main run; document and connections are its own */
    struct gateway_look *look;
    bool opened;
    bool over;
};

static void ran(struct run *run, enum check_id id)
{
    ev_set_enum(&run->evidence->checks[id].ran, SOURCE_PROBE, RAN_DONE);
}

/* Why a stage was not entered. */
static bool pointless(struct run *run, enum check_id id, const char *why, struct error *error)
{
    struct ev_check *check = &run->evidence->checks[id];
    ev_set_enum(&check->ran, SOURCE_PROBE, RAN_POINTLESS);
    return ev_set_words(&check->why, SOURCE_PROBE, why, error);
}

static bool is_nla(const struct attempt *attempt)
{
    return attempt->selected == PROTOCOL_HYBRID || attempt->selected == PROTOCOL_HYBRID_EX;
}

/* Standard RDP security, with or without a negotiation block in the answer. */
static bool takes_plain(const struct attempt *attempt)
{
    const struct ev_offer *offers = attempt->run->evidence->negotiation.offers.items;
    return offers[attempt->offer].failure.source == SOURCE_NONE && attempt->selected == PROTOCOL_RDP;
}

static bool after_tls(struct attempt *attempt, bool *over, struct error *error)
{
    struct run *run = attempt->run;
    if (!probe_record_chain(attempt, error)) {
        return false;
    }
    if (is_nla(attempt)) {
        return probe_logon_prepare(attempt, error) && attempt_nla(attempt, error);
    }
    *over = !probe_session_follows(run);
    return pointless(run, CHECK_LOGON, "the server chose TLS without NLA", error) &&
           (*over || attempt_session(attempt, error));
}

static bool after_logon(struct attempt *attempt, enum went went, bool *over, struct error *error)
{
    struct run *run = attempt->run;
    probe_logon_remember(run);
    if (went == WENT_ON) {
        run->probe->logged_on = attempt;
    }
    *over = went != WENT_ON || !probe_session_follows(run);
    return *over || attempt_session(attempt, error);
}

static bool after_nla(struct attempt *attempt, enum went went, bool *over, struct error *error)
{
    *over = went != WENT_ON || attempt->logon == NULL;
    if (!*over) {
        return attempt_logon(attempt, error);
    }
    return went == WENT_ON || probe_logon_by_spnego(attempt, error);
}

/* Enters the stage that follows; *over: there is none. */
static bool go_on(struct attempt *attempt, enum stage stage, enum went went, bool *over, struct error *error)
{
    struct run *run = attempt->run;
    *over = false;
    switch (stage) {
    case STAGE_TCP:
        *over = went != WENT_ON;
        return *over || (probe_record_attempt(attempt, error) && attempt_negotiate(attempt, error));
    case STAGE_NEGOTIATION:
        if (went == WENT_ON && probe_leads_to_tls(attempt)) {
            return attempt_tls(attempt, error);
        }
        *over = went == WENT_OVER || attempt->stream == NULL || !takes_plain(attempt) || !probe_session_follows(run);
        return *over || attempt_session(attempt, error);
    case STAGE_TLS:
        *over = went != WENT_ON;
        return *over || after_tls(attempt, over, error);
    case STAGE_NLA:
        return after_nla(attempt, went, over, error);
    case STAGE_LOGON:
        return after_logon(attempt, went, over, error);
    case STAGE_SESSION:
    default:
        *over = true;
        return true;
    }
}

static void moved(struct attempt *attempt, enum stage stage, enum went went, const void *context)
{
    static const enum check_id checks[] = { [STAGE_TCP] = CHECK_TCP,     [STAGE_NEGOTIATION] = CHECK_NEGOTIATION,
                                            [STAGE_TLS] = CHECK_TLS,     [STAGE_NLA] = CHECK_NLA,
                                            [STAGE_LOGON] = CHECK_LOGON, [STAGE_SESSION] = CHECK_SESSION };
    struct run *run = attempt->run;
    struct through *through = run->probe->door->through;
    struct error error = { 0 };
    bool over = false;
    (void)context;
    ran(run, checks[stage]);
    through->opened = through->opened || went == WENT_ON;
    if (stage == STAGE_TCP && went == WENT_ON) {
        run->probe->first = attempt;
    }
    if (!go_on(attempt, stage, went, &over, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    if (over) {
        attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
        through->over = true;
        gateway_perhaps_done(through->look);
    }
}

static bool connect_first(struct through *through, struct error *error)
{
    const struct attempt_options options = {
        .purpose = PURPOSE_FIRST,
        .offer = PROTOCOL_MSTSC,
        .cookie = true,
        .segments = 1,
        .hello = HELLO_SCHANNEL,
    };
    struct run *run = &through->run;
    probe_count_connect(run, &options.address);
    return attempt_start(run, &options, moved, NULL, error) != NULL;
}

/* The budget is one: what was connected to directly counts here as well. */
static bool own_probe(struct through *through, const struct run *main, struct error *error)
{
    struct run *run = &through->run;
    if (!probe_init(run, error)) {
        return false;
    }
    struct probe *probe = run->probe;
    probe->door = through->look;
    probe->opened = main->probe->opened;
    probe->tried = main->probe->tried;
    probe->exempt = main->probe->exempt || probe_is_loopback(main->options->host);
    probe->logon_spent = main->probe->logon_spent;
    memcpy(probe->accepted, main->probe->accepted, sizeof probe->accepted);
    return true;
}

bool through_start(struct gateway_look *look, struct error *error)
{
    through_free(look->through);
    look->through = NULL;
    struct through *through = alloc_new(sizeof *through);
    if (through == NULL) {
        return error_no_memory(error);
    }
    look->through = through;
    through->look = look;
    through->run = *look->run;
    through->run.probe = NULL;
    through->run.evidence = evidence_new(error);
    return through->run.evidence != NULL && own_probe(through, look->run, error) && connect_first(through, error);
}

void through_free(struct through *through)
{
    if (through != NULL) {
        probe_release(&through->run);
        evidence_free(through->run.evidence);
        alloc_free(through);
    }
}

bool through_over(const struct through *through)
{
    return through != NULL && through->over;
}

struct run *through_run(struct through *through)
{
    return through != NULL && through->opened ? &through->run : NULL;
}

void through_settle(struct through *through)
{
    if (through != NULL && through->run.probe != NULL) {
        probe_settle(&through->run);
    }
}

static void keep_first_word(const struct evidence *seen, struct ev_gateway_tunnel *tunnel)
{
    static const enum gateway_behind behind[] = {
        [NEGO_ANSWERED] = GATEWAY_BEHIND_RDP,  [NEGO_CLOSED] = GATEWAY_BEHIND_CLOSED,
        [NEGO_RESET] = GATEWAY_BEHIND_CLOSED,  [NEGO_SILENT] = GATEWAY_BEHIND_SILENT,
        [NEGO_NOT_RDP] = GATEWAY_BEHIND_OTHER,
    };
    const struct ev_offer *first = seen->negotiation.offers.items;
    if (first == NULL || first->ended.source == SOURCE_NONE) {
        return;
    }
    const bool refuses = first->failure.source != SOURCE_NONE;
    ev_set_enum(&tunnel->behind, SOURCE_PROBE, refuses ? GATEWAY_BEHIND_REFUSES : (int)behind[first->ended.v]);
    tunnel->selected = first->selected;
    tunnel->failure = first->failure;
}

bool through_keep(struct through *through, struct error *error)
{
    if (through_run(through) == NULL) {
        return true;
    }
    const struct evidence *seen = through->run.evidence;
    struct evidence *main = through->look->run->evidence;
    const struct ev_through parts = {
        .connections = seen->connections,
        .tcp = seen->tcp,
        .negotiation = seen->negotiation,
        .tls = seen->tls,
        .certificate = seen->certificate,
        .nla = seen->nla,
        .logon = seen->logon,
        .session = seen->session,
        .logon_run = seen->checks[CHECK_LOGON],
        .session_run = seen->checks[CHECK_SESSION],
    };
    struct ev_through copy = { 0 };
    if (!field_copy(&through_table, &parts, &copy, error)) {
        field_release(&through_table, &copy);
        return false;
    }
    field_release(&through_table, &main->through);
    main->through = copy;
    keep_first_word(seen, &main->gateway.tunnel);
    return true;
}
