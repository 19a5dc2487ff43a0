#include "diagnose/gateway.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "facts/codes.h"

static const char *const transport_titles[] = { "WebSocket", "HTTP", "RPC" };
enum { TRANSPORTS = 3 };

static const struct ev_gateway_transport *transport_at(const struct ev_gateway *gateway, size_t i)
{
    const struct ev_gateway_transports *all = &gateway->transports;
    const struct ev_gateway_transport *const transports[TRANSPORTS] = { &all->websocket, &all->http, &all->rpc };
    return transports[i];
}

/* A gateway's 200 carries its own packets, never a page to read: portals and other web servers answer so. */
static bool is_page(const struct ev_gateway_transport *transport)
{
    return int_is(&transport->status, 200) && bool_is(&transport->page, true);
}

enum gateway_answer gateway_answer(const struct ev_gateway_transport *transport)
{
    /* a head that does not end, or breaks off, is no answer, whatever its first line says */
    if (seen(transport->error.source) || !seen(transport->status.source)) {
        return seen(transport->error.source) ? GATEWAY_ANSWER_FAILED : GATEWAY_ANSWER_NONE;
    }
    switch (transport->status.v) {
    case 401:
        return GATEWAY_ANSWER_LOGON;
    case 101:
        return GATEWAY_ANSWER_OPEN;
    case 200:
        return is_page(transport) ? GATEWAY_ANSWER_ELSEWHERE : GATEWAY_ANSWER_OPEN;
    default:
        return GATEWAY_ANSWER_ELSEWHERE;
    }
}

enum gateway_answer gateway_best(const struct ev_gateway *gateway, const struct ev_gateway_transport **transport)
{
    enum gateway_answer best = GATEWAY_ANSWER_NONE;
    *transport = transport_at(gateway, 0);
    for (size_t i = 0; i < TRANSPORTS; i++) {
        const enum gateway_answer answer = gateway_answer(transport_at(gateway, i));
        if (answer > best) {
            best = answer;
            *transport = transport_at(gateway, i);
        }
    }
    return best;
}

bool gateway_asked(const struct ev_gateway *gateway)
{
    const struct ev_gateway_transport *transport;
    return gateway_best(gateway, &transport) != GATEWAY_ANSWER_NONE;
}

bool gateway_error_everywhere(const struct ev_gateway *gateway, const int *errors, size_t count)
{
    bool all = gateway_asked(gateway);
    for (size_t i = 0; i < TRANSPORTS && all; i++) {
        const struct ev_gateway_transport *transport = transport_at(gateway, i);
        bool one = gateway_answer(transport) == GATEWAY_ANSWER_NONE;
        for (size_t j = 0; j < count; j++) {
            one = one || enum_is(&transport->error, errors[j]);
        }
        all = one && !seen(transport->status.source);
    }
    return all;
}

bool gateway_status_everywhere(const struct ev_gateway *gateway, int64_t status)
{
    bool any = false;
    for (size_t i = 0; i < TRANSPORTS; i++) {
        const struct ev_gateway_transport *transport = transport_at(gateway, i);
        if (seen(transport->status.source) && transport->status.v != status) {
            return false;
        }
        any = any || seen(transport->status.source);
    }
    return any;
}

bool gateway_proxy_ends_it(const struct ev_gateway *gateway)
{
    static const int by_proxy[] = { GATEWAY_REFUSED, GATEWAY_SILENT, GATEWAY_UNREACHABLE, GATEWAY_PROXY_SAYS_NO,
                                    GATEWAY_PROXY_CLOSED };
    return gateway->proxy.host.v != NULL && gateway_error_everywhere(gateway, by_proxy, COUNT_OF(by_proxy));
}

static void list_schemes(const struct ev_list *schemes, struct buffer *words)
{
    size_t i = 0;
    ev_each (item, const struct ev_text_item, schemes) {
        buffer_format(words, "%s%.24s", i++ > 0 ? ", " : " (", item->text.v != NULL ? item->text.v : "?");
    }
    buffer_text(words, i > 0 ? ")" : "");
}

