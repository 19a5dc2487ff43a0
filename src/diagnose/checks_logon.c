/* Status and summary of the check logon. */
#include "diagnose/build.h"

#include <stdio.h>

#include "diagnose/logged.h"
#include "diagnose/recorded.h"

static const char *package_words(const struct ev_logon *logon)
{
    return enum_is(&logon->package, LOGON_KERBEROS) ? "Kerberos" : "NTLM";
}

/* Three things, kept apart: the credentials, the right, and what cannot be known at this depth. */
static void good(struct build *build, const struct ev_logon *logon)
{
    const bool told = seen(logon->right.source) && logon->right.v == LOGON_RIGHT_GRANTED;
    const char *right = told                        ? "and the account may use Remote Desktop"
                        : seen(logon->right.source) ? "whether the account may use Remote Desktop was not told"
                                                    : "the right to use Remote Desktop shows in a session";
    const enum check_status status = is_yes(build->look, SERVICE_UNKNOWN) ? STATUS_WARN : STATUS_PASS;
    check_set(build, CHECK_LOGON, status,
              build_text(build, "credentials good, by %s%s %s", package_words(logon), told ? "," : ";", right), NULL);
}

static bool live(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_logon *logon = &look->e->logon;
    const struct ev_check *check = &look->e->checks[CHECK_LOGON];
    if (!seen(logon->ended.source)) {
        const bool off = look->first != NULL && seen(look->first->selected.source) &&
                         look->first->selected.v != PROTOCOL_NLA && look->first->selected.v != PROTOCOL_NLA_EX;
        if (!enum_is(&check->ran, RAN_POINTLESS) || !off || build->verdict->stopped) {
            return false;
        }
        check_set(build, CHECK_LOGON, STATUS_SKIP, NULL,
                  build_text(build, "not decidable: NLA is off, and the server asks on its own logon screen"));
        return true;
    }
    if (logon->ended.v == LOGON_WITHHELD) {
        check_set(
            build, CHECK_LOGON, STATUS_SKIP, NULL,
            build_text(build, "the certificate is not trusted here, so no password was shown to it (--trust-cert)"));
    } else if (logon->ended.v == LOGON_FAILED_HERE) {
        check_set(build, CHECK_LOGON, STATUS_UNKNOWN, NULL,
                  build_text(build, "this machine could not make the logon%s%.160s",
                             logon->problem.v != NULL ? ": " : "", logon->problem.v != NULL ? logon->problem.v : ""));
    } else if (is_yes(look, LOGON_FAILS)) {
        check_set(build, CHECK_LOGON, STATUS_FAIL, build_sign(build, LOGON_FAILS, CAUSE_NONE), NULL);
    } else {
        good(build, logon);
    }
    return true;
}

bool check_logon(struct build *build)
{
    return live(build) || recorded_check(build, CHECK_LOGON) || logged_check(build, CHECK_LOGON);
}
