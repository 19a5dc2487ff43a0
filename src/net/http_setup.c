/* One request in curl's options, and curl's answers in our words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "net/http_internal.h"

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    (void)size; /* always 1 */
    return http_head_line(context, line, count) ? count : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct net_http *http = context;
    (void)size;
    if (!http->whole) {
        return 0;
    }
    if (http->in.size + count > http->in.cap) {
        http->too_much = true;
        return 0;
    }
    if (!buffer_add(&http->in, bytes, count)) {
        http->no_memory = true;
        return 0;
    }
    return count;
}

static size_t on_send(char *room, size_t size, size_t count, void *context)
{
    struct net_http *http = context;
    const size_t most = size * count < http->out.size ? size * count : http->out.size;
    http->paused = most == 0 && !http->no_more;
    if (http->paused) {
        return CURL_READFUNC_PAUSE;
    }
    if (most == 0) {
        return 0;
    }
    memcpy(room, http->out.bytes, most);
    buffer_consume(&http->out, most);
    http->drained = http->out.size == 0;
    return most;
}

/* What lies in the buffer was sent, or is on its way: nothing of it can be sent a second time. */
static int on_rewind(void *context, curl_off_t offset, int origin)
{
    (void)context;
    return offset == 0 && origin == SEEK_SET ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

static int on_verify(X509_STORE_CTX *store, void *context)
{
    struct net_http *http = context;
    if (http->handler->trusted == NULL || http->handler->trusted(http->context, &http->seen)) {
        return 1;
    }
    http->distrusted = true;
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

static CURLcode on_tls(CURL *easy, void *context, void *user)
{
    const struct net_tls_options options = { .schannel_shape = true };
    struct net_http *http = user;
    (void)easy;
    if (!tls_shape_client(context, &options)) {
        return CURLE_OUT_OF_MEMORY;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, on_verify, http);
    tls_watch_context(context, &http->seen);
    return CURLE_OK;
}

static bool add_line(const struct net_http *http, struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = line != NULL ? http->curl.slist_append(*list, line) : NULL;
    *list = longer != NULL ? longer : *list;
    return longer != NULL;
}

static bool set_headers(struct net_http *http, const struct net_http_request *request)
{
    bool good = true;
    http->curl.slist_free_all(http->headers);
    http->headers = NULL;
    for (size_t i = 0; i < request->header_count; i++) {
        good = good && add_line(http, &http->headers, request->headers[i]);
    }
    if (request->body == NET_HTTP_EMPTY) {
        good = good && add_line(http, &http->headers, "Content-Length: 0");
    } else if (request->body != NET_HTTP_NO_BODY) {
        good = good && add_line(http, &http->headers, "Expect:");
    }
    if (request->body == NET_HTTP_RAW) {
        /* an empty one is not sent, and keeps curl from making chunks */
        good = good && add_line(http, &http->headers, "Transfer-Encoding:");
    }
    return good && http->curl.easy_setopt(http->easy, CURLOPT_HTTPHEADER, http->headers) == CURLE_OK;
}

/* The names were looked up before: curl would do it in a thread that cannot be stopped. */
static bool set_addresses(struct net_http *http, const struct net_http_request *request)
{
    const bool by_proxy = request->proxy->host != NULL;
    const char *host = by_proxy ? request->proxy->host : request->host;
    const uint16_t port = by_proxy ? request->proxy->port : request->port;
    struct address literal;
    struct buffer line;
    http->curl.slist_free_all(http->resolve);
    http->resolve = NULL;
    if (address_parse(host, &literal)) {
        return true;
    }
    buffer_init(&line, 4096);
    buffer_format(&line, "%s:%u:", host, port);
    for (size_t i = 0; i < request->address_count; i++) {
        char text[ADDRESS_TEXT_SIZE];
        address_format(&request->addresses[i], text);
        buffer_format(&line, request->addresses[i].family == ADDRESS_V6 ? "%s[%s]" : "%s%s", i > 0 ? "," : "", text);
    }
    const bool good = !line.failed && add_line(http, &http->resolve, (const char *)line.bytes) &&
                      http->curl.easy_setopt(http->easy, CURLOPT_RESOLVE, http->resolve) == CURLE_OK;
    buffer_release(&line);
    return good;
}

static bool set_proxy(struct net_http *http, const struct net_proxy *proxy)
{
    CURL *easy = http->easy;
    struct address literal;
    if (proxy->host == NULL) {
        return http->curl.easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK; /* and not what the environment says */
    }
    const bool v6 = address_parse(proxy->host, &literal) && literal.family == ADDRESS_V6;
    char *url = alloc_format(v6 ? "http://[%s]:%u" : "http://%s:%u", proxy->host, proxy->port);
    const bool good = url != NULL && http->curl.easy_setopt(easy, CURLOPT_PROXY, url) == CURLE_OK &&
                      http->curl.easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK &&
                      http->curl.easy_setopt(easy, CURLOPT_PROXYAUTH, CURLAUTH_BASIC) == CURLE_OK &&
                      http->curl.easy_setopt(easy, CURLOPT_PROXYUSERNAME, proxy->user) == CURLE_OK &&
                      http->curl.easy_setopt(easy, CURLOPT_PROXYPASSWORD, proxy->password) == CURLE_OK;
    alloc_free(url);
    return good;
}

static bool set_url(struct net_http *http, const struct net_http_request *request)
{
    CURL *easy = http->easy;
    struct address literal;
    const bool v6 = address_parse(request->host, &literal) && literal.family == ADDRESS_V6;
    char *url = alloc_format(v6 ? "https://[%s]:%u%s" : "https://%s:%u%s", request->host, request->port, request->path);
    const bool good = url != NULL && http->curl.easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK;
    alloc_free(url);
    return good;
}

bool http_set_up(struct net_http *http, const struct net_http_request *request)
{
    CURL *easy = http->easy;
    const bool sends = request->body == NET_HTTP_CHUNKED || request->body == NET_HTTP_RAW;
    http->curl.easy_reset(easy); /* keeps the connection */
    const CURLcode codes[] = {
        http->curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https"),
        http->curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L),
        http->curl.easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1),
        http->curl.easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L),
        http->curl.easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L),
        http->curl.easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L),
        http->curl.easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L), /* `trusted` decides */
        http->curl.easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L),
        http->curl.easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L), /* a resumed one shows no certificate */
        http->curl.easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls),
        http->curl.easy_setopt(easy, CURLOPT_SSL_CTX_DATA, http),
        http->curl.easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L),
        http->curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, http->words),
        http->curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header),
        http->curl.easy_setopt(easy, CURLOPT_HEADERDATA, http),
        http->curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body),
        http->curl.easy_setopt(easy, CURLOPT_WRITEDATA, http),
        http->curl.easy_setopt(easy, CURLOPT_UPLOAD, sends ? 1L : 0L),
        http->curl.easy_setopt(easy, CURLOPT_READFUNCTION, on_send),
        http->curl.easy_setopt(easy, CURLOPT_READDATA, http),
        http->curl.easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_rewind),
        http->curl.easy_setopt(easy, CURLOPT_SEEKDATA, http),
        http->curl.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method),
    };
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (codes[i] != CURLE_OK) {
            return false;
        }
    }
    return set_url(http, request) && set_proxy(http, request->proxy) && set_headers(http, request) &&
           set_addresses(http, request);
}

