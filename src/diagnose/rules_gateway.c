/* Rows of the RD Gateway. They block only when the user's way goes through it. */
#include "diagnose/rules.h"

const struct rule rules_gateway[] = {
    /* the client may know an issuer that this machine does not */
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_UNTRUSTED },
      .against = { GATEWAY_CERT_PAST, GATEWAY_CERT_NAME_WRONG, GATEWAY_UNREACHED, GATEWAY_MUTE, GATEWAY_PROXY_ASKS },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } }, .most = CERTAINTY_POSSIBLE },
    /* it is a gateway, both clocks agree, and no client goes on with a certificate whose time is over */
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_PAST, GATEWAY_CLOCKS_AGREE, GATEWAY_IS_ONE },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } } },
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_NAME_WRONG, GATEWAY_IS_ONE },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } } },
    /* it wants a logon as a gateway does; so does any IIS with NTLM, which may stand in a gateway's place */
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_PAST, GATEWAY_CLOCKS_AGREE, GATEWAY_SPEAKS },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } }, .most = CERTAINTY_LIKELY },
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_NAME_WRONG, GATEWAY_SPEAKS },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } }, .most = CERTAINTY_LIKELY },
    /* no gateway answers, but the machine of that name shows it */
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_PAST, GATEWAY_CLOCKS_AGREE },
      .against = { GATEWAY_CERT_NAME_WRONG, GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } }, .most = CERTAINTY_LIKELY },
    /* one of the clocks is wrong, and it may be this machine's */
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_PAST },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } }, .most = CERTAINTY_POSSIBLE },
    /* a portal, or another machine that the name leads to from here: it shows a certificate of its own */
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_NAME_WRONG },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_GATEWAY_DENIED, .stage = GATEWAY_SAYS_DENIED, .needs = { GATEWAY_ON_WAY } },
    { CAUSE_GATEWAY_DENIED, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_FORBIDS }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_GATEWAY_FULL, .stage = GATEWAY_SAYS_FULL, .needs = { GATEWAY_ON_WAY } },
    /* a filter that lets nobody out but by a proxy refuses as well, and so does a stale address */
    { CAUSE_GATEWAY_FULL, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_UNREACHED }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_GATEWAY_FULL, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_MUTE }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_GATEWAY_NTLM, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_PROXY_ASKS },
      .near = { { CAUSE_GATEWAY_CERT, TEST_BYPASS_PROXY } } },
    { CAUSE_GATEWAY_NTLM, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_OF_INTERCEPTOR },
      .against = { GATEWAY_UNREACHED, GATEWAY_MUTE }, .near = { { CAUSE_GATEWAY_CERT, TEST_BYPASS_PROXY } } },
    { CAUSE_GATEWAY_NTLM, .stage = GATEWAY_LOGON_REFUSED, .needs = { GATEWAY_ON_WAY },
      .near = { { CAUSE_GATEWAY_CERT, TEST_BYPASS_PROXY } }, .beside = true },
    /* a broker speaks only once a logon went through; here its code is all there is */
    { CAUSE_BROKER_DOWN, .stage = CODE_NAMES_IT, .most = CERTAINTY_POSSIBLE, .beside = true },
};
const size_t rules_gateway_count = COUNT_OF(rules_gateway);
