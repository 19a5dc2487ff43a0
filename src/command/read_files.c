#include "command/read_files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "command/read_capture.h"
#include "command/read_folder.h"
#include "command/read_kinds.h"
#include "command/read_texts.h"
#include "evidence/merge.h"
#include "read/collect.h"
#include "read/log.h"
#include "read/text_nmap.h"
#include "wire/rdp_file.h"
#include "json/document.h"
#include "json/envelope.h"

enum { MAGIC_SIZE = 8 };

const char *const read_kind_names[] = { "unknown", "capture",   "document", "rdp-file", "text",
                                        "events",  "collected", "log",      "scan",     "folder" };

bool read_skip(struct read_file *file, const char *format, ...)
{
    char text[400];
    va_list arguments;
    if (file->skipped_count == READ_SKIPPED_MAX) {
        return true;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    file->skipped[file->skipped_count] = alloc_text(text);
    file->skipped_count += file->skipped[file->skipped_count] != NULL;
    return true;
}

bool read_add_from(struct read_all *all, size_t file, struct evidence *evidence, struct error *error)
{
    if (all->count == all->room) {
        const size_t room = all->room == 0 ? 8 : all->room * 2;
        void *grown = alloc_resize(all->conversations, room, sizeof *all->conversations);
        if (grown == NULL) {
            evidence_free(evidence);
            return error_no_memory(error);
        }
        all->conversations = grown;
        all->room = room;
    }
    evidence_forget_impossible(evidence);
    evidence_mark(evidence, source_of_file(file + 1));
    all->conversations[all->count++] =
        (struct read_conversation){ .evidence = evidence, .file = file, .log = all->logs[file] };
    return true;
}

bool read_add(struct read_all *all, struct evidence *evidence, struct error *error)
{
    return read_add_from(all, all->file_count, evidence, error);
}

/* --- everything that is read whole --- */
static bool read_whole(FILE *file, struct buffer *bytes, bool *cut, struct error *error)
{
    char block[16384];
    size_t got;
    while (bytes->size + sizeof block <= READ_TEXT_MAX && (got = fread(block, 1, sizeof block, file)) > 0) {
        if (!buffer_add(bytes, block, got)) {
            return error_no_memory(error);
        }
    }
    const int next = bytes->size + sizeof block > READ_TEXT_MAX ? fgetc(file) : EOF;
    *cut = next != EOF && ungetc(next, file) != EOF;
    return true;
}

static bool take_document(struct read_all *all, struct read_file *row, const struct buffer *bytes, struct error *error)
{
    struct error inner = { 0 };
    struct evidence *evidence = document_load((const char *)bytes->bytes, bytes->size, &inner);
    row->kind = READ_DOCUMENT;
    if (evidence == NULL) {
        if (inner.kind != ERROR_DATA) {
            *error = inner;
            return false;
        }
        return read_skip(row, "%s", inner.text);
    }
    if (!read_add(all, evidence, error)) {
        return false;
    }
    row->recognised = true;
    snprintf(row->found, sizeof row->found, "an evidence document of rdpwhy");
    return true;
}

/* JSON: an evidence document, or what a cloud put around the output of a command that it ran. */
static bool take_json(struct read_all *all, struct read_file *row, const struct buffer *bytes, struct error *error)
{
    struct buffer inner;
    char *text;
    if (!envelope_text((const char *)bytes->bytes, bytes->size, &text, error)) {
        return false;
    }
    if (text == NULL) {
        return take_document(all, row, bytes, error);
    }
    buffer_init(&inner, READ_TEXT_MAX);
    bool good = buffer_text(&inner, text) || error_no_memory(error);
    alloc_free(text);
    if (good && inner.size == 0) {
        read_skip(row, "the answer of a cloud's run-command, and the command printed nothing");
    } else if (good && collect_is(inner.bytes, inner.size)) {
        good = read_collected(all, row, &inner, error);
    } else if (good) {
        good = read_texts(all, row, &inner, NULL, error);
    }
    buffer_release(&inner);
    return good;
}

/* False: it is none, so something else may be tried. */
static bool take_settings(struct read_all *all, struct read_file *row, const struct buffer *bytes)
{
    struct error inner = { 0 };
    struct rdp_file *settings = rdp_file_parse(bytes->bytes, bytes->size, &inner);
    if (settings == NULL) {
        return false;
    }
    if (rdp_file_find(settings, "full address") == NULL && rdp_file_find(settings, "screen mode id") == NULL) {
        rdp_file_free(settings);
        return false;
    }
    row->kind = READ_RDP_FILE;
    row->recognised = true;
    snprintf(row->found, sizeof row->found, "%zu settings of a saved connection", rdp_file_count(settings));
    if (all->settings != NULL) {
        read_skip(row, "a second .rdp file: the settings of the first one count");
        rdp_file_free(settings);
    } else {
        all->settings = settings;
        all->settings_file = all->file_count;
    }
    return true;
}

static bool read_text(struct read_all *all, struct read_file *row, FILE *file, struct error *error)
{
    struct buffer bytes;
    bool cut = false;
    buffer_init(&bytes, READ_TEXT_MAX);
    bool good = read_whole(file, &bytes, &cut, error);
    const char first = good && bytes.size > 0 ? (char)bytes.bytes[strspn((const char *)bytes.bytes, " \t\r\n")] : '\0';
    if (good && bytes.size == 0) {
        read_skip(row, "it is empty");
    } else if (good && read_is_binary(&bytes)) {
        read_skip(row, "no text, whatever its name: it holds bytes that no text has; and no capture or event log");
    } else if (good && first == '{') {
        good = take_json(all, row, &bytes, error);
    } else if (good && first == '<' && nmap_is_xml(bytes.bytes, bytes.size)) {
        good = read_scan(all, row, &bytes, error);
    } else if (good && collect_is(bytes.bytes, bytes.size)) {
        good = read_collected(all, row, &bytes, error);
    } else if (good && (cut || !take_settings(all, row, &bytes))) {
        good = read_texts(all, row, &bytes, cut ? file : NULL, error);
        cut = false; /* all of it was read */
    }
    if (good && cut) {
        read_skip(row, "larger than %d MiB: what stands behind was not read", READ_TEXT_MAX >> 20);
    }
    buffer_release(&bytes);
    return good;
}

/* Reads the magic number and pushes it back: a pipe cannot be read twice. */
static bool peek(FILE *file, uint8_t magic[MAGIC_SIZE])
{
    const size_t got = fread(magic, 1, MAGIC_SIZE, file);
    for (size_t i = got; i > 0; i--) {
        if (ungetc(magic[i - 1], file) == EOF) {
            return false;
        }
    }
    return true;
}

static bool read_opened(struct read_all *all, struct read_file *row, FILE *file, uint16_t rdp_port, struct error *error)
{
    uint8_t magic[MAGIC_SIZE] = { 0 };
    bool good = true;
    if (!peek(file, magic)) {
        good = error_set(error, ERROR_INTERNAL, "%.200s: cannot look at its first bytes", row->path);
    } else if (read_is_capture(magic)) {
        return read_capture(all, row, file, rdp_port, error); /* which closes it */
    } else if (magic[0] == 0x1f && magic[1] == 0x8b) {
        read_skip(row, "compressed with gzip, which is not unpacked here: gzip -dc FILE | rdpwhy read -");
    } else if (memcmp(magic, "ElfFile", sizeof magic) == 0) {
        good = read_events(all, row, file, error);
    } else {
        good = read_text(all, row, file, error);
    }
    if (file != stdin) {
        fclose(file);
    }
    return good;
}

static bool is_folder(FILE *file)
{
    struct stat status;
    return fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode);
}

