/* What every fuzz target needs. A broken promise (a round trip that loses something, an answer that cannot be) is a
 * finding like a crash. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define FUZZ_PROMISE(what)                                                                                             \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "broken promise: %s (%s:%d)\n", #what, __FILE__, __LINE__);                                \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static inline int fuzz_same(struct slice a, struct slice b)
{
    return (a.bytes == NULL) == (b.bytes == NULL) && a.size == b.size &&
           (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
}

/* Every byte a slice names must be readable: ASan sees it when one is not. */
static inline unsigned fuzz_touch(struct slice slice)
{
    unsigned sum = 0;
    for (size_t i = 0; i < slice.size; i++) {
        sum += slice.bytes[i];
    }
    return sum;
}

#endif
