#include "x509/sign.h"

#include <limits.h>
#include <malloc.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/alloc.h"

#ifdef _WIN32
#define size_of_block _msize
#else
#define size_of_block malloc_usable_size
#endif

static void *take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return alloc_new(size);
}

static void drop(void *bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    if (bytes != NULL) {
        OPENSSL_cleanse(bytes, size_of_block(bytes));
        alloc_free(bytes);
    }
}

static void *change(void *bytes, size_t size, const char *file, int line)
{
    void *moved = size > 0 ? take(size, file, line) : NULL;
    if (moved != NULL && bytes != NULL) {
        const size_t had = size_of_block(bytes);
        memcpy(moved, bytes, had < size ? had : size);
    }
    if (moved != NULL || size == 0) {
        drop(bytes, file, line);
    }
    return moved;
}

void x509_wipe_freed(void)
{
    (void)CRYPTO_set_mem_functions(take, change, drop);
}

/* Nobody is asked for a passphrase here. */
static int no_passphrase(char *room, int size, int writing, void *context)
{
    (void)room;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static STACK_OF(X509) * read_certificates(const struct buffer *pem)
{
    STACK_OF(X509) *list = sk_X509_new_null();
    BIO *in = BIO_new_mem_buf(pem->bytes, (int)pem->size);
    X509 *one;
    while (in != NULL && list != NULL && (one = PEM_read_bio_X509(in, NULL, no_passphrase, NULL)) != NULL) {
        if (sk_X509_push(list, one) <= 0) {
            X509_free(one);
            break;
        }
    }
    ERR_clear_error();
    BIO_free(in);
    return list;
}

static EVP_PKEY *read_key(const void *pem, size_t size)
{
    BIO *in = BIO_new_mem_buf(pem, (int)size);
    EVP_PKEY *key = in != NULL ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;
    ERR_clear_error();
    BIO_free(in);
    return key;
}

/* No signed attributes: rdpsign's own have none. */
static bool sign(X509 *signer, EVP_PKEY *key, STACK_OF(X509) * chain, BIO *in, struct buffer *der, struct error *error)
{
    unsigned char *bytes = NULL;
    CMS_ContentInfo *cms = CMS_sign(signer, key, chain, in, CMS_DETACHED | CMS_BINARY | CMS_NOATTR | CMS_NOSMIMECAP);
    const int size = cms != NULL ? i2d_CMS_ContentInfo(cms, &bytes) : -1;
    bool good = size > 0 ? buffer_add(der, bytes, (size_t)size) || error_no_memory(error)
                         : error_set(error, ERROR_DATA, "this key and this certificate cannot sign: %s",
                                     ERR_reason_error_string(ERR_peek_last_error()));
    ERR_clear_error();
    OPENSSL_free(bytes);
    CMS_ContentInfo_free(cms);
    return good;
}

bool x509_sign(const struct buffer *certificate_pem, const void *key_pem, size_t key_size, const void *bytes,
               size_t size, struct buffer *der, struct error *error)
{
    if (size > INT_MAX || certificate_pem->size > INT_MAX || key_size > INT_MAX) {
        return error_set(error, ERROR_DATA, "too much to sign");
    }
    STACK_OF(X509) *chain = read_certificates(certificate_pem);
    EVP_PKEY *key = read_key(key_pem, key_size);
    BIO *in = BIO_new_mem_buf(bytes, (int)size);
    bool good = false;
    if (in == NULL || chain == NULL) {
        error_no_memory(error);
    } else if (sk_X509_num(chain) == 0) {
        error_set(error, ERROR_DATA, "the certificate file holds no certificate in PEM");
    } else if (key == NULL) {
        error_set(error, ERROR_DATA, "the key file holds no private key in PEM, or one with a passphrase");
    } else if (X509_check_private_key(sk_X509_value(chain, 0), key) != 1) {
        ERR_clear_error();
        error_set(error, ERROR_DATA, "the key does not belong to the certificate");
    } else {
        X509 *signer = sk_X509_shift(chain);
        good = sign(signer, key, chain, in, der, error);
        X509_free(signer);
    }
    BIO_free(in);
    EVP_PKEY_free(key);
    sk_X509_pop_free(chain, X509_free);
    return good;
}
