#include "diagnose/signs.h"

#include <stdarg.h>
#include <stdio.h>

#include "diagnose/logged.h"
#include "diagnose/told.h"

/* One row per sign: its name and its function. */
static const struct {
    const char *name;
    sign_function *see;
} signs[SIGN_COUNT] = {
    [NAME_FAILED] = { "name-failed", see_name_failed },
    [NAME_ASKED_EVERYWHERE] = { "name-asked-everywhere", see_name_asked_everywhere },
    [NAME_SHORT] = { "name-short", see_name_short },
    [RESOLVERS_DISAGREE] = { "resolvers-disagree", see_resolvers_disagree },
    [ANOTHER_IS_INTERNAL] = { "another-is-internal", see_another_is_internal },
    [OTHER_FAMILY_WORKS] = { "other-family-works", see_other_family_works },
    [CHALLENGE_NAMES_ANOTHER] = { "challenge-names-another", see_challenge_names_another },
    [ROUTE_MISSING] = { "route-missing", see_route_missing },
    [ROUTE_LEADS_ELSEWHERE] = { "route-leads-elsewhere", see_route_leads_elsewhere },
    [TUNNEL_PASSED_BY] = { "tunnel-passed-by", see_tunnel_passed_by },
    [NETWORKS_OVERLAP] = { "networks-overlap", see_networks_overlap },
    [ROUTE_IN_TUNNEL] = { "route-in-tunnel", see_route_in_tunnel },
    [FAKE_ADDRESS] = { "fake-address", see_fake_address },
    [IMPOSSIBLE_OPENS] = { "impossible-opens", see_impossible_opens },
    [INSTANT_ANSWER] = { "instant-answer", see_instant_answer },
    [SHARED_ADDRESS] = { "shared-address", see_shared_address },
    [SERVER_IS_HERE] = { "server-is-here", see_server_is_here },
    [TCP_CLOSED] = { "tcp-closed", see_tcp_closed },
    [TCP_ALL_SILENT] = { "tcp-all-silent", see_tcp_all_silent },
    [TCP_ALL_REFUSED] = { "tcp-all-refused", see_tcp_all_refused },
    [HOST_SILENT] = { "host-silent", see_host_silent },
    [FILTER_SPEAKS] = { "filter-speaks", see_filter_speaks },
    [PORT_ALONE_SILENT] = { "port-alone-silent", see_port_alone_silent },
    [HOST_ANSWERS] = { "host-answers", see_host_answers },
    [NEIGHBOUR_MISSING] = { "neighbour-missing", see_neighbour_missing },
    [LATER_CONNECTS_CUT] = { "later-connects-cut", see_later_connects_cut },
    [CLOSED_BEFORE_CONFIRM] = { "closed-before-confirm", see_closed_before_confirm },
    [SILENT_BEFORE_CONFIRM] = { "silent-before-confirm", see_silent_before_confirm },
    [CLOSES_UNASKED] = { "closes-unasked", see_closes_unasked },
    [PLAIN_REQUEST_ANSWERED] = { "plain-request-answered", see_plain_request_answered },
    [ANY_CONFIRM] = { "any-confirm", see_any_confirm },
    [NOT_RDP] = { "not-rdp", see_not_rdp },
    [ANSWER_GARBLED] = { "answer-garbled", see_answer_garbled },
    [WINDOWS_BESIDE] = { "windows-beside", see_windows_beside },
    [REFUSED_1] = { "refused-1", see_refused_1 },
    [REFUSED_2] = { "refused-2", see_refused_2 },
    [REFUSED_3] = { "refused-3", see_refused_3 },
    [REFUSED_4] = { "refused-4", see_refused_4 },
    [REFUSED_5] = { "refused-5", see_refused_5 },
    [REFUSED_6] = { "refused-6", see_refused_6 },
    [TLS_ALONE_REFUSED] = { "tls-alone-refused", see_tls_alone_refused },
    [TLS_ALONE_ACCEPTED] = { "tls-alone-accepted", see_tls_alone_accepted },
    [TAKES_PLAIN_RDP] = { "takes-plain-rdp", see_takes_plain_rdp },
    [CHOSE_PLAIN_RDP] = { "chose-plain-rdp", see_chose_plain_rdp },
    [CONFIRM_WITHOUT_BLOCK] = { "confirm-without-block", see_confirm_without_block },
    [CHOSE_UNOFFERED] = { "chose-unoffered", see_chose_unoffered },
    [DEMANDS_WHAT_WAS_OFFERED] = { "demands-what-was-offered", see_demands_what_was_offered },
    [IDENTITY_IS_ANOTHER] = { "identity-is-another", see_identity_is_another },
    [CONFIRM_CHOSE_TLS] = { "confirm-chose-tls", see_confirm_chose_tls },
    [TLS_FAILED] = { "tls-failed", see_tls_failed },
    [BARE_CLOSE_AT_HELLO] = { "bare-close-at-hello", see_bare_close_at_hello },
    [PLAIN_AT_HELLO] = { "plain-at-hello", see_plain_at_hello },
    [ALERT_AT_HELLO] = { "alert-at-hello", see_alert_at_hello },
    [ALERT_SAYS_NO_COMMON] = { "alert-says-no-common", see_alert_says_no_common },
    [ALERT_SAYS_INTERNAL] = { "alert-says-internal", see_alert_says_internal },
    [ALERT_SAYS_VERSION] = { "alert-says-version", see_alert_says_version },
    [CUT_AT_HELLO] = { "cut-at-hello", see_cut_at_hello },
    [CUT_IN_TLS] = { "cut-in-tls", see_cut_in_tls },
    [NOT_WINDOWS] = { "not-windows", see_not_windows },
    [CLOSE_AFTER_SERVER_HELLO] = { "close-after-server-hello", see_close_after_server_hello },
    [STALLED_IN_TLS] = { "stalled-in-tls", see_stalled_in_tls },
    [ANY_SERVER_HELLO] = { "any-server-hello", see_any_server_hello },
    [WIDE_GETS_HELLO] = { "wide-gets-hello", see_wide_gets_hello },
    [WIDE_TOOK_OTHER] = { "wide-took-other", see_wide_took_other },
    [WIDE_CUT] = { "wide-cut", see_wide_cut },
    [CUT_EVERY_TIME] = { "cut-every-time", see_cut_every_time },
    [SMALL_SEGMENTS_WORK] = { "small-segments-work", see_small_segments_work },
    [REPEAT_DIFFERS] = { "repeat-differs", see_repeat_differs },
    [REPEAT_HELD_TWICE] = { "repeat-held-twice", see_repeat_held_twice },
    [CERT_SEEN] = { "cert-seen", see_cert_seen },
    [CERT_EXPIRED] = { "cert-expired", see_cert_expired },
    [CERT_NOT_YET_VALID] = { "cert-not-yet-valid", see_cert_not_yet_valid },
    [CERT_NAME_WRONG] = { "cert-name-wrong", see_cert_name_wrong },
    [CERT_SELF_SIGNED] = { "cert-self-signed", see_cert_self_signed },
    [CERT_WEAK] = { "cert-weak", see_cert_weak },
    [CERT_OF_INTERCEPTOR] = { "cert-of-interceptor", see_cert_of_interceptor },
    [CHALLENGED] = { "challenged", see_challenged },
    [NLA_FAILED] = { "nla-failed", see_nla_failed },
    [NLA_CUT] = { "nla-cut", see_nla_cut },
    [NLA_SAYS_NO_DC] = { "nla-says-no-dc", see_nla_says_no_dc },
    [NLA_SAYS_NO_NTLM] = { "nla-says-no-ntlm", see_nla_says_no_ntlm },
    [NLA_SAYS_INTERNAL] = { "nla-says-internal", see_nla_says_internal },
    [NLA_SAYS_SKEW] = { "nla-says-skew", see_nla_says_skew },
    [NLA_SAYS_VERSION] = { "nla-says-version", see_nla_says_version },
    [NLA_ENDED_LATE] = { "nla-ended-late", see_nla_ended_late },
    [OLD_CREDSSP] = { "old-credssp", see_old_credssp },
    [CLOCKS_DIFFER] = { "clocks-differ", see_clocks_differ },
    [CLOCKS_AGREE] = { "clocks-agree", see_clocks_agree },
    [DOMAIN_JOINED] = { "domain-joined", see_domain_joined },
    [LOGON_FAILS] = { "logon-fails", see_logon_fails },
    [LOGON_ANSWERED] = { "logon-answered", see_logon_answered },
    [LOGON_SAYS_SO] = { "logon-says-so", NULL },
    [LOGON_CUT] = { "logon-cut", see_logon_cut },
    [LOGON_LATE] = { "logon-late", see_logon_late },
    [CREDENTIALS_GOOD] = { "credentials-good", see_credentials_good },
    [BINDING_WRONG] = { "binding-wrong", see_binding_wrong },
    [SERVICE_UNKNOWN] = { "service-unknown", see_service_unknown },
    [ACCOUNT_ENTRA] = { "account-entra", see_account_entra },
    [SESSION_READY_CAME] = { "session-ready-came", see_session_ready },
    [SESSION_FAILS] = { "session-fails", see_session_fails },
    [SESSION_SAYS_SO] = { "session-says-so", NULL },
    [SESSION_DENIED] = { "session-denied", see_session_denied },
    [SESSION_CUT] = { "session-cut", see_session_cut },
    [SESSION_CUT_LICENSING] = { "session-cut-licensing", see_session_cut_licensing },
    [SESSION_CUT_LATE] = { "session-cut-late", see_session_cut_late },
    [OFFER_CHANGED] = { "offer-changed", see_offer_changed },
    [SERVER_WANTS_FIPS] = { "server-wants-fips", see_server_wants_fips },
    [BIG_PACKETS_VANISH] = { "big-packets-vanish", see_big_packets_vanish },
    [HOLE_IS_NARROW] = { "hole-is-narrow", see_hole_is_narrow },
    [LINE_SLOW] = { "line-slow", see_line_slow },
    [WAY_LOSES] = { "way-loses", see_way_loses },
    [LOSS_IS_OUTSIDE] = { "loss-is-outside", see_loss_is_outside },
    [LOSS_IS_THE_TUNNELS] = { "loss-is-the-tunnels", see_loss_is_the_tunnels },
    [CONFIRM_SLOW] = { "confirm-slow", see_confirm_slow },
    [CONFIRM_SLOW_AGAIN] = { "confirm-slow-again", see_confirm_slow_again },
    [PUBLIC_ADDRESS] = { "public-address", see_public_address },
    [NOTHING_STOPS] = { "nothing-stops", see_nothing_stops },
    [CLIENT_CANNOT] = { "client-cannot", see_client_cannot },
    [CLIENT_CANNOT_NLA] = { "client-cannot-nla", see_client_cannot_nla },
    [CLIENT_CANNOT_TLS] = { "client-cannot-tls", see_client_cannot_tls },
    [CLIENT_TLS_TOO_OLD] = { "client-tls-too-old", see_client_tls_too_old },
    [CLIENT_REFUSES_OLD_CREDSSP] = { "client-refuses-old-credssp", see_client_refuses_old_credssp },
    [RDP_FILE_UNFIT] = { "rdp-file-unfit", see_rdp_file_unfit },
    [RDP_FILE_ODD] = { "rdp-file-odd", see_rdp_file_odd },
    [RDP_FILE_SEEN] = { "rdp-file-seen", see_rdp_file_seen },
    [UDP_ANSWERS] = { "udp-answers", see_udp_answers },
    [UDP_UNUSED] = { "udp-unused", see_udp_unused },
    [UDP_BIG_LOST] = { "udp-big-lost", see_udp_big_lost },
    [SESSION_ENDED_AT_65S] = { "session-ended-at-65s", see_session_ended_at_65s },
    [SERVER_IS_2016] = { "server-is-2016", see_server_is_2016 },
    [CODE_NAMES_IT] = { "code-names-it", NULL },
    [SEEN_FROM_ELSEWHERE] = { "seen-from-elsewhere", NULL },
    [SEEN_IN_SERVER_LOG] = { "seen-in-server-log", NULL },
    [TOLD_WHY] = { "told-why", NULL },
    [LOGON_REFUSED] = { "logon-refused", see_logon_refused },
    [GATEWAY_ON_WAY] = { "gateway-on-way", see_gateway_on_way },
    [GATEWAY_STOPS] = { "gateway-stops", see_gateway_stops },
    [GATEWAY_SPEAKS] = { "gateway-speaks", see_gateway_speaks },
    [GATEWAY_IS_ONE] = { "gateway-is-one", see_gateway_is_one },
    [GATEWAY_CERT_PAST] = { "gateway-cert-past", see_gateway_cert_past },
    [GATEWAY_CERT_NAME_WRONG] = { "gateway-cert-name-wrong", see_gateway_cert_name_wrong },
    [GATEWAY_CERT_UNTRUSTED] = { "gateway-cert-untrusted", see_gateway_cert_untrusted },
    [GATEWAY_CERT_OF_INTERCEPTOR] = { "gateway-cert-of-interceptor", see_gateway_cert_of_interceptor },
    [GATEWAY_CLOCKS_AGREE] = { "gateway-clocks-agree", see_gateway_clocks_agree },
    [GATEWAY_PROXY_ASKS] = { "gateway-proxy-asks", see_gateway_proxy_asks },
    [GATEWAY_UNREACHED] = { "gateway-unreached", see_gateway_unreached },
    [GATEWAY_MUTE] = { "gateway-mute", see_gateway_mute },
    [GATEWAY_FORBIDS] = { "gateway-forbids", see_gateway_forbids },
    [GATEWAY_SAYS_DENIED] = { "gateway-says-denied", see_gateway_says_denied },
    [GATEWAY_SAYS_FULL] = { "gateway-says-full", see_gateway_says_full },
    [GATEWAY_LOGON_REFUSED] = { "gateway-logon-refused", see_gateway_logon_refused },
    [LOG_SHOWS_GUESSING] = { "log-shows-guessing", see_log_shows_guessing },
    [LOG_KNOWS_ARRIVAL] = { "log-knows-arrival", see_log_knows_arrival },
    [LOG_HOLDS_NO_ARRIVAL] = { "log-holds-no-arrival", see_log_holds_no_arrival },
};

const char *sign_name(enum sign sign)
{
    return signs[sign].name;
}

enum truth say(struct buffer *words, enum truth truth, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (words != NULL && truth != UNSEEN) {
        buffer_text(words, text);
    }
    return truth;
}

enum truth sign_see(enum sign sign, const struct look *look, enum cause cause, struct buffer *words)
{
    if (sign == CODE_NAMES_IT) {
        if (!seen(look->e->client_said.code.source)) {
            return NO;
        }
        return code_fits(look->e, cause) ? say(words, YES, "the client's code is one that this cause shows")
                                         : say(words, NO, "the client's code is not one that this cause shows");
    }
    if (sign == TOLD_WHY) {
        return told_cause(look, cause, words) == YES ? YES : say(words, NO, "no server's log says so in words");
    }
    if (sign == LOGON_SAYS_SO) {
        return logon_says(look, cause, words);
    }
    if (sign == SESSION_SAYS_SO) {
        return session_says(look, cause, words);
    }
    if (sign == SEEN_IN_SERVER_LOG) {
        return told_cause(look, cause, NULL) == YES ? told_cause(look, cause, words) : logged_cause(look, cause, words);
    }
    return signs[sign].see != NULL ? signs[sign].see(look, words) : UNSEEN;
}
