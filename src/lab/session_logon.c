/* CredSSP carried through, with a real account: tokens, the proof of the key, the credentials, the early result
 * (MS-CSSP 3.1.5, MS-RDPBCGR 5.4.5.2). */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "lab/acceptor.h"
#include "lab/certificate.h"
#include "lab/proof.h"
#include "lab/session_internal.h"
#include "platform/secret.h"
#include "wire/ntlm.h"

enum { TOKEN_CAP = 1 << 16, NONCE_SIZE = 32, HUGE = 60000 };

#define STATUS_LOGON_FAILURE UINT32_C(0xc000006d)

enum step { STEP_TOKENS, STEP_PROOF, STEP_INFO };

struct lab_logon_state {
    struct lab_acceptor *acceptor;
    enum step step;
    uint32_t version; /* the lower one of both */
    uint8_t nonce[NONCE_SIZE];
    bool has_nonce;
    struct buffer token; /* the acceptor's answer */
    struct buffer proof; /* sealed */
};

static const struct lab_logon *logon_of(const struct lab_session *session)
{
    return &session->options.behaviour->nla.logon;
}

static uint32_t own_version(const struct lab_session *session)
{
    const uint32_t version = session->options.behaviour->nla.version;
    return version != 0 ? version : CREDSSP_VERSION_OURS;
}

void session_logon_free(struct lab_logon_state *state)
{
    if (state == NULL) {
        return;
    }
    lab_acceptor_free(state->acceptor);
    buffer_release(&state->token);
    buffer_release(&state->proof);
    secret_wipe(state, sizeof(*state));
    alloc_free(state);
}

static struct lab_logon_state *state_new(void)
{
    struct lab_logon_state *state = alloc_new(sizeof(*state));
    if (state != NULL) {
        buffer_init(&state->token, TOKEN_CAP);
        buffer_init(&state->proof, TOKEN_CAP);
        state->acceptor = lab_acceptor_new();
        if (state->acceptor == NULL) {
            session_logon_free(state);
            state = NULL;
        }
    }
    return state;
}

/* --- saying --- */

static bool send_request(struct lab_session *session, const struct credssp *request)
{
    enum { FRAME = 64 };
    const size_t room = request->token.size + request->pub_key_auth.size + FRAME;
    uint8_t *bytes = alloc_new(room);
    struct writer writer = writer_of(bytes, room);
    const bool done = bytes != NULL && credssp_write(&writer, request) &&
                      net_tls_write(session->tls, bytes, writer_size(&writer), NULL);
    alloc_free(bytes);
    if (!done) {
        session_no_memory(session);
        return false;
    }
    return session_send_tls(session);
}

/* A code where the version has one (MS-CSSP 2.2.1: 3, 4 and from 6 on), and the end. */
static void refuse(struct lab_session *session, uint32_t status)
{
    const uint32_t version = session->logon->version;
    char words[SESSION_WORDS];
    if (version >= 3 && version != 5) {
        const struct credssp answer = { .version = own_version(session), .has_error = true, .error = status };
        snprintf(words, sizeof(words), "refuses the logon: 0x%08x", status);
        session_tell(session, words);
        if (!send_request(session, &answer)) {
            return;
        }
    } else {
        snprintf(words, sizeof(words), "refuses the logon: version %u has no code for it", version);
        session_tell(session, words);
    }
    session_act(session, LAB_FIN);
}

/* --- the proof --- */

static bool proof_matches(struct lab_session *session, const struct credssp *request, const struct lab_pem *pem)
{
    struct lab_logon_state *state = session->logon;
    struct buffer key;
    struct buffer wanted;
    struct buffer seen;
    buffer_init(&key, TOKEN_CAP);
    buffer_init(&wanted, TOKEN_CAP);
    buffer_init(&seen, TOKEN_CAP);
    const struct slice nonce = slice_of(state->nonce, state->has_nonce ? NONCE_SIZE : 0);
    const bool opened = lab_acceptor_open(state->acceptor, request->pub_key_auth, &seen);
    const bool made = lab_public_key(pem, &key) &&
                      lab_proof_write(LAB_FROM_CLIENT, state->version, slice_of(key.bytes, key.size), nonce, &wanted);
    const bool same = opened && made && seen.size == wanted.size && memcmp(seen.bytes, wanted.bytes, wanted.size) == 0;
    if (!same) {
        session_tell(session, !opened ? "cannot open the client's pubKeyAuth"
                                      : "the client's pubKeyAuth is of another key: somebody is in between");
    }
    buffer_release(&key);
    buffer_release(&wanted);
    buffer_release(&seen);
    return same;
}

