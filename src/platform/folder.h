/* A folder to write into. */
#ifndef RDPWHY_PLATFORM_FOLDER_H
#define RDPWHY_PLATFORM_FOLDER_H

#include "base/error.h"

/* Makes it, when its parent is there; a folder that is there already is fine. ERROR_NO_INPUT. */
bool platform_folder_make(const char *path, struct error *error) MUST_USE;

#endif
