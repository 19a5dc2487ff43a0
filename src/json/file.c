/* Documents in files. */
#include "json/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/text.h"

static bool read_all(FILE *file, const char *name, struct buffer *bytes, struct error *error)
{
    char block[16384];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) > 0) {
        if (bytes->size + got > DOCUMENT_MAX) {
            return error_set(error, ERROR_DATA, "%s: larger than %d MiB: not an evidence document", name,
                             DOCUMENT_MAX >> 20);
        }
        if (!buffer_add(bytes, block, got)) {
            return error_no_memory(error);
        }
    }
    if (ferror(file)) {
        return error_set(error, ERROR_NO_INPUT, "%s: %s", name, strerror(errno));
    }
    return true;
}

/* The same error with the file's name in front. */
static void name_file(const char *name, struct error *error)
{
    if (error == NULL || error->kind != ERROR_DATA) {
        return;
    }
    struct error inner = *error;
    error_set(error, inner.kind, "%.200s: %.300s", name, inner.text);
}

static struct evidence *load_open(FILE *file, const char *name, struct error *error)
{
    struct buffer bytes;
    buffer_init(&bytes, DOCUMENT_MAX);
    struct evidence *evidence = NULL;
    if (read_all(file, name, &bytes, error)) {
        evidence = document_load(bytes.size > 0 ? (const char *)bytes.bytes : "", bytes.size, error);
        if (evidence == NULL) {
            name_file(name, error);
        }
    }
    buffer_release(&bytes);
    return evidence;
}

struct evidence *document_load_file(const char *path, struct error *error)
{
    char *name = strcmp(path, "-") == 0 ? alloc_text("standard input") : text_escape(path, strlen(path), 200);
    if (name == NULL) {
        error_no_memory(error);
        return NULL;
    }
    struct evidence *evidence = NULL;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (file == NULL) {
        error_set(error, ERROR_NO_INPUT, "%s: %s", name, strerror(errno));
    } else {
        evidence = load_open(file, name, error);
    }
    if (file != NULL && file != stdin) {
        fclose(file);
    }
    alloc_free(name);
    return evidence;
}

/* A device or a pipe is written to, not replaced. */
static bool replaceable(const char *path)
{
    struct stat status;
    return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

static bool write_out(FILE *file, const char *text)
{
    bool written = fputs(text, file) >= 0 && fflush(file) == 0;
    return fclose(file) == 0 && written;
}

static bool replace(const char *path, char *temporary, const char *text)
{
    int fd = mkstemp(temporary);
    if (fd < 0) {
        return false;
    }
    FILE *file = fdopen(fd, "wb");
    if (file == NULL) {
        close(fd);
        unlink(temporary);
        return false;
    }
    if (!write_out(file, text) || rename(temporary, path) != 0) {
        int why = errno;
        unlink(temporary);
        errno = why;
        return false;
    }
    return true;
}

bool document_save_file(const char *path, const char *text, struct error *error)
{
    bool saved = false;
    if (replaceable(path)) {
        char *temporary = alloc_format("%s.XXXXXX", path);
        if (temporary == NULL) {
            return error_no_memory(error);
        }
        saved = replace(path, temporary, text);
        alloc_free(temporary);
    } else {
        FILE *file = fopen(path, "wb");
        saved = file != NULL && write_out(file, text);
    }
    if (!saved) {
        int why = errno;
        char *name = text_escape(path, strlen(path), 200);
        error_set(error, ERROR_INTERNAL, "%s: cannot save: %s", name != NULL ? name : "the file", strerror(why));
        alloc_free(name);
    }
    return saved;
}
