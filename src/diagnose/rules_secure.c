/* Rows of tls, certificate, nla, load and client. */
#include "diagnose/rules.h"

const struct rule rules_tls[] = {
    { CAUSE_RDP_KEY_UNREADABLE, .stage = TLS_FAILED,
      .needs = { CONFIRM_CHOSE_TLS, BARE_CLOSE_AT_HELLO, CUT_EVERY_TIME }, .against = { ANY_SERVER_HELLO },
      .steady = true,
      .near = { { CAUSE_TLS_NO_COMMON, TEST_WIDE_HELLO },
                { CAUSE_IPS_RESETS, TEST_SECOND_VANTAGE },
                { CAUSE_CERT_RENEW_FAILED, TEST_SERVER_LOG_KEY },
                { CAUSE_CERT_BINDING_WRONG, TEST_CHECK_BINDING },
                { CAUSE_SCHANNEL_UPDATE_REGRESSION, TEST_COMPARE_VERSION },
                { CAUSE_TLS_INTERCEPTION, TEST_SECOND_VANTAGE },
                { CAUSE_MTU_BLACK_HOLE, TEST_FIRST_CONNECTION },
                { CAUSE_LISTENER_OVERLOAD, TEST_REPEAT_FIRST },
                { CAUSE_PROXY_BACKEND_FAILED, TEST_TOOL_LOG } } },
    /* the server itself goes back to plain RDP: no filter and no path does that */
    { CAUSE_RDP_KEY_UNREADABLE, .stage = TLS_FAILED, .needs = { CONFIRM_CHOSE_TLS, PLAIN_AT_HELLO },
      .against = { ANY_SERVER_HELLO }, .steady = true,
      .near = { { CAUSE_TLS_NO_COMMON, TEST_WIDE_HELLO }, { CAUSE_CERT_WEAK, TEST_XRDP_LOG } } },
    /* an alert to every offer is also what a server without a usable key can send */
    { CAUSE_RDP_KEY_UNREADABLE, .stage = TLS_FAILED, .needs = { CONFIRM_CHOSE_TLS, ALERT_AT_HELLO },
      .against = { ANY_SERVER_HELLO, ALERT_SAYS_VERSION }, .steady = true,
      .near = { { CAUSE_TLS_NO_COMMON, TEST_WIDE_HELLO } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_RDP_KEY_UNREADABLE, .stage = TLS_FAILED,
      .needs = { CONFIRM_CHOSE_TLS, ALERT_SAYS_INTERNAL, CUT_EVERY_TIME }, .against = { ANY_SERVER_HELLO },
      .steady = true, .near = { { CAUSE_TLS_NO_COMMON, TEST_WIDE_HELLO } } },
    /* the certificate was shown, and then the key failed: a ServerHello alone does not need it */
    { CAUSE_RDP_KEY_UNREADABLE, .stage = CLOSE_AFTER_SERVER_HELLO,
      .near = { { CAUSE_PROXY_BACKEND_FAILED, TEST_TOOL_LOG } }, .most = CERTAINTY_POSSIBLE },
    /* one recorded connection cannot show that it ends so each time; the server's own words can */
    { CAUSE_RDP_KEY_UNREADABLE, .stage = TLS_FAILED, .needs = { CONFIRM_CHOSE_TLS, CUT_AT_HELLO, SEEN_IN_SERVER_LOG },
      .against = { ANY_SERVER_HELLO }, .steady = true, .near = { { CAUSE_TLS_NO_COMMON, TEST_WIDE_HELLO } },
      .most = CERTAINTY_LIKELY },
    { CAUSE_TLS_NO_COMMON, .stage = TLS_FAILED, .needs = { CONFIRM_CHOSE_TLS, CUT_AT_HELLO, SEEN_IN_SERVER_LOG },
      .against = { ANY_SERVER_HELLO, WIDE_CUT }, .steady = true,
      .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_WIDE_HELLO } }, .most = CERTAINTY_LIKELY },
    { CAUSE_CERT_RENEW_FAILED, .stage = TLS_FAILED, .needs = { BARE_CLOSE_AT_HELLO },
      .against = { ANY_SERVER_HELLO, NOT_WINDOWS }, .steady = true,
      .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_SERVER_LOG_KEY } } },
    { CAUSE_CERT_RENEW_FAILED, .stage = CERT_EXPIRED, .needs = { CERT_SELF_SIGNED },
      .against = { NOT_WINDOWS, CLOCKS_DIFFER }, .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_SERVER_LOG_KEY } },
      .beside = true },
    { CAUSE_CERT_BINDING_WRONG, .stage = TLS_FAILED, .needs = { BARE_CLOSE_AT_HELLO },
      .against = { ANY_SERVER_HELLO, NOT_WINDOWS }, .steady = true,
      .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_CHECK_BINDING } } },
    { CAUSE_SCHANNEL_UPDATE_REGRESSION, .stage = TLS_FAILED, .needs = { BARE_CLOSE_AT_HELLO },
      .against = { NOT_WINDOWS }, .steady = true, .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_COMPARE_VERSION } } },
    /* it takes the one hello, by what the other lacks, turns that one down by an alert, and is no other server each
       time */
    { CAUSE_TLS_NO_COMMON, .stage = TLS_FAILED,
      .needs = { WIDE_GETS_HELLO, WIDE_TOOK_OTHER, ALERT_SAYS_NO_COMMON, REPEAT_HELD_TWICE }, .steady = true,
      .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_WIDE_HELLO },
                { CAUSE_IPS_RESETS, TEST_SECOND_VANTAGE },
                { CAUSE_LISTENER_OVERLOAD, TEST_REPEAT_FIRST } } },
    { CAUSE_TLS_NO_COMMON, .stage = TLS_FAILED, .needs = { WIDE_GETS_HELLO, WIDE_TOOK_OTHER, CUT_AT_HELLO },
      .steady = true,
      .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_WIDE_HELLO }, { CAUSE_IPS_RESETS, TEST_SECOND_VANTAGE } },
      .most = CERTAINTY_LIKELY },
    /* it took what the first hello had offered too: groups or signatures may lack, or two servers take turns */
    { CAUSE_TLS_NO_COMMON, .stage = TLS_FAILED, .needs = { WIDE_GETS_HELLO, CUT_AT_HELLO }, .steady = true,
      .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_WIDE_HELLO }, { CAUSE_IPS_RESETS, TEST_SECOND_VANTAGE } },
      .most = CERTAINTY_POSSIBLE },
    { CAUSE_TLS_NO_COMMON, .stage = TLS_FAILED, .needs = { ALERT_SAYS_NO_COMMON },
      .against = { WIDE_CUT, WIDE_GETS_HELLO }, .steady = true,
      .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_WIDE_HELLO } }, .most = CERTAINTY_LIKELY },
    { CAUSE_TLS_NO_COMMON, .stage = CLIENT_TLS_TOO_OLD, .near = { { CAUSE_CLIENT_TOO_OLD, TEST_ASK_CLIENT_PATCH } },
      .most = CERTAINTY_LIKELY },
    { CAUSE_TLS_INTERCEPTION, .stage = TLS_FAILED, .needs = { CUT_IN_TLS, SEEN_FROM_ELSEWHERE },
      .against = { PLAIN_AT_HELLO }, .steady = true, .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_SECOND_VANTAGE } } },
    { CAUSE_TLS_INTERCEPTION, .stage = NLA_FAILED, .needs = { CERT_OF_INTERCEPTOR },
      .near = { { CAUSE_PROXY_BACKEND_FAILED, TEST_SECOND_VANTAGE } } },
    /* a name accuses nobody: a product's own maker, or a user of its CA, carries it too */
    { CAUSE_TLS_INTERCEPTION, .stage = CERT_SEEN, .needs = { CERT_OF_INTERCEPTOR },
      .near = { { CAUSE_PROXY_BACKEND_FAILED, TEST_SECOND_VANTAGE },
                { CAUSE_CERT_NAME_MISMATCH, TEST_COMPARE_FINGERPRINT },
                { CAUSE_CERT_CHANGED, TEST_COMPARE_FINGERPRINT },
                { CAUSE_CERT_WEAK, TEST_COMPARE_FINGERPRINT } },
      .most = CERTAINTY_POSSIBLE, .beside = true },
    { CAUSE_FIPS_MISMATCH, .stage = CODE_NAMES_IT, .needs = { CONFIRM_CHOSE_TLS }, .most = CERTAINTY_POSSIBLE,
      .beside = true },
    /* The sweep of sizes shows the hole by itself, with small packets to the same places as its control; the connection
     * stalls, and does not when its packets are small: that ties the two together. */
    { CAUSE_MTU_BLACK_HOLE, .stage = TLS_FAILED, .needs = { STALLED_IN_TLS, BIG_PACKETS_VANISH, SMALL_SEGMENTS_WORK },
      .steady = true,
      .near = { { CAUSE_IPS_DROPS, TEST_SMALL_MSS },
                { CAUSE_LISTENER_OVERLOAD, TEST_REPEAT_FIRST },
                { CAUSE_RDP_KEY_UNREADABLE, TEST_FIRST_CONNECTION } } },
    /* One success among stalls may be luck, or two servers that take turns. */
    { CAUSE_MTU_BLACK_HOLE, .stage = TLS_FAILED, .needs = { STALLED_IN_TLS, SMALL_SEGMENTS_WORK }, .steady = true,
      .near = { { CAUSE_IPS_DROPS, TEST_SMALL_MSS },
                { CAUSE_LISTENER_OVERLOAD, TEST_REPEAT_MORE },
                { CAUSE_LISTENER_OVERLOAD, TEST_REPEAT_FIRST },
                { CAUSE_RDP_KEY_UNREADABLE, TEST_FIRST_CONNECTION } },
      .most = CERTAINTY_LIKELY },
    /* nothing stops here, and still other programs, or bigger answers, may fall into it */
    { CAUSE_MTU_BLACK_HOLE, .stage = HOLE_IS_NARROW, .near = { { CAUSE_IPS_DROPS, TEST_SMALL_MSS } },
      .most = CERTAINTY_LIKELY, .beside = true },
};
const size_t rules_tls_count = COUNT_OF(rules_tls);

