#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

void buffer_init(struct buffer *buffer, size_t cap)
{
    *buffer = (struct buffer){ .cap = cap };
}

void buffer_release(struct buffer *buffer)
{
    alloc_free(buffer->bytes);
    *buffer = (struct buffer){ .cap = buffer->cap };
}

static bool make_room(struct buffer *buffer, size_t more)
{
    if (buffer->failed || more > buffer->cap || buffer->size > buffer->cap - more) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->size + more + 1;
    if (needed <= buffer->room) {
        return true;
    }
    size_t room = buffer->room > 0 ? buffer->room : 64;
    while (room < needed) {
        room *= 2;
    }
    uint8_t *bytes = alloc_resize(buffer->bytes, room, 1);
    if (bytes == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->bytes = bytes;
    buffer->room = room;
    return true;
}

bool buffer_add(struct buffer *buffer, const void *bytes, size_t size)
{
    if (!make_room(buffer, size)) {
        return false;
    }
    if (size > 0) {
        memcpy(buffer->bytes + buffer->size, bytes, size);
    }
    buffer->size += size;
    buffer->bytes[buffer->size] = 0;
    return true;
}

bool buffer_text(struct buffer *buffer, const char *text)
{
    return buffer_add(buffer, text, strlen(text));
}

bool buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0 || !make_room(buffer, (size_t)length)) {
        buffer->failed = true;
        return false;
    }
    va_start(args, format);
    vsnprintf((char *)buffer->bytes + buffer->size, (size_t)length + 1, format, args);
    va_end(args);
    buffer->size += (size_t)length;
    return true;
}

void buffer_consume(struct buffer *buffer, size_t size)
{
    if (size >= buffer->size) {
        buffer_clear(buffer);
        return;
    }
    memmove(buffer->bytes, buffer->bytes + size, buffer->size - size + 1);
    buffer->size -= size;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    if (buffer->bytes != NULL) {
        buffer->bytes[0] = 0;
    }
}

char *buffer_steal_text(struct buffer *buffer)
{
    if (!buffer_add(buffer, "", 0)) {
        return NULL;
    }
    char *text = (char *)buffer->bytes;
    *buffer = (struct buffer){ .cap = buffer->cap };
    return text;
}
