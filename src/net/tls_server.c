#include <openssl/err.h>
#include <openssl/pem.h>

#include "net/tls_internal.h"

static int no_passphrase(char *text, int size, int writing, void *context)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)context;
    return -1; /* OpenSSL would ask on the terminal otherwise */
}

static bool use_certificates(SSL_CTX *context, const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *own = bio != NULL ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
    bool done = own != NULL && SSL_CTX_use_certificate(context, own) == 1;
    X509_free(own);
    X509 *next;
    while (done && (next = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)) != NULL) {
        done = SSL_CTX_add0_chain_cert(context, next) == 1;
        if (!done) {
            X509_free(next);
        }
    }
    BIO_free(bio);
    return done;
}

static bool use_key(SSL_CTX *context, const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    bool done = key != NULL && SSL_CTX_use_PrivateKey(context, key) == 1;
    EVP_PKEY_free(key);
    BIO_free(bio);
    return done;
}

static bool set_up(SSL_CTX *context, const struct net_tls_server_options *options)
{
    int lowest = options->lowest != NET_TLS_ANY ? (int)options->lowest : TLS1_VERSION;
    int highest = options->highest != NET_TLS_ANY ? (int)options->highest : TLS1_3_VERSION;
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_options(context, SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS | SSL_OP_NO_RENEGOTIATION);
    return SSL_CTX_set_min_proto_version(context, lowest) == 1 &&
           SSL_CTX_set_max_proto_version(context, highest) == 1 && SSL_CTX_set_dh_auto(context, 1) == 1 &&
           SSL_CTX_set_cipher_list(context, options->ciphers != NULL ? options->ciphers : "DEFAULT:@SECLEVEL=0") == 1 &&
           use_certificates(context, options->certificate_pem) && use_key(context, options->key_pem);
}

struct net_tls *net_tls_server(const struct net_tls_server_options *options, struct error *error)
{
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL || !set_up(context, options)) {
        tls_error(error, "cannot set up a TLS server");
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_security_level(context, 0); /* a cipher list of the caller's may have raised it */
    struct net_tls *tls = tls_over(context, error);
    if (tls != NULL) {
        SSL_set_accept_state(tls->ssl);
    }
    return tls;
}
