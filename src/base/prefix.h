/* Networks: an address and how many of its first bits count. */
#ifndef RDPWHY_BASE_PREFIX_H
#define RDPWHY_BASE_PREFIX_H

#include "base/address.h"

struct prefix {
    struct address address;
    unsigned bits;
};

/* "10.0.0.0/8", or an address alone, which is the whole of itself. False: neither. */
bool prefix_parse(const char *text, struct prefix *prefix) MUST_USE;
bool prefix_holds(const struct prefix *prefix, const struct address *address);
/* All bits count: one host. */
bool prefix_is_host(const struct prefix *prefix);

#endif
