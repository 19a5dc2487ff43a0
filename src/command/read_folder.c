#include "command/read_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add(struct folder_files *files, size_t *room, char *path, struct error *error)
{
    if (files->count == *room) {
        const size_t wider = *room == 0 ? 16 : *room * 2;
        char **grown = alloc_resize(files->paths, wider, sizeof *grown);
        if (grown == NULL) {
            alloc_free(path);
            return error_no_memory(error);
        }
        files->paths = grown;
        *room = wider;
    }
    files->paths[files->count++] = path;
    return true;
}

bool folder_files_list(const char *path, size_t most, struct folder_files *files, struct error *error)
{
    enum { ENTRIES_MAX = 100000 };
    struct dirent *entry;
    size_t room = 0;
    size_t entries = 0;
    bool good = true;
    *files = (struct folder_files){ 0 };
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return error_set(error, ERROR_NO_INPUT, "%s", strerror(errno));
    }
    while (good && entries < ENTRIES_MAX && (entry = readdir(folder)) != NULL) {
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        entries++;
        const size_t length = strlen(path);
        char *whole = alloc_format("%s%s%s", path, length > 0 && path[length - 1] == '/' ? "" : "/", entry->d_name);
        if (whole == NULL) {
            good = error_no_memory(error);
        } else if (stat(whole, &status) == 0 && S_ISREG(status.st_mode)) {
            good = add(files, &room, whole, error);
        } else {
            files->others++;
            alloc_free(whole);
        }
    }
    closedir(folder);
    if (files->count > 0) {
        qsort(files->paths, files->count, sizeof *files->paths, by_name);
    }
    while (files->count > most) {
        alloc_free(files->paths[--files->count]);
        files->more++;
    }
    return good;
}

void folder_files_release(struct folder_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        alloc_free(files->paths[i]);
    }
    alloc_free(files->paths);
    *files = (struct folder_files){ 0 };
}
