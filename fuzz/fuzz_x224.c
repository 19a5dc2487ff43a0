#include "fuzz.h"

#include "wire/tpkt.h"
#include "wire/x224.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    for (;;) {
        struct cursor before = cursor;
        struct cursor payload;
        struct fault fault = { 0 };
        enum parse parsed = tpkt_parse(&cursor, TPKT_SIZE_MAX, &payload, &fault);
        if (parsed != PARSE_DONE) {
            FUZZ_PROMISE(cursor.at == before.at);
            FUZZ_PROMISE(parsed == PARSE_MORE || (fault.why != NULL && fault.offset <= size));
            return 0;
        }
        FUZZ_PROMISE(cursor.at > before.at && payload.end == cursor.at);
        struct x224 x224;
        if (x224_parse(&payload, &x224, &fault) == PARSE_DONE) {
            FUZZ_PROMISE(x224.rest.end == payload.end);
            fuzz_touch(slice_of(x224.rest.at, cursor_left(&x224.rest)));
        }
    }
}
