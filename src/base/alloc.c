#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef RDPWHY_TORTURE
/* The only mutable global of the program, and only in torture builds: which allocation is to fail. RDPWHY_FAIL_MARK
 * names a file that is made when it did, so that tools/torture knows when it has asked for more allocations than there
 * are. */
static unsigned long long alloc_seen;

static int torture_says_no(void)
{
    const char *wanted = getenv("RDPWHY_FAIL_ALLOC");
    if (wanted == NULL) {
        return 0;
    }
    if (++alloc_seen != strtoull(wanted, NULL, 10)) {
        return 0;
    }
    const char *mark = getenv("RDPWHY_FAIL_MARK");
    FILE *file = mark != NULL ? fopen(mark, "w") : NULL;
    if (file != NULL) {
        fclose(file);
    }
    return 1;
}
#else
static int torture_says_no(void)
{
    return 0;
}
#endif

void *alloc_new(size_t size)
{
    return torture_says_no() ? NULL : calloc(1, size > 0 ? size : 1);
}

void *alloc_array(size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size) {
        return NULL;
    }
    return alloc_new(count * size);
}

void *alloc_resize(void *block, size_t count, size_t size)
{
    if (torture_says_no() || (size > 0 && count > SIZE_MAX / size)) {
        return NULL;
    }
    size_t bytes = count * size;
    return realloc(block, bytes > 0 ? bytes : 1);
}

void *alloc_copy(const void *bytes, size_t size)
{
    void *copy = alloc_new(size);
    if (copy != NULL && size > 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

char *alloc_text_n(const char *text, size_t length)
{
    if (length == SIZE_MAX) {
        return NULL;
    }
    char *copy = alloc_new(length + 1);
    if (copy != NULL && length > 0) {
        memcpy(copy, text, length);
    }
    return copy;
}

char *alloc_text(const char *text)
{
    return alloc_text_n(text, strlen(text));
}

char *alloc_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        return NULL;
    }
    char *text = alloc_new((size_t)length + 1);
    if (text == NULL) {
        return NULL;
    }
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

void alloc_free(void *block)
{
    free(block);
}
