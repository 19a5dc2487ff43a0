/* --write DIR: everything the person at the console needs, as files. Nothing that is there is overwritten, and when one
 * file cannot be written none is left behind. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "command/fix.h"
#include "platform/folder.h"

enum { FILES_MAX = REMEDY_PART_COUNT * (WRAPPED_FILES + 2) + 1, README_MAX = 1 << 20, LINES_INLINE = 1500 };

struct output_file {
    char *path;  /* owned */
    char *bytes; /* owned */
    size_t size;
};

/* What is to be written, and the README as it grows. */
struct writing {
    const struct repair *repair;
    const char *folder;
    struct output_file files[FILES_MAX];
    size_t count;
    struct buffer readme;
    struct fix_again again;
};

/* Takes over `bytes`. A name that is there already is the same file: the script that two ways share. */
static bool add_file(struct writing *writing, const char *name, char *bytes, size_t size, struct error *error)
{
    char *path = alloc_format("%s/%s", writing->folder, name);
    bool known = false;
    for (size_t i = 0; path != NULL && i < writing->count; i++) {
        known = known || strcmp(writing->files[i].path, path) == 0;
    }
    if (path == NULL || bytes == NULL || known || writing->count == FILES_MAX) {
        bool failed = path == NULL || bytes == NULL;
        alloc_free(path);
        alloc_free(bytes);
        return failed ? error_no_memory(error) : true;
    }
    writing->files[writing->count++] = (struct output_file){ path, bytes, size };
    return true;
}

/* Our texts reach people on Windows, too. */
static bool add_text(struct writing *writing, const char *name, const char *text, struct error *error)
{
    size_t size = 0;
    char *bytes = kind_file(REMEDY_CMD, text, &size);
    return add_file(writing, name, bytes, size, error);
}

static const char *part_title(enum remedy_part part)
{
    static const char *const titles[] = { "1. Look. Changes nothing.", "2. Apply.", "4. Undo, when it did not help.",
                                          "3. Verify. Changes nothing." };
    return titles[part];
}

/* The lines of one part: in the README when they are few, in a file of their own otherwise. */
static bool add_lines(struct writing *writing, const struct repair *repair, struct error *error)
{
    char name[128];
    const struct buffer *lines = &repair->wrapped.lines;
    if (repair->remedy->kind == REMEDY_WORDS) {
        return true;
    }
    buffer_format(&writing->readme, "%s\n\n", part_title(repair->part));
    if (lines->size == 0) {
        return true;
    }
    if (lines->size <= LINES_INLINE) {
        buffer_format(&writing->readme, "%s\n", (const char *)lines->bytes);
        return true;
    }
    snprintf(name, sizeof name, "%s-%s-%s.txt", repair->remedy->name, remedy_part_name(repair->part),
             repair->delivery->id);
    buffer_format(&writing->readme, "   the lines of %s\n\n", name);
    return add_text(writing, name, (const char *)lines->bytes, error);
}

static bool add_part(struct writing *writing, const struct repair_request *request, enum remedy_part part,
                     struct error *error)
{
    struct repair_request one = *request;
    struct repair *repair = alloc_new(sizeof *repair);
    char name[128];
    if (repair == NULL) {
        return error_no_memory(error);
    }
    one.part = part;
    one.remedy = writing->repair->remedy;
    bool done = repair_build(&one, repair, error);
    if (done) {
        size_t size = 0;
        char *bytes = kind_file(repair->remedy->kind, repair->script, &size);
        snprintf(name, sizeof name, "%s-%s%s", repair->remedy->name, remedy_part_name(part),
                 kind_suffix(repair->remedy->kind));
        done = add_file(writing, name, bytes, size, error);
        for (size_t i = 0; done && i < repair->wrapped.file_count; i++) {
            struct wrapped_file *file = &repair->wrapped.files[i];
            char *taken = file->bytes;
            file->bytes = NULL;
            done = add_file(writing, file->name, taken, file->size, error);
        }
        done = done && add_lines(writing, repair, error);
        repair_release(repair);
    }
    alloc_free(repair);
    return done;
}

/* "Risk        outage; ...", further lines under the words: a console breaks lines anywhere. */
static void field(struct buffer *out, const char *label, const char *words)
{
    enum { COLUMN = 12, WIDTH = 78 };
    size_t at = COLUMN;
    buffer_format(out, "%-*s", COLUMN, label);
    while (*words != '\0') {
        size_t size = strcspn(words, " ");
        if (at > COLUMN && at + 1 + size > WIDTH) {
            buffer_format(out, "\n%*s", COLUMN, "");
            at = COLUMN;
        } else if (at > COLUMN) {
            buffer_text(out, " ");
            at++;
        }
        buffer_add(out, words, size);
        at += size;
        words += size + strspn(words + size, " ");
    }
    buffer_text(out, "\n");
}

