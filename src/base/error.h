/* Errors: our own failures only. What a server or a network does (refused, silent, reset, alert) is a result and lives
 * in the evidence, never here.
 *
 * The one error idiom: a function that can fail returns bool (true: done) or a pointer (NULL: failed) and takes
 * `struct error *` last. Outputs are written only on success. `error` may be NULL when the caller does not care why. */
#ifndef RDPWHY_BASE_ERROR_H
#define RDPWHY_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

/* The kinds are the exit statuses of the contract. */
enum error_kind {
    ERROR_NONE = 0,
    ERROR_USAGE = 64,    /* the command line is wrong */
    ERROR_DATA = 65,     /* input was read and is bad */
    ERROR_NO_INPUT = 66, /* input could not be read */
    ERROR_INTERNAL = 70, /* out of memory, a system call that must work did not */
};

struct error {
    enum error_kind kind;
    char text[512]; /* names the thing, the place and the way out; no newline */
};

/* Fills *error (when not NULL). Always returns false, so that `return error_set(...)` reads as one act. */
bool error_set(struct error *error, enum error_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* Shorthand for the one failure that every allocation shares. Always returns false. */
bool error_no_memory(struct error *error);

#endif
