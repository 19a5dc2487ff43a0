/* The check gateway: what an RD Gateway shows of itself, and how far a tunnel through it comes. Inside src/probe. */
#ifndef RDPWHY_PROBE_GATEWAY_H
#define RDPWHY_PROBE_GATEWAY_H

#include "net/http.h"
#include "net/resolve.h"
#include "net/stream.h"
#include "plan/check.h"

enum {
    GATEWAY_TRANSPORTS = 3,
    GATEWAY_NAME_US = 10000000,
    GATEWAY_CONNECT_US = 6000000,
    GATEWAY_ANSWER_US = 15000000,
    GATEWAY_GUID_SIZE = 39, /* "{8-4-4-4-12}" and a NUL */
    GATEWAY_HEADERS_MAX = 16,
    GATEWAY_HEADER_SIZE = 192,
};

struct gateway_look;
struct gateway_tunnel;
struct through; /* of through.h */

/* One way of speaking to it, while it is asked without a logon. */
struct gateway_asked {
    struct gateway_look *look;
    struct net_http *http;
    struct ev_gateway_transport *record;
    int64_t started_us;
    bool over;
};

struct gateway_look {
    struct run *run;
    struct net_lookup *lookup;
    struct net_proxy proxy;
    struct address addresses[NET_ANSWERS_MAX]; /* of the proxy, when there is one */
    size_t address_count;
    struct gateway_asked asked[GATEWAY_TRANSPORTS];
    struct net_timer *wait;         /* for the host's own logon */
    struct gateway_tunnel *tunnels; /* one per channel */
    struct through *through;        /* what is asked of the host; NULL: no logon was tried */
    char accepted[65];              /* SHA-256 of the certificate that the user said yes to; "": none */
    bool channel_opened;            /* what is recorded of the tunnel is of that one */
    bool held;                      /* the check has ended; the run waits for a second try */
    bool done;
};

/* The transports of MS-TSGU 2.1.2 and 2.1.3, as requests. */
enum gateway_way { GATEWAY_WEBSOCKET, GATEWAY_HTTP_OUT, GATEWAY_RPC, GATEWAY_HTTP_IN };
struct gateway_request {
    struct net_http_request http;
    char lines[GATEWAY_HEADERS_MAX][GATEWAY_HEADER_SIZE];
    const char *headers[GATEWAY_HEADERS_MAX];
};
/* `id` is the RDG-Connection-Id, the same for all requests of a tunnel. False: no randomness. */
bool gateway_request(const struct gateway_look *look, enum gateway_way way, const char *id,
                     struct gateway_request *request, struct error *error) MUST_USE;
void gateway_guid(char text[GATEWAY_GUID_SIZE], const uint8_t bytes[16]);

/* With credentials: logon, tunnel and a channel to the host of the options (gateway_tunnel.c). What is sent into the
 * stream comes out there, as soon as handler->connected says that it is open; its end is the channel's. */
struct net_stream *gateway_dial(struct gateway_look *look, const struct run_options *to,
                                const struct net_stream_handler *handler, void *context, struct error *error) MUST_USE;
void gateway_tunnel_free(struct gateway_tunnel *tunnel); /* NULL is fine */
/* The three requests are over. */
void gateway_all_asked(struct gateway_look *look);
/* Ends the check, or lets the run go, once the first connection is over and every tunnel is gone. */
void gateway_perhaps_done(struct gateway_look *look);
/* Adds a header to a request. */
void gateway_header(struct gateway_request *request, const char *line);

/* -1: none, it was answered. */
int gateway_error_of(enum net_http_end end);
bool gateway_record_schemes(struct ev_list *list, const struct net_http_head *head, struct error *error) MUST_USE;
/* The certificate and the handshake, once; whichever request sees it first. */
bool gateway_record_tls(struct gateway_look *look, struct net_http *http, struct error *error) MUST_USE;

#endif
