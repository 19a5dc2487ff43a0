#include "base/writer.h"

#include <string.h>

struct writer writer_of(uint8_t *bytes, size_t size)
{
    return (struct writer){ .start = bytes, .at = bytes, .end = size > 0 ? bytes + size : bytes };
}

size_t writer_size(const struct writer *writer)
{
    return (size_t)(writer->at - writer->start);
}

bool writer_ok(const struct writer *writer)
{
    return !writer->overflow;
}

static uint8_t *take(struct writer *writer, size_t size)
{
    if (writer->overflow || (size_t)(writer->end - writer->at) < size) {
        writer->overflow = true;
        return NULL;
    }
    uint8_t *place = writer->at;
    writer->at += size;
    return place;
}

static void put_be(struct writer *writer, uint64_t value, size_t size)
{
    uint8_t *place = take(writer, size);
    for (size_t i = size; place != NULL && i > 0; i--) {
        place[i - 1] = (uint8_t)value;
        value >>= 8;
    }
}

static void put_le(struct writer *writer, uint64_t value, size_t size)
{
    uint8_t *place = take(writer, size);
    for (size_t i = 0; place != NULL && i < size; i++) {
        place[i] = (uint8_t)value;
        value >>= 8;
    }
}

void writer_u8(struct writer *writer, uint8_t value)
{
    put_be(writer, value, 1);
}

void writer_u16be(struct writer *writer, uint16_t value)
{
    put_be(writer, value, 2);
}

void writer_u24be(struct writer *writer, uint32_t value)
{
    put_be(writer, value, 3);
}

void writer_u32be(struct writer *writer, uint32_t value)
{
    put_be(writer, value, 4);
}

void writer_u16le(struct writer *writer, uint16_t value)
{
    put_le(writer, value, 2);
}

void writer_u32le(struct writer *writer, uint32_t value)
{
    put_le(writer, value, 4);
}

void writer_u64le(struct writer *writer, uint64_t value)
{
    put_le(writer, value, 8);
}

void writer_bytes(struct writer *writer, const void *bytes, size_t size)
{
    uint8_t *place = take(writer, size);
    if (place != NULL && size > 0) {
        memcpy(place, bytes, size);
    }
}

void writer_zeros(struct writer *writer, size_t size)
{
    uint8_t *place = take(writer, size);
    if (place != NULL && size > 0) {
        memset(place, 0, size);
    }
}

void writer_patch_u16be(struct writer *writer, size_t offset, uint16_t value)
{
    if (writer->overflow || offset + 2 > writer_size(writer)) {
        writer->overflow = true;
        return;
    }
    writer->start[offset] = (uint8_t)(value >> 8);
    writer->start[offset + 1] = (uint8_t)value;
}
