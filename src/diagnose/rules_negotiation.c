/* Rows of the negotiation: closed or silent before the Confirm, and what the Confirm refuses. */
#include "diagnose/rules.h"

const struct rule rules_negotiation[] = {
    { CAUSE_FORWARD_DEAD_BACKEND, .stage = CLOSED_BEFORE_CONFIRM, .needs = { CLOSES_UNASKED },
      .against = { ANY_CONFIRM, IMPOSSIBLE_OPENS, LOG_KNOWS_ARRIVAL },
      .near = { { CAUSE_TUN_PROXY_CAPTURES, TEST_INTERCEPTOR },
                { CAUSE_ZTNA_BACKEND_FAILED, TEST_BYPASS_PROXY },
                { CAUSE_PROXY_BACKEND_FAILED, TEST_TOOL_LOG },
                { CAUSE_BAN_TOOL_BLOCKS_CLIENT, TEST_SECOND_VANTAGE },
                { CAUSE_IPS_RESETS, TEST_SILENT_CONNECT },
                { CAUSE_AV_LOCAL_FILTER, TEST_BYPASS_AV },
                { CAUSE_LISTENER_OVERLOAD, TEST_SERVER_LOG_LISTENER },
                { CAUSE_TERMSERVICE_HUNG, TEST_FIRST_CONNECTION } } },
    /* some fronts wait for the first bytes before they look for their backend */
    { CAUSE_FORWARD_DEAD_BACKEND, .stage = CLOSED_BEFORE_CONFIRM,
      .against = { ANY_CONFIRM, IMPOSSIBLE_OPENS, LOG_KNOWS_ARRIVAL },
      .near = { { CAUSE_PROXY_BACKEND_FAILED, TEST_TOOL_LOG } }, .most = CERTAINTY_POSSIBLE },
    /* what answered was not the server: something in front, or on the way */
    { CAUSE_FORWARD_DEAD_BACKEND, .stage = CLOSED_BEFORE_CONFIRM, .needs = { LOG_HOLDS_NO_ARRIVAL },
      .against = { ANY_CONFIRM, IMPOSSIBLE_OPENS, LOG_KNOWS_ARRIVAL },
      .near = { { CAUSE_PROXY_BACKEND_FAILED, TEST_TOOL_LOG }, { CAUSE_IPS_RESETS, TEST_SECOND_VANTAGE } },
      .most = CERTAINTY_LIKELY },
    { CAUSE_ZTNA_BACKEND_FAILED, .stage = CLOSED_BEFORE_CONFIRM, .needs = { SHARED_ADDRESS, INSTANT_ANSWER },
      .against = { ANY_CONFIRM, IMPOSSIBLE_OPENS },
      .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_BYPASS_PROXY }, { CAUSE_TUN_PROXY_CAPTURES, TEST_INTERCEPTOR } } },
    { CAUSE_PROXY_BACKEND_FAILED, .stage = CLOSED_BEFORE_CONFIRM, .needs = { SEEN_IN_SERVER_LOG },
      .against = { IMPOSSIBLE_OPENS }, .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_TOOL_LOG } } },
    /* a farm, an alias and a forwarded port show another name as well */
    { CAUSE_PROXY_BACKEND_FAILED, .stage = NLA_CUT, .needs = { IDENTITY_IS_ANOTHER },
      .near = { { CAUSE_TLS_INTERCEPTION, TEST_SECOND_VANTAGE }, { CAUSE_NLA_NO_DC, TEST_TOOL_LOG } },
      .most = CERTAINTY_POSSIBLE },
    /* some answer the request themselves and find out afterwards that nobody is behind */
    { CAUSE_PROXY_BACKEND_FAILED, .stage = TLS_FAILED, .needs = { CUT_IN_TLS, SEEN_IN_SERVER_LOG },
      .against = { PLAIN_AT_HELLO, LOG_KNOWS_ARRIVAL }, .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_TOOL_LOG } } },
    /* what was on offer is demanded: a proxy that passes on the answer to an offer of its own, or a broken server */
    { CAUSE_PROXY_BACKEND_FAILED, .stage = DEMANDS_WHAT_WAS_OFFERED,
      .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_TOOL_LOG } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_PROXY_BACKEND_FAILED, .stage = CHOSE_UNOFFERED, .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_TOOL_LOG } },
      .most = CERTAINTY_POSSIBLE },
    { CAUSE_BAN_TOOL_BLOCKS_CLIENT, .stage = CLOSED_BEFORE_CONFIRM, .needs = { SEEN_FROM_ELSEWHERE },
      .against = { IMPOSSIBLE_OPENS }, .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_SECOND_VANTAGE } } },
    { CAUSE_BAN_TOOL_BLOCKS_CLIENT, .stage = TCP_CLOSED, .needs = { SEEN_FROM_ELSEWHERE },
      .against = { SERVER_IS_HERE, NEIGHBOUR_MISSING, ROUTE_MISSING },
      .near = { { CAUSE_FIREWALL_BLOCKS, TEST_SECOND_VANTAGE } } },
    { CAUSE_BAN_TOOL_BLOCKS_CLIENT, .stage = LATER_CONNECTS_CUT,
      .near = { { CAUSE_LISTENER_OVERLOAD, TEST_SECOND_VANTAGE } }, .most = CERTAINTY_POSSIBLE, .beside = true },
    { CAUSE_IPS_RESETS, .stage = CLOSED_BEFORE_CONFIRM, .needs = { PLAIN_REQUEST_ANSWERED },
      .against = { CLOSES_UNASKED, IMPOSSIBLE_OPENS },
      .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_PLAIN_REQUEST },
                { CAUSE_RST_INJECTION_OR_NAT_EXPIRY, TEST_SECOND_VANTAGE } } },
    /* that the second shape is cut off as well does not clear a filter */
    { CAUSE_IPS_RESETS, .stage = CLOSED_BEFORE_CONFIRM, .needs = { SEEN_FROM_ELSEWHERE },
      .against = { CLOSES_UNASKED, IMPOSSIBLE_OPENS },
      .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_SILENT_CONNECT } } },
    { CAUSE_IPS_RESETS, .stage = TLS_FAILED, .needs = { BARE_CLOSE_AT_HELLO, SEEN_FROM_ELSEWHERE }, .steady = true,
      .near = { { CAUSE_RDP_KEY_UNREADABLE, TEST_SECOND_VANTAGE }, { CAUSE_TLS_NO_COMMON, TEST_SECOND_VANTAGE } } },
    { CAUSE_IPS_DROPS, .stage = SILENT_BEFORE_CONFIRM, .needs = { SEEN_FROM_ELSEWHERE },
      .near = { { CAUSE_TERMSERVICE_HUNG, TEST_SECOND_VANTAGE } } },
    { CAUSE_IPS_DROPS, .stage = STALLED_IN_TLS, .needs = { SEEN_FROM_ELSEWHERE },
      .against = { SMALL_SEGMENTS_WORK, ANY_SERVER_HELLO }, .near = { { CAUSE_MTU_BLACK_HOLE, TEST_SMALL_MSS } } },
    /* a host in the next room answers as fast as a filter on this machine */
    { CAUSE_AV_LOCAL_FILTER, .stage = CLOSED_BEFORE_CONFIRM, .needs = { INSTANT_ANSWER },
      .against = { IMPOSSIBLE_OPENS, SHARED_ADDRESS },
      .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_BYPASS_AV }, { CAUSE_TUN_PROXY_CAPTURES, TEST_INTERCEPTOR } },
      .most = CERTAINTY_POSSIBLE },
    /* nor does one that answers late, or on the server, give itself away */
    { CAUSE_AV_LOCAL_FILTER, .stage = CLOSED_BEFORE_CONFIRM, .against = { IMPOSSIBLE_OPENS },
      .near = { { CAUSE_FORWARD_DEAD_BACKEND, TEST_BYPASS_AV } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_RST_INJECTION_OR_NAT_EXPIRY, .stage = CLOSED_BEFORE_CONFIRM,
      .needs = { PUBLIC_ADDRESS, SEEN_FROM_ELSEWHERE }, .against = { CLOSES_UNASKED, IMPOSSIBLE_OPENS },
      .near = { { CAUSE_IPS_RESETS, TEST_SECOND_VANTAGE } } },
    { CAUSE_TERMSERVICE_HUNG, .stage = SILENT_BEFORE_CONFIRM, .needs = { SEEN_IN_SERVER_LOG },
      .near = { { CAUSE_IPS_DROPS, TEST_SECOND_VANTAGE }, { CAUSE_FORWARD_DEAD_BACKEND, TEST_FIRST_CONNECTION } } },
    { CAUSE_PORT_TAKEN, .stage = NOT_RDP, .needs = { WINDOWS_BESIDE },
      .near = { { CAUSE_WRONG_PROTOCOL, TEST_CONTROLS } }, .most = CERTAINTY_LIKELY },
    { CAUSE_WRONG_PROTOCOL, .stage = NOT_RDP, .against = { WINDOWS_BESIDE, IMPOSSIBLE_OPENS },
      .near = { { CAUSE_PORT_TAKEN, TEST_CONTROLS } } },
    /* TPKT is not RDP's alone, and a proxy may have mangled the answer: it cannot be told */
    { CAUSE_WRONG_PROTOCOL, .stage = ANSWER_GARBLED, .near = { { CAUSE_PORT_TAKEN, TEST_CONTROLS } },
      .most = CERTAINTY_POSSIBLE },
};
const size_t rules_negotiation_count = COUNT_OF(rules_negotiation);

