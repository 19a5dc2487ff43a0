#include "read/evtx.h"

#include <string.h>

#include "base/alloc.h"
#include "read/binxml.h"
#include "read/evtx_chunk.h"
#include "read/evtx_library.h"

enum {
    FILE_HEADER_SIZE = 4096,
    FORMS_MAX = 1024,  /* a power of two; no more than half of them are used */
    CHECK_EVERY = 256, /* records */
};

/* Whether what we read of records of this form was what libevtx reads. */
struct form {
    uint64_t number; /* 0: this place is free */
    bool alike;
};
struct reading {
    struct crc32 crc;
    struct chunk chunk;
    uint8_t bytes[CHUNK_SIZE];
    uint8_t head[FILE_HEADER_SIZE];
    struct library *library; /* owned */
    bool open;               /* `library` has this chunk */
    bool refused;            /* it would not have it */
    struct evtx_event event;
    struct evtx_event other; /* the same record, read the other way */
    struct form forms[FORMS_MAX];
    size_t form_count;
    bool quick;
    evtx_take *take;
    void *context;
    struct evtx_counts *counts;
};

/* The record as libevtx reads it, of a chunk that is sound. */
static enum library_record from_library(struct reading *reading, size_t i, struct evtx_event *event)
{
    uint64_t number;
    if (!reading->open && !reading->refused) {
        reading->open = library_open(reading->library, reading->chunk.bytes);
        reading->refused = !reading->open || library_count(reading->library) != (int)reading->chunk.count;
    }
    return !reading->refused && library_number(reading->library, (int)i, &number) &&
                   number == reading->chunk.records[i].number
               ? library_event(reading->library, (int)i, event)
               : LIBRARY_UNREADABLE;
}

static bool same(const struct evtx_event *a, const struct evtx_event *b)
{
    bool same = a->id == b->id && a->time_us == b->time_us && strcmp(a->provider, b->provider) == 0 &&
                strcmp(a->channel, b->channel) == 0 && strcmp(a->computer, b->computer) == 0 &&
                strcmp(a->activity, b->activity) == 0 && a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++) {
        same = strcmp(a->pairs[i].name, b->pairs[i].name) == 0 && strcmp(a->pairs[i].value, b->pairs[i].value) == 0;
    }
    return same;
}

/* Its place, or a free one. NULL: the table is full. */
static struct form *find_form(struct reading *reading, uint64_t number)
{
    for (size_t i = (size_t)number;; i++) {
        struct form *form = &reading->forms[i % FORMS_MAX];
        if (form->number == number) {
            return form;
        }
        if (form->number == 0) {
            return reading->form_count < FORMS_MAX / 2 ? form : NULL;
        }
    }
}

/* The record as we read it ourselves, ten times as fast: only of forms of which libevtx has read the first record to
 * the same event, and from time to time it reads one more. False: libevtx must read this one. */
static bool from_chunk(struct reading *reading, size_t i)
{
    const struct chunk_record *record = &reading->chunk.records[i];
    struct evtx_counts *counts = reading->counts;
    uint64_t number;
    if (!reading->quick || !record->usual ||
        !binxml_event(reading->chunk.bytes, chunk_instance(&reading->chunk, record), &reading->event, &number)) {
        return false;
    }
    reading->event.time_us = record->time_us;
    number |= 1;
    struct form *form = find_form(reading, number);
    if (form == NULL || (form->number != 0 && !form->alike)) {
        return false;
    }
    const bool first = form->number == 0;
    if (first || counts->quick % CHECK_EVERY == 0) {
        const bool alike =
            from_library(reading, i, &reading->other) == LIBRARY_READ && same(&reading->event, &reading->other);
        counts->checked++;
        if (first) {
            *form = (struct form){ .number = number, .alike = alike };
            reading->form_count++;
        } else if (!alike) {
            reading->quick = false;
            counts->differs = true;
            counts->differs_at = record->number;
        }
        if (!alike) {
            return false;
        }
    }
    counts->quick++;
    return true;
}

static bool hand_on(struct reading *reading, enum library_record read, struct error *error)
{
    reading->counts->unreadable += read == LIBRARY_UNREADABLE;
    if (read != LIBRARY_READ) {
        return true;
    }
    reading->counts->taken++;
    return reading->take(reading->context, &reading->event, error);
}

static bool read_sound(struct reading *reading, struct error *error)
{
    bool good = true;
    reading->open = reading->refused = false;
    for (size_t i = 0; i < reading->chunk.count && good; i++) {
        if (reading->chunk.records[i].wanted) {
            const enum library_record read =
                from_chunk(reading, i) ? LIBRARY_READ : from_library(reading, i, &reading->event);
            good = hand_on(reading, read, error);
        }
    }
    return good;
}

/* A chunk that is damaged gives what the library gets out of it. Does it count the records as our walk did? Then those
 * of no use are not even opened: that costs most. */
static bool read_damaged(struct reading *reading, struct error *error)
{
    const struct chunk *chunk = &reading->chunk;
    const int count = library_open(reading->library, chunk->bytes) ? library_count(reading->library) : -1;
    bool alike = count > 0 && (size_t)count == chunk->count;
    bool good = true;
    for (size_t i = 0; i < chunk->count && alike; i++) {
        uint64_t number;
        if (chunk->records[i].wanted) {
            alike = library_number(reading->library, (int)i, &number) && number == chunk->records[i].number;
            break;
        }
    }
    for (int i = 0; i < count && good; i++) {
        if (!alike || chunk->records[i].wanted) {
            good = hand_on(reading, library_event(reading->library, i, &reading->event), error);
        }
    }
    reading->counts->damaged += count <= 0;
    return good;
}

static bool read_all(FILE *file, struct reading *reading, struct error *error)
{
    struct evtx_counts *counts = reading->counts;
    const uint8_t *head = reading->head;
    uint8_t *chunk = reading->bytes;
    if (fread(reading->head, 1, FILE_HEADER_SIZE, file) != FILE_HEADER_SIZE) {
        return error_set(error, ERROR_DATA, "an event log that ends inside its header");
    }
    const uint32_t sum =
        (uint32_t)head[124] | (uint32_t)head[125] << 8 | (uint32_t)head[126] << 16 | (uint32_t)head[127] << 24;
    counts->headless = sum != crc32_add(&reading->crc, 0, head, 120);
    bool good = true;
    while (good) {
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
        chunk_walk(&reading->chunk, &reading->crc, counts);
        if (reading->chunk.wanted) {
            good = reading->chunk.sound ? read_sound(reading, error) : read_damaged(reading, error);
        }
    }
    return good &&
           (counts->chunks > 0 || error_set(error, ERROR_DATA, "an event log without a whole chunk of records"));
}

bool evtx_read(FILE *file, enum evtx_way way, evtx_take *take, void *context, struct evtx_counts *counts,
               struct error *error)
{
    *counts = (struct evtx_counts){ 0 };
    struct reading *reading = alloc_new(sizeof *reading);
    if (reading == NULL) {
        return error_no_memory(error);
    }
    reading->take = take;
    reading->context = context;
    reading->counts = counts;
    reading->chunk.bytes = reading->bytes;
    reading->quick = way == EVTX_QUICK;
    crc32_init(&reading->crc);
    reading->library = library_new(&reading->crc);
    const bool good = reading->library != NULL ? read_all(file, reading, error) : error_no_memory(error);
    library_free(reading->library);
    alloc_free(reading);
    return good;
}
