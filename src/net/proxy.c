#include "net/proxy.h"

#include <string.h>

#include "base/alloc.h"
#include "base/prefix.h"
#include "base/text.h"
#include "net/http_curl.h"

enum { PROXY_PORT = 1080 /* curl's own, when none is named */, ITEM_MAX = 256 };

void net_proxy_release(struct net_proxy *proxy)
{
    alloc_free(proxy->host);
    alloc_free(proxy->user);
    alloc_free(proxy->password);
    *proxy = (struct net_proxy){ 0 };
}

static bool item_holds(const char *item, const char *host)
{
    struct prefix network;
    struct address address;
    if (strcmp(item, "*") == 0) {
        return true;
    }
    if (address_parse(host, &address)) {
        return prefix_parse(item, &network) && prefix_holds(&network, &address);
    }
    item += item[0] == '.';
    const size_t length = strlen(item);
    const size_t whole = strlen(host);
    if (length == 0 || length > whole || !text_equal_nocase(host + whole - length, item)) {
        return false;
    }
    return length == whole || host[whole - length - 1] == '.';
}

bool net_proxy_spares(const char *list, const char *host)
{
    char item[ITEM_MAX];
    while (*list != '\0') {
        const size_t length = strcspn(list, ", \t");
        if (length > 0 && length < sizeof item) {
            memcpy(item, list, length);
            item[length] = '\0';
            if (item_holds(item, host)) {
                return true;
            }
        }
        list += length + (list[length] != '\0');
    }
    return false;
}

/* NULL: the part is not there, or no memory; `part` as curl_url_get takes it. */
static char *take_part(const struct http_curl *curl, CURLU *url, CURLUPart part, unsigned flags, bool *no_memory)
{
    char *text = NULL;
    char *copy = NULL;
    const CURLUcode code = curl->url_get(url, part, &text, flags);
    if (code == CURLUE_OK) {
        copy = alloc_text(text);
    }
    *no_memory = *no_memory || code == CURLUE_OUT_OF_MEMORY || (code == CURLUE_OK && copy == NULL);
    curl->free(text);
    return copy;
}

static bool read_url(const struct http_curl *curl, CURLU *url, struct net_proxy *proxy, struct error *error)
{
    bool no_memory = false;
    char *scheme = take_part(curl, url, CURLUPART_SCHEME, 0, &no_memory);
    char *port = take_part(curl, url, CURLUPART_PORT, 0, &no_memory);
    uint64_t number = PROXY_PORT;
    proxy->host = take_part(curl, url, CURLUPART_HOST, 0, &no_memory);
    proxy->user = take_part(curl, url, CURLUPART_USER, CURLU_URLDECODE, &no_memory);
    proxy->password = take_part(curl, url, CURLUPART_PASSWORD, CURLU_URLDECODE, &no_memory);
    proxy->unsupported = scheme != NULL && strcmp(scheme, "http") != 0;
    if (port != NULL && !text_number(port, UINT16_MAX, &number)) {
        number = PROXY_PORT;
    }
    proxy->port = (uint16_t)number;
    /* curl keeps the brackets of an IPv6 literal */
    const size_t length = proxy->host != NULL ? strlen(proxy->host) : 0;
    if (length > 2 && proxy->host[0] == '[') {
        memmove(proxy->host, proxy->host + 1, length - 2);
        proxy->host[length - 2] = '\0';
    }
    alloc_free(scheme);
    alloc_free(port);
    if (no_memory || proxy->host == NULL) {
        net_proxy_release(proxy);
        return error_no_memory(error);
    }
    return true;
}

static bool parse(const char *word, const char *from, struct net_proxy *proxy, struct error *error)
{
    struct http_curl curl;
    if (!http_curl_load(&curl)) {
        return error_set(error, ERROR_INTERNAL, "libcurl.so.4 is not installed; HTTPS needs it");
    }
    CURLU *url = curl.url();
    if (url == NULL) {
        return error_no_memory(error);
    }
    const CURLUcode code = curl.url_set(url, CURLUPART_URL, word, CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME);
    bool good = false;
    *proxy = (struct net_proxy){ 0 };
    if (code == CURLUE_OUT_OF_MEMORY) {
        error_no_memory(error);
    } else if (code != CURLUE_OK) {
        error_set(error, ERROR_USAGE, "%s: it names no proxy that can be read; write http://HOST:PORT", from);
    } else {
        good = read_url(&curl, url, proxy, error);
        proxy->from = from;
    }
    curl.url_cleanup(url);
    return good;
}

static const char *first_of(const char *const *names, char *(*look)(const char *name), const char **value)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        *value = look(names[i]);
        if (*value != NULL && (*value)[0] != '\0') {
            return names[i];
        }
    }
    return NULL;
}

bool net_proxy_by_environment(const char *host, char *(*look)(const char *name), struct net_proxy *proxy,
                              struct error *error)
{
    static const char *const used[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL };
    static const char *const spared[] = { "no_proxy", "NO_PROXY", NULL };
    const char *word = NULL;
    const char *list = NULL;
    *proxy = (struct net_proxy){ 0 };
    const char *from = first_of(used, look, &word);
    const char *by = first_of(spared, look, &list);
    if (from == NULL) {
        return true;
    }
    if (by != NULL && net_proxy_spares(list, host)) {
        proxy->spared = by;
        return true;
    }
    return parse(word, from, proxy, error);
}

bool net_proxy_by_word(const char *word, struct net_proxy *proxy, struct error *error)
{
    if (strchr(word, '@') != NULL) {
        return error_set(error, ERROR_USAGE,
                         "--proxy: no user or password on the command line, where others can read it; the variable "
                         "https_proxy may hold them");
    }
    if (!parse(word, "--proxy", proxy, error)) {
        return false;
    }
    if (proxy->unsupported) {
        net_proxy_release(proxy);
        return error_set(error, ERROR_USAGE, "--proxy: only http:// proxies are spoken to");
    }
    return true;
}
