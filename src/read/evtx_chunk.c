#include "read/evtx_chunk.h"

#include "facts/codes.h"
#include "read/binxml.h"

enum {
    RECORD_MAGIC = 0x00002a2a,
    FRAGMENT_AND_INSTANCE = 0x0001010f, /* a fragment header; the token of an instance follows */
    TOKEN_INSTANCE = 0x0c,
    HEAD_SIZE = 128,
    SUMMED_HEAD = 120, /* of the head, before the field that this sum stands in, and all between head and records */
    EVENT_ID_AT = 3,   /* among the values of the template that every provider's events begin with */
    RECORD_NUMBER_AT = 10,
};

/* 1601 to 1970 in units of 100 ns */
static const uint64_t EPOCH = 116444736000000000ULL;

int64_t chunk_time(uint64_t filetime)
{
    return filetime < EPOCH || filetime - EPOCH > (uint64_t)INT64_MAX / 2 ? 0 : (int64_t)((filetime - EPOCH) / 10);
}

bool chunk_known_id(unsigned id)
{
    return event_next(id, NULL) != NULL;
}

static uint64_t number_at(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) {
        number |= (uint64_t)bytes[i] << 8 * i;
    }
    return number;
}

struct cursor chunk_instance(const struct chunk *chunk, const struct chunk_record *record)
{
    return cursor_of(chunk->bytes + record->at + RECORD_HEAD + 5, record->size - RECORD_HEAD - 5);
}

static bool find_values(const struct chunk *chunk, const struct chunk_record *record, struct binxml_instance *values)
{
    struct cursor cursor = cursor_of(chunk->bytes + record->at + RECORD_HEAD, record->size - RECORD_HEAD);
    uint32_t head;
    uint8_t token;
    if (!cursor_u32le(&cursor, &head) || head != FRAGMENT_AND_INSTANCE || !cursor_u8(&cursor, &token) ||
        token != TOKEN_INSTANCE || !binxml_instance(chunk->bytes, &cursor, values)) {
        return false;
    }
    const uint8_t *types = values->types;
    return values->count > EVENT_ID_AT + 3 && types[EVENT_ID_AT - 1] == BINXML_U16 &&
           types[EVENT_ID_AT] == BINXML_U16 && values->sizes[EVENT_ID_AT] == 2 &&
           types[EVENT_ID_AT + 2] == BINXML_HEX64 && types[EVENT_ID_AT + 3] == BINXML_FILETIME;
}

/* Its place in the channel, from 1; a filter that took some out left gaps. */
static void note_number(const struct binxml_instance *values, struct evtx_counts *counts)
{
    if (values->count <= RECORD_NUMBER_AT || values->types[RECORD_NUMBER_AT] != BINXML_U64 ||
        values->sizes[RECORD_NUMBER_AT] != 8) {
        return;
    }
    const uint64_t number = number_at(values->values + values->places[RECORD_NUMBER_AT], 8);
    counts->steps += counts->numbered > 0 && number == counts->last_number + 1;
    counts->numbered++;
    counts->last_number = number;
}

bool evtx_is_whole(const struct evtx_counts *counts)
{
    return counts->records > 0 && counts->numbered == counts->records && counts->steps == counts->numbered - 1 &&
           counts->unreadable == 0 && counts->damaged == 0 && counts->cut == 0;
}

/* A usual record of an id that we do not know is passed over. Anything odd is left to the library. */
static void look_at(const struct chunk *chunk, struct chunk_record *record, struct evtx_counts *counts)
{
    struct binxml_instance values;
    record->usual = find_values(chunk, record, &values);
    record->wanted = true;
    if (record->usual) {
        note_number(&values, counts);
        record->wanted = chunk_known_id((unsigned)number_at(values.values + values.places[EVENT_ID_AT], 2));
    }
}

static void note_time(struct evtx_counts *counts, int64_t time_us)
{
    if (time_us > 0) {
        counts->first_us = counts->first_us == 0 || time_us < counts->first_us ? time_us : counts->first_us;
        counts->last_us = time_us > counts->last_us ? time_us : counts->last_us;
    }
}

/* Both checksums, and that the head counts what the walk met, which ended at `end`. */
static bool is_sound(const struct chunk *chunk, size_t end, const struct crc32 *crc)
{
    const uint8_t *bytes = chunk->bytes;
    const uint64_t first = number_at(bytes + 8, 8);
    const uint64_t last = number_at(bytes + 16, 8);
    const size_t free_at = (size_t)number_at(bytes + 48, 4);
    if (chunk->count == 0 || free_at != end || number_at(bytes + 40, 4) != HEAD_SIZE || last < first ||
        last - first != chunk->count - 1 || number_at(bytes + 44, 4) != chunk->records[chunk->count - 1].at) {
        return false;
    }
    const uint32_t head =
        crc32_add(crc, crc32_add(crc, 0, bytes, SUMMED_HEAD), bytes + HEAD_SIZE, CHUNK_RECORDS_AT - HEAD_SIZE);
    return head == number_at(bytes + 124, 4) &&
           crc32_add(crc, 0, bytes + CHUNK_RECORDS_AT, end - CHUNK_RECORDS_AT) == number_at(bytes + 52, 4);
}

void chunk_walk(struct chunk *chunk, const struct crc32 *crc, struct evtx_counts *counts)
{
    const uint8_t *bytes = chunk->bytes;
    const size_t free_at = (size_t)number_at(bytes + 48, 4);
    /* behind the free space lie leftovers of what was cleared */
    const size_t end = free_at > CHUNK_RECORDS_AT && free_at <= CHUNK_SIZE ? free_at : CHUNK_SIZE;
    size_t at = CHUNK_RECORDS_AT;
    bool closed = true;
    chunk->count = 0;
    chunk->wanted = false;
    while (at + RECORD_HEAD < end) {
        const size_t size = (size_t)number_at(bytes + at + 4, 4);
        if (number_at(bytes + at, 4) != RECORD_MAGIC || size <= RECORD_HEAD || size > end - at) {
            break;
        }
        struct chunk_record *record = &chunk->records[chunk->count++];
        *record = (struct chunk_record){ .number = number_at(bytes + at + 8, 8),
                                         .time_us = chunk_time(number_at(bytes + at + 16, 8)),
                                         .at = at,
                                         .size = size };
        counts->records++;
        note_time(counts, record->time_us);
        look_at(chunk, record, counts);
        closed = closed && number_at(bytes + at + size - 4, 4) == size;
        chunk->wanted = chunk->wanted || record->wanted;
        at += size;
    }
    chunk->wanted = chunk->wanted || chunk->count == 0;
    chunk->sound = chunk->wanted && closed && is_sound(chunk, at, crc);
}
