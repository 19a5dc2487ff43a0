#include "base/prefix.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

static unsigned width(enum address_family family)
{
    return family == ADDRESS_V4 ? 32 : family == ADDRESS_V6 ? 128 : 0;
}

bool prefix_parse(const char *text, struct prefix *prefix)
{
    char address[ADDRESS_TEXT_SIZE];
    const char *slash = strchr(text, '/');
    const size_t length = slash != NULL ? (size_t)(slash - text) : strlen(text);
    struct prefix parsed;
    uint64_t bits = 0;
    if (length >= sizeof(address)) {
        return false;
    }
    memcpy(address, text, length);
    address[length] = '\0';
    if (!address_parse(address, &parsed.address)) {
        return false;
    }
    parsed.bits = width(parsed.address.family);
    if (slash != NULL) {
        if (!text_number(slash + 1, parsed.bits, &bits)) {
            return false;
        }
        parsed.bits = (unsigned)bits;
    }
    *prefix = parsed;
    return true;
}

bool prefix_holds(const struct prefix *prefix, const struct address *address)
{
    if (address->family != prefix->address.family || prefix->bits > width(address->family)) {
        return false;
    }
    const size_t whole = prefix->bits / 8;
    const unsigned rest = prefix->bits % 8;
    if (memcmp(prefix->address.bytes, address->bytes, whole) != 0) {
        return false;
    }
    const unsigned mask = rest == 0 ? 0 : 0xFFU << (8 - rest);
    return rest == 0 || ((prefix->address.bytes[whole] ^ address->bytes[whole]) & mask & 0xFFU) == 0;
}

bool prefix_is_host(const struct prefix *prefix)
{
    return prefix->bits != 0 && prefix->bits == width(prefix->address.family);
}
