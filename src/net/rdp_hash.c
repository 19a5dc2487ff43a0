/* What MS-RDPBCGR 5.3 and MS-RDPELE 5.1 build out of MD5, SHA-1 and RC4. */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include "base/alloc.h"
#include "net/rdp_cipher_internal.h"

#define TIMES_8(x)  x, x, x, x, x, x, x, x
#define TIMES_40(x) TIMES_8(x), TIMES_8(x), TIMES_8(x), TIMES_8(x), TIMES_8(x)

const uint8_t rdp_pad1[40] = { TIMES_40(0x36) };
const uint8_t rdp_pad2[48] = { TIMES_40(0x5c), TIMES_8(0x5c) };

static bool digest(const EVP_MD *kind, const struct rdp_piece *pieces, uint8_t *out)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && EVP_DigestInit_ex(context, kind, NULL) == 1;
    for (; good && pieces->bytes != NULL; pieces++) {
        good = EVP_DigestUpdate(context, pieces->bytes, pieces->size) == 1;
    }
    good = good && EVP_DigestFinal_ex(context, out, NULL) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

bool rdp_md5(const struct rdp_piece *pieces, uint8_t out[RDP_MD5])
{
    return digest(EVP_md5(), pieces, out);
}

bool rdp_sha1(const struct rdp_piece *pieces, uint8_t out[RDP_SHA1])
{
    return digest(EVP_sha1(), pieces, out);
}

bool rdp_salted(const uint8_t secret[RDP_MASTER], char first, const uint8_t a[RDP_RANDOM], const uint8_t b[RDP_RANDOM],
                uint8_t out[RDP_MASTER])
{
    uint8_t sha[RDP_SHA1];
    char salt[3];
    bool good = true;
    for (size_t i = 0; i < 3 && good; i++) {
        memset(salt, first + (int)i, i + 1);
        const struct rdp_piece inner[] = {
            { salt, i + 1 }, { secret, RDP_MASTER }, { a, RDP_RANDOM }, { b, RDP_RANDOM }, { NULL, 0 },
        };
        const struct rdp_piece outer[] = { { secret, RDP_MASTER }, { sha, RDP_SHA1 }, { NULL, 0 } };
        good = rdp_sha1(inner, sha) && rdp_md5(outer, out + i * RDP_MD5);
    }
    OPENSSL_cleanse(sha, sizeof(sha));
    return good;
}

