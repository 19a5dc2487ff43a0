/* What evidence promises whatever it was made of: its document can be written, and is taken back. */
#ifndef FUZZ_FUZZ_WRITTEN_H
#define FUZZ_FUZZ_WRITTEN_H

#include "fuzz.h"

#include "base/alloc.h"
#include "json/document.h"

static inline void fuzz_written(const struct evidence *evidence, const struct verdict *verdict)
{
    struct error error = { 0 };
    char *text = document_text(evidence, verdict, &error);
    FUZZ_PROMISE(text != NULL);
    struct evidence *back = document_load(text, strlen(text), &error);
    if (back == NULL) {
        fprintf(stderr, "%s\n", error.text);
    }
    FUZZ_PROMISE(back != NULL);
    evidence_free(back);
    alloc_free(text);
}

#endif
