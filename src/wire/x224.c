#include "wire/x224.h"

static const char SECTION[] = "MS-RDPBCGR 2.2.1.2";

enum { DATA_LI = 2, DATA_LAST_UNIT = 0x80 };

static bool known(uint8_t type)
{
    return type == X224_CONNECTION_REQUEST || type == X224_CONNECTION_CONFIRM || type == X224_DISCONNECT_REQUEST ||
           type == X224_DATA || type == X224_ERROR;
}

static bool connection_header(struct cursor *at, struct x224 *x224)
{
    return cursor_u16be(at, &x224->destination_ref) && cursor_u16be(at, &x224->source_ref) &&
           cursor_u8(at, &x224->class_option);
}

enum parse x224_parse(struct cursor *payload, struct x224 *x224, struct fault *fault)
{
    struct cursor at = *payload;
    struct x224 seen = { 0 };
    size_t size = cursor_left(&at);
    uint8_t li;
    uint8_t type;
    if (!cursor_u8(&at, &li) || !cursor_u8(&at, &type)) {
        return parse_bad(fault, &at, SECTION, "the packet ends inside the X.224 header");
    }
    /* The low half of CR and CC carries a credit that class 0 leaves 0 (X.224 13.3.3). */
    uint8_t code = type & 0xf0;
    if (!known(code)) {
        return parse_bad(fault, payload, SECTION, "the X.224 type is unknown");
    }
    seen.type = (enum x224_type)code;
    if (code == X224_DATA) {
        uint8_t last;
        if (!cursor_u8(&at, &last)) {
            return parse_bad(fault, &at, SECTION, "the packet ends inside the X.224 data header");
        }
        seen.length_lied = li != DATA_LI || last != DATA_LAST_UNIT;
    } else if (code != X224_ERROR) {
        if (!connection_header(&at, &seen)) {
            return parse_bad(fault, &at, SECTION, "the packet ends inside the X.224 connection header");
        }
        seen.length_lied = (size_t)li + 1 != size;
    }
    seen.rest = at;
    *payload = at;
    payload->at = payload->end;
    *x224 = seen;
    return PARSE_DONE;
}

void x224_connection_write(struct writer *writer, const struct x224 *x224, size_t variable)
{
    size_t li = X224_CONNECTION_HEADER_SIZE - 1 + variable;
    if (li > X224_LI_MAX) {
        writer->overflow = true;
        return;
    }
    writer_u8(writer, (uint8_t)li);
    writer_u8(writer, (uint8_t)x224->type);
    writer_u16be(writer, x224->destination_ref);
    writer_u16be(writer, x224->source_ref);
    writer_u8(writer, x224->class_option);
}

void x224_data_write(struct writer *writer)
{
    writer_u8(writer, DATA_LI);
    writer_u8(writer, X224_DATA);
    writer_u8(writer, DATA_LAST_UNIT);
}
