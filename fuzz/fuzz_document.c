#include "fuzz.h"

#include "base/alloc.h"
#include "json/document.h"

/* Saved and loaded. */
static struct evidence *again(const struct evidence *evidence)
{
    struct error error = { 0 };
    char *text = document_text(evidence, NULL, &error);
    FUZZ_PROMISE(text != NULL);
    struct evidence *back = document_load(text, strlen(text), &error);
    FUZZ_PROMISE(back != NULL);
    alloc_free(text);
    return back;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = { 0 };
    struct evidence *evidence = document_load((const char *)bytes, size, &error);
    if (evidence == NULL) {
        FUZZ_PROMISE(error.kind == ERROR_DATA && error.text[0] != '\0');
        return 0;
    }
    /* The first saving adds the program's name; from there on a document comes back as it went. */
    struct evidence *named = again(evidence);
    struct evidence *back = again(named);
    FUZZ_PROMISE(evidence_equal(named, back));
    evidence_free(back);
    evidence_free(named);
    evidence_free(evidence);
    return 0;
}
