#include "read/collect.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/text.h"

static const char head_key[] = "RDPWHY-COLLECT";
static const char end_key[] = "END";

/* The text so far; a record is put together here until the next one begins. */
struct reader {
    struct collect *collect;
    struct buffer record; /* without the @ */
    unsigned line;        /* of its beginning */
    bool open;            /* a record is being put together */
    bool past_end;
    bool too_long;
    unsigned sum;
    struct error *error;
};

static void complain(struct reader *reader, unsigned line, const char *why)
{
    struct collect *collect = reader->collect;
    if (!reader->past_end && collect->complaint_count < COLLECT_COMPLAINTS_MAX) {
        collect->complaints[collect->complaint_count++] = (struct collect_complaint){ .line = line, .why = why };
    }
}

static bool is_encoded(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("+%._:/\\,(){}*=|-", c) != NULL);
}

static bool is_key(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bool word = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'Z') ||
                    (text[i] >= 'a' && text[i] <= 'z') || text[i] == '.' || text[i] == '-';
        if (!word) {
            return false;
        }
    }
    return size > 0 && size <= 64;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* One field, decoded and made clean. NULL with *bad: a % that no two digits follow. */
static char *field_text(const char *text, size_t size, bool *bad)
{
    uint8_t *bytes = alloc_new(size);
    if (bytes == NULL) {
        return NULL;
    }
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '%') {
            int high = i + 2 < size ? hex_digit(text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
            if (low < 0) {
                *bad = true;
                alloc_free(bytes);
                return NULL;
            }
            bytes[used++] = (uint8_t)(high << 4 | low);
            i += 2;
        } else {
            bytes[used++] = text[i] == '+' ? ' ' : (uint8_t)text[i];
        }
    }
    char *clean = text_escape(bytes, used, COLLECT_RECORD_MAX);
    alloc_free(bytes);
    return clean;
}

static void record_release(struct collect_record *record)
{
    for (size_t i = 0; i < record->field_count; i++) {
        alloc_free(record->fields[i]);
    }
    alloc_free(record->key);
    *record = (struct collect_record){ 0 };
}

static void forget(struct collect *collect)
{
    for (size_t i = 0; i < collect->count; i++) {
        record_release(&collect->records[i]);
    }
    alloc_free(collect->records);
    collect->records = NULL;
    collect->count = 0;
}

/* "1|server" of the head and of the end. */
static bool read_version(struct reader *reader, const struct collect_record *record)
{
    uint64_t version;
    const char *side = collect_field(record, 1);
    if (!text_number(collect_field(record, 0), UINT32_MAX, &version) || version == 0 ||
        (strcmp(side, "client") != 0 && strcmp(side, "server") != 0)) {
        complain(reader, record->line, "a head or an end line that names no version and side");
        return true;
    }
    if (version != COLLECT_VERSION) {
        return error_set(reader->error, ERROR_DATA,
                         "line %u: made by collect version %llu; this program reads version %d", record->line,
                         (unsigned long long)version, COLLECT_VERSION);
    }
    reader->collect->side = strcmp(side, "client") == 0 ? COLLECT_CLIENT : COLLECT_SERVER;
    return true;
}

static void take_end(struct reader *reader, const struct collect_record *record)
{
    struct collect *collect = reader->collect;
    uint64_t count;
    uint64_t sum;
    if (!text_number(collect_field(record, 2), UINT32_MAX, &count) ||
        !text_number(collect_field(record, 3), UINT16_MAX, &sum)) {
        complain(reader, record->line, "an end line without count and sum");
        return;
    }
    collect->ended = true;
    collect->said = (size_t)count;
    collect->whole = collect->headed && count == collect->count && sum == reader->sum && collect->complaint_count == 0;
    reader->past_end = true;
}

/* A new paste begins: what came before was another one. */
static void take_head(struct reader *reader)
{
    struct collect *collect = reader->collect;
    forget(collect);
    *collect = (struct collect){ .side = collect->side, .headed = true };
    reader->sum = 0;
    reader->past_end = false;
}

static bool split(struct reader *reader, const char *text, size_t size, struct collect_record *record)
{
    size_t key = strcspn(text, "=");
    if (key == size || !is_key(text, key)) {
        complain(reader, reader->line, "not of the form @key=fields");
        return true;
    }
    record->key = alloc_text_n(text, key);
    bool bad = false;
    const char *at = text + key + 1;
    while (record->key != NULL && !bad) {
        size_t length = strcspn(at, "|");
        if (record->field_count == COLLECT_FIELDS_MAX) {
            complain(reader, reader->line, "more fields than a record has; the rest is left out");
            break;
        }
        char *field = field_text(at, length, &bad);
        if (field == NULL) {
            break;
        }
        record->fields[record->field_count++] = field;
        if (at[length] == '\0') {
            return true;
        }
        at += length + 1;
    }
    if (bad) {
        complain(reader, reader->line, "a % that two hexadecimal digits do not follow");
        record_release(record);
        return true;
    }
    return (record->key != NULL && record->field_count == COLLECT_FIELDS_MAX) || error_no_memory(reader->error);
}

static bool keep(struct reader *reader, struct collect_record *record)
{
    struct collect *collect = reader->collect;
    if (collect->count == COLLECT_RECORDS_MAX) {
        complain(reader, record->line, "more records than are kept");
        record_release(record);
        return true;
    }
    struct collect_record *records = alloc_resize(collect->records, collect->count + 1, sizeof *records);
    if (records == NULL) {
        record_release(record);
        return error_no_memory(reader->error);
    }
    collect->records = records;
    records[collect->count++] = *record;
    return true;
}

