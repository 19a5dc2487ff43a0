#include "wire/websocket.h"

#include <string.h>

/*  FIN 1 | reserved 3 | opcode 4 || MASK 1 | length 7 | length 16 or 64 when it says 126 or 127 | mask 4 | payload */
enum { FIN = 0x80, RESERVED = 0x70, OPCODE = 0x0F, MASK = 0x80, LENGTH = 0x7F, LENGTH_16 = 126, LENGTH_64 = 127 };

static const char section[] = "RFC 6455 5.2";

static bool read_length(struct cursor *cursor, uint8_t first, uint64_t *length)
{
    uint16_t shorter;
    uint32_t high;
    uint32_t low;
    uint16_t parts[4];
    *length = first & LENGTH;
    if (*length < LENGTH_16) {
        return true;
    }
    if (*length == LENGTH_16) {
        if (!cursor_u16be(cursor, &shorter)) {
            return false;
        }
        *length = shorter;
        return true;
    }
    for (size_t i = 0; i < 4; i++) {
        if (!cursor_u16be(cursor, &parts[i])) {
            return false;
        }
    }
    high = (uint32_t)parts[0] << 16 | parts[1];
    low = (uint32_t)parts[2] << 16 | parts[3];
    *length = (uint64_t)high << 32 | low;
    return true;
}

static bool known(uint8_t opcode)
{
    return opcode <= WEBSOCKET_BINARY || (opcode >= WEBSOCKET_CLOSE && opcode <= WEBSOCKET_PONG);
}

enum parse websocket_parse(struct cursor *cursor, struct websocket_frame *frame, struct fault *fault)
{
    struct cursor at = *cursor;
    struct websocket_frame read = { 0 };
    uint8_t head;
    uint8_t second;
    uint64_t length;
    const uint8_t *mask = NULL;
    const uint8_t *payload;
    if (!cursor_u8(&at, &head)) {
        return PARSE_MORE;
    }
    if ((head & RESERVED) != 0 || !known(head & OPCODE)) {
        return parse_bad(fault, cursor, section, "a frame of a kind that was not agreed on");
    }
    if (!cursor_u8(&at, &second) || !read_length(&at, second, &length)) {
        return PARSE_MORE;
    }
    read.opcode = (enum websocket_opcode)(head & OPCODE);
    read.final = (head & FIN) != 0;
    read.masked = (second & MASK) != 0;
    if (length > WEBSOCKET_PAYLOAD_MAX || (read.opcode >= WEBSOCKET_CLOSE && length > WEBSOCKET_CONTROL_MAX)) {
        return parse_bad(fault, cursor, section, "a frame that is too long");
    }
    if ((read.masked && !cursor_bytes(&at, sizeof read.mask, &mask)) || !cursor_bytes(&at, (size_t)length, &payload)) {
        return PARSE_MORE;
    }
    if (mask != NULL) {
        memcpy(read.mask, mask, sizeof read.mask);
    }
    read.payload = slice_of(payload, (size_t)length);
    *frame = read;
    *cursor = at;
    return PARSE_DONE;
}

void websocket_unmask(const uint8_t mask[4], const uint8_t *from, size_t size, uint8_t *to)
{
    for (size_t i = 0; i < size; i++) {
        to[i] = from[i] ^ mask[i % 4];
    }
}

bool websocket_write(struct writer *writer, enum websocket_opcode opcode, const uint8_t mask[4], const void *payload,
                     size_t size)
{
    const uint8_t bit = mask != NULL ? MASK : 0;
    const uint8_t *bytes = payload;
    writer_u8(writer, (uint8_t)(FIN | opcode));
    if (size < LENGTH_16) {
        writer_u8(writer, (uint8_t)(bit | size));
    } else if (size <= UINT16_MAX) {
        writer_u8(writer, bit | LENGTH_16);
        writer_u16be(writer, (uint16_t)size);
    } else {
        writer_u8(writer, bit | LENGTH_64);
        writer_u32be(writer, (uint32_t)((uint64_t)size >> 32));
        writer_u32be(writer, (uint32_t)size);
    }
    if (mask == NULL) {
        writer_bytes(writer, bytes, size);
        return writer_ok(writer);
    }
    writer_bytes(writer, mask, 4);
    for (size_t i = 0; i < size; i++) {
        writer_u8(writer, bytes[i] ^ mask[i % 4]);
    }
    return writer_ok(writer);
}
