#include "net/digest.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

bool net_sha256(const void *bytes, size_t size, uint8_t digest[NET_SHA256_SIZE], struct error *error)
{
    unsigned length = 0;
    if (EVP_Digest(bytes, size, digest, &length, EVP_sha256(), NULL) != 1 || length != NET_SHA256_SIZE) {
        return error_set(error, ERROR_INTERNAL, "cannot compute SHA-256");
    }
    return true;
}

bool net_end_point(const void *der, size_t der_size, uint8_t digest[NET_END_POINT_MAX], size_t *size)
{
    const unsigned char *at = der;
    int hash = NID_undef;
    unsigned length = 0;
    X509 *certificate = d2i_X509(NULL, &at, (long)der_size);
    if (certificate == NULL) {
        ERR_clear_error();
        return false;
    }
    (void)X509_get_signature_info(certificate, &hash, NULL, NULL, NULL);
    const EVP_MD *md =
        hash == NID_undef || hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);
    const bool good = EVP_Digest(der, der_size, digest, &length, md != NULL ? md : EVP_sha256(), NULL) == 1;
    X509_free(certificate);
    ERR_clear_error();
    *size = length;
    return good;
}
