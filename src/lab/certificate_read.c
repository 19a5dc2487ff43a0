/* What a client sees of a certificate of the lab. */
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "lab/certificate.h"

static X509 *leaf_of(const struct lab_pem *pem)
{
    BIO *bio = BIO_new_mem_buf(pem->certificate, -1);
    X509 *leaf = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return leaf;
}

bool lab_public_key(const struct lab_pem *pem, struct buffer *key)
{
    X509 *leaf = leaf_of(pem);
    const ASN1_BIT_STRING *bits = leaf != NULL ? X509_get0_pubkey_bitstr(leaf) : NULL;
    const bool done = bits != NULL && buffer_add(key, ASN1_STRING_get0_data(bits), (size_t)ASN1_STRING_length(bits));
    X509_free(leaf);
    return done;
}

bool lab_fingerprint(const struct lab_pem *pem, char text[LAB_FINGERPRINT_SIZE])
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    X509 *leaf = leaf_of(pem);
    const bool done = leaf != NULL && X509_digest(leaf, EVP_sha256(), hash, &size) == 1;
    for (unsigned i = 0; done && i < size && 2 * i + 2 < LAB_FINGERPRINT_SIZE; i++) {
        snprintf(text + 2 * (size_t)i, 3, "%02x", hash[i]);
    }
    X509_free(leaf);
    return done;
}
