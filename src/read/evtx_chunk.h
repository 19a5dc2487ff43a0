/* For evtx*.c alone: our own walk over the records of a chunk, 64 KiB of an event log ("Windows XML Event Log (EVTX)"
 * of libevtx). It decodes no more than the id and the number of each. */
#ifndef RDPWHY_READ_EVTX_CHUNK_H
#define RDPWHY_READ_EVTX_CHUNK_H

#include "base/crc32.h"
#include "base/cursor.h"
#include "read/evtx.h"

enum {
    CHUNK_SIZE = 65536,
    CHUNK_RECORDS_AT = 512,
    RECORD_HEAD = 24,
    CHUNK_RECORDS_MAX = (CHUNK_SIZE - CHUNK_RECORDS_AT) / (RECORD_HEAD + 1) + 1,
};

struct chunk_record {
    uint64_t number;
    int64_t time_us; /* 0: none that makes sense */
    size_t at;       /* bytes from the start of the chunk */
    size_t size;     /* bytes, with its head */
    bool usual;      /* one template, whose values begin as every provider's do */
    bool wanted;     /* usual and of an id that the table of events knows, or not usual */
};
struct chunk {
    const uint8_t *bytes; /* CHUNK_SIZE */
    struct chunk_record records[CHUNK_RECORDS_MAX];
    size_t count;
    bool sound;  /* both checksums are right, and the records are those that its head counts */
    bool wanted; /* one of its records is; or there are none, and the library may know more */
};

/* Microseconds since 1970 of a FILETIME; 0: out of range. */
int64_t chunk_time(uint64_t filetime);
/* Fills *chunk from its `bytes`, and adds to the counts. */
void chunk_walk(struct chunk *chunk, const struct crc32 *crc, struct evtx_counts *counts);
/* Of a usual record: where its template instance begins. */
struct cursor chunk_instance(const struct chunk *chunk, const struct chunk_record *record);
bool chunk_known_id(unsigned id);

#endif
