/* ICMP echo: without privileges where the system allows it (ping sockets), else with a raw socket. */
#ifndef RDPWHY_PLATFORM_ECHO_H
#define RDPWHY_PLATFORM_ECHO_H

#include "base/address.h"

struct platform_echo {
    int fd; /* -1: not possible here */
    enum address_family family;
    bool raw;
    uint16_t id; /* of a raw socket; the kernel keeps that of a ping socket */
};

/* False: neither kind of socket is allowed. */
bool platform_echo_open(struct platform_echo *echo, enum address_family family) MUST_USE;
bool platform_echo_send(const struct platform_echo *echo, const struct address *to, uint16_t sequence);
/* Takes what is waiting. True: a reply from `to` itself with our sequence; anything else is dropped. */
bool platform_echo_receive(const struct platform_echo *echo, const struct address *to, uint16_t *sequence) MUST_USE;
void platform_echo_close(struct platform_echo *echo);

#endif
