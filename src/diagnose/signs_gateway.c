/* Signs of the RD Gateway and of the forward proxy before it. */
#include <inttypes.h>

#include "base/address.h"
#include "base/text.h"
#include "diagnose/compute.h"
#include "diagnose/gateway.h"
#include "facts/codes.h"

static const struct ev_gateway *of(const struct look *look)
{
    return &look->e->gateway;
}

/* Nothing of it was seen: because its name leads nowhere, because the proxy does not lead to it, or for a reason that
 * leaves everything open. */
static enum truth unasked(const struct look *look, struct buffer *words)
{
    const struct ev_enum *error = &of(look)->name_error;
    if (gateway_proxy_ends_it(of(look))) {
        return say(words, NO, "no gateway was reached: the proxy before it ends the way");
    }
    return seen(error->source) && error->v != NAME_OK
               ? say(words, NO, "no gateway was reached: the name does not resolve")
               : UNSEEN;
}

bool compute_gateway(const struct evidence *evidence, struct reading_gateway *reading, struct error *error)
{
    const struct ev_gateway *gateway = &evidence->gateway;
    const struct ev_int *code = &gateway->tunnel.code;
    const struct code_fact *fact = seen(code->source) ? gateway_code(code->v) : NULL;
    return compute_certificate_of(evidence, &gateway->certificate, gateway->host.v, true, &reading->certificate,
                                  error) &&
           (fact == NULL || fact->name == NULL ||
            ev_set_words(&reading->code_name, SOURCE_COMPUTED, fact->name, error));
}

enum truth see_gateway_on_way(const struct look *look, struct buffer *words)
{
    const struct ev_gateway *gateway = of(look);
    enum check_id at;
    if (!seen(gateway->use.source)) {
        return say(words, NO, "no gateway was looked at");
    }
    if (gateway->use.v != GATEWAY_USE_WHEN_NEEDED) {
        return say(words, YES, "the way goes through the gateway");
    }
    return stop_find_direct(look, &at) && at <= CHECK_TCP
               ? say(words, YES, "the host cannot be reached directly, so the way goes through the gateway")
               : say(words, NO, "the host is reached directly, so the gateway is not needed");
}

static const int unopened[] = { GATEWAY_REFUSED, GATEWAY_UNREACHABLE };
static const int mute[] = { GATEWAY_SILENT, GATEWAY_NO_ANSWER, GATEWAY_TLS_SILENT };

static bool certificate_ends_it(const struct look *look)
{
    return is_yes(look, GATEWAY_CERT_PAST) || is_yes(look, GATEWAY_CERT_NAME_WRONG);
}

enum truth see_gateway_stops(const struct look *look, struct buffer *words)
{
    const struct ev_gateway *gateway = of(look);
    const struct ev_gateway_transport *best;
    if (!is_yes(look, GATEWAY_ON_WAY)) {
        return say(words, NO, "the way does not go through a gateway");
    }
    if (seen(gateway->name_error.source) && gateway->name_error.v != NAME_OK) {
        return say(words, YES, "the gateway's name %.100s does not resolve", gateway->host.v);
    }
    if (gateway->proxy.problem.v != NULL) {
        return say(words, YES, "the proxy before the gateway: %.100s", gateway->proxy.problem.v);
    }
    struct buffer text;
    buffer_init(&text, 4096);
    const enum gateway_answer answer = gateway_best(gateway, &best);
    enum truth truth = answer == GATEWAY_ANSWER_NONE ? UNSEEN : NO;
    if (gateway_proxy_ends_it(gateway)) {
        gateway_proxy_words(gateway, &text);
        truth = YES;
    } else if (answer == GATEWAY_ANSWER_FAILED || answer == GATEWAY_ANSWER_ELSEWHERE) {
        gateway_all_words(gateway, &text);
        truth = YES;
    } else if (answer != GATEWAY_ANSWER_NONE && certificate_ends_it(look)) {
        const enum sign sign = is_yes(look, GATEWAY_CERT_PAST) ? GATEWAY_CERT_PAST : GATEWAY_CERT_NAME_WRONG;
        (void)sign_see(sign, look, CAUSE_NONE, &text);
        truth = YES;
    } else if (gateway_tunnel_words(look, &text)) {
        truth = YES;
    } else if (look->e->through.tcp.attempts.count == 0 && seen(gateway->tunnel.behind.source) &&
               gateway->tunnel.behind.v != GATEWAY_BEHIND_RDP) { /* documents of before the look went on there */
        buffer_format(&text, "the gateway opens the channel to %.100s, and ",
                      gateway->tunnel.target.v != NULL ? gateway->tunnel.target.v : "the target");
        buffer_text(&text, gateway_behind_words(gateway->tunnel.behind.v));
        truth = YES;
    }
    if (truth == YES) {
        say(words, YES, "%.900s", text.bytes != NULL ? (const char *)text.bytes : "it does not come through");
    } else if (truth == NO) {
        say(words, NO, "the gateway answers");
    }
    if (words != NULL) {
        words->failed = words->failed || text.failed;
    }
    buffer_release(&text);
    return truth;
}

