#include "net/dtls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/alloc.h"
#include "net/tls_internal.h"

enum { HANDSHAKE_RECORD = 22, ALERT_RECORD = 21, HELLO_VERIFY = 3, SERVER_HELLO = 2 };

struct net_dtls {
    SSL_CTX *context;
    SSL *ssl;
    BIO *in;  /* owned by ssl */
    BIO *out; /* owned by ssl */
    enum net_dtls_said said;
};

static void on_message(int sent, int version, int type, const void *bytes, size_t size, SSL *ssl, void *context)
{
    struct net_dtls *dtls = context;
    const uint8_t *message = bytes;
    (void)version;
    (void)ssl;
    if (sent != 0 || size == 0 || dtls->said != NET_DTLS_NOTHING) {
        return;
    }
    if (type == ALERT_RECORD) {
        dtls->said = NET_DTLS_ALERT;
    } else if (type == HANDSHAKE_RECORD && message[0] == HELLO_VERIFY) {
        dtls->said = NET_DTLS_VERIFY;
    } else if (type == HANDSHAKE_RECORD && message[0] == SERVER_HELLO) {
        dtls->said = NET_DTLS_HELLO;
    }
}

static bool set_up(struct net_dtls *dtls)
{
    dtls->context = SSL_CTX_new(DTLS_client_method());
    /* MS-RDPEMT names DTLS 1.0; the one beside it does no harm. */
    if (dtls->context == NULL || SSL_CTX_set_min_proto_version(dtls->context, DTLS1_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(dtls->context, "DEFAULT:@SECLEVEL=0") != 1) {
        return false;
    }
    SSL_CTX_set_options(dtls->context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET);
    dtls->ssl = SSL_new(dtls->context);
    dtls->in = BIO_new(BIO_s_mem());
    dtls->out = BIO_new(BIO_s_mem());
    if (dtls->ssl == NULL || dtls->in == NULL || dtls->out == NULL) {
        BIO_free(dtls->in);
        BIO_free(dtls->out);
        return false;
    }
    BIO_set_mem_eof_return(dtls->in, -1);
    SSL_set_bio(dtls->ssl, dtls->in, dtls->out);
    SSL_set_msg_callback(dtls->ssl, on_message);
    SSL_set_msg_callback_arg(dtls->ssl, dtls);
    SSL_set_connect_state(dtls->ssl);
    return true;
}

struct net_dtls *net_dtls_client(struct error *error)
{
    struct net_dtls *dtls = alloc_new(sizeof(*dtls));
    if (dtls == NULL) {
        error_no_memory(error);
        return NULL;
    }
    ERR_clear_error();
    if (!set_up(dtls)) {
        tls_error(error, "cannot set up DTLS");
        net_dtls_free(dtls);
        return NULL;
    }
    return dtls;
}

void net_dtls_free(struct net_dtls *dtls)
{
    if (dtls == NULL) {
        return;
    }
    SSL_free(dtls->ssl);
    SSL_CTX_free(dtls->context);
    alloc_free(dtls);
}

bool net_dtls_hello(struct net_dtls *dtls, size_t room, struct buffer *out, struct error *error)
{
    char *bytes = NULL;
    ERR_clear_error();
    SSL_set_mtu(dtls->ssl, (long)room);
    (void)SSL_do_handshake(dtls->ssl);
    const long size = BIO_get_mem_data(dtls->out, &bytes);
    if (size <= 0 || (size_t)size > room) {
        return tls_error(error, "cannot make a ClientHello of DTLS");
    }
    const bool kept = buffer_add(out, bytes, (size_t)size);
    (void)BIO_reset(dtls->out);
    return kept || error_no_memory(error);
}

enum net_dtls_said net_dtls_answer(struct net_dtls *dtls, const void *bytes, size_t size)
{
    size_t written = 0;
    ERR_clear_error();
    dtls->said = NET_DTLS_NOTHING;
    if (BIO_write_ex(dtls->in, bytes, size, &written) == 1) {
        (void)SSL_do_handshake(dtls->ssl);
    }
    ERR_clear_error();
    return dtls->said;
}
