/* Event logs: our walk over chunks and records, what libevtx makes of them, what becomes evidence; and that our own
 * reading and that of libevtx give the same events. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "read/log.h"

enum { HEAD = 4096, CHUNK = 65536, SIZE_MAX_HERE = HEAD + 2 * CHUNK };

struct both {
    struct log log;
    uint64_t sum;
    uint64_t events;
};

static void put(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

/* With its checksums right, else hardly an input would pass for sound. */
static void repair(uint8_t *chunk)
{
    static struct crc32 crc;
    if (crc.tables[0][1] == 0) {
        crc32_init(&crc);
    }
    const uint32_t end = (uint32_t)chunk[48] | (uint32_t)chunk[49] << 8 | (uint32_t)chunk[50] << 16;
    if (end > 512 && end <= CHUNK) {
        put(chunk + 52, crc32_add(&crc, 0, chunk + 512, end - 512));
        put(chunk + 124, crc32_add(&crc, crc32_add(&crc, 0, chunk, 120), chunk + 128, 384));
    }
}

static void add(struct both *both, const char *text)
{
    for (; *text != '\0'; text++) {
        both->sum = (both->sum ^ (uint8_t)*text) * 0x100000001b3ULL;
    }
    both->sum = both->sum * 31 + 1;
}

static bool take(void *context, const struct evtx_event *event, struct error *error)
{
    struct both *both = context;
    both->events++;
    both->sum = both->sum * 31 + event->id + (uint64_t)event->time_us;
    add(both, event->provider);
    add(both, event->channel);
    add(both, event->computer);
    add(both, event->activity);
    for (size_t i = 0; i < event->count; i++) {
        add(both, event->pairs[i].name);
        add(both, event->pairs[i].value);
    }
    return log_take(&both->log, event, error);
}

static bool read(uint8_t *bytes, size_t size, enum evtx_way way, struct both *both, struct evtx_counts *counts)
{
    struct error error = { 0 };
    FILE *file = fmemopen(bytes, size, "rb");
    const bool good = file != NULL && evtx_read(file, way, take, both, counts, &error);
    for (size_t i = 0; i < both->log.count && good; i++) {
        evidence_free(log_evidence(&both->log, i, &error));
    }
    log_release(&both->log);
    if (file != NULL) {
        fclose(file);
    }
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    static uint8_t bytes[SIZE_MAX_HERE];
    struct both both[2] = { { .sum = 0 } };
    struct evtx_counts counts[2];
    if (size == 0 || size > sizeof bytes) {
        return 0;
    }
    memcpy(bytes, input, size);
    for (size_t at = HEAD; at + CHUNK <= size; at += CHUNK) {
        repair(bytes + at);
    }
    const bool quick = read(bytes, size, EVTX_QUICK, &both[0], &counts[0]);
    const bool slow = read(bytes, size, EVTX_LIBRARY, &both[1], &counts[1]);
    if (quick != slow ||
        (quick && !counts[0].differs && (both[0].sum != both[1].sum || both[0].events != both[1].events))) {
        abort();
    }
    return 0;
}
