/* Rows of the RD Gateway. They block only when the user's way goes through it. */
#include "diagnose/rules.h"

const struct rule rules_gateway[] = {
    /* the client may know an issuer that this machine does not */
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_UNTRUSTED },
      .against = { GATEWAY_CERT_PAST, GATEWAY_CERT_NAME_WRONG, GATEWAY_UNREACHED, GATEWAY_MUTE, GATEWAY_PROXY_ASKS },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } }, .most = CERTAINTY_POSSIBLE },
    /* what answers is a gateway, both clocks agree, and no client goes on with a certificate whose time is over */
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_PAST, GATEWAY_CLOCKS_AGREE, GATEWAY_SPEAKS },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } } },
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_NAME_WRONG, GATEWAY_SPEAKS },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } } },
    /* another machine may answer at that name, or one of the clocks is wrong */
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_PAST },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } }, .most = CERTAINTY_LIKELY },
    { CAUSE_GATEWAY_CERT, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_CERT_NAME_WRONG },
      .against = { GATEWAY_PROXY_ASKS, GATEWAY_UNREACHED, GATEWAY_MUTE },
      .near = { { CAUSE_GATEWAY_NTLM, TEST_BYPASS_PROXY } }, .most = CERTAINTY_LIKELY },
    { CAUSE_GATEWAY_DENIED, .stage = GATEWAY_SAYS_DENIED, .needs = { GATEWAY_ON_WAY } },
    { CAUSE_GATEWAY_DENIED, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_FORBIDS }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_GATEWAY_FULL, .stage = GATEWAY_SAYS_FULL, .needs = { GATEWAY_ON_WAY } },
    { CAUSE_GATEWAY_FULL, .stage = GATEWAY_ON_WAY, .needs = { GATEWAY_UNREACHED } },
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