/* The record that was put together, whole. */
static bool close_record(struct reader *reader)
{
    if (!reader->open) {
        return true;
    }
    reader->open = false;
    if (reader->too_long) {
        complain(reader, reader->line, "a record longer than 4096 bytes");
        return true;
    }
    if (reader->record.failed) {
        return error_no_memory(reader->error);
    }
    struct collect_record record = { .line = reader->line };
    const char *text = reader->record.size > 0 ? (const char *)reader->record.bytes : "";
    if (!split(reader, text, reader->record.size, &record)) {
        record_release(&record);
        return false;
    }
    if (record.key == NULL) {
        return true;
    }
    bool head = strcmp(record.key, head_key) == 0;
    if (head || strcmp(record.key, end_key) == 0) {
        bool done = read_version(reader, &record);
        if (head) {
            take_head(reader);
        } else if (done) {
            take_end(reader, &record);
        }
        record_release(&record);
        return done;
    }
    if (reader->past_end) {
        record_release(&record);
        return true;
    }
    reader->sum = (reader->sum + '@') % 65536;
    for (size_t i = 0; i < reader->record.size; i++) {
        reader->sum = (reader->sum + reader->record.bytes[i]) % 65536;
    }
    return keep(reader, &record);
}

static void extend(struct reader *reader, const char *text, size_t size)
{
    if (reader->too_long || reader->record.size + size > COLLECT_RECORD_MAX) {
        reader->too_long = true;
        return;
    }
    buffer_add(&reader->record, text, size);
}

static bool take_line(struct reader *reader, const char *text, size_t size, unsigned line)
{
    /* What mail programs and terminals put before and behind. */
    while (size > 0 && (text[0] == ' ' || text[0] == '\t' || text[0] == '>')) {
        text++;
        size--;
    }
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t' || text[size - 1] == '\r')) {
        size--;
    }
    if (size > 0 && text[0] == '@') {
        if (!close_record(reader)) {
            return false;
        }
        buffer_clear(&reader->record);
        reader->open = true;
        reader->too_long = false;
        reader->line = line;
        text++;
        size--;
    } else if (!reader->open || size == 0) {
        return true; /* text around, or before the first record */
    }
    for (size_t i = 0; i < size; i++) {
        if (!is_encoded(text[i])) {
            /* Foreign words between the records: a prompt, an error message of the shell. */
            if (reader->line == line) {
                reader->open = false;
                complain(reader, line, "a line with @ that is no record");
            }
            return close_record(reader);
        }
    }
    extend(reader, text, size);
    return true;
}

/* UTF-16 with a byte order mark, as Windows PowerShell redirects: letters outside of ASCII become '?', which no record
 * holds. The caller frees. */
static char *narrow(const uint8_t *bytes, size_t size, size_t *length)
{
    bool little = bytes[0] == 0xff;
    char *text = alloc_new(size / 2 + 1);
    if (text == NULL) {
        return NULL;
    }
    *length = 0;
    for (size_t i = 2; i + 1 < size; i += 2) {
        unsigned letter = little ? bytes[i] | (unsigned)bytes[i + 1] << 8 : bytes[i + 1] | (unsigned)bytes[i] << 8;
        text[(*length)++] = letter < 0x80 ? (char)letter : '?';
    }
    return text;
}

static bool read_lines(struct reader *reader, const char *text, size_t size)
{
    unsigned line = 1;
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t length = end != NULL ? (size_t)(end - text) : size;
        if (!take_line(reader, text, length, line)) {
            return false;
        }
        length += end != NULL ? 1 : 0;
        text += length;
        size -= length;
        line++;
    }
    return close_record(reader);
}

static bool is_wide(const uint8_t *bytes, size_t size)
{
    return size >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff));
}

bool collect_parse(const void *bytes, size_t size, struct collect *collect, struct error *error)
{
    *collect = (struct collect){ 0 };
    if (size > COLLECT_BYTES_MAX) {
        return error_set(error, ERROR_DATA, "larger than %d MiB: not the output of rdpwhy collect",
                         COLLECT_BYTES_MAX >> 20);
    }
    char *owned = NULL;
    const char *text = bytes;
    if (is_wide(bytes, size)) {
        owned = narrow(bytes, size, &size);
        if (owned == NULL) {
            return error_no_memory(error);
        }
        text = owned;
    } else if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        size -= 3;
    }
    struct reader reader = { .collect = collect, .error = error };
    buffer_init(&reader.record, COLLECT_RECORD_MAX);
    bool done = read_lines(&reader, text, size);
    buffer_release(&reader.record);
    alloc_free(owned);
    if (done && !collect->headed && !collect->ended) {
        done = error_set(error, ERROR_DATA,
                         "no output of rdpwhy collect: neither its first nor its last line is there; paste all of it, "
                         "from @RDPWHY-COLLECT to @END");
    }
    if (!done) {
        collect_release(collect);
    }
    return done;
}

bool collect_is(const void *bytes, size_t size)
{
    struct collect collect;
    bool is = collect_parse(bytes, size, &collect, NULL);
    collect_release(&collect);
    return is;
}

void collect_release(struct collect *collect)
{
    forget(collect);
    *collect = (struct collect){ 0 };
}

const struct collect_record *collect_next(const struct collect *collect, const char *key,
                                          const struct collect_record *after)
{
    for (size_t i = after != NULL ? (size_t)(after - collect->records) + 1 : 0; i < collect->count; i++) {
        if (strcmp(collect->records[i].key, key) == 0) {
            return &collect->records[i];
        }
    }
    return NULL;
}

const char *collect_field(const struct collect_record *record, size_t i)
{
    return i < record->field_count ? record->fields[i] : "";
}
