/* CredSSP up to the NTLM challenge, without any credentials (MS-CSSP 3.1.5, MS-NLMP 2.2.1.2). */
#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "probe/logon.h"
#include "probe/probe_internal.h"
#include "wire/credssp.h"
#include "wire/nego.h"
#include "wire/ntlm.h"
#include "wire/spnego.h"

enum { REQUEST_MAX = 256, NLA_BYTES_MAX = 128 * 1024, NAME_CAP = 512 };

static struct ev_nla *group_of(struct attempt *attempt)
{
    return &attempt->run->evidence->nla;
}

static void over(struct attempt *attempt, enum nla_ended ended, enum end_by by, enum end_how how, int64_t at_us)
{
    ev_set_enum(&group_of(attempt)->ended, SOURCE_PROBE, ended);
    ev_set_int(&group_of(attempt)->after_us, SOURCE_PROBE, attempt_since_sent(attempt, at_us));
    attempt_end(attempt, by, how, at_us);
    attempt_leave(attempt, WENT_OVER);
}

/* --- what the challenge says --- */

static bool set_name(struct ev_text *field, struct slice name, bool unicode, struct error *error)
{
    if (name.bytes == NULL) {
        return true;
    }
    char *text =
        unicode ? text_escape_utf16le(name.bytes, name.size, NAME_CAP) : text_escape(name.bytes, name.size, NAME_CAP);
    if (text == NULL) {
        return error_no_memory(error);
    }
    const bool good = ev_set_words(field, SOURCE_PROBE, text, error);
    alloc_free(text);
    return good;
}

/* AV pairs are always UTF-16LE (MS-NLMP 2.2.2.1). */
static bool record_challenge(struct ev_nla *group, const struct ntlm_challenge *challenge, struct error *error)
{
    char build[32];
    ev_set_int(&group->flags, SOURCE_PROBE, challenge->flags);
    if (challenge->has_timestamp) {
        ev_set_int(&group->server_time, SOURCE_PROBE, ntlm_time_us(challenge->timestamp));
        ev_set_int(&group->received, SOURCE_PROBE, clock_wall_us());
    }
    if (challenge->version.seen) {
        snprintf(build, sizeof(build), "%u.%u.%u", challenge->version.major, challenge->version.minor,
                 challenge->version.build);
        if (!ev_set_words(&group->build, SOURCE_PROBE, build, error)) {
            return false;
        }
    }
    struct ev_nla_target *target = &group->target;
    return set_name(&target->netbios_domain, challenge->netbios_domain, true, error) &&
           set_name(&target->netbios_computer, challenge->netbios_computer, true, error) &&
           set_name(&target->dns_domain, challenge->dns_domain, true, error) &&
           set_name(&target->dns_computer, challenge->dns_computer, true, error) &&
           set_name(&target->dns_forest, challenge->dns_forest, true, error);
}

static bool record_problem(struct ev_nla *group, const char *what, const struct fault *fault, struct error *error)
{
    char text[200];
    snprintf(text, sizeof(text), "%s: byte %zu: %s (%s)", what, fault->offset, fault->why, fault->section);
    return ev_set_words(&group->problem, SOURCE_PROBE, text, error);
}

/* The NTLM message inside the token, raw or wrapped; absent: none that we know. */
static struct slice unwrap(struct ev_nla *group, struct slice token)
{
    struct spnego spnego;
    if (ntlm_recognise(token)) {
        ev_set_enum(&group->package, SOURCE_PROBE, NLA_NTLM_RAW);
        return token;
    }
    if (spnego_recognise(token) && spnego_parse(token, &spnego, NULL) == PARSE_DONE && ntlm_recognise(spnego.token)) {
        ev_set_enum(&group->package, SOURCE_PROBE, NLA_NTLM_SPNEGO);
        return spnego.token;
    }
    ev_set_enum(&group->package, SOURCE_PROBE, NLA_OTHER);
    return slice_of(NULL, 0);
}

