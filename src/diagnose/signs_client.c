/* Signs about the client that was named (--client) and about the codes it showed. */
#include "diagnose/signs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/fit.h"

enum truth see_nothing_stops(const struct look *look, struct buffer *words)
{
    enum check_id at;
    if (stop_find(look, &at)) {
        return say(words, NO, "the connection ends earlier");
    }
    return look->first != NULL ? say(words, YES, "nothing stopped this machine's own connection") : UNSEEN;
}

enum truth see_not_windows(const struct look *look, struct buffer *words)
{
    if (look->kind == SERVER_UNKNOWN) {
        return UNSEEN;
    }
    return say(words, look->kind == SERVER_WINDOWS ? NO : YES, "its answers are those of %s", kind_name(look->kind));
}

static enum truth misfit(const struct look *look, struct buffer *words, enum misfit wanted)
{
    struct fit fit;
    enum check_id at;
    if (!fit_named(look, &fit)) {
        return say(words, NO, "no client was named");
    }
    if (stop_find(look, &at)) {
        return say(words, NO, "the connection ends earlier, whatever the client");
    }
    if (fit.misfit == MISFIT_NONE || (wanted != MISFIT_NONE && fit.misfit != wanted)) {
        return say(words, NO, "that is not what keeps this client out");
    }
    if (fit.misfit == MISFIT_UNTOLD) {
        return UNSEEN;
    }
    return say(words, YES, "%s: %s", fit.profile, fit.why);
}

enum truth see_client_cannot(const struct look *look, struct buffer *words)
{
    return misfit(look, words, MISFIT_NONE);
}
enum truth see_client_cannot_nla(const struct look *look, struct buffer *words)
{
    return misfit(look, words, MISFIT_NLA);
}
enum truth see_client_cannot_tls(const struct look *look, struct buffer *words)
{
    return misfit(look, words, MISFIT_TLS);
}
enum truth see_client_tls_too_old(const struct look *look, struct buffer *words)
{
    return misfit(look, words, MISFIT_TLS_VERSION);
}
enum truth see_client_refuses_old_credssp(const struct look *look, struct buffer *words)
{
    return misfit(look, words, MISFIT_CREDSSP);
}

/* "0x904/0x7 0x904" against what was said. A pair fits only the same pair; a single code fits any extended one. */
bool code_fits(const struct evidence *evidence, enum cause cause)
{
    const struct cause_fact *fact = cause_fact(cause);
    const struct ev_client_said *said = &evidence->client_said;
    if (fact == NULL || fact->codes == NULL || !seen(said->code.source)) {
        return false;
    }
    char single[32];
    char pair[64];
    snprintf(single, sizeof single, "0x%" PRIX64, (uint64_t)said->code.v);
    snprintf(pair, sizeof pair, "0x%" PRIX64 "/0x%" PRIX64, (uint64_t)said->code.v,
             (uint64_t)(seen(said->extended.source) ? said->extended.v : 0));
    char any[32];
    snprintf(any, sizeof any, "*/0x%" PRIX64, (uint64_t)(seen(said->extended.source) ? said->extended.v : 0));
    for (const char *at = fact->codes; *at != '\0';) {
        size_t length = strcspn(at, " ");
        if ((length == strlen(single) && memcmp(at, single, length) == 0) ||
            (seen(said->extended.source) && ((length == strlen(pair) && memcmp(at, pair, length) == 0) ||
                                             (length == strlen(any) && memcmp(at, any, length) == 0)))) {
            return true;
        }
        at += length + strspn(at + length, " ");
    }
    return false;
}