const struct rule rules_certificate[] = {
    { CAUSE_CERT_EXPIRED, .stage = CERT_SEEN, .needs = { CERT_EXPIRED, CLOCKS_AGREE },
      .near = { { CAUSE_CLOCK_SKEW, TEST_COMPARE_CLOCK } }, .beside = true },
    /* by one clock only, which may be the wrong one */
    { CAUSE_CERT_EXPIRED, .stage = CERT_SEEN, .needs = { CERT_EXPIRED },
      .near = { { CAUSE_CLOCK_SKEW, TEST_COMPARE_CLOCK } }, .most = CERTAINTY_LIKELY, .beside = true },
    { CAUSE_CERT_NOT_YET_VALID, .stage = CERT_SEEN, .needs = { CERT_NOT_YET_VALID, CLOCKS_AGREE },
      .near = { { CAUSE_CLOCK_SKEW, TEST_COMPARE_CLOCK } }, .beside = true },
    { CAUSE_CERT_NOT_YET_VALID, .stage = CERT_SEEN, .needs = { CERT_NOT_YET_VALID },
      .near = { { CAUSE_CLOCK_SKEW, TEST_COMPARE_CLOCK } }, .most = CERTAINTY_LIKELY, .beside = true },
    /* a self-signed certificate names nobody that a client could check */
    { CAUSE_CERT_NAME_MISMATCH, .stage = CERT_SEEN, .needs = { CERT_NAME_WRONG },
      .against = { CERT_SELF_SIGNED, CERT_OF_INTERCEPTOR },
      .near = { { CAUSE_TLS_INTERCEPTION, TEST_COMPARE_FINGERPRINT } }, .beside = true },
    { CAUSE_CERT_CHANGED, .stage = CODE_NAMES_IT, .needs = { CERT_SEEN },
      .near = { { CAUSE_TLS_INTERCEPTION, TEST_COMPARE_FINGERPRINT },
                { CAUSE_CERT_TEMPLATE_CHURN, TEST_CHECK_BINDING } },
      .most = CERTAINTY_POSSIBLE, .beside = true },
    { CAUSE_CERT_TEMPLATE_CHURN, .stage = CODE_NAMES_IT, .needs = { CERT_SEEN },
      .against = { CERT_SELF_SIGNED, NOT_WINDOWS }, .near = { { CAUSE_CERT_CHANGED, TEST_CHECK_BINDING } },
      .most = CERTAINTY_POSSIBLE, .beside = true },
    /* OpenSSL of today refuses to serve a key below its own limit */
    { CAUSE_CERT_WEAK, .stage = TLS_FAILED, .needs = { PLAIN_AT_HELLO }, .against = { ANY_SERVER_HELLO },
      .steady = true, .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_XRDP_LOG } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_CERT_WEAK, .stage = CERT_SEEN, .needs = { CERT_WEAK },
      .near = { { CAUSE_TLS_INTERCEPTION, TEST_COMPARE_FINGERPRINT } }, .most = CERTAINTY_LIKELY, .beside = true },
};
const size_t rules_certificate_count = COUNT_OF(rules_certificate);

