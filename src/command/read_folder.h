/* The files of a folder, one level, for `rdpwhy read`. */
#ifndef RDPWHY_COMMAND_READ_FOLDER_H
#define RDPWHY_COMMAND_READ_FOLDER_H

#include "base/buffer.h"
#include "base/error.h"

struct folder_files {
    char **paths; /* owned; "folder/name", by name */
    size_t count;
    size_t others; /* folders in it, and whatever is no file */
    size_t more;   /* files past the cap */
};

/* At most `most` of them. False: no memory, or it cannot be read (ERROR_NO_INPUT). */
bool folder_files_list(const char *path, size_t most, struct folder_files *files, struct error *error) MUST_USE;
void folder_files_release(struct folder_files *files);

#endif
