/* The check logon: rides on connection 1 when the certificate can be trusted at once; else it waits for somebody's word
 * and takes a connection of its own. One logon a run, all mechanisms together. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "plan/credentials.h"
#include "probe/logon.h"
#include "probe/logon_log.h"
#include "probe/probe_internal.h"
#include "wire/nego.h"

static const char withheld[] = "the certificate is not trusted here, so no password was shown to it (--trust-cert)";

static uint64_t account_of(const struct run *run, const struct logon_name *name)
{
    return logon_log_account(run->options->host, run->options->port, name->domain, name->user);
}

/* Why this account is not tried now; NULL: nothing forbids it. */
static const char *forbidden(struct run *run, const struct logon_name *name, char text[160])
{
    const int64_t ago_s = run->options->again ? -1 : logon_log_read(account_of(run, name));
    if (name->form == LOGON_ENTRA) {
        return "an account of Entra ID signs in by Entra ID, which neither NTLM nor Kerberos can do";
    }
    if (ago_s < 0) {
        return NULL;
    }
    snprintf(text, 160,
             "this logon was turned down %" PRId64 " min ago, and a repetition may lock the account; --again tries it",
             ago_s / 60);
    return text;
}

static bool read_name(const struct run *run, struct logon_name *name, struct error *error)
{
    const struct credentials *credentials = run->options->credentials;
    return logon_name_read(credentials->user, credentials->domain, run->options->host, name, error);
}

/* CORP\alice: this machine's krb5.conf may know CORP, and a server whose certificate somebody accepted may have said in
 * its challenge what the DNS calls it. */
static void find_realm(const struct run *run, struct logon_name *name)
{
    const struct ev_nla_target *target = &run->evidence->nla.target;
    char realm[NET_AUTH_NAME_SIZE];
    if (logon_name_lacks_realm(name) && net_auth_realm(name->domain, run->options->host, realm)) {
        logon_name_set_realm(name, realm);
    }
    logon_name_heed_server(name, target->netbios_computer.v, target->netbios_domain.v, target->dns_domain.v);
}

bool probe_logon_prepare(struct attempt *attempt, struct error *error)
{
    struct run *run = attempt->run;
    struct ev_logon *group = &run->evidence->logon;
    struct logon_name name;
    enum logon_trust trust;
    char text[160];
    if (run->options->credentials == NULL || (run->options->asked & NEEDS(CHECK_LOGON)) == 0 ||
        run->probe->logon_spent || probe_logon_elsewhere(run)) {
        return true;
    }
    if (!read_name(run, &name, error) || !logon_trusts(attempt, &trust, error)) {
        return false;
    }
    ev_set_enum(&group->form, SOURCE_USER, (int)name.form);
    ev_set_enum(&group->trust, SOURCE_PROBE, (int)trust);
    if (forbidden(run, &name, text) != NULL) {
        return true;
    }
    if (trust == LOGON_NOT_TRUSTED) {
        ev_set_enum(&group->ended, SOURCE_PROBE, LOGON_WITHHELD);
        return true;
    }
    find_realm(run, &name);
    if (run->probe->logon_spnego) {
        name.realm[0] = '\0'; /* what Kerberos came to is known */
    } else {
        ev_set_enum(&group->kerberos.result, SOURCE_PROBE, KERBEROS_NOT_TRIED);
    }
    if (name.realm[0] != '\0') {
        group->kerberos.result = (struct ev_enum){ 0 }; /* it will be */
    } else if (!run->probe->logon_spnego && !ev_set_words(&group->kerberos.why, SOURCE_PROBE, name.why, error)) {
        return false;
    }
    group->ended = (struct ev_enum){ 0 };
    ev_set_bool(&group->proof, SOURCE_PROBE, false);
    ev_set_bool(&group->sent, SOURCE_PROBE, false);
    run->probe->logon_spent = true;
    if (!logon_prepare(attempt, &name, error)) {
        return false;
    }
    attempt->logon->spnego = run->probe->logon_spnego;
    return true;
}

/* What the next run has to know, and what became of this one. */
void probe_logon_remember(struct run *run)
{
    const struct ev_logon *group = &run->evidence->logon;
    struct logon_name name;
    const bool tried = group->proof.v || group->kerberos.proof.v;
    /* what was cut short may count as a wrong password as well */
    const bool taken = group->ended.source != SOURCE_NONE && group->ended.v == LOGON_GOOD;
    if (tried && read_name(run, &name, NULL)) {
        logon_log_note(account_of(run, &name), !taken);
    }
}

static const char *session_block(const struct ev_logon *group)
{
    return group->ended.v != LOGON_GOOD           ? "nobody was logged on"
           : group->right.v == LOGON_RIGHT_DENIED ? "the account has no right to a session"
                                                  : "the connection ended after the logon";
}

void probe_logon_over(struct attempt *attempt, enum went went)
{
    struct run *run = attempt->run;
    probe_logon_remember(run);
    if (went == WENT_ON) {
        run->probe->logged_on = attempt;
    } else {
        run_blocked(run, CHECK_LOGON, session_block(&run->evidence->logon));
    }
    run_end(run, CHECK_LOGON, RAN_DONE, NULL);
}