static bool names_logon(const struct ev_gateway_transport *transport)
{
    ev_each (item, const struct ev_text_item, &transport->schemes) {
        if (item->text.v != NULL &&
            (text_equal_nocase(item->text.v, "NTLM") || text_equal_nocase(item->text.v, "Negotiate"))) {
            return true;
        }
    }
    return false;
}

enum truth see_gateway_speaks(const struct look *look, struct buffer *words)
{
    const struct ev_gateway_transports *all = &of(look)->transports;
    if (!gateway_asked(of(look)) || gateway_proxy_ends_it(of(look))) {
        return unasked(look, words);
    }
    const bool logon = (gateway_answer(&all->websocket) == GATEWAY_ANSWER_LOGON && names_logon(&all->websocket)) ||
                       (gateway_answer(&all->http) == GATEWAY_ANSWER_LOGON && names_logon(&all->http));
    const bool in = gateway_answer(&all->websocket) == GATEWAY_ANSWER_OPEN && int_is(&all->websocket.status, 101);
    return logon || in ? say(words, YES, "it answers as a gateway does")
                       : say(words, NO, "it does not answer as a gateway does");
}

/* A logon by NTLM is what any IIS may want; the handshake of MS-TSGU is a gateway's alone. Without an account it is not
 * come to. */
enum truth see_gateway_is_one(const struct look *look, struct buffer *words)
{
    if (seen(of(look)->tunnel.version.source)) {
        return say(words, YES, "it answers the gateway protocol's handshake (MS-TSGU)");
    }
    return see_gateway_speaks(look, NULL) == NO ? see_gateway_speaks(look, words) : UNSEEN;
}

enum truth see_gateway_cert_past(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    const struct ev_certificate *cert = &of(look)->certificate;
    if (!seen(cert->not_after.source) || !seen(look->e->started.source)) {
        return unasked(look, words);
    }
    const int64_t past_us = look->e->started.v - cert->not_after.v;
    const int64_t ahead_us = seen(cert->not_before.source) ? cert->not_before.v - look->e->started.v : 0;
    if (past_us > 0) {
        const int64_t past = past_us / 1000000 / ONE_DAY_S;
        return say(words, YES, "the gateway's certificate expired %s%s", past == 0 ? "today" : days(past, text),
                   past == 0 ? "" : " ago");
    }
    if (ahead_us > 0) {
        return say(words, YES, "the gateway's certificate becomes valid only in %s",
                   ahead_us / 1000000 < ONE_DAY_S ? "less than a day" : days(ahead_us / 1000000 / ONE_DAY_S, text));
    }
    return say(words, NO, "the gateway's certificate is within its time");
}

