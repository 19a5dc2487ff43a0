#include "ways/recipe.h"

#include <stdio.h>
#include <string.h>

#include "diagnose/look.h"

static const char *const securities[] = { [RECIPE_NLA] = "nla", [RECIPE_TLS] = "tls", [RECIPE_RDP] = "rdp" };
static const char *const transports[] = {
    [RECIPE_TCP] = "tcp", [RECIPE_SMALL] = "small-segments", [RECIPE_GATEWAY] = "gateway"
};

const char *recipe_security_name(enum recipe_security security)
{
    return securities[security];
}

const char *recipe_transport_name(enum recipe_transport transport)
{
    return transports[transport];
}

const char *recipe_named_name(enum recipe_named named)
{
    static const char *const names[] = { [NAMED_NOT] = NULL,
                                         [NAMED_BY_CHALLENGE] = "challenge",
                                         [NAMED_BY_CERTIFICATE] = "certificate",
                                         [NAMED_BY_DNS] = "dns",
                                         [NAMED_SHORT] = "short" };
    return names[named];
}

uint32_t recipe_offer(const struct recipe *recipe)
{
    static const uint32_t offers[] = {
        [RECIPE_NLA] = OFFER_OF_MSTSC, [RECIPE_TLS] = PROTOCOL_TLS, [RECIPE_RDP] = PROTOCOL_RDP
    };
    return offers[recipe->security];
}

bool recipe_equal(const struct recipe *a, const struct recipe *b)
{
    return strcmp(a->host, b->host) == 0 && address_equal(&a->address, &b->address) && a->port == b->port &&
           a->security == b->security && a->transport == b->transport && a->wide_tls == b->wide_tls;
}

bool recipe_is_downgrade(const struct recipe *recipe)
{
    return recipe_level(recipe) != RECIPE_NLA || recipe->old_tls || recipe->odd_suite;
}

void recipe_forget(struct recipe *recipe)
{
    recipe->choice = CHOICE_UNKNOWN;
    recipe->lowered = LOWERED_NOT;
    recipe->old_tls = recipe->tls_1_1 = recipe->odd_suite = false;
}

enum recipe_security recipe_level(const struct recipe *recipe)
{
    if (recipe->security != RECIPE_NLA || recipe->lowered != LOWERED) {
        return recipe->security;
    }
    return recipe->choice == CHOICE_RDP ? RECIPE_RDP : RECIPE_TLS;
}

void recipe_title(const struct recipe *recipe, char title[RECIPE_TITLE_SIZE])
{
    static const char *const security[] = { [RECIPE_TLS] = "TLS without NLA", [RECIPE_RDP] = "standard RDP security" };
    static const char *const named[] = { [NAMED_NOT] = "another name",
                                         [NAMED_BY_CHALLENGE] = "the server's own name for itself",
                                         [NAMED_BY_CERTIFICATE] = "a name in its certificate",
                                         [NAMED_BY_DNS] = "what the name is an alias of",
                                         [NAMED_SHORT] = "the short name" };
    const char *parts[6];
    size_t count = 0;
    char place[RECIPE_TITLE_SIZE] = "";
    char port[24];
    char gateway[RECIPE_TITLE_SIZE];
    snprintf(gateway, sizeof gateway, "through the gateway %.100s", recipe->gateway);
    if (recipe->from == RECIPE_RESOLVER) {
        snprintf(place, sizeof place, "%.80s, as %s says", recipe->host, recipe->resolver);
        parts[count++] = place;
    } else if (recipe->from == RECIPE_ANSWER) {
        snprintf(place, sizeof place, "%.80s, another address of the name", recipe->host);
        parts[count++] = place;
    } else if (recipe->from == RECIPE_NAME) {
        snprintf(place, sizeof place, "%.100s, %s", recipe->host, named[recipe->named]);
        parts[count++] = place;
    }
    if (recipe->from == RECIPE_PORT) {
        snprintf(port, sizeof port, "port %u", recipe->port);
        parts[count++] = port;
    }
    if (recipe->transport != RECIPE_TCP) {
        parts[count++] = recipe->transport == RECIPE_SMALL ? "small segments" : gateway;
    }
    if (recipe->security != RECIPE_NLA) {
        parts[count++] = security[recipe->security];
    }
    if (recipe->wide_tls) {
        parts[count++] = recipe->odd_suite ? "FreeRDP, with all that its TLS can" : "FreeRDP, whose TLS offers more";
    }
    if (recipe->old_tls) {
        parts[count++] = "old TLS";
    }
    size_t used = 0;
    title[0] = '\0';
    for (size_t i = 0; i < count && used < RECIPE_TITLE_SIZE; i++) {
        used += (size_t)snprintf(title + used, RECIPE_TITLE_SIZE - used, "%s%s", i > 0 ? "; " : "", parts[i]);
    }
    if (count == 0) {
        snprintf(title, RECIPE_TITLE_SIZE, "the plain way");
    }
}

