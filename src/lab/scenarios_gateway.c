/* RD Gateways: --gateway leads the check to them. */
#include "base/attributes.h"
#include "lab/scenario.h"

#define GATEWAY_WITH(...)                                                                                              \
    .behaviour = { .gateway = { .is = true, .asks = LAB_ASKS_NTLM | LAB_ASKS_NEGOTIATE, __VA_ARGS__ },                 \
                   .nla.logon = { .user = "alice", .password = LAB_PASSWORD },                                         \
                   .tls.certificate = { .name = "127.0.0.1", .san = "IP:127.0.0.1" } }
#define BLOCKED(CAUSE, CERTAINTY) .expected = { "blocked", "gateway", CAUSE, CERTAINTY }

static const struct lab_scenario scenarios[] = {
    { .name = "gateway-healthy",
      .story = "RD Gateway with WebSocket and HTTP; account alice; connects to servers on loopback only",
      .expected = { "unknown" },
      GATEWAY_WITH(.no_websocket = false) },
    { .name = "gateway-http-only",
      .story = "RD Gateway of before WebSocket",
      .expected = { "unknown" },
      GATEWAY_WITH(.no_websocket = true) },
    { .name = "gateway-403",
      .story = "forbids every transport",
      BLOCKED(CAUSE_NONE, NULL),
      GATEWAY_WITH(.status = 403) },
    { .name = "gateway-503",
      .story = "the gateway's service is down behind its front",
      BLOCKED(CAUSE_GATEWAY_FULL, "likely"),
      GATEWAY_WITH(.status = 503) },
    { .name = "gateway-portal",
      .story = "a portal on the way sends every request elsewhere",
      BLOCKED(CAUSE_NONE, NULL),
      GATEWAY_WITH(.status = 302) },
    { .name = "gateway-closes",
      .story = "closes TLS at every request, as Windows does with what it does not know",
      BLOCKED(CAUSE_NONE, NULL),
      GATEWAY_WITH(.act = LAB_FIN) },
    { .name = "gateway-resets",
      .story = "resets at every request",
      BLOCKED(CAUSE_NONE, NULL),
      GATEWAY_WITH(.act = LAB_RST) },
    { .name = "gateway-garbage",
      .story = "answers with bytes that are no HTTP",
      BLOCKED(CAUSE_NONE, NULL),
      GATEWAY_WITH(.lie = LAB_HTTP_GARBAGE) },
    { .name = "gateway-endless-line",
      .story = "a line of its head never ends",
      BLOCKED(CAUSE_NONE, NULL),
      GATEWAY_WITH(.lie = LAB_HTTP_LINE_ENDLESS) },
    { .name = "gateway-endless-head",
      .story = "its head never ends",
      BLOCKED(CAUSE_NONE, NULL),
      GATEWAY_WITH(.lie = LAB_HTTP_HEAD_ENDLESS) },
    { .name = "gateway-endless-body",
      .story = "lets everybody in, and its body never ends",
      .expected = { "unknown" },
      GATEWAY_WITH(.lie = LAB_HTTP_BODY_ENDLESS) },
    { .name = "gateway-cut",
      .story = "breaks off in its head",
      BLOCKED(CAUSE_NONE, NULL),
      GATEWAY_WITH(.lie = LAB_HTTP_CUT) },
};

const struct lab_family lab_family_gateway = { scenarios, COUNT_OF(scenarios) };
