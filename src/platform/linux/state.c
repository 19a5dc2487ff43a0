#include "platform/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"

enum { LOCK_TRIES = 40, LOCK_PAUSE_NS = 5000000, FILE_MODE = 0600, FOLDER_MODE = 0700 };

struct platform_state {
    int folder;
    int lock;
    char *name;
    char *fresh; /* the name under which a new text is written */
};

static char *folder_path(struct error *error)
{
    const char *state = getenv("XDG_STATE_HOME");
    if (state != NULL && state[0] == '/') {
        return alloc_format("%s/rdpwhy", state);
    }
    const char *home = getenv("HOME");
    if (home == NULL || home[0] != '/') {
        error_set(error, ERROR_INTERNAL, "no place for state files: neither XDG_STATE_HOME nor HOME is set");
        return NULL;
    }
    return alloc_format("%s/.local/state/rdpwhy", home);
}

/* As mkdir -p. */
static bool make_folder(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int failed = mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES;
        *slash = '/';
        if (failed) {
            return false;
        }
    }
    return mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST;
}

static bool take_lock(int fd)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return true;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return false;
        }
        struct timespec pause = { .tv_nsec = LOCK_PAUSE_NS };
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

static bool open_in(struct platform_state *state, const char *path, const char *lock_name, struct error *error)
{
    state->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (state->folder >= 0) {
        state->lock = openat(state->folder, lock_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    }
    if (state->lock < 0 || !take_lock(state->lock)) {
        return error_set(error, ERROR_INTERNAL, "cannot lock %s/%s: %s", path, lock_name, strerror(errno));
    }
    return true;
}

struct platform_state *platform_state_open(const char *name, struct error *error)
{
    error_no_memory(error); /* unless something else is said below */
    char *path = folder_path(error);
    char *lock_name = alloc_format("%s.lock", name);
    struct platform_state *state = alloc_new(sizeof(*state));
    bool done = false;
    if (state != NULL) {
        state->folder = -1;
        state->lock = -1;
        state->name = alloc_text(name);
        state->fresh = alloc_format("%s.new", name);
    }
    if (path != NULL && lock_name != NULL && state != NULL && state->name != NULL && state->fresh != NULL) {
        done = make_folder(path)
                   ? open_in(state, path, lock_name, error)
                   : error_set(error, ERROR_INTERNAL, "cannot make the folder %s: %s", path, strerror(errno));
    }
    alloc_free(path);
    alloc_free(lock_name);
    if (!done) {
        platform_state_close(state);
        return NULL;
    }
    return state;
}

bool platform_state_read(struct platform_state *state, struct buffer *out, struct error *error)
{
    int fd = openat(state->folder, state->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) {
        return true;
    }
    if (fd < 0) {
        return error_set(error, ERROR_INTERNAL, "cannot read %s: %s", state->name, strerror(errno));
    }
    char bytes[4096];
    ssize_t size;
    bool fits = true;
    while (fits && ((size = read(fd, bytes, sizeof(bytes))) > 0 || (size < 0 && errno == EINTR))) {
        fits = size < 0 || buffer_add(out, bytes, (size_t)size);
    }
    int code = errno;
    close(fd);
    if (!fits) {
        return error_set(error, ERROR_INTERNAL, "%s is larger than it can be", state->name);
    }
    return size == 0 || error_set(error, ERROR_INTERNAL, "cannot read %s: %s", state->name, strerror(code));
}

static bool write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return true;
}

bool platform_state_write(struct platform_state *state, const void *bytes, size_t size, struct error *error)
{
    int fd = openat(state->folder, state->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    bool done = fd >= 0 && write_all(fd, bytes, size);
    int code = errno;
    if (fd >= 0 && close(fd) != 0 && done) {
        done = false;
        code = errno;
    }
    if (done && renameat(state->folder, state->fresh, state->folder, state->name) != 0) {
        done = false;
        code = errno;
    }
    if (!done) {
        (void)unlinkat(state->folder, state->fresh, 0);
        return error_set(error, ERROR_INTERNAL, "cannot write %s: %s", state->name, strerror(code));
    }
    return true;
}

void platform_state_close(struct platform_state *state)
{
    if (state == NULL) {
        return;
    }
    if (state->lock >= 0) {
        close(state->lock); /* the lock goes with it */
    }
    if (state->folder >= 0) {
        close(state->folder);
    }
    alloc_free(state->name);
    alloc_free(state->fresh);
    alloc_free(state);
}
