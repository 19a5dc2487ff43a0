/* Signs: small named questions to the evidence. Each answers YES, NO or UNSEEN, and says in words why it said YES or
 * NO. */
#ifndef RDPWHY_DIAGNOSE_SIGNS_H
#define RDPWHY_DIAGNOSE_SIGNS_H

#include "diagnose/look.h"

enum truth { UNSEEN, NO, YES };

enum sign {
    SIGN_NONE, /* ends the lists in rules */
    /* name, route */
    NAME_FAILED,
    NAME_ASKED_EVERYWHERE, /* every resolver of the zone says the same */
    NAME_SHORT,
    RESOLVERS_DISAGREE,
    ANOTHER_IS_INTERNAL, /* a resolver knows a private address, the one used is public */
    OTHER_FAMILY_WORKS,  /* one address is dead, another opens */
    CHALLENGE_NAMES_ANOTHER,
    ROUTE_MISSING,
    ROUTE_LEADS_ELSEWHERE, /* a private address, left by a public source; or no route at all */
    TUNNEL_PASSED_BY,      /* a tunnel is up, and a private address is reached around it */
    NETWORKS_OVERLAP,      /* the address belongs to the local network and to one behind a tunnel */
    ROUTE_IN_TUNNEL,
    FAKE_ADDRESS,
    IMPOSSIBLE_OPENS, /* a connect to nobody succeeds: this machine answers itself */
    INSTANT_ANSWER,   /* the SYN-ACK came faster than another machine could send it */
    SHARED_ADDRESS,   /* 100.64.0.0/10 */
    SERVER_IS_HERE,
    /* tcp */
    TCP_CLOSED, /* no address opens */
    TCP_ALL_SILENT,
    TCP_ALL_REFUSED,
    HOST_SILENT,       /* nothing that was heard can only have come from the host */
    FILTER_SPEAKS,     /* prohibited by ICMP */
    PORT_ALONE_SILENT, /* on a host that refuses others */
    HOST_ANSWERS,
    NEIGHBOUR_MISSING,
    LATER_CONNECTS_CUT,
    /* negotiation */
    CLOSED_BEFORE_CONFIRM,
    SILENT_BEFORE_CONFIRM,
    CLOSES_UNASKED, /* also when we send nothing */
    PLAIN_REQUEST_ANSWERED,
    ANY_CONFIRM,
    NOT_RDP,
    ANSWER_GARBLED, /* begins as RDP does, and is broken */
    WINDOWS_BESIDE, /* other ports of this host say that it is Windows */
    REFUSED_1,
    REFUSED_2,
    REFUSED_3,
    REFUSED_4,
    REFUSED_5,
    REFUSED_6,
    TLS_ALONE_REFUSED,
    TLS_ALONE_ACCEPTED, /* an offer of TLS only got TLS */
    TAKES_PLAIN_RDP,
    CHOSE_PLAIN_RDP, /* to the offer of TLS and NLA it answered standard RDP security */
    CONFIRM_WITHOUT_BLOCK,
    CHOSE_UNOFFERED,
    DEMANDS_WHAT_WAS_OFFERED, /* failure 1 or 5 to an offer of TLS and NLA */
    IDENTITY_IS_ANOTHER,      /* the certificate or the challenge names a machine that was not asked for */
    /* tls */
    CONFIRM_CHOSE_TLS,
    TLS_FAILED,
    BARE_CLOSE_AT_HELLO,
    PLAIN_AT_HELLO, /* an RDP packet in the clear instead of a ServerHello */
    ALERT_AT_HELLO,
    ALERT_SAYS_NO_COMMON, /* 40, 70, 71 */
    ALERT_SAYS_INTERNAL,  /* 80 */
    ALERT_SAYS_VERSION,   /* 70 */
    CUT_AT_HELLO,         /* bare or by alert, before any ServerHello */
    CUT_IN_TLS,           /* at any point */
    CLOSE_AFTER_SERVER_HELLO,
    STALLED_IN_TLS,
    ANY_SERVER_HELLO,
    WIDE_GETS_HELLO,
    WIDE_TOOK_OTHER, /* by a suite that the first ClientHello lacks */
    WIDE_CUT,        /* the offer of everything was turned down as well */
    CUT_EVERY_TIME,  /* the offer of everything too, and the repetition when it was made */
    SMALL_SEGMENTS_WORK,
    REPEAT_DIFFERS,
    REPEAT_HELD_TWICE, /* servers that take turns behind one address would have differed */
    /* certificate */
    CERT_SEEN,
    CERT_EXPIRED,
    CERT_NOT_YET_VALID,
    CERT_NAME_WRONG,
    CERT_SELF_SIGNED,
    CERT_WEAK,
    CERT_OF_INTERCEPTOR,
    /* nla */
    CHALLENGED,
    NLA_FAILED,
    NLA_CUT, /* closed, reset or an alert */
    NLA_SAYS_NO_DC,
    NLA_SAYS_NO_NTLM,
    NLA_SAYS_INTERNAL, /* 0x80090304 */
    NLA_SAYS_SKEW,
    NLA_SAYS_VERSION,
    NLA_ENDED_LATE,
    OLD_CREDSSP,
    CLOCKS_DIFFER,
    CLOCKS_AGREE, /* the server told its time, and it is ours */
    DOMAIN_JOINED,
    /* logon */
    LOGON_FAILS,    /* the one that this run tried */
    LOGON_ANSWERED, /* and there is a code to read */
    LOGON_SAYS_SO,  /* the server's or the KDC's code is one of the cause under judgement */
    LOGON_CUT,      /* closed, reset or an alert after our proof, without a code */
    LOGON_LATE,     /* likewise, or silent, after seconds */
    CREDENTIALS_GOOD,
    BINDING_WRONG,
    SERVICE_UNKNOWN, /* to the KDC */
    ACCOUNT_ENTRA,
    /* session (--session) */
    SESSION_READY_CAME, /* Demand Active */
    SESSION_FAILS,
    SESSION_SAYS_SO,       /* the server's own code names the cause under judgement */
    SESSION_DENIED,        /* refused without a reason: error info 7 */
    SESSION_CUT,           /* gone or mute, and no word */
    SESSION_CUT_LICENSING, /* after it had asked for a licence */
    SESSION_CUT_LATE,      /* after the capabilities had begun */
    OFFER_CHANGED,         /* the server saw another offer than was sent */
    SERVER_WANTS_FIPS,
    /* mtu, bandwidth */
    BIG_PACKETS_VANISH,
    HOLE_IS_NARROW, /* what gets through is less than the usual lines take */
    LINE_SLOW,
    WAY_LOSES,           /* packets are lost on the way, wherever */
    LOSS_IS_OUTSIDE,     /* not the tunnel's: below it, behind it, or there is none */
    LOSS_IS_THE_TUNNELS, /* only the tunnel's own packets are hit, or the link into its gateway */
    /* udp */
    UDP_ANSWERS,
    UDP_UNUSED,   /* the port is closed for UDP: sessions stay on TCP */
    UDP_BIG_LOST, /* big datagrams never come through, small ones always do */
    SESSION_ENDED_AT_65S,
    SERVER_IS_2016,
    /* load */
    CONFIRM_SLOW,
    CONFIRM_SLOW_AGAIN,
    PUBLIC_ADDRESS,
    NOT_WINDOWS, /* told by its habits */
    /* client and codes */
    NOTHING_STOPS,
    CLIENT_CANNOT,
    CLIENT_CANNOT_NLA,
    CLIENT_CANNOT_TLS,
    CLIENT_TLS_TOO_OLD,
    CLIENT_REFUSES_OLD_CREDSSP,
    RDP_FILE_UNFIT, /* it asks for what this server turned down */
    RDP_FILE_ODD,   /* it contradicts itself, or leads elsewhere than this run went */
    RDP_FILE_SEEN,
    CODE_NAMES_IT, /* the client's code is one of those of the cause under judgement */
    /* logs and collections of the server; never NO: that a log lacks an event clears nobody */
    SEEN_IN_SERVER_LOG, /* an event near the failure, or a setting, that decides for the cause under judgement */
    TOLD_WHY,           /* the server's own log, in words, gives just this cause as the reason */
    LOGON_REFUSED,
    LOG_SHOWS_GUESSING,
    LOG_KNOWS_ARRIVAL,    /* by the client's address and port */
    LOG_HOLDS_NO_ARRIVAL, /* a whole log that covers the time, of the machine that was aimed at */
    /* gateway */
    GATEWAY_ON_WAY,    /* the user's connection goes through the gateway that was looked at */
    GATEWAY_STOPS,     /* and it does not come through */
    GATEWAY_SPEAKS,    /* what answers is a gateway, or a very good likeness */
    GATEWAY_IS_ONE,    /* it answered as only a gateway can */
    GATEWAY_CERT_PAST, /* its time is over, or has not come */
    GATEWAY_CERT_NAME_WRONG,
    GATEWAY_CERT_UNTRUSTED, /* by this machine's store */
    GATEWAY_CERT_OF_INTERCEPTOR,
    GATEWAY_CLOCKS_AGREE,
    GATEWAY_PROXY_ASKS,    /* 407, from whoever stands before it */
    GATEWAY_UNREACHED,     /* nothing opens, by a definite answer */
    GATEWAY_MUTE,          /* nothing opens, and nobody says why */
    GATEWAY_FORBIDS,       /* 403 to every transport */
    GATEWAY_SAYS_DENIED,   /* by an E_PROXY code of a policy */
    GATEWAY_SAYS_FULL,     /* by 503 or its code */
    GATEWAY_LOGON_REFUSED, /* 401 to credentials */
    /* what no field of the evidence can show yet; never YES, never NO */
    SEEN_FROM_ELSEWHERE,
    SIGN_COUNT,
};