/* Whoever types an address did not ask for a name: a client that was given the name would not complain. */
enum truth see_gateway_cert_name_wrong(const struct look *look, struct buffer *words)
{
    const struct reading_certificate *reading = &look->r->gateway.certificate;
    const struct ev_certificate *cert = &of(look)->certificate;
    struct address literal;
    if (!seen(reading->name_matches.source) || of(look)->host.v == NULL || address_parse(of(look)->host.v, &literal)) {
        return unasked(look, words);
    }
    if (reading->name_matches.v) {
        return say(words, NO, "the gateway's certificate carries its name");
    }
    return say(words, YES, "the gateway's certificate is for %.100s, not for %.100s",
               cert->common_name.v != NULL ? cert->common_name.v : "another name", of(look)->host.v);
}

enum truth see_gateway_cert_untrusted(const struct look *look, struct buffer *words)
{
    const struct ev_certificate *cert = &of(look)->certificate;
    if (!seen(cert->verify.source)) {
        return unasked(look, words);
    }
    return cert->verify.v != 0
               ? say(words, YES, "the gateway's certificate does not verify here (%.100s), and clients insist on that",
                     cert->verify_text.v != NULL ? cert->verify_text.v : "no reason given")
               : say(words, NO, "the gateway's certificate verifies here");
}

enum truth see_gateway_cert_of_interceptor(const struct look *look, struct buffer *words)
{
    const struct reading_certificate *reading = &look->r->gateway.certificate;
    if (!seen(of(look)->certificate.not_after.source)) {
        return unasked(look, words);
    }
    return seen(reading->intercepted_by.source)
               ? say(words, YES, "the gateway's certificate carries the name of %.60s, which re-signs what it inspects",
                     reading->intercepted_by.v)
               : say(words, NO, "the issuer of the gateway's certificate is none that is known to re-sign connections");
}

enum truth see_gateway_clocks_agree(const struct look *look, struct buffer *words)
{
    const struct ev_gateway *gateway = of(look);
    if (!seen(gateway->server_time.source) || !seen(gateway->received.source)) {
        return unasked(look, words);
    }
    const int64_t skew_s = (gateway->server_time.v - gateway->received.v) / 1000000;
    return skew_s > -CLOCK_SKEW_LIMIT_S && skew_s < CLOCK_SKEW_LIMIT_S
               ? say(words, YES, "the gateway's clock is ours")
               : say(words, NO, "the gateway's clock is another than ours");
}

enum truth see_gateway_proxy_asks(const struct look *look, struct buffer *words)
{
    const struct ev_gateway *gateway = of(look);
    if (!gateway_asked(gateway)) {
        return unasked(look, words);
    }
    if (int_is(&gateway->proxy.status, 407)) {
        return say(words, YES, "the proxy %.100s wants a logon of its own (407)",
                   gateway->proxy.host.v != NULL ? gateway->proxy.host.v : "on the way");
    }
    if (gateway_status_everywhere(gateway, 407)) {
        return say(words, YES, "a proxy on the way, which nobody named, wants a logon of its own (407)");
    }
    return say(words, NO, "no proxy on the way wants a logon");
}

enum truth see_gateway_unreached(const struct look *look, struct buffer *words)
{
    const struct ev_gateway *gateway = of(look);
    if (!gateway_asked(gateway) || gateway_proxy_ends_it(gateway)) {
        return unasked(look, words);
    }
    if (gateway_error_everywhere(gateway, unopened, COUNT_OF(unopened))) {
        return say(words, YES, "the gateway %.100s port %" PRId64 " refuses or cannot be reached", gateway->host.v,
                   gateway->port.v);
    }
    return say(words, NO, "the gateway's port opens");
}

enum truth see_gateway_mute(const struct look *look, struct buffer *words)
{
    const struct ev_gateway *gateway = of(look);
    if (!gateway_asked(gateway) || gateway_proxy_ends_it(gateway)) {
        return unasked(look, words);
    }
    return gateway_error_everywhere(gateway, mute, COUNT_OF(mute))
               ? say(words, YES, "the gateway %.100s port %" PRId64 " does not answer", gateway->host.v,
                     gateway->port.v)
               : say(words, NO, "the gateway is not silent");
}

