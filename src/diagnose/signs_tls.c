/* Signs of the TLS handshake and of the certificate. */
#include "diagnose/signs.h"

#include <inttypes.h>
#include <string.h>

#include "diagnose/told.h"

enum {
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_PROTOCOL_VERSION = 70,
    ALERT_INSUFFICIENT_SECURITY = 71,
    ALERT_INTERNAL = 80
};

static bool finished(const struct ev_hello *hello)
{
    return hello != NULL && (bool_is(&hello->finished, true) || enum_is(&hello->result, TLS_TRY_ACCEPTED));
}

static bool ended(const struct ev_hello *hello)
{
    return hello != NULL && seen(hello->result.source);
}

enum truth see_confirm_chose_tls(const struct look *look, struct buffer *words)
{
    if (look->first == NULL || !seen(look->first->ended.source)) {
        return UNSEEN;
    }
    bool told = seen(look->first->selected.source) || seen(look->first->failure.source) ||
                bool_is(&look->first->no_block, true);
    if (look->first->ended.v == NEGO_ANSWERED && !told) {
        return UNSEEN;
    }
    if (!seen(look->first->selected.source) || look->first->selected.v == PROTOCOL_RDP ||
        look->first->selected.v == PROTOCOL_AAD) {
        return say(words, NO, "the negotiation did not lead to TLS");
    }
    return say(words, YES, "it chose %s", look->first->selected.v == PROTOCOL_TLS ? "TLS" : "NLA");
}

/* What comes until our own limit, slowly or without end, is neither silence nor an answer. */
static bool goes_on(const struct look *look, const struct ev_hello *hello)
{
    const struct ev_connection *connection = look_connection(look->e, &hello->connection);
    return connection != NULL && enum_is(&connection->end.how, END_OUR_LIMIT);
}

enum truth see_tls_failed(const struct look *look, struct buffer *words)
{
    enum check_id at;
    if (!ended(look->hello)) {
        return told_stop(look, &at) && at == CHECK_TLS ? say(words, YES, "%s", told_stop_words(look, at)) : UNSEEN;
    }
    if (finished(look->hello)) {
        return say(words, NO, "the TLS handshake was completed");
    }
    if (goes_on(look, look->hello)) {
        return say(words, YES, "what follows the ClientHello does not come to an end");
    }
    return say(words, YES,
               enum_is(&look->hello->result, TLS_TRY_OTHER) ? "what answers the ClientHello is not TLS"
                                                            : "the TLS handshake was not completed");
}

/* Cut off at the hello: no alert, no ServerHello. */
static bool bare(const struct ev_hello *hello)
{
    return ended(hello) && !bool_is(&hello->server_hello, true) &&
           (hello->result.v == TLS_TRY_CLOSED || hello->result.v == TLS_TRY_RESET);
}

enum truth see_bare_close_at_hello(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    if (!bare(look->hello)) {
        return say(words, NO, "it does not close bare at the ClientHello");
    }
    int own = 1 + bare(look->again);
    bool wide = bare(look->wide);
    const char *times = own == 2 ? ": with mstsc's own offer twice" : ": with mstsc's own offer";
    const char *every = wide ? ", and with every TLS version and cipher on offer" : "";
    if (own == 1 && !wide) {
        times = "";
    }
    return say(words, YES, "it %s %s%s the ClientHello, without an alert%s%s",
               look->hello->result.v == TLS_TRY_RESET ? "resets" : "closes",
               seen(look->hello->after_us.source) ? span(look->hello->after_us.v, text) : "",
               seen(look->hello->after_us.source) ? " after" : "after", times, every);
}

enum truth see_plain_at_hello(const struct look *look, struct buffer *words)
{
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    if (!enum_is(&look->hello->result, TLS_TRY_PLAIN) || goes_on(look, look->hello)) {
        return say(words, NO, "it does not answer the ClientHello in plain RDP");
    }
    return say(words, YES, "it answers the ClientHello with a plain RDP packet%s: its side of TLS did not start",
               look->wide != NULL && enum_is(&look->wide->result, TLS_TRY_PLAIN)
                   ? ", also when every TLS version and cipher is on offer"
                   : "");
}

static bool alert_of(const struct ev_hello *hello, int64_t *alert)
{
    if (!ended(hello) || !seen(hello->alert.source)) {
        return false;
    }
    *alert = hello->alert.v;
    return true;
}

enum truth see_alert_at_hello(const struct look *look, struct buffer *words)
{
    int64_t alert;
    int64_t to_wide;
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    if (!alert_of(look->hello, &alert)) {
        return enum_is(&look->hello->result, TLS_TRY_ALERT) ? UNSEEN : say(words, NO, "no alert came");
    }
    return say(words, YES, "it answers the ClientHello with alert %" PRId64 "%s", alert,
               look->wide == NULL ? ""
               : alert_of(look->wide, &to_wide) && to_wide == alert
                   ? ", also when every TLS version and cipher is on offer"
               : bool_is(&look->wide->server_hello, true) ? ", but not when everything is on offer"
                                                          : "");
}

