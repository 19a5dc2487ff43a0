#include "lab/session_internal.h"

#include <stdio.h>

#include "base/alloc.h"
#include "lab/answers.h"

enum { INBOX_CAP = 1 << 20, FLOOD_PIECE = 16000 };

void session_tell(struct lab_session *session, const char *words)
{
    if (session->options.tell != NULL) {
        session->options.tell(session->options.tell_context, session->options.number, words);
    }
}

void lab_session_free(struct lab_session *session)
{
    if (session == NULL) {
        return;
    }
    net_timer_free(session->timer);
    lab_outlet_release(&session->outlet);
    net_stream_close(session->stream);
    net_tls_free(session->tls);
    session_logon_free(session->logon);
    session_gateway_free(session);
    session_start_free(session->start);
    buffer_release(&session->inbox);
    buffer_release(&session->plain);
    alloc_free(session);
}

void session_leave(struct lab_session *session)
{
    if (session->gone) {
        session->options.over(session->options.over_context, session);
    }
}

void session_reset(struct lab_session *session)
{
    if (session->stream != NULL) {
        net_stream_reset(session->stream);
        session->stream = NULL;
    }
    session->gone = true;
}

void session_no_memory(struct lab_session *session)
{
    session_tell(session, "out of memory");
    session_reset(session);
}

/* The outlet stops for a reset that was asked for, or because there is no memory: what it sends to is never full. */
static void outlet_stopped(struct lab_session *session)
{
    if (session->outlet.reset) {
        session_reset(session);
    } else {
        session_no_memory(session);
    }
}

void session_push(struct lab_session *session)
{
    if (!session->gone && !lab_outlet_push(&session->outlet)) {
        outlet_stopped(session);
    }
}

void session_say(struct lab_session *session, const void *bytes, size_t size)
{
    if (!buffer_add(&session->outlet.queue, bytes, size)) {
        session_no_memory(session);
    }
    session_push(session);
}

/* --- acts --- */

/* Endless data: inside TLS when it is up, bare otherwise. */
static bool flood(void *context, struct buffer *queue)
{
    static const uint8_t zeros[FLOOD_PIECE];
    struct lab_session *session = context;
    if (session->records) {
        static const uint8_t record[] = { 0x16, 3, 3, FLOOD_PIECE >> 8, FLOOD_PIECE & 0xff };
        return buffer_add(queue, record, sizeof(record)) && buffer_add(queue, zeros, sizeof(zeros));
    }
    if (session->tls != NULL) {
        return net_tls_write(session->tls, zeros, sizeof(zeros), NULL) && net_tls_take(session->tls, queue);
    }
    return buffer_add(queue, zeros, sizeof(zeros));
}

/* True: go on as if nothing had been asked for. */
bool session_act(struct lab_session *session, enum lab_act what)
{
    if (what == LAB_GO_ON) {
        return true;
    }
    session->stage = STAGE_SINK;
    switch (what) {
    case LAB_FIN:
        session_tell(session, "closes (FIN)");
        session->outlet.fin = true;
        session_push(session);
        break;
    case LAB_RST:
        session_tell(session, "resets (RST)");
        session->outlet.reset = true;
        session_push(session);
        break;
    case LAB_RECORDS:
    case LAB_FLOOD:
        session_tell(session, "sends without end");
        session->records = what == LAB_RECORDS;
        session->outlet.more = flood;
        session_push(session);
        break;
    case LAB_SILENCE:
    case LAB_GO_ON:
    default:
        session_tell(session, "says nothing more");
        break;
    }
    return false;
}

static void advance(struct lab_session *session);

static void on_pause_over(void *context)
{
    struct lab_session *session = context;
    net_timer_free(session->timer);
    session->timer = NULL;
    session->then(session);
    advance(session);
    session_leave(session);
}

void session_after(struct lab_session *session, int64_t pause_us, void (*then)(struct lab_session *session))
{
    if (pause_us == 0) {
        then(session);
        return;
    }
    session->then = then;
    session->timer = net_timer_start(session->options.loop, pause_us, on_pause_over, session, NULL);
    if (session->timer == NULL) {
        session_no_memory(session);
    }
}

/* --- the request --- */

static void answer(struct lab_session *session)
{
    const struct lab_negotiation *behaviour = &session->options.behaviour->negotiation;
    char words[SESSION_WORDS];
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    struct nego_answer is;
    if (session->had_cookie && !session_act(session, behaviour->cookie_act)) {
        return;
    }
    if (behaviour->limit != 0 && session->request.protocols > behaviour->limit) {
        session_act(session, LAB_FIN);
        return;
    }
    if (!session_act(session, behaviour->request_act)) {
        return;
    }
    lab_choose(behaviour, &session->request, &is);
    if (!lab_confirm_write(&writer, behaviour, &is)) {
        session_reset(session);
        return;
    }
    session->selected = is.kind == NEGO_ANSWER_RESPONSE ? is.selected : PROTOCOL_RDP;
    session->stage = session->selected != PROTOCOL_RDP ? STAGE_HELLO : STAGE_SINK;
    if (is.kind == NEGO_ANSWER_FAILURE) {
        snprintf(words, sizeof(words), "refuses: failure %u", is.failure);
    } else {
        snprintf(words, sizeof(words), "confirms: protocol %u%s", is.selected,
                 is.kind == NEGO_ANSWER_PLAIN ? ", without negotiation block" : "");
    }
    session_tell(session, words);
    session_say(session, bytes, writer_size(&writer));
    /* "The server MUST close the connection" after a failure (MS-RDPBCGR 2.2.1.2.2). */
    if (!session->gone) {
        const bool on = session_act(
            session, is.kind == NEGO_ANSWER_FAILURE && behaviour->act == LAB_GO_ON ? LAB_FIN : behaviour->act);
        if (on && session->stage == STAGE_SINK && session->options.behaviour->start.on) {
            (void)session_begin_start(session);
        }
    }
}

