/* The HTTP side of the lab's RD Gateway: heads of requests, logons, and what the scenario answers. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/text.h"
#include "lab/gateway.h"

enum { HEAD_MAX = 16384, TOKEN_MAX = 8192, KEY_MAX = 64, ANSWER_MAX = 16384, SEED_SIZE = 10 };

/* A request's head, as far as a gateway looks. */
struct head {
    char method[24];
    char authorization[TOKEN_MAX];
    char key[KEY_MAX];
    char id[GATEWAY_ID_SIZE];
    bool upgrade;
    bool chunked;
    bool rpc;
};

void gateway_say(struct lab_session *session, const void *bytes, size_t size)
{
    if (session->gone) {
        return;
    }
    if (!net_tls_write(session->tls, bytes, size, NULL)) {
        session_no_memory(session);
        return;
    }
    (void)session_send_tls(session);
}

static void copy(char *to, size_t room, const char *from, size_t size)
{
    const size_t length = size < room ? size : room - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

static void take_line(struct head *head, const char *line, size_t size)
{
    char name[32];
    const char *colon = memchr(line, ':', size);
    if (colon == NULL) {
        return;
    }
    copy(name, sizeof name, line, (size_t)(colon - line));
    const char *value = colon + 1;
    size_t left = size - (size_t)(value - line);
    while (left > 0 && *value == ' ') {
        value++;
        left--;
    }
    if (text_equal_nocase(name, "Authorization")) {
        copy(head->authorization, sizeof head->authorization, value, left);
    } else if (text_equal_nocase(name, "Sec-WebSocket-Key")) {
        copy(head->key, sizeof head->key, value, left);
    } else if (text_equal_nocase(name, "RDG-Connection-Id")) {
        copy(head->id, sizeof head->id, value, left);
    } else if (text_equal_nocase(name, "Upgrade")) {
        head->upgrade = left == 9 && strncmp(value, "websocket", 9) == 0;
    } else if (text_equal_nocase(name, "Transfer-Encoding")) {
        head->chunked = left == 7 && strncmp(value, "chunked", 7) == 0;
    }
}

/* False: its end is not there yet. */
static bool read_head(struct lab_session *session, struct head *head)
{
    const char *text = (const char *)session->plain.bytes;
    const char *end = session->plain.size > 3 ? memmem(text, session->plain.size, "\r\n\r\n", 4) : NULL;
    if (end == NULL) {
        if (session->plain.size > HEAD_MAX) {
            session_tell(session, "gives up: a head without end");
            session_reset(session);
        }
        return false;
    }
    *head = (struct head){ 0 };
    const char *blank = memchr(text, ' ', (size_t)(end - text));
    copy(head->method, sizeof head->method, text, blank != NULL ? (size_t)(blank - text) : 0);
    head->rpc = strncmp(head->method, "RPC_", 4) == 0;
    for (const char *line = text; line < end;) {
        const char *stop = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
        take_line(head, line, (size_t)(stop - line));
        line = stop + 2;
    }
    buffer_consume(&session->plain, (size_t)(end + 4 - text));
    return true;
}

static void answer(struct lab_session *session, int status, const char *lines)
{
    char text[ANSWER_MAX];
    char words[SESSION_WORDS];
    snprintf(text, sizeof text, "HTTP/1.1 %d Lab\r\nServer: Microsoft-HTTPAPI/2.0\r\n%sContent-Length: 0\r\n\r\n",
             status, lines);
    snprintf(words, sizeof words, "answers %d", status);
    session_tell(session, words);
    gateway_say(session, text, strlen(text));
}

/* --- the logon --- */

static void ask(struct lab_session *session)
{
    const unsigned asks = session->options.behaviour->gateway.asks;
    char lines[256];
    snprintf(lines, sizeof lines, "%s%s%s", (asks & LAB_ASKS_NEGOTIATE) != 0 ? "WWW-Authenticate: Negotiate\r\n" : "",
             (asks & LAB_ASKS_NTLM) != 0 ? "WWW-Authenticate: NTLM\r\n" : "",
             (asks & LAB_ASKS_BASIC) != 0 ? "WWW-Authenticate: Basic realm=\"lab\"\r\n" : "");
    answer(session, 401, lines);
}

static bool basic_is_good(struct lab_session *session, const char *token)
{
    const struct lab_logon *logon = &session->options.behaviour->nla.logon;
    struct buffer plain;
    char wanted[256];
    buffer_init(&plain, 1024);
    snprintf(wanted, sizeof wanted, "%s:%s", logon->user != NULL ? logon->user : "",
             logon->password != NULL ? logon->password : "");
    const bool good = base64_decode(&plain, token, strlen(token)) && plain.size == strlen(wanted) &&
                      memcmp(plain.bytes, wanted, plain.size) == 0;
    buffer_release(&plain);
    return good;
}

/* One token of NTLM or Negotiate. True: admitted. */
static bool step_logon(struct lab_session *session, const char *scheme, const char *token64)
{
    struct lab_gateway_state *state = session->gateway;
    struct buffer token;
    struct buffer out;
    struct buffer line;
    buffer_init(&token, TOKEN_MAX);
    buffer_init(&out, TOKEN_MAX);
    buffer_init(&line, ANSWER_MAX);
    state->acceptor = state->acceptor != NULL ? state->acceptor : lab_acceptor_new();
    const bool read = state->acceptor != NULL && base64_decode(&token, token64, strlen(token64));
    const enum lab_accepted accepted =
        read ? lab_acceptor_step(state->acceptor, slice_of(token.bytes, token.size), &out) : LAB_ACCEPT_FAILED;
    if (accepted != LAB_ACCEPT_MORE) {
        session_tell(session, state->acceptor != NULL ? lab_acceptor_words(state->acceptor) : "out of memory");
    }
    if (accepted == LAB_ACCEPT_MORE) {
        buffer_format(&line, "WWW-Authenticate: %s ", scheme);
        (void)!base64_add(&line, out.bytes, out.size);
        buffer_text(&line, "\r\n");
        answer(session, 401, (const char *)line.bytes);
    } else if (accepted == LAB_ACCEPT_FAILED) {
        lab_acceptor_free(state->acceptor);
        state->acceptor = NULL;
        ask(session);
    }
    buffer_release(&token);
    buffer_release(&out);
    buffer_release(&line);
    return accepted == LAB_ACCEPT_DONE;
}

/* False: this request was answered. */
static bool admit(struct lab_session *session, const struct head *head)
{
    struct lab_gateway_state *state = session->gateway;
    const unsigned asks = session->options.behaviour->gateway.asks;
    const char *header = head->authorization;
    if (state->admitted || asks == 0) {
        return true;
    }
    if (strncmp(header, "NTLM ", 5) == 0 && (asks & LAB_ASKS_NTLM) != 0) {
        state->admitted = step_logon(session, "NTLM", header + 5);
    } else if (strncmp(header, "Negotiate ", 10) == 0 && (asks & LAB_ASKS_NEGOTIATE) != 0) {
        state->admitted = step_logon(session, "Negotiate", header + 10);
    } else if (strncmp(header, "Basic ", 6) == 0 && (asks & LAB_ASKS_BASIC) != 0 &&
               basic_is_good(session, header + 6)) {
        session_tell(session, "admits by Basic");
        state->admitted = true;
    } else {
        ask(session);
    }
    return state->admitted;
}

/* --- what a request becomes --- */

static struct lab_session **slot_of(struct lab_hub *hub, const struct lab_session *session)
{
    for (size_t i = 0; i < LAB_HUB_MAX; i++) {
        if (hub->out[i] == session) {
            return &hub->out[i];
        }
    }
    return NULL;
}

/* RFC 6455 4.2.2 */
static bool accept_key(const char *key, struct buffer *text)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char whole[KEY_MAX + sizeof guid];
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    snprintf(whole, sizeof whole, "%s%s", key, guid);
    return EVP_Digest(whole, strlen(whole), hash, &size, EVP_sha1(), NULL) == 1 && base64_add(text, hash, size);
}

