/* CredSSP with credentials (MS-CSSP 3.1.5), a state machine between a server and the child that holds the library:
 *
 *   token -> server's token -> ... -> last token and pubKeyAuth -> its pubKeyAuth: it took the password, and the TLS
 *   connection is one and the same -> authInfo (only where somebody needs it) -> early result (HYBRID_EX)
 *
 * authInfo carries the password itself. Without it a server has judged the account already: its pubKeyAuth is sealed
 * with a key that the right password alone makes. So it is sent only where the server's answer to it is looked at: the
 * right to use Remote Desktop, which a HYBRID_EX server tells then, and a session. */
#include "probe/logon.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "plan/credentials.h"
#include "platform/random.h"
#include "probe/probe_internal.h"

enum {
    KEY_CAP = 16384,
    LOGON_BYTES_MAX = 256 * 1024,
    TSREQUEST_TAG = 0x30, /* an early result never begins so: its first byte is 0 or 5 */
};

static struct ev_logon *group_of(struct attempt *attempt)
{
    return &attempt->run->evidence->logon;
}

void logon_free(struct logon *logon)
{
    if (logon != NULL) {
        net_auth_free(logon->auth);
        buffer_release(&logon->key);
        buffer_release(&logon->token);
        alloc_free(logon);
    }
}

bool logon_prepare(struct attempt *attempt, const struct logon_name *name, struct error *error)
{
    struct logon *logon = alloc_new(sizeof(*logon));
    if (logon == NULL) {
        return error_no_memory(error);
    }
    logon->attempt = attempt;
    logon->name = *name;
    logon->version = CREDSSP_VERSION_OURS;
    buffer_init(&logon->key, KEY_CAP);
    buffer_init(&logon->token, NET_AUTH_BYTES_MAX);
    if (!net_tls_public_key(attempt->tls, &logon->key) || logon->key.size == 0) {
        const bool no_room = logon->key.failed; /* or a key of more than 16 KiB, which nobody has */
        logon_free(logon);
        return no_room ? error_no_memory(error)
                       : error_set(error, ERROR_INTERNAL, "the server's public key could not be read");
    }
    if (!platform_random(logon->nonce, sizeof(logon->nonce), error)) {
        logon_free(logon);
        return false;
    }
    attempt->logon = logon;
    return true;
}

/* --- how it ends --- */

void logon_settle(struct attempt *attempt, enum logon_ended ended, int64_t at_us)
{
    struct ev_logon *group = group_of(attempt);
    ev_set_enum(&group->ended, SOURCE_PROBE, ended);
    ev_set_int(&group->after_us, SOURCE_PROBE, attempt_since_sent(attempt, at_us));
}

/* The child has done its part; what the library knows of the password goes with it. */
void logon_dismiss(struct attempt *attempt)
{
    net_auth_free(attempt->logon->auth);
    attempt->logon->auth = NULL;
}

/* Nothing can follow on this connection. */
void logon_over(struct attempt *attempt, enum logon_ended ended, enum end_by by, enum end_how how)
{
    const int64_t now_us = clock_monotonic_us();
    logon_settle(attempt, ended, now_us);
    logon_dismiss(attempt);
    attempt_end(attempt, by, how, now_us);
    attempt_leave(attempt, WENT_OVER);
}

