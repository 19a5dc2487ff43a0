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
#include "wire/kerberos_error.h"
#include "wire/nego.h"

enum {
    KEY_CAP = 16384,
    LOGON_BYTES_MAX = 256 * 1024,
    TSREQUEST_TAG = 0x30, /* an early result never begins so: its first byte is 0 or 5 */
};

_Static_assert((int)KERBEROS_OTHER == (int)NET_KERBEROS_OTHER && (int)KERBEROS_POLICY == (int)NET_KERBEROS_POLICY,
               "one list, two names");

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
        logon_free(logon);
        return error_set(error, ERROR_INTERNAL, "the server's public key could not be read");
    }
    if (!platform_random(logon->nonce, sizeof(logon->nonce), error)) {
        logon_free(logon);
        return false;
    }
    attempt->logon = logon;
    return true;
}

/* --- how it ends --- */

static void settle(struct attempt *attempt, enum logon_ended ended, int64_t at_us)
{
    struct ev_logon *group = group_of(attempt);
    ev_set_enum(&group->ended, SOURCE_PROBE, ended);
    ev_set_int(&group->after_us, SOURCE_PROBE, at_us - attempt->sent_us);
}

/* The child has done its part; what the library knows of the password goes with it. */
static void dismiss(struct attempt *attempt)
{
    net_auth_free(attempt->logon->auth);
    attempt->logon->auth = NULL;
}

/* Nothing can follow on this connection. */
static void over(struct attempt *attempt, enum logon_ended ended, enum end_by by, enum end_how how)
{
    const int64_t now_us = clock_monotonic_us();
    settle(attempt, ended, now_us);
    dismiss(attempt);
    attempt_end(attempt, by, how, now_us);
    attempt_leave(attempt, WENT_OVER);
}

