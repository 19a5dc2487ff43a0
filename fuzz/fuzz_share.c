#include "fuzz.h"

#include "wire/share.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct share share;
    struct fault fault = { 0 };
    const bool recognised = share_recognise(slice_of(bytes, size));
    if (share_parse(&cursor, &share, &fault) != PARSE_DONE) {
        FUZZ_PROMISE(fault.why != NULL && fault.offset <= size && cursor.at == bytes);
        return 0;
    }
    FUZZ_PROMISE(share.set_count <= SHARE_SETS_MAX);
    FUZZ_PROMISE(!recognised || cursor_offset(&cursor) == size);
    fuzz_touch(share.descriptor);
    fuzz_touch(share.data);
    return 0;
}
