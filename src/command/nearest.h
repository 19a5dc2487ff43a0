/* Names that are near to one that is none: a slip of the finger, or a part of the name. */
#ifndef RDPWHY_COMMAND_NEAREST_H
#define RDPWHY_COMMAND_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

#include "command/arguments.h"
#include "facts/causes.h"

/* "a, b, c": the nearest that fit (NULL: all do); those that hold the word come first. */
void nearest_causes(const char *name, bool (*fits)(enum cause cause), char *list, size_t size);

/* The command that was nearly typed; NULL: none is near. */
const char *nearest_command(const char *word);
/* The option of this command that was nearly typed ("--jsn", "-json", "--jsn=1"); NULL: none is near. */
const char *nearest_option(const struct arguments *arguments, const char *word);

#endif
