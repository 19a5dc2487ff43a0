#include "wire/rdp_file_write.h"

#include <string.h>

#include "base/base64.h"

enum { FILE_CAP = 1 << 20, SIGNATURE_LINE = 64 };

/* What can be signed, in the order in which it is, with the name the scope gives it. Of rdpsign's list the settings
 * that are written here. */
static const struct {
    const char *name;
    const char *scope;
} signable[] = {
    { "full address", "Full Address" },
    { "alternate full address", "Alternate Full Address" },
    { "server port", "Server Port" },
    { "negotiate security layer", "Negotiate Security Layer" },
    { "enablecredsspsupport", "EnableCredSspSupport" },
    { "gatewayhostname", "GatewayHostname" },
    { "gatewayusagemethod", "GatewayUsageMethod" },
    { "gatewayprofileusagemethod", "GatewayProfileUsageMethod" },
    { "gatewaycredentialssource", "GatewayCredentialsSource" },
    { "promptcredentialonce", "PromptCredentialOnce" },
    { "prompt for credentials", "Prompt For Credentials" },
    { "authentication level", "Authentication Level" },
};

static bool add_line(struct buffer *text, const struct rdp_file_line *line)
{
    if (line->value != NULL && strpbrk(line->value, "\r\n") != NULL) {
        return false;
    }
    return line->value != NULL ? buffer_format(text, "%s:%c:%s\r\n", line->name, line->type, line->value)
                               : buffer_format(text, "%s:%c:%d\r\n", line->name, line->type, line->number);
}

static const struct rdp_file_line *line_of(const struct rdp_file_line *lines, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(lines[i].name, name) == 0) {
            return &lines[i];
        }
    }
    return NULL;
}

static bool add_scope(struct buffer *text, const struct rdp_file_line *lines, size_t count)
{
    bool first = true;
    bool good = buffer_text(text, "signscope:s:");
    for (size_t i = 0; i < COUNT_OF(signable) && good; i++) {
        if (line_of(lines, count, signable[i].name) != NULL) {
            good = buffer_format(text, "%s%s", first ? "" : ",", signable[i].scope);
            first = false;
        }
    }
    return good && buffer_text(text, "\r\n");
}

/* One code point of UTF-8 that base/text.h has checked; anything else becomes U+FFFD. Returns the bytes used. */
static size_t next_point(const uint8_t *at, size_t left, uint32_t *point)
{
    static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const size_t size = at[0] < 0x80             ? 1
                        : (at[0] & 0xE0) == 0xC0 ? 2
                        : (at[0] & 0xF0) == 0xE0 ? 3
                        : (at[0] & 0xF8) == 0xF0 ? 4
                                                 : 0;
    *point = 0xFFFD;
    if (size == 0 || size > left) {
        return 1;
    }
    uint32_t value = size == 1 ? at[0] : at[0] & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 1;
        }
        value = value << 6 | (at[i] & 0x3FU);
    }
    if (value >= lowest[size] && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF)) {
        *point = value;
    }
    return size;
}

static bool add_unit(struct buffer *out, uint32_t unit)
{
    const uint8_t bytes[] = { (uint8_t)unit, (uint8_t)(unit >> 8) };
    return buffer_add(out, bytes, sizeof bytes);
}

static bool add_wide(struct buffer *out, const struct buffer *text)
{
    bool good = true;
    for (size_t at = 0; at < text->size && good;) {
        uint32_t point;
        at += next_point(text->bytes + at, text->size - at, &point);
        if (point < 0x10000) {
            good = add_unit(out, point);
        } else {
            good = add_unit(out, 0xD800 + ((point - 0x10000) >> 10)) && add_unit(out, 0xDC00 + (point & 0x3FF));
        }
    }
    return good;
}

bool rdp_file_write(struct buffer *out, const struct rdp_file_line *lines, size_t count, const char *signature)
{
    struct buffer text;
    bool good = true;
    buffer_init(&text, FILE_CAP);
    for (size_t i = 0; i < count && good; i++) {
        good = add_line(&text, &lines[i]);
    }
    if (signature != NULL) {
        good = good && add_scope(&text, lines, count) && buffer_format(&text, "signature:s:%s\r\n", signature);
    }
    good = good && add_unit(out, 0xFEFF) && add_wide(out, &text);
    buffer_release(&text);
    return good;
}

bool rdp_file_signed_bytes(struct buffer *out, const struct rdp_file_line *lines, size_t count)
{
    struct buffer text;
    bool good = true;
    buffer_init(&text, FILE_CAP);
    for (size_t i = 0; i < COUNT_OF(signable) && good; i++) {
        const struct rdp_file_line *line = line_of(lines, count, signable[i].name);
        good = line == NULL || add_line(&text, line);
    }
    good = good && add_scope(&text, lines, count) && add_wide(out, &text) && add_unit(out, 0);
    buffer_release(&text);
    return good;
}

bool rdp_file_signature(struct buffer *out, const void *der, size_t size)
{
    /* 0x00010001, 0x00000001, the size: each little-endian, 32 bits. */
    const uint8_t header[] = {
        1, 0, 1, 0, 1, 0, 0, 0, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24)
    };
    struct buffer whole;
    struct buffer text;
    buffer_init(&whole, FILE_CAP);
    buffer_init(&text, FILE_CAP);
    bool good = buffer_add(&whole, header, sizeof header) && buffer_add(&whole, der, size) &&
                base64_add(&text, whole.bytes, whole.size);
    for (size_t at = 0; at < text.size && good; at += SIGNATURE_LINE) {
        const size_t left = text.size - at;
        good =
            buffer_add(out, text.bytes + at, left < SIGNATURE_LINE ? left : SIGNATURE_LINE) && buffer_text(out, "  ");
    }
    buffer_release(&whole);
    buffer_release(&text);
    return good;
}
