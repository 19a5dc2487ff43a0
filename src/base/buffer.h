/* A growing run of bytes (or text) with a cap given at creation: what a stranger sends can never grow past it. */
#ifndef RDPWHY_BASE_BUFFER_H
#define RDPWHY_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct buffer {
    uint8_t *bytes; /* always followed by a NUL that is not counted, once anything was added */
    size_t size;
    size_t room;
    size_t cap;  /* bytes */
    bool failed; /* sticky: over the cap, or no memory */
};

void buffer_init(struct buffer *buffer, size_t cap);
void buffer_release(struct buffer *buffer);
/* Adds all or nothing; false (and failed) when the cap or the memory ends. */
bool buffer_add(struct buffer *buffer, const void *bytes, size_t size);
bool buffer_text(struct buffer *buffer, const char *text);
bool buffer_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
/* Drops `size` bytes at the front. */
void buffer_consume(struct buffer *buffer, size_t size);
void buffer_clear(struct buffer *buffer);
/* Hands the bytes over as NUL-terminated text, never NULL unless failed; the buffer is empty afterwards.
 * The caller frees with alloc_free. */
char *buffer_steal_text(struct buffer *buffer) MUST_USE;

#endif