const char *recipe_gives_up(const struct recipe *recipe, size_t index)
{
    const char *list[7];
    size_t count = 0;
    if (recipe_level(recipe) == RECIPE_RDP) {
        list[count++] = "TLS and NLA: nothing proves which server answers, and somebody on the way can read and change "
                        "what is sent, the password too. Not over the Internet; not with an account that matters";
    }
    if (recipe_level(recipe) == RECIPE_TLS) {
        list[count++] = "NLA: the server shows its logon screen to whoever connects, and the password is typed there. "
                        "Compare the certificate before you type it: TLS is all that protects it";
    }
    if (recipe->lowered == LOWERED_MAYBE) {
        list[count++] =
            "NLA, perhaps: the server there chose TLS without it, and what the plain way would choose is not "
            "known. Compare the certificate before you type the password";
    }
    if (recipe->old_tls) {
        list[count++] = "TLS 1.2 and newer: what the server speaks (TLS 1.0 or 1.1) has known weaknesses, and clients "
                        "refuse it unless they are told";
    }
    if (recipe->odd_suite) {
        list[count++] = "TLS as it is chosen today: the server took a cipher suite that Windows leaves out and FreeRDP "
                        "offers only when it is told to take any. It may be weak, and what is recorded may be read "
                        "later by whoever gets the server's key. For now only: have the server's list repaired";
    }
    if (recipe->name[0] != '\0') {
        list[count++] = "the name: mstsc cannot check the certificate against an address (the xfreerdp lines check it "
                        "against the name), and NTLM takes the place of Kerberos";
    }
    if (recipe->transport == RECIPE_SMALL) {
        list[count++] = "a little speed: everything to this host then moves in smaller packets";
    }
    return index < count ? list[index] : NULL;
}

/* --- depth --- */

/* Standard RDP security where it was asked for, or where the server chose it. */
static bool took_plain(const struct ev_offer *offer)
{
    const bool chosen = seen(offer->selected.source) && offer->selected.v == PROTOCOL_RDP;
    return chosen || (bool_is(&offer->no_block, true) && !seen(offer->failure.source));
}

static bool took_offered(const struct ev_offer *offer)
{
    const int64_t chosen = offer->selected.v;
    return seen(offer->selected.source) && chosen > 0 && (chosen & (chosen - 1)) == 0 && (chosen & offer->offer.v) != 0;
}

/* The session's first step was tried, and the server did not take it. */
static bool session_refused(const struct evidence *evidence)
{
    return seen(evidence->session.phase.source) && evidence->session.phase.v == SESSION_MCS;
}

static bool any_open(const struct evidence *evidence)
{
    ev_each (attempt, const struct ev_attempt, &evidence->tcp.attempts) {
        if (enum_is(&attempt->result, TCP_OPEN)) {
            return true;
        }
    }
    return false;
}

