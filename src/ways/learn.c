/* What going a way has shown of the server at its end. */
#include <string.h>

#include "diagnose/look.h"
#include "ways/search.h"

static bool is_old(const struct evidence *evidence)
{
    const struct ev_hello *hello = look_hello(evidence, PURPOSE_FIRST);
    return hello != NULL && bool_is(&hello->finished, true) && seen(hello->version.source) &&
           (hello->version.v == TLS_1_0 || hello->version.v == TLS_1_1 || hello->version.v == TLS_SSL3);
}

/* In OpenSSL's own list, which FreeRDP goes by, and at its usual level: forward secrecy and authenticated encryption, a
 * key that is long enough. */
static bool is_current(const struct evidence *evidence)
{
    enum { SHORT_RSA = 2048 };
    const char *cipher = evidence->tls.cipher.v;
    const struct ev_certificate *certificate = &evidence->certificate;
    const bool short_key = enum_is(&certificate->key.type, KEY_RSA) && certificate->key.bits.v < SHORT_RSA;
    if (cipher == NULL || short_key) {
        return false;
    }
    const bool forward = strncmp(cipher, "ECDHE-", 6) == 0 || strncmp(cipher, "DHE-RSA-", 8) == 0;
    const bool authenticated =
        strstr(cipher, "CHACHA20") != NULL || (strstr(cipher, "-AES") != NULL && strstr(cipher, "-GCM-") != NULL);
    return strncmp(cipher, "TLS_", 4) == 0 || (forward && authenticated);
}

static enum recipe_choice choice_of(const struct tried *tried)
{
    const struct evidence *evidence = tried->evidence;
    const bool gateway = tried->recipe.transport == RECIPE_GATEWAY;
    const struct ev_offer *offer = gateway ? NULL : look_offer(evidence, PURPOSE_FIRST);
    int64_t selected = PROTOCOL_RDP;
    if (gateway) {
        /* RDP has answered behind it; without a negotiation block it knows nothing else. */
        selected = seen(evidence->gateway.tunnel.selected.source) ? evidence->gateway.tunnel.selected.v : PROTOCOL_RDP;
    } else if (offer == NULL || !enum_is(&offer->ended, NEGO_ANSWERED) || seen(offer->failure.source) ||
               tried->depth < DEPTH_CONFIRM) {
        return CHOICE_UNKNOWN;
    } else if (seen(offer->selected.source)) {
        selected = offer->selected.v;
    }
    return (selected & (PROTOCOL_NLA | PROTOCOL_NLA_EX)) != 0 ? CHOICE_NLA
           : selected == PROTOCOL_TLS                         ? CHOICE_TLS
           : selected == PROTOCOL_RDP                         ? CHOICE_RDP
                                                              : CHOICE_UNKNOWN;
}

void ways_learn(struct tried *tried, const struct tried *plain)
{
    struct recipe *recipe = &tried->recipe;
    const enum recipe_choice usual = choice_of(plain);
    recipe->choice = choice_of(tried);
    recipe->lowered = LOWERED_NOT;
    if (recipe->security == RECIPE_NLA && recipe->choice == CHOICE_RDP && usual != CHOICE_RDP) {
        recipe->lowered = LOWERED;
    } else if (recipe->security == RECIPE_NLA && recipe->choice == CHOICE_TLS) {
        recipe->lowered = usual == CHOICE_NLA ? LOWERED : usual == CHOICE_UNKNOWN ? LOWERED_MAYBE : LOWERED_NOT;
    }
    recipe->odd_suite = recipe->wide_tls && !is_current(tried->evidence);
    if (recipe->transport != RECIPE_GATEWAY && is_old(tried->evidence)) {
        recipe->old_tls = true;
        recipe->tls_1_1 = look_hello(tried->evidence, PURPOSE_FIRST)->version.v == TLS_1_1;
    }
}
