#include "base/base64.h"

bool base64_add(struct buffer *out, const void *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *at = bytes;
    while (size > 0) {
        const size_t taken = size < 3 ? size : 3;
        uint32_t block = (uint32_t)at[0] << 16;
        block |= taken > 1 ? (uint32_t)at[1] << 8 : 0;
        block |= taken > 2 ? at[2] : 0U;
        char four[4] = { digits[block >> 18], digits[block >> 12 & 63], '=', '=' };
        if (taken > 1) {
            four[2] = digits[block >> 6 & 63];
        }
        if (taken > 2) {
            four[3] = digits[block & 63];
        }
        if (!buffer_add(out, four, sizeof four)) {
            return false;
        }
        at += taken;
        size -= taken;
    }
    return buffer_text(out, "");
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct buffer *out, const char *text, size_t size)
{
    uint32_t block = 0;
    size_t bits = 0;
    size_t at = 0;
    while (at < size && value_of(text[at]) >= 0) {
        block = block << 6 | (uint32_t)value_of(text[at++]);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            const uint8_t byte = (uint8_t)(block >> bits);
            if (!buffer_add(out, &byte, 1)) {
                return false;
            }
        }
    }
    size_t fills = 0;
    while (at + fills < size && text[at + fills] == '=') {
        fills++;
    }
    /* RFC 4648 3.5: no bits may be left over, and the fills make it whole */
    return at + fills == size && (at + fills) % 4 == 0 && fills <= 2 && (block & ((1U << bits) - 1)) == 0;
}
