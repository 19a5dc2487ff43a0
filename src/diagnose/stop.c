/* Where the connection came to its end, and how. */
#include "diagnose/signs.h"

#include <inttypes.h>

#include "diagnose/gateway.h"
#include "diagnose/logged.h"
#include "diagnose/recorded.h"
#include "diagnose/told.h"

static bool negotiation_stops(const struct look *look)
{
    const struct ev_offer *first = look->first;
    if (first == NULL || !seen(first->ended.source)) {
        return false;
    }
    return first->ended.v != NEGO_ANSWERED || seen(first->failure.source) || is_yes(look, CHOSE_UNOFFERED);
}

bool stop_find_direct(const struct look *look, enum check_id *at)
{
    bool found = true;
    if (is_yes(look, NAME_FAILED)) {
        *at = CHECK_NAME;
    } else if (is_yes(look, TCP_CLOSED)) {
        *at = is_yes(look, ROUTE_MISSING) ? CHECK_ROUTE : CHECK_TCP;
    } else if (look->e->tcp.attempts.count == 0 && is_yes(look, ROUTE_MISSING)) {
        *at = CHECK_ROUTE;
    } else if (negotiation_stops(look)) {
        *at = CHECK_NEGOTIATION;
    } else if (is_yes(look, TLS_FAILED)) {
        *at = CHECK_TLS;
    } else if (is_yes(look, NLA_FAILED)) {
        *at = CHECK_NLA;
    } else if (is_yes(look, LOGON_FAILS)) {
        *at = CHECK_LOGON;
    } else if (is_yes(look, SESSION_FAILS)) {
        *at = CHECK_SESSION;
    } else {
        found = recorded_stop(look, at) || logged_stop(look, at) || told_stop(look, at);
    }
    return found;
}

/* Where the way goes through a gateway, it does not matter that the host cannot be reached past it. */
bool stop_find(const struct look *look, enum check_id *at)
{
    if (!is_yes(look, GATEWAY_ON_WAY)) {
        return stop_find_direct(look, at);
    }
    if (is_yes(look, GATEWAY_STOPS)) {
        *at = CHECK_GATEWAY;
        return true;
    }
    return stop_find_direct(look, at) && *at > gateway_excuses(look);
}

/* Only a repetition of the very same thing shows that a fault comes and goes. */
bool stop_is_passing(const struct look *look)
{
    return is_yes(look, REPEAT_DIFFERS);
}

static const char *tcp_words(const struct look *look)
{
    if (is_yes(look, TCP_ALL_REFUSED)) {
        return "is refused";
    }
    return is_yes(look, TCP_ALL_SILENT) ? "does not answer" : "does not open";
}

static const enum sign how[CHECK_COUNT][6] = {
    [CHECK_NAME] = { NAME_FAILED },
    [CHECK_ROUTE] = { ROUTE_MISSING },
    [CHECK_NEGOTIATION] = { NOT_RDP, ANSWER_GARBLED, CLOSED_BEFORE_CONFIRM, SILENT_BEFORE_CONFIRM, CHOSE_UNOFFERED },
    [CHECK_TLS] = { BARE_CLOSE_AT_HELLO, PLAIN_AT_HELLO, STALLED_IN_TLS, ALERT_AT_HELLO, CLOSE_AFTER_SERVER_HELLO,
                    TLS_FAILED },
    [CHECK_GATEWAY] = { GATEWAY_STOPS },
    [CHECK_NLA] = { NLA_CUT, NLA_SAYS_NO_DC, NLA_SAYS_NO_NTLM, NLA_SAYS_SKEW, NLA_FAILED },
    [CHECK_LOGON] = { LOGON_FAILS },
    [CHECK_SESSION] = { SESSION_FAILS },
};

static const enum sign refusals[] = { REFUSED_1, REFUSED_2, REFUSED_3, REFUSED_4, REFUSED_5, REFUSED_6 };

char *stop_words(const struct look *look, enum check_id at)
{
    struct buffer words;
    buffer_init(&words, 8192);
    const char *told = told_stop_words(look, at);
    if (told != NULL) {
        buffer_text(&words, told);
    }
    if (at == CHECK_TCP && words.size == 0) {
        buffer_format(&words, "port %" PRId64 " %s", look->port, tcp_words(look));
    }
    for (size_t i = 0; words.size == 0 && i < COUNT_OF(how[at]) && how[at][i] != SIGN_NONE; i++) {
        if (is_yes(look, how[at][i])) {
            sign_see(how[at][i], look, CAUSE_NONE, &words);
        }
    }
    for (size_t i = 0; words.size == 0 && at == CHECK_NEGOTIATION && i < COUNT_OF(refusals); i++) {
        if (is_yes(look, refusals[i])) {
            sign_see(refusals[i], look, CAUSE_NONE, &words);
        }
    }
    if (words.size > 0) {
        /* said */
    } else if (at == CHECK_LOGON && logged_stop_words(look, &words)) {
        /* said */
    } else if (at == CHECK_LOGON || at == CHECK_SESSION || (at == CHECK_NEGOTIATION && look->first == NULL)) {
        buffer_text(&words, recorded_stop_words(look, at));
    }
    if (words.size == 0) {
        if (look->first != NULL && seen(look->first->failure.source)) {
            buffer_format(&words, "the server refuses with failure %" PRId64 ", which MS-RDPBCGR does not name",
                          look->first->failure.v);
        } else {
            buffer_text(&words, "the server refuses the negotiation");
        }
    }
    char *text = buffer_steal_text(&words);
    buffer_release(&words);
    return text;
}
