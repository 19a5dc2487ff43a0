#include "fuzz.h"

#include "wire/spnego.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t again[2 * SPNEGO_SIZE_MAX];
    struct spnego seen;
    struct fault fault = { 0 };
    enum parse parsed = spnego_parse(slice_of(bytes, size), &seen, &fault);
    if (parsed != PARSE_DONE) {
        FUZZ_PROMISE(parsed == PARSE_BAD && fault.why != NULL && fault.offset <= size);
        return 0;
    }
    FUZZ_PROMISE(spnego_recognise(slice_of(bytes, size)));
    struct writer writer = writer_of(again, sizeof again);
    FUZZ_PROMISE(spnego_write(&writer, &seen));
    struct spnego back;
    FUZZ_PROMISE(spnego_parse(slice_of(again, writer_size(&writer)), &back, &fault) == PARSE_DONE);
    FUZZ_PROMISE(back.kind == seen.kind && back.state == seen.state && fuzz_same(back.token, seen.token));
    return 0;
}