static void problem(struct attempt *attempt, enum logon_ended ended, const char *words)
{
    struct error error = { 0 };
    if (words[0] != '\0' && !ev_set_text(&group_of(attempt)->problem, SOURCE_PROBE, words, strlen(words), &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    over(attempt, ended, END_BY_US, END_DONE);
}

static void finish(struct attempt *attempt)
{
    dismiss(attempt);
    if (attempt->run->options->session) {
        attempt_leave(attempt, WENT_ON);
        return;
    }
    attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
    attempt_leave(attempt, WENT_DONE);
}

/* --- what the child answers --- */

static enum kdc_words words_of(const char *text)
{
    static const struct {
        const char *text;
        enum kdc_words words;
    } all[] = {
        { "LOCKED_OUT", KDC_WORDS_LOCKED },
        { "CLIENT LOCKED OUT", KDC_WORDS_DISABLED },
        { "CLIENT KEY EXPIRED", KDC_WORDS_EXPIRED },
        { "REQUIRED PWCHANGE", KDC_WORDS_MUST_CHANGE },
    };
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        if (strcmp(text, all[i].text) == 0) {
            return all[i].words;
        }
    }
    return KDC_WORDS_OTHER;
}

static bool record_kerberos(struct attempt *attempt, const struct net_auth_answer *answer, struct error *error)
{
    struct ev_kerberos *group = &group_of(attempt)->kerberos;
    uint32_t status;
    if (answer->kerberos == NET_KERBEROS_NOT_TRIED || group->result.source != SOURCE_NONE) {
        return true;
    }
    ev_set_enum(&group->result, SOURCE_PROBE, (int)answer->kerberos);
    ev_set_enum(&group->words, SOURCE_PROBE, (int)words_of(answer->words));
    ev_set_bool(&group->proof, SOURCE_PROBE, answer->kerberos_proof);
    ev_set_int(&group->asked, SOURCE_PROBE, answer->kdc_asked);
    if (answer->kerberos_code != 0) {
        ev_set_int(&group->code, SOURCE_PROBE, answer->kerberos_code);
    }
    if (kerberos_error_parse(slice_of(answer->kdc_data, answer->kdc_data_size), &status, NULL) == PARSE_DONE) {
        ev_set_int(&group->status, SOURCE_PROBE, status);
    }
    return answer->kerberos == NET_KERBEROS_GOOD || answer->words[0] == '\0' ||
           ev_set_text(&group->text, SOURCE_PROBE, answer->words, strlen(answer->words), error);
}

static void record_package(struct attempt *attempt, enum net_auth_package package)
{
    static const enum logon_package packages[] = {
        [NET_AUTH_KERBEROS] = LOGON_KERBEROS,
        [NET_AUTH_NTLM_SPNEGO] = LOGON_NTLM_SPNEGO,
        [NET_AUTH_NTLM_RAW] = LOGON_NTLM_RAW,
    };
    if (package != NET_AUTH_NO_PACKAGE) {
        attempt->logon->package = package;
        ev_set_enum(&group_of(attempt)->package, SOURCE_PROBE, (int)packages[package]);
    }
}

static const struct attempt_stage logon_stage;
static void act(struct attempt *attempt);

static bool send_token(struct attempt *attempt, const struct net_auth_answer *answer, struct error *error)
{
    struct logon *logon = attempt->logon;
    const bool first = attempt->doing->stage == STAGE_NLA;
    const struct credssp request = {
        .version = CREDSSP_VERSION_OURS,
        .token = slice_of(answer->bytes, answer->size),
    };
    logon->state = LOGON_AWAITS_TOKEN;
    if (!first || logon->package == NET_AUTH_KERBEROS) {
        ev_set_bool(&group_of(attempt)->proof, SOURCE_PROBE, true);
    }
    /* A stage has its time from its first byte on, whatever a KDC took before it. */
    return attempt_enter(attempt, attempt->doing, first ? PROBE_NLA_US : PROBE_LOGON_US, error) &&
           logon_send(attempt, &request, error);
}

static bool take_token(struct attempt *attempt, const struct net_auth_answer *answer, struct error *error)
{
    struct logon *logon = attempt->logon;
    struct buffer binding;
    if (!answer->complete) {
        return send_token(attempt, answer, error);
    }
    buffer_clear(&logon->token);
    buffer_init(&binding, KEY_CAP);
    bool good = buffer_add(&logon->token, answer->bytes, answer->size) || error_no_memory(error);
    good = good && logon_binding(logon, false, &binding, error);
    logon->state = LOGON_ASKS_SEAL;
    good = good && net_auth_wrap(logon->auth, binding.bytes, binding.size, error);
    buffer_release(&binding);
    return good;
}

static bool take_seal(struct attempt *attempt, const struct net_auth_answer *answer, struct error *error)
{
    struct logon *logon = attempt->logon;
    const struct credssp request = {
        .version = CREDSSP_VERSION_OURS,
        .token = logon->token.size > 0 ? slice_of(logon->token.bytes, logon->token.size) : slice_of(NULL, 0),
        .pub_key_auth = slice_of(answer->bytes, answer->size),
        .client_nonce =
            logon->version >= CREDSSP_VERSION_HASH ? slice_of(logon->nonce, sizeof(logon->nonce)) : slice_of(NULL, 0),
    };
    logon->state = LOGON_AWAITS_KEY;
    ev_set_bool(&group_of(attempt)->proof, SOURCE_PROBE, true);
    return logon_send(attempt, &request, error);
}

/* The password is taken; is anything left that only the password itself brings out? */
static bool go_on(struct attempt *attempt, struct error *error)
{
    struct logon *logon = attempt->logon;
    settle(attempt, LOGON_GOOD, clock_monotonic_us());
    if (attempt->selected != PROTOCOL_HYBRID_EX && !attempt->run->options->session) {
        finish(attempt);
        return true;
    }
    struct secret *credentials = logon_credentials(logon, error);
    logon->state = LOGON_ASKS_PASSWORD;
    const bool good =
        credentials != NULL && net_auth_wrap(logon->auth, secret_look(credentials), secret_size(credentials), error);
    secret_free(credentials);
    return good;
}

/* Whoever reflects it shares our TLS key: no sign of somebody in between. */
static bool is_ours(const struct logon *logon, const struct net_auth_answer *answer)
{
    struct buffer own;
    buffer_init(&own, KEY_CAP);
    const bool same = logon_binding(logon, false, &own, NULL) && answer->size == own.size &&
                      memcmp(answer->bytes, own.bytes, own.size) == 0;
    buffer_release(&own);
    return same;
}

static bool take_key(struct attempt *attempt, const struct net_auth_answer *answer, struct error *error)
{
    struct buffer wanted;
    buffer_init(&wanted, KEY_CAP);
    bool good = logon_binding(attempt->logon, true, &wanted, error);
    const bool echo = good && is_ours(attempt->logon, answer);
    const bool same = good && answer->size == wanted.size && memcmp(answer->bytes, wanted.bytes, wanted.size) == 0;
    buffer_release(&wanted);
    if (!good) {
        return false;
    }
    if (echo) {
        problem(attempt, LOGON_GARBAGE, "it sends our own proof back");
        return true;
    }
    ev_set_bool(&group_of(attempt)->bound, SOURCE_PROBE, same);
    if (same) {
        return go_on(attempt, error);
    }
    over(attempt, LOGON_BINDING_WRONG, END_BY_US, END_DONE);
    return true;
}

static bool take_password(struct attempt *attempt, const struct net_auth_answer *answer, struct error *error)
{
    const struct credssp request = {
        .version = CREDSSP_VERSION_OURS,
        .auth_info = slice_of(answer->bytes, answer->size),
    };
    attempt->logon->state = LOGON_AWAITS_EARLY;
    ev_set_bool(&group_of(attempt)->sent, SOURCE_PROBE, true);
    if (!attempt_enter(attempt, &logon_stage, PROBE_EARLY_US, error) || !logon_send(attempt, &request, error)) {
        return false;
    }
    if (attempt->selected != PROTOCOL_HYBRID_EX) {
        finish(attempt); /* the server says nothing to it (MS-RDPBCGR 5.4.2.2) */
    }
    return true;
}

/* No token came of it. Before anything was sent, the connection is still good for what it did without a logon. */
static bool not_answered(struct attempt *attempt, const struct net_auth_answer *answer, struct error *error)
{
    struct ev_logon *group = group_of(attempt);
    const char *words = answer->result == NET_AUTH_TIMED_OUT && answer->kerberos_proof
                            ? "no KDC answered in time, and a proof of the password was on its way to one"
                        : answer->result == NET_AUTH_TIMED_OUT ? "the library of this machine did not answer in time"
                        : answer->result == NET_AUTH_DIED      ? "the process with the library ended early"
                                                               : answer->words;
    const enum logon_ended ended = answer->result == NET_AUTH_REFUSED ? LOGON_KDC_REFUSED : LOGON_FAILED_HERE;
    if (attempt->doing->stage != STAGE_NLA) {
        /* what the library cannot open or read came from the server */
        const bool theirs = answer->result == NET_AUTH_FAILED &&
                            (attempt->logon->state == LOGON_ASKS_KEY || answer->major == NET_AUTH_DEFECTIVE_TOKEN);
        problem(attempt, theirs ? LOGON_GARBAGE : ended, words);
        return true;
    }
    ev_set_enum(&group->ended, SOURCE_PROBE, (int)ended);
    if (ended == LOGON_FAILED_HERE && words[0] != '\0' &&
        !ev_set_text(&group->problem, SOURCE_PROBE, words, strlen(words), error)) {
        return false;
    }
    logon_free(attempt->logon);
    attempt->logon = NULL;
    return attempt_nla(attempt, error);
}

static void answered(void *context, const struct net_auth_answer *answer)
{
    static bool (*const takes[])(struct attempt *, const struct net_auth_answer *, struct error *) = {
        [LOGON_ASKS_TOKEN] = take_token,       [LOGON_ASKS_SEAL] = take_seal, [LOGON_ASKS_KEY] = take_key,
        [LOGON_ASKS_PASSWORD] = take_password, [LOGON_AWAITS_EARLY] = NULL,
    };
    struct attempt *attempt = context;
    struct error error = { 0 };
    if (attempt->doing == NULL || attempt->stream == NULL) {
        return; /* the connection ended meanwhile, and says how */
    }
    bool good = record_kerberos(attempt, answer, &error);
    record_package(attempt, answer->package);
    if (good && answer->result != NET_AUTH_OK) {
        good = not_answered(attempt, answer, &error);
    } else if (good && takes[attempt->logon->state] != NULL) {
        good = takes[attempt->logon->state](attempt, answer, &error);
    }
    if (!good) {
        attempt_failed(attempt, &error);
    } else if (attempt->doing == &logon_stage) {
        act(attempt); /* what came while the child was busy */
    }
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
        finish(attempt);
    } else {
        dismiss(attempt);
        attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
        attempt_leave(attempt, WENT_OVER);
    }
    return true;
}

