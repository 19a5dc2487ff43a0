/* libcurl, loaded when the first request is made: it and what it brings cost every other run 3.6 MB and some
 * milliseconds. Shared by http*.c and proxy.c only. */
#ifndef RDPWHY_NET_HTTP_CURL_H
#define RDPWHY_NET_HTTP_CURL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdbool.h>

#include "base/attributes.h"

/* curl_NAME as libcurl declares it. */
#define HTTP_CURL_FUNCTIONS(FUNCTION)                                                                                  \
    FUNCTION(easy_cleanup)                                                                                             \
    FUNCTION(easy_getinfo)                                                                                             \
    FUNCTION(easy_init)                                                                                                \
    FUNCTION(easy_pause)                                                                                               \
    FUNCTION(easy_reset)                                                                                               \
    FUNCTION(easy_setopt)                                                                                              \
    FUNCTION(free)                                                                                                     \
    FUNCTION(getdate)                                                                                                  \
    FUNCTION(global_cleanup)                                                                                           \
    FUNCTION(global_init_mem)                                                                                          \
    FUNCTION(multi_add_handle)                                                                                         \
    FUNCTION(multi_assign)                                                                                             \
    FUNCTION(multi_cleanup)                                                                                            \
    FUNCTION(multi_info_read)                                                                                          \
    FUNCTION(multi_init)                                                                                               \
    FUNCTION(multi_remove_handle)                                                                                      \
    FUNCTION(multi_setopt)                                                                                             \
    FUNCTION(multi_socket_action)                                                                                      \
    FUNCTION(slist_append)                                                                                             \
    FUNCTION(slist_free_all)                                                                                           \
    FUNCTION(url)                                                                                                      \
    FUNCTION(url_cleanup)                                                                                              \
    FUNCTION(url_get)                                                                                                  \
    FUNCTION(url_set)

#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt
#define HTTP_CURL_MEMBER(name) __typeof__(curl_##name) *name;
struct http_curl {
    HTTP_CURL_FUNCTIONS(HTTP_CURL_MEMBER)
};
#undef HTTP_CURL_MEMBER

/* False: it is not installed. It stays loaded until the end. */
bool http_curl_load(struct http_curl *curl) MUST_USE;

#endif
