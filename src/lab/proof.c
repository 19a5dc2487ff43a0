#include "lab/proof.h"

#include <openssl/evp.h>

enum { HASHED_FROM = 5 }; /* versions before it carry the key */

/* With their NULs: MS-CSSP 3.1.5. */
static const char to_server[] = "CredSSP Client-To-Server Binding Hash";
static const char to_client[] = "CredSSP Server-To-Client Binding Hash";

static bool hash_write(enum lab_side side, struct slice key, struct slice nonce, struct buffer *proof)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const bool done =
        context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
        EVP_DigestUpdate(context, side == LAB_FROM_CLIENT ? to_server : to_client, sizeof(to_server)) == 1 &&
        EVP_DigestUpdate(context, nonce.bytes, nonce.size) == 1 &&
        EVP_DigestUpdate(context, key.bytes, key.size) == 1 && EVP_DigestFinal_ex(context, hash, &size) == 1 &&
        buffer_add(proof, hash, size);
    EVP_MD_CTX_free(context);
    return done;
}

bool lab_proof_write(enum lab_side side, uint32_t version, struct slice key, struct slice nonce, struct buffer *proof)
{
    if (version >= HASHED_FROM) {
        return hash_write(side, key, nonce, proof);
    }
    const size_t first = proof->size;
    if (!buffer_add(proof, key.bytes, key.size)) {
        return false;
    }
    if (side == LAB_FROM_SERVER && key.size > 0) {
        proof->bytes[first]++;
    }
    return true;
}
