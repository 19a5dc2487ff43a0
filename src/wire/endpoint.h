/* "192.0.2.1:443" and "[2001:db8::1]:443". */
#ifndef RDPWHY_WIRE_ENDPOINT_H
#define RDPWHY_WIRE_ENDPOINT_H

#include <stdint.h>

#include "base/address.h"

/* False: it is not a literal address with a port. */
bool endpoint_parse(const char *text, struct address *address, uint16_t *port) MUST_USE;

#endif
