#include "read/evtx.h"

#include <string.h>

#include <libbfio.h>
#include <libevtx.h>

#include "base/alloc.h"
#include "base/cursor.h"
#include "facts/codes.h"

enum {
    HEADER_SIZE = 4096,
    CHUNK_SIZE = 65536,
    CHUNK_RECORDS_AT = 512,
    CHUNK_FREE_AT = 48,
    BATCH = 32, /* chunks: 2 MiB */
    RECORD_MAGIC = 0x00002a2a,
    RECORD_HEAD = 24,
    WALKED_MAX = BATCH * (CHUNK_SIZE / (RECORD_HEAD + 1)),
    XML_MAX = 256 << 10,
    VALUES_MAX = 64,
    EVENT_ID_AT = 3, /* among the values of the template that every provider's events begin with */
    RECORD_NUMBER_AT = 10,
    TYPE_U16 = 0x06,
    TYPE_FILETIME = 0x11,
    TYPE_HEX64 = 0x15,
    TYPE_U64 = 0x0a,
};

/* 1601 to 1970 in units of 100 ns */
static const uint64_t EPOCH = 116444736000000000ULL;

/* A record of the batch, as our own walk met it. */
struct walked {
    uint64_t number;
    bool wanted;
};
struct reading {
    uint8_t *batch; /* HEADER_SIZE and up to BATCH chunks */
    size_t chunks;
    struct walked *walked;         /* owned; WALKED_MAX, of the chunks of the batch one after the other */
    size_t chunk_first[BATCH + 1]; /* where each chunk's begin */
    char *xml;
    struct evtx_event *event;
    evtx_take *take;
    void *context;
    struct evtx_counts *counts;
};

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

static uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
    uint32_t crc = ~0U;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0);
        }
    }
    return ~crc;
}

/* A header that fits what follows. */
static void make_header(uint8_t header[HEADER_SIZE], size_t chunks)
{
    memset(header, 0, HEADER_SIZE);
    memcpy(header, "ElfFile", 8);
    put(header + 16, chunks - 1, 8);
    put(header + 24, 1, 8);
    put(header + 32, 128, 4);
    put(header + 36, 1, 2);
    put(header + 38, 3, 2);
    put(header + 40, HEADER_SIZE, 2);
    put(header + 42, chunks, 2);
    put(header + 124, crc32_of(header, 120), 4);
}

static bool known_id(unsigned id)
{
    return event_next(id, NULL) != NULL;
}

/* Where the values of a record lie, when it is of the usual form: one template, whose values begin as every provider's
 * do. */
struct values {
    struct cursor data;
    uint32_t count;
    uint8_t types[VALUES_MAX];
    size_t places[VALUES_MAX];
};

static bool find_values(const uint8_t *chunk, size_t at, size_t size, struct values *values)
{
    struct cursor cursor = cursor_of(chunk + at + RECORD_HEAD, size - RECORD_HEAD);
    uint32_t head;
    uint32_t template_at;
    uint32_t length;
    size_t place = 0;
    /* fragment header, template instance, its version and number */
    if (!cursor_u32le(&cursor, &head) || head != 0x0001010f || !cursor_skip(&cursor, 6) ||
        !cursor_u32le(&cursor, &template_at)) {
        return false;
    }
    if (template_at == at + RECORD_HEAD + cursor_offset(&cursor) &&
        (!cursor_skip(&cursor, 20) || !cursor_u32le(&cursor, &length) || !cursor_skip(&cursor, length))) {
        return false;
    }
    if (!cursor_u32le(&cursor, &values->count) || values->count <= EVENT_ID_AT + 3 || values->count > VALUES_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < values->count; i++) {
        uint16_t bytes;
        if (!cursor_u16le(&cursor, &bytes) || !cursor_u8(&cursor, &values->types[i]) || !cursor_skip(&cursor, 1)) {
            return false;
        }
        values->places[i] = place;
        place += bytes;
    }
    values->data = cursor;
    return values->types[EVENT_ID_AT - 1] == TYPE_U16 && values->types[EVENT_ID_AT] == TYPE_U16 &&
           values->types[EVENT_ID_AT + 2] == TYPE_HEX64 && values->types[EVENT_ID_AT + 3] == TYPE_FILETIME;
}

