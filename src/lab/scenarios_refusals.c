/* The server answers the request with a refusal, or with a choice that cannot be. */
#include "base/attributes.h"
#include "lab/scenario.h"

#define REFUSED(number, which, sure)                                                                                   \
    .expected = { .status = "blocked", .stopped_at = "negotiation", .cause = (which), .certainty = (sure) },           \
    .behaviour = { .negotiation.failure = (number) }

static const struct lab_scenario scenarios[] = {
    { .name = "client-lacks-tls",
      .story = "failure 1 to every offer: TLS required",
      REFUSED(1, CAUSE_CLIENT_LACKS_TLS, "likely") },
    { .name = "security-layer-mismatch",
      .story = "failure 2 to every offer with TLS: the server has old RDP security only",
      .expected = { "blocked", "negotiation", CAUSE_SECURITY_LAYER_MISMATCH, "proved" },
      .behaviour = { .negotiation = { .refusal = 2 } } },
    { .name = "cert-missing",
      .story = "failure 3: the server has no usable certificate",
      REFUSED(3, CAUSE_CERT_MISSING, "proved") },
    { .name = "nego-flags-inconsistent",
      .story = "failure 4: inconsistent flags",
      REFUSED(4, CAUSE_NEGO_FLAGS_INCONSISTENT, "proved") },
    { .name = "nla-required",
      .story = "failure 5 even to an offer with NLA: a proxy that passes on its backend's refusal",
      REFUSED(5, CAUSE_NLA_REQUIRED, "likely") },
    { .name = "smartcard-tls-required",
      .story = "failure 6: TLS with a client certificate required",
      REFUSED(6, CAUSE_SMARTCARD_TLS_REQUIRED, "proved") },
    { .name = "failure-unknown", .story = "failure 99, which no document knows", REFUSED(99, CAUSE_NONE, NULL) },
    { .name = "server-too-old",
      .story = "a Confirm of 11 bytes: a server from before TLS (XP, 2003, VirtualBox)",
      .expected = { "degraded", NULL, CAUSE_SERVER_TOO_OLD, "likely" },
      .behaviour = { .negotiation.no_block = true } },
    { .name = "selected-not-offered",
      .story = "selects RDSTLS, which was not offered",
      .expected = { "blocked", "negotiation", CAUSE_NONE, NULL },
      .behaviour = { .negotiation = { .forced = true, .selected = PROTOCOL_RDSTLS } } },
};

const struct lab_family lab_family_refusals = { scenarios, COUNT_OF(scenarios) };