enum { ACCESS_DENIED = 5 };
static const int64_t E_ACCESS_DENIED = 0x80070005;

enum truth see_gateway_forbids(const struct look *look, struct buffer *words)
{
    if (!gateway_asked(of(look)) || gateway_proxy_ends_it(of(look))) {
        return unasked(look, words);
    }
    /* MS-TSGU 3.2.6: mostly "in this state that is not asked for"; a policy has codes of its own */
    const struct ev_int *code = &of(look)->tunnel.code;
    if (int_is(code, ACCESS_DENIED) || int_is(code, E_ACCESS_DENIED)) {
        return say(words, YES, "it answers with a mere \"access denied\" (0x%" PRIX64 ")", (uint64_t)code->v);
    }
    return gateway_status_everywhere(of(look), 403) ? say(words, YES, "it forbids every transport (403)")
                                                    : say(words, NO, "it does not forbid its transports");
}

/* No transport leads as far as a logon. */
static bool not_so_far(const struct look *look)
{
    const struct ev_gateway_transport *best;
    const enum gateway_answer answer = gateway_best(of(look), &best);
    return answer == GATEWAY_ANSWER_FAILED || answer == GATEWAY_ANSWER_ELSEWHERE;
}

static enum truth says(const struct look *look, struct buffer *words, const uint32_t *codes, const char *otherwise)
{
    const struct ev_int *code = &of(look)->tunnel.code;
    if (!gateway_logon_left(&of(look)->tunnel)) {
        return not_so_far(look) ? say(words, NO, "it did not come so far") : unasked(look, words);
    }
    for (size_t i = 0; seen(code->source) && codes[i] != 0; i++) {
        if ((uint64_t)code->v == codes[i]) {
            struct buffer text;
            buffer_init(&text, 4096);
            (void)gateway_tunnel_words(look, &text);
            say(words, YES, "%.400s", text.bytes != NULL ? (const char *)text.bytes : "");
            if (words != NULL) {
                words->failed = words->failed || text.failed;
            }
            buffer_release(&text);
            return YES;
        }
    }
    return say(words, NO, "%s", otherwise);
}

/* MS-TSGU 2.2.6: an answer may carry the whole HRESULT, or its low word alone. */
enum truth see_gateway_says_denied(const struct look *look, struct buffer *words)
{
    static const uint32_t codes[] = { 0x800759DA, 0x800759DB, 0x800759ED, 0x59DA,     0x59DB,     0x59ED, 0x59FB,
                                      0x59FC,     0x5A00,     0x800759FB, 0x800759FC, 0x80075A00, 0 };
    return says(look, words, codes, "no policy of the gateway speaks against it");
}

enum truth see_gateway_says_full(const struct look *look, struct buffer *words)
{
    static const uint32_t codes[] = { 0x59E6, 0x800759E6, 0 };
    if (gateway_asked(of(look)) && gateway_status_everywhere(of(look), 503)) {
        return say(words, YES, "it answers every transport with 503: the service is down or full");
    }
    return says(look, words, codes, "it does not say that it is full");
}

enum truth see_gateway_logon_refused(const struct look *look, struct buffer *words)
{
    const struct ev_gateway_tunnel *tunnel = &of(look)->tunnel;
    if (!gateway_logon_left(tunnel)) {
        return not_so_far(look) ? say(words, NO, "it did not come so far") : unasked(look, words);
    }
    return tunnel->phase.v == GATEWAY_PHASE_LOGON && int_is(&tunnel->status, 401)
               ? say(words, YES, "the gateway refuses this logon by %.20s (401)",
                     tunnel->scheme.v != NULL ? tunnel->scheme.v : "HTTP")
               : say(words, NO, "the gateway does not refuse the logon");
}
