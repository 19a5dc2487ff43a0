/* Both directions of a session under standard RDP security (MS-RDPBCGR 5.3.5 to 5.3.7). */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include "base/alloc.h"
#include "net/rdp_cipher_internal.h"

enum { KEY_MAX = 16, SHORT_KEY = 8, DES3_KEY = 24, UPDATE_AFTER = 4096, HALF_RANDOM = 16, FIPS_BITS_BYTES = 21 };

struct way {
    uint8_t initial[KEY_MAX];
    uint8_t key[DES3_KEY];
    EVP_CIPHER_CTX *context;
    uint32_t used;  /* packets since the key was made */
    uint32_t count; /* packets in all */
};

struct rdp_cipher {
    const struct rdp_library *library;
    enum rdp_method method;
    size_t key_size;
    uint8_t mac_key[RDP_SHA1];
    struct way out;
    struct way in;
};

static const uint8_t FIPS_IV[RDP_BLOCK] = { 0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef };

/* 40 and 56 bits: the rest of eight bytes is known to all (5.3.5.1). */
static void weaken(enum rdp_method method, uint8_t key[SHORT_KEY])
{
    static const uint8_t salt[] = { 0xd1, 0x26, 0x9e };
    memcpy(key, salt, method == RDP_METHOD_40 ? 3 : method == RDP_METHOD_56 ? 1 : 0);
}

static bool start_rc4(const struct rdp_cipher *cipher, struct way *way)
{
    EVP_CIPHER_CTX_free(way->context);
    way->used = 0;
    way->context = rdp_rc4_new(cipher->library, way->key, cipher->key_size);
    return way->context != NULL;
}

static bool final_key(const struct rdp_cipher *cipher, const uint8_t *third, const uint8_t *client,
                      const uint8_t *server, struct way *way)
{
    const struct rdp_piece pieces[] = {
        { third, KEY_MAX }, { client, RDP_RANDOM }, { server, RDP_RANDOM }, { NULL, 0 }
    };
    if (!rdp_md5(pieces, way->key)) {
        return false;
    }
    weaken(cipher->method, way->key);
    memcpy(way->initial, way->key, KEY_MAX);
    return true;
}

/* The second third is what the server writes with, the last what the client does. */
static bool make_rc4(struct rdp_cipher *cipher, const uint8_t *client, const uint8_t *server, bool is_server)
{
    uint8_t secret[RDP_MASTER];
    uint8_t master[RDP_MASTER];
    uint8_t blob[RDP_MASTER];
    memcpy(secret, client, RDP_MASTER / 2);
    memcpy(secret + RDP_MASTER / 2, server, RDP_MASTER / 2);
    bool good = rdp_salted(secret, 'A', client, server, master) && rdp_salted(master, 'X', client, server, blob);
    if (good) {
        memcpy(cipher->mac_key, blob, KEY_MAX);
        weaken(cipher->method, cipher->mac_key);
        good = final_key(cipher, blob + KEY_MAX, client, server, is_server ? &cipher->out : &cipher->in) &&
               final_key(cipher, blob + (size_t)2 * KEY_MAX, client, server, is_server ? &cipher->in : &cipher->out) &&
               start_rc4(cipher, &cipher->out) && start_rc4(cipher, &cipher->in);
    }
    OPENSSL_cleanse(secret, sizeof(secret));
    OPENSSL_cleanse(master, sizeof(master));
    OPENSSL_cleanse(blob, sizeof(blob));
    return good;
}

static uint8_t reversed(uint8_t byte)
{
    uint8_t result = 0;
    for (int i = 0; i < 8; i++) {
        result = (uint8_t)(result << 1 | (byte >> i & 1));
    }
    return result;
}

static uint8_t odd_parity(uint8_t byte)
{
    unsigned ones = 0;
    for (int i = 1; i < 8; i++) {
        ones += byte >> i & 1;
    }
    return (uint8_t)((byte & 0xfe) | (ones % 2 == 0 ? 1 : 0));
}

/* 160 bits of hash, the first byte again, and out of each seven bits a byte with odd parity; bits count from the lowest
 * (5.3.5.2). */
