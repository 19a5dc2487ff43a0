/* The way through a gateway with credentials: the logon of HTTP on each connection, then what gateway_packets.c says.
 * The password goes only to a certificate that verifies here, or that the user vouched for. */
#include "probe/gateway_tunnel.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "plan/credentials.h"
#include "platform/random.h"
#include "probe/probe_internal.h"
#include "x509/certificate.h"

enum { BYTES_CAP = 1 << 18, STEP_US = 15000000, LINE_MAX = 16384 };
static const int64_t NO_LIMIT_US = INT64_C(3600000000);

const char *gateway_scheme_name(enum gateway_scheme scheme)
{
    static const char *const names[] = { "none", "Basic", "NTLM", "Negotiate" };
    return names[scheme];
}

static void leg_free(struct gateway_leg *leg)
{
    gateway_auth_free(leg->auth);
    leg->auth = NULL;
    net_http_free(leg->http);
    leg->http = NULL;
    secret_free(leg->line);
    leg->line = NULL;
    buffer_release(&leg->token);
}

void gateway_tunnel_free(struct gateway_tunnel *tunnel)
{
    if (tunnel == NULL) {
        return;
    }
    struct gateway_tunnel **at = &tunnel->look->tunnels;
    while (*at != NULL && *at != tunnel) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = tunnel->next;
    }
    leg_free(&tunnel->out);
    leg_free(&tunnel->in);
    net_timer_free(tunnel->limit);
    net_stream_close(tunnel->pump);
    field_release(&gateway_tunnel_table, &tunnel->spare);
    buffer_release(&tunnel->frames);
    buffer_release(&tunnel->packets);
    alloc_free(tunnel);
}

void gateway_tunnel_over(struct gateway_tunnel *tunnel)
{
    if (!tunnel->over) {
        tunnel->over = true;
        net_timer_again(tunnel->limit, 0); /* from the loop: nobody of us is on the stack then */
    }
}

void gateway_tunnel_failed(struct gateway_tunnel *tunnel, const struct error *error)
{
    tunnel->over = true;
    run_failed(tunnel->look->run, error);
}

void gateway_tunnel_problem(struct gateway_tunnel *tunnel, const char *words)
{
    struct error error = { 0 };
    if (!ev_set_text(&tunnel->record->problem, SOURCE_PROBE, words, strlen(words), &error)) {
        gateway_tunnel_failed(tunnel, &error);
        return;
    }
    gateway_tunnel_over(tunnel);
}

void gateway_tunnel_failed_here(struct gateway_tunnel *tunnel, const char *words)
{
    ev_set_enum(&tunnel->record->phase, SOURCE_PROBE, GATEWAY_PHASE_FAILED_HERE);
    gateway_tunnel_problem(tunnel, words);
}

void gateway_tunnel_cut(struct gateway_tunnel *tunnel, enum gateway_error error)
{
    if (!tunnel->closing) {
        ev_set_enum(&tunnel->record->error, SOURCE_PROBE, (int)error);
    }
    gateway_tunnel_over(tunnel);
}

void gateway_tunnel_gone(struct gateway_tunnel *tunnel)
{
    struct gateway_look *look = tunnel->look;
    gateway_tunnel_free(tunnel);
    gateway_perhaps_done(look);
}

/* The gateway's word that it cannot reach the target (MS-TSGU 2.2.6), as HRESULT or as its low word. Any other end
 * before the channel is open is the gateway's own, or ours: nobody asked the host. */
static bool host_closed(const struct gateway_tunnel *tunnel)
{
    enum { WORD = 0xFFFF, E_PROXY_TS_CONNECTFAILED = 0x59DD };
    const struct ev_int *code = &tunnel->record->code;
    return tunnel->phase == GATEWAY_PHASE_CHANNEL && code->source != SOURCE_NONE &&
           (code->v & WORD) == E_PROXY_TS_CONNECTFAILED;
}

/* The end, from the loop: its user hears of it, and when he has gone as well, so is the tunnel. */
static void limit_fired(void *context)
{
    struct gateway_tunnel *tunnel = context;
    const struct net_connected failed = { .result = host_closed(tunnel) ? NET_UNREACHABLE : NET_NOT_ASKED,
                                          .rtt_us = -1 };
    if (!tunnel->over && !tunnel->closing) {
        ev_set_enum(&tunnel->record->error, SOURCE_PROBE, GATEWAY_NO_ANSWER);
    }
    tunnel->over = true;
    leg_free(&tunnel->out);
    leg_free(&tunnel->in);
    if (tunnel->pump == NULL) {
        gateway_tunnel_gone(tunnel);
    } else if (tunnel->opened) {
        net_stream_shut(tunnel->pump);
    } else {
        tunnel->handler->connected(tunnel->context, &failed);
    }
}

/* --- one connection --- */

/* Only the very certificate that was looked at: the logon is bound to it. That there is no memory to compare it says
 * nothing of the peer. */
