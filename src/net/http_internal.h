/* Shared by http*.c only. */
#ifndef RDPWHY_NET_HTTP_INTERNAL_H
#define RDPWHY_NET_HTTP_INTERNAL_H

#include "net/http.h"
#include "net/http_curl.h"
#include "net/tls_internal.h"

enum { HTTP_HEAD_CAP = 65536, HTTP_SEND_CAP = 1 << 20 };

struct net_http {
    struct net_loop *loop;
    const struct net_http_handler *handler;
    void *context;
    struct http_curl curl; /* its functions */
    CURLM *multi;          /* of its own: its connections live and die with it */
    CURL *easy;
    struct socket_watch *watches; /* of http.c; curl's sockets */
    struct net_timer *timer;      /* curl's */
    struct net_timer *limit;      /* ours */
    struct net_timer *looking;    /* what came is told from the loop, never from inside curl */
    struct curl_slist *headers;
    struct curl_slist *resolve;
    struct buffer out; /* waits to be sent */
    struct buffer in;  /* waits for `received` */
    struct net_http_head head;
    struct net_http_head proxy_head;
    struct net_tls seen;         /* filled from the handshake's messages; it has no connection of its own */
    char words[CURL_ERROR_SIZE]; /* curl's, about what ended it */
    size_t head_bytes;
    unsigned refusals; /* of memory, when this request began */
    bool lost;         /* curl had no memory: nothing of it may be called but what frees it */
    int64_t connect_limit_us;
    int64_t answer_limit_us;
    enum net_http_end end;
    curl_socket_t fd; /* the connection, while curl watches it */
    bool global;      /* curl_global_init was called */
    bool asked;       /* a request is under way */
    bool whole;
    bool by_proxy;     /* CONNECT comes first */
    bool tunnel;       /* and was answered by 2xx */
    bool paused;       /* curl waits for more to send */
    bool no_more;      /* the end of what is sent */
    bool drained;      /* `out` was emptied, and nobody was told */
    bool connect_over; /* the limit that runs is the answer's */
    bool head_over;
    bool head_told;
    bool over; /* `end` counts and waits to be told */
    bool too_much;
    bool distrusted;
    bool no_memory;
    bool busy;  /* inside a callback of the handler */
    bool freed; /* net_http_free was called there */
};

/* curl_global_init with memory that is wiped when it is freed: headers may carry a password. False: no memory. */
bool http_begin_curl(const struct http_curl *curl) MUST_USE;
/* Grows whenever curl got no memory, whatever curl makes of it. */
unsigned http_memory_refusals(void);
/* Sets curl's options; false: no memory. */
bool http_set_up(struct net_http *http, const struct net_http_request *request) MUST_USE;
/* What curl's code says, with what was seen beside it. */
enum net_http_end http_end_of(struct net_http *http, CURLcode code);
enum net_http_end http_end_by_limit(struct net_http *http);
/* One line of a head, as it comes. False: enough was seen, curl shall stop. */
bool http_head_line(struct net_http *http, const char *line, size_t size) MUST_USE;

#endif