enum depth depth_of(const struct evidence *evidence)
{
    const struct ev_offer *offer = look_offer(evidence, PURPOSE_FIRST);
    const struct ev_hello *hello = look_hello(evidence, PURPOSE_FIRST);
    if (offer == NULL || !enum_is(&offer->ended, NEGO_ANSWERED)) {
        return any_open(evidence) ? DEPTH_OPEN : DEPTH_NOTHING;
    }
    if (took_plain(offer)) {
        return session_refused(evidence) ? DEPTH_CONFIRM : DEPTH_DOOR;
    }
    if (!took_offered(offer)) {
        return DEPTH_OPEN;
    }
    if (hello == NULL || !bool_is(&hello->finished, true)) {
        return DEPTH_CONFIRM;
    }
    if (enum_is(&evidence->logon.ended, LOGON_GOOD) && !enum_is(&evidence->logon.right, LOGON_RIGHT_DENIED)) {
        return DEPTH_LOGON;
    }
    if (offer->selected.v == PROTOCOL_TLS && session_refused(evidence)) {
        return DEPTH_TLS;
    }
    if (offer->selected.v == PROTOCOL_TLS || enum_is(&evidence->nla.ended, NLA_CHALLENGED) ||
        enum_is(&evidence->nla.ended, NLA_TAKEN)) {
        return DEPTH_DOOR;
    }
    return DEPTH_TLS;
}

const char *depth_check(const struct evidence *evidence)
{
    const struct ev_offer *offer = look_offer(evidence, PURPOSE_FIRST);
    enum check_id id = CHECK_TCP;
    switch (depth_of(evidence)) {
    case DEPTH_NOTHING:
        return NULL;
    case DEPTH_OPEN:
        break;
    case DEPTH_CONFIRM:
        id = CHECK_NEGOTIATION;
        break;
    case DEPTH_TLS:
        id = CHECK_TLS;
        break;
    case DEPTH_DOOR:
    default:
        id = took_plain(offer) ? CHECK_NEGOTIATION : offer->selected.v == PROTOCOL_TLS ? CHECK_TLS : CHECK_NLA;
        break;
    case DEPTH_LOGON:
        id = CHECK_LOGON;
        break;
    case DEPTH_SESSION:
        id = CHECK_SESSION;
        break;
    }
    return field_name_of(check_names, (int)id);
}

const char *depth_words(const struct evidence *evidence)
{
    const struct ev_offer *offer = look_offer(evidence, PURPOSE_FIRST);
    switch (depth_of(evidence)) {
    case DEPTH_NOTHING:
        return "nothing opens";
    case DEPTH_OPEN:
        return "the port opens, and no more";
    case DEPTH_CONFIRM:
        return "it ends behind the negotiation";
    case DEPTH_TLS:
        return "it ends behind TLS";
    case DEPTH_LOGON:
        return "the logon was accepted";
    case DEPTH_SESSION:
        return "the session began";
    case DEPTH_DOOR:
    default:
        break;
    }
    if (seen(evidence->logon.ended.source) && evidence->logon.ended.v != LOGON_WITHHELD &&
        evidence->logon.ended.v != LOGON_GOOD) {
        return "up to NLA's challenge; the logon was turned down";
    }
    const bool begins = seen(evidence->session.phase.source) && evidence->session.phase.v > SESSION_MCS;
    if (took_plain(offer)) {
        return begins ? "the server takes it and begins a session; the logon was not tried"
                      : "the server takes it; the session behind it was not tried";
    }
    return offer->selected.v == PROTOCOL_TLS
               ? begins ? "TLS is up and the server begins a session; the logon was not tried"
                        : "TLS is up; the session behind it was not tried"
               : "up to NLA's challenge, as far as one gets without a password";
}

const char *depth_refusal(const struct evidence *evidence)
{
    static const char *const words[] = {
        [FAILURE_SSL_REQUIRED] = "the server insists on TLS (failure 1)",
        [FAILURE_SSL_NOT_ALLOWED] = "the server takes no TLS (failure 2)",
        [FAILURE_NO_CERTIFICATE] = "the server has no certificate for TLS (failure 3)",
        [FAILURE_INCONSISTENT] = "the server finds the request's flags inconsistent (failure 4)",
        [FAILURE_HYBRID_REQUIRED] = "the server insists on NLA (failure 5)",
        [FAILURE_CLIENT_CERTIFICATE] = "the server wants a client certificate (failure 6)",
    };
    const struct ev_offer *offer = look_offer(evidence, PURPOSE_FIRST);
    if (offer == NULL || offer->offer.v == OFFER_OF_MSTSC || !seen(offer->failure.source) || offer->failure.v < 1 ||
        (uint64_t)offer->failure.v >= COUNT_OF(words)) {
        return NULL;
    }
    return words[offer->failure.v];
}