static bool proof_seal(struct lab_session *session, const struct lab_pem *pem)
{
    struct lab_logon_state *state = session->logon;
    const struct slice nonce = slice_of(state->nonce, state->has_nonce ? NONCE_SIZE : 0);
    const enum lab_side side = logon_of(session)->proof == LAB_PROOF_ECHO ? LAB_FROM_CLIENT : LAB_FROM_SERVER;
    struct buffer key;
    struct buffer plain;
    buffer_init(&key, TOKEN_CAP);
    buffer_init(&plain, TOKEN_CAP);
    buffer_clear(&state->proof);
    const bool done = lab_public_key(pem, &key) &&
                      lab_proof_write(side, state->version, slice_of(key.bytes, key.size), nonce, &plain) &&
                      lab_acceptor_seal(state->acceptor, slice_of(plain.bytes, plain.size), &state->proof);
    buffer_release(&key);
    buffer_release(&plain);
    return done;
}

static void send_raw(struct lab_session *session, const void *bytes, size_t size, enum lab_act then)
{
    if (!net_tls_write(session->tls, bytes, size, NULL)) {
        session_no_memory(session);
        return;
    }
    if (session_send_tls(session)) {
        session_act(session, then);
    }
}

/* The answers that need no seal. True: it was one of them. */
static bool proof_is_a_lie(struct lab_session *session)
{
    static const uint8_t endless[] = { 0x30, 0x84, 0x7f, 0xff, 0xff, 0xff };
    static const uint8_t noise[HUGE] = "this was sealed by nobody";
    struct credssp answer = { .version = own_version(session) };
    switch (logon_of(session)->proof) {
    case LAB_PROOF_NOT_DER:
        send_raw(session, "HTTP/1.1 200 OK\r\n\r\n", 19, LAB_SILENCE);
        return true;
    case LAB_PROOF_ENDLESS:
        send_raw(session, endless, sizeof(endless), LAB_FLOOD);
        return true;
    case LAB_PROOF_GARBAGE:
        answer.pub_key_auth = slice_of(noise, 48);
        break;
    case LAB_PROOF_HUGE:
        answer.pub_key_auth = slice_of(noise, HUGE);
        break;
    case LAB_PROOF_NONE:
        break;
    case LAB_PROOF_MORE_TOKENS:
        answer.token = slice_of(noise, 48);
        break;
    case LAB_PROOF_HONEST:
    case LAB_PROOF_OTHER_KEY:
    case LAB_PROOF_WRONG:
    case LAB_PROOF_ECHO:
    case LAB_PROOF_VERSION:
    default:
        return false;
    }
    session_tell(session, "sends something else than its proof");
    (void)send_request(session, &answer);
    return true;
}

static void answer_proof(struct lab_session *session, const struct credssp *request)
{
    const struct lab_logon *logon = logon_of(session);
    struct lab_logon_state *state = session->logon;
    const struct lab_pem *behind = logon->proof == LAB_PROOF_OTHER_KEY ? session->options.behind : session->options.pem;
    const struct lab_pem *shown = logon->proof == LAB_PROOF_WRONG ? session->options.behind : behind;
    if (!proof_matches(session, request, behind)) {
        session_act(session, LAB_FIN); /* "the server MUST ... terminate": no code is named */
        return;
    }
    if (logon->error != 0) {
        refuse(session, logon->error);
        return;
    }
    if (!session_act(session, logon->act) || proof_is_a_lie(session)) {
        return;
    }
    if (!proof_seal(session, shown)) {
        session_no_memory(session);
        return;
    }
    const uint32_t other = own_version(session) == 2 ? 6 : 2;
    const struct credssp answer = {
        .version = logon->proof == LAB_PROOF_VERSION ? other : own_version(session),
        .token = state->token.size > 0 ? slice_of(state->token.bytes, state->token.size) : slice_of(NULL, 0),
        .pub_key_auth = slice_of(state->proof.bytes, state->proof.size),
    };
    session_tell(session, logon->proof == LAB_PROOF_HONEST ? "sends its proof of the key" : "sends a wrong proof");
    state->step = STEP_INFO;
    (void)send_request(session, &answer);
}

/* --- tokens --- */