/* Its own name, for tests and traces. */
const char *sign_name(enum sign sign);
/* Adds the words of a YES or NO to `words` (NULL: no words wanted). `cause` is the one under judgement. */
enum truth sign_see(enum sign sign, const struct look *look, enum cause cause, struct buffer *words);

bool is_yes(const struct look *look, enum sign sign);
bool is_no(const struct look *look, enum sign sign);

/* For the files that hold signs: writes the words, returns the answer. */
enum truth say(struct buffer *words, enum truth truth, const char *format, ...) PRINTF_LIKE(3, 4);

typedef enum truth sign_function(const struct look *look, struct buffer *words);
sign_function see_name_failed, see_name_asked_everywhere, see_name_short, see_resolvers_disagree,
    see_other_family_works, see_challenge_names_another, see_route_missing, see_route_leads_elsewhere,
    see_route_in_tunnel, see_tunnel_passed_by, see_networks_overlap, see_fake_address, see_impossible_opens,
    see_instant_answer, see_shared_address, see_server_is_here, see_tcp_closed, see_tcp_all_silent, see_tcp_all_refused,
    see_filter_speaks, see_host_answers, see_neighbour_missing, see_later_connects_cut, see_closed_before_confirm,
    see_silent_before_confirm, see_closes_unasked, see_plain_request_answered, see_any_confirm, see_not_rdp,
    see_answer_garbled, see_windows_beside, see_refused_1, see_refused_2, see_refused_3, see_refused_4, see_refused_5,
    see_refused_6, see_tls_alone_accepted, see_tls_alone_refused, see_takes_plain_rdp, see_chose_plain_rdp,
    see_confirm_without_block, see_chose_unoffered, see_identity_is_another, see_confirm_chose_tls, see_tls_failed,
    see_bare_close_at_hello, see_alert_at_hello, see_alert_says_no_common, see_alert_says_internal,
    see_alert_says_version, see_cut_at_hello, see_cut_in_tls, see_plain_at_hello, see_not_windows,
    see_close_after_server_hello, see_stalled_in_tls, see_any_server_hello, see_wide_gets_hello,
    see_small_segments_work, see_repeat_differs, see_repeat_held_twice, see_cert_seen, see_cert_expired,
    see_cert_not_yet_valid, see_cert_name_wrong, see_cert_self_signed, see_cert_weak, see_cert_of_interceptor,
    see_challenged, see_nla_failed, see_nla_cut, see_nla_says_no_dc, see_nla_says_no_ntlm, see_nla_says_skew,
    see_nla_says_version, see_nla_ended_late, see_old_credssp, see_clocks_differ, see_domain_joined, see_confirm_slow,
    see_confirm_slow_again, see_public_address, see_nothing_stops, see_client_cannot, see_another_is_internal,
    see_host_silent, see_demands_what_was_offered, see_wide_took_other, see_wide_cut, see_cut_every_time,
    see_nla_says_internal, see_clocks_agree, see_port_alone_silent, see_client_cannot_nla, see_big_packets_vanish,
    see_hole_is_narrow, see_line_slow, see_way_loses, see_loss_is_outside, see_loss_is_the_tunnels,
    see_client_cannot_tls, see_client_tls_too_old, see_client_refuses_old_credssp, see_rdp_file_unfit, see_rdp_file_odd,
    see_rdp_file_seen, see_logon_refused, see_log_shows_guessing, see_log_knows_arrival, see_log_holds_no_arrival,
    see_udp_answers, see_udp_unused, see_udp_big_lost, see_session_ended_at_65s, see_server_is_2016;
