#include "wire/per.h"

enum { TWO_BYTES = 0x80, FRAGMENT = 0x40, ONE_BYTE_MAX = 0x7f };

bool per_length(struct cursor *cursor, size_t *length)
{
    struct cursor at = *cursor;
    uint8_t first;
    uint8_t second;
    if (!cursor_u8(&at, &first)) {
        return false;
    }
    if ((first & TWO_BYTES) == 0) {
        *length = first;
        *cursor = at;
        return true;
    }
    if ((first & FRAGMENT) != 0 || !cursor_u8(&at, &second)) {
        return false;
    }
    *length = (size_t)(first & 0x3f) << 8 | second;
    *cursor = at;
    return true;
}

void per_length_write(struct writer *writer, size_t length)
{
    if (length > PER_LENGTH_MAX) {
        writer->overflow = true;
    } else if (length > ONE_BYTE_MAX) {
        writer_u16be(writer, (uint16_t)(TWO_BYTES << 8 | length));
    } else {
        writer_u8(writer, (uint8_t)length);
    }
}

size_t per_length_size(size_t length)
{
    return length > ONE_BYTE_MAX ? 2 : 1;
}
