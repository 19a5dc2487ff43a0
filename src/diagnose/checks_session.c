/* Status and summary of the check session. */
#include "diagnose/build.h"

#include <inttypes.h>
#include <stdio.h>

#include "diagnose/logged.h"
#include "diagnose/recorded.h"

enum { LICENCE_VALID = 7 };

static const char *encryption_words(const struct ev_session *session, char text[64])
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

static bool live(struct build *build)
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
    } else {
        const bool changed = is_yes(look, OFFER_CHANGED);
        check_set(build, CHECK_SESSION, changed ? STATUS_WARN : STATUS_PASS,
                  build_text(build, "ready: Demand Active came%s%s%s%s", account_words(session),
                             licence_words(&session->licence), encryption_words(session, text),
                             changed ? "; it names another offer than the one that was sent" : ""),
                  NULL);
    }
    return true;
}

bool check_session(struct build *build)
{
    return live(build) || recorded_check(build, CHECK_SESSION) || logged_check(build, CHECK_SESSION);
}
