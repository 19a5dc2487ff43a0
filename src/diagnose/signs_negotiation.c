/* Signs of the X.224 request and its answer (protocol: MS-RDPBCGR 2.2.1.1, 2.2.1.2). */
#include "diagnose/signs.h"

#include <inttypes.h>

#include "base/text.h"

static bool opened(const struct look *look)
{
    return look->first != NULL && seen(look->first->ended.source);
}

/* The common half: unseen while the first request was not answered one way or the other. */
static enum truth first_ended(const struct look *look, struct buffer *words, enum nego_ended ended)
{
    static const char *const how[] = { "answers the connection request", "closes after the connection request",
                                       "resets after the connection request", "stays silent after the request",
                                       "answers with something that is not RDP" };
    if (!opened(look)) {
        return UNSEEN;
    }
    return say(words, look->first->ended.v == (int)ended ? YES : NO, "what is there %s", how[look->first->ended.v]);
}

enum truth see_closed_before_confirm(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    if (!opened(look)) {
        return UNSEEN;
    }
    const struct ev_offer *first = look->first;
    bool reset = enum_is(&first->ended, NEGO_RESET);
    if (!reset && !enum_is(&first->ended, NEGO_CLOSED)) {
        return first_ended(look, words, NEGO_CLOSED);
    }
    const struct ev_connection *connection = look_connection(look->e, &first->connection);
    size_t times = 0;
    size_t cut = 0;
    ev_each (offer, const struct ev_offer, &look->e->negotiation.offers) {
        times += seen(offer->ended.source);
        cut += enum_is(&offer->ended, NEGO_CLOSED) || enum_is(&offer->ended, NEGO_RESET);
    }
    bool timed = connection != NULL && seen(connection->end.after_us.source);
    bool some = connection != NULL && seen(connection->end.after_bytes.source) && connection->end.after_bytes.v > 0;
    return say(words, YES, "the port opens, then it %s %s%s the connection request, %s%s", reset ? "resets" : "closes",
               timed ? span(connection->end.after_us.v, text) : "", timed ? " after" : "after",
               some ? "with bytes that are no whole Confirm" : "without a byte",
               cut == times && cut > 1 ? ", each time" : "");
}

enum truth see_silent_before_confirm(const struct look *look, struct buffer *words)
{
    const struct ev_connection *connection = opened(look) ? look_connection(look->e, &look->first->connection) : NULL;
    if (connection == NULL || !enum_is(&look->first->ended, NEGO_SILENT) ||
        !enum_is(&connection->end.how, END_OUR_LIMIT)) {
        return first_ended(look, words, NEGO_SILENT);
    }
    char text[SPAN_SIZE];
    const struct ev_end *end = &connection->end;
    return say(words, YES, "what is there answers the request with %" PRId64 " bytes in %s, and no whole answer",
               end->after_bytes.v, span(end->after_us.v, text));
}

enum truth see_not_rdp(const struct look *look, struct buffer *words)
{
    static const char *const names[] = { NULL,  "RDP",    "SSH", "HTTP",  "TLS",  "VNC", "SMTP",
                                         "FTP", "Telnet", "SMB", "MySQL", "POP3", "IMAP" };
    const struct ev_negotiation *negotiation = &look->e->negotiation;
    if (!opened(look)) {
        return UNSEEN;
    }
    if (!enum_is(&look->first->ended, NEGO_NOT_RDP)) {
        return say(words, NO, "nothing but RDP was heard on the port");
    }
    if (!seen(negotiation->speaks.source)) {
        return UNSEEN; /* its first bytes were not kept */
    }
    if (negotiation->speaks.v == SPEAKS_RDP) {
        return say(words, NO, "what answers begins as RDP does");
    }
    if (negotiation->speaks.v > SPEAKS_RDP) {
        return say(words, YES, "what answers on port %" PRId64 " speaks %s", look->port, names[negotiation->speaks.v]);
    }
    return say(words, YES, "what answers on port %" PRId64 " does not speak RDP", look->port);
}

enum truth see_answer_garbled(const struct look *look, struct buffer *words)
{
    if (!opened(look)) {
        return UNSEEN;
    }
    const struct ev_enum *speaks = &look->e->negotiation.speaks;
    if (!enum_is(&look->first->ended, NEGO_NOT_RDP) || (seen(speaks->source) && speaks->v != SPEAKS_RDP)) {
        return say(words, NO, "the answer is no broken RDP");
    }
    if (!seen(speaks->source)) {
        return say(words, YES, "its answer is not the one that RDP asks for");
    }
    return say(words, YES, "it answers as RDP does, but the answer is broken");
}