static void keep_nonce(struct lab_logon_state *state, const struct credssp *request)
{
    if (request->client_nonce.bytes != NULL && request->client_nonce.size == NONCE_SIZE) {
        memcpy(state->nonce, request->client_nonce.bytes, NONCE_SIZE);
        state->has_nonce = true;
    }
}

static void take_token(struct lab_session *session, const struct credssp *request)
{
    struct lab_logon_state *state = session->logon;
    char words[SESSION_WORDS];
    if (logon_of(session)->spnego_only && ntlm_recognise(request->token)) {
        session_tell(session, "takes no raw NTLM");
        session_act(session, LAB_FIN);
        return;
    }
    buffer_clear(&state->token);
    const enum lab_accepted accepted = lab_acceptor_step(state->acceptor, request->token, &state->token);
    if (state->token.failed) {
        session_no_memory(session);
        return;
    }
    if (accepted == LAB_ACCEPT_FAILED) {
        snprintf(words, sizeof(words), "does not accept: %s", lab_acceptor_words(state->acceptor));
        session_tell(session, words);
        refuse(session, logon_of(session)->error != 0 ? logon_of(session)->error : STATUS_LOGON_FAILURE);
        return;
    }
    if (accepted == LAB_ACCEPT_DONE) {
        snprintf(words, sizeof(words), "knows %s", lab_acceptor_words(state->acceptor));
        session_tell(session, words);
        state->step = STEP_PROOF;
        session->outlet.byte_us = logon_of(session)->byte_us;
        if (request->pub_key_auth.bytes != NULL) {
            answer_proof(session, request);
            return;
        }
    }
    const struct credssp answer = {
        .version = own_version(session),
        .token = slice_of(state->token.bytes, state->token.size),
    };
    session_tell(session, accepted == LAB_ACCEPT_DONE ? "sends its last token" : "sends its CredSSP answer");
    if (send_request(session, &answer)) {
        buffer_clear(&state->token);
    }
}

/* --- credentials --- */

static void take_info(struct lab_session *session, const struct credssp *request)
{
    const struct lab_logon *logon = logon_of(session);
    struct buffer plain;
    char words[SESSION_WORDS];
    buffer_init(&plain, TOKEN_CAP);
    const bool opened = lab_acceptor_open(session->logon->acceptor, request->auth_info, &plain);
    snprintf(words, sizeof(words), opened ? "got the credentials: %zu bytes, dropped" : "cannot open the authInfo",
             plain.size);
    secret_wipe(plain.bytes, plain.size);
    buffer_release(&plain);
    session_tell(session, words);
    if (!opened) {
        session_act(session, LAB_FIN);
        return;
    }
    if (!session_act(session, logon->info_act)) {
        return;
    }
    session->stage = STAGE_SINK;
    if (session->selected == PROTOCOL_HYBRID_EX) {
        const uint32_t result = logon->early ? logon->early_result : 0;
        const uint8_t bytes[] = { (uint8_t)result, (uint8_t)(result >> 8), (uint8_t)(result >> 16),
                                  (uint8_t)(result >> 24) };
        snprintf(words, sizeof(words), "early user authorization result: %u", result);
        session_tell(session, words);
        send_raw(session, bytes, logon->early_cut ? 2 : sizeof(bytes), result != 0 ? LAB_FIN : LAB_GO_ON);
    }
    if (session->gone) {
        return;
    }
    session_tell(session, "logged on");
    if (session->options.behaviour->start.on) {
        (void)session_begin_start(session);
    }
}

bool session_logon_take(struct lab_session *session, const struct credssp *request)
{
    if (session->logon == NULL) {
        session->logon = state_new();
        if (session->logon == NULL) {
            session_no_memory(session);
            return false;
        }
    }
    struct lab_logon_state *state = session->logon;
    const uint32_t own = own_version(session);
    state->version = request->version < own ? request->version : own;
    keep_nonce(state, request);
    if (state->step == STEP_TOKENS && request->token.bytes != NULL) {
        take_token(session, request);
    } else if (state->step == STEP_PROOF && request->pub_key_auth.bytes != NULL) {
        answer_proof(session, request);
    } else if (state->step == STEP_PROOF && logon_of(session)->proof == LAB_PROOF_MORE_TOKENS) {
        (void)proof_is_a_lie(session);
    } else if (state->step == STEP_INFO && request->auth_info.bytes != NULL) {
        take_info(session, request);
    } else {
        session_tell(session, "got a TSRequest without what this step needs");
        session_act(session, LAB_FIN);
    }
    return !session->gone && (session->stage == STAGE_NLA || session->stage == STAGE_START);
}
