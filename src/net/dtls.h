/* The opening of DTLS by OpenSSL, over memory: is there anybody on the other side who speaks it? Not more: no handshake
 * is completed. */
#ifndef RDPWHY_NET_DTLS_H
#define RDPWHY_NET_DTLS_H

#include "base/buffer.h"
#include "base/error.h"

struct net_dtls;

enum net_dtls_said {
    NET_DTLS_NOTHING, /* no record of DTLS */
    NET_DTLS_VERIFY,  /* HelloVerifyRequest */
    NET_DTLS_HELLO,   /* ServerHello */
    NET_DTLS_ALERT,
};

struct net_dtls *net_dtls_client(struct error *error) MUST_USE;
void net_dtls_free(struct net_dtls *dtls); /* NULL is fine */
/* The ClientHello as one datagram of at most `room` bytes. False: our own failure. */
bool net_dtls_hello(struct net_dtls *dtls, size_t room, struct buffer *out, struct error *error) MUST_USE;
/* What an answer's datagram is. */
enum net_dtls_said net_dtls_answer(struct net_dtls *dtls, const void *bytes, size_t size);

#endif