static bool trusted(void *context, struct net_tls *tls)
{
    struct gateway_leg *leg = context;
    const struct ev_certificate *accepted = &leg->tunnel->look->run->evidence->gateway.certificate;
    struct buffer der;
    buffer_init(&der, X509_DER_MAX);
    const bool any = net_tls_chain_count(tls) > 0;
    leg->no_memory = net_tls_no_memory(tls) || (any && !net_tls_chain_der(tls, 0, &der));
    const bool same =
        any && !leg->no_memory && der.size == accepted->der.size && memcmp(der.bytes, accepted->der.v, der.size) == 0;
    buffer_release(&der);
    return same;
}

bool gateway_leg_go(struct gateway_leg *leg, struct error *error)
{
    struct gateway_request request;
    if (!gateway_request(leg->tunnel->look, leg->way, leg->tunnel->id, &request, error)) {
        return false;
    }
    request.http.whole = true;
    if (leg->last || leg->tunnel->scheme == GATEWAY_SCHEME_NONE) {
        request.http.body = leg->way == GATEWAY_WEBSOCKET ? NET_HTTP_RAW
                            : leg->admitted               ? NET_HTTP_CHUNKED
                                                          : NET_HTTP_EMPTY;
    } else {
        request.http.body = NET_HTTP_EMPTY;
    }
    if (leg->line != NULL && secret_size(leg->line) > 0 && !leg->admitted) {
        gateway_header(&request, (const char *)secret_look(leg->line));
    }
    if (leg->admitted) { /* it is answered when the tunnel ends */
        request.http.connect_limit_us = request.http.answer_limit_us =
            run_limit_us(leg->tunnel->look->run, NO_LIMIT_US);
    }
    leg->answered = false;
    net_timer_again(leg->tunnel->limit, run_limit_us(leg->tunnel->look->run, STEP_US));
    return net_http_ask(leg->http, &request.http, error);
}

static bool leg_start(struct gateway_tunnel *tunnel, struct gateway_leg *leg, enum gateway_way way,
                      struct error *error);

/* The logon went through. */
static bool admitted(struct gateway_leg *leg, int status, struct error *error)
{
    struct gateway_tunnel *tunnel = leg->tunnel;
    gateway_auth_free(leg->auth);
    leg->auth = NULL;
    if (leg == &tunnel->out) {
        tunnel->websocket = status == 101;
        ev_set_enum(&tunnel->record->by, SOURCE_PROBE, tunnel->websocket ? GATEWAY_BY_WEBSOCKET : GATEWAY_BY_HTTP);
        return tunnel->websocket ? gateway_talk(tunnel, error) : leg_start(tunnel, &tunnel->in, GATEWAY_HTTP_IN, error);
    }
    return true; /* once this answer has ended: the data */
}

void gateway_tunnel_refused(struct gateway_tunnel *tunnel, int status)
{
    ev_set_int(&tunnel->record->status, SOURCE_PROBE, status);
    gateway_tunnel_over(tunnel);
}

static void answered(void *context, const struct net_http_head *head)
{
    struct gateway_leg *leg = context;
    struct gateway_tunnel *tunnel = leg->tunnel;
    struct error error = { 0 };
    leg->answered = true;
    buffer_clear(&leg->token);
    if (tunnel->over || leg->admitted) {
        return; /* the gateway's word on the IN channel, which comes when it likes */
    }
    if (head->status == 200 || (head->status == 101 && leg->way == GATEWAY_WEBSOCKET)) {
        if (!admitted(leg, head->status, &error)) {
            gateway_tunnel_failed(tunnel, &error);
        }
    } else if (head->status != 401 || leg->last || head->token[0] == '\0' || leg->auth == NULL) {
        gateway_tunnel_refused(tunnel, head->status);
    } else if (!buffer_text(&leg->token, head->token)) {
        error_no_memory(&error);
        gateway_tunnel_failed(tunnel, &error);
    }
}

static void received(void *context, const uint8_t *bytes, size_t size)
{
    struct gateway_leg *leg = context;
    if (leg == &leg->tunnel->out && leg->answered) {
        gateway_heard(leg->tunnel, bytes, size);
    }
}

static void ended(void *context, enum net_http_end end)
{
    struct gateway_leg *leg = context;
    struct gateway_tunnel *tunnel = leg->tunnel;
    struct error error = { 0 };
    bool good = true;
    if (tunnel->over) {
        return;
    }
    if (end == NET_HTTP_NO_MEMORY || leg->no_memory) {
        good = error_no_memory(&error);
    } else if (end == NET_HTTP_DONE && leg->token.size > 0) {
        good = gateway_auth_step(leg, &error);
    } else if (end == NET_HTTP_DONE && leg == &tunnel->in && !leg->admitted) {
        leg->admitted = true;
        leg->last = true;
        good = gateway_leg_go(leg, &error) && gateway_talk(tunnel, &error);
    } else if (!(end == NET_HTTP_DONE && leg == &tunnel->in)) {
        const int code = gateway_error_of(end);
        gateway_tunnel_cut(tunnel, code >= 0 ? (enum gateway_error)code : GATEWAY_CLOSED);
    }
    if (!good) {
        gateway_tunnel_failed(tunnel, &error);
    }
}

