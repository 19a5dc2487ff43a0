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
