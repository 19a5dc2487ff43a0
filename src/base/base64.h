/* Base64 (RFC 4648), for the folders that may not ask OpenSSL for it. */
#ifndef RDPWHY_BASE_BASE64_H
#define RDPWHY_BASE_BASE64_H

#include "base/buffer.h"

/* Padded, without line breaks. False: over the buffer's cap. */
bool base64_add(struct buffer *out, const void *bytes, size_t size) MUST_USE;
/* Adds to `out`. False: it is no base64, or as above; `out` may have got the beginning. */
bool base64_decode(struct buffer *out, const char *text, size_t size) MUST_USE;

#endif