static void expand_des3(const uint8_t hash[RDP_SHA1], uint8_t key[DES3_KEY])
{
    uint8_t bits[FIPS_BITS_BYTES];
    for (size_t i = 0; i < RDP_SHA1; i++) {
        bits[i] = reversed(hash[i]);
    }
    bits[RDP_SHA1] = bits[0];
    for (size_t i = 0; i < DES3_KEY; i++) {
        const size_t bit = i * 7;
        const unsigned both = (unsigned)bits[bit / 8] << 8 | (bit / 8 + 1 < sizeof(bits) ? bits[bit / 8 + 1] : 0);
        const uint8_t seven = (uint8_t)(both >> (9 - bit % 8) & 0x7f);
        key[i] = odd_parity(reversed((uint8_t)(seven << 1)));
    }
    OPENSSL_cleanse(bits, sizeof(bits));
}

static bool start_des3(const struct rdp_cipher *cipher, struct way *way, bool encrypt)
{
    way->context = EVP_CIPHER_CTX_new();
    return way->context != NULL &&
           EVP_CipherInit_ex2(way->context, cipher->library->des3, way->key, FIPS_IV, encrypt ? 1 : 0, NULL) == 1 &&
           EVP_CIPHER_CTX_set_padding(way->context, 0) == 1;
}

static bool make_fips(struct rdp_cipher *cipher, const uint8_t *client, const uint8_t *server, bool is_server)
{
    uint8_t up[RDP_SHA1]; /* client to server */
    uint8_t down[RDP_SHA1];
    const struct rdp_piece up_of[] = {
        { client + HALF_RANDOM, HALF_RANDOM },
        { server + HALF_RANDOM, HALF_RANDOM },
        { NULL, 0 },
    };
    const struct rdp_piece down_of[] = { { client, HALF_RANDOM }, { server, HALF_RANDOM }, { NULL, 0 } };
    const struct rdp_piece mac_of[] = { { down, RDP_SHA1 }, { up, RDP_SHA1 }, { NULL, 0 } };
    const bool good = rdp_sha1(up_of, up) && rdp_sha1(down_of, down) && rdp_sha1(mac_of, cipher->mac_key);
    expand_des3(is_server ? down : up, cipher->out.key);
    expand_des3(is_server ? up : down, cipher->in.key);
    OPENSSL_cleanse(up, sizeof(up));
    OPENSSL_cleanse(down, sizeof(down));
    return good && start_des3(cipher, &cipher->out, true) && start_des3(cipher, &cipher->in, false);
}

struct rdp_cipher *rdp_cipher_new(const struct rdp_library *library, enum rdp_method method,
                                  const uint8_t client_random[RDP_RANDOM], const uint8_t server_random[RDP_RANDOM],
                                  bool server, struct error *error)
{
    const char *lacks = rdp_library_lacks(library, method);
    if (lacks != NULL) {
        error_set(error, ERROR_INTERNAL, "%s", lacks);
        return NULL;
    }
    struct rdp_cipher *cipher = alloc_new(sizeof(*cipher));
    if (cipher == NULL) {
        error_no_memory(error);
        return NULL;
    }
    cipher->library = library;
    cipher->method = method;
    cipher->key_size = method == RDP_METHOD_128 ? KEY_MAX : SHORT_KEY;
    if (!(method == RDP_METHOD_FIPS ? make_fips : make_rc4)(cipher, client_random, server_random, server)) {
        rdp_cipher_free(cipher);
        error_set(error, ERROR_INTERNAL, "OpenSSL could not make the session's keys");
        return NULL;
    }
    return cipher;
}

void rdp_cipher_free(struct rdp_cipher *cipher)
{
    if (cipher == NULL) {
        return;
    }
    EVP_CIPHER_CTX_free(cipher->out.context);
    EVP_CIPHER_CTX_free(cipher->in.context);
    OPENSSL_cleanse(cipher, sizeof(*cipher));
    alloc_free(cipher);
}

