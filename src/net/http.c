/* curl on the loop: its sockets and its timer, and what it saw handed over from the loop. */
#include "net/http.h"

#include <string.h>

#include "base/alloc.h"
#include "net/http_internal.h"
#include "net/poll.h"

enum { IN_CAP = 1 << 20 };

/* A socket of curl's. */
struct socket_watch {
    struct net_http *http;
    struct net_poll *poll;
    struct socket_watch *next; /* of the request's */
    curl_socket_t fd;
};

static void watch_free(struct socket_watch *watch)
{
    if (watch != NULL) {
        struct socket_watch **at = &watch->http->watches;
        while (*at != NULL && *at != watch) {
            at = &(*at)->next;
        }
        if (*at != NULL) {
            *at = watch->next;
        }
        net_poll_free(watch->poll);
        alloc_free(watch);
    }
}

static void look_soon(struct net_http *http)
{
    net_timer_again(http->looking, 0);
}

/* Curl may stumble over what it left half made when it had no memory (7.88: a division by zero when a handle is taken
 * out): from then on it is only freed, and may close its sockets without a word, so that nobody watches them any more.
 */
static bool is_lost(struct net_http *http)
{
    http->lost = http->lost || http->refusals != http_memory_refusals();
    while (http->lost && http->watches != NULL) {
        watch_free(http->watches);
    }
    return http->lost;
}

