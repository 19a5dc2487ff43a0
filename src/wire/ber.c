#include "wire/ber.h"

static const char SECTION[] = "X.690 section 8.1";

enum { LONG_FORM = 0x80, LENGTH_BYTES_MAX = 4, INTEGER_BYTES_MAX = 8, TAG_NUMBER = 0x1f };

/* PARSE_MORE: the header is not all there. */
static enum parse header(struct cursor *at, uint8_t *tag, size_t *length, struct fault *fault)
{
    uint8_t first;
    if (!cursor_u8(at, tag)) {
        return PARSE_MORE;
    }
    if ((*tag & TAG_NUMBER) == TAG_NUMBER) {
        return parse_bad(fault, at, SECTION, "a tag of several bytes has no place here");
    }
    if (!cursor_u8(at, &first)) {
        return PARSE_MORE;
    }
    if (first < LONG_FORM) {
        *length = first;
        return PARSE_DONE;
    }
    size_t count = first & 0x7fU;
    if (count == 0 || count > LENGTH_BYTES_MAX) {
        return parse_bad(fault, at, SECTION, "the length is indefinite or longer than four bytes");
    }
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t byte;
        if (!cursor_u8(at, &byte)) {
            return PARSE_MORE;
        }
        sum = sum << 8 | byte;
    }
    *length = sum;
    return PARSE_DONE;
}

enum parse ber_outer(struct cursor *cursor, uint8_t tag, size_t max, struct cursor *content, struct fault *fault)
{
    struct cursor at = *cursor;
    uint8_t seen;
    size_t length;
    if (cursor_left(&at) > 0 && *at.at != tag) {
        return parse_bad(fault, cursor, SECTION, "the message does not begin with the tag it must have");
    }
    enum parse parsed = header(&at, &seen, &length, fault);
    if (parsed != PARSE_DONE) {
        return parsed;
    }
    size_t used = (size_t)(at.at - cursor->at);
    if (length > max || used > max - length) {
        return parse_bad(fault, &at, SECTION, "the message says it is longer than the limit");
    }
    if (!cursor_block(&at, length, content)) {
        return PARSE_MORE;
    }
    *cursor = at;
    return PARSE_DONE;
}

enum parse ber_next(struct cursor *cursor, uint8_t *tag, struct cursor *content, struct fault *fault)
{
    struct cursor at = *cursor;
    size_t length = 0;
    enum parse parsed = header(&at, tag, &length, fault);
    if (parsed == PARSE_BAD) {
        return PARSE_BAD;
    }
    if (parsed == PARSE_MORE || !cursor_block(&at, length, content)) {
        return parse_bad(fault, &at, SECTION, "the item reaches past the one around it");
    }
    *cursor = at;
    return PARSE_DONE;
}

enum parse ber_expect(struct cursor *cursor, uint8_t tag, struct cursor *content, struct fault *fault)
{
    struct cursor at = *cursor;
    uint8_t seen;
    if (ber_next(&at, &seen, content, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (seen != tag) {
        return parse_bad(fault, cursor, SECTION, "another tag was due here");
    }
    *cursor = at;
    return PARSE_DONE;
}

enum parse ber_end(const struct cursor *content, struct fault *fault)
{
    return cursor_left(content) == 0 ? PARSE_DONE : parse_bad(fault, content, SECTION, "bytes are left over");
}

enum parse ber_integer(struct cursor *cursor, uint8_t tag, int64_t *value, struct fault *fault)
{
    struct cursor content;
    if (ber_expect(cursor, tag, &content, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    size_t size = cursor_left(&content);
    if (size == 0 || size > INTEGER_BYTES_MAX) {
        return parse_bad(fault, &content, "X.690 section 8.3", "the integer is empty or longer than eight bytes");
    }
    uint64_t sum = (content.at[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++) {
        sum = sum << 8 | content.at[i];
    }
    *value = (int64_t)sum;
    return PARSE_DONE;
}

enum parse ber_octets(struct cursor *cursor, uint8_t tag, struct slice *octets, struct fault *fault)
{
    struct cursor content;
    if (ber_expect(cursor, tag, &content, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    *octets = slice_of(content.at, cursor_left(&content));
    return PARSE_DONE;
}

static size_t length_bytes(size_t length)
{
    size_t count = 0;
    for (; length > 0; length >>= 8) {
        count++;
    }
    return count;
}

size_t ber_size(size_t content)
{
    return 2 + content + (content < LONG_FORM ? 0 : length_bytes(content));
}

void ber_header_write(struct writer *writer, uint8_t tag, size_t content)
{
    writer_u8(writer, tag);
    if (content < LONG_FORM) {
        writer_u8(writer, (uint8_t)content);
        return;
    }
    size_t count = length_bytes(content);
    if (count > LENGTH_BYTES_MAX) {
        writer->overflow = true;
        return;
    }
    writer_u8(writer, (uint8_t)(LONG_FORM | count));
    for (size_t i = count; i > 0; i--) {
        writer_u8(writer, (uint8_t)(content >> 8 * (i - 1)));
    }
}

/* Bytes of the content: as few as keep the sign (X.690 8.3.2). */
static size_t integer_bytes(int64_t value)
{
    size_t count = 1;
    while (count < INTEGER_BYTES_MAX &&
           (value < -(INT64_C(1) << (8 * count - 1)) || value >= INT64_C(1) << (8 * count - 1))) {
        count++;
    }
    return count;
}

size_t ber_integer_size(int64_t value)
{
    return ber_size(integer_bytes(value));
}

void ber_integer_write(struct writer *writer, uint8_t tag, int64_t value)
{
    size_t count = integer_bytes(value);
    ber_header_write(writer, tag, count);
    for (size_t i = count; i > 0; i--) {
        writer_u8(writer, (uint8_t)((uint64_t)value >> 8 * (i - 1)));
    }
}

void ber_octets_write(struct writer *writer, uint8_t tag, struct slice octets)
{
    ber_header_write(writer, tag, octets.size);
    writer_bytes(writer, octets.bytes, octets.size);
}
