/* Shared by tls*.c only. */
#ifndef RDPWHY_NET_TLS_INTERNAL_H
#define RDPWHY_NET_TLS_INTERNAL_H

#include <openssl/ssl.h>

#include "net/tls.h"

enum { TLS_CHAIN_MAX = 16, TLS_CHAIN_BYTES = 1 << 17, TLS_RECORD = 16384 };

struct net_tls {
    SSL_CTX *context;
    SSL *ssl;
    BIO *in;  /* owned by ssl */
    BIO *out; /* owned by ssl */
    enum net_tls_state state;
    size_t received; /* bytes of application records, by their headers */
    bool no_memory;  /* something that was seen could not be kept */
    bool server_hello;
    int alert;
    enum net_tls_protocol version;
    const char *problem;
    size_t chain_count;
    size_t chain_ends[TLS_CHAIN_MAX]; /* where certificate i ends in chain_bytes */
    struct buffer chain_bytes;
};

/* Takes the context over, also on failure. */
struct net_tls *tls_over(SSL_CTX *context, struct error *error) MUST_USE;
/* Says what OpenSSL's error queue holds. Always returns false. */
bool tls_error(struct error *error, const char *what);
/* Listens to the messages as they come: they are seen here even when OpenSSL then refuses them. */
void tls_watch(struct net_tls *tls);
/* For connections that another library makes: what they show goes into `tls`, which has no SSL of its own. */
void tls_watch_context(SSL_CTX *context, struct net_tls *tls);
bool tls_shape_client(SSL_CTX *context, const struct net_tls_options *options) MUST_USE;

#endif
