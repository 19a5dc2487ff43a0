/* A bounded writer into the caller's bytes. Overflow is sticky: write a whole message, ask once at the end. */
#ifndef RDPWHY_BASE_WRITER_H
#define RDPWHY_BASE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct writer {
    uint8_t *start;
    uint8_t *at;
    uint8_t *end;
    bool overflow;
};

struct writer writer_of(uint8_t *bytes, size_t size);
size_t writer_size(const struct writer *writer);
/* True when everything fitted. */
bool writer_ok(const struct writer *writer) MUST_USE;

void writer_u8(struct writer *writer, uint8_t value);
void writer_u16be(struct writer *writer, uint16_t value);
void writer_u24be(struct writer *writer, uint32_t value);
void writer_u32be(struct writer *writer, uint32_t value);
void writer_u16le(struct writer *writer, uint16_t value);
void writer_u32le(struct writer *writer, uint32_t value);
void writer_u64le(struct writer *writer, uint64_t value);
void writer_bytes(struct writer *writer, const void *bytes, size_t size);
void writer_zeros(struct writer *writer, size_t size);
/* Overwrites two bytes at `offset`, for lengths that are known only afterwards. */
void writer_patch_u16be(struct writer *writer, size_t offset, uint16_t value);

#endif