static void put_le(uint8_t bytes[4], uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

bool rdp_mac(const uint8_t *key, size_t key_size, const uint8_t *bytes, size_t size, const uint32_t *count,
             uint8_t out[RDP_MD5])
{
    uint8_t sha[RDP_SHA1];
    uint8_t length[4];
    uint8_t number[4] = { 0 };
    put_le(length, (uint32_t)size);
    if (count != NULL) {
        put_le(number, *count);
    }
    const struct rdp_piece inner[] = {
        { key, key_size },
        { rdp_pad1, sizeof(rdp_pad1) },
        { length, sizeof(length) },
        { bytes, size },
        { number, count != NULL ? sizeof(number) : 0 },
        { NULL, 0 },
    };
    const struct rdp_piece outer[] = {
        { key, key_size },
        { rdp_pad2, sizeof(rdp_pad2) },
        { sha, sizeof(sha) },
        { NULL, 0 },
    };
    return rdp_sha1(inner, sha) && rdp_md5(outer, out);
}

EVP_CIPHER_CTX *rdp_rc4_new(const struct rdp_library *library, const uint8_t *key, size_t key_size)
{
    EVP_CIPHER_CTX *context = library->rc4 != NULL ? EVP_CIPHER_CTX_new() : NULL;
    if (context != NULL && (EVP_EncryptInit_ex2(context, library->rc4, NULL, NULL, NULL) != 1 ||
                            EVP_CIPHER_CTX_set_key_length(context, (int)key_size) != 1 ||
                            EVP_EncryptInit_ex2(context, NULL, key, NULL, NULL) != 1)) {
        EVP_CIPHER_CTX_free(context);
        context = NULL;
    }
    return context;
}

bool rdp_rc4(const struct rdp_library *library, const uint8_t *key, size_t key_size, uint8_t *bytes, size_t size)
{
    int done;
    EVP_CIPHER_CTX *context = rdp_rc4_new(library, key, key_size);
    const bool good = context != NULL && EVP_EncryptUpdate(context, bytes, &done, bytes, (int)size) == 1;
    EVP_CIPHER_CTX_free(context);
    return good;
}

/* --- the library --- */

struct rdp_library *rdp_library_new(struct error *error)
{
    struct rdp_library *library = alloc_new(sizeof(*library));
    if (library == NULL) {
        error_no_memory(error);
        return NULL;
    }
    library->context = OSSL_LIB_CTX_new();
    if (library->context == NULL) {
        rdp_library_free(library);
        error_no_memory(error);
        return NULL;
    }
    library->plain = OSSL_PROVIDER_load(library->context, "default");
    library->legacy = OSSL_PROVIDER_load(library->context, "legacy");
    library->rc4 = EVP_CIPHER_fetch(library->context, "RC4", NULL);
    library->des3 = EVP_CIPHER_fetch(library->context, "DES-EDE3-CBC", NULL);
    ERR_clear_error();
    return library;
}

void rdp_library_free(struct rdp_library *library)
{
    if (library == NULL) {
        return;
    }
    EVP_CIPHER_free(library->rc4);
    EVP_CIPHER_free(library->des3);
    if (library->legacy != NULL) {
        OSSL_PROVIDER_unload(library->legacy);
    }
    if (library->plain != NULL) {
        OSSL_PROVIDER_unload(library->plain);
    }
    OSSL_LIB_CTX_free(library->context);
    alloc_free(library);
}

const char *rdp_library_lacks(const struct rdp_library *library, enum rdp_method method)
{
    if (method == RDP_METHOD_FIPS) {
        return library->des3 != NULL ? NULL : "this machine's OpenSSL has no Triple DES";
    }
    return library->rc4 != NULL ? NULL : "this machine's OpenSSL has no RC4 (its legacy provider is not installed)";
}

bool rdp_random(void *bytes, size_t size, struct error *error)
{
    return RAND_bytes(bytes, (int)size) == 1 || error_set(error, ERROR_INTERNAL, "OpenSSL gave no random bytes");
}

/* --- licensing --- */

bool rdp_licence_keys_make(const uint8_t premaster[RDP_PREMASTER], const uint8_t client_random[RDP_RANDOM],
                           const uint8_t server_random[RDP_RANDOM], struct rdp_licence_keys *keys)
{
    uint8_t master[RDP_MASTER];
    uint8_t blob[RDP_MASTER];
    const struct rdp_piece last[] = {
        { blob + 16, 16 },
        { client_random, RDP_RANDOM },
        { server_random, RDP_RANDOM },
        { NULL, 0 },
    };
    _Static_assert((int)RDP_PREMASTER == (int)RDP_MASTER, "both are secrets of 384 bits");
    bool good = true;
    /* the letters of MS-RDPELE are A, BB, CCC: each its own, which rdp_salted counts up */
    good = rdp_salted(premaster, 'A', client_random, server_random, master) &&
           rdp_salted(master, 'A', server_random, client_random, blob) && rdp_md5(last, keys->key);
    memcpy(keys->mac_salt, blob, sizeof(keys->mac_salt));
    OPENSSL_cleanse(master, sizeof(master));
    OPENSSL_cleanse(blob, sizeof(blob));
    return good;
}

bool rdp_licence_crypt(const struct rdp_library *library, const struct rdp_licence_keys *keys, uint8_t *bytes,
                       size_t size)
{
    return rdp_rc4(library, keys->key, sizeof(keys->key), bytes, size);
}

bool rdp_licence_mac(const struct rdp_licence_keys *keys, const uint8_t *bytes, size_t size,
                     uint8_t mac[RDP_LICENCE_MAC])
{
    return rdp_mac(keys->mac_salt, sizeof(keys->mac_salt), bytes, size, NULL, mac);
}
