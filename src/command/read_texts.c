#include "command/read_texts.h"

#include <string.h>

#include "base/alloc.h"
#include "command/read_kinds.h"
#include "read/text_freerdp.h"
#include "read/text_linux.h"
#include "read/text_mremote.h"
#include "read/text_nmap.h"
#include "read/text_run.h"
#include "read/text_xrdp.h"

enum { BLOCK_SIZE = 65536, BINARY_LOOK = 4096 };

/* One reader of logs: every line of a text goes through all of them, and each knows its own. */
struct reader {
    const char *what; /* "a log of FreeRDP" */
    size_t offset;    /* of its struct in struct texts */
    size_t tales;     /* and of its tales and its count of lines in that */
    size_t used;
    line_take take;
    bool (*end)(void *log, struct error *error); /* NULL: nothing is left to do behind the last line */
    void (*release)(void *log);
};

struct texts {
    struct freerdp_log freerdp;
    struct xrdp_log xrdp;
    struct nmap_scan nmap;
    struct run_log run;
    struct linux_log linux_;
    struct mremote_log mremote;
    struct buffer head; /* the beginning as UTF-8, for codes and sentences */
    bool head_full;
};

static bool end_freerdp(void *log, struct error *error)
{
    (void)error;
    freerdp_log_end(log);
    return true;
}
static void release_freerdp(void *log)
{
    freerdp_log_release(log);
}
static bool end_xrdp(void *log, struct error *error)
{
    (void)error;
    xrdp_log_end(log);
    return true;
}
static void release_xrdp(void *log)
{
    xrdp_log_release(log);
}
static bool end_nmap(void *log, struct error *error)
{
    return nmap_scan_end(log, error);
}
static void release_nmap(void *log)
{
    nmap_scan_release(log);
}
static void release_run(void *log)
{
    run_log_release(log);
}
static void release_linux(void *log)
{
    linux_log_release(log);
}
static void release_mremote(void *log)
{
    mremote_log_release(log);
}

#define READER(name, type) offsetof(struct texts, name), offsetof(struct type, tales), offsetof(struct type, used)
static const struct reader readers[] = {
    { "a log of FreeRDP", READER(freerdp, freerdp_log), freerdp_log_take, end_freerdp, release_freerdp },
    { "a log of xrdp", READER(xrdp, xrdp_log), xrdp_log_take, end_xrdp, release_xrdp },
    { "what nmap printed", READER(nmap, nmap_scan), nmap_scan_take, end_nmap, release_nmap },
    { "what a script of rdpwhy fix printed", READER(run, run_log), run_log_take, NULL, release_run },
    { "the journal of a Linux server", READER(linux_, linux_log), linux_log_take, NULL, release_linux },
    { "mRemoteNG's log", READER(mremote, mremote_log), mremote_log_take, NULL, release_mremote },
};

static void *log_of(struct texts *texts, const struct reader *reader)
{
    return (char *)texts + reader->offset;
}

static void keep_head(struct texts *texts, const struct text_line *line)
{
    if (texts->head_full) {
        return;
    }
    if (texts->head.size + line->size + 1 > FIND_TEXT_MAX) {
        texts->head_full = true;
        return;
    }
    buffer_add(&texts->head, line->text, line->size);
    buffer_add(&texts->head, "\n", 1);
}

static bool take_line(void *context, const struct text_line *line, struct error *error)
{
    struct texts *texts = context;
    keep_head(texts, line);
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        if (!readers[i].take(log_of(texts, &readers[i]), line, error)) {
            return false;
        }
    }
    return true;
}

static bool read_lines(struct lines *lines, const struct buffer *begin, FILE *file, struct error *error)
{
    bool good = lines_add(lines, begin->bytes, begin->size, error);
    uint8_t *block = file != NULL ? alloc_new(BLOCK_SIZE) : NULL;
    good = good && (file == NULL || block != NULL || error_no_memory(error));
    size_t got;
    while (good && file != NULL && (got = fread(block, 1, BLOCK_SIZE, file)) > 0) {
        good = lines_add(lines, block, got, error);
    }
    alloc_free(block);
    return good && lines_finish(lines, error);
}