static bool add_file(struct read_all *all, char *path, uint16_t rdp_port, struct error *error)
{
    struct read_file *row = &all->files[all->file_count];
    *row = (struct read_file){ .path = path, .own_path = path };
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        read_skip(row, "%s", strerror(errno));
        all->unreadable = true;
    }
    const bool good = file == NULL || read_opened(all, row, file, rdp_port, error);
    all->file_count++;
    return good;
}

/* Its files, one level; what is in folders below stays. */
static bool add_folder(struct read_all *all, struct read_file *row, uint16_t rdp_port, struct error *error)
{
    struct folder_files files;
    struct error inner = { 0 };
    all->file_count++; /* the folder has a row of its own */
    bool good = folder_files_list(row->path, READ_FILES_MAX - all->file_count, &files, &inner);
    if (!good && inner.kind == ERROR_NO_INPUT) {
        all->unreadable = true;
        good = read_skip(row, "%s", inner.text);
    } else if (!good) {
        *error = inner;
    }
    row->kind = READ_FOLDER;
    snprintf(row->found, sizeof row->found, "a folder with %zu file%s", files.count + files.more,
             files.count + files.more == 1 ? "" : "s");
    if (files.others > 0) {
        read_skip(row, "%zu other thing%s in it: only its own files are read, and no folder below", files.others,
                  files.others == 1 ? "" : "s");
    }
    if (files.more > 0) {
        read_skip(row, "its last %zu files: more than %d at once", files.more, READ_FILES_MAX);
    }
    for (size_t i = 0; i < files.count && good; i++) {
        char *path = files.paths[i];
        files.paths[i] = NULL; /* the row owns it now */
        good = add_file(all, path, rdp_port, error);
    }
    folder_files_release(&files);
    return good;
}

bool read_files_add(struct read_all *all, const char *path, uint16_t rdp_port, struct error *error)
{
    if (all->file_count == READ_FILES_MAX) {
        return error_set(error, ERROR_USAGE, "more than %d files at once", READ_FILES_MAX);
    }
    all->rdp_port = rdp_port;
    struct read_file *row = &all->files[all->file_count];
    *row = (struct read_file){ .path = path };
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (file != NULL && file != stdin && is_folder(file)) {
        fclose(file);
        return add_folder(all, row, rdp_port, error);
    }
    if (file == NULL) {
        read_skip(row, "%s", strerror(errno));
        all->unreadable = true;
        all->file_count++;
        return true;
    }
    const bool good = read_opened(all, row, file, rdp_port, error);
    all->file_count++;
    return good;
}

void read_files_release(struct read_all *all)
{
    for (size_t i = 0; i < all->file_count; i++) {
        for (size_t j = 0; j < all->files[i].skipped_count; j++) {
            alloc_free(all->files[i].skipped[j]);
        }
        alloc_free(all->files[i].own_path);
    }
    for (size_t i = 0; i < all->count; i++) {
        evidence_free(all->conversations[i].evidence);
    }
    for (size_t i = 0; i < READ_FILES_MAX; i++) {
        if (all->logs[i] != NULL) {
            log_release(all->logs[i]);
            alloc_free(all->logs[i]);
        }
    }
    alloc_free(all->conversations);
    alloc_free(all->said);
    alloc_free(all->found);
    rdp_file_free(all->settings);
    *all = (struct read_all){ 0 };
}