static const char *status_meaning(int64_t status)
{
    static const struct {
        int status;
        const char *meaning;
    } meanings[] = {
        { 101, "switches to WebSocket without a logon" },
        { 200, "lets in without a logon" },
        { 403, "forbidden" },
        { 404, "nothing of that kind there" },
        { 405, "no such request there" },
        { 407, "a proxy wants a logon" },
        { 410, "gone" },
        { 501, "no such request there" },
        { 502, "what stands before it gets no answer from it" },
        { 503, "the service is down or full" },
        { 504, "what stands before it gets no answer from it" },
    };
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        if (meanings[i].status == status) {
            return meanings[i].meaning;
        }
    }
    return status / 100 == 3 ? "sends elsewhere" : status / 100 == 5 ? "an error of its own" : "an odd answer";
}

static const char *error_meaning(int error)
{
    static const char *const meanings[] = {
        [GATEWAY_REFUSED] = "refuses the TCP connection",
        [GATEWAY_SILENT] = "does not answer",
        [GATEWAY_UNREACHABLE] = "is unreachable",
        [GATEWAY_PROXY_SAYS_NO] = "does not open the way to the gateway",
        [GATEWAY_PROXY_CLOSED] = "ends the request for the way to the gateway without an answer",
        [GATEWAY_TLS_ALERT] = "ends the TLS handshake by an alert",
        [GATEWAY_TLS_CLOSED] = "closes in the TLS handshake",
        [GATEWAY_TLS_SILENT] = "does not finish the TLS handshake",
        [GATEWAY_TLS_OTHER] = "what it speaks is no TLS",
        [GATEWAY_CLOSED] = "closes TLS without an answer",
        [GATEWAY_RESET] = "resets the connection without an answer",
        [GATEWAY_NO_ANSWER] = "takes the request and does not answer",
        [GATEWAY_NOT_HTTP] = "what it answers is no HTTP",
        [GATEWAY_TOO_MUCH] = "answers without end",
        [GATEWAY_BROKEN_OFF] = "breaks off in its answer",
        [GATEWAY_DISTRUSTED] = "showed another certificate",
    };
    return error >= 0 && (size_t)error < COUNT_OF(meanings) ? meanings[error] : "fails";
}

void gateway_proxy_words(const struct ev_gateway *gateway, struct buffer *words)
{
    const struct ev_gateway_proxy *proxy = &gateway->proxy;
    buffer_format(words, "the proxy %.100s port %" PRId64 " ", proxy->host.v, proxy->port.v);
    for (size_t i = 0; i < TRANSPORTS; i++) {
        const struct ev_gateway_transport *transport = transport_at(gateway, i);
        if (seen(transport->error.source)) {
            buffer_text(words, error_meaning(transport->error.v));
            break;
        }
    }
    if (seen(proxy->status.source)) {
        buffer_format(words, ": %" PRId64 "%s", proxy->status.v,
                      proxy->status.v == 407 ? ", it wants a logon of its own" : "");
    }
}

void gateway_words(const struct ev_gateway_transport *transport, struct buffer *words)
{
    switch (gateway_answer(transport)) {
    case GATEWAY_ANSWER_LOGON:
        buffer_text(words, "asks for a logon");
        list_schemes(&transport->schemes, words);
        break;
    case GATEWAY_ANSWER_OPEN:
    case GATEWAY_ANSWER_ELSEWHERE:
        buffer_format(words, "%" PRId64 ": %s", transport->status.v,
                      is_page(transport) ? "a web page, which no gateway sends" : status_meaning(transport->status.v));
        break;
    case GATEWAY_ANSWER_FAILED:
        buffer_text(words, error_meaning(transport->error.v));
        break;
    case GATEWAY_ANSWER_NONE:
    default:
        buffer_text(words, "not asked");
        break;
    }
}