static bool logon_start(struct run *run, struct error *error)
{
    struct attempt *first = run->probe->first;
    const struct ev_logon *group = &run->evidence->logon;
    struct logon_name name;
    char text[160];
    if (run->options->credentials == NULL) {
        run_end(run, CHECK_LOGON, RAN_NOT_ASKED, "only with --user");
        return true;
    }
    if (probe_logon_elsewhere(run)) {
        run_blocked(run, CHECK_LOGON, "nobody was logged on directly");
        run_end(run, CHECK_LOGON, RAN_POINTLESS, "the way goes through the gateway, and so does the logon");
        return true;
    }
    if (first->logon != NULL && first->stream != NULL) {
        return attempt_logon(first, error);
    }
    if (first->logon != NULL || (group->ended.source != SOURCE_NONE && group->ended.v != LOGON_WITHHELD)) {
        probe_logon_remember(run);
        run_blocked(run, CHECK_LOGON, session_block(group));
        run_end(run, CHECK_LOGON, RAN_DONE, NULL);
        return true;
    }
    if (!read_name(run, &name, error)) {
        return false;
    }
    const char *why = forbidden(run, &name, text);
    run_blocked(run, CHECK_LOGON, "nobody was logged on");
    run_end(run, CHECK_LOGON, why != NULL ? RAN_NOT_ASKED : RAN_POINTLESS, why != NULL ? why : withheld);
    return true;
}

static void logon_cancel(struct run *run)
{
    probe_logon_remember(run);
    probe_settle(run);
}

const struct check probe_logon = {
    .id = CHECK_LOGON,
    .needs = NEEDS(CHECK_NLA),
    .else_why = "only with --user",
    .start = logon_start,
    .cancel = logon_cancel,
};

/* --- a connection of its own --- */

bool probe_logon_withheld(const struct run *run)
{
    const struct ev_logon *group = &run->evidence->logon;
    const struct ev_enum *gateway = &run->evidence->gateway.tunnel.phase;
    if (gateway->source != SOURCE_NONE && gateway->v == GATEWAY_PHASE_LOGON) {
        return false; /* it did not take the logon: that was this run's try */
    }
    return group->ended.source != SOURCE_NONE && group->ended.v == LOGON_WITHHELD && !run->probe->logon_spent &&
           run->evidence->certificate.sha256.v != NULL && probe_connects_left(run) > 0 && !run_stopping(run);
}

/* The check had ended without it. */
static void amend(struct run *run, enum check_id id)
{
    struct ev_check *check = &run->evidence->checks[id];
    ev_set_enum(&check->ran, SOURCE_PROBE, RAN_DONE);
    alloc_free(check->why.v);
    check->why = (struct ev_text){ 0 };
}

static bool own_next(struct attempt *attempt, enum stage stage, bool *over, struct error *error)
{
    const bool nla = attempt->selected == PROTOCOL_HYBRID || attempt->selected == PROTOCOL_HYBRID_EX;
    *over = false;
    switch ((int)stage) {
    case STAGE_TCP:
        return attempt_negotiate(attempt, error);
    case STAGE_NEGOTIATION:
        *over = !nla || !probe_leads_to_tls(attempt);
        return *over || attempt_tls(attempt, error);
    case STAGE_TLS:
        if (!probe_logon_prepare(attempt, error)) {
            return false;
        }
        *over = attempt->logon == NULL; /* another certificate than the one that was accepted */
        return *over || attempt_nla(attempt, error);
    case STAGE_NLA:
        return attempt_logon(attempt, error);
    default:
        *over = true;
        return true;
    }
}

static void own_moved(struct attempt *attempt, enum stage stage, enum went went, const void *context)
{
    struct run *run = attempt->run;
    struct error error = { 0 };
    bool over = went != WENT_ON;
    (void)context;
    if (!over && !own_next(attempt, stage, &over, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    if (!over) {
        return;
    }
    if (stage == STAGE_SESSION) {
        amend(run, CHECK_SESSION);
        run_let_go(run);
        return;
    }
    if (stage == STAGE_LOGON && went == WENT_ON) {
        run->probe->logged_on = attempt;
    } else {
        attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
    }
    if (run->probe->logon_spent) {
        probe_logon_remember(run);
        amend(run, CHECK_LOGON);
    }
    if (run->probe->logged_on != attempt || !probe_session_follows(run)) {
        run_let_go(run);
    } else if (!attempt_session(attempt, &error)) {
        attempt_failed(attempt, &error);
    }
}

static bool own_start(struct run *run, struct error *error)
{
    const struct attempt_options options = {
        .purpose = PURPOSE_LOGON,
        .address = run->probe->first->options.address,
        .offer = run->probe->first->options.offer,
        .cookie = true,
        .segments = 1,
        .hello = HELLO_SCHANNEL,
        .connect_limit_us = PROBE_CONNECT_US,
    };
    probe_count_connect(run, &options.address);
    return attempt_start(run, &options, own_moved, NULL, error) != NULL;
}

bool probe_logon_by_spnego(struct attempt *attempt, struct error *error)
{
    struct run *run = attempt->run;
    const int ended = run->evidence->nla.ended.v;
    const bool turned_down = ended == NLA_CLOSED || ended == NLA_RESET || ended == NLA_ALERT || ended == NLA_GARBAGE;
    if (!turned_down || attempt->logon == NULL || attempt->logon->package != NET_AUTH_NTLM_RAW ||
        run->probe->logon_spnego || run->evidence->logon.proof.v || probe_connects_left(run) == 0 ||
        run_stopping(run)) {
        return true;
    }
    run->probe->logon_spnego = true;
    run->probe->logon_spent = false;
    run_hold(run);
    return probe_when_allowed(run, 1, own_start, error);
}

bool probe_logon_start(struct run *run, struct error *error)
{
    snprintf(run->probe->accepted, sizeof(run->probe->accepted), "%s", run->evidence->certificate.sha256.v);
    run_hold(run);
    return probe_when_allowed(run, 1, own_start, error);
}
