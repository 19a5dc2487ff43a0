#include "wire/pdu.h"

#include "wire/tpkt.h"
#include "wire/x224.h"

static const char SECTION[] = "MS-RDPBCGR 2.2.9.1.2";

enum { FAST_ACTION = 0x03, FAST_LONG = 0x80 };

static enum parse fast_parse(struct cursor *cursor, struct pdu *pdu, struct fault *fault)
{
    struct cursor at = *cursor;
    uint8_t first;
    uint8_t second;
    const uint8_t *bytes;
    if (!cursor_u8(&at, &pdu->header)) {
        return PARSE_MORE;
    }
    if ((pdu->header & FAST_ACTION) != 0) {
        return parse_bad(fault, cursor, SECTION, "neither TPKT nor a fast-path packet");
    }
    if (!cursor_u8(&at, &first)) {
        return PARSE_MORE;
    }
    size_t length = first;
    if ((first & FAST_LONG) != 0) {
        if (!cursor_u8(&at, &second)) {
            return PARSE_MORE;
        }
        length = (size_t)(first & 0x7f) << 8 | second;
    }
    const size_t header = (size_t)(at.at - cursor->at);
    if (length < header) {
        return parse_bad(fault, &at, SECTION, "the length is below its own header");
    }
    if (!cursor_bytes(&at, length - header, &bytes)) {
        return PARSE_MORE;
    }
    pdu->kind = PDU_FAST;
    pdu->data = slice_of(bytes, length - header);
    pdu->size = length;
    *cursor = at;
    return PARSE_DONE;
}

static enum parse slow_parse(struct cursor *cursor, struct pdu *pdu, struct fault *fault)
{
    struct cursor at = *cursor;
    struct cursor payload;
    struct x224 x224;
    const enum parse parsed = tpkt_parse(&at, PDU_SIZE_MAX, &payload, fault);
    if (parsed != PARSE_DONE) {
        return parsed;
    }
    if (x224_parse(&payload, &x224, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    pdu->kind = x224.type == X224_DATA ? PDU_MCS : x224.type == X224_DISCONNECT_REQUEST ? PDU_DISCONNECT : PDU_OTHER;
    if (pdu->kind == PDU_MCS && mcs_parse(&x224.rest, &pdu->mcs, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    pdu->size = (size_t)(at.at - cursor->at);
    *cursor = at;
    return PARSE_DONE;
}

enum parse pdu_parse(struct cursor *cursor, struct pdu *pdu, struct fault *fault)
{
    struct pdu seen = { 0 };
    const bool slow = cursor_left(cursor) > 0 && *cursor->at == TPKT_VERSION;
    const enum parse parsed = (slow ? slow_parse : fast_parse)(cursor, &seen, fault);
    if (parsed == PARSE_DONE) {
        *pdu = seen;
    }
    return parsed;
}
