/* What every reader of texts promises: its tales become evidence that can be judged, saved and loaded again. */
#ifndef FUZZ_FUZZ_TALES_H
#define FUZZ_FUZZ_TALES_H

#include "fuzz_written.h"

#include "base/text.h"
#include "diagnose/diagnose.h"
#include "read/tale.h"

static inline void fuzz_lines(const uint8_t *bytes, size_t size, line_take take, void *log)
{
    struct lines lines;
    struct error error = { 0 };
    const size_t first = size / 3;
    FUZZ_PROMISE(lines_init(&lines, take, log, &error));
    FUZZ_PROMISE(lines_add(&lines, bytes, first, &error) && lines_add(&lines, bytes + first, size - first, &error) &&
                 lines_finish(&lines, &error));
    lines_release(&lines);
}

static inline void fuzz_tales(const struct tales *tales)
{
    struct error error = { 0 };
    FUZZ_PROMISE(tales_kept(tales) <= tales->count && tales_kept(tales) <= TALES_MAX);
    /* judging costs more than reading */
    for (size_t i = 0; i < tales_kept(tales) && i < 2; i++) {
        const struct tale *tale = tales_at(tales, i);
        FUZZ_PROMISE(tale->quote_count <= TOLD_QUOTES_MAX && tale->offer_count <= TALE_OFFERS_MAX);
        struct evidence *evidence = tale_evidence(tale, &error);
        FUZZ_PROMISE(evidence != NULL);
        struct verdict *verdict = diagnose(evidence, &error);
        FUZZ_PROMISE(verdict != NULL);
        fuzz_written(evidence, verdict);
        verdict_free(verdict);
        evidence_free(evidence);
    }
}

#endif