/* Reads the token; *ended is what that makes of the answer. */
static bool record_token(struct ev_nla *group, struct slice token, enum nla_ended *ended, struct error *error)
{
    struct ntlm_challenge challenge;
    struct fault fault = { 0, "MS-NLMP 2.2.1.2", "no NTLM message" };
    const struct slice message = unwrap(group, token);
    *ended = NLA_GARBAGE;
    if (message.bytes == NULL) {
        return record_problem(group, "token", &fault, error);
    }
    if (ntlm_challenge_parse(message, &challenge, &fault) != PARSE_DONE) {
        return record_problem(group, "NTLM challenge", &fault, error);
    }
    *ended = NLA_CHALLENGED;
    return record_challenge(group, &challenge, error);
}

static bool record_answer(struct attempt *attempt, const struct credssp *answer, enum nla_ended *ended,
                          struct error *error)
{
    struct ev_nla *group = group_of(attempt);
    ev_set_int(&group->credssp_version, SOURCE_PROBE, answer->version);
    if (attempt->logon != NULL && attempt->logon->package == NET_AUTH_KERBEROS) {
        /* whatever it says is about the ticket: the logon's to read */
        if (group->package.source == SOURCE_NONE) {
            ev_set_enum(&group->package, SOURCE_PROBE, NLA_KERBEROS);
        }
        *ended = NLA_TAKEN;
        return true;
    }
    if (answer->has_error) {
        ev_set_int(&group->error, SOURCE_PROBE, answer->error);
        *ended = NLA_ERROR_CODE;
        return true;
    }
    if (answer->token.bytes == NULL) {
        const struct fault fault = { 0, "MS-CSSP 2.2.1", "neither a token nor an error" };
        *ended = NLA_GARBAGE;
        return record_problem(group, "TSRequest", &fault, error);
    }
    return record_token(group, answer->token, ended, error);
}

/* --- the stage --- */

/* True when the answer is settled, one way or the other; *ended says which. */
static bool try_answer(struct attempt *attempt, enum nla_ended *ended, bool *settled, struct error *error)
{
    struct ev_nla *group = group_of(attempt);
    struct cursor cursor = cursor_of(attempt->in.bytes, attempt->in.size);
    struct credssp answer;
    struct fault fault = { 0 };
    *settled = true;
    if (attempt->in.size == 0) {
        *settled = false;
        return true;
    }
    switch (credssp_parse(&cursor, &answer, &fault)) {
    case PARSE_MORE:
        *settled = false;
        return true;
    case PARSE_DONE:
        return record_answer(attempt, &answer, ended, error);
    case PARSE_BAD:
    default:
        *ended = NLA_GARBAGE;
        return record_problem(group, "TSRequest", &fault, error);
    }
}