/* Every 4096 packets (5.3.7.1). */
static bool update(const struct rdp_cipher *cipher, struct way *way)
{
    uint8_t sha[RDP_SHA1];
    const size_t size = cipher->key_size;
    const struct rdp_piece inner[] = {
        { way->initial, size },
        { rdp_pad1, sizeof(rdp_pad1) },
        { way->key, size },
        { NULL, 0 },
    };
    const struct rdp_piece outer[] = {
        { way->initial, size },
        { rdp_pad2, sizeof(rdp_pad2) },
        { sha, sizeof(sha) },
        { NULL, 0 },
    };
    uint8_t temporary[RDP_MD5];
    if (!rdp_sha1(inner, sha) || !rdp_md5(outer, temporary)) {
        return false;
    }
    memcpy(way->key, temporary, sizeof(temporary));
    if (!rdp_rc4(cipher->library, temporary, size, way->key, size)) {
        return false;
    }
    weaken(cipher->method, way->key);
    return start_rc4(cipher, way);
}

size_t rdp_cipher_padding(const struct rdp_cipher *cipher, size_t size)
{
    return cipher->method == RDP_METHOD_FIPS ? (RDP_BLOCK - size % RDP_BLOCK) % RDP_BLOCK : 0;
}

static bool crypt(struct rdp_cipher *cipher, struct way *way, uint8_t *bytes, size_t size)
{
    int done = 0;
    if (cipher->method != RDP_METHOD_FIPS && way->used == UPDATE_AFTER && !update(cipher, way)) {
        return false;
    }
    way->used++;
    return size == 0 || (EVP_CipherUpdate(way->context, bytes, &done, bytes, (int)size) == 1 && done == (int)size);
}

static bool make_mac(const struct rdp_cipher *cipher, const uint8_t *bytes, size_t size, uint32_t count, bool salted,
                     uint8_t mac[RDP_MAC])
{
    uint8_t digest[RDP_SHA1];
    if (cipher->method == RDP_METHOD_FIPS) {
        uint8_t number[4];
        for (int i = 0; i < 4; i++) {
            number[i] = (uint8_t)(count >> 8 * i);
        }
        EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
        EVP_MAC_CTX *context = hmac != NULL ? EVP_MAC_CTX_new(hmac) : NULL;
        char sha1[] = "SHA1";
        const OSSL_PARAM parameters[] = { OSSL_PARAM_construct_utf8_string("digest", sha1, 0),
                                          OSSL_PARAM_construct_end() };
        size_t made = 0;
        const bool good = context != NULL && EVP_MAC_init(context, cipher->mac_key, RDP_SHA1, parameters) == 1 &&
                          EVP_MAC_update(context, bytes, size) == 1 && EVP_MAC_update(context, number, 4) == 1 &&
                          EVP_MAC_final(context, digest, &made, sizeof(digest)) == 1;
        EVP_MAC_CTX_free(context);
        EVP_MAC_free(hmac);
        memcpy(mac, digest, RDP_MAC);
        return good;
    }
    const bool good = rdp_mac(cipher->mac_key, cipher->key_size, bytes, size, salted ? &count : NULL, digest);
    memcpy(mac, digest, RDP_MAC);
    return good;
}

bool rdp_cipher_seal(struct rdp_cipher *cipher, uint8_t *bytes, size_t size, bool salted, uint8_t mac[RDP_MAC])
{
    const size_t padding = rdp_cipher_padding(cipher, size);
    if (!make_mac(cipher, bytes, size, cipher->out.count, salted, mac)) {
        return false;
    }
    memset(bytes + size, 0, padding);
    cipher->out.count++;
    return crypt(cipher, &cipher->out, bytes, size + padding);
}

bool rdp_cipher_open(struct rdp_cipher *cipher, uint8_t *bytes, size_t size, size_t padding, bool salted,
                     const uint8_t mac[RDP_MAC], bool *good)
{
    uint8_t expected[RDP_MAC];
    if (padding > size || (cipher->method == RDP_METHOD_FIPS && size % RDP_BLOCK != 0) ||
        !crypt(cipher, &cipher->in, bytes, size) ||
        !make_mac(cipher, bytes, size - padding, cipher->in.count, salted, expected)) {
        return false;
    }
    cipher->in.count++;
    *good = CRYPTO_memcmp(expected, mac, RDP_MAC) == 0;
    return true;
}