static bool add_tales(struct read_all *all, struct read_file *row, const struct reader *reader,
                      const struct tales *tales, size_t used, struct error *error)
{
    const size_t kept = tales_kept(tales);
    if (used == 0) {
        return true;
    }
    row->recognised = true;
    row->kind = READ_LOG;
    const size_t at = strlen(row->found);
    snprintf(row->found + at, sizeof row->found - at, "%s%s: %zu line%s, %zu connection%s", at > 0 ? "; " : "",
             reader->what, used, used == 1 ? "" : "s", tales->count, tales->count == 1 ? "" : "s");
    if (tales->count > kept) {
        read_skip(row, "the %zu older connections: the last %d count", tales->count - kept, TALES_MAX);
    }
    bool zoneless = false;
    for (size_t i = 0; i < kept; i++) {
        zoneless = zoneless || tales_at(tales, i)->zoneless;
        struct evidence *evidence = tale_evidence(tales_at(tales, i), error);
        if (evidence == NULL || !read_add(all, evidence, error)) {
            return false;
        }
    }
    return !zoneless || read_skip(row, "its times carry no zone and are taken as UTC: where they are not, it is not "
                                       "joined with other files by time");
}

static void tell_lines(struct read_file *row, const struct lines *lines)
{
    if (lines->cut_count > 0) {
        read_skip(row, "%zu line%s longer than %d bytes, the first one line %zu: only that much of each was read",
                  lines->cut_count, lines->cut_count == 1 ? "" : "s", LINES_KEPT, lines->first_cut);
    }
    if (lines->nul_count > 0) {
        read_skip(row, "%zu bytes that no text holds", lines->nul_count);
    }
}

static bool take_message(struct read_all *all, struct read_file *row, const struct texts *texts, struct error *error)
{
    struct found found = { 0 };
    if (texts->head.size > 0) {
        find_in_text((const char *)texts->head.bytes, texts->head.size, &found);
    }
    if (found.count == 0 && found.phrase_count == 0) {
        return read_skip(row,
                         "no kind of file that is known here, and no code and no known sentence of a client in it");
    }
    row->kind = READ_CODES;
    row->recognised = true;
    if (texts->head_full) {
        read_skip(row, "only its first %d bytes were searched for codes", FIND_TEXT_MAX);
    }
    if (all->said != NULL) {
        return read_skip(row, "a second text with codes: those of the first one count");
    }
    all->said = alloc_new(sizeof *all->said);
    all->found = alloc_copy(&found, sizeof found);
    if (all->said == NULL || all->found == NULL) {
        return error_no_memory(error);
    }
    all->said_file = all->file_count;
    explain(&found, all->said);
    snprintf(row->found, sizeof row->found, "%.200s", all->said->summary);
    return true;
}

bool read_texts(struct read_all *all, struct read_file *row, const struct buffer *begin, FILE *file,
                struct error *error)
{
    struct lines lines = { 0 };
    struct texts *texts = alloc_new(sizeof *texts);
    bool good = texts != NULL || error_no_memory(error);
    if (good) {
        buffer_init(&texts->head, FIND_TEXT_MAX + 8);
        freerdp_log_init(&texts->freerdp);
        xrdp_log_init(&texts->xrdp);
        nmap_scan_init(&texts->nmap, all->rdp_port);
    }
    good = good && lines_init(&lines, take_line, texts, error) && read_lines(&lines, begin, file, error);
    good = good && (!texts->head.failed || error_no_memory(error));
    for (size_t i = 0; i < COUNT_OF(readers) && good; i++) {
        void *log = log_of(texts, &readers[i]);
        good = (readers[i].end == NULL || readers[i].end(log, error)) &&
               add_tales(all, row, &readers[i], (const struct tales *)((const char *)log + readers[i].tales),
                         *(const size_t *)((const char *)log + readers[i].used), error);
    }
    if (good) {
        tell_lines(row, &lines);
        good = row->recognised || take_message(all, row, texts, error);
    }
    for (size_t i = 0; i < COUNT_OF(readers) && texts != NULL; i++) {
        readers[i].release(log_of(texts, &readers[i]));
    }
    if (texts != NULL) {
        buffer_release(&texts->head);
    }
    alloc_free(texts);
    lines_release(&lines);
    return good;
}