/* When the request is cut off at once, a connection that lives for seconds was not closed unasked. */
static bool outlives(const struct look *look, int64_t silent_us)
{
    const struct ev_connection *first = look->first != NULL ? look_connection(look->e, &look->first->connection) : NULL;
    return silent_us >= STAYED_OPEN_US && first != NULL && seen(first->end.after_us.source) &&
           first->end.after_us.v < silent_us / 4;
}

enum truth see_closes_unasked(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    const struct ev_connection *silent = look->silent;
    if (silent == NULL || !seen(silent->silent_us.source) || !seen(silent->end.how.source)) {
        return UNSEEN; /* never made, or it did not even open */
    }
    bool by_peer = silent->end.how.v == END_FIN || silent->end.how.v == END_RST;
    span(silent->silent_us.v, text);
    /* what closes in order when asked, and resets when not, is two things: a limit on connects may be one of them */
    if (silent->end.how.v == END_RST && look->first != NULL && enum_is(&look->first->ended, NEGO_CLOSED)) {
        return UNSEEN;
    }
    if (!by_peer || outlives(look, silent->silent_us.v)) {
        return say(words, NO, "a connection on which nothing is sent stays open for %s", text);
    }
    return say(words, YES, "it also closes when nothing is sent, after %s", text);
}

enum truth see_plain_request_answered(const struct look *look, struct buffer *words)
{
    if (look->plain == NULL || !seen(look->plain->ended.source)) {
        return UNSEEN;
    }
    return enum_is(&look->plain->ended, NEGO_ANSWERED)
               ? say(words, YES, "the same request without cookie, in two pieces, is answered")
               : say(words, NO, "the request without cookie, in two pieces, ends the same way");
}

enum truth see_any_confirm(const struct look *look, struct buffer *words)
{
    bool any = false;
    ev_each (offer, const struct ev_offer, &look->e->negotiation.offers) {
        any = any || enum_is(&offer->ended, NEGO_ANSWERED);
    }
    if (any) {
        return say(words, YES, "an RDP server answers behind the port");
    }
    return opened(look) ? say(words, NO, "no RDP server answered") : UNSEEN;
}

/* Only the whole offer counts: what becomes of our own reduced offers is no fault of anybody's. */
static enum truth refused(const struct look *look, struct buffer *words, int64_t code, const char *yes)
{
    if (!opened(look)) {
        return UNSEEN;
    }
    if (int_is(&look->first->failure, code)) {
        return say(words, YES, "asked for TLS or NLA, it answers with failure %" PRId64 ": %s", code, yes);
    }
    if (seen(look->first->failure.source)) {
        return say(words, NO, "its answer is failure %" PRId64 ", not %" PRId64, look->first->failure.v, code);
    }
    return say(words, NO, "it did not refuse the offer with failure %" PRId64, code);
}

enum truth see_refused_1(const struct look *look, struct buffer *words)
{
    return refused(look, words, FAILURE_SSL_REQUIRED, "TLS required, although it was offered");
}
enum truth see_refused_2(const struct look *look, struct buffer *words)
{
    return refused(look, words, FAILURE_SSL_NOT_ALLOWED, "TLS not allowed");
}
enum truth see_refused_3(const struct look *look, struct buffer *words)
{
    return refused(look, words, FAILURE_NO_CERTIFICATE, "no usable certificate");
}
enum truth see_refused_4(const struct look *look, struct buffer *words)
{
    return refused(look, words, FAILURE_INCONSISTENT, "inconsistent flags");
}
enum truth see_refused_5(const struct look *look, struct buffer *words)
{
    return refused(look, words, FAILURE_HYBRID_REQUIRED, "NLA required, although it was offered");
}
enum truth see_refused_6(const struct look *look, struct buffer *words)
{
    return refused(look, words, FAILURE_CLIENT_CERTIFICATE, "TLS with a client certificate required");
}

