/* What a WireGuard program says of itself on its socket: lines of key=value (wireguard.com/xplatform). */
#ifndef RDPWHY_WIRE_WG_UAPI_H
#define RDPWHY_WIRE_WG_UAPI_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

#define WG_UAPI_GET "get=1\n\n"

/* The answer is whole when it ends with an empty line. */
bool wg_uapi_whole(const uint8_t *bytes, size_t size);

/* The endpoint of the peer that `to` is sent to: the one with the longest allowed prefix that holds it. False: no such
 * peer, it has no endpoint yet, or this is no such answer. */
bool wg_uapi_endpoint(const uint8_t *bytes, size_t size, const struct address *to, struct address *endpoint,
                      uint16_t *port) MUST_USE;

#endif
