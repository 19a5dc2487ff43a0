#include "platform/folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

bool platform_folder_make(const char *path, struct error *error)
{
    struct stat status;
    if (mkdir(path, 0755) == 0) {
        return true;
    }
    int why = errno;
    if (why == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        return true;
    }
    return error_set(error, ERROR_NO_INPUT, "%.300s: cannot be made: %s", path,
                     why == EEXIST ? "a file of that name is there" : strerror(why));
}
