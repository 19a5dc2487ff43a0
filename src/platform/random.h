/* Bytes nobody can guess. */
#ifndef RDPWHY_PLATFORM_RANDOM_H
#define RDPWHY_PLATFORM_RANDOM_H

#include <stddef.h>

#include "base/error.h"

bool platform_random(void *bytes, size_t size, struct error *error) MUST_USE; /* up to 256 */

#endif
