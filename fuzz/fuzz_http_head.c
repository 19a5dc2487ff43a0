/* The head of an HTTP answer, line by line as curl hands it over. The first byte says whether a proxy answers. */
#include "fuzz.h"

#include "net/http_head.c"

static int is_ended(const char *text, size_t room)
{
    return memchr(text, '\0', room) != NULL;
}

static void check(const struct net_http_head *head)
{
    FUZZ_PROMISE(head->status >= 0 && head->status <= 999);
    FUZZ_PROMISE(head->scheme_count <= NET_HTTP_SCHEMES);
    for (size_t i = 0; i < head->scheme_count; i++) {
        FUZZ_PROMISE(head->schemes[i][0] != '\0' && is_ended(head->schemes[i], sizeof head->schemes[i]));
        FUZZ_PROMISE(strpbrk(head->schemes[i], " \t\r\n,=\"") == NULL);
    }
    FUZZ_PROMISE(is_ended(head->token, sizeof head->token) && is_ended(head->location, sizeof head->location) &&
                 is_ended(head->server, sizeof head->server));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct net_http *http = calloc(1, sizeof *http);
    http->curl.getdate = curl_getdate; /* all that a head needs of it */
    http->by_proxy = (bytes[0] & 1) != 0;
    http->whole = (bytes[0] & 2) != 0;
    bool more = true;
    for (size_t at = 1; at < size && more;) {
        const uint8_t *end = memchr(bytes + at, '\n', size - at);
        const size_t length = end != NULL ? (size_t)(end - bytes) + 1 - at : size - at;
        char *line = malloc(length); /* no byte more than the line */
        memcpy(line, bytes + at, length);
        more = http_head_line(http, line, length);
        FUZZ_PROMISE(http->head_bytes <= HTTP_HEAD_CAP || !more);
        free(line);
        at += length;
    }
    check(&http->head);
    check(&http->proxy_head);
    free(http);
    return 0;
}