static bool reached(struct net_http *http, CURLINFO what)
{
    curl_off_t us = 0;
    return http->curl.easy_getinfo(http->easy, what, &us) == CURLE_OK && us > 0;
}

/* With a proxy curl's own clock of it stands still until the tunnel is there. */
static bool connected(const struct net_http *http)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    return http->fd != CURL_SOCKET_BAD && getpeername(http->fd, (struct sockaddr *)&peer, &size) == 0;
}

/* Where it was when it came to nothing. */
static enum net_http_end end_at(struct net_http *http, enum net_http_end before_answer)
{
    if (http->by_proxy && !http->tunnel) {
        return http->proxy_head.status > 0 ? NET_HTTP_PROXY_SAYS_NO : NET_HTTP_PROXY_CLOSED;
    }
    if (!reached(http, CURLINFO_APPCONNECT_TIME_T) && !net_http_reused(http)) {
        return http->seen.alert >= 0 ? NET_HTTP_TLS_ALERT : NET_HTTP_TLS_SILENT;
    }
    return http->head_over || http->head.status > 0 ? NET_HTTP_BROKEN_OFF : before_answer;
}

enum net_http_end http_end_by_limit(struct net_http *http)
{
    if (!reached(http, CURLINFO_CONNECT_TIME_T) && !connected(http)) {
        return NET_HTTP_SILENT;
    }
    return end_at(http, NET_HTTP_NO_ANSWER);
}