/* Its place in the channel, from 1; a filter that took some out left gaps. */
static void note_number(const struct values *values, struct evtx_counts *counts)
{
    struct cursor cursor = values->data;
    uint64_t number;
    if (values->count <= RECORD_NUMBER_AT || values->types[RECORD_NUMBER_AT] != TYPE_U64 ||
        !cursor_skip(&cursor, values->places[RECORD_NUMBER_AT]) || !cursor_u64le(&cursor, &number)) {
        return;
    }
    counts->steps += counts->numbered > 0 && number == counts->last_number + 1;
    counts->numbered++;
    counts->last_number = number;
}

bool evtx_is_whole(const struct evtx_counts *counts)
{
    return counts->records > 0 && counts->numbered == counts->records && counts->steps == counts->numbered - 1 &&
           counts->unreadable == 0 && counts->damaged == 0 && counts->cut == 0;
}

/* False only when the record is of the usual form and its id is none that we know: to decode it would cost a hundred
 * times as much. Anything odd is left to the library. */
static bool may_be_wanted(const uint8_t *chunk, size_t at, size_t size, struct evtx_counts *counts)
{
    struct values values;
    uint16_t id;
    if (!find_values(chunk, at, size, &values)) {
        return true;
    }
    note_number(&values, counts);
    return !cursor_skip(&values.data, values.places[EVENT_ID_AT]) || !cursor_u16le(&values.data, &id) || known_id(id);
}

static int64_t time_of(uint64_t filetime)
{
    return filetime < EPOCH || filetime - EPOCH > (uint64_t)INT64_MAX / 2 ? 0 : (int64_t)((filetime - EPOCH) / 10);
}

static void note_time(struct evtx_counts *counts, int64_t time_us)
{
    if (time_us > 0) {
        counts->first_us = counts->first_us == 0 || time_us < counts->first_us ? time_us : counts->first_us;
        counts->last_us = time_us > counts->last_us ? time_us : counts->last_us;
    }
}

/* Behind the free space lie leftovers of what was cleared. */
static size_t end_of_records(const uint8_t *chunk)
{
    struct cursor cursor = cursor_of(chunk + CHUNK_FREE_AT, 4);
    uint32_t end;
    return cursor_u32le(&cursor, &end) && end > CHUNK_RECORDS_AT && end <= CHUNK_SIZE ? end : CHUNK_SIZE;
}

/* Walks the records of a chunk, as far as they hold together. False: the library need not see it. */
static bool look_at_chunk(const uint8_t *chunk, struct reading *reading)
{
    struct evtx_counts *counts = reading->counts;
    size_t count = reading->chunk_first[reading->chunks];
    const size_t end = end_of_records(chunk);
    size_t at = CHUNK_RECORDS_AT;
    bool wanted = false;
    bool any = false;
    while (at + RECORD_HEAD < end) {
        struct cursor cursor = cursor_of(chunk + at, end - at);
        uint32_t magic;
        uint32_t size;
        uint64_t number;
        uint64_t time;
        if (!cursor_u32le(&cursor, &magic) || magic != RECORD_MAGIC || !cursor_u32le(&cursor, &size) ||
            size <= RECORD_HEAD || size > end - at || !cursor_u64le(&cursor, &number) ||
            !cursor_u64le(&cursor, &time)) {
            break;
        }
        any = true;
        counts->records++;
        note_time(counts, time_of(time));
        const bool may = may_be_wanted(chunk, at, size, counts);
        wanted = wanted || may;
        reading->walked[count++] = (struct walked){ .number = number, .wanted = may };
        at += size;
    }
    reading->chunk_first[reading->chunks + 1] = count;
    return wanted || !any; /* of a chunk without a first record the library may know more */
}

