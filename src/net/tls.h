/* TLS over memory: bytes in, bytes out, no sockets. A client that accepts what strict stacks refuse (security level 0,
 * no certificate verification during the handshake), because a diagnosis must see it; verification is a separate
 * question. */
#ifndef RDPWHY_NET_TLS_H
#define RDPWHY_NET_TLS_H

#include "base/buffer.h"
#include "base/error.h"

struct net_tls;

enum net_tls_protocol {
    NET_TLS_ANY = 0,
    NET_TLS_1_0 = 0x0301,
    NET_TLS_1_1 = 0x0302,
    NET_TLS_1_2 = 0x0303,
    NET_TLS_1_3 = 0x0304
};

struct net_tls_options {
    const char *server_name;      /* SNI; NULL: none (also for address literals) */
    enum net_tls_protocol lowest; /* NET_TLS_ANY: the shape's own */
    enum net_tls_protocol highest;
    bool schannel_shape; /* groups, suites and size as Windows 11 sends them: no post-quantum share, below 512 bytes */
};

/* A server, for the lab. The pointers are used during net_tls_server only. */
struct net_tls_server_options {
    const char *certificate_pem;
    const char *key_pem;
    enum net_tls_protocol lowest;
    enum net_tls_protocol highest;
    const char *ciphers; /* OpenSSL list for TLS 1.2 and below; NULL: default at level 0 */
};

enum net_tls_state {
    NET_TLS_WANT, /* needs more bytes from the peer; take and send what is pending */
    NET_TLS_UP,   /* handshake done */
    NET_TLS_FAILED,
};

struct net_tls *net_tls_client(const struct net_tls_options *options, struct error *error) MUST_USE;
struct net_tls *net_tls_server(const struct net_tls_server_options *options, struct error *error) MUST_USE;
void net_tls_free(struct net_tls *tls);

/* Feeds what arrived, moves the handshake on (the first call, with size 0, makes the ClientHello). */
enum net_tls_state net_tls_step(struct net_tls *tls, const void *bytes, size_t size);
/* Moves pending outgoing bytes to `out`. False: no memory or over the cap. */
bool net_tls_take(struct net_tls *tls, struct buffer *out) MUST_USE;
/* Application data; one call is one record when it fits (MS-CSSP needs that). */
bool net_tls_write(struct net_tls *tls, const void *bytes, size_t size, struct error *error) MUST_USE;
/* Appends what can be decrypted. `closed`: the peer sent close_notify. False: the peer sent a fatal alert (see
 * net_tls_alert), its record is bad, or `out` is full; what was decrypted before is in `out`. */
bool net_tls_read(struct net_tls *tls, struct buffer *out, bool *closed) MUST_USE;

/* What was seen so far. */
bool net_tls_server_hello(const struct net_tls *tls);             /* a ServerHello arrived */
int net_tls_alert(const struct net_tls *tls);                     /* description of the alert received, or -1 */
enum net_tls_protocol net_tls_version(const struct net_tls *tls); /* of the ServerHello; NET_TLS_ANY before it */
const char *net_tls_cipher(const struct net_tls *tls);            /* OpenSSL's name, or NULL */
const char *net_tls_problem(const struct net_tls *tls);           /* OpenSSL's words after NET_TLS_FAILED, or NULL */
/* Memory was short: what was seen is not all there. */
bool net_tls_no_memory(const struct net_tls *tls);
size_t net_tls_chain_count(const struct net_tls *tls);
/* DER of certificate i the peer sent (0: its own). Appended to `der`. */
bool net_tls_chain_der(const struct net_tls *tls, size_t i, struct buffer *der) MUST_USE;
/* The subjectPublicKey of the peer's own certificate, the bits without what describes them (MS-CSSP 3.1.5). */
bool net_tls_public_key(const struct net_tls *tls, struct buffer *key) MUST_USE;
/* Checks the peer's chain against this machine's store, for `name` (NULL: no name check). Returns X509_V_*, 0: trusted.
 */
int net_tls_verify(struct net_tls *tls, const char *name, const char **words);

#endif