static bool take_request(struct attempt *attempt, const struct credssp *request, struct error *error)
{
    struct logon *logon = attempt->logon;
    if (logon->peer != 0 && request->version != logon->peer) {
        problem(attempt, LOGON_GARBAGE, "TSRequest: the version is another one than before (MS-CSSP 3.1.5)");
        return true;
    }
    logon->peer = request->version;
    logon->version = request->version < logon->version ? request->version : logon->version;
    if (request->has_error) {
        ev_set_int(&group_of(attempt)->error, SOURCE_PROBE, request->error);
        over(attempt, LOGON_ERROR_CODE, END_BY_US, END_DONE);
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
        problem(attempt, LOGON_GARBAGE, "TSRequest: nothing in it that belongs here (MS-CSSP 2.2.1)");
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
        problem(attempt, LOGON_GARBAGE, text);
        return true;
    }
}

/* Does what the bytes at hand allow. */
static void act(struct attempt *attempt)
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
        over(attempt, ended, by, how);
        return;
    }
    ev_set_enum(&group_of(attempt)->right, SOURCE_PROBE, LOGON_RIGHT_NOT_TOLD);
    dismiss(attempt);
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
    act(attempt);
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

static const struct attempt_stage logon_stage = {
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
    logon->auth = net_auth_start(attempt->run->loop, &options, answered, attempt, error);
    return logon->auth != NULL;
}

bool attempt_logon(struct attempt *attempt, struct error *error)
{
    if (!attempt_enter(attempt, &logon_stage, PROBE_LOGON_US, error)) {
        return false;
    }
    act(attempt);
    return true;
}