enum truth see_alert_says_no_common(const struct look *look, struct buffer *words)
{
    int64_t alert;
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    if (!alert_of(look->hello, &alert)) {
        return enum_is(&look->hello->result, TLS_TRY_ALERT) ? UNSEEN : say(words, NO, "no alert came that says so");
    }
    switch (alert) {
    case ALERT_HANDSHAKE_FAILURE:
        return say(words, YES, "alert 40: no cipher in common");
    case ALERT_PROTOCOL_VERSION:
        return say(words, YES, "alert 70: no TLS version in common");
    case ALERT_INSUFFICIENT_SECURITY:
        return say(words, YES, "alert 71: the offer is too weak for it");
    default:
        return say(words, NO, "alert %" PRId64 " does not say that nothing is in common", alert);
    }
}

enum truth see_alert_says_internal(const struct look *look, struct buffer *words)
{
    int64_t alert;
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    return alert_of(look->hello, &alert) && alert == ALERT_INTERNAL
               ? say(words, YES, "alert 80: an error inside the server")
               : say(words, NO, "no alert 80 came");
}

enum truth see_alert_says_version(const struct look *look, struct buffer *words)
{
    int64_t alert;
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    return alert_of(look->hello, &alert) && alert == ALERT_PROTOCOL_VERSION
               ? say(words, YES, "alert 70 speaks of the TLS version, not of a key")
               : say(words, NO, "no alert 70 came");
}

enum truth see_cut_in_tls(const struct look *look, struct buffer *words)
{
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    bool cut = look->hello->result.v != TLS_TRY_SILENT && !finished(look->hello);
    return cut ? say(words, YES,
                     enum_is(&look->hello->result, TLS_TRY_OTHER) ? "the handshake breaks off"
                                                                  : "the handshake is cut off")
               : say(words, NO, "the handshake is not cut off");
}

enum truth see_cut_at_hello(const struct look *look, struct buffer *words)
{
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    if (bool_is(&look->hello->server_hello, true) || see_cut_in_tls(look, NULL) != YES) {
        return say(words, NO, "mstsc's own ClientHello is not cut off");
    }
    return say(words, YES, "mstsc's own ClientHello %s",
               enum_is(&look->hello->result, TLS_TRY_OTHER) ? "gets no TLS for an answer" : "is cut off");
}

enum truth see_close_after_server_hello(const struct look *look, struct buffer *words)
{
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    bool cut = look->hello->result.v == TLS_TRY_CLOSED || look->hello->result.v == TLS_TRY_RESET ||
               look->hello->result.v == TLS_TRY_ALERT || look->hello->result.v == TLS_TRY_OTHER ||
               look->hello->result.v == TLS_TRY_PLAIN;
    return !finished(look->hello) && cut && bool_is(&look->hello->server_hello, true)
               ? say(words, YES, "%s",
                     enum_is(&look->hello->result, TLS_TRY_OTHER)
                         ? "what follows the ServerHello cannot be read: it is broken, or far too big"
                         : "the handshake is cut off after the ServerHello")
               : say(words, NO, "the handshake is not cut off after a ServerHello");
}

enum truth see_stalled_in_tls(const struct look *look, struct buffer *words)
{
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    if (goes_on(look, look->hello)) {
        return say(words, NO, "something keeps coming until our own limit");
    }
    if (look->hello->result.v != TLS_TRY_SILENT) {
        return say(words, NO, "%s; lost packets would stall it",
                   finished(look->hello) ? "the handshake went through" : "it ends at once");
    }
    return say(words, YES, "the handshake stalls after %s, and nothing ends it",
               bool_is(&look->hello->server_hello, true) ? "the ServerHello" : "the ClientHello");
}

enum truth see_any_server_hello(const struct look *look, struct buffer *words)
{
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    if (see_repeat_differs(look, NULL) == YES) {
        return UNSEEN; /* by turns: perhaps not always the same machine behind the address */
    }
    ev_each (hello, const struct ev_hello, &look->e->tls.hellos) {
        if (bool_is(&hello->server_hello, true)) {
            return say(words, YES, "it answered %s with a ServerHello, which takes a certificate and its key",
                       enum_is(&hello->shape, HELLO_WIDE) ? "an offer of everything" : "a ClientHello");
        }
    }
    return say(words, NO, "no ServerHello came");
}

