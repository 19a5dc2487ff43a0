#include "wire/tpkt.h"

static const char SECTION[] = "RFC 1006 section 6";

enum { LENGTH_OFFSET = 2 };

enum parse tpkt_parse(struct cursor *cursor, size_t max, struct cursor *payload, struct fault *fault)
{
    struct cursor at = *cursor;
    uint8_t version;
    uint8_t reserved;
    uint16_t length;
    if (!cursor_u8(&at, &version)) {
        return PARSE_MORE;
    }
    if (version != TPKT_VERSION) {
        return parse_bad(fault, cursor, SECTION, "the TPKT version is not 3");
    }
    if (!cursor_u8(&at, &reserved) || !cursor_u16be(&at, &length)) {
        return PARSE_MORE;
    }
    if (length < TPKT_SIZE_MIN) {
        return parse_bad(fault, &at, SECTION, "the TPKT length is below its own minimum");
    }
    if (length > max) {
        return parse_bad(fault, &at, SECTION, "the TPKT length is above what this packet can have");
    }
    if (!cursor_block(&at, (size_t)length - TPKT_HEADER_SIZE, payload)) {
        return PARSE_MORE;
    }
    *cursor = at;
    return PARSE_DONE;
}

size_t tpkt_begin(struct writer *writer)
{
    size_t begin = writer_size(writer);
    writer_u8(writer, TPKT_VERSION);
    writer_u8(writer, 0);
    writer_u16be(writer, 0);
    return begin;
}

void tpkt_end(struct writer *writer, size_t begin)
{
    size_t length = writer_size(writer) - begin;
    if (length > TPKT_SIZE_MAX) {
        writer->overflow = true;
        return;
    }
    writer_patch_u16be(writer, begin + LENGTH_OFFSET, (uint16_t)length);
}
