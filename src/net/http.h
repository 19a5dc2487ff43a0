/* HTTPS on the loop (libcurl): one request after the other, by any method, direct or through a forward proxy; how each
 * one ended is told apart. Redirects are not followed, nothing is cached, certificates are not judged here: who asks
 * sees them and decides. */
#ifndef RDPWHY_NET_HTTP_H
#define RDPWHY_NET_HTTP_H

#include "base/address.h"
#include "base/buffer.h"
#include "net/loop.h"
#include "net/proxy.h"
#include "net/tls.h"

struct net_http;

enum { NET_HTTP_SCHEMES = 8, NET_HTTP_SCHEME_SIZE = 24, NET_HTTP_TEXT_SIZE = 256 };

/* The head of an answer. Texts are as they came, cut; escape them before they are kept. */
struct net_http_head {
    int status;                                           /* 0: none came */
    char schemes[NET_HTTP_SCHEMES][NET_HTTP_SCHEME_SIZE]; /* of WWW-Authenticate (or Proxy-Authenticate), in order */
    size_t scheme_count;
    char token[4096]; /* what follows the first scheme that has more than parameters: a logon's next token */
    char location[NET_HTTP_TEXT_SIZE];
    char server[NET_HTTP_TEXT_SIZE];
    bool page;      /* its Content-Type is text of some kind */
    int64_t date_s; /* seconds since 1970, by the server's clock; -1: it does not say */
};

enum net_http_end {
    NET_HTTP_DONE, /* the answer came to its end, or its head came and no more was wanted */
    NET_HTTP_REFUSED,
    NET_HTTP_SILENT, /* no TCP connection in time */
    NET_HTTP_UNREACHABLE,
    NET_HTTP_PROXY_SAYS_NO, /* it answered CONNECT, not by 200; see net_http_proxy_head */
    NET_HTTP_PROXY_CLOSED,  /* it ended the connection, or kept silent, without an answer to CONNECT */
    NET_HTTP_TLS_ALERT,
    NET_HTTP_TLS_CLOSED, /* closed or reset before the handshake was done */
    NET_HTTP_TLS_SILENT,
    NET_HTTP_TLS_OTHER,  /* what came is no TLS, or OpenSSL turned it down */
    NET_HTTP_CLOSED,     /* TLS was up; the peer closed without an answer */
    NET_HTTP_RESET,      /* likewise, by RST */
    NET_HTTP_NO_ANSWER,  /* TLS was up; nothing came in time */
    NET_HTTP_NOT_HTTP,   /* something else came */
    NET_HTTP_TOO_MUCH,   /* a head without end, or more than was asked for */
    NET_HTTP_BROKEN_OFF, /* the head came, the rest did not */
    NET_HTTP_DISTRUSTED, /* `trusted` said no */
    NET_HTTP_NO_MEMORY,  /* our own failure, not the peer's */
};

enum net_http_body {
    NET_HTTP_NO_BODY,
    NET_HTTP_EMPTY,   /* "Content-Length: 0" */
    NET_HTTP_CHUNKED, /* what net_http_send gives, each in a chunk */
    NET_HTTP_RAW,     /* likewise, as it is: after a switch of protocols */
};

struct net_http_request {
    const char *method;
    const char *host; /* a name or a literal; also the name in TLS */
    uint16_t port;
    const char *path;
    const char *const *headers; /* "Name: value" */
    size_t header_count;
    enum net_http_body body;
    const struct net_proxy *proxy;   /* host NULL: direct */
    const struct address *addresses; /* of the proxy when there is one, else of the host */
    size_t address_count;
    bool whole; /* the body is wanted as well; else the connection is over once the head came */
    int64_t connect_limit_us;
    int64_t answer_limit_us; /* from the start until the head came */
    size_t body_cap;         /* bytes that may wait for net_http_handler.received */
};

/* Callbacks run from the loop; any but `ended` may be NULL. All but `trusted` may ask again, once it ended, and free.
 */
struct net_http_handler {
    /* In the handshake: may the peer have this request? NULL: it may. */
    bool (*trusted)(void *context, struct net_tls *tls);
    void (*answered)(void *context, const struct net_http_head *head);
    void (*received)(void *context, const uint8_t *bytes, size_t size);
    void (*drained)(void *context); /* what net_http_send was given has been taken */
    void (*ended)(void *context, enum net_http_end end);
};

/* Its library is installed. */
bool net_http_possible(void);
struct net_http *net_http_new(struct net_loop *loop, const struct net_http_handler *handler, void *context,
                              struct error *error) MUST_USE;
/* Closes the connection. NULL is fine; also from inside a callback but `trusted`. */
void net_http_free(struct net_http *http);
/* Copies what it is given. The one before must have ended; its connection is used again when it is still open. */
bool net_http_ask(struct net_http *http, const struct net_http_request *request, struct error *error) MUST_USE;
/* For NET_HTTP_CHUNKED and NET_HTTP_RAW. False: no memory, or more than 1 MiB waits. */
bool net_http_send(struct net_http *http, const void *bytes, size_t size, struct error *error) MUST_USE;
size_t net_http_waiting(const struct net_http *http); /* bytes of it that wait */

/* What was seen of the last request, also when it failed. */
const struct net_http_head *net_http_head(const struct net_http *http);
const struct net_http_head *net_http_proxy_head(const struct net_http *http); /* the answer to CONNECT */
struct net_tls *net_http_tls(struct net_http *http); /* for the readers of net/tls.h; the chain may be empty */
/* The address that was connected to; family NONE: none was. */
struct address net_http_address(struct net_http *http);
bool net_http_reused(struct net_http *http);        /* it went over the connection of the request before */
int64_t net_http_connect_us(struct net_http *http); /* -1: not connected */

#endif