enum truth see_small_segments_work(const struct look *look, struct buffer *words)
{
    if (!ended(look->small)) {
        return UNSEEN;
    }
    /* cut below the size of a ClientHello, the pieces could also have slipped past a filter */
    enum { HELLO_FITS = 560 };
    if (finished(look->small) && seen(look->small->mss.source) && look->small->mss.v < HELLO_FITS) {
        return UNSEEN;
    }
    if (finished(look->small)) {
        return say(words, YES, "the same handshake in small segments (%" PRId64 " bytes) goes through",
                   seen(look->small->mss.source) ? look->small->mss.v : 0);
    }
    return say(words, NO, "the same handshake in small segments fails too");
}

/* --- the certificate --- */

static const struct ev_certificate *certificate(const struct look *look)
{
    return seen(look->e->certificate.not_after.source) ? &look->e->certificate : NULL;
}

enum truth see_cert_seen(const struct look *look, struct buffer *words)
{
    if (certificate(look) != NULL) {
        return say(words, YES, "the server showed its certificate");
    }
    return seen(look->e->certificate.der.source) || seen(look->e->certificate.problem.source)
               ? say(words, NO, "the certificate could not be read")
               : UNSEEN;
}

enum truth see_cert_expired(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    if (certificate(look) == NULL || !seen(look->e->started.source)) {
        return UNSEEN;
    }
    int64_t past_us = look->e->started.v - certificate(look)->not_after.v;
    if (past_us <= 0) {
        return say(words, NO, "the certificate has not expired");
    }
    int64_t past = past_us / 1000000 / ONE_DAY_S;
    return past == 0 ? say(words, YES, "the certificate expired today, by this machine's clock")
                     : say(words, YES, "the certificate expired %s ago, by this machine's clock", days(past, text));
}

enum truth see_cert_not_yet_valid(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    const struct ev_certificate *cert = certificate(look);
    if (cert == NULL || !seen(cert->not_before.source) || !seen(look->e->started.source)) {
        return UNSEEN;
    }
    int64_t ahead = cert->not_before.v - look->e->started.v;
    if (ahead <= 0) {
        return say(words, NO, "the certificate is already valid");
    }
    return say(words, YES, "the certificate becomes valid only in %s, by this machine's clock",
               ahead / 1000000 < ONE_DAY_S ? "less than a day" : days(ahead / 1000000 / ONE_DAY_S, text));
}

enum truth see_cert_name_wrong(const struct look *look, struct buffer *words)
{
    const struct ev_certificate *cert = certificate(look);
    if (cert == NULL || !seen(look->r->certificate.name_matches.source)) {
        return UNSEEN;
    }
    if (look->r->certificate.name_matches.v) {
        return say(words, NO, "the certificate carries the name that was asked for");
    }
    return say(words, YES, "the certificate is for %.100s, not for %.100s",
               cert->common_name.v != NULL ? cert->common_name.v : "another name",
               look->e->target.host.v != NULL ? look->e->target.host.v : "the name that was asked for");
}

enum truth see_cert_self_signed(const struct look *look, struct buffer *words)
{
    if (!seen(look->r->certificate.self_signed.source)) {
        return UNSEEN;
    }
    return look->r->certificate.self_signed.v ? say(words, YES, "the certificate is signed by itself")
                                              : say(words, NO, "the certificate was issued by somebody else");
}

enum truth see_cert_weak(const struct look *look, struct buffer *words)
{
    const struct ev_certificate *cert = certificate(look);
    if (cert == NULL) {
        return UNSEEN;
    }
    if (enum_is(&cert->key.type, KEY_RSA) && seen(cert->key.bits.source) && cert->key.bits.v <= 1024) {
        return say(words, YES, "its RSA key has only %" PRId64 " bits", cert->key.bits.v);
    }
    if (enum_is(&cert->key.type, KEY_DSA)) {
        return say(words, YES, "its key is DSA, which today's clients refuse");
    }
    const char *signature = cert->signature.v != NULL ? cert->signature.v : "";
    if (strstr(signature, "md5") != NULL || strstr(signature, "MD5") != NULL) {
        return say(words, YES, "it is signed with MD5");
    }
    /* nobody checks the signature of a certificate upon itself */
    if (bool_is(&look->r->certificate.self_signed, false) && strstr(signature, "sha1") != NULL) {
        return say(words, YES, "its issuer signed it with SHA-1");
    }
    return say(words, NO, "its key and signature are strong enough");
}

enum truth see_cert_of_interceptor(const struct look *look, struct buffer *words)
{
    if (certificate(look) == NULL) {
        return UNSEEN;
    }
    if (seen(look->r->certificate.intercepted_by.source)) {
        return say(words, YES, "the certificate's issuer carries the name of %.60s, which re-signs what it inspects",
                   look->r->certificate.intercepted_by.v);
    }
    return say(words, NO, "the issuer is none that is known to re-sign connections");
}
