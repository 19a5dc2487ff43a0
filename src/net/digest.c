#include "net/digest.h"

#include <openssl/evp.h>

bool net_sha256(const void *bytes, size_t size, uint8_t digest[NET_SHA256_SIZE], struct error *error)
{
    unsigned length = 0;
    if (EVP_Digest(bytes, size, digest, &length, EVP_sha256(), NULL) != 1 || length != NET_SHA256_SIZE) {
        return error_set(error, ERROR_INTERNAL, "cannot compute SHA-256");
    }
    return true;
}
