#include "base/cursor.h"

struct cursor cursor_of(const uint8_t *bytes, size_t size)
{
    return (struct cursor){ .start = bytes, .at = bytes, .end = size > 0 ? bytes + size : bytes };
}

size_t cursor_left(const struct cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

size_t cursor_offset(const struct cursor *cursor)
{
    return (size_t)(cursor->at - cursor->start);
}

bool cursor_bytes(struct cursor *cursor, size_t size, const uint8_t **bytes)
{
    if (cursor_left(cursor) < size) {
        return false;
    }
    *bytes = cursor->at;
    if (size > 0) {
        cursor->at += size;
    }
    return true;
}

bool cursor_skip(struct cursor *cursor, size_t size)
{
    const uint8_t *ignored;
    return cursor_bytes(cursor, size, &ignored);
}

bool cursor_block(struct cursor *cursor, size_t size, struct cursor *block)
{
    const uint8_t *at;
    if (!cursor_bytes(cursor, size, &at)) {
        return false;
    }
    *block = (struct cursor){ .start = cursor->start, .at = at, .end = cursor->at };
    return true;
}

static bool read_be(struct cursor *cursor, size_t size, uint64_t *value)
{
    const uint8_t *bytes;
    if (!cursor_bytes(cursor, size, &bytes)) {
        return false;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum = sum << 8 | bytes[i];
    }
    *value = sum;
    return true;
}

static bool read_le(struct cursor *cursor, size_t size, uint64_t *value)
{
    const uint8_t *bytes;
    if (!cursor_bytes(cursor, size, &bytes)) {
        return false;
    }
    uint64_t sum = 0;
    for (size_t i = size; i > 0; i--) {
        sum = sum << 8 | bytes[i - 1];
    }
    *value = sum;
    return true;
}

bool cursor_u8(struct cursor *cursor, uint8_t *value)
{
    uint64_t wide;
    if (!read_be(cursor, 1, &wide)) {
        return false;
    }
    *value = (uint8_t)wide;
    return true;
}

bool cursor_u16be(struct cursor *cursor, uint16_t *value)
{
    uint64_t wide;
    if (!read_be(cursor, 2, &wide)) {
        return false;
    }
    *value = (uint16_t)wide;
    return true;
}

bool cursor_u24be(struct cursor *cursor, uint32_t *value)
{
    uint64_t wide;
    if (!read_be(cursor, 3, &wide)) {
        return false;
    }
    *value = (uint32_t)wide;
    return true;
}

bool cursor_u16le(struct cursor *cursor, uint16_t *value)
{
    uint64_t wide;
    if (!read_le(cursor, 2, &wide)) {
        return false;
    }
    *value = (uint16_t)wide;
    return true;
}

bool cursor_u32le(struct cursor *cursor, uint32_t *value)
{
    uint64_t wide;
    if (!read_le(cursor, 4, &wide)) {
        return false;
    }
    *value = (uint32_t)wide;
    return true;
}

bool cursor_u64le(struct cursor *cursor, uint64_t *value)
{
    return read_le(cursor, 8, value);
}

enum parse parse_bad(struct fault *fault, const struct cursor *cursor, const char *section, const char *why)
{
    if (fault != NULL) {
        *fault = (struct fault){ .offset = cursor_offset(cursor), .section = section, .why = why };
    }
    return PARSE_BAD;
}
