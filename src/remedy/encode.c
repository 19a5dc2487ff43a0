#include "remedy/encode.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

bool encode_base64(struct buffer *out, const void *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *at = bytes;
    while (size > 0) {
        size_t taken = size < 3 ? size : 3;
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

bool encode_command(struct buffer *out, const char *text)
{
    size_t length = strlen(text);
    char *wide = alloc_array(length, 2);
    if (wide == NULL) {
        out->failed = true;
        return false;
    }
    bool ascii = true;
    for (size_t i = 0; i < length; i++) {
        ascii = ascii && (unsigned char)text[i] < 0x80;
        wide[2 * i] = text[i];
    }
    bool done = ascii && encode_base64(out, wide, 2 * length);
    alloc_free(wide);
    return done;
}