/* What answers says so itself, to the whole offer. The neighbours are the other refusals. */
const struct rule rules_refusal[] = {
    /* what a client can do is known from memory in part: no proof comes of it */
    { CAUSE_CLIENT_LACKS_TLS, .stage = CLIENT_CANNOT_TLS, .near = { { CAUSE_NLA_REQUIRED, TEST_FIRST_CONNECTION } },
      .most = CERTAINTY_LIKELY },
    /* servers built on FreeRDP say "TLS not allowed" to any mismatch: only both reduced offers together prove it */
    { CAUSE_SECURITY_LAYER_MISMATCH, .stage = REFUSED_2, .needs = { TAKES_PLAIN_RDP, TLS_ALONE_REFUSED },
      .near = { { CAUSE_SERVER_TOO_OLD, TEST_FIRST_CONNECTION },
                { CAUSE_NEGO_FLAGS_INCONSISTENT, TEST_FIRST_CONNECTION } } },
    { CAUSE_SECURITY_LAYER_MISMATCH, .stage = REFUSED_2, .against = { TLS_ALONE_ACCEPTED },
      .near = { { CAUSE_SERVER_TOO_OLD, TEST_FIRST_CONNECTION },
                { CAUSE_NEGO_FLAGS_INCONSISTENT, TEST_FIRST_CONNECTION } },
      .most = CERTAINTY_LIKELY },
    /* it may be set so; or, as xrdp does without a word, it falls back because it cannot read its certificate */
    { CAUSE_SECURITY_LAYER_MISMATCH, .stage = CHOSE_PLAIN_RDP,
      .near = { { CAUSE_SERVER_TOO_OLD, TEST_FIRST_CONNECTION }, { CAUSE_CERT_MISSING, TEST_XRDP_LOG } },
      .most = CERTAINTY_LIKELY, .beside = true },
    { CAUSE_CERT_MISSING, .stage = REFUSED_3, .near = { { CAUSE_NEGO_FLAGS_INCONSISTENT, TEST_FIRST_CONNECTION } } },
    { CAUSE_CERT_MISSING, .stage = CHOSE_PLAIN_RDP, .needs = { NOT_WINDOWS },
      .near = { { CAUSE_SECURITY_LAYER_MISMATCH, TEST_XRDP_LOG } }, .most = CERTAINTY_POSSIBLE, .beside = true },
    /* our request does not contradict itself: something on the way changed it, or the server misreads it */
    { CAUSE_NEGO_FLAGS_INCONSISTENT, .stage = REFUSED_4,
      .near = { { CAUSE_CERT_MISSING, TEST_FIRST_CONNECTION },
                { CAUSE_SECURITY_LAYER_MISMATCH, TEST_FIRST_CONNECTION },
                { CAUSE_SMARTCARD_TLS_REQUIRED, TEST_FIRST_CONNECTION } },
      .most = CERTAINTY_LIKELY },
    { CAUSE_NLA_REQUIRED, .stage = CLIENT_CANNOT_NLA, .near = { { CAUSE_CLIENT_LACKS_TLS, TEST_FIRST_CONNECTION } },
      .most = CERTAINTY_LIKELY },
    /* a client that did not offer it, by what was recorded or told of it */
    { CAUSE_NLA_REQUIRED, .stage = REFUSED_5, .against = { DEMANDS_WHAT_WAS_OFFERED }, .most = CERTAINTY_LIKELY },
    { CAUSE_SMARTCARD_TLS_REQUIRED, .stage = REFUSED_6,
      .near = { { CAUSE_NEGO_FLAGS_INCONSISTENT, TEST_FIRST_CONNECTION } } },
    { CAUSE_SERVER_TOO_OLD, .stage = CONFIRM_WITHOUT_BLOCK,
      .near = { { CAUSE_SECURITY_LAYER_MISMATCH, TEST_FIRST_CONNECTION } }, .beside = true },
};
const size_t rules_refusal_count = COUNT_OF(rules_refusal);
