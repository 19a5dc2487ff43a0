#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
    if (error == NULL) {
        return false;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    error->kind = kind;
    return false;
}

bool error_no_memory(struct error *error)
{
    return error_set(error, ERROR_INTERNAL, "out of memory");
}
