/* Rows of udp: facts beside a connection that works. They say why a session may die, never why none begins. */
#include "diagnose/rules.h"

const struct rule rules_udp[] = {
    { CAUSE_UDP_TRANSPORT_BROKEN, .stage = UDP_BIG_LOST, .near = { { CAUSE_UDP_65S, TEST_MEASURE_INTERVAL } },
      .beside = true },
    /* somebody's session broke, and this machine's own way shows nothing */
    { CAUSE_UDP_TRANSPORT_BROKEN, .stage = CODE_NAMES_IT, .needs = { NOTHING_STOPS, UDP_ANSWERS },
      .against = { UDP_UNUSED }, .near = { { CAUSE_UDP_65S, TEST_TCP_ONLY } }, .most = CERTAINTY_POSSIBLE,
      .beside = true },
    { CAUSE_UDP_65S, .stage = SESSION_ENDED_AT_65S, .needs = { UDP_ANSWERS, SERVER_IS_2016, CODE_NAMES_IT },
      .near = { { CAUSE_UDP_TRANSPORT_BROKEN, TEST_TCP_ONLY } }, .beside = true },
    /* somebody who looks something up for a minute and leaves does the same: without the client's word no more than
       this */
    { CAUSE_UDP_65S, .stage = SESSION_ENDED_AT_65S, .needs = { UDP_ANSWERS, SERVER_IS_2016 },
      .near = { { CAUSE_UDP_TRANSPORT_BROKEN, TEST_TCP_ONLY } }, .most = CERTAINTY_POSSIBLE, .beside = true },
};
const size_t rules_udp_count = COUNT_OF(rules_udp);
