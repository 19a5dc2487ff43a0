#include "fuzz.h"

#include "wire/tsgu.h"
#include "wire/websocket.h"

static void packets(const uint8_t *bytes, size_t size)
{
    static uint8_t again[TSGU_PACKET_MAX + 64];
    struct cursor cursor = cursor_of(bytes, size);
    enum parse parsed = PARSE_DONE;
    while (parsed == PARSE_DONE && cursor_left(&cursor) > 0) {
        struct tsgu_packet packet;
        struct fault fault = { 0 };
        const size_t before = cursor_left(&cursor);
        parsed = tsgu_parse(&cursor, &packet, &fault);
        FUZZ_PROMISE(parsed != PARSE_BAD || (fault.why != NULL && fault.offset <= size));
        if (parsed != PARSE_DONE) {
            return;
        }
        FUZZ_PROMISE(cursor_left(&cursor) < before);
        (void)fuzz_touch(packet.name);
        (void)fuzz_touch(packet.data);
        struct writer writer = writer_of(again, sizeof again);
        if (tsgu_write(&writer, &packet)) {
            struct cursor back = cursor_of(again, writer_size(&writer));
            struct tsgu_packet other;
            FUZZ_PROMISE(tsgu_parse(&back, &other, &fault) == PARSE_DONE && cursor_left(&back) == 0);
            FUZZ_PROMISE(other.type == packet.type && other.error == packet.error && other.port == packet.port);
        }
    }
}

static void frames(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    enum parse parsed = PARSE_DONE;
    while (parsed == PARSE_DONE && cursor_left(&cursor) > 0) {
        struct websocket_frame frame;
        struct fault fault = { 0 };
        parsed = websocket_parse(&cursor, &frame, &fault);
        FUZZ_PROMISE(parsed != PARSE_BAD || fault.why != NULL);
        if (parsed == PARSE_DONE) {
            (void)fuzz_touch(frame.payload);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 0 && bytes[0] == 'w') {
        frames(bytes + 1, size - 1);
    } else if (size > 0) {
        packets(bytes + 1, size - 1);
    }
    return 0;
}
