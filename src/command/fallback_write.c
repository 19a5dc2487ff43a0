/* The .rdp file of a way: what is in it, where it goes, its signature. Nothing that exists is written over. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "command/fallback.h"
#include "platform/secret.h"
#include "x509/sign.h"

enum { FILE_CAP = 1 << 20, NAMES_MAX = 9 };

static bool read_whole(const char *path, struct buffer *bytes, struct error *error)
{
    FILE *file = fopen(path, "rb");
    char block[4096];
    size_t got;
    bool good = file != NULL;
    if (!good) {
        return error_set(error, ERROR_NO_INPUT, "%.200s: %s", path, strerror(errno));
    }
    while (good && (got = fread(block, 1, sizeof block, file)) > 0) {
        good = buffer_add(bytes, block, got) || error_set(error, ERROR_DATA, "%.200s: too large", path);
    }
    if (good && ferror(file)) {
        good = error_set(error, ERROR_NO_INPUT, "%.200s: %s", path, strerror(errno));
    }
    fclose(file);
    return good;
}

/* --- the signature --- */

/* Straight into the secret's pages: no stream and no heap keeps a copy. */
static bool read_key(const char *path, struct secret *key, struct error *error)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    ssize_t got = 1;
    if (fd < 0) {
        return error_set(error, ERROR_NO_INPUT, "%.200s: %s", path, strerror(errno));
    }
    while (got > 0 || (got < 0 && errno == EINTR)) {
        got = read(fd, secret_bytes(key) + size, secret_room(key) - size);
        size += got > 0 ? (size_t)got : 0;
    }
    const int why = errno;
    close(fd);
    secret_set_size(key, size);
    if (got < 0) {
        return error_set(error, ERROR_NO_INPUT, "%.200s: %s", path, strerror(why));
    }
    return size < secret_room(key) || error_set(error, ERROR_DATA, "%.200s: too large", path);
}

static bool sign(const struct check_options *options, const struct rdp_file_line *lines, size_t count,
                 struct buffer *signature, struct error *error)
{
    struct secret *key = secret_new(SECRET_MAX, error);
    struct buffer certificate;
    struct buffer covered;
    struct buffer der;
    struct error inner = { 0 };
    buffer_init(&certificate, FILE_CAP);
    buffer_init(&covered, FILE_CAP);
    buffer_init(&der, FILE_CAP);
    secret_close_process();
    bool good = key != NULL && read_whole(options->fallback.sign_certificate, &certificate, error) &&
                read_key(options->fallback.sign_key, key, error);
    if (good && !rdp_file_signed_bytes(&covered, lines, count)) {
        good = error_no_memory(error);
    }
    if (good &&
        !x509_sign(&certificate, secret_look(key), secret_size(key), covered.bytes, covered.size, &der, &inner)) {
        good = error_set(error, inner.kind, "--sign-key %.100s, --sign-cert %.100s: %.200s", options->fallback.sign_key,
                         options->fallback.sign_certificate, inner.text);
    }
    good = good && (rdp_file_signature(signature, der.bytes, der.size) || error_no_memory(error));
    secret_free(key);
    buffer_release(&certificate);
    buffer_release(&covered);
    buffer_release(&der);
    return good;
}

static bool make(const struct recipe *recipe, const struct check_options *options, struct buffer *out,
                 struct error *error)
{
    struct rdp_file_line lines[RDP_FILE_LINES_MAX];
    char address[RECIPE_HOST_SIZE + 8];
    struct buffer signature;
    const bool wanted = options->fallback.sign_key != NULL;
    const size_t count = commands_settings(recipe, wanted, address, lines);
    buffer_init(&signature, FILE_CAP);
    bool good = !wanted || sign(options, lines, count, &signature, error);
    if (good && !rdp_file_write(out, lines, count, wanted ? (const char *)signature.bytes : NULL)) {
        good = error_no_memory(error);
    }
    buffer_release(&signature);
    return good;
}

bool fallback_check_signer(const struct check_options *options, struct error *error)
{
    static const struct recipe any = { .host = "host", .port = RECIPE_PORT_RDP };
    struct buffer out;
    if (options->fallback.sign_key == NULL) {
        return true;
    }
    buffer_init(&out, FILE_CAP);
    bool good = make(&any, options, &out, error);
    buffer_release(&out);
    return good;
}

/* --- the file --- */

static bool holds(const char *path, const struct buffer *bytes)
{
    struct buffer there;
    buffer_init(&there, FILE_CAP);
    bool same = read_whole(path, &there, NULL) && there.size == bytes->size &&
                memcmp(there.bytes, bytes->bytes, bytes->size) == 0;
    buffer_release(&there);
    return same;
}

/* Makes the file, never opens one that exists. */
static bool create(const char *path, const struct buffer *bytes)
{
    FILE *file = fopen(path, "wbx");
    if (file == NULL) {
        return false;
    }
    bool good = fwrite(bytes->bytes, 1, bytes->size, file) == bytes->size;
    const int why = errno;
    if (fclose(file) != 0 || !good) {
        remove(path);
        errno = good ? errno : why;
        return false;
    }
    return true;
}

/* "srv.rdp", "srv-2.rdp", ... */
static char *path_of(const char *folder, const char *name, int turn)
{
    const size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    const int stem = (int)(strlen(name) - strlen(".rdp"));
    return turn == 1 ? alloc_format("%s%s%s", folder, slash, name)
                     : alloc_format("%s%s%.*s-%d.rdp", folder, slash, stem, name, turn);
}

char *fallback_write(const struct recipe *recipe, const struct check_options *options, char *why, size_t why_size,
                     struct error *error)
{
    const char *folder = options->fallback.folder != NULL ? options->fallback.folder : ".";
    char name[RECIPE_HOST_SIZE + 32];
    struct buffer bytes;
    buffer_init(&bytes, FILE_CAP);
    commands_file_name(recipe, name);
    why[0] = '\0';
    char *path = NULL;
    bool good = make(recipe, options, &bytes, error);
    for (int turn = 1; good; turn++) {
        path = path_of(folder, name, turn);
        if (path == NULL) {
            good = error_no_memory(error);
        } else if (create(path, &bytes) || (errno == EEXIST && holds(path, &bytes))) {
            break;
        } else if (errno != EEXIST || turn == NAMES_MAX) {
            snprintf(why, why_size, "%.150s: %.100s", path, strerror(errno));
            good = false;
        }
        if (good || path != NULL) {
            alloc_free(path);
            path = NULL;
        }
    }
    buffer_release(&bytes);
    return path;
}
