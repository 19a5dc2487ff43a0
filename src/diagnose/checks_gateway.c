/* Status and summary of the check gateway. */
#include "diagnose/build.h"
#include "diagnose/gateway.h"

#include <inttypes.h>

enum { FINGERPRINT_SHOWN = 16 }; /* digits */

static const char *certificate_words(const struct look *look)
{
    return is_yes(look, GATEWAY_CERT_PAST)             ? "; its certificate is not within its time"
           : is_yes(look, GATEWAY_CERT_NAME_WRONG)     ? "; its certificate is for another name"
           : is_yes(look, GATEWAY_CERT_OF_INTERCEPTOR) ? "; its certificate is signed by what inspects traffic"
           : is_yes(look, GATEWAY_CERT_UNTRUSTED)      ? "; its certificate is not trusted here"
                                                       : "";
}

static bool rdp_behind(const struct ev_gateway_tunnel *tunnel)
{
    return !seen(tunnel->behind.source) || tunnel->behind.v == GATEWAY_BEHIND_RDP;
}

static void add_behind(const struct ev_gateway_tunnel *tunnel, struct buffer *text)
{
    if (seen(tunnel->behind.source)) {
        buffer_format(text, "; %s", gateway_behind_words(tunnel->behind.v));
    }
    if (seen(tunnel->selected.source)) {
        buffer_text(text, tunnel->selected.v == PROTOCOL_NLA || tunnel->selected.v == PROTOCOL_NLA_EX ? ", with NLA"
                          : tunnel->selected.v == PROTOCOL_TLS                                        ? ", with TLS"
                                                                                                      : "");
    }
}

static void set_answered(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_gateway *gateway = &look->e->gateway;
    const struct ev_gateway_transport *best;
    const char *cert = certificate_words(look);
    const enum gateway_answer answer = gateway_best(gateway, &best);
    struct buffer text;
    buffer_init(&text, 4096);
    if (enum_is(&gateway->tunnel.phase, GATEWAY_PHASE_OPEN)) {
        buffer_format(&text, "%.80s opens the channel to %.80s", gateway->host.v,
                      gateway->tunnel.target.v != NULL ? gateway->tunnel.target.v : "the target");
        add_behind(&gateway->tunnel, &text);
    } else if (gateway_tunnel_words(look, &text)) {
        /* said */
    } else if (gateway_proxy_ends_it(gateway)) {
        gateway_proxy_words(gateway, &text);
    } else {
        buffer_format(&text, "%.80s: ", gateway->host.v);
        gateway_all_words(gateway, &text);
    }
    if (enum_is(&gateway->tunnel.phase, GATEWAY_PHASE_CERTIFICATE) && gateway->certificate.sha256.v != NULL) {
        /* enough of it to know it again; all 64 digits stand in the evidence */
        buffer_format(&text, "%s, so no logon was sent to it (--trust-cert; its SHA-256 begins with %.*s)",
                      *cert != '\0' ? cert : "; nobody vouched for its certificate", FINGERPRINT_SHOWN,
                      gateway->certificate.sha256.v);
        cert = "";
    }
    if (enum_is(&gateway->tunnel.phase, GATEWAY_PHASE_FAILED_HERE)) {
        buffer_format(&text, "; this machine could not make the logon%s%.160s",
                      gateway->tunnel.problem.v != NULL ? ": " : "",
                      gateway->tunnel.problem.v != NULL ? gateway->tunnel.problem.v : "");
    }
    const bool unlike = answer == GATEWAY_ANSWER_LOGON && !is_yes(look, GATEWAY_SPEAKS) && text.size > 0 &&
                        !seen(gateway->tunnel.phase.source);
    if (unlike) {
        buffer_text(&text, "; gateways offer NTLM or Negotiate");
    }
    const bool bad = unlike || answer < GATEWAY_ANSWER_LOGON || *cert != '\0' || !rdp_behind(&gateway->tunnel) ||
                     (seen(gateway->tunnel.phase.source) && gateway->tunnel.phase.v != GATEWAY_PHASE_OPEN);
    check_set(build, CHECK_GATEWAY,
              is_yes(look, GATEWAY_STOPS) ? STATUS_FAIL
              : bad                       ? STATUS_WARN
                                          : STATUS_PASS,
              build_text(build, "%s%s", text.bytes != NULL ? (const char *)text.bytes : "", cert), NULL);
    build->failed = build->failed || text.failed;
    buffer_release(&text);
}

bool check_gateway(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_gateway *gateway = &look->e->gateway;
    if (gateway_asked(gateway)) {
        set_answered(build);
        return true;
    }
    if (is_yes(look, GATEWAY_STOPS)) {
        check_set(build, CHECK_GATEWAY, STATUS_FAIL, build_sign(build, GATEWAY_STOPS, CAUSE_NONE), NULL);
        return true;
    }
    return false;
}