static enum net_http_end end_of_connect(long system_error)
{
    switch (system_error) {
    case ECONNREFUSED:
        return NET_HTTP_REFUSED;
    case ETIMEDOUT:
        return NET_HTTP_SILENT;
    default:
        return NET_HTTP_UNREACHABLE;
    }
}

/* curl says "failed" of a handshake that OpenSSL turned down, and of one that the peer cut. */
static enum net_http_end end_of_tls(struct net_http *http, long system_error)
{
    if (http->by_proxy && !http->tunnel) {
        return NET_HTTP_PROXY_CLOSED;
    }
    if (http->seen.alert >= 0) {
        return NET_HTTP_TLS_ALERT;
    }
    const bool cut = system_error == ECONNRESET || system_error == EPIPE || strstr(http->words, "SYSCALL") != NULL ||
                     strstr(http->words, "unexpected eof") != NULL || strstr(http->words, "reset") != NULL;
    return cut ? NET_HTTP_TLS_CLOSED : NET_HTTP_TLS_OTHER;
}

enum net_http_end http_end_of(struct net_http *http, CURLcode code)
{
    long system_error = 0;
    (void)http->curl.easy_getinfo(http->easy, CURLINFO_OS_ERRNO, &system_error);
    if (http->no_memory) {
        return NET_HTTP_NO_MEMORY;
    }
    if (http->distrusted) {
        return NET_HTTP_DISTRUSTED;
    }
    if (http->too_much) {
        return NET_HTTP_TOO_MUCH;
    }
    if (http->head_over && (code == CURLE_OK || !http->whole)) {
        return NET_HTTP_DONE;
    }
    if (http->by_proxy && !http->tunnel && code != CURLE_COULDNT_CONNECT) {
        return http->proxy_head.status > 0 ? NET_HTTP_PROXY_SAYS_NO : NET_HTTP_PROXY_CLOSED;
    }
    switch ((int)code) {
    case CURLE_OK:
        return NET_HTTP_CLOSED;
    case CURLE_COULDNT_CONNECT:
        return end_of_connect(system_error);
    case CURLE_SSL_CONNECT_ERROR:
        return end_of_tls(http, system_error);
    case CURLE_GOT_NOTHING:
        return NET_HTTP_CLOSED;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return end_at(http, NET_HTTP_RESET);
    case CURLE_PARTIAL_FILE:
        return NET_HTTP_BROKEN_OFF;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return NET_HTTP_NOT_HTTP;
    case CURLE_OUT_OF_MEMORY: /* so it calls a line of a head that does not end, too */
        return !http->head_over && http->seen.received >= CURL_MAX_HTTP_HEADER ? NET_HTTP_TOO_MUCH : NET_HTTP_NO_MEMORY;
    case CURLE_OPERATION_TIMEDOUT:
        return http_end_by_limit(http);
    default:
        return http->head.status > 0 ? NET_HTTP_BROKEN_OFF : NET_HTTP_NOT_HTTP;
    }
}