/* One record: 1 taken or of no use, 0 unreadable, -1 the failure of `take`. */
static int read_record(libevtx_record_t *record, struct reading *reading, struct error *error)
{
    uint32_t id = 0;
    uint64_t time = 0;
    if (libevtx_record_get_event_identifier(record, &id, NULL) != 1) {
        return 0;
    }
    if (!known_id(id & 0xffff)) {
        return 1;
    }
    /* to ask for the size first would have the library make the text twice */
    struct evtx_event *event = reading->event;
    reading->xml[0] = '\0';
    if (libevtx_record_get_utf8_xml_string(record, (uint8_t *)reading->xml, XML_MAX, NULL) != 1 ||
        !evtx_event_parse(reading->xml, strnlen(reading->xml, XML_MAX), event)) {
        return 0;
    }
    event->id = id & 0xffff;
    event->time_us = libevtx_record_get_written_time(record, &time, NULL) == 1 ? time_of(time) : 0;
    reading->counts->taken++;
    return reading->take(reading->context, event, error) ? 1 : -1;
}

/* Does the library count the records as our walk did? Then those of no use are not even opened: that costs most. */
static bool counts_alike(libevtx_file_t *file, int count, const struct walked *walked, size_t walked_count)
{
    size_t i = 0;
    while (i < walked_count && !walked[i].wanted) {
        i++;
    }
    libevtx_record_t *record = NULL;
    uint64_t number = 0;
    if (count < 0 || (size_t)count != walked_count || i == walked_count ||
        libevtx_file_get_record_by_index(file, (int)i, &record, NULL) != 1) {
        return false;
    }
    const bool alike = libevtx_record_get_identifier(record, &number, NULL) == 1 && number == walked[i].number;
    libevtx_record_free(&record, NULL);
    return alike;
}

enum batch_end { BATCH_READ, BATCH_BAD, BATCH_FAILED };

static enum batch_end read_records(libevtx_file_t *file, struct reading *reading, const struct walked *walked,
                                   size_t walked_count, struct error *error)
{
    int count = 0;
    if (libevtx_file_get_number_of_records(file, &count, NULL) != 1) {
        return BATCH_BAD;
    }
    const bool alike = counts_alike(file, count, walked, walked_count);
    for (int i = 0; i < count; i++) {
        libevtx_record_t *record = NULL;
        int done = 0;
        if (alike && !walked[i].wanted) {
            continue;
        }
        if (libevtx_file_get_record_by_index(file, i, &record, NULL) == 1) {
            done = read_record(record, reading, error);
            libevtx_record_free(&record, NULL);
        }
        reading->counts->unreadable += done == 0;
        if (done < 0) {
            return BATCH_FAILED;
        }
    }
    return count > 0 ? BATCH_READ : BATCH_BAD;
}

/* `bytes`: a header and `chunks` chunks, of the batch from `first` on. A batch with anything wrong in it is BATCH_BAD
 * before any record was taken, unless it is a single chunk: that one gives what it can. */
static enum batch_end read_batch(uint8_t *bytes, size_t first, size_t chunks, struct reading *reading,
                                 struct error *error)
{
    const size_t from = reading->chunk_first[first];
    const size_t walked_count = reading->chunk_first[first + chunks] - from;
    libbfio_handle_t *memory = NULL;
    libevtx_file_t *file = NULL;
    enum batch_end end = BATCH_BAD;
    make_header(bytes, chunks);
    if (libbfio_memory_range_initialize(&memory, NULL) == 1 &&
        libbfio_memory_range_set(memory, bytes, HEADER_SIZE + chunks * CHUNK_SIZE, NULL) == 1 &&
        libevtx_file_initialize(&file, NULL) == 1 &&
        libevtx_file_open_file_io_handle(file, memory, LIBEVTX_OPEN_READ, NULL) == 1) {
        end = chunks > 1 && libevtx_file_is_corrupted(file, NULL) != 0
                  ? BATCH_BAD
                  : read_records(file, reading, reading->walked + from, walked_count, error);
        libevtx_file_close(file, NULL);
    }
    if (file != NULL) {
        libevtx_file_free(&file, NULL);
    }
    if (memory != NULL) {
        libbfio_handle_free(&memory, NULL);
    }
    return end;
}