static void become_websocket(struct lab_session *session, const struct head *head)
{
    struct buffer text;
    struct buffer key;
    buffer_init(&key, KEY_MAX);
    buffer_init(&text, 512);
    if (accept_key(head->key, &key)) {
        buffer_format(&text,
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Accept: %s\r\n\r\n",
                      (const char *)key.bytes);
        session->gateway->role = GATEWAY_ROLE_WEBSOCKET;
        session_tell(session, "answers 101: WebSocket");
        gateway_say(session, text.bytes, text.size);
    }
    buffer_release(&key);
    buffer_release(&text);
}

static void become_out(struct lab_session *session)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                               "Server: Microsoft-HTTPAPI/2.0\r\n\r\n";
    static const uint8_t seed[SEED_SIZE] = { 0x5e, 0xed, 1, 2, 3, 4, 5, 6, 7, 8 };
    struct lab_session **slot = slot_of(session->options.hub, NULL);
    if (slot == NULL) {
        answer(session, 503, "");
        return;
    }
    *slot = session;
    session->gateway->role = GATEWAY_ROLE_OUT;
    session_tell(session, "answers 200: the OUT channel");
    gateway_say(session, head, sizeof head - 1);
    gateway_say(session, seed, sizeof seed); /* MS-TSGU 3.3.5.1 */
}

static bool flood_line(void *context, struct buffer *queue)
{
    static const char piece[4000] = "X-Long: ";
    struct lab_session *session = context;
    return net_tls_write(session->tls, piece, sizeof piece, NULL) && net_tls_take(session->tls, queue);
}
static bool flood_lines(void *context, struct buffer *queue)
{
    static const char lines[] = "X-One: more\r\nX-Two: and more\r\nX-Three: and more\r\nX-Four: without end\r\n";
    struct lab_session *session = context;
    return net_tls_write(session->tls, lines, sizeof lines - 1, NULL) && net_tls_take(session->tls, queue);
}

