/* TLS and CredSSP: what the server does from the ClientHello on. */
#include <stdio.h>

#include "base/clock.h"
#include "lab/answers.h"
#include "lab/session_internal.h"
#include "wire/credssp.h"

/* --- TLS --- */

bool session_send_tls(struct lab_session *session)
{
    const struct lab_tls *behaviour = &session->options.behaviour->tls;
    struct buffer *queue = &session->outlet.queue;
    const size_t before = queue->size;
    if (!net_tls_take(session->tls, queue)) {
        session_no_memory(session);
        return false;
    }
    const size_t size = queue->size - before;
    if (behaviour->largest_segment > 0 && size > (size_t)behaviour->largest_segment &&
        net_stream_mss(session->stream) > behaviour->largest_segment) {
        buffer_clear(queue);
        session_tell(session, "its answer is lost on the way: packets too big");
        return session_act(session, LAB_SILENCE);
    }
    if (behaviour->stall_after > 0 && session->tls_sent + size > behaviour->stall_after) {
        queue->size = before + (behaviour->stall_after - session->tls_sent);
        session_push(session);
        return session_act(session, LAB_SILENCE);
    }
    session->tls_sent += size;
    session_push(session);
    return !session->gone;
}

static bool start_tls(struct lab_session *session)
{
    const struct lab_tls *behaviour = &session->options.behaviour->tls;
    const struct net_tls_server_options options = {
        .certificate_pem = session->options.pem->certificate,
        .key_pem = session->options.pem->key,
        .lowest = behaviour->lowest,
        .highest = behaviour->highest,
        .ciphers = behaviour->ciphers,
    };
    struct error error;
    session->tls = net_tls_server(&options, &error);
    if (session->tls == NULL) {
        session_tell(session, error.text);
        session_reset(session);
        return false;
    }
    session->stage = STAGE_TLS;
    return true;
}

static void answer_hello(struct lab_session *session)
{
    const struct lab_tls *behaviour = &session->options.behaviour->tls;
    const uint8_t alert[] = { 0x15, 3, 3, 0, 2, 2, behaviour->alert };
    char words[SESSION_WORDS];
    if (!session_act(session, behaviour->hello_act)) {
        return;
    }
    if (behaviour->plain) {
        static const uint8_t disconnect[] = { 3, 0, 0, 9, 2, 0xf0, 0x80, 0x21, 0x80 };
        session_tell(session, "sends an MCS disconnect in the clear");
        session->outlet.fin = true;
        session->stage = STAGE_SINK;
        session_say(session, disconnect, sizeof(disconnect));
        return;
    }
    if (behaviour->alert != 0) {
        snprintf(words, sizeof(words), "sends TLS alert %u", behaviour->alert);
        session_tell(session, words);
        session->outlet.fin = true;
        session->stage = STAGE_SINK;
        session_say(session, alert, sizeof(alert));
        return;
    }
    (void)start_tls(session);
}

bool session_step_hello(struct lab_session *session)
{
    if (session->inbox.size == 0) {
        return false;
    }
    session_after(session, session->options.behaviour->tls.after_us, answer_hello);
    return true;
}

bool session_step_tls(struct lab_session *session)
{
    char words[SESSION_WORDS];
    if (session->inbox.size == 0) {
        return false;
    }
    const enum net_tls_state state = net_tls_step(session->tls, session->inbox.bytes, session->inbox.size);
    buffer_clear(&session->inbox);
    if (state == NET_TLS_FAILED) {
        const char *problem = net_tls_problem(session->tls);
        snprintf(words, sizeof(words), "TLS failed: %s", problem != NULL ? problem : "no reason given");
        session_tell(session, words);
        if (session->options.behaviour->tls.mute || session_send_tls(session)) {
            session_act(session, LAB_FIN);
        }
        return false;
    }
    if (!session_send_tls(session) || state != NET_TLS_UP) {
        return false;
    }
    snprintf(words, sizeof(words), "TLS is up: %s", net_tls_cipher(session->tls));
    session_tell(session, words);
    const bool nla = (session->selected & (PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX)) != 0;
    if (!nla && session->options.behaviour->start.on) {
        return session_begin_start(session);
    }
    const bool gateway = session->options.behaviour->gateway.is;
    session->stage = gateway ? STAGE_GATEWAY : nla ? STAGE_NLA : STAGE_SINK;
    return nla || gateway;
}

/* --- CredSSP --- */

/* A record that cannot be decrypted: OpenSSL answers with a fatal alert inside the running connection. */
static void provoke_alert(struct lab_session *session)
{
    uint8_t record[5 + 64] = { 0x17, 3, 3, 0, 64 };
    bool closed;
    session_tell(session, "sends a TLS alert inside CredSSP");
    (void)net_tls_step(session->tls, record, sizeof(record));
    if (!net_tls_read(session->tls, &session->plain, &closed) && session_send_tls(session)) {
        session_act(session, LAB_FIN);
    }
}

static void answer_token(struct lab_session *session)
{
    const struct lab_nla *behaviour = &session->options.behaviour->nla;
    uint8_t bytes[LAB_TSREQUEST_MAX];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    if (!session_act(session, behaviour->act)) {
        return;
    }
    if (behaviour->token == LAB_BAD_RECORD) {
        provoke_alert(session);
        return;
    }
    if (!lab_tsrequest_write(&writer, behaviour, clock_wall_us()) ||
        !net_tls_write(session->tls, bytes, writer_size(&writer), NULL)) {
        session_reset(session);
        return;
    }
    session_tell(session, behaviour->error != 0 ? "sends a CredSSP error" : "sends its CredSSP answer");
    session->stage = STAGE_SINK;
    if (session_send_tls(session) && behaviour->token == LAB_DER_ENDLESS) {
        session_act(session, LAB_FLOOD);
    } else if (!session->gone && behaviour->error != 0) {
        session_act(session, LAB_FIN);
    }
}

static bool take_logon(struct lab_session *session, const struct credssp *request)
{
    const size_t size = request->size;
    const bool more = session_logon_take(session, request);
    if (more) {
        buffer_consume(&session->plain, size);
    }
    return more && session->plain.size > 0;
}

bool session_step_nla(struct lab_session *session)
{
    struct credssp request;
    struct fault fault;
    bool closed;
    (void)net_tls_step(session->tls, session->inbox.bytes, session->inbox.size);
    buffer_clear(&session->inbox);
    if (!net_tls_read(session->tls, &session->plain, &closed) || closed) {
        if (net_tls_no_memory(session->tls)) {
            session_no_memory(session);
        } else {
            session_act(session, LAB_FIN);
        }
        return false;
    }
    struct cursor cursor = cursor_of(session->plain.bytes, session->plain.size);
    switch (credssp_parse(&cursor, &request, &fault)) {
    case PARSE_MORE:
        return false;
    case PARSE_DONE:
        if (session->options.behaviour->nla.logon.user != NULL && session->options.behaviour->nla.error == 0) {
            return take_logon(session, &request);
        }
        session_tell(session, "got the first CredSSP token");
        session_after(session, session->options.behaviour->nla.after_us, answer_token);
        return false;
    case PARSE_BAD:
    default:
        session_tell(session, "got something else than CredSSP");
        session_act(session, LAB_FIN);
        return false;
    }
}
