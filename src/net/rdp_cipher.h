/* The ciphers of standard RDP security and of licensing (MS-RDPBCGR 5.3, MS-RDPELE 5.1), by OpenSSL. RC4 comes from its
 * legacy provider, loaded into a context of its own, so that nothing else of the program ever gets it; systems leave
 * that provider out. None of this protects anything today: it is here to see how far an old server goes. */
#ifndef RDPWHY_NET_RDP_CIPHER_H
#define RDPWHY_NET_RDP_CIPHER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { RDP_RANDOM = 32, RDP_MAC = 8, RDP_PREMASTER = 48, RDP_LICENCE_MAC = 16, RDP_MODULUS_MAX = 512, RDP_BLOCK = 8 };

/* As the server's GCC data says it. */
enum rdp_method { RDP_METHOD_40 = 1, RDP_METHOD_128 = 2, RDP_METHOD_56 = 8, RDP_METHOD_FIPS = 0x10 };

struct rdp_library;

/* Takes the providers that are there. NULL: no memory. */
struct rdp_library *rdp_library_new(struct error *error) MUST_USE;
void rdp_library_free(struct rdp_library *library); /* NULL is fine */
/* Can this method be spoken here? NULL: yes; otherwise what is missing, in words. */
const char *rdp_library_lacks(const struct rdp_library *library, enum rdp_method method);
bool rdp_random(void *bytes, size_t size, struct error *error) MUST_USE;

/* RSA without any padding, numbers little endian as on the wire. `out` gets `modulus_size` bytes; false: the numbers
 * are none (an even or tiny modulus, a plain text above it), or no memory. */
struct rdp_rsa {
    uint8_t modulus[RDP_MODULUS_MAX]; /* little endian */
    size_t size;
    uint32_t exponent;
};
bool rdp_rsa_encrypt(const struct rdp_rsa *key, const uint8_t *plain, size_t size, uint8_t *out) MUST_USE;
/* The key of an X.509 certificate; old Windows names another algorithm in it, and means RSA. */
bool rdp_rsa_of_certificate(const uint8_t *der, size_t size, struct rdp_rsa *key) MUST_USE;

/* A key pair, for the lab. */
struct rdp_rsa_private;
struct rdp_rsa_private *rdp_rsa_private_new(struct rdp_rsa *public_key, struct error *error) MUST_USE; /* 512 bits */
bool rdp_rsa_decrypt(const struct rdp_rsa_private *key, const uint8_t *cipher, size_t size, uint8_t *out) MUST_USE;
void rdp_rsa_private_free(struct rdp_rsa_private *key);

/* Both directions of a session. */
struct rdp_cipher;
struct rdp_cipher *rdp_cipher_new(const struct rdp_library *library, enum rdp_method method,
                                  const uint8_t client_random[RDP_RANDOM], const uint8_t server_random[RDP_RANDOM],
                                  bool server, struct error *error) MUST_USE;
void rdp_cipher_free(struct rdp_cipher *cipher); /* NULL is fine; wipes the keys */
/* Bytes that seal adds behind the data (FIPS: up to a whole block), 0 to 7. */
size_t rdp_cipher_padding(const struct rdp_cipher *cipher, size_t size);
/* Makes the MAC of `size` bytes and encrypts them with their padding in place. `salted`: SEC_SECURE_CHECKSUM. */
bool rdp_cipher_seal(struct rdp_cipher *cipher, uint8_t *bytes, size_t size, bool salted,
                     uint8_t mac[RDP_MAC]) MUST_USE;
/* Decrypts `size` bytes in place, of which the last `padding` do not count; *good: the MAC is right. False: a size that
 * cannot be, or no memory. */
bool rdp_cipher_open(struct rdp_cipher *cipher, uint8_t *bytes, size_t size, size_t padding, bool salted,
                     const uint8_t mac[RDP_MAC], bool *good) MUST_USE;

/* Licensing: keys of its own. */
struct rdp_licence_keys {
    uint8_t mac_salt[16];
    uint8_t key[16];
};
bool rdp_licence_keys_make(const uint8_t premaster[RDP_PREMASTER], const uint8_t client_random[RDP_RANDOM],
                           const uint8_t server_random[RDP_RANDOM], struct rdp_licence_keys *keys) MUST_USE;
/* RC4 with a fresh state, in place. */
bool rdp_licence_crypt(const struct rdp_library *library, const struct rdp_licence_keys *keys, uint8_t *bytes,
                       size_t size) MUST_USE;
bool rdp_licence_mac(const struct rdp_licence_keys *keys, const uint8_t *bytes, size_t size,
                     uint8_t mac[RDP_LICENCE_MAC]) MUST_USE;

#endif
