#include "base/address.h"

#include <stdio.h>
#include <string.h>

#if defined(_WIN32)
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <net/if.h>
#endif

#include "base/text.h"

static bool parse_scope(const char *text, uint32_t *scope)
{
    uint64_t number;
    if (text_number(text, UINT32_MAX, &number)) {
        *scope = (uint32_t)number;
        return number != 0;
    }
#if defined(_WIN32)
    return false; /* Windows knows zones by number only */
#else
    *scope = if_nametoindex(text);
    return *scope != 0;
#endif
}

bool address_parse(const char *text, struct address *address)
{
    struct address parsed = { .family = ADDRESS_V4 };
    if (inet_pton(AF_INET, text, parsed.bytes) == 1) {
        *address = parsed;
        return true;
    }
    char bare[INET6_ADDRSTRLEN];
    const char *percent = strchr(text, '%');
    size_t length = percent != NULL ? (size_t)(percent - text) : strlen(text);
    if (length >= sizeof(bare)) {
        return false;
    }
    memcpy(bare, text, length);
    bare[length] = '\0';
    parsed = (struct address){ .family = ADDRESS_V6 };
    if (inet_pton(AF_INET6, bare, parsed.bytes) != 1) {
        return false;
    }
    if (percent != NULL && !parse_scope(percent + 1, &parsed.scope)) {
        return false;
    }
    *address = parsed;
    return true;
}

void address_unmap(struct address *address)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    if (address->family == ADDRESS_V6 && memcmp(address->bytes, mapped, sizeof(mapped)) == 0) {
        memmove(address->bytes, address->bytes + sizeof(mapped), 4);
        memset(address->bytes + 4, 0, sizeof(mapped));
        address->family = ADDRESS_V4;
    }
}

void address_format(const struct address *address, char text[ADDRESS_TEXT_SIZE])
{
    text[0] = '\0';
    if (address->family == ADDRESS_V4) {
        snprintf(text, ADDRESS_TEXT_SIZE, "%u.%u.%u.%u", address->bytes[0], address->bytes[1], address->bytes[2],
                 address->bytes[3]);
    } else if (address->family == ADDRESS_V6) {
        inet_ntop(AF_INET6, address->bytes, text, INET6_ADDRSTRLEN);
        if (address->scope != 0) {
            /* By number: a saved document must read the same on a machine without that interface. */
            size_t length = strlen(text);
            snprintf(text + length, ADDRESS_TEXT_SIZE - length, "%%%u", (unsigned)address->scope);
        }
    }
}

bool address_equal(const struct address *a, const struct address *b)
{
    static const size_t sizes[] = { [ADDRESS_NONE] = 0, [ADDRESS_V4] = 4, [ADDRESS_V6] = 16 };
    return a->family == b->family && a->scope == b->scope && memcmp(a->bytes, b->bytes, sizes[a->family]) == 0;
}

struct block {
    uint8_t bytes[4]; /* no block that matters is told apart by later bytes, those below aside */
    uint8_t bits;
    enum address_class class;
};

static const struct block blocks_v4[] = {
    { { 127 }, 8, ADDRESS_CLASS_LOOPBACK },
    { { 10 }, 8, ADDRESS_CLASS_PRIVATE },
    { { 172, 16 }, 12, ADDRESS_CLASS_PRIVATE },
    { { 192, 168 }, 16, ADDRESS_CLASS_PRIVATE },
    { { 169, 254 }, 16, ADDRESS_CLASS_LINK_LOCAL },
    { { 100, 64 }, 10, ADDRESS_CLASS_SHARED },
    { { 198, 18 }, 15, ADDRESS_CLASS_BENCHMARK },
    { { 192, 0, 2 }, 24, ADDRESS_CLASS_DOCUMENTATION },
    { { 198, 51, 100 }, 24, ADDRESS_CLASS_DOCUMENTATION },
    { { 203, 0, 113 }, 24, ADDRESS_CLASS_DOCUMENTATION },
    { { 224 }, 4, ADDRESS_CLASS_MULTICAST },
    { { 0 }, 32, ADDRESS_CLASS_UNSPECIFIED },
};

static const struct block blocks_v6[] = {
    { { 0xfc }, 7, ADDRESS_CLASS_PRIVATE },
    { { 0xfe, 0x80 }, 10, ADDRESS_CLASS_LINK_LOCAL },
    { { 0xfe, 0xc0 }, 10, ADDRESS_CLASS_PRIVATE }, /* site-local, deprecated by RFC 3879, still seen */
    { { 0xff }, 8, ADDRESS_CLASS_MULTICAST },
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32, ADDRESS_CLASS_DOCUMENTATION },
    { { 0x3f, 0xff }, 20, ADDRESS_CLASS_DOCUMENTATION }, /* RFC 9637 */
};

static uint32_t word_of(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static enum address_class find_block(const struct block *blocks, size_t count, const uint8_t *bytes)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t mask = UINT32_MAX << (32 - blocks[i].bits);
        if (((word_of(bytes) ^ word_of(blocks[i].bytes)) & mask) == 0) {
            return blocks[i].class;
        }
    }
    return ADDRESS_CLASS_GLOBAL;
}

enum address_class address_class_of(const struct address *address)
{
    static const uint8_t zeros[16];
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    if (address->family == ADDRESS_NONE) {
        return ADDRESS_CLASS_UNSPECIFIED;
    }
    if (address->family == ADDRESS_V4) {
        return find_block(blocks_v4, COUNT_OF(blocks_v4), address->bytes);
    }
    if (memcmp(address->bytes, mapped, sizeof(mapped)) == 0) {
        return find_block(blocks_v4, COUNT_OF(blocks_v4), address->bytes + 12);
    }
    if (memcmp(address->bytes, zeros, 15) == 0 && address->bytes[15] <= 1) {
        return address->bytes[15] == 1 ? ADDRESS_CLASS_LOOPBACK : ADDRESS_CLASS_UNSPECIFIED;
    }
    return find_block(blocks_v6, COUNT_OF(blocks_v6), address->bytes);
}
