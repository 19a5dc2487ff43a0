/* The one door to the heap. Everything the program allocates itself comes from here, so that `make torture` can make
 * each single allocation fail once and see that nothing crashes, leaks or stays silent. */
#ifndef RDPWHY_BASE_ALLOC_H
#define RDPWHY_BASE_ALLOC_H

#include <stddef.h>

#include "base/attributes.h"

/* All return NULL when memory is short (or a size overflows); the caller owns what it gets and frees it with
 * alloc_free. Memory from alloc_new and alloc_array is zeroed. A size of 0 yields a valid pointer. */
void *alloc_new(size_t size) MUST_USE;
void *alloc_array(size_t count, size_t size) MUST_USE;
/* Grows or shrinks; the part that is new is not zeroed. On NULL the old block is untouched. */
void *alloc_resize(void *block, size_t count, size_t size) MUST_USE;
void *alloc_copy(const void *bytes, size_t size) MUST_USE;
char *alloc_text(const char *text) MUST_USE;
char *alloc_text_n(const char *text, size_t length) MUST_USE;
char *alloc_format(const char *format, ...) MUST_USE PRINTF_LIKE(1, 2);
void alloc_free(void *block); /* NULL is fine */

#endif