void logon_problem(struct attempt *attempt, enum logon_ended ended, const char *words)
{
    struct error error = { 0 };
    if (words[0] != '\0' && !ev_set_text(&group_of(attempt)->problem, SOURCE_PROBE, words, strlen(words), &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    logon_over(attempt, ended, END_BY_US, END_DONE);
}

void logon_finish(struct attempt *attempt)
{
    logon_dismiss(attempt);
    if (attempt->run->options->session) {
        attempt_leave(attempt, WENT_ON);
        return;
    }
    attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
    attempt_leave(attempt, WENT_DONE);
}

/* --- what the server sends --- */

/* True when four bytes were there. */
static bool early_result(struct attempt *attempt)
{
    struct ev_logon *group = group_of(attempt);
    struct cursor cursor = cursor_of(attempt->in.bytes, attempt->in.size);
    uint32_t code;
    if (attempt->in.size == 0 || !cursor_u32le(&cursor, &code)) {
        return false;
    }
    ev_set_int(&group->right_code, SOURCE_PROBE, code);
    ev_set_enum(&group->right, SOURCE_PROBE,
                code == 0   ? LOGON_RIGHT_GRANTED
                : code == 5 ? LOGON_RIGHT_DENIED
                            : LOGON_RIGHT_OTHER);
    buffer_consume(&attempt->in, CREDSSP_EARLY_SIZE);
    if (code == 0) {
        logon_finish(attempt);
    } else {
        logon_dismiss(attempt);
        attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
        attempt_leave(attempt, WENT_OVER);
    }
    return true;
}

static bool take_request(struct attempt *attempt, const struct credssp *request, struct error *error)
{
    struct logon *logon = attempt->logon;
    if (logon->peer != 0 && request->version != logon->peer) {
        logon_problem(attempt, LOGON_GARBAGE, "TSRequest: the version is another one than before (MS-CSSP 3.1.5)");
        return true;
    }
    logon->peer = request->version;
    logon->version = request->version < logon->version ? request->version : logon->version;
    if (request->has_error) {
        ev_set_int(&group_of(attempt)->error, SOURCE_PROBE, request->error);
        logon_over(attempt, LOGON_ERROR_CODE, END_BY_US, END_DONE);
        return true;
    }
    if (logon->state == LOGON_AWAITS_KEY) {
        if (request->pub_key_auth.bytes == NULL) {
            return true; /* a last token, which nothing of ours answers: its proof follows */
        }
        logon->state = LOGON_ASKS_KEY;
        return net_auth_unwrap(logon->auth, request->pub_key_auth.bytes, request->pub_key_auth.size, error);
    }
    if (logon->state == LOGON_AWAITS_EARLY || request->token.bytes == NULL) {
        logon_problem(attempt, LOGON_GARBAGE, "TSRequest: nothing in it that belongs here (MS-CSSP 2.2.1)");
        return true;
    }
    logon->state = LOGON_ASKS_TOKEN;
    return net_auth_step(logon->auth, request->token.bytes, request->token.size, error);
}

static bool next_request(struct attempt *attempt, bool *more, struct error *error)
{
    struct cursor cursor = cursor_of(attempt->in.bytes, attempt->in.size);
    struct credssp request;
    struct fault fault = { 0 };
    char text[NET_AUTH_WORDS_SIZE];
    *more = false;
    if (attempt->in.size == 0) {
        return true;
    }
    switch (credssp_parse(&cursor, &request, &fault)) {
    case PARSE_MORE:
        return true;
    case PARSE_DONE: {
        const size_t size = request.size;
        const bool good = take_request(attempt, &request, error);
        buffer_consume(&attempt->in, size);
        *more = good;
        return good;
    }
    case PARSE_BAD:
    default:
        snprintf(text, sizeof(text), "TSRequest: byte %zu: %s (%s)", fault.offset, fault.why, fault.section);
        logon_problem(attempt, LOGON_GARBAGE, text);
        return true;
    }
}

/* Does what the bytes at hand allow. */
void logon_act(struct attempt *attempt)
{
    struct error error = { 0 };
    bool more = true;
    bool good = true;
    while (good && more && attempt->doing == &logon_stage) {
        const enum logon_state state = attempt->logon->state;
        const bool request = attempt->in.size > 0 && attempt->in.bytes[0] == TSREQUEST_TAG;
        if (state == LOGON_AWAITS_EARLY && !request) {
            (void)early_result(attempt);
            more = false;
        } else if (state == LOGON_AWAITS_TOKEN || state == LOGON_AWAITS_KEY || state == LOGON_AWAITS_EARLY) {
            good = next_request(attempt, &more, &error);
        } else {
            more = false;
        }
    }
    if (!good) {
        attempt_failed(attempt, &error);
    }
}

/* The connection is over, or silent: after the password was taken, that takes nothing back. */
static void cut(struct attempt *attempt, enum logon_ended ended, enum end_by by, enum end_how how)
{
    if (attempt->logon->state != LOGON_AWAITS_EARLY) {
        logon_over(attempt, ended, by, how);
        return;
    }
    ev_set_enum(&group_of(attempt)->right, SOURCE_PROBE, LOGON_RIGHT_NOT_TOLD);
    logon_dismiss(attempt);
    attempt_end(attempt, by, how, clock_monotonic_us());
    attempt_leave(attempt, WENT_OVER);
}

static void logon_received(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct error error = { 0 };
    bool closed = false;
    attempt->heard_us = at_us;
    if (attempt->stage_bytes > LOGON_BYTES_MAX) {
        cut(attempt, LOGON_GARBAGE, END_BY_US, END_OUR_LIMIT);
        return;
    }
    const bool stepped = net_tls_step(attempt->tls, bytes, size) == NET_TLS_UP;
    const bool read = net_tls_read(attempt->tls, &attempt->in, &closed);
    if (attempt->in.failed) {
        error_no_memory(&error);
        attempt_failed(attempt, &error);
        return;
    }
    if (!probe_tls_flush(attempt, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    logon_act(attempt);
    if (attempt->doing != &logon_stage) {
        return;
    }
    const int alert = net_tls_alert(attempt->tls);
    if (alert > 0) {
        ev_set_int(&group_of(attempt)->alert, SOURCE_PROBE, alert);
        cut(attempt, LOGON_ALERT, END_BY_PEER, END_ALERT);
    } else if (closed) {
        cut(attempt, LOGON_CLOSED, END_BY_PEER, END_FIN);
    } else if (!stepped || !read) {
        cut(attempt, LOGON_GARBAGE, END_BY_US, END_DONE);
    }
}

static void logon_ended(struct attempt *attempt, enum net_end end, int64_t at_us)
{
    (void)at_us;
    cut(attempt,
        end == NET_END_FIN   ? LOGON_CLOSED
        : end == NET_END_RST ? LOGON_RESET
                             : LOGON_SILENT,
        END_BY_PEER, END_FIN); /* the connection's own end was recorded already */
}

static void logon_expired(struct attempt *attempt)
{
    cut(attempt, LOGON_SILENT, END_BY_US, END_SILENCE);
}

const struct attempt_stage logon_stage = {
    .stage = STAGE_LOGON,
    .received = logon_received,
    .ended = logon_ended,
    .expired = logon_expired,
};

bool logon_begin(struct attempt *attempt, struct error *error)
{
    struct logon *logon = attempt->logon;
    const struct net_auth_options options = {
        .user = logon->name.user,
        .domain = logon->name.domain,
        .realm = logon->name.realm[0] != '\0' ? logon->name.realm : NULL,
        .host = attempt->run->options->host,
        .password = attempt->run->options->credentials->password,
        .spnego = logon->spnego,
        .kdc_limit_us = run_limit_us(attempt->run, PROBE_KDC_US),
        .limit_us = PROBE_LIBRARY_US,
    };
    logon->state = LOGON_ASKS_TOKEN;
    logon->auth = net_auth_start(attempt->run->loop, &options, logon_answered, attempt, error);
    return logon->auth != NULL;
}

bool attempt_logon(struct attempt *attempt, struct error *error)
{
    if (!attempt_enter(attempt, &logon_stage, PROBE_LOGON_US, error)) {
        return false;
    }
    logon_act(attempt);
    return true;
}