static void lie(struct lab_session *session, enum lab_http_lie what)
{
    static const char *const begins[] = {
        [LAB_HTTP_GARBAGE] = "\x03\x00\x00\x0b\x06\xd0 this is no HTTP\r\n\r\n",
        [LAB_HTTP_LINE_ENDLESS] = "HTTP/1.1 401 Lab\r\nX-Line: ",
        [LAB_HTTP_HEAD_ENDLESS] = "HTTP/1.1 401 Lab\r\n",
        [LAB_HTTP_BODY_ENDLESS] = "HTTP/1.1 200 OK\r\n\r\n",
        [LAB_HTTP_CUT] = "HTTP/1.1 401 La",
    };
    static const size_t garbage_size = 25;
    session->stage = STAGE_SINK;
    session_tell(session, "answers with a lie");
    gateway_say(session, begins[what], what == LAB_HTTP_GARBAGE ? garbage_size : strlen(begins[what]));
    if (what == LAB_HTTP_CUT || what == LAB_HTTP_GARBAGE) {
        session->outlet.fin = true;
    } else {
        session->outlet.more = what == LAB_HTTP_HEAD_ENDLESS ? flood_lines : flood_line;
    }
    session_push(session);
}

static bool step_request(struct lab_session *session)
{
    const struct lab_gateway *behaviour = &session->options.behaviour->gateway;
    struct head head;
    char words[SESSION_WORDS];
    if (!read_head(session, &head)) {
        return false;
    }
    snprintf(words, sizeof words, "got %s%s%s", head.method, head.upgrade ? " with an upgrade" : "",
             head.authorization[0] != '\0' ? " and a logon" : "");
    session_tell(session, words);
    if (!session_act(session, behaviour->act)) {
        return false;
    }
    if (behaviour->lie != LAB_HTTP_HONEST) {
        lie(session, behaviour->lie);
        return false;
    }
    if (behaviour->status != 0) {
        answer(session, behaviour->status, behaviour->status / 100 == 3 ? "Location: https://portal.example/\r\n" : "");
        return true;
    }
    if (head.rpc) {
        answer(session, 404, "");
        return true;
    }
    if (!admit(session, &head)) {
        return true;
    }
    copy(session->gateway->id, GATEWAY_ID_SIZE, head.id, strlen(head.id));
    if (strcmp(head.method, "RDG_OUT_DATA") == 0) {
        if (head.upgrade && !behaviour->no_websocket) {
            become_websocket(session, &head);
        } else {
            become_out(session);
        }
    } else if (strcmp(head.method, "RDG_IN_DATA") == 0 && head.chunked) {
        session->gateway->role = GATEWAY_ROLE_IN;
        session_tell(session, "takes the IN channel");
    } else if (strcmp(head.method, "RDG_IN_DATA") == 0) {
        answer(session, 200, "");
    } else {
        answer(session, 405, "");
    }
    return true;
}

void session_gateway_free(struct lab_session *session)
{
    struct lab_gateway_state *state = session->gateway;
    struct lab_session **slot = session->options.hub != NULL ? slot_of(session->options.hub, session) : NULL;
    if (slot != NULL) {
        *slot = NULL;
    }
    if (state == NULL) {
        return;
    }
    lab_acceptor_free(state->acceptor);
    net_stream_close(state->target);
    buffer_release(&state->packets);
    alloc_free(state);
    session->gateway = NULL;
}

static bool begin(struct lab_session *session)
{
    enum { PACKETS_CAP = 1 << 20 };
    if (session->gateway == NULL) {
        session->gateway = alloc_new(sizeof *session->gateway);
        if (session->gateway == NULL) {
            session_no_memory(session);
            return false;
        }
        buffer_init(&session->gateway->packets, PACKETS_CAP);
    }
    return true;
}

bool session_step_gateway(struct lab_session *session)
{
    bool closed = false;
    if (!begin(session)) {
        return false;
    }
    if (session->inbox.size > 0) {
        (void)net_tls_step(session->tls, session->inbox.bytes, session->inbox.size);
        buffer_clear(&session->inbox);
    }
    if (!net_tls_read(session->tls, &session->plain, &closed)) {
        session_tell(session, "TLS ended");
        session_act(session, LAB_FIN);
        return false;
    }
    if (closed) {
        session_act(session, LAB_FIN);
        return false;
    }
    switch (session->gateway->role) {
    case GATEWAY_ROLE_WEBSOCKET:
        return gateway_step_websocket(session);
    case GATEWAY_ROLE_IN:
        return gateway_step_chunks(session);
    case GATEWAY_ROLE_OUT:
        buffer_clear(&session->plain);
        return false;
    case GATEWAY_ROLE_HTTP:
    default:
        return step_request(session);
    }
}
