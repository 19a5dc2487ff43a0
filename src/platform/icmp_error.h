/* ICMP errors that came back for a socket, read without privileges from its error queue. */
#ifndef RDPWHY_PLATFORM_ICMP_ERROR_H
#define RDPWHY_PLATFORM_ICMP_ERROR_H

#include <stddef.h>

#include "base/address.h"

struct platform_icmp_error {
    enum address_family family; /* of the ICMP message; NONE: this machine's own word, "too big" for its interface */
    uint8_t type;
    uint8_t code;
    uint32_t mtu;      /* of "packet too big" and "fragmentation needed", or 0 */
    struct address by; /* who sent it; family NONE when not said */
};

/* Asks for the queue. Errors are not told: an old kernel just has nothing queued. */
void platform_icmp_error_enable(int fd, enum address_family family, bool on);
/* Takes the next ICMP error off the queue; other entries are dropped. False: none. */
bool platform_icmp_error_next(int fd, struct platform_icmp_error *icmp_error) MUST_USE;
/* True for the "administratively prohibited" codes: IPv4 3/9, 3/10, 3/13; IPv6 1/1, 1/5, 1/6. */
bool platform_icmp_error_prohibited(const struct platform_icmp_error *icmp_error);
/* True when it says that the destination cannot be reached (not "too big", not "time exceeded"). */
bool platform_icmp_error_unreachable(const struct platform_icmp_error *icmp_error);

enum { PLATFORM_QUOTE_SIZE = 128 };

/* An entry with what it is about. */
struct platform_icmp_quote {
    struct platform_icmp_error error;
    struct address to; /* where the packet was going; family NONE when not said */
    uint16_t port;
    int64_t at_us;                      /* monotonic: when it came in */
    size_t size;                        /* of `bytes` */
    uint8_t bytes[PLATFORM_QUOTE_SIZE]; /* UDP: the payload; ICMP and TCP: from that header on. Cut at the size */
};

/* As platform_icmp_error_next, and this machine's own words too. */
bool platform_icmp_quote_next(int fd, struct platform_icmp_quote *quote) MUST_USE;

#endif