static void take_messages(struct net_http *http)
{
    int left;
    CURLMsg *message;
    while (http->asked && (message = http->curl.multi_info_read(http->multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            http->end = http_end_of(http, message->data.result);
            http->curl.multi_remove_handle(http->multi, http->easy);
            http->asked = false;
            http->over = true;
        }
    }
}

static void act(struct net_http *http, curl_socket_t fd, int events)
{
    int running;
    if (http->lost) {
        return;
    }
    (void)http->curl.multi_socket_action(http->multi, fd, events, &running);
    if (is_lost(http)) {
        http->over = http->over || http->asked;
        http->asked = false;
        look_soon(http);
        return;
    }
    take_messages(http);
    /* curl looks no more at what the peer sends: it ended, and only our own part keeps the request open */
    if (http->asked && http->head_over && http->paused && http->fd == CURL_SOCKET_BAD) {
        http->no_more = true;
        http->paused = false;
        (void)http->curl.easy_pause(http->easy, CURLPAUSE_CONT);
        net_timer_again(http->timer, 0);
    }
    if (http->over || (http->head_over && !http->head_told) || http->in.size > 0 || http->drained) {
        look_soon(http);
    }
}

static void on_ready(void *context, int events)
{
    struct socket_watch *watch = context;
    const int mask = ((events & NET_POLL_READ) != 0 ? CURL_CSELECT_IN : 0) |
                     ((events & NET_POLL_WRITE) != 0 ? CURL_CSELECT_OUT : 0) |
                     ((events & NET_POLL_FAILED) != 0 ? CURL_CSELECT_ERR : 0);
    act(watch->http, watch->fd, mask);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    struct net_http *http = context;
    struct socket_watch *watch = known;
    (void)easy;
    if (http->lost) {
        return 0;
    }
    http->fd = what == CURL_POLL_REMOVE ? CURL_SOCKET_BAD : fd;
    if (what == CURL_POLL_REMOVE) {
        watch_free(watch);
        (void)http->curl.multi_assign(http->multi, fd, NULL);
        return 0;
    }
    if (watch == NULL) {
        watch = alloc_new(sizeof *watch);
        if (watch != NULL) {
            *watch = (struct socket_watch){ .http = http, .fd = fd };
            watch->poll = net_poll_new(http->loop, fd, on_ready, watch, NULL);
        }
        if (watch == NULL || watch->poll == NULL) {
            alloc_free(watch);
            http->no_memory = true;
            look_soon(http);
            return -1;
        }
        watch->next = http->watches;
        http->watches = watch;
        (void)http->curl.multi_assign(http->multi, fd, watch);
    }
    net_poll_want(watch->poll, ((what & CURL_POLL_IN) != 0 ? NET_POLL_READ : 0) |
                                   ((what & CURL_POLL_OUT) != 0 ? NET_POLL_WRITE : 0));
    return 0;
}

static int on_timer(CURLM *multi, long after_ms, void *context)
{
    struct net_http *http = context;
    (void)multi;
    if (after_ms < 0) {
        net_timer_stop(http->timer);
    } else {
        net_timer_again(http->timer, (int64_t)after_ms * 1000);
    }
    return 0;
}

static void timer_fired(void *context)
{
    act(context, CURL_SOCKET_TIMEOUT, 0);
}

static void give_up(struct net_http *http, enum net_http_end end)
{
    if (!is_lost(http)) {
        http->curl.multi_remove_handle(http->multi, http->easy);
    }
    http->asked = false;
    http->over = true;
    http->end = end;
    look_soon(http);
}

static void limit_fired(void *context)
{
    struct net_http *http = context;
    if (!http->asked || http->head_over) {
        return;
    }
    if (!http->connect_over && net_http_connect_us(http) >= 0 && http->answer_limit_us > http->connect_limit_us) {
        http->connect_over = true;
        net_timer_again(http->limit, http->answer_limit_us - http->connect_limit_us);
        return;
    }
    give_up(http, http_end_by_limit(http));
}

/* Tells the handler what came, in its order; each call of it may free us or ask anew. */
static void looking_fired(void *context)
{
    struct net_http *http = context;
    http->busy = true;
    if (http->no_memory && !http->over) {
        give_up(http, NET_HTTP_NO_MEMORY);
    }
    if (http->head_over && !http->head_told) {
        http->head_told = true;
        if (http->handler->answered != NULL) {
            http->handler->answered(http->context, &http->head);
        }
    }
    if (!http->freed && http->in.size > 0) {
        struct buffer came = http->in;
        buffer_init(&http->in, came.cap);
        if (http->handler->received != NULL) {
            http->handler->received(http->context, came.bytes, came.size);
        }
        buffer_release(&came);
    }
    if (!http->freed && http->drained) {
        http->drained = false;
        if (http->handler->drained != NULL) {
            http->handler->drained(http->context);
        }
    }
    if (!http->freed && http->over) {
        http->over = false;
        http->handler->ended(http->context, http->refusals == http_memory_refusals() ? http->end : NET_HTTP_NO_MEMORY);
    }
    http->busy = false;
    if (http->freed) {
        net_http_free(http);
    }
}

bool net_http_possible(void)
{
    struct http_curl curl;
    return http_curl_load(&curl);
}

struct net_http *net_http_new(struct net_loop *loop, const struct net_http_handler *handler, void *context,
                              struct error *error)
{
    enum { LATER_US = 3600000000 };
    struct net_http *http = alloc_new(sizeof *http);
    if (http == NULL) {
        error_no_memory(error);
        return NULL;
    }
    http->loop = loop;
    http->handler = handler;
    http->context = context;
    http->fd = CURL_SOCKET_BAD;
    http->seen.alert = -1;
    buffer_init(&http->seen.chain_bytes, TLS_CHAIN_BYTES);
    buffer_init(&http->out, HTTP_SEND_CAP);
    buffer_init(&http->in, IN_CAP);
    http->timer = net_timer_start(loop, LATER_US, timer_fired, http, error);
    http->limit = net_timer_start(loop, LATER_US, limit_fired, http, error);
    http->looking = net_timer_start(loop, LATER_US, looking_fired, http, error);
    if (!http_curl_load(&http->curl)) {
        net_http_free(http);
        error_set(error, ERROR_INTERNAL, "libcurl.so.4 is not installed; HTTPS needs it");
        return NULL;
    }
    http->global = http_begin_curl(&http->curl);
    http->multi = http->global ? http->curl.multi_init() : NULL;
    http->easy = http->global ? http->curl.easy_init() : NULL;
    const bool good = http->timer != NULL && http->limit != NULL && http->looking != NULL && http->multi != NULL &&
                      http->easy != NULL &&
                      http->curl.multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
                      http->curl.multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http) == CURLM_OK &&
                      http->curl.multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
                      http->curl.multi_setopt(http->multi, CURLMOPT_TIMERDATA, http) == CURLM_OK;
    if (!good) {
        net_http_free(http);
        error_no_memory(error);
        return NULL;
    }
    net_timer_stop(http->timer);
    net_timer_stop(http->limit);
    net_timer_stop(http->looking);
    return http;
}