bool read_scan(struct read_all *all, struct read_file *row, const struct buffer *bytes, struct error *error)
{
    struct nmap_scan scan;
    struct error inner = { 0 };
    nmap_scan_init(&scan, all->rdp_port);
    row->kind = READ_SCAN;
    row->recognised = true;
    bool good = nmap_scan_xml(&scan, bytes->bytes, bytes->size, &inner);
    if (!good && inner.kind == ERROR_DATA) {
        good = read_skip(row, "%s", inner.text);
    } else if (!good) {
        *error = inner;
    }
    const size_t kept = tales_kept(&scan.tales);
    snprintf(row->found, sizeof row->found, "a scan by nmap: %zu host%s, %zu RDP port%s", scan.hosts,
             scan.hosts == 1 ? "" : "s", scan.tales.count, scan.tales.count == 1 ? "" : "s");
    if (scan.tales.count > kept) {
        read_skip(row, "the first %zu RDP ports: the last %d count", scan.tales.count - kept, TALES_MAX);
    }
    for (size_t i = 0; i < kept && good; i++) {
        struct evidence *evidence = tale_evidence(tales_at(&scan.tales, i), error);
        good = evidence != NULL && read_add(all, evidence, error);
    }
    nmap_scan_release(&scan);
    return good;
}

static bool fill_message(struct evidence *e, const struct found *found, struct error *error)
{
    for (unsigned i = 0; i < found->phrase_count; i++) {
        struct ev_text_item *item =
            ev_list_add(&e->told.phrases, SOURCE_FILE, &text_item_table, TOLD_PHRASES_MAX, error);
        if (item == NULL || !ev_set_words(&item->text, SOURCE_FILE, found->phrases[i]->phrase, error)) {
            return false;
        }
    }
    for (unsigned i = 0; i < found->count; i++) {
        const struct found_code *code = &found->codes[i];
        const bool extended = code->kind == CODE_EXTENDED || code->kind == CODE_ERRINFO;
        struct ev_int *field = extended ? &e->client_said.extended : &e->client_said.code;
        if (code->kind != CODE_NEGOTIATION && code->kind != CODE_EVENT && field->source == SOURCE_NONE) {
            ev_set_int(field, SOURCE_FILE, code->value);
        }
    }
    return true;
}

/* "failureCode 5": what the server answered, as the client tells it. */
static void add_failure(struct tale *tale, const struct found *found)
{
    for (unsigned i = 0; i < found->count; i++) {
        if (found->codes[i].kind == CODE_NEGOTIATION) {
            tale_offer(tale, TALE_UNSEEN, TALE_UNSEEN, found->codes[i].value);
        }
    }
}

bool read_texts_alone(struct read_all *all, struct error *error)
{
    if (all->count > 0 || all->found == NULL) {
        return true;
    }
    struct tale *tale = alloc_new(sizeof *tale);
    if (tale == NULL) {
        return error_no_memory(error);
    }
    tale_init(tale, TOLD_BY_USER, "a client's message");
    add_failure(tale, all->found);
    struct evidence *evidence = tale_evidence(tale, error);
    alloc_free(tale);
    if (evidence != NULL && !fill_message(evidence, all->found, error)) {
        evidence_free(evidence);
        evidence = NULL;
    }
    return evidence != NULL && read_add_from(all, all->said_file, evidence, error);
}

bool read_is_binary(const struct buffer *bytes)
{
    const size_t size = bytes->size < BINARY_LOOK ? bytes->size : BINARY_LOOK;
    const bool wide = size >= 2 && ((bytes->bytes[0] == 0xFF && bytes->bytes[1] == 0xFE) ||
                                    (bytes->bytes[0] == 0xFE && bytes->bytes[1] == 0xFF));
    return !wide && size > 0 && memchr(bytes->bytes, '\0', size) != NULL;
}
