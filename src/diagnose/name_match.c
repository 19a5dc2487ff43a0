#include "diagnose/name_match.h"

#include <string.h>

#include "base/address.h"

enum { NETBIOS_NAME_LENGTH = 15 };

static size_t length_without_dot(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && name[length - 1] == '.' ? length - 1 : length;
}

static bool same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    if (a_length != b_length) {
        return false;
    }
    for (size_t i = 0; i < a_length; i++) {
        char left = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] + ('a' - 'A')) : a[i];
        char right = b[i] >= 'A' && b[i] <= 'Z' ? (char)(b[i] + ('a' - 'A')) : b[i];
        if (left != right) {
            return false;
        }
    }
    return true;
}

bool name_matches_strictly(const char *pattern, const char *host)
{
    struct address one;
    struct address other;
    if (address_parse(host, &other)) {
        return address_parse(pattern, &one) && address_equal(&one, &other);
    }
    size_t pattern_length = length_without_dot(pattern);
    size_t host_length = length_without_dot(host);
    if (same(pattern, pattern_length, host, host_length)) {
        return true;
    }
    /* RFC 6125 6.4.3: the star stands for exactly one whole label, the leftmost, of a name of at least three */
    if (pattern_length > 2 && pattern[0] == '*' && pattern[1] == '.') {
        const char *dot = memchr(host, '.', host_length);
        return dot != NULL && dot != host && memchr(pattern + 2, '.', pattern_length - 2) != NULL &&
               same(pattern + 1, pattern_length - 1, dot, host_length - (size_t)(dot - host));
    }
    return false;
}

bool name_matches(const char *pattern, const char *host)
{
    struct address address;
    if (name_matches_strictly(pattern, host)) {
        return true;
    }
    const size_t pattern_length = length_without_dot(pattern);
    const size_t host_length = length_without_dot(host);
    const bool wild = pattern_length > 2 && pattern[0] == '*' && pattern[1] == '.';
    if (wild || address_parse(host, &address) || same(pattern, pattern_length, host, host_length)) {
        return false;
    }
    const char *dot = memchr(pattern, '.', pattern_length);
    size_t first = dot != NULL ? (size_t)(dot - pattern) : pattern_length;
    if (memchr(host, '.', host_length) != NULL) {
        return false;
    }
    /* a short name fits the full one's first label; NetBIOS cuts names after 15 characters */
    return same(pattern, first, host, host_length) ||
           (host_length == NETBIOS_NAME_LENGTH && first > NETBIOS_NAME_LENGTH &&
            same(pattern, NETBIOS_NAME_LENGTH, host, host_length));
}

bool certificate_matches(const struct ev_certificate *certificate, const char *host, bool strictly)
{
    bool (*const matches)(const char *, const char *) = strictly ? name_matches_strictly : name_matches;
    bool any = false;
    ev_each (item, const struct ev_name_item, &certificate->san) {
        if (item->name.v != NULL) {
            any = true;
            if (matches(item->name.v, host)) {
                return true;
            }
        }
    }
    return !any && certificate->common_name.v != NULL && matches(certificate->common_name.v, host);
}
