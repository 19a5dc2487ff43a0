/* The connection opens and ends before the server's Confirm; and ports where something else speaks. */
#include "base/attributes.h"
#include "lab/scenario.h"

#define AT_NEGOTIATION(which, sure)                                                                                    \
    .expected = { .status = "blocked", .stopped_at = "negotiation", .cause = (which), .certainty = (sure) }
#define OPENING(...) .behaviour = { .opening = { __VA_ARGS__ } }
#define REPLY(text)  OPENING(.reply = (text), .reply_size = sizeof(text) - 1)

static const struct lab_scenario scenarios[] = {
    { .name = "forward-dead-backend",
      .story = "a forward with nobody behind: accepts and closes at once",
      AT_NEGOTIATION(CAUSE_FORWARD_DEAD_BACKEND, "likely"),
      OPENING(.act = LAB_FIN) },
    { .name = "forward-dead-backend-rst",
      .story = "the same, with a reset",
      AT_NEGOTIATION(CAUSE_FORWARD_DEAD_BACKEND, "likely"),
      OPENING(.act = LAB_RST) },
    { .name = "forward-dead-after-1s",
      .story = "a forward whose backend times out after a second",
      AT_NEGOTIATION(CAUSE_FORWARD_DEAD_BACKEND, "likely"),
      OPENING(.act = LAB_FIN, .after_us = 1000000) },
    { .name = "closes-at-request",
      .story = "stays open while nothing is sent, closes on any request",
      AT_NEGOTIATION(CAUSE_NONE, NULL),
      .behaviour = { .negotiation.request_act = LAB_FIN } },
    { .name = "resets-at-request",
      .story = "stays open while nothing is sent, resets on any request",
      AT_NEGOTIATION(CAUSE_NONE, NULL),
      .behaviour = { .negotiation.request_act = LAB_RST } },
    { .name = "cookie-filter",
      .story = "a filter that resets what carries the cookie, and lets the rest pass",
      AT_NEGOTIATION(CAUSE_NONE, NULL),
      .behaviour = { LAB_WINDOWS_WITH(.cookie_act = LAB_RST) } },
    { .name = "silent-after-request",
      .story = "accepts, and never answers the request: a hung service looks like this",
      AT_NEGOTIATION(CAUSE_NONE, NULL),
      .behaviour = { .negotiation.request_act = LAB_SILENCE } },
    { .name = "wrong-protocol-ssh",
      .story = "an SSH server on the port",
      AT_NEGOTIATION(CAUSE_WRONG_PROTOCOL, "proved"),
      OPENING(.greeting = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n") },
    { .name = "wrong-protocol-http",
      .story = "a web server on the port",
      AT_NEGOTIATION(CAUSE_WRONG_PROTOCOL, "proved"),
      REPLY("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nConnection: close\r\n\r\n<html></html>\r\n") },
    { .name = "wrong-protocol-tls",
      .story = "a TLS server without X.224 in front",
      AT_NEGOTIATION(CAUSE_WRONG_PROTOCOL, "proved"),
      REPLY("\x15\x03\x03\x00\x02\x02\x46") },
    { .name = "wrong-protocol-vnc",
      .story = "a VNC server on the port",
      AT_NEGOTIATION(CAUSE_WRONG_PROTOCOL, "proved"),
      OPENING(.greeting = "RFB 003.008\n") },
    { .name = "wrong-protocol-smtp",
      .story = "a mail server on the port",
      AT_NEGOTIATION(CAUSE_WRONG_PROTOCOL, "proved"),
      OPENING(.greeting = "220 mail.example ESMTP Postfix\r\n") },
    { .name = "wrong-protocol-garbage",
      .story = "answers bytes that no protocol knows, terminal escapes among them",
      AT_NEGOTIATION(CAUSE_WRONG_PROTOCOL, "proved"),
      REPLY("\x1b[31mred\x1b]0;title\x07\x00\xff\xfe\x9b garbage") },
};

const struct lab_family lab_family_early = { scenarios, COUNT_OF(scenarios) };
