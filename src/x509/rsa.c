#include "x509/rsa.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "x509/certificate.h"

int x509_rsa_bits(const uint8_t *der, size_t size)
{
    const unsigned char *at = der;
    const unsigned char *bits = NULL;
    int bits_size = 0;
    int length = 0;
    EVP_PKEY *key = NULL;
    X509 *certificate = size <= X509_DER_MAX ? d2i_X509(NULL, &at, (long)size) : NULL;
    /* The bits themselves, not the algorithm: Windows 2000 wrote md5WithRSA there, which OpenSSL does not take. */
    if (certificate != NULL &&
        X509_PUBKEY_get0_param(NULL, &bits, &bits_size, NULL, X509_get_X509_PUBKEY(certificate)) == 1) {
        key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &bits, bits_size);
    }
    if (key != NULL) {
        length = (EVP_PKEY_get_bits(key) + 7) / 8 * 8;
    }
    EVP_PKEY_free(key);
    X509_free(certificate);
    ERR_clear_error();
    return length;
}
