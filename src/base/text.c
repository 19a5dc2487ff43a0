#include "base/text.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"

/* Length of the valid UTF-8 sequence at `at` (RFC 3629 section 4) and its code point, or 0. */
static size_t utf8_at(const uint8_t *at, size_t left, uint32_t *point)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t length = at[0] < 0x80             ? 1
                    : (at[0] & 0xe0) == 0xc0 ? 2
                    : (at[0] & 0xf0) == 0xe0 ? 3
                    : (at[0] & 0xf8) == 0xf0 ? 4
                                             : 0;
    if (length == 0 || length > left) {
        return 0;
    }
    uint32_t value = length == 1 ? at[0] : at[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (at[i] & 0x3fU);
    }
    if ((length > 1 && value < smallest[length]) || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *point = value;
    return length;
}

static bool harmful(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x61c || point == 0x200e || point == 0x200f ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

static void add_escaped(struct buffer *out, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        buffer_format(out, "\\x%02x", bytes[i]);
    }
}

static char *finish(struct buffer *out, bool cut)
{
    if (cut) {
        buffer_text(out, "...");
    }
    char *text = buffer_steal_text(out);
    buffer_release(out);
    return text;
}

enum { WIDEST_ESCAPE = 16 };

char *text_escape(const void *bytes, size_t size, size_t cap)
{
    const uint8_t *in = bytes;
    struct buffer out;
    buffer_init(&out, cap + WIDEST_ESCAPE);
    size_t i = 0;
    while (i < size && out.size < cap && !out.failed) {
        uint32_t point = 0;
        size_t length = utf8_at(in + i, size - i, &point);
        if (length == 0) {
            add_escaped(&out, in + i, 1);
            i++;
            continue;
        }
        if (harmful(point)) {
            add_escaped(&out, in + i, length);
        } else if (point == '\\') {
            buffer_text(&out, "\\\\");
        } else {
            buffer_add(&out, in + i, length);
        }
        i += length;
    }
    return finish(&out, i < size);
}

char *text_unescape(const char *escaped)
{
    char *out = alloc_text_n(escaped, strlen(escaped)); /* never longer */
    size_t used = 0;
    for (const char *at = escaped; out != NULL && *at != '\0'; at++) {
        uint8_t byte = (uint8_t)*at;
        size_t size = 0;
        if (at[0] == '\\' && at[1] == '\\') {
            at++;
        } else if (at[0] == '\\' && at[1] == 'x' && at[2] != '\0' && at[3] != '\0' &&
                   text_unhex((const char[]){ at[2], at[3], '\0' }, &byte, 1, &size)) {
            at += 3;
        }
        if (byte == 0) {
            alloc_free(out);
            return NULL;
        }
        out[used++] = (char)byte;
        out[used] = '\0';
    }
    return out;
}

static size_t utf8_put(uint32_t point, uint8_t out[4])
{
    if (point < 0x80) {
        out[0] = (uint8_t)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (uint8_t)(0xc0 | point >> 6);
        out[1] = (uint8_t)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (uint8_t)(0xe0 | point >> 12);
        out[1] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (point & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | point >> 18);
    out[1] = (uint8_t)(0x80 | (point >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (point & 0x3f));
    return 4;
}

char *text_escape_utf16le(const void *bytes, size_t size, size_t cap)
{
    const uint8_t *in = bytes;
    struct buffer out;
    buffer_init(&out, cap + WIDEST_ESCAPE);
    size_t i = 0;
    while (i + 1 < size && out.size < cap && !out.failed) {
        uint32_t unit = (uint32_t)in[i] | (uint32_t)in[i + 1] << 8;
        i += 2;
        uint32_t point = unit;
        if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < size && (in[i + 1] & 0xfc) == 0xdc) {
            uint32_t low = (uint32_t)in[i] | (uint32_t)in[i + 1] << 8;
            point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        } else if (unit >= 0xd800 && unit <= 0xdfff) {
            buffer_format(&out, "\\u%04x", (unsigned)unit);
            continue;
        }
        uint8_t utf8[4];
        size_t length = utf8_put(point, utf8);
        if (harmful(point)) {
            add_escaped(&out, utf8, length);
        } else if (point == '\\') {
            buffer_text(&out, "\\\\");
        } else {
            buffer_add(&out, utf8, length);
        }
    }
    if (i + 1 == size && out.size < cap) {
        add_escaped(&out, in + i, 1);
        i++;
    }
    return finish(&out, i < size);
}

bool text_is_clean(const char *text)
{
    const uint8_t *in = (const uint8_t *)text;
    size_t size = strlen(text);
    for (size_t i = 0; i < size;) {
        uint32_t point;
        size_t length = utf8_at(in + i, size - i, &point);
        if (length == 0 || harmful(point)) {
            return false;
        }
        i += length;
    }
    return true;
}

char *text_hex(const void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *in = bytes;
    char *hex = alloc_array(size + 1, 2);
    for (size_t i = 0; hex != NULL && i < size; i++) {
        hex[2 * i] = digits[in[i] >> 4];
        hex[2 * i + 1] = digits[in[i] & 15];
    }
    return hex;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool text_unhex(const char *hex, uint8_t *bytes, size_t room, size_t *size)
{
    size_t length = strlen(hex);
    if (length % 2 != 0 || length / 2 > room) {
        return false;
    }
    for (size_t i = 0; i < length; i += 2) {
        int high = digit_of(hex[i]);
        int low = digit_of(hex[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    *size = length / 2;
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

bool text_number(const char *text, uint64_t max, uint64_t *value)
{
    unsigned base = 10;
    if (text[0] == '0' && lower(text[1]) == 'x') {
        base = 16;
        text += 2;
    }
    if (*text == '\0') {
        return false;
    }
    uint64_t sum = 0;
    for (; *text != '\0'; text++) {
        int digit = digit_of(*text);
        if (digit < 0 || (unsigned)digit >= base || sum > max / base) {
            return false;
        }
        sum *= base;
        if ((unsigned)digit > max - sum) {
            return false;
        }
        sum += (unsigned)digit;
    }
    *value = sum;
    return true;
}