sign_function see_gateway_on_way, see_gateway_stops, see_gateway_speaks, see_gateway_is_one, see_gateway_cert_past,
    see_gateway_cert_name_wrong, see_gateway_cert_untrusted, see_gateway_cert_of_interceptor, see_gateway_clocks_agree,
    see_gateway_proxy_asks, see_gateway_unreached, see_gateway_mute, see_gateway_forbids, see_gateway_says_denied,
    see_gateway_says_full, see_gateway_logon_refused;
sign_function see_logon_fails, see_logon_answered, see_logon_cut, see_logon_late, see_credentials_good,
    see_binding_wrong, see_service_unknown, see_account_entra;

/* Whether the code that came for the logon is one of this cause; for LOGON_SAYS_SO. */
enum truth logon_says(const struct look *look, enum cause cause, struct buffer *words);

/* Where the direct connection came to its end, whatever a gateway does. */
bool stop_find_direct(const struct look *look, enum check_id *at);
/* Where the user's connection came to its end, when it did (stop.c). */
bool stop_find(const struct look *look, enum check_id *at);
/* One line: how it ended there. NULL: no memory. The caller frees. */
char *stop_words(const struct look *look, enum check_id at) MUST_USE;
/* It failed once and worked once, by the same offer. */
bool stop_is_passing(const struct look *look);

sign_function see_session_ready, see_session_fails, see_session_denied, see_session_cut, see_session_cut_licensing,
    see_session_cut_late, see_offer_changed, see_server_wants_fips;
/* Whether one status (NTSTATUS, SSPI, HRESULT) is one of this cause, whoever said it; `whose` begins the words. */
enum truth status_says(const char *whose, int64_t status, enum cause cause, struct buffer *words);
/* SESSION_SAYS_SO. */
enum truth session_says(const struct look *look, enum cause cause, struct buffer *words);

/* True when the codes the client showed are among those of the cause (facts). */
bool code_fits(const struct evidence *evidence, enum cause cause);

#endif