static const struct net_http_handler handler = {
    .trusted = trusted,
    .answered = answered,
    .received = received,
    .drained = gateway_drained,
    .ended = ended,
};

static bool leg_start(struct gateway_tunnel *tunnel, struct gateway_leg *leg, enum gateway_way way, struct error *error)
{
    leg->tunnel = tunnel;
    leg->way = way;
    buffer_init(&leg->token, LINE_MAX);
    leg->http = net_http_new(tunnel->look->run->loop, &handler, leg, error);
    leg->line = leg->http != NULL ? secret_new(LINE_MAX, error) : NULL;
    return leg->line != NULL &&
           (tunnel->scheme == GATEWAY_SCHEME_NONE ? gateway_leg_go(leg, error) : gateway_auth_start(leg, error));
}

/* --- whether, and how --- */

static bool vouched_for(const struct gateway_look *look)
{
    const struct run *run = look->run;
    const struct ev_certificate *certificate = &run->evidence->gateway.certificate;
    if (certificate->verify.source != SOURCE_NONE && certificate->verify.v == 0) {
        return true;
    }
    if (certificate->sha256.v != NULL && strcmp(certificate->sha256.v, look->accepted) == 0) {
        return true;
    }
    for (size_t i = 0; i < run->options->trusted_count; i++) {
        if (certificate->sha256.v != NULL && strcmp(certificate->sha256.v, run->options->trusted[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool offers(const struct ev_gateway_transports *all, const char *scheme)
{
    const struct ev_list *const lists[] = { &all->websocket.schemes, &all->http.schemes };
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        ev_each (item, const struct ev_text_item, lists[i]) {
            if (item->text.v != NULL && text_equal_nocase(item->text.v, scheme)) {
                return true;
            }
        }
    }
    return false;
}

static bool asks(const struct ev_gateway_transports *all)
{
    return (all->websocket.status.source != SOURCE_NONE && all->websocket.status.v == 401) ||
           (all->http.status.source != SOURCE_NONE && all->http.status.v == 401);
}

/* NTLM first: it is what gateways take from clients outside their domain. Basic sends the password itself. */
static bool choose(const struct ev_gateway_transports *all, enum gateway_scheme *scheme)
{
    static const enum gateway_scheme order[] = { GATEWAY_SCHEME_NTLM, GATEWAY_SCHEME_NEGOTIATE, GATEWAY_SCHEME_BASIC };
    *scheme = GATEWAY_SCHEME_NONE;
    for (size_t i = 0; asks(all) && i < COUNT_OF(order); i++) {
        if (offers(all, gateway_scheme_name(order[i]))) {
            *scheme = order[i];
            return true;
        }
    }
    return !asks(all);
}

bool gateway_tunnel_begin(struct gateway_tunnel *tunnel, struct error *error)
{
    const struct run *run = tunnel->look->run;
    const struct ev_gateway_transports *all = &run->evidence->gateway.transports;
    if (!vouched_for(tunnel->look)) {
        ev_set_enum(&tunnel->record->phase, SOURCE_PROBE, GATEWAY_PHASE_CERTIFICATE);
        gateway_tunnel_over(tunnel);
        return true;
    }
    ev_set_enum(&tunnel->record->phase, SOURCE_PROBE, GATEWAY_PHASE_LOGON);
    if (!ev_set_text(&tunnel->record->target, SOURCE_PROBE, tunnel->host, strlen(tunnel->host), error)) {
        return false;
    }
    if (!choose(all, &tunnel->scheme)) {
        gateway_tunnel_problem(tunnel, "it takes none of NTLM, Negotiate and Basic");
        return true;
    }
    return ev_set_words(&tunnel->record->scheme, SOURCE_PROBE, gateway_scheme_name(tunnel->scheme), error) &&
           leg_start(tunnel, &tunnel->out, GATEWAY_WEBSOCKET, error);
}

struct gateway_tunnel *gateway_tunnel_new(struct gateway_look *look, struct error *error)
{
    uint8_t id[16];
    struct gateway_tunnel *tunnel = alloc_new(sizeof *tunnel);
    if (tunnel == NULL) {
        error_no_memory(error);
        return NULL;
    }
    tunnel->look = look;
    tunnel->next = look->tunnels;
    look->tunnels = tunnel;
    tunnel->record = look->channel_opened ? &tunnel->spare : &look->run->evidence->gateway.tunnel;
    buffer_init(&tunnel->frames, BYTES_CAP);
    buffer_init(&tunnel->packets, BYTES_CAP);
    buffer_init(&tunnel->out.token, LINE_MAX);
    buffer_init(&tunnel->in.token, LINE_MAX);
    tunnel->limit = net_timer_start(look->run->loop, run_limit_us(look->run, STEP_US), limit_fired, tunnel, error);
    if (tunnel->limit == NULL || !platform_random(id, sizeof id, error)) {
        gateway_tunnel_free(tunnel);
        return NULL;
    }
    gateway_guid(tunnel->id, id);
    return tunnel;
}
