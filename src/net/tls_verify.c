#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/address.h"
#include "net/tls_internal.h"

static X509 *certificate(const struct net_tls *tls, size_t i)
{
    size_t start = i > 0 ? tls->chain_ends[i - 1] : 0;
    const unsigned char *at = tls->chain_bytes.bytes + start;
    return d2i_X509(NULL, &at, (long)(tls->chain_ends[i] - start));
}

bool net_tls_public_key(const struct net_tls *tls, struct buffer *key)
{
    X509 *own = tls->chain_count > 0 ? certificate(tls, 0) : NULL;
    const ASN1_BIT_STRING *bits = own != NULL ? X509_get0_pubkey_bitstr(own) : NULL;
    const bool good = bits != NULL && buffer_add(key, bits->data, (size_t)bits->length);
    X509_free(own);
    ERR_clear_error();
    return good;
}

static bool want_name(X509_STORE_CTX *check, const char *name)
{
    struct address address;
    X509_VERIFY_PARAM *wanted = X509_STORE_CTX_get0_param(check);
    if (address_parse(name, &address)) {
        return X509_VERIFY_PARAM_set1_ip(wanted, address.bytes, address.family == ADDRESS_V4 ? 4 : 16) == 1;
    }
    return X509_VERIFY_PARAM_set1_host(wanted, name, 0) == 1;
}

static int verify(X509 *own, STACK_OF(X509) * others, const char *name)
{
    int result = X509_V_ERR_OUT_OF_MEM;
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *check = X509_STORE_CTX_new();
    if (store != NULL && check != NULL && X509_STORE_set_default_paths(store) == 1 &&
        X509_STORE_CTX_init(check, store, own, others) == 1 && (name == NULL || want_name(check, name))) {
        result = X509_verify_cert(check) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(check);
        if (result == X509_V_OK && X509_STORE_CTX_get_error(check) != X509_V_OK) {
            result = X509_STORE_CTX_get_error(check);
        }
    }
    X509_STORE_CTX_free(check);
    X509_STORE_free(store);
    return result;
}

int net_tls_verify(struct net_tls *tls, const char *name, const char **words)
{
    int result = X509_V_ERR_UNSPECIFIED;
    X509 *own = tls->chain_count > 0 ? certificate(tls, 0) : NULL;
    STACK_OF(X509) *others = sk_X509_new_null();
    if (own != NULL && others != NULL) {
        for (size_t i = 1; i < tls->chain_count; i++) {
            X509 *other = certificate(tls, i);
            if (other != NULL && sk_X509_push(others, other) == 0) {
                X509_free(other);
            }
        }
        result = verify(own, others, name);
    }
    X509_free(own);
    sk_X509_pop_free(others, X509_free);
    ERR_clear_error();
    *words = X509_verify_cert_error_string(result);
    return result;
}
