/* One try to get through a gateway: shared by gateway_tunnel*.c only. */
#ifndef RDPWHY_PROBE_GATEWAY_TUNNEL_H
#define RDPWHY_PROBE_GATEWAY_TUNNEL_H

#include "base/buffer.h"
#include "probe/gateway.h"

enum gateway_scheme { GATEWAY_SCHEME_NONE, GATEWAY_SCHEME_BASIC, GATEWAY_SCHEME_NTLM, GATEWAY_SCHEME_NEGOTIATE };

/* One of the connections that a tunnel has: WebSocket has one, HTTP an OUT and an IN. Each logs on by itself. */
struct gateway_leg {
    struct gateway_tunnel *tunnel;
    struct net_http *http;
    enum gateway_way way;
    struct gateway_auth *auth; /* of gateway_auth.c; NULL: none is needed */
    struct secret *line;       /* "Authorization: ...", NUL-terminated; empty: none */
    struct buffer token;       /* the gateway's */
    bool last;                 /* the logon has no further token: what follows may carry data */
    bool answered;
    bool no_memory; /* to compare the certificate */
    bool admitted;  /* IN: its data request is under way */
};

struct gateway_tunnel {
    struct gateway_look *look;
    struct gateway_tunnel *next; /* of the look */
    struct ev_gateway_tunnel *record;
    struct ev_gateway_tunnel spare; /* the record of channels after the first */
    const char *host;               /* that the channel leads to */
    uint16_t port;
    struct net_stream *pump; /* what comes out of it goes into the channel, and the reverse; NULL: its user is gone */
    const struct net_stream_handler *handler; /* of its user: `connected` */
    void *context;
    enum gateway_scheme scheme;
    enum gateway_phase phase;
    char id[GATEWAY_GUID_SIZE];
    struct gateway_leg out;
    struct gateway_leg in;
    struct net_timer *limit; /* of the step that is under way */
    bool websocket;
    bool talking;          /* the handshake was sent: what came before was seed */
    struct buffer frames;  /* of WebSocket, as far as they came */
    struct buffer packets; /* of MS-TSGU */
    bool opened;           /* and its user knows */
    bool closing;          /* its user is gone, and the gateway was told */
    bool over;
};

/* The logon of one leg: makes leg->line, and calls gateway_leg_go or gateway_tunnel_fail, maybe at once. */
bool gateway_auth_start(struct gateway_leg *leg, struct error *error) MUST_USE;
bool gateway_auth_step(struct gateway_leg *leg, struct error *error) MUST_USE;
void gateway_auth_free(struct gateway_auth *auth); /* NULL is fine */
const char *gateway_scheme_name(enum gateway_scheme scheme);

/* Asks with what leg->line says. */
bool gateway_leg_go(struct gateway_leg *leg, struct error *error) MUST_USE;
/* The end: what is recorded stays. */
void gateway_tunnel_over(struct gateway_tunnel *tunnel);
void gateway_tunnel_cut(struct gateway_tunnel *tunnel, enum gateway_error error); /* the gateway ended it */
void gateway_tunnel_problem(struct gateway_tunnel *tunnel, const char *words);
void gateway_tunnel_refused(struct gateway_tunnel *tunnel, int status); /* the logon, by HTTP's status */
/* No logon came about, and the gateway had no part in that. */
void gateway_tunnel_failed_here(struct gateway_tunnel *tunnel, const char *words);
void gateway_tunnel_failed(struct gateway_tunnel *tunnel, const struct error *error);
struct gateway_tunnel *gateway_tunnel_new(struct gateway_look *look, struct error *error) MUST_USE;
/* From the certificate on; its end, also when it comes at once, is told from the loop. */
bool gateway_tunnel_begin(struct gateway_tunnel *tunnel, struct error *error) MUST_USE;
void gateway_tunnel_gone(struct gateway_tunnel *tunnel); /* its end, and its user's: frees */
void gateway_drained(void *leg);                         /* the gateway took what waited */
/* The channel is there. */
void gateway_tunnel_opened(struct gateway_tunnel *tunnel);
/* The legs are there: the packets begin; then what comes. gateway_packets.c. */
bool gateway_talk(struct gateway_tunnel *tunnel, struct error *error) MUST_USE;
/* Into the open channel; and its end. */
bool gateway_tunnel_say(struct gateway_tunnel *tunnel, const uint8_t *bytes, size_t size, struct error *error) MUST_USE;
bool gateway_tunnel_close(struct gateway_tunnel *tunnel, struct error *error) MUST_USE;
void gateway_heard(struct gateway_tunnel *tunnel, const uint8_t *bytes, size_t size);

#endif
