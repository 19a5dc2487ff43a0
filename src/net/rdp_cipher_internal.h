/* Shared by rdp_*.c only. */
#ifndef RDPWHY_NET_RDP_CIPHER_INTERNAL_H
#define RDPWHY_NET_RDP_CIPHER_INTERNAL_H

#include <openssl/evp.h>
#include <openssl/provider.h>

#include "net/rdp_cipher.h"

struct rdp_library {
    OSSL_LIB_CTX *context;
    OSSL_PROVIDER *plain;
    OSSL_PROVIDER *legacy; /* NULL: this system has none */
    EVP_CIPHER *rc4;       /* NULL: likewise */
    EVP_CIPHER *des3;
};

struct rdp_piece {
    const void *bytes;
    size_t size;
};

enum { RDP_MD5 = 16, RDP_SHA1 = 20, RDP_MASTER = 48 };

/* Of pieces that end with a NULL one. */
bool rdp_md5(const struct rdp_piece *pieces, uint8_t digest[RDP_MD5]) MUST_USE;
bool rdp_sha1(const struct rdp_piece *pieces, uint8_t digest[RDP_SHA1]) MUST_USE;
/* MD5(S + SHA1(I + S + a + b)) for I = c, cc, ccc (MS-RDPBCGR 5.3.5.1, MS-RDPELE 5.1.2). */
bool rdp_salted(const uint8_t secret[RDP_MASTER], char first, const uint8_t a[RDP_RANDOM], const uint8_t b[RDP_RANDOM],
                uint8_t out[RDP_MASTER]) MUST_USE;
/* MD5(key + pad2 + SHA1(key + pad1 + length + data [+ count])) (5.3.6.1). */
bool rdp_mac(const uint8_t *key, size_t key_size, const uint8_t *bytes, size_t size, const uint32_t *count,
             uint8_t digest[RDP_MD5]) MUST_USE;
bool rdp_rc4(const struct rdp_library *library, const uint8_t *key, size_t key_size, uint8_t *bytes,
             size_t size) MUST_USE;
/* A running RC4. NULL: no memory, or no RC4. */
EVP_CIPHER_CTX *rdp_rc4_new(const struct rdp_library *library, const uint8_t *key, size_t key_size) MUST_USE;

extern const uint8_t rdp_pad1[40], rdp_pad2[48];

#endif
