#include "platform/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

bool platform_random(void *bytes, size_t size, struct error *error)
{
    if (getrandom(bytes, size, 0) != (ssize_t)size) {
        return error_set(error, ERROR_INTERNAL, "no random bytes: %s", strerror(errno));
    }
    return true;
}