const struct rule rules_nla[] = {
    { CAUSE_CREDSSP_MISMATCH, .stage = CHALLENGED, .needs = { OLD_CREDSSP },
      .near = { { CAUSE_CLIENT_TOO_OLD, TEST_ASK_CLIENT_PATCH } }, .beside = true },
    { CAUSE_CREDSSP_MISMATCH, .stage = CLIENT_REFUSES_OLD_CREDSSP, .needs = { OLD_CREDSSP },
      .near = { { CAUSE_CLIENT_TOO_OLD, TEST_ASK_CLIENT_PATCH } } },
    { CAUSE_CREDSSP_MISMATCH, .stage = NLA_FAILED, .needs = { NLA_SAYS_VERSION },
      .near = { { CAUSE_NTLM_BLOCKED, TEST_CONNECT_BY_FQDN } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_NLA_NO_DC, .stage = NLA_FAILED, .needs = { NLA_SAYS_NO_DC },
      .near = { { CAUSE_PROXY_BACKEND_FAILED, TEST_TOOL_LOG }, { CAUSE_NTLM_BLOCKED, TEST_LOCAL_ACCOUNT } } },
    /* 0x80090304: said of a domain controller that is out of reach, and of much else */
    { CAUSE_NLA_NO_DC, .stage = NLA_FAILED, .needs = { NLA_SAYS_INTERNAL },
      .near = { { CAUSE_PROXY_BACKEND_FAILED, TEST_TOOL_LOG } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_NLA_NO_DC, .stage = NLA_FAILED, .needs = { NLA_ENDED_LATE }, .against = { NOT_WINDOWS },
      .near = { { CAUSE_PROXY_BACKEND_FAILED, TEST_TOOL_LOG } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_NTLM_BLOCKED, .stage = NLA_FAILED, .needs = { NLA_SAYS_NO_NTLM },
      .near = { { CAUSE_NLA_NO_DC, TEST_LOCAL_ACCOUNT }, { CAUSE_CREDSSP_MISMATCH, TEST_CONNECT_BY_FQDN } } },
    { CAUSE_NTLM_BLOCKED, .stage = NLA_CUT, .against = { NOT_WINDOWS },
      .near = { { CAUSE_NLA_NO_DC, TEST_LOCAL_ACCOUNT } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_CLOCK_SKEW, .stage = CLOCKS_DIFFER,
      .near = { { CAUSE_CERT_EXPIRED, TEST_COMPARE_CLOCK }, { CAUSE_CERT_NOT_YET_VALID, TEST_COMPARE_CLOCK } },
      .beside = true },
    { CAUSE_CLOCK_SKEW, .stage = NLA_FAILED, .needs = { NLA_SAYS_SKEW },
      .near = { { CAUSE_KERBEROS_SKEW, TEST_COMPARE_CLOCK } } },
    { CAUSE_KERBEROS_SKEW, .stage = CLOCKS_DIFFER, .needs = { DOMAIN_JOINED, CODE_NAMES_IT },
      .near = { { CAUSE_CLOCK_SKEW, TEST_COMPARE_CLOCK } }, .most = CERTAINTY_POSSIBLE, .beside = true },
    { CAUSE_SPN_MISSING_OR_ALIAS, .stage = CODE_NAMES_IT, .needs = { CHALLENGE_NAMES_ANOTHER, DOMAIN_JOINED },
      .most = CERTAINTY_POSSIBLE, .beside = true },
};
const size_t rules_nla_count = COUNT_OF(rules_nla);

const struct rule rules_load[] = {
    /* it works and fails by turns: overload does that, as do a farm with one bad host and a lossy way */
    { CAUSE_LISTENER_OVERLOAD, .stage = REPEAT_DIFFERS,
      .near = { { CAUSE_BRUTE_FORCE, TEST_SERVER_LOG_LISTENER },
                { CAUSE_RDP_KEY_UNREADABLE, TEST_REPEAT_FIRST },
                { CAUSE_MTU_BLACK_HOLE, TEST_REPEAT_FIRST },
                { CAUSE_TLS_NO_COMMON, TEST_REPEAT_FIRST } },
      .most = CERTAINTY_POSSIBLE },
    /* our own connects may be what it counts */
    { CAUSE_LISTENER_OVERLOAD, .stage = LATER_CONNECTS_CUT,
      .near = { { CAUSE_BAN_TOOL_BLOCKS_CLIENT, TEST_SECOND_VANTAGE } }, .most = CERTAINTY_POSSIBLE, .beside = true },
    /* a full backlog is silent, one that is guarded refuses */
    { CAUSE_LISTENER_OVERLOAD, .stage = TCP_CLOSED, .needs = { SEEN_IN_SERVER_LOG },
      .against = { NEIGHBOUR_MISSING, ROUTE_MISSING }, .near = { { CAUSE_FIREWALL_BLOCKS, TEST_SERVER_LOG_LISTENER } },
      .most = CERTAINTY_LIKELY },
    /* account and name look-ups of the server make it as slow */
    { CAUSE_LISTENER_OVERLOAD, .stage = CONFIRM_SLOW_AGAIN,
      .near = { { CAUSE_SERVER_RESOURCES, TEST_CHECK_RESOURCES }, { CAUSE_BRUTE_FORCE, TEST_SERVER_LOG_LISTENER } },
      .most = CERTAINTY_POSSIBLE, .beside = true },
    { CAUSE_LISTENER_OVERLOAD, .stage = CLOSED_BEFORE_CONFIRM, .needs = { SEEN_IN_SERVER_LOG },
      .against = { IMPOSSIBLE_OPENS }, .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_SERVER_LOG_LISTENER } },
      .most = CERTAINTY_LIKELY },
    { CAUSE_BRUTE_FORCE, .stage = CONFIRM_SLOW_AGAIN, .needs = { PUBLIC_ADDRESS },
      .near = { { CAUSE_LISTENER_OVERLOAD, TEST_SERVER_LOG_LISTENER } }, .most = CERTAINTY_POSSIBLE, .beside = true },
    { CAUSE_BRUTE_FORCE, .stage = CLOSED_BEFORE_CONFIRM, .needs = { PUBLIC_ADDRESS, SEEN_IN_SERVER_LOG },
      .against = { IMPOSSIBLE_OPENS }, .near = { { CAUSE_LISTENER_OVERLOAD, TEST_SERVER_LOG_LISTENER } } },
    { CAUSE_BRUTE_FORCE, .stage = LOG_SHOWS_GUESSING, .beside = true },
    { CAUSE_SERVER_RESOURCES, .stage = CONFIRM_SLOW_AGAIN,
      .near = { { CAUSE_LISTENER_OVERLOAD, TEST_CHECK_RESOURCES } }, .beside = true },
};
const size_t rules_load_count = COUNT_OF(rules_load);

const struct rule rules_line[] = {
    /* Bad quality explains what is slow and what drops. It is no reason for an end at the same byte each time, so these
       stand beside whatever stops. */
    { CAUSE_VPN_LOSS, .stage = WAY_LOSES, .needs = { LOSS_IS_THE_TUNNELS },
      .near = { { CAUSE_PATH_LOSS, TEST_SECOND_VANTAGE } }, .beside = true },
    { CAUSE_PATH_LOSS, .stage = WAY_LOSES, .needs = { LOSS_IS_OUTSIDE },
      .near = { { CAUSE_VPN_LOSS, TEST_SECOND_VANTAGE } }, .beside = true },
    { CAUSE_LOW_BANDWIDTH, .stage = LINE_SLOW, .beside = true },
};
const size_t rules_line_count = COUNT_OF(rules_line);

const struct rule rules_client[] = {
    { CAUSE_CLIENT_TOO_OLD, .stage = CLIENT_TLS_TOO_OLD,
      .near = { { CAUSE_TLS_NO_COMMON, TEST_ASK_CLIENT_PATCH }, { CAUSE_CREDSSP_MISMATCH, TEST_ASK_CLIENT_PATCH } } },
    /* no file at hand: only its possibility is left */
    { CAUSE_CLIENT_RDP_FILE_BAD, .stage = NOTHING_STOPS, .needs = { CODE_NAMES_IT }, .against = { RDP_FILE_SEEN },
      .most = CERTAINTY_POSSIBLE, .beside = true },
    { CAUSE_CLIENT_RDP_FILE_BAD, .stage = RDP_FILE_UNFIT },
    { CAUSE_CLIENT_RDP_FILE_BAD, .stage = RDP_FILE_ODD, .most = CERTAINTY_POSSIBLE, .beside = true },
};
const size_t rules_client_count = COUNT_OF(rules_client);

const struct rule_table rule_tables[] = {
    { "name and route", rules_name, &rules_name_count },
    { "tcp", rules_tcp, &rules_tcp_count },
    { "negotiation", rules_negotiation, &rules_negotiation_count },
    { "refusal", rules_refusal, &rules_refusal_count },
    { "tls", rules_tls, &rules_tls_count },
    { "certificate", rules_certificate, &rules_certificate_count },
    { "nla", rules_nla, &rules_nla_count },
    { "logon", rules_logon, &rules_logon_count },
    { "session", rules_session, &rules_session_count },
    { "load", rules_load, &rules_load_count },
    { "line", rules_line, &rules_line_count },
    { "udp", rules_udp, &rules_udp_count },
    { "gateway", rules_gateway, &rules_gateway_count },
    { "client", rules_client, &rules_client_count },
    { "told", rules_told, &rules_told_count },
    { NULL, NULL, NULL },
};
