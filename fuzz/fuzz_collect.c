#include "fuzz_written.h"

#include "base/text.h"
#include "diagnose/server.h"
#include "read/collected.h"

/* What is read is clean, is an evidence document that can be saved and loaded, and has words. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = { 0 };
    struct collect collect;
    if (!collect_parse(bytes, size, &collect, &error)) {
        FUZZ_PROMISE(error.kind == ERROR_DATA && error.text[0] != '\0' && text_is_clean(error.text));
        return 0;
    }
    FUZZ_PROMISE(collect.headed || collect.ended);
    FUZZ_PROMISE(!collect.whole || (collect.headed && collect.ended && collect.said == collect.count));
    for (size_t i = 0; i < collect.count; i++) {
        for (size_t k = 0; k < collect.records[i].field_count; k++) {
            FUZZ_PROMISE(text_is_clean(collect.records[i].fields[k]));
        }
    }
    struct evidence *evidence = evidence_new(&error);
    FUZZ_PROMISE(evidence != NULL && collected_evidence(&collect, evidence, &error));
    struct said_list list;
    FUZZ_PROMISE(server_words(&evidence->server, &list, &error));
    said_release(&list);
    fuzz_written(evidence, NULL);
    evidence_free(evidence);
    collect_release(&collect);
    return 0;
}