void net_http_free(struct net_http *http)
{
    if (http == NULL) {
        return;
    }
    if (http->busy) {
        http->freed = true;
        return;
    }
    if (http->asked && !is_lost(http)) {
        http->curl.multi_remove_handle(http->multi, http->easy);
    }
    if (http->global && http->lost) {
        http->curl.multi_cleanup(http->multi); /* lets go of the handle by itself */
        http->curl.easy_cleanup(http->easy);
    } else if (http->global) {
        http->curl.easy_cleanup(http->easy);
        http->curl.multi_cleanup(http->multi); /* closes what is open, and says so to on_socket */
    }
    if (http->global) {
        http->curl.slist_free_all(http->headers);
        http->curl.slist_free_all(http->resolve);
    }
    net_timer_free(http->timer);
    net_timer_free(http->limit);
    net_timer_free(http->looking);
    if (http->out.bytes != NULL) {
        memset(http->out.bytes, 0, http->out.size);
    }
    buffer_release(&http->out);
    buffer_release(&http->in);
    buffer_release(&http->seen.chain_bytes);
    if (http->global) {
        http->curl.global_cleanup();
    }
    alloc_free(http);
}

static void begin(struct net_http *http, const struct net_http_request *request)
{
    http->head = (struct net_http_head){ 0 };
    http->proxy_head = (struct net_http_head){ 0 };
    http->words[0] = '\0';
    http->head_bytes = 0;
    http->refusals = http_memory_refusals();
    http->head_over = http->head_told = http->over = http->paused = http->tunnel = http->connect_over = false;
    http->drained = http->no_more = false;
    http->too_much = http->distrusted = http->no_memory = false;
    http->whole = request->whole;
    http->by_proxy = request->proxy->host != NULL;
    http->connect_limit_us = request->connect_limit_us;
    http->answer_limit_us = request->answer_limit_us;
    buffer_clear(&http->out);
    buffer_clear(&http->in);
}

bool net_http_ask(struct net_http *http, const struct net_http_request *request, struct error *error)
{
    begin(http, request);
    if (http->lost || !http_set_up(http, request)) {
        return error_no_memory(error);
    }
    const int64_t first_us =
        request->connect_limit_us < request->answer_limit_us ? request->connect_limit_us : request->answer_limit_us;
    net_timer_again(http->limit, first_us);
    http->asked = true;
    if (http->curl.multi_add_handle(http->multi, http->easy) != CURLM_OK) {
        http->asked = false;
        return error_no_memory(error);
    }
    return true;
}

bool net_http_send(struct net_http *http, const void *bytes, size_t size, struct error *error)
{
    if (!http->asked) {
        return true; /* it ended, and that was or will be told */
    }
    if (size > HTTP_SEND_CAP - http->out.size) {
        return error_set(error, ERROR_INTERNAL, "more than 1 MiB waits to be sent to the gateway");
    }
    if (!buffer_add(&http->out, bytes, size)) {
        return error_no_memory(error);
    }
    if (http->paused) {
        http->paused = false;
        (void)http->curl.easy_pause(http->easy, CURLPAUSE_CONT);
        net_timer_again(http->timer, 0); /* curl sends when it is next called */
    }
    return true;
}

size_t net_http_waiting(const struct net_http *http)
{
    return http->out.size;
}

const struct net_http_head *net_http_head(const struct net_http *http)
{
    return &http->head;
}

const struct net_http_head *net_http_proxy_head(const struct net_http *http)
{
    return &http->proxy_head;
}

struct net_tls *net_http_tls(struct net_http *http)
{
    return &http->seen;
}

struct address net_http_address(struct net_http *http)
{
    struct address address = { .family = ADDRESS_NONE };
    const char *text = NULL;
    if (http->curl.easy_getinfo(http->easy, CURLINFO_PRIMARY_IP, &text) != CURLE_OK || text == NULL ||
        !address_parse(text, &address)) {
        address.family = ADDRESS_NONE;
    }
    return address;
}

bool net_http_reused(struct net_http *http)
{
    long connects = 0;
    return http->curl.easy_getinfo(http->easy, CURLINFO_NUM_CONNECTS, &connects) == CURLE_OK && connects == 0 &&
           http->seen.server_hello;
}

int64_t net_http_connect_us(struct net_http *http)
{
    curl_off_t connected = 0;
    curl_off_t looked_up = 0;
    (void)http->curl.easy_getinfo(http->easy, CURLINFO_CONNECT_TIME_T, &connected);
    (void)http->curl.easy_getinfo(http->easy, CURLINFO_NAMELOOKUP_TIME_T, &looked_up);
    return connected > 0 ? connected - looked_up : -1;
}
