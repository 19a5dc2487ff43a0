/* Event logs: our walk over chunks and records, what libevtx makes of them, and what becomes evidence. */
#include "fuzz.h"

#include <stdio.h>

#include "read/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct log log = { 0 };
    struct evtx_counts counts;
    struct error error = { 0 };
    FILE *file = size > 0 ? fmemopen((void *)(uintptr_t)bytes, size, "rb") : NULL;
    if (file == NULL) {
        return 0;
    }
    const bool good = evtx_read(file, log_take, &log, &counts, &error);
    fclose(file);
    for (size_t i = 0; i < log.count && good; i++) {
        struct evidence *evidence = log_evidence(&log, i, &error);
        evidence_free(evidence);
    }
    log_release(&log);
    return 0;
}