/* Each chunk of a batch that the library refused, by itself. */
static bool read_singly(struct reading *reading, struct error *error)
{
    uint8_t *one = alloc_new(HEADER_SIZE + CHUNK_SIZE);
    bool good = one != NULL || error_no_memory(error);
    for (size_t i = 0; i < reading->chunks && good; i++) {
        memcpy(one + HEADER_SIZE, reading->batch + HEADER_SIZE + i * CHUNK_SIZE, CHUNK_SIZE);
        const enum batch_end end = read_batch(one, i, 1, reading, error);
        reading->counts->damaged += end == BATCH_BAD;
        good = end != BATCH_FAILED;
    }
    alloc_free(one);
    return good;
}

static bool read_chunks(struct reading *reading, struct error *error)
{
    if (reading->chunks == 0) {
        return true;
    }
    const enum batch_end end = read_batch(reading->batch, 0, reading->chunks, reading, error);
    const bool good = end == BATCH_READ || (end == BATCH_BAD && read_singly(reading, error));
    reading->chunks = 0;
    return good;
}

static bool read_all(FILE *file, struct reading *reading, struct error *error)
{
    struct evtx_counts *counts = reading->counts;
    uint8_t *header = reading->batch;
    if (fread(header, 1, HEADER_SIZE, file) != HEADER_SIZE) {
        return error_set(error, ERROR_DATA, "an event log that ends inside its header");
    }
    const uint32_t crc =
        (uint32_t)header[124] | (uint32_t)header[125] << 8 | (uint32_t)header[126] << 16 | (uint32_t)header[127] << 24;
    counts->headless = crc != crc32_of(header, 120);
    bool good = true;
    while (good) {
        uint8_t *chunk = reading->batch + HEADER_SIZE + reading->chunks * CHUNK_SIZE;
        const size_t got = fread(chunk, 1, CHUNK_SIZE, file);
        if (got < CHUNK_SIZE) {
            counts->cut = got;
            break;
        }
        if (memcmp(chunk, "ElfChnk", 8) != 0) {
            /* room that was kept and never used is all zero; anything else was a chunk once */
            counts->damaged += chunk[0] != 0 || memcmp(chunk, chunk + 1, CHUNK_SIZE - 1) != 0;
            continue;
        }
        counts->chunks++;
        reading->chunks += look_at_chunk(chunk, reading);
        if (reading->chunks == BATCH) {
            good = read_chunks(reading, error);
        }
    }
    good = good && read_chunks(reading, error);
    return good &&
           (counts->chunks > 0 || error_set(error, ERROR_DATA, "an event log without a whole chunk of records"));
}

bool evtx_read(FILE *file, evtx_take *take, void *context, struct evtx_counts *counts, struct error *error)
{
    struct reading reading = { .take = take, .context = context, .counts = counts };
    *counts = (struct evtx_counts){ 0 };
    reading.batch = alloc_new(HEADER_SIZE + (size_t)BATCH * CHUNK_SIZE);
    reading.xml = alloc_new(XML_MAX);
    reading.event = alloc_new(sizeof *reading.event);
    reading.walked = alloc_array(WALKED_MAX, sizeof *reading.walked);
    bool good = reading.batch != NULL && reading.walked != NULL && reading.xml != NULL && reading.event != NULL;
    good = good ? read_all(file, &reading, error) : error_no_memory(error);
    alloc_free(reading.batch);
    alloc_free(reading.xml);
    alloc_free(reading.event);
    alloc_free(reading.walked);
    return good;
}
