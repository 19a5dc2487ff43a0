/* The head of an answer, line by line as curl hands it over. */
#include <string.h>

#include "base/text.h"
#include "net/http_internal.h"

static void copy(char *to, size_t room, const char *from, size_t size)
{
    const size_t length = size < room ? size : room - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* RFC 9110 5.6.2 */
static bool is_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* RFC 9110 11.6.1: challenges are separated by commas, and so are their parameters; a name before '=' is a parameter,
 * unless what precedes the '=' is a whole token68. */
static void add_schemes(struct net_http_head *head, const char *value, size_t size)
{
    size_t at = 0;
    while (at < size) {
        while (at < size && (is_blank(value[at]) || value[at] == ',')) {
            at++;
        }
        size_t end = at;
        while (end < size && is_token(value[end])) {
            end++;
        }
        size_t rest = end;
        while (rest < size && is_blank(value[rest])) {
            rest++;
        }
        const bool parameter = rest < size && value[rest] == '=';
        if (end > at && !parameter && head->scheme_count < NET_HTTP_SCHEMES) {
            copy(head->schemes[head->scheme_count++], NET_HTTP_SCHEME_SIZE, value + at, end - at);
        }
        size_t comma = rest;
        bool quoted = false;
        while (comma < size && (quoted || value[comma] != ',')) {
            quoted = quoted != (value[comma] == '"');
            comma++;
        }
        const bool blank_inside = memchr(value + rest, '=', comma - rest) != NULL && comma > rest + 1 &&
                                  value[comma - 1] != '=' && memchr(value + rest, '"', comma - rest) != NULL;
        if (!parameter && rest > end && comma > rest && !blank_inside && head->token[0] == '\0') {
            copy(head->token, sizeof head->token, value + rest, comma - rest);
        }
        at = comma > at ? comma : at + 1;
    }
}

static bool named(const char *line, size_t size, const char *name, const char **value, size_t *value_size)
{
    const size_t length = strlen(name);
    char have[32];
    if (size <= length || line[length] != ':' || length >= sizeof have) {
        return false;
    }
    copy(have, sizeof have, line, length);
    if (!text_equal_nocase(have, name)) {
        return false;
    }
    size_t at = length + 1;
    while (at < size && is_blank(line[at])) {
        at++;
    }
    while (size > at && is_blank(line[size - 1])) {
        size--;
    }
    *value = line + at;
    *value_size = size - at;
    return true;
}

/* RFC 9112 4: "HTTP/1.1 401 ..."; 0: not that. */
static int status_of(const char *line, size_t size)
{
    enum { AT = 9, DIGITS = 3 };
    int status = 0;
    for (size_t i = AT; i < AT + DIGITS; i++) {
        if (size < AT + DIGITS || line[i] < '0' || line[i] > '9') {
            return 0;
        }
        status = status * 10 + (line[i] - '0');
    }
    return line[6] == '.' && line[8] == ' ' ? status : 0;
}

static void take_field(const struct net_http *http, struct net_http_head *head, bool proxy, const char *line,
                       size_t size)
{
    const char *value;
    size_t length;
    if (named(line, size, proxy ? "Proxy-Authenticate" : "WWW-Authenticate", &value, &length)) {
        add_schemes(head, value, length);
    } else if (named(line, size, "Location", &value, &length)) {
        copy(head->location, sizeof head->location, value, length);
    } else if (named(line, size, "Server", &value, &length)) {
        copy(head->server, sizeof head->server, value, length);
    } else if (named(line, size, "Content-Type", &value, &length)) {
        char text[8];
        copy(text, sizeof text, value, length < 5 ? length : 5);
        head->page = text_equal_nocase(text, "text/");
    } else if (named(line, size, "Date", &value, &length)) {
        char text[64];
        copy(text, sizeof text, value, length);
        head->date_s = (int64_t)http->curl.getdate(text, NULL);
    }
}

bool http_head_line(struct net_http *http, const char *line, size_t size)
{
    http->head_bytes += size;
    if (http->head_bytes > HTTP_HEAD_CAP) {
        http->too_much = true;
        return false;
    }
    const bool proxy = http->by_proxy && !http->tunnel;
    struct net_http_head *head = proxy ? &http->proxy_head : &http->head;
    while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r')) {
        size--;
    }
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        *head = (struct net_http_head){ .status = status_of(line, size), .date_s = -1 };
    } else if (size > 0) {
        take_field(http, head, proxy, line, size);
    } else if (proxy) {
        http->tunnel = head->status / 100 == 2;
    } else if (head->status / 100 != 1 || head->status == 101) {
        http->head_over = true;
        return http->whole;
    }
    return true;
}
