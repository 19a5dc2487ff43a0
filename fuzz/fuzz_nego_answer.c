#include "fuzz.h"

#include "wire/nego.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct nego_answer answer;
    struct fault fault = { 0 };
    enum parse parsed = nego_answer_parse(&cursor, &answer, &fault);
    if (parsed != PARSE_DONE) {
        FUZZ_PROMISE(cursor.at == bytes);
        FUZZ_PROMISE(parsed == PARSE_MORE || (fault.why != NULL && fault.offset <= size));
        FUZZ_PROMISE(parsed == PARSE_BAD || size < NEGO_ANSWER_MAX);
        return 0;
    }
    if (answer.kind == NEGO_ANSWER_NOT_RDP) {
        FUZZ_PROMISE(bytes[0] != 3 && cursor.at == bytes);
        return 0;
    }
    FUZZ_PROMISE(answer.size == cursor_offset(&cursor));
    uint8_t again[64];
    struct writer writer = writer_of(again, sizeof again);
    FUZZ_PROMISE(nego_answer_write(&writer, &answer));
    struct nego_answer back;
    cursor = cursor_of(again, writer_size(&writer));
    FUZZ_PROMISE(nego_answer_parse(&cursor, &back, &fault) == PARSE_DONE);
    FUZZ_PROMISE(back.kind == answer.kind && back.selected == answer.selected && back.flags == answer.flags &&
                 back.failure == answer.failure && back.source_ref == answer.source_ref && !back.length_lied);
    return 0;
}
