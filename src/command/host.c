#include <string.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/text.h"
#include "command/options.h"

/* DNS limits: RFC 1035 2.3.4. */
enum { NAME_MAX_BYTES = 253, LABEL_MAX_BYTES = 63, SHOWN_MAX = 80 };

static bool bad_host(struct error *error, const char *text, const char *why)
{
    char *shown = text_escape(text, strlen(text), SHOWN_MAX);
    error_set(error, ERROR_USAGE, "host \"%s\": %s", shown != NULL ? shown : "", why);
    alloc_free(shown);
    return false;
}

bool port_parse(const char *text, uint16_t *port, struct error *error)
{
    uint64_t value = 0;
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text) || !text_number(text, 65535, &value) ||
        value == 0) {
        char *shown = text_escape(text, strlen(text), SHOWN_MAX);
        error_set(error, ERROR_USAGE, "port \"%s\": a port is a number from 1 to 65535", shown != NULL ? shown : "");
        alloc_free(shown);
        return false;
    }
    *port = (uint16_t)value;
    return true;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool name_is_good(const char *text, const char *name, size_t length, struct error *error)
{
    char why[128];
    if (length == 0) {
        return bad_host(error, text, "it is empty; give a name or an address");
    }
    if (length > NAME_MAX_BYTES + 1U || (length > NAME_MAX_BYTES && name[length - 1] != '.')) {
        snprintf(why, sizeof(why), "%zu bytes; a DNS name has at most %d", length, NAME_MAX_BYTES);
        return bad_host(error, text, why);
    }
    size_t label = 0;
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '.') {
            if (label == 0) {
                snprintf(why, sizeof(why), "an empty label at byte %zu", i + 1);
                return bad_host(error, text, why);
            }
            label = 0;
            continue;
        }
        if (!is_name_byte(name[i])) {
            snprintf(why, sizeof(why), "byte %zu cannot be part of a DNS name%s", i + 1,
                     (unsigned char)name[i] >= 0x80 ? "; write an international name in its xn-- form" : "");
            return bad_host(error, text, why);
        }
        if (++label > LABEL_MAX_BYTES) {
            snprintf(why, sizeof(why), "the label that ends after byte %zu is longer than %d bytes", i,
                     LABEL_MAX_BYTES);
            return bad_host(error, text, why);
        }
    }
    return true;
}

static bool take_host(const char *start, size_t length, char **host, struct error *error)
{
    char *copy = alloc_text_n(start, length);
    if (copy == NULL) {
        return error_no_memory(error);
    }
    *host = copy;
    return true;
}

/* "[v6]" or "[v6]:port" */
static bool parse_bracketed(const char *text, char **host, uint16_t *port, struct error *error)
{
    const char *close = strchr(text, ']');
    if (close == NULL) {
        return bad_host(error, text, "the bracket is not closed; write [v6] or [v6]:PORT");
    }
    if (close[1] != '\0' && close[1] != ':') {
        return bad_host(error, text, "only :PORT may follow the bracket");
    }
    uint16_t given = 0;
    if (close[1] == ':' && !port_parse(close + 2, &given, error)) {
        return false;
    }
    char *inner = NULL;
    if (!take_host(text + 1, (size_t)(close - text - 1), &inner, error)) {
        return false;
    }
    struct address address;
    if (!address_parse(inner, &address) || address.family != ADDRESS_V6) {
        alloc_free(inner);
        return bad_host(error, text, "what stands in brackets is not an IPv6 address");
    }
    *host = inner;
    *port = given;
    return true;
}

bool host_parse(const char *text, char **host, uint16_t *port, struct error *error)
{
    struct address address;
    if (text[0] == '[') {
        return parse_bracketed(text, host, port, error);
    }
    if (strstr(text, "://") != NULL) {
        return bad_host(error, text, "give the host alone, without what stands before :// and behind a slash");
    }
    const char *colon = strchr(text, ':');
    uint16_t given = 0;
    size_t length = strlen(text);
    if (colon != NULL && strchr(colon + 1, ':') != NULL) {
        if (!address_parse(text, &address)) {
            return bad_host(error, text, "it has several colons but is not an IPv6 address; with a port: [v6]:PORT");
        }
    } else {
        if (colon != NULL) {
            length = (size_t)(colon - text);
            if (!port_parse(colon + 1, &given, error)) {
                return false;
            }
        }
        if (!name_is_good(text, text, length, error)) {
            return false;
        }
        if (strspn(text, "0123456789.") == length) {
            char *literal = NULL;
            if (!take_host(text, length, &literal, error)) {
                return false;
            }
            const bool good = address_parse(literal, &address);
            alloc_free(literal);
            if (!good) {
                return bad_host(error, text, "digits and dots, but not an IPv4 address");
            }
        }
    }
    if (!take_host(text, length, host, error)) {
        return false;
    }
    *port = given;
    return true;
}
