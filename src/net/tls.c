#include "net/tls.h"

#include <openssl/err.h>

#include "base/alloc.h"
#include "net/tls_internal.h"

bool tls_error(struct error *error, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    return error_set(error, ERROR_INTERNAL, "%s: %s", what, reason != NULL ? reason : "no reason given");
}

struct net_tls *tls_over(SSL_CTX *context, struct error *error)
{
    struct net_tls *tls = alloc_new(sizeof(*tls));
    if (tls == NULL) {
        SSL_CTX_free(context);
        error_no_memory(error);
        return NULL;
    }
    tls->context = context;
    tls->alert = -1;
    buffer_init(&tls->chain_bytes, TLS_CHAIN_BYTES);
    tls->ssl = SSL_new(context);
    tls->in = BIO_new(BIO_s_mem());
    tls->out = BIO_new(BIO_s_mem());
    if (tls->ssl == NULL || tls->in == NULL || tls->out == NULL) {
        BIO_free(tls->in);
        BIO_free(tls->out);
        net_tls_free(tls);
        error_no_memory(error);
        return NULL;
    }
    SSL_set_bio(tls->ssl, tls->in, tls->out);
    tls_watch(tls);
    return tls;
}

void net_tls_free(struct net_tls *tls)
{
    if (tls == NULL) {
        return;
    }
    SSL_free(tls->ssl);
    SSL_CTX_free(tls->context);
    buffer_release(&tls->chain_bytes);
    alloc_free(tls);
}

static void fail(struct net_tls *tls, const char *otherwise)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    tls->problem = reason != NULL ? reason : otherwise;
    ERR_clear_error();
}

static bool feed(struct net_tls *tls, const void *bytes, size_t size)
{
    size_t written = 0;
    return size == 0 || (BIO_write_ex(tls->in, bytes, size, &written) == 1 && written == size);
}

enum net_tls_state net_tls_step(struct net_tls *tls, const void *bytes, size_t size)
{
    if (tls->state == NET_TLS_FAILED) {
        return NET_TLS_FAILED;
    }
    ERR_clear_error();
    if (!feed(tls, bytes, size)) {
        fail(tls, "no memory");
        tls->state = NET_TLS_FAILED;
    } else if (tls->state == NET_TLS_WANT) {
        int result = SSL_do_handshake(tls->ssl);
        if (result == 1) {
            tls->state = NET_TLS_UP;
        } else if (SSL_get_error(tls->ssl, result) != SSL_ERROR_WANT_READ) {
            fail(tls, "the handshake failed");
            tls->state = NET_TLS_FAILED;
        }
    }
    return tls->state;
}

bool net_tls_take(struct net_tls *tls, struct buffer *out)
{
    char *bytes;
    long size = BIO_get_mem_data(tls->out, &bytes);
    if (size <= 0) {
        return true;
    }
    if (!buffer_add(out, bytes, (size_t)size)) {
        return false;
    }
    (void)BIO_reset(tls->out);
    return true;
}

bool net_tls_write(struct net_tls *tls, const void *bytes, size_t size, struct error *error)
{
    size_t written = 0;
    ERR_clear_error();
    if (tls->state != NET_TLS_UP || SSL_write_ex(tls->ssl, bytes, size, &written) != 1 || written != size) {
        return tls_error(error, "cannot encrypt");
    }
    return true;
}

bool net_tls_read(struct net_tls *tls, struct buffer *out, bool *closed)
{
    uint8_t bytes[TLS_RECORD];
    size_t size;
    *closed = false;
    if (tls->state == NET_TLS_FAILED) {
        return false;
    }
    ERR_clear_error();
    while (SSL_read_ex(tls->ssl, bytes, sizeof(bytes), &size) == 1) {
        if (!buffer_add(out, bytes, size)) {
            tls->no_memory = out->size + size <= out->cap;
            return false;
        }
    }
    switch (SSL_get_error(tls->ssl, 0)) {
    case SSL_ERROR_ZERO_RETURN:
        *closed = true;
        return true;
    case SSL_ERROR_WANT_READ:
        return true;
    default:
        fail(tls, "the record is bad");
        tls->state = NET_TLS_FAILED;
        return false;
    }
}

bool net_tls_server_hello(const struct net_tls *tls)
{
    return tls->server_hello;
}

int net_tls_alert(const struct net_tls *tls)
{
    return tls->alert;
}

enum net_tls_protocol net_tls_version(const struct net_tls *tls)
{
    return tls->version;
}

const char *net_tls_cipher(const struct net_tls *tls)
{
    if (tls->ssl == NULL) {
        return NULL;
    }
    const SSL_CIPHER *cipher = SSL_get_current_cipher(tls->ssl);
    if (cipher == NULL) {
        cipher = SSL_get_pending_cipher(tls->ssl);
    }
    return cipher != NULL ? SSL_CIPHER_get_name(cipher) : NULL;
}

const char *net_tls_problem(const struct net_tls *tls)
{
    return tls->problem;
}

bool net_tls_no_memory(const struct net_tls *tls)
{
    return tls->no_memory;
}

size_t net_tls_chain_count(const struct net_tls *tls)
{
    return tls->chain_count;
}

bool net_tls_chain_der(const struct net_tls *tls, size_t i, struct buffer *der)
{
    if (i >= tls->chain_count) {
        return false;
    }
    size_t start = i > 0 ? tls->chain_ends[i - 1] : 0;
    return buffer_add(der, tls->chain_bytes.bytes + start, tls->chain_ends[i] - start);
}