static bool step_request(struct lab_session *session)
{
    const struct lab_opening *opening = &session->options.behaviour->opening;
    char words[SESSION_WORDS];
    struct cursor cursor = cursor_of(session->inbox.bytes, session->inbox.size);
    struct fault fault;
    if (session->inbox.size == 0) {
        return false;
    }
    if (opening->reply != NULL) {
        session->stage = STAGE_SINK;
        session->outlet.fin = true;
        session_say(session, opening->reply, opening->reply_size);
        return false;
    }
    switch (nego_request_parse(&cursor, &session->request, &fault)) {
    case PARSE_MORE:
        return false;
    case PARSE_DONE:
        break;
    case PARSE_BAD:
    default:
        snprintf(words, sizeof(words), "got no connection request: byte %zu, %s", fault.offset, fault.why);
        session_tell(session, words);
        session_act(session, LAB_FIN);
        return false;
    }
    session->had_cookie = session->request.cookie.bytes != NULL;
    snprintf(words, sizeof(words), "got a request: offer 0x%02x%s", session->request.protocols,
             session->had_cookie ? ", with cookie" : "");
    session_tell(session, words);
    buffer_consume(&session->inbox, cursor_offset(&cursor));
    session_after(session, session->options.behaviour->negotiation.after_us, answer);
    return true;
}

/* --- the machine --- */

static void advance(struct lab_session *session)
{
    bool moved = true;
    while (moved && !session->gone && session->timer == NULL) {
        switch (session->stage) {
        case STAGE_REQUEST:
            moved = step_request(session);
            break;
        case STAGE_HELLO:
            moved = session_step_hello(session);
            break;
        case STAGE_TLS:
            moved = session_step_tls(session);
            break;
        case STAGE_NLA:
            moved = session_step_nla(session);
            break;
        case STAGE_GATEWAY:
            moved = session_step_gateway(session);
            break;
        case STAGE_START:
            moved = session_step_start(session);
            break;
        case STAGE_SINK:
        default:
            buffer_clear(&session->inbox);
            moved = false;
            break;
        }
    }
}

static void on_received(void *context, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct lab_session *session = context;
    (void)at_us;
    if (size > INBOX_CAP - session->inbox.size) {
        session_tell(session, "gives up: too much came");
        session_reset(session);
    } else if (!buffer_add(&session->inbox, bytes, size)) {
        session_no_memory(session);
    }
    advance(session);
    session_leave(session);
}

static void on_ended(void *context, enum net_end end, int64_t at_us)
{
    struct lab_session *session = context;
    (void)at_us;
    session_tell(session, end == NET_END_FIN ? "the client closed" : "the client reset");
    session->gone = true;
    session_leave(session);
}

static void on_broken(void *context)
{
    struct lab_session *session = context;
    outlet_stopped(session);
    session_leave(session);
}

static void open_up(struct lab_session *session)
{
    const struct lab_opening *opening = &session->options.behaviour->opening;
    if (session->options.number > opening->good && !session_act(session, opening->act)) {
        return;
    }
    if (session->options.behaviour->gateway.is) {
        session->stage = STAGE_HELLO;
    }
    if (opening->greeting != NULL) {
        session->stage = STAGE_SINK;
        session_tell(session, "greets in another protocol");
        session_say(session, opening->greeting, strlen(opening->greeting));
    }
}

struct lab_session *lab_session_new(const struct lab_session_options *options, struct net_stream *stream,
                                    struct error *error)
{
    static const struct net_stream_handler handler = { .received = on_received, .ended = on_ended };
    struct lab_session *session = alloc_new(sizeof(*session));
    if (session == NULL) {
        net_stream_close(stream);
        error_no_memory(error);
        return NULL;
    }
    session->options = *options;
    session->stream = stream;
    buffer_init(&session->inbox, INBOX_CAP);
    buffer_init(&session->plain, INBOX_CAP);
    lab_outlet_init(&session->outlet, options->loop, stream);
    session->outlet.byte_us = options->behaviour->byte_us;
    session->outlet.broken = on_broken;
    session->outlet.context = session;
    net_stream_listen(stream, &handler, session);
    /* From the loop, so that the owner knows the session before it can be over. */
    session->then = open_up;
    session->timer =
        net_timer_start(options->loop, options->behaviour->opening.after_us, on_pause_over, session, error);
    if (session->timer == NULL) {
        lab_session_free(session);
        return NULL;
    }
    return session;
}
