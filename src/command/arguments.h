/* Pieces of a command line that small commands share. */
#ifndef RDPWHY_COMMAND_ARGUMENTS_H
#define RDPWHY_COMMAND_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/error.h"

struct argument_flag {
    const char *name;
    size_t offset; /* of the bool in the command's options */
};

/* Sets the bool of the flag that `word` is; false: it is none of them. */
bool argument_flag(const struct argument_flag *flags, size_t count, const char *word, void *options);
/* "--name VALUE" or "--name=VALUE" at argv[*i]; moves *i to the value. NULL: another word, or no value (then *error is
 * set). */
const char *argument_value(const char *name, int argc, char **argv, int *i, struct error *error);

#endif
