/* curl's memory: from our one door to the heap, and wiped when it goes back. */
#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "net/http_internal.h"
#include "platform/secret.h"

/* Before each block: its size. */
enum { HEAD = alignof(max_align_t) > sizeof(size_t) ? alignof(max_align_t) : sizeof(size_t) };

/* How often there was no memory. Curl hands these functions nothing to remember it by, and may tell it as something
 * that the peer did: "connection reset". The one exception to "no mutable globals". */
static unsigned refusals;

unsigned http_memory_refusals(void)
{
    return refusals;
}

static void *give(uint8_t *block, size_t size)
{
    if (block == NULL) {
        refusals++;
        return NULL;
    }
    memcpy(block, &size, sizeof size);
    return block + HEAD;
}

static void *take(size_t size)
{
    return size <= SIZE_MAX - HEAD ? give(alloc_new(size + HEAD), size) : NULL;
}

static size_t size_of(const void *bytes)
{
    size_t size;
    memcpy(&size, (const uint8_t *)bytes - HEAD, sizeof size);
    return size;
}

static void drop(void *bytes)
{
    if (bytes != NULL) {
        secret_wipe(bytes, size_of(bytes));
        alloc_free((uint8_t *)bytes - HEAD);
    }
}

static void *change(void *bytes, size_t size)
{
    void *moved = take(size);
    if (moved != NULL && bytes != NULL) {
        const size_t had = size_of(bytes);
        memcpy(moved, bytes, had < size ? had : size);
        drop(bytes);
    }
    return moved;
}

static char *copy(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copied = take(size);
    return copied != NULL ? memcpy(copied, text, size) : NULL;
}

static void *take_array(size_t count, size_t size)
{
    return size == 0 || count <= (SIZE_MAX - HEAD) / size ? take(count * size) : NULL;
}

bool http_begin_curl(const struct http_curl *curl)
{
    return curl->global_init_mem(CURL_GLOBAL_DEFAULT, take, drop, change, copy, take_array) == CURLE_OK;
}