void gateway_all_words(const struct ev_gateway *gateway, struct buffer *words)
{
    char texts[TRANSPORTS][300];
    bool told[TRANSPORTS] = { false };
    for (size_t i = 0; i < TRANSPORTS; i++) {
        struct buffer one;
        buffer_init(&one, 4096);
        gateway_words(transport_at(gateway, i), &one);
        snprintf(texts[i], sizeof texts[i], "%s", one.bytes != NULL ? (const char *)one.bytes : "");
        words->failed = words->failed || one.failed;
        buffer_release(&one);
    }
    for (size_t i = 0; i < TRANSPORTS; i++) {
        if (told[i]) {
            continue;
        }
        buffer_format(words, "%s%s", i > 0 ? "; " : "", transport_titles[i]);
        for (size_t j = i + 1; j < TRANSPORTS; j++) {
            if (strcmp(texts[i], texts[j]) == 0) {
                buffer_format(words, ", %s", transport_titles[j]);
                told[j] = true;
            }
        }
        buffer_format(words, ": %s", texts[i]);
    }
}

static const char *phase_words(enum gateway_phase phase)
{
    switch (phase) {
    case GATEWAY_PHASE_HANDSHAKE:
        return "the handshake";
    case GATEWAY_PHASE_TUNNEL:
        return "the tunnel";
    case GATEWAY_PHASE_AUTHORIZE:
        return "the authorization of this client";
    case GATEWAY_PHASE_CHANNEL:
        return "the channel to the target";
    case GATEWAY_PHASE_OPEN:
        return "the open channel";
    case GATEWAY_PHASE_WITHHELD:
    case GATEWAY_PHASE_CERTIFICATE:
    case GATEWAY_PHASE_FAILED_HERE:
    case GATEWAY_PHASE_LOGON:
    default:
        return "the logon";
    }
}

const struct code_fact *gateway_code(int64_t code)
{
    enum { WORD = 0xFFFF };
    const uint32_t value = (uint32_t)code;
    const uint32_t other = value <= WORD ? 0x80070000U | value : value >> 16 == 0x8007U ? value & WORD : value;
    const struct code_fact *fact = code_fact(CODE_GATEWAY, value);
    fact = fact != NULL ? fact : code_fact(CODE_GATEWAY, other);
    return fact != NULL ? fact : code_fact(CODE_HRESULT, value);
}

bool gateway_logon_left(const struct ev_gateway_tunnel *tunnel)
{
    return seen(tunnel->phase.source) && tunnel->phase.v > GATEWAY_PHASE_FAILED_HERE;
}

bool gateway_broke(const struct ev_gateway_tunnel *tunnel)
{
    return seen(tunnel->code.source) || seen(tunnel->error.source) || tunnel->problem.v != NULL;
}

