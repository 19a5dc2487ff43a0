#include "fuzz.h"

#include "wire/nego.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct nego_request request;
    struct fault fault = { 0 };
    enum parse parsed = nego_request_parse(&cursor, &request, &fault);
    if (parsed != PARSE_DONE) {
        FUZZ_PROMISE(cursor.at == bytes);
        FUZZ_PROMISE(parsed == PARSE_MORE || (fault.why != NULL && fault.offset <= size));
        return 0;
    }
    FUZZ_PROMISE(request.size == cursor_offset(&cursor) && request.size <= NEGO_ANSWER_MAX);
    uint8_t again[NEGO_REQUEST_MAX];
    struct writer writer = writer_of(again, sizeof again);
    if (!nego_request_write(&writer, &request)) {
        return 0; /* longer than LI can say, or a bare CR or LF in the name */
    }
    struct nego_request back;
    cursor = cursor_of(again, writer_size(&writer));
    FUZZ_PROMISE(nego_request_parse(&cursor, &back, &fault) == PARSE_DONE);
    FUZZ_PROMISE(back.protocols == request.protocols && back.no_block == request.no_block && !back.length_lied);
    FUZZ_PROMISE(fuzz_same(back.cookie, request.cookie));
    FUZZ_PROMISE(back.has_correlation == request.has_correlation);
    return 0;
}