static void nla_received(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct error error = { 0 };
    bool closed = false;
    bool settled = false;
    enum nla_ended ended = NLA_GARBAGE;
    attempt->heard_us = at_us;
    if (attempt->stage_bytes > NLA_BYTES_MAX) {
        over(attempt, NLA_GARBAGE, END_BY_US, END_OUR_LIMIT, at_us);
        return;
    }
    const bool stepped = net_tls_step(attempt->tls, bytes, size) == NET_TLS_UP;
    const bool read = net_tls_read(attempt->tls, &attempt->in, &closed);
    if (attempt->in.failed) { /* its cap lies far above NLA_BYTES_MAX */
        error_no_memory(&error);
        attempt_failed(attempt, &error);
        return;
    }
    if (!probe_tls_flush(attempt, &error) || !try_answer(attempt, &ended, &settled, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    const int alert = net_tls_alert(attempt->tls);
    if (settled && attempt->logon != NULL && (ended == NLA_CHALLENGED || ended == NLA_TAKEN)) {
        if (group_of(attempt)->ended.source == SOURCE_NONE || ended == NLA_CHALLENGED) {
            ev_set_enum(&group_of(attempt)->ended, SOURCE_PROBE, (int)ended);
        }
        ev_set_int(&group_of(attempt)->after_us, SOURCE_PROBE, attempt_since_sent(attempt, at_us));
        attempt_leave(attempt, WENT_ON); /* attempt->in still holds it: the logon reads it again */
    } else if (settled) {
        over(attempt, ended, END_BY_US, END_DONE, at_us);
    } else if (alert > 0) {
        ev_set_int(&group_of(attempt)->alert, SOURCE_PROBE, alert);
        over(attempt, NLA_ALERT, END_BY_PEER, END_ALERT, at_us);
    } else if (closed) {
        over(attempt, NLA_CLOSED, END_BY_PEER, END_FIN, at_us);
    } else if (!stepped || !read) {
        over(attempt, NLA_GARBAGE, END_BY_US, END_DONE, at_us);
    }
}

static void nla_ended(struct attempt *attempt, enum net_end end, int64_t at_us)
{
    struct ev_nla *group = group_of(attempt);
    ev_set_enum(&group->ended, SOURCE_PROBE,
                end == NET_END_FIN   ? NLA_CLOSED
                : end == NET_END_RST ? NLA_RESET
                                     : NLA_SILENT);
    ev_set_int(&group->after_us, SOURCE_PROBE, attempt_since_sent(attempt, at_us));
    attempt_leave(attempt, WENT_OVER);
}

static void nla_expired(struct attempt *attempt)
{
    const int64_t now_us = clock_monotonic_us();
    const bool trickles = attempt->stage_bytes > 0 && now_us - attempt->heard_us < PROBE_NLA_US / 5;
    over(attempt, NLA_SILENT, END_BY_US, trickles ? END_OUR_LIMIT : END_SILENCE, now_us);
}

static const struct attempt_stage nla_stage = {
    .stage = STAGE_NLA,
    .received = nla_received,
    .ended = nla_ended,
    .expired = nla_expired,
};

bool attempt_nla(struct attempt *attempt, struct error *error)
{
    uint8_t token[NTLM_NEGOTIATE_SIZE];
    uint8_t bytes[REQUEST_MAX];
    struct writer token_writer = writer_of(token, sizeof(token));
    struct writer writer = writer_of(bytes, sizeof(bytes));
    buffer_clear(&attempt->in);
    attempt->heard_us = clock_monotonic_us();
    if (attempt->logon != NULL) {
        return attempt_enter(attempt, &nla_stage, PROBE_NLA_US + PROBE_KDC_US, error) && logon_begin(attempt, error);
    }
    if (!ntlm_negotiate_write(&token_writer)) {
        return error_set(error, ERROR_INTERNAL, "the NTLM message could not be written");
    }
    const struct credssp request = {
        .version = CREDSSP_VERSION_OURS,
        .token = slice_of(token, writer_size(&token_writer)),
    };
    if (!credssp_write(&writer, &request)) {
        return error_set(error, ERROR_INTERNAL, "the TSRequest could not be written");
    }
    return attempt_enter(attempt, &nla_stage, PROBE_NLA_US, error) &&
           net_tls_write(attempt->tls, bytes, writer_size(&writer), error) && probe_tls_flush(attempt, error);
}

/* --- the check --- */

void probe_nla_over(struct attempt *attempt)
{
    struct run *run = attempt->run;
    const int ended = run->evidence->nla.ended.v;
    if (ended != NLA_CHALLENGED && ended != NLA_TAKEN) {
        struct error error = { 0 };
        run_blocked(run, CHECK_NLA, "the NTLM challenge did not come");
        if (!probe_logon_by_spnego(attempt, &error)) {
            run_failed(run, &error);
        }
    }
    run_end(run, CHECK_NLA, RAN_DONE, NULL);
}

static bool nla_start(struct run *run, struct error *error)
{
    struct attempt *first = run->probe->first;
    if (first->selected == PROTOCOL_HYBRID || first->selected == PROTOCOL_HYBRID_EX) {
        if (first->stream != NULL) {
            return probe_logon_prepare(first, error) && attempt_nla(first, error);
        }
        run_blocked(run, CHECK_NLA, "the connection was closed after the TLS handshake");
        run_end(run, CHECK_NLA, RAN_POINTLESS, "the connection was closed after the TLS handshake");
        return true;
    }
    const char *why = "the server chose TLS without NLA";
    if (!probe_session_follows(run)) {
        attempt_end(first, END_BY_US, END_DONE, clock_monotonic_us());
    }
    run_blocked(run, CHECK_NLA, why);
    run_end(run, CHECK_NLA, RAN_POINTLESS, why);
    return true;
}

static void nla_cancel(struct run *run)
{
    probe_settle(run);
}

const struct check probe_nla = {
    .id = CHECK_NLA,
    .needs = NEEDS(CHECK_TLS),
    .start = nla_start,
    .cancel = nla_cancel,
};