bool gateway_tunnel_words(const struct look *look, struct buffer *words)
{
    const struct ev_gateway_tunnel *tunnel = &look->e->gateway.tunnel;
    if (!gateway_logon_left(tunnel) || (tunnel->phase.v == GATEWAY_PHASE_OPEN && !gateway_broke(tunnel))) {
        return false;
    }
    const char *phase = phase_words((enum gateway_phase)tunnel->phase.v);
    if (seen(tunnel->code.source)) {
        const struct code_fact *fact = gateway_code(tunnel->code.v);
        const size_t length = fact != NULL ? strlen(fact->meaning) : 0;
        const bool stop = length > 0 && fact->meaning[length - 1] == '.'; /* more may follow in the same sentence */
        buffer_format(words, "it %s %s: 0x%08" PRIX64 "%s%.*s",
                      tunnel->phase.v == GATEWAY_PHASE_OPEN ? "closes" : "refuses", phase, (uint64_t)tunnel->code.v,
                      fact != NULL ? ": " : "", (int)(length - stop), fact != NULL ? fact->meaning : "");
    } else if (tunnel->phase.v == GATEWAY_PHASE_LOGON && seen(tunnel->status.source)) {
        buffer_format(words, "it refuses the logon by %s: HTTP %" PRId64 "%s",
                      tunnel->scheme.v != NULL ? tunnel->scheme.v : "HTTP", tunnel->status.v,
                      tunnel->status.v == 401 ? ", its one answer to an account with no right to log on there, a "
                                                "locked one, a kind of logon that it does not take, and a wrong "
                                                "user or password"
                                              : "");
    } else if (tunnel->problem.v != NULL) {
        buffer_format(words, "%s %s is broken: %.200s",
                      tunnel->phase.v == GATEWAY_PHASE_OPEN ? "what comes out of" : "its answer to", phase,
                      tunnel->problem.v);
    } else if (tunnel->phase.v == GATEWAY_PHASE_OPEN) {
        buffer_text(words,
                    "its own connection ends while the channel is open, and it does not say that the host ended it");
    } else {
        buffer_format(words, "at %s it %s", phase,
                      seen(tunnel->error.source) ? error_meaning(tunnel->error.v) : "ends");
    }
    return true;
}

const char *gateway_behind_words(int behind)
{
    static const char *const words[] = {
        [GATEWAY_BEHIND_RDP] = "RDP answers there",
        [GATEWAY_BEHIND_REFUSES] = "RDP refuses the negotiation there",
        [GATEWAY_BEHIND_OTHER] = "what answers there is no RDP",
        [GATEWAY_BEHIND_CLOSED] = "it is closed there without an answer",
        [GATEWAY_BEHIND_SILENT] = "nothing answers there",
    };
    return behind >= 0 && (size_t)behind < COUNT_OF(words) ? words[behind] : "nobody knows what is there";
}

enum check_id gateway_excuses(const struct look *look)
{
    /* what answers directly may be another machine, or something before it: the gateway's own way led to RDP, or ended
     * before anybody could know */
    const bool only_heard = look->e->through.tcp.attempts.count == 0; /* else what is judged is the gateway's own way */
    const bool elsewhere = enum_is(&look->e->gateway.tunnel.behind, GATEWAY_BEHIND_RDP) || is_yes(look, GATEWAY_STOPS);
    return only_heard && elsewhere ? CHECK_NEGOTIATION : CHECK_TCP;
}

const char *gateway_open(const struct look *look)
{
    const struct ev_gateway *gateway = &look->e->gateway;
    enum check_id at;
    if (!is_yes(look, GATEWAY_ON_WAY) || is_yes(look, GATEWAY_STOPS) ||
        enum_is(&gateway->tunnel.phase, GATEWAY_PHASE_OPEN)) {
        return NULL;
    }
    if (!stop_find_direct(look, &at)) {
        return NULL; /* the host itself was looked at, by the direct way */
    }
    if (enum_is(&gateway->tunnel.phase, GATEWAY_PHASE_WITHHELD)) {
        return "the host refused this logon, so it was not tried at the gateway as well";
    }
    if (enum_is(&gateway->tunnel.phase, GATEWAY_PHASE_CERTIFICATE)) {
        return "the gateway's certificate is not trusted here, so no logon was sent to it (--trust-cert)";
    }
    if (enum_is(&gateway->tunnel.phase, GATEWAY_PHASE_FAILED_HERE)) {
        return "this machine could not make the logon for the gateway";
    }
    if (gateway_asked(gateway) && !is_yes(look, GATEWAY_SPEAKS)) {
        return "something asks for a logon there, not in the way of a gateway; whether it is one shows only with a "
               "logon "
               "(--user)";
    }
    return gateway_asked(gateway) ? "the gateway answers; what lies behind it shows only with a logon (--user)"
                                  : "the way goes through a gateway that could not be looked at";
}
