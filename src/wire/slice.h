/* A run of bytes inside somebody else's: valid as long as the bytes it was parsed from. */
#ifndef RDPWHY_WIRE_SLICE_H
#define RDPWHY_WIRE_SLICE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const uint8_t *bytes; /* NULL: absent */
    size_t size;
};

static inline struct slice slice_of(const void *bytes, size_t size)
{
    return (struct slice){ .bytes = bytes, .size = size };
}

/* NUL-terminated text without its NUL; NULL gives the absent slice. */
static inline struct slice slice_of_text(const char *text)
{
    return slice_of(text, text != NULL ? strlen(text) : 0);
}

#endif
