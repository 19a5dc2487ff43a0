/* Servers that mean harm: the verdict must come in bounded time and memory. */
#include "base/attributes.h"
#include "lab/scenario.h"

#define AT(check) .expected = { .status = "blocked", .stopped_at = (check) }
#define LIES(how) AT("negotiation"), .behaviour = { LAB_WINDOWS_WITH(.lie = (how), .act = LAB_SILENCE) }

#define NO_RDP .expected = { "blocked", "negotiation", CAUSE_WRONG_PROTOCOL, "proved" }

static const struct lab_scenario scenarios[] = {
    { .name = "byte-per-second",
      .story = "sends one byte per second",
      AT("negotiation"),
      .behaviour = { LAB_WINDOWS, .byte_us = 1000000 } },
    { .name = "endless-data",
      .story = "answers the request with data that never ends",
      NO_RDP,
      .behaviour = { .negotiation.request_act = LAB_FLOOD } },
    { .name = "endless-greeting",
      .story = "sends without end right after the connect",
      NO_RDP,
      .behaviour = { .opening.act = LAB_FLOOD } },
    { .name = "endless-after-confirm",
      .story = "a Confirm, then data that never ends",
      AT("tls"),
      .behaviour = { LAB_WINDOWS_WITH(.act = LAB_FLOOD) } },
    { .name = "endless-credssp",
      .story = "a CredSSP answer that claims 2 GiB and never ends",
      AT("nla"),
      .behaviour = { LAB_WINDOWS, .nla.token = LAB_DER_ENDLESS } },
    { .name = "endless-records",
      .story = "answers the ClientHello with TLS records that say nothing and never end",
      AT("tls"),
      .behaviour = { LAB_WINDOWS, .tls.hello_act = LAB_RECORDS } },
    { .name = "credssp-nested",
      .story = "a CredSSP answer nested 10,000 deep",
      AT("nla"),
      .behaviour = { LAB_WINDOWS, .nla.token = LAB_DER_NESTED } },
    { .name = "tpkt-too-long", .story = "a Confirm that claims 65,535 bytes and sends 19", LIES(LAB_TPKT_LONG) },
    { .name = "tpkt-too-short", .story = "a Confirm that claims 4 bytes", LIES(LAB_TPKT_SHORT) },
    { .name = "x224-too-long", .story = "an X.224 length that reaches past the packet", LIES(LAB_LI_LONG) },
    { .name = "block-too-long", .story = "a negotiation block that claims 64 bytes", LIES(LAB_BLOCK_LONG) },
    { .name = "block-unknown", .story = "a negotiation block of an unknown type", LIES(LAB_BLOCK_OTHER) },
    { .name = "cert-100000-names",
      .story = "100,000 alternative names: two megabytes of certificate",
      AT("tls"),
      .behaviour = { LAB_WINDOWS, .tls.certificate.san_count = 100000 } },
    { .name = "cert-1-mb",
      .story = "a certificate of one megabyte",
      AT("tls"),
      .behaviour = { LAB_WINDOWS, .tls.certificate.padding = 1 << 20 } },
    { .name = "cert-nested",
      .story = "an alternative name nested 10,000 deep",
      .expected = { .status = "ok" },
      .behaviour = { LAB_WINDOWS, .tls.certificate.nesting = 10000 } },
};

const struct lab_family lab_family_hostile = { scenarios, COUNT_OF(scenarios) };
