/* RDP's UDP transport on the port beside a healthy TCP one. None of this keeps anybody from connecting. */
#include "base/attributes.h"
#include "lab/scenario.h"
#include "wire/rdpeudp.h"

#define OK         .expected = { .status = "ok" }
#define BROKEN(to) .expected = { "degraded", NULL, CAUSE_UDP_TRANSPORT_BROKEN, (to) }
#define UDP(...)   .behaviour = { LAB_WINDOWS, .udp = { .listens = true, __VA_ARGS__ } }

static const struct lab_scenario scenarios[] = {
    { .name = "udp-1", .story = "UDP transport version 1, as Server 2012", OK, UDP(.version = RDPEUDP_VERSION_1) },
    { .name = "udp-2",
      .story = "UDP transport version 2, and DTLS for the lossy one, as Server 2012 R2",
      OK,
      UDP(.version = RDPEUDP_VERSION_2, .lossy = true, .dtls = LAB_DTLS_SPEAKS) },
    { .name = "udp-2-ipv6",
      .story = "the same over IPv6",
      OK,
      .ipv6 = true,
      UDP(.version = RDPEUDP_VERSION_2, .lossy = true, .dtls = LAB_DTLS_SPEAKS) },
    { .name = "udp-3",
      .story = "answers with version 3, which it was not offered",
      OK,
      UDP(.version = RDPEUDP_VERSION_2, .overreach = true) },
    { .name = "udp-small-only",
      .story = "big datagrams vanish: answers SYNs of 1132 bytes only",
      BROKEN("likely"),
      UDP(.version = RDPEUDP_VERSION_2, .largest = RDPEUDP_MTU_MIN) },
    { .name = "udp-opens-late",
      .story = "the first two SYNs vanish, as on a way that is set up only when something is sent on it",
      OK,
      UDP(.version = RDPEUDP_VERSION_2, .drops_first = 2) },
    { .name = "udp-lossy-path",
      .story = "every second SYN is lost",
      OK,
      UDP(.version = RDPEUDP_VERSION_2, .drops = 2) },
    { .name = "udp-repeats", .story = "answers each SYN twice", OK, UDP(.version = RDPEUDP_VERSION_2, .twice = true) },
    { .name = "udp-no-dtls",
      .story = "takes a lossy connection, and never answers the ClientHello of DTLS",
      OK,
      UDP(.version = RDPEUDP_VERSION_2, .lossy = true) },
    { .name = "udp-dtls-garbage",
      .story = "answers the ClientHello of DTLS with something else",
      OK,
      UDP(.version = RDPEUDP_VERSION_2, .lossy = true, .dtls = LAB_DTLS_GARBAGE) },
    { .name = "udp-silent", .story = "never answers a SYN", OK, UDP(.act = LAB_UDP_SILENT) },
    { .name = "udp-garbage", .story = "answers a SYN with something else", OK, UDP(.act = LAB_UDP_GARBAGE) },
    { .name = "udp-wrong-number",
      .story = "acknowledges a SYN that nobody sent",
      OK,
      UDP(.version = RDPEUDP_VERSION_2, .act = LAB_UDP_WRONG_NUMBER) },
    { .name = "udp-flood",
      .story = "answers one SYN two thousand times",
      OK,
      UDP(.version = RDPEUDP_VERSION_2, .act = LAB_UDP_FLOOD) },
};

const struct lab_family lab_family_udp = { scenarios, COUNT_OF(scenarios) };
