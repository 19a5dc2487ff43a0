#include "base/cursor.h"
#include "net/tls_internal.h"

enum { SERVER_HELLO = 2, CERTIFICATE = 11, EXTENSION_SUPPORTED_VERSIONS = 43 };

/* RFC 8446 4.1.3: TLS 1.3 hides behind the version field of 1.2 and says so in an extension. */
static enum net_tls_protocol hello_version(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    uint16_t version;
    uint8_t session;
    uint16_t length;
    struct cursor extensions;
    if (!cursor_skip(&cursor, 4) || !cursor_u16be(&cursor, &version)) {
        return NET_TLS_ANY;
    }
    if (!cursor_skip(&cursor, 32) || !cursor_u8(&cursor, &session) || !cursor_skip(&cursor, session) ||
        !cursor_skip(&cursor, 3) || !cursor_u16be(&cursor, &length) || !cursor_block(&cursor, length, &extensions)) {
        return (enum net_tls_protocol)version;
    }
    uint16_t type;
    struct cursor body;
    while (cursor_u16be(&extensions, &type) && cursor_u16be(&extensions, &length) &&
           cursor_block(&extensions, length, &body)) {
        uint16_t selected;
        if (type == EXTENSION_SUPPORTED_VERSIONS && cursor_u16be(&body, &selected)) {
            return (enum net_tls_protocol)selected;
        }
    }
    return (enum net_tls_protocol)version;
}

/* RFC 5246 7.4.2 and RFC 8446 4.4.2: the latter has a context before the list and extensions behind each entry. */
static void keep_chain(struct net_tls *tls, const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct cursor list;
    uint32_t length;
    uint8_t context;
    bool newest = tls->version == NET_TLS_1_3;
    if (tls->chain_count > 0 || !cursor_skip(&cursor, 4) ||
        (newest && (!cursor_u8(&cursor, &context) || !cursor_skip(&cursor, context))) ||
        !cursor_u24be(&cursor, &length) || !cursor_block(&cursor, length, &list)) {
        return;
    }
    while (cursor_left(&list) > 0 && tls->chain_count < TLS_CHAIN_MAX) {
        const uint8_t *der;
        uint16_t extensions;
        if (!cursor_u24be(&list, &length) || !cursor_bytes(&list, length, &der) ||
            (newest && (!cursor_u16be(&list, &extensions) || !cursor_skip(&list, extensions))) ||
            !buffer_add(&tls->chain_bytes, der, length)) {
            /* Past the cap it is the server's doing, below it ours. */
            tls->no_memory = tls->chain_bytes.failed && tls->chain_bytes.size + length <= tls->chain_bytes.cap;
            return;
        }
        tls->chain_ends[tls->chain_count++] = tls->chain_bytes.size;
    }
}

static void on_message(int sent, int version, int type, const void *bytes, size_t size, SSL *ssl, void *context)
{
    struct net_tls *tls = context;
    const uint8_t *at = bytes;
    (void)version;
    if (type == SSL3_RT_HANDSHAKE && size >= 4 && at[0] == SERVER_HELLO) {
        tls->server_hello = tls->server_hello || sent == 0;
        tls->version = hello_version(at, size);
    } else if (sent == 0 && type == SSL3_RT_HEADER && size == SSL3_RT_HEADER_LENGTH &&
               at[0] == SSL3_RT_APPLICATION_DATA) {
        tls->received += (size_t)at[3] << 8 | at[4];
    } else if (sent == 0 && type == SSL3_RT_HANDSHAKE && size >= 4 && at[0] == CERTIFICATE) {
        keep_chain(tls, at, size);
    } else if (sent == 0 && type == SSL3_RT_ALERT && size == 2 && (at[1] != 0 || !SSL_is_init_finished(ssl))) {
        tls->alert = at[1]; /* close_notify counts only where it ends a handshake */
    }
}

void tls_watch(struct net_tls *tls)
{
    SSL_set_msg_callback(tls->ssl, on_message);
    SSL_set_msg_callback_arg(tls->ssl, tls);
}

void tls_watch_context(SSL_CTX *context, struct net_tls *tls)
{
    SSL_CTX_set_msg_callback(context, on_message);
    SSL_CTX_set_msg_callback_arg(context, tls);
}
