#include "net/tls_internal.h"

/* Windows 11's list in its order; the two of TLS 1.3 are set apart by OpenSSL. */
static const char schannel_ciphers[] =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:"
    "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:"
    "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:AES256-GCM-SHA384:AES128-GCM-SHA256:"
    "AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA:@SECLEVEL=0";
static const char schannel_signatures[] =
    "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA1:ECDSA+SHA256:ECDSA+SHA384:"
    "ECDSA+SHA1:DSA+SHA1:RSA+SHA512:ECDSA+SHA512";
static const char schannel_suites[] = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256";
static const char schannel_groups[] = "X25519:P-256:P-384";
static const char wide_ciphers[] = "ALL:@SECLEVEL=0";

/* Trust is asked for separately (net_tls_verify): a diagnosis must see the handshake out. */
static int accept_any(X509_STORE_CTX *store, void *context)
{
    (void)store;
    (void)context;
    return 1;
}

bool tls_shape_client(SSL_CTX *context, const struct net_tls_options *options)
{
    int lowest = options->lowest != NET_TLS_ANY ? (int)options->lowest : TLS1_VERSION;
    int highest = options->highest != NET_TLS_ANY ? (int)options->highest : TLS1_3_VERSION;
    /* Schannel knows no encrypt-then-MAC; CredSSP forbids resumption, so tickets are not asked for; and CredSSP wants
     * one record per message, which rules out the empty fragments of TLS 1.0. */
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS | SSL_OP_NO_ENCRYPT_THEN_MAC);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_cert_verify_callback(context, accept_any, NULL);
    if (SSL_CTX_set_min_proto_version(context, lowest) != 1 || SSL_CTX_set_max_proto_version(context, highest) != 1) {
        return false;
    }
    if (!options->schannel_shape) {
        return SSL_CTX_set_cipher_list(context, wide_ciphers) == 1;
    }
    return SSL_CTX_set_cipher_list(context, schannel_ciphers) == 1 &&
           SSL_CTX_set_ciphersuites(context, schannel_suites) == 1 &&
           SSL_CTX_set1_groups_list(context, schannel_groups) == 1 &&
           SSL_CTX_set1_sigalgs_list(context, schannel_signatures) == 1;
}

struct net_tls *net_tls_client(const struct net_tls_options *options, struct error *error)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || !tls_shape_client(context, options)) {
        tls_error(error, "cannot set up TLS");
        SSL_CTX_free(context);
        return NULL;
    }
    struct net_tls *tls = tls_over(context, error);
    if (tls == NULL) {
        return NULL;
    }
    if (options->server_name != NULL && SSL_set_tlsext_host_name(tls->ssl, options->server_name) != 1) {
        error_set(error, ERROR_USAGE, "'%.64s' cannot be sent as a server name in TLS", options->server_name);
        net_tls_free(tls);
        return NULL;
    }
    SSL_set_connect_state(tls->ssl);
    return tls;
}
