/* One digest, for whoever must not know OpenSSL. */
#ifndef RDPWHY_NET_DIGEST_H
#define RDPWHY_NET_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { NET_SHA256_SIZE = 32 };

bool net_sha256(const void *bytes, size_t size, uint8_t digest[NET_SHA256_SIZE], struct error *error) MUST_USE;

#endif