static void add_missing(struct buffer *out, const struct repair_missing *missing)
{
    char words[300];
    char name[64];
    size_t i = 0;
    for (; missing->name[i] != '\0' && i < sizeof name - 1; i++) {
        char letter = missing->name[i];
        name[i] = (char)(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
    }
    name[i] = '\0';
    if (missing->in_script) {
        snprintf(words, sizeof words, "%s: fill in ask_%s near the top of the script; without it the script stops",
                 missing->words, missing->name);
    } else {
        snprintf(words, sizeof words, "%s: put it where YOUR-%s stands", missing->words, name);
    }
    field(out, "Missing", words);
}

static void add_wider(struct buffer *out, const struct repair *repair)
{
    if (repair->wider_count > 0) {
        buffer_text(out, "\nWhen it did not help, undo it before you take the next:\n");
    }
    for (size_t i = 0; i < repair->wider_count; i++) {
        char words[800];
        const struct remedy_fact *other = repair->wider[i];
        snprintf(words, sizeof words, "rdpwhy fix %s: %s; when %s", other->name, other->title, other->when);
        field(out, "", words);
    }
}

static void begin_readme(struct writing *writing)
{
    const struct repair *repair = writing->repair;
    const struct remedy_fact *remedy = repair->remedy;
    const struct cause_fact *cause = cause_fact(repair->cause);
    struct buffer *out = &writing->readme;
    char words[800];
    buffer_format(out, "%s\n%s\n\n", cause->slug, cause->sentence);
    snprintf(words, sizeof words, "%s: %s", remedy->name, remedy->title);
    field(out, "Repair", words);
    field(out, "Why", remedy->why);
    field(out, "Only when", remedy->when);
    field(out, "Needs", remedy->needs);
    snprintf(words, sizeof words, "%s; interrupts: %s", risk_name(remedy->risk), remedy->restarts);
    field(out, "Risk", words);
    if (remedy->timed != NULL) {
        field(out, "Ends", remedy->timed);
    }
    field(out, "Saves", remedy->saves);
    field(out, "Undo", remedy->reverts);
    for (size_t i = 0; i < repair->note_count; i++) {
        field(out, "Note", repair->notes[i]);
    }
    for (size_t i = 0; i < repair->missing_count; i++) {
        add_missing(out, &repair->missing[i]);
    }
    if (writing->again.before[0] != '\0') {
        snprintf(words, sizeof words, "look from outside, to compare with: %s", writing->again.before);
        field(out, "Before", words);
    }
    buffer_text(out, "\n");
    if (remedy->kind == REMEDY_WORDS) {
        buffer_format(out, "What to do stands in %s-%s.txt, from top to bottom.\n\n", remedy->name,
                      remedy_part_name(PART_APPLY));
        return;
    }
    snprintf(words, sizeof words, "%s. Needs: %s.", repair->delivery->title, repair->delivery->needs);
    field(out, "By", words);
    snprintf(words, sizeof words, "%s, in the folder of these files.", repair->delivery->typed);
    field(out, "Type", words);
    field(out, "Result",
          "the last line each script prints: RDPWHY RESULT ok, nothing-to-do or failed, and why. When look says "
          "nothing-to-do, this is not the repair: stop there.");
    buffer_text(out, "\n");
}

static bool write_one(const struct output_file *file, struct error *error)
{
    errno = 0;
    FILE *out = fopen(file->path, "wx");
    if (out == NULL && errno == EEXIST) {
        return error_set(error, ERROR_NO_INPUT, "%.300s is there already; nothing was written: name another folder",
                         file->path);
    }
    bool done = out != NULL && fwrite(file->bytes, 1, file->size, out) == file->size;
    int reason = errno;
    if (out != NULL && fclose(out) != 0) {
        reason = done ? errno : reason;
        done = false;
    }
    if (!done) {
        if (out != NULL) {
            remove(file->path);
        }
        return error_set(error, ERROR_NO_INPUT, "%.300s cannot be written (%s); nothing was", file->path,
                         strerror(reason));
    }
    return true;
}

static bool write_all(struct writing *writing, struct error *error)
{
    for (size_t i = 0; i < writing->count; i++) {
        if (!write_one(&writing->files[i], error)) {
            while (i-- > 0) {
                remove(writing->files[i].path);
            }
            return false;
        }
    }
    return true;
}

static bool gather(struct writing *writing, const struct repair_request *request, struct error *error)
{
    static const enum remedy_part order[] = { PART_LOOK, PART_APPLY, PART_VERIFY, PART_UNDO };
    const struct remedy_fact *remedy = writing->repair->remedy;
    begin_readme(writing);
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        bool wanted = remedy->kind != REMEDY_WORDS || order[i] == PART_APPLY; /* of words, that part holds all */
        if (wanted && remedy_has(remedy, order[i]) && !add_part(writing, request, order[i], error)) {
            return false;
        }
    }
    buffer_format(&writing->readme, "At the end look from outside again: %s\n", writing->again.after);
    add_wider(&writing->readme, writing->repair);
    if (writing->readme.failed) {
        return error_no_memory(error);
    }
    return add_text(writing, "README.txt", (const char *)writing->readme.bytes, error);
}

bool fix_write(FILE *out, const struct repair_request *request, const struct repair *repair,
               const struct fix_view *view, const char *folder, struct error *error)
{
    struct writing writing = { .repair = repair, .folder = folder };
    fix_look_again(repair, view, &writing.again);
    buffer_init(&writing.readme, README_MAX);
    bool done = gather(&writing, request, error) && platform_folder_make(folder, error) && write_all(&writing, error);
    for (size_t i = 0; done && i < writing.count; i++) {
        fprintf(out, "%s\n", writing.files[i].path);
    }
    for (size_t i = 0; i < writing.count; i++) {
        alloc_free(writing.files[i].path);
        alloc_free(writing.files[i].bytes);
    }
    buffer_release(&writing.readme);
    if (done && fputs("Nothing was run. README.txt says in which order.\n", out) < 0) {
        return error_set(error, ERROR_INTERNAL, "cannot write to standard output");
    }
    return done;
}
