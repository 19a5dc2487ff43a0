#include "read/lines.h"

#include <string.h>

#include "base/alloc.h"

bool lines_init(struct lines *lines, line_take take, void *context, struct error *error)
{
    *lines = (struct lines){ .take = take, .context = context };
    lines->line = alloc_new(LINES_KEPT + 8);
    lines->again = alloc_new(2 * LINES_KEPT + 8);
    return (lines->line != NULL && lines->again != NULL) || error_no_memory(error);
}

void lines_release(struct lines *lines)
{
    alloc_free(lines->line);
    alloc_free(lines->again);
    *lines = (struct lines){ 0 };
}

/* How many bytes the UTF-8 character at `at` has (RFC 3629); 0: it is none. */
static size_t utf8_length(const uint8_t *at, size_t left)
{
    const size_t size = at[0] < 0x80                    ? 1
                        : at[0] >= 0xC2 && at[0] < 0xE0 ? 2
                        : at[0] >= 0xE0 && at[0] < 0xF0 ? 3
                        : at[0] >= 0xF0 && at[0] < 0xF5 ? 4
                                                        : 0;
    if (size == 0 || size > left) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    const bool bad = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
                     (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F);
    return bad ? 0 : size;
}

static bool is_utf8(const char *text, size_t size)
{
    const uint8_t *bytes = (const uint8_t *)text;
    for (size_t i = 0; i < size;) {
        const size_t length = utf8_length(bytes + i, size - i);
        if (length == 0) {
            return false;
        }
        i += length;
    }
    return true;
}

/* A line that was cut may end in half a character. */
static void trim(struct lines *lines)
{
    size_t back = 0;
    while (back < 3 && back < lines->size && ((uint8_t)lines->line[lines->size - 1 - back] & 0xC0) == 0x80) {
        back++;
    }
    if (back < lines->size && (uint8_t)lines->line[lines->size - 1 - back] >= 0xC2 &&
        utf8_length((const uint8_t *)lines->line + lines->size - 1 - back, back + 1) == 0) {
        lines->size -= back + 1;
    }
}

static size_t latin_to_utf8(const char *from, size_t size, char *to)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        const uint8_t c = (uint8_t)from[i];
        if (c < 0x80) {
            to[used++] = (char)c;
        } else {
            to[used++] = (char)(0xC0 | c >> 6);
            to[used++] = (char)(0x80 | (c & 0x3F));
        }
    }
    return used;
}

static bool hand_on(struct lines *lines, struct error *error)
{
    struct text_line line = { .number = ++lines->number, .cut = lines->cut };
    if (lines->cut) {
        lines->first_cut = lines->cut_count++ == 0 ? line.number : lines->first_cut;
        trim(lines);
    }
    while (lines->size > 0 && lines->line[lines->size - 1] == '\r') {
        lines->size--;
    }
    char *text = lines->line;
    line.size = lines->size;
    if (!is_utf8(text, line.size)) {
        line.size = latin_to_utf8(lines->line, lines->size, lines->again);
        text = lines->again;
        lines->latin_count++;
    }
    text[line.size] = '\0'; /* both have room for it */
    line.text = text;
    lines->size = 0;
    lines->cut = false;
    lines->open = false;
    return lines->take(lines->context, &line, error);
}

static void keep(struct lines *lines, const void *bytes, size_t size)
{
    const size_t room = LINES_KEPT - lines->size;
    const size_t fits = size < room ? size : room;
    memcpy(lines->line + lines->size, bytes, fits);
    for (size_t i = 0; i < fits; i++) {
        if (lines->line[lines->size + i] == '\0') {
            lines->line[lines->size + i] = ' ';
            lines->nul_count++;
        }
    }
    lines->size += fits;
    lines->cut = lines->cut || fits < size;
    lines->open = true;
}

static bool add_bytes(struct lines *lines, const uint8_t *bytes, size_t size, struct error *error)
{
    while (size > 0) {
        const uint8_t *end = memchr(bytes, '\n', size);
        const size_t length = end != NULL ? (size_t)(end - bytes) : size;
        keep(lines, bytes, length);
        if (end == NULL) {
            return true;
        }
        if (!hand_on(lines, error)) {
            return false;
        }
        bytes += length + 1;
        size -= length + 1;
    }
    return true;
}

static size_t put_utf8(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static bool add_unit(struct lines *lines, uint16_t unit, struct error *error)
{
    char out[4];
    uint32_t c = unit;
    if (lines->high != 0) {
        const uint16_t high = lines->high;
        lines->high = 0;
        if (unit >= 0xDC00 && unit <= 0xDFFF) {
            c = 0x10000 + ((uint32_t)(high - 0xD800) << 10) + (unit - 0xDC00U);
        } else {
            keep(lines, "?", 1); /* half a character */
        }
    }
    if (c >= 0xD800 && c <= 0xDBFF) {
        lines->high = (uint16_t)c;
        return true;
    }
    if (c == '\n') {
        return hand_on(lines, error);
    }
    c = c >= 0xDC00 && c <= 0xDFFF ? '?' : c;
    keep(lines, out, put_utf8(c, out));
    return true;
}

static bool add_units(struct lines *lines, const uint8_t *bytes, size_t size, struct error *error)
{
    for (size_t i = 0; i < size; i++) {
        lines->held[lines->held_size++] = bytes[i];
        if (lines->held_size < 2) {
            continue;
        }
        lines->held_size = 0;
        const uint8_t *two = lines->held;
        const uint16_t unit = (uint16_t)(lines->coding == LINES_UTF16LE ? two[0] | two[1] << 8 : two[0] << 8 | two[1]);
        if (!add_unit(lines, unit, error)) {
            return false;
        }
    }
    return true;
}

static bool add_coded(struct lines *lines, const uint8_t *bytes, size_t size, struct error *error)
{
    return lines->coding == LINES_UTF8 ? add_bytes(lines, bytes, size, error) : add_units(lines, bytes, size, error);
}

/* The byte order mark says what the text is; three bytes are enough to see it. */
static bool begin(struct lines *lines, struct error *error)
{
    uint8_t first[4];
    const size_t size = lines->held_size;
    memcpy(first, lines->held, sizeof first);
    size_t skip = 0;
    lines->held_size = 0;
    lines->begun = true;
    if (size >= 2 && first[0] == 0xFF && first[1] == 0xFE) {
        lines->coding = LINES_UTF16LE;
        skip = 2;
    } else if (size >= 2 && first[0] == 0xFE && first[1] == 0xFF) {
        lines->coding = LINES_UTF16BE;
        skip = 2;
    } else if (size >= 3 && memcmp(first, "\xEF\xBB\xBF", 3) == 0) {
        skip = 3;
    }
    return add_coded(lines, first + skip, size - skip, error);
}

bool lines_add(struct lines *lines, const void *bytes, size_t size, struct error *error)
{
    const uint8_t *at = bytes;
    while (!lines->begun && size > 0) {
        lines->held[lines->held_size++] = *at++;
        size--;
        if (lines->held_size == 3 && !begin(lines, error)) {
            return false;
        }
    }
    return add_coded(lines, at, size, error);
}

bool lines_finish(struct lines *lines, struct error *error)
{
    if (!lines->begun && !begin(lines, error)) {
        return false;
    }
    return !lines->open || hand_on(lines, error);
}
