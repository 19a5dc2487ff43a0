/* Status and summary of the check session. */
#include "diagnose/build.h"

#include <inttypes.h>
#include <stdio.h>

#include "diagnose/logged.h"
#include "diagnose/recorded.h"

enum { LICENCE_VALID = 7 };

const char *session_encryption(const struct ev_session *session, char text[64])
{
    static const char *const methods[] = { "none", "40 bits", "56 bits", "128 bits", "FIPS", "an unknown method" };
    static const char *const levels[] = { "none", "low", "client compatible", "high", "FIPS", "unknown" };
    text[0] = '\0';
    if (enum_is(&session->security, SESSION_OVER_RDP) && seen(session->encryption.method.source) &&
        seen(session->encryption.level.source)) {
        snprintf(text, 64, "; encryption %s, level %s", methods[session->encryption.method.v],
                 levels[session->encryption.level.v]);
    }
    return text;
}

static const char *licence_words(const struct ev_licence *licence)
{
    if (bool_is(&licence->issued, true)) {
        return "; it handed out a licence";
    }
    return int_is(&licence->code, LICENCE_VALID) ? "; no licence is needed" : "";
}

/* Somebody was logged on, by the server's own word. */
static bool logged_on(const struct ev_session *session)
{
    ev_each (logon, const struct ev_session_logon, &session->logons) {
        if (seen(logon->info.source) && logon->info.v < 3) {
            return true;
        }
    }
    return false;
}

static const char *account_words(const struct ev_session *session)
{
    if (logged_on(session)) {
        return "; the account is logged on";
    }
    if (enum_is(&session->user, SESSION_CREDENTIALS)) {
        return "; whether it takes the account, its own logon screen decides";
    }
    if (!enum_is(&session->user, SESSION_WITHHELD)) {
        return "";
    }
    return enum_is(&session->security, SESSION_OVER_RDP)
               ? "; no password was shown to it: standard RDP security proves no server"
               : "; no password was shown to it: its certificate is not trusted here (--trust-cert)";
}

/* The way to Demand Active as far as this evidence shows it; false: it does not show how it came out. */
static bool plain(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_session *session = &look->e->session;
    char text[64];
    if (!seen(session->ended.source)) {
        return false;
    }
    if (enum_is(&session->ended, SESSION_CIPHER_LACK)) {
        check_set(build, CHECK_SESSION, STATUS_UNKNOWN, NULL,
                  build_text(build, "%.160s", session->problem.v != NULL ? session->problem.v : "a cipher is missing"));
    } else if (enum_is(&session->ended, SESSION_REDIRECTED)) {
        check_set(build, CHECK_SESSION, STATUS_PASS,
                  build_text(build, "a broker sends the client on to another server, which was not looked at"), NULL);
    } else if (is_yes(look, SESSION_FAILS)) {
        check_set(build, CHECK_SESSION, STATUS_FAIL, build_sign(build, SESSION_FAILS, CAUSE_NONE), NULL);
    } else if (!bool_is(&session->demanded, true)) {
        return false;
    } else {
        const bool changed = is_yes(look, OFFER_CHANGED);
        check_set(build, CHECK_SESSION, changed ? STATUS_WARN : STATUS_PASS,
                  build_text(build, "ready: Demand Active came%s%s%s%s", account_words(session),
                             licence_words(&session->licence), session_encryption(session, text),
                             changed ? "; it names another offer than the one that was sent" : ""),
                  NULL);
    }
    return true;
}

/* A capture of standard RDP security that does not show how it came out. */
static bool in_part(struct build *build)
{
    static const char *const phases[] = {
        "the MCS connect", "the channels",     "the exchange of keys",
        "licensing",       "the capabilities", "the session itself",
    };
    const struct ev_session *session = &build->look->e->session;
    const struct ev_recorded *recorded = recorded_of(build->look->e);
    char text[64];
    char hidden[80] = "";
    if (recorded == NULL || enum_is(&recorded->reach, REACH_SESSION) || !seen(session->phase.source) ||
        build->verdict->stopped) {
        return false;
    }
    if (seen(session->hidden.source)) {
        snprintf(hidden, sizeof(hidden), "; %" PRId64 " %s of the server enciphered", session->hidden.v,
                 session->hidden.v == 1 ? "message" : "messages");
    }
    check_set(build, CHECK_SESSION, STATUS_UNKNOWN, NULL,
              build_text(build, "in the clear it went to %s%s%s; %s", phases[session->phase.v],
                         session_encryption(session, text), hidden,
                         enum_is(&session->ended_by, SESSION_BY_CLIENT)   ? "the client itself ends it"
                         : enum_is(&session->ended_by, SESSION_BY_SERVER) ? "the server ends it"
                         : seen(session->ended.source)                    ? "it ends on the way"
                                                                          : "the capture ends before it does"));
    return true;
}

bool check_session(struct build *build)
{
    return plain(build) || in_part(build) || recorded_check(build, CHECK_SESSION) || logged_check(build, CHECK_SESSION);
}
