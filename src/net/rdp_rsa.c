/* RSA as RDP of 1998 used it: no padding, numbers little endian (MS-RDPBCGR 5.3.4). */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/alloc.h"
#include "net/rdp_cipher.h"

enum { LAB_BITS = 512, EXPONENT = 65537 };

static bool power(const BIGNUM *base, const BIGNUM *exponent, const BIGNUM *modulus, uint8_t *out, size_t size)
{
    BN_CTX *context = BN_CTX_new();
    BIGNUM *result = BN_new();
    const bool good = context != NULL && result != NULL && BN_is_odd(modulus) && BN_cmp(base, modulus) < 0 &&
                      BN_mod_exp(result, base, exponent, modulus, context) == 1 &&
                      BN_bn2lebinpad(result, out, (int)size) == (int)size;
    BN_free(result);
    BN_CTX_free(context);
    ERR_clear_error();
    return good;
}

bool rdp_rsa_encrypt(const struct rdp_rsa *key, const uint8_t *plain, size_t size, uint8_t *out)
{
    BIGNUM *modulus = BN_lebin2bn(key->modulus, (int)key->size, NULL);
    BIGNUM *base = BN_lebin2bn(plain, (int)size, NULL);
    BIGNUM *exponent = BN_new();
    const bool good = modulus != NULL && base != NULL && exponent != NULL &&
                      BN_set_word(exponent, key->exponent) == 1 && power(base, exponent, modulus, out, key->size);
    BN_free(modulus);
    BN_clear_free(base);
    BN_free(exponent);
    return good;
}

static bool take_key(EVP_PKEY *pkey, struct rdp_rsa *key)
{
    BIGNUM *modulus = NULL;
    BIGNUM *exponent = NULL;
    bool good = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1 &&
                EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
                BN_num_bytes(modulus) <= RDP_MODULUS_MAX && BN_num_bits(exponent) <= 32;
    if (good) {
        key->size = (size_t)BN_num_bytes(modulus);
        key->exponent = (uint32_t)BN_get_word(exponent);
        good = BN_bn2lebinpad(modulus, key->modulus, (int)key->size) == (int)key->size;
    }
    BN_free(modulus);
    BN_free(exponent);
    return good;
}

bool rdp_rsa_of_certificate(const uint8_t *der, size_t size, struct rdp_rsa *key)
{
    const unsigned char *at = der;
    const unsigned char *bits = NULL;
    int bits_size = 0;
    EVP_PKEY *pkey = NULL;
    X509 *certificate = d2i_X509(NULL, &at, (long)size);
    /* The bits themselves, not the algorithm: Windows 2000 wrote md5WithRSA there, which OpenSSL does not take. */
    if (certificate != NULL &&
        X509_PUBKEY_get0_param(NULL, &bits, &bits_size, NULL, X509_get_X509_PUBKEY(certificate)) == 1) {
        pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &bits, bits_size);
    }
    const bool good = pkey != NULL && take_key(pkey, key);
    EVP_PKEY_free(pkey);
    X509_free(certificate);
    ERR_clear_error();
    return good;
}

/* --- for the lab --- */

struct rdp_rsa_private {
    BIGNUM *modulus;
    BIGNUM *exponent;
};

struct rdp_rsa_private *rdp_rsa_private_new(struct rdp_rsa *public_key, struct error *error)
{
    struct rdp_rsa_private *key = alloc_new(sizeof(*key));
    EVP_PKEY *pkey = key != NULL ? EVP_RSA_gen(LAB_BITS) : NULL;
    if (pkey == NULL || !take_key(pkey, public_key) ||
        EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &key->modulus) != 1 ||
        EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_D, &key->exponent) != 1) {
        EVP_PKEY_free(pkey);
        rdp_rsa_private_free(key);
        ERR_clear_error();
        error_set(error, ERROR_INTERNAL, "OpenSSL made no RSA key of %d bits", LAB_BITS);
        return NULL;
    }
    EVP_PKEY_free(pkey);
    return key;
}

bool rdp_rsa_decrypt(const struct rdp_rsa_private *key, const uint8_t *cipher, size_t size, uint8_t *out)
{
    BIGNUM *base = BN_lebin2bn(cipher, (int)size, NULL);
    const bool good = base != NULL && power(base, key->exponent, key->modulus, out, (size_t)BN_num_bytes(key->modulus));
    BN_free(base);
    return good;
}

void rdp_rsa_private_free(struct rdp_rsa_private *key)
{
    if (key == NULL) {
        return;
    }
    BN_free(key->modulus);
    BN_clear_free(key->exponent);
    alloc_free(key);
}
