/* Status and summary of tls, certificate, nla, load and client. False: the evidence says nothing about the check. */
#include "diagnose/build.h"

#include <inttypes.h>
#include <stdio.h>

#include "diagnose/fit.h"
#include "diagnose/recorded.h"

static const char *const versions[] = { "TLS", "SSL 3", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3" };

bool check_tls(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_tls *tls = &look->e->tls;
    if (sign_see(TLS_FAILED, look, CAUSE_NONE, NULL) == UNSEEN) {
        if (is_no(look, CONFIRM_CHOSE_TLS) && !build->verdict->stopped) {
            check_set(build, CHECK_TLS, STATUS_SKIP, NULL, build_text(build, "the server chose standard RDP security"));
            return true;
        }
        return false;
    }
    if (is_yes(look, TLS_FAILED)) {
        bool passing = stop_is_passing(look);
        check_set(build, CHECK_TLS, passing ? STATUS_WARN : STATUS_FAIL,
                  passing ? build_sign(build, REPEAT_DIFFERS, CAUSE_NONE)
                          : build_text(build, "%s", build->verdict->stopped_how),
                  NULL);
        return true;
    }
    const char *version = versions[seen(tls->version.source) ? tls->version.v : TLS_NONE];
    bool old = seen(tls->version.source) && tls->version.v < TLS_1_2;
    check_set(build, CHECK_TLS, old ? STATUS_WARN : STATUS_PASS,
              build_text(build, "%s%s%s%.80s", version, old ? ", which newer clients refuse" : "",
                         tls->cipher.v != NULL ? ", " : "", tls->cipher.v != NULL ? tls->cipher.v : ""),
              NULL);
    return true;
}

static void end_of_validity(const struct look *look, char text[64])
{
    const struct ev_int *left = &look->r->certificate.days_left;
    char span_text[SPAN_SIZE];
    text[0] = '\0';
    if (seen(left->source) && left->v < 0) {
        const int64_t past_us = look->e->started.v - look->e->certificate.not_after.v;
        const int64_t past = past_us / 1000000 / ONE_DAY_S;
        snprintf(text, 64, ", expired %s%s", past == 0 ? "today" : days(past, span_text), past == 0 ? "" : " ago");
    } else if (is_yes(look, CERT_NOT_YET_VALID)) {
        snprintf(text, 64, ", not yet valid");
    } else if (seen(left->source)) {
        snprintf(text, 64, ", %s left%s", days(left->v, span_text),
                 left->v < EXPIRES_SOON_DAYS ? " (expires soon)" : "");
    }
}

bool check_certificate(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_certificate *certificate = &look->e->certificate;
    const struct reading_certificate *reading = &look->r->certificate;
    char end[64];
    if (!seen(certificate->not_after.source)) {
        if (!seen(certificate->problem.source)) {
            if (is_no(look, CONFIRM_CHOSE_TLS) && !build->verdict->stopped) {
                check_set(build, CHECK_CERTIFICATE, STATUS_SKIP, NULL, build_text(build, "without TLS there is none"));
                return true;
            }
            return false;
        }
        check_set(build, CHECK_CERTIFICATE, STATUS_WARN,
                  build_text(build, "cannot be read whole: %.100s", certificate->problem.v), NULL);
        return true;
    }
    end_of_validity(look, end);
    const char *more = is_yes(look, CERT_OF_INTERCEPTOR) ? "; signed by what inspects traffic"
                       : is_yes(look, CERT_WEAK)         ? "; its key or signature is weak"
                       : is_yes(look, CERT_NAME_WRONG) && is_no(look, CERT_SELF_SIGNED) ? "; another name"
                                                                                        : "";
    bool warn = is_yes(look, CERT_EXPIRED) || is_yes(look, CERT_NOT_YET_VALID) || is_yes(look, CERT_WEAK) ||
                is_yes(look, CERT_OF_INTERCEPTOR) || (is_yes(look, CERT_NAME_WRONG) && is_no(look, CERT_SELF_SIGNED));
    const char *by = bool_is(&reading->self_signed, true) ? ", signed by itself"
                     : bool_is(&reading->trusted, true)   ? ", trusted here"
                     : bool_is(&reading->trusted, false)  ? ", issuer not trusted here"
                                                          : "";
    check_set(build, CHECK_CERTIFICATE, warn ? STATUS_WARN : STATUS_PASS,
              build_text(build, "%.80s%s%s%s",
                         certificate->common_name.v != NULL ? certificate->common_name.v : "no common name", by, end,
                         more),
              NULL);
    return true;
}

bool check_nla(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_nla *nla = &look->e->nla;
    if (!seen(nla->ended.source) && recorded_check(build, CHECK_NLA)) {
        return true;
    }
    if (!seen(nla->ended.source)) {
        bool other = look->first != NULL && seen(look->first->selected.source) &&
                     look->first->selected.v != PROTOCOL_NLA && look->first->selected.v != PROTOCOL_NLA_EX;
        if ((other || is_yes(look, CONFIRM_WITHOUT_BLOCK)) && !build->verdict->stopped) {
            check_set(build, CHECK_NLA, STATUS_SKIP, NULL, build_text(build, "the server did not choose NLA"));
            return true;
        }
        const struct ev_check *check = &look->e->checks[CHECK_NLA];
        if (is_no(look, TLS_FAILED) && enum_is(&check->ran, RAN_POINTLESS) && !other) {
            /* it chose NLA, and the connection was gone before the first message of it */
            check_set(build, CHECK_NLA, STATUS_UNKNOWN, NULL,
                      build_text(build, "%s", check->why.v != NULL ? check->why.v : "NLA could not begin"));
            return true;
        }
        return false;
    }
    if (is_yes(look, NLA_FAILED)) {
        check_set(build, CHECK_NLA, STATUS_FAIL, build_text(build, "%s", build->verdict->stopped_how), NULL);
        return true;
    }
    if (nla->ended.v == NLA_TAKEN) {
        check_set(build, CHECK_NLA, STATUS_PASS, build_text(build, "the server takes Kerberos tickets"), NULL);
        return true;
    }
    const char *computer = nla->target.dns_computer.v != NULL       ? nla->target.dns_computer.v
                           : nla->target.netbios_computer.v != NULL ? nla->target.netbios_computer.v
                                                                    : "a server without a name";
    const char *product = look->r->nla.product.v;
    const char *more = is_yes(look, OLD_CREDSSP)     ? "; CredSSP of before 2018"
                       : is_yes(look, CLOCKS_DIFFER) ? "; its clock differs"
                                                     : "";
    check_set(build, CHECK_NLA, *more != '\0' ? STATUS_WARN : STATUS_PASS,
              build_text(build, "challenge from %.80s%s%.80s%s", computer, product != NULL ? ", " : "",
                         product != NULL ? product : "", more),
              NULL);
    return true;
}

bool check_load(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_list *confirms = &look->e->load.confirm_us;
    char text[SPAN_SIZE];
    if (confirms->count == 0) {
        return false;
    }
    if (is_yes(look, CONFIRM_SLOW)) {
        bool again = is_yes(look, CONFIRM_SLOW_AGAIN);
        check_set(build, CHECK_LOAD, again ? STATUS_WARN : STATUS_PASS,
                  build_sign(build, again ? CONFIRM_SLOW_AGAIN : CONFIRM_SLOW, CAUSE_NONE), NULL);
        return true;
    }
    const struct ev_int_item *first = confirms->items;
    const struct ev_int *ratio = &look->r->load.ratio_percent;
    span(first->value.v, text);
    check_set(build, CHECK_LOAD, STATUS_PASS,
              seen(ratio->source) && !look->local && look->rtt_us >= 1000
                  ? build_text(build, "Confirm after %s, %" PRId64 ".%" PRId64 " round trips", text, ratio->v / 100,
                               ratio->v / 10 % 10)
                  : build_text(build, "Confirm after %s", text),
              NULL);
    return true;
}

/* A file that was read says more about this client than a kind of client does. */
static bool check_rdp_file(struct build *build)
{
    if (is_yes(build->look, RDP_FILE_UNFIT)) {
        check_set(build, CHECK_CLIENT, STATUS_FAIL, build_sign(build, RDP_FILE_UNFIT, CAUSE_NONE), NULL);
    } else if (is_yes(build->look, RDP_FILE_ODD)) {
        check_set(build, CHECK_CLIENT, STATUS_WARN, build_sign(build, RDP_FILE_ODD, CAUSE_NONE), NULL);
    } else if (is_yes(build->look, RDP_FILE_SEEN)) {
        check_set(build, CHECK_CLIENT, STATUS_PASS, build_sign(build, RDP_FILE_SEEN, CAUSE_NONE), NULL);
    } else {
        return false;
    }
    return true;
}

bool check_client(struct build *build)
{
    const struct look *look = build->look;
    const struct reading_client *reading = &look->r->client;
    size_t fitting = 0;
    size_t open = 0;
    struct fit fit;
    if (fit_named(look, &fit)) {
        bool untold = fit.misfit == MISFIT_UNTOLD;
        enum check_status status = fit.misfit == MISFIT_NONE ? STATUS_PASS : untold ? STATUS_UNKNOWN : STATUS_FAIL;
        char *summary = fit.misfit == MISFIT_NONE ? build_text(build, "%s fits", fit.profile)
                        : untold                  ? NULL
                                                  : build_text(build, "%s: %s", fit.profile, fit.why);
        check_set(build, CHECK_CLIENT, status, summary,
                  untold ? build_text(build, "%s: %s", fit.profile, fit.why) : NULL);
        return true;
    }
    if (check_rdp_file(build)) {
        return true;
    }
    if (reading->profiles.count == 0) {
        return false;
    }
    ev_each (row, const struct reading_fit, &reading->profiles) {
        fitting += bool_is(&row->fits, true);
        open += !seen(row->fits.source);
    }
    const size_t all = reading->profiles.count;
    if (open == all) {
        check_set(build, CHECK_CLIENT, STATUS_SKIP, NULL, build_text(build, "not enough was seen to judge a client"));
        return true;
    }
    check_set(build, CHECK_CLIENT, STATUS_PASS,
              open > 0
                  ? build_text(build, "%zu of %zu clients fit; %zu cannot be told without --deep", fitting, all, open)
                  : build_text(build, "%zu of %zu clients fit", fitting, all),
              NULL);
    return true;
}
