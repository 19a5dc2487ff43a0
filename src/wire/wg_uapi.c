#include "wire/wg_uapi.h"

#include <string.h>

#include "base/prefix.h"
#include "wire/endpoint.h"

enum { LINE_MAX_SIZE = 256 };

bool wg_uapi_whole(const uint8_t *bytes, size_t size)
{
    return size >= 2 && bytes[size - 1] == '\n' && bytes[size - 2] == '\n';
}

/* The next line as text; one that is too long to mean anything to us comes out empty. */
static bool next_line(const uint8_t **at, const uint8_t *end, char line[LINE_MAX_SIZE])
{
    const uint8_t *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
    if (stop == NULL) {
        return false;
    }
    const size_t length = (size_t)(stop - *at);
    const bool fits = length < LINE_MAX_SIZE && memchr(*at, '\0', length) == NULL;
    if (fits) {
        memcpy(line, *at, length);
    }
    line[fits ? length : 0] = '\0';
    *at = stop + 1;
    return true;
}

static const char *value_of(const char *line, const char *key)
{
    const size_t length = strlen(key);
    return strncmp(line, key, length) == 0 && line[length] == '=' ? line + length + 1 : NULL;
}

struct peer {
    struct address endpoint;
    uint16_t port;
    int bits; /* of the longest prefix that holds the address; -1: none does */
};

bool wg_uapi_endpoint(const uint8_t *bytes, size_t size, const struct address *to, struct address *endpoint,
                      uint16_t *port)
{
    struct peer best = { .bits = -1 };
    struct peer peer = { .bits = -1 };
    const uint8_t *at = bytes;
    const uint8_t *end = bytes + size;
    char line[LINE_MAX_SIZE];
    bool more = true;
    while (more) {
        more = next_line(&at, end, line);
        const char *endpoint_text = more ? value_of(line, "endpoint") : NULL;
        const char *allowed = more ? value_of(line, "allowed_ip") : NULL;
        struct prefix prefix;
        if (!more || value_of(line, "public_key") != NULL) {
            best = peer.bits > best.bits ? peer : best;
            peer = (struct peer){ .bits = -1 };
        } else if (endpoint_text != NULL) {
            if (!endpoint_parse(endpoint_text, &peer.endpoint, &peer.port)) {
                peer.endpoint.family = ADDRESS_NONE;
            }
        } else if (allowed != NULL && prefix_parse(allowed, &prefix) && prefix_holds(&prefix, to) &&
                   (int)prefix.bits > peer.bits) {
            peer.bits = (int)prefix.bits;
        }
    }
    if (best.bits < 0 || best.endpoint.family == ADDRESS_NONE) {
        return false;
    }
    *endpoint = best.endpoint;
    *port = best.port;
    return true;
}