enum truth see_demands_what_was_offered(const struct look *look, struct buffer *words)
{
    if (!opened(look)) {
        return UNSEEN;
    }
    const struct ev_offer *first = look->first;
    if (int_is(&first->failure, FAILURE_SSL_REQUIRED) && (first->offer.v & PROTOCOL_TLS) != 0) {
        return see_refused_1(look, words);
    }
    if (int_is(&first->failure, FAILURE_HYBRID_REQUIRED) && (first->offer.v & PROTOCOL_NLA) != 0) {
        return see_refused_5(look, words);
    }
    return say(words, NO, "it demands nothing that was on offer already");
}

enum truth see_tls_alone_accepted(const struct look *look, struct buffer *words)
{
    const struct ev_offer *offer = look_offered(look->e, PROTOCOL_TLS);
    if (offer == NULL || !enum_is(&offer->ended, NEGO_ANSWERED)) {
        return UNSEEN;
    }
    if (int_is(&offer->selected, PROTOCOL_TLS)) {
        return say(words, YES, "TLS by itself is accepted");
    }
    return say(words, NO, "TLS by itself is refused too");
}

enum truth see_tls_alone_refused(const struct look *look, struct buffer *words)
{
    enum truth accepted = see_tls_alone_accepted(look, NULL);
    if (accepted == UNSEEN) {
        return UNSEEN;
    }
    return accepted == NO ? say(words, YES, "TLS by itself is refused too")
                          : say(words, NO, "TLS by itself is accepted");
}

enum truth see_takes_plain_rdp(const struct look *look, struct buffer *words)
{
    const struct ev_offer *offer = look_offered(look->e, PROTOCOL_RDP);
    if (offer == NULL || !enum_is(&offer->ended, NEGO_ANSWERED)) {
        return UNSEEN;
    }
    if (int_is(&offer->selected, PROTOCOL_RDP) || bool_is(&offer->no_block, true)) {
        return say(words, YES, "standard RDP security by itself is accepted");
    }
    return say(words, NO, "standard RDP security by itself is refused");
}

static bool offered_tls(const struct ev_offer *offer)
{
    return seen(offer->offer.source) && (offer->offer.v & PROTOCOL_TLS) != 0;
}

enum truth see_chose_plain_rdp(const struct look *look, struct buffer *words)
{
    if (!opened(look)) {
        return UNSEEN;
    }
    if (offered_tls(look->first) && int_is(&look->first->selected, PROTOCOL_RDP)) {
        return say(words, YES, "offered TLS and NLA, the server chose standard RDP security");
    }
    return say(words, NO, "the server did not choose standard RDP security");
}

enum truth see_confirm_without_block(const struct look *look, struct buffer *words)
{
    if (!opened(look)) {
        return UNSEEN;
    }
    if (bool_is(&look->first->asked_nothing, true)) {
        return say(words, NO, "the client asked for no protocol, so that its Confirm names none");
    }
    return bool_is(&look->first->no_block, true)
               ? say(words, YES, "its Connection Confirm has no negotiation block, as before TLS came to RDP")
               : say(words, NO, "its Connection Confirm has a negotiation block");
}

enum truth see_chose_unoffered(const struct look *look, struct buffer *words)
{
    const struct ev_offer *first = look->first;
    if (!opened(look)) {
        return UNSEEN;
    }
    if (!seen(first->selected.source) || first->selected.v == PROTOCOL_RDP || !seen(first->offer.source)) {
        return say(words, NO, "it chose nothing that was not offered");
    }
    return (first->selected.v & ~first->offer.v) != 0
               ? say(words, YES, "it chose protocol 0x%" PRIx64 ", which was not offered", (uint64_t)first->selected.v)
               : say(words, NO, "it chose nothing that was not offered");
}

/* A bastion shows its own name. Farms and aliases differ as well, so this never does more than fit. */
enum truth see_identity_is_another(const struct look *look, struct buffer *words)
{
    const struct evidence *e = look->e;
    if (!enum_is(&e->name.form, NAME_FORM_FQDN) || e->target.host.v == NULL) {
        return UNSEEN;
    }
    if (seen(e->nla.target.dns_computer.source)) {
        return text_equal_nocase(e->nla.target.dns_computer.v, e->target.host.v)
                   ? say(words, NO, "the challenge names the computer that was asked for")
                   : say(words, YES, "what answers calls itself %.100s", e->nla.target.dns_computer.v);
    }
    if (seen(look->r->certificate.name_matches.source)) {
        return look->r->certificate.name_matches.v
                   ? say(words, NO, "the certificate carries the name that was asked for")
                   : say(words, YES, "the certificate carries another name");
    }
    return UNSEEN;
}
