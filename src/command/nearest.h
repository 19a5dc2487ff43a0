/* Causes whose names are near to one that is no cause's: a slip of the finger, or a part of the name. */
#ifndef RDPWHY_COMMAND_NEAREST_H
#define RDPWHY_COMMAND_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

#include "facts/causes.h"

/* "a, b, c": the nearest that fit (NULL: all do); those that hold the word come first. */
void nearest_causes(const char *name, bool (*fits)(enum cause cause), char *list, size_t size);

#endif
