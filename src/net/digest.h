/* Digests, for whoever must not know OpenSSL. */
#ifndef RDPWHY_NET_DIGEST_H
#define RDPWHY_NET_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { NET_SHA256_SIZE = 32 };

bool net_sha256(const void *bytes, size_t size, uint8_t digest[NET_SHA256_SIZE], struct error *error) MUST_USE;
/* The hash of a certificate for channel bindings (RFC 5929 4.1): by its signature's own hash, SHA-256 for MD5 and
 * SHA-1. `size` gets 32 to 64. False: no certificate. */
enum { NET_END_POINT_MAX = 64 };
bool net_end_point(const void *der, size_t der_size, uint8_t digest[NET_END_POINT_MAX], size_t *size) MUST_USE;

#endif
