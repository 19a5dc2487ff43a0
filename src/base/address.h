/* IP addresses as values: parsing, printing, classes. No sockets. */
#ifndef RDPWHY_BASE_ADDRESS_H
#define RDPWHY_BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

enum address_family { ADDRESS_NONE, ADDRESS_V4, ADDRESS_V6 };

struct address {
    enum address_family family;
    uint8_t bytes[16]; /* network order; the first 4 for IPv4 */
    uint32_t scope;    /* interface index of a link-local IPv6 address, or 0 */
};

/* What an address says about itself. Classes that matter to a diagnosis; the rest is global. */
enum address_class {
    ADDRESS_CLASS_GLOBAL,
    ADDRESS_CLASS_LOOPBACK,
    ADDRESS_CLASS_PRIVATE, /* RFC 1918, fc00::/7 */
    ADDRESS_CLASS_LINK_LOCAL,
    ADDRESS_CLASS_SHARED,        /* 100.64.0.0/10, RFC 6598: carriers, and zero-trust clients */
    ADDRESS_CLASS_BENCHMARK,     /* 198.18.0.0/15, RFC 2544: the fake addresses of transparent proxies */
    ADDRESS_CLASS_DOCUMENTATION, /* RFC 5737, 2001:db8::/32 */
    ADDRESS_CLASS_UNSPECIFIED,
    ADDRESS_CLASS_MULTICAST,
};

enum { ADDRESS_TEXT_SIZE = 64 };

/* A literal, IPv6 without brackets; a %scope of digits or an interface name is accepted. False: not a literal. */
bool address_parse(const char *text, struct address *address) MUST_USE;
/* What an IPv6 socket calls ::ffff:a.b.c.d becomes the IPv4 address that it is (RFC 4291 2.5.5.2); others stay. */
void address_unmap(struct address *address);
void address_format(const struct address *address, char text[ADDRESS_TEXT_SIZE]);
bool address_equal(const struct address *a, const struct address *b);
enum address_class address_class_of(const struct address *address);

#endif
