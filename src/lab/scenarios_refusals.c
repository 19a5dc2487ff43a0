/* The server answers the request with a refusal, or with a choice that cannot be. */
#include "base/attributes.h"
#include "lab/scenario.h"
#include "net/rdp_cipher.h"
#include "wire/nego.h"

#define REFUSED(number, which, sure)                                                                                   \
    .expected = { .status = "blocked", .stopped_at = "negotiation", .cause = (which), .certainty = (sure) },           \
    .behaviour = { .negotiation.failure = (number) }

static const struct lab_scenario scenarios[] = {
    { .name = "client-lacks-tls",
      .story = "xrdp that insists on TLS, and a client that has none",
      .expected = { "blocked", "client", CAUSE_CLIENT_LACKS_TLS, "likely" },
      .options = "--client mstsc-xp",
      .behaviour = { .negotiation = { .protocols = PROTOCOL_TLS, .no_rdp = true, .flags = 0x01, .limit = 0x0b } } },
    { .name = "tls-required-although-offered",
      .story = "failure 1, TLS required, to an offer of TLS: as FreeRDP's server does when all is switched off",
      REFUSED(1, CAUSE_NONE, NULL) },
    { .name = "security-layer-mismatch",
      .story = "failure 2 to every offer with TLS: the server has old RDP security only",
      .expected = { "blocked", "negotiation", CAUSE_SECURITY_LAYER_MISMATCH, "proved" },
      .behaviour = { .negotiation = { .refusal = 2 }, .start = { .on = true, .method = RDP_METHOD_128, .level = 3 } } },
    { .name = "cert-missing",
      .story = "failure 3: the server has no usable certificate",
      REFUSED(3, CAUSE_CERT_MISSING, "proved") },
    { .name = "nego-flags-inconsistent",
      .story = "failure 4: inconsistent flags",
      REFUSED(4, CAUSE_NEGO_FLAGS_INCONSISTENT, "likely") },
    { .name = "nla-required",
      .story = "Windows that insists on NLA, and a client that was set to do without",
      .expected = { "blocked", "client", CAUSE_NLA_REQUIRED, "likely" },
      .options = "--client freerdp-sec-tls",
      .behaviour = { LAB_WINDOWS } },
    { .name = "nla-required-although-offered",
      .story = "failure 5 even to an offer with NLA: a proxy that passes on its backend's refusal",
      REFUSED(5, CAUSE_NONE, NULL) },
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
