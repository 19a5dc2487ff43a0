#include "fuzz.h"

#include "wire/ber.h"

/* Walks level by level along the first item, as a codec would, and across each level. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cursor level = cursor_of(bytes, size);
    for (int depth = 0; depth < 64; depth++) {
        struct cursor at = level;
        struct cursor first = { 0 };
        uint8_t tag;
        struct cursor content;
        struct fault fault = { 0 };
        int items = 0;
        while (cursor_left(&at) > 0 && ber_next(&at, &tag, &content, &fault) == PARSE_DONE) {
            FUZZ_PROMISE(content.end == at.at && content.start == bytes);
            first = items++ == 0 ? content : first;
            int64_t value;
            struct cursor number = level;
            if (ber_integer(&number, tag, &value, &fault) == PARSE_DONE && tag == BER_INTEGER) {
                uint8_t again[16];
                struct writer writer = writer_of(again, sizeof again);
                ber_integer_write(&writer, BER_INTEGER, value);
                struct cursor back = cursor_of(again, writer_size(&writer));
                int64_t same;
                FUZZ_PROMISE(ber_integer(&back, BER_INTEGER, &same, &fault) == PARSE_DONE && same == value);
            }
        }
        if (items == 0) {
            break;
        }
        level = first;
    }
    struct cursor outer = cursor_of(bytes, size);
    struct cursor content;
    struct fault fault = { 0 };
    if (ber_outer(&outer, BER_SEQUENCE, 1000, &content, &fault) == PARSE_DONE) {
        FUZZ_PROMISE(cursor_offset(&outer) <= 1000 && content.end == outer.at);
    } else {
        FUZZ_PROMISE(outer.at == bytes);
    }
    return 0;
}
