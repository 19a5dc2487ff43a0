/* What the library in the child answers, and what becomes of it: the next message to the server, or the end. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "plan/credentials.h"
#include "probe/logon.h"
#include "probe/probe_internal.h"
#include "wire/kerberos_error.h"
#include "wire/nego.h"

enum { KEY_CAP = 16384 };

_Static_assert((int)KERBEROS_OTHER == (int)NET_KERBEROS_OTHER && (int)KERBEROS_POLICY == (int)NET_KERBEROS_POLICY,
               "one list, two names");

static struct ev_logon *group_of(struct attempt *attempt)
{
    return &attempt->run->evidence->logon;
}

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
    logon_settle(attempt, LOGON_GOOD, clock_monotonic_us());
    if (attempt->selected != PROTOCOL_HYBRID_EX && !attempt->run->options->session) {
        logon_finish(attempt);
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
        logon_problem(attempt, LOGON_GARBAGE, "it sends our own proof back");
        return true;
    }
    ev_set_bool(&group_of(attempt)->bound, SOURCE_PROBE, same);
    if (same) {
        return go_on(attempt, error);
    }
    logon_over(attempt, LOGON_BINDING_WRONG, END_BY_US, END_DONE);
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
        logon_finish(attempt); /* the server says nothing to it (MS-RDPBCGR 5.4.2.2) */
    }
    return true;
}

/* A no of the KDC's own: not when it is gone after the proof, or when only the library of this machine could not go on.
 */
static bool kdc_refused(const struct net_auth_answer *answer)
{
    return answer->result == NET_AUTH_REFUSED && answer->kerberos != NET_KERBEROS_NO_KDC &&
           (answer->kerberos != NET_KERBEROS_OTHER || answer->kerberos_code != 0);
}

/* No token came of it. Before anything was sent, the connection is still good for what it did without a logon. */
static bool not_answered(struct attempt *attempt, const struct net_auth_answer *answer, struct error *error)
{
    struct ev_logon *group = group_of(attempt);
    const bool gone = answer->result == NET_AUTH_REFUSED && answer->kerberos == NET_KERBEROS_NO_KDC;
    const char *words = answer->result == NET_AUTH_TIMED_OUT && answer->kerberos_proof
                            ? "no KDC answered in time, and a proof of the password was on its way to one"
                        : gone ? "a proof of the password went to a KDC, and then no KDC could be reached"
                        : answer->result == NET_AUTH_TIMED_OUT ? "the library of this machine did not answer in time"
                        : answer->result == NET_AUTH_DIED      ? "the process with the library ended early"
                                                               : answer->words;
    const enum logon_ended ended = kdc_refused(answer) ? LOGON_KDC_REFUSED : LOGON_FAILED_HERE;
    if (attempt->doing->stage != STAGE_NLA) {
        /* what the library cannot open or read came from the server */
        const bool theirs = answer->result == NET_AUTH_FAILED &&
                            (attempt->logon->state == LOGON_ASKS_KEY || answer->major == NET_AUTH_DEFECTIVE_TOKEN);
        logon_problem(attempt, theirs ? LOGON_GARBAGE : ended, words);
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

void logon_answered(void *context, const struct net_auth_answer *answer)
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
    if (answer->result == NET_AUTH_NO_MEMORY) {
        error_no_memory(&error);
        attempt_failed(attempt, &error);
        return;
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
        logon_act(attempt); /* what came while the child was busy */
    }
}
