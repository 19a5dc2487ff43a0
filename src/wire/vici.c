#include "wire/vici.h"

#include <string.h>

#include "base/text.h"

#define SECTION "vici, message format"

enum {
    CMD_REQUEST = 0,
    CMD_RESPONSE = 1,
    EVENT_REGISTER = 3,
    EVENT_CONFIRM = 5,
    EVENT = 7,
};

enum { SECTION_START = 1, SECTION_END = 2, KEY_VALUE = 3, LIST_START = 4, LIST_ITEM = 5, LIST_END = 6 };

enum { DEPTH_MAX = 8, TEXT_SIZE = 128 };

static size_t put_named(uint8_t *bytes, uint8_t type, const char *name)
{
    const size_t length = strlen(name);
    const uint8_t header[] = { 0, 0, 0, (uint8_t)(length + 2), type, (uint8_t)length };
    memcpy(bytes, header, sizeof(header));
    memcpy(bytes + sizeof(header), name, length);
    return sizeof(header) + length;
}

size_t vici_ask(uint8_t bytes[VICI_ASK_SIZE])
{
    const size_t size = put_named(bytes, EVENT_REGISTER, "list-sa");
    return size + put_named(bytes + size, CMD_REQUEST, "list-sas");
}

static bool take_u32(struct cursor *cursor, uint32_t *value)
{
    uint16_t high = 0;
    uint16_t low = 0;
    if (!cursor_u16be(cursor, &high) || !cursor_u16be(cursor, &low)) {
        return false;
    }
    *value = (uint32_t)high << 16 | low;
    return true;
}

/* Text of at most TEXT_SIZE - 1 bytes; what is longer is no key or address of ours, and comes out empty. */
static bool take_text(struct cursor *cursor, bool wide, char text[TEXT_SIZE])
{
    uint8_t narrow_size = 0;
    uint16_t size = 0;
    const uint8_t *bytes = NULL;
    if (wide ? !cursor_u16be(cursor, &size) : !cursor_u8(cursor, &narrow_size)) {
        return false;
    }
    size = wide ? size : narrow_size;
    if (!cursor_bytes(cursor, size, &bytes)) {
        return false;
    }
    const bool fits = size < TEXT_SIZE && memchr(bytes, '\0', size) == NULL;
    if (fits) {
        memcpy(text, bytes, size);
    }
    text[fits ? size : 0] = '\0';
    return true;
}

/* Where in the message: sa > child-sas > child > remote-ts. */
struct place {
    unsigned depth;
    bool in_list;
    bool in_remote_ts;
};

static void keep_value(const struct place *place, const char *key, const char *value, struct vici_sa *sa)
{
    uint64_t port = 0;
    if (place->depth != 1) {
        return;
    }
    if (strcmp(key, "remote-host") == 0) {
        if (!address_parse(value, &sa->remote)) {
            sa->remote.family = ADDRESS_NONE;
        }
    } else if (strcmp(key, "remote-port") == 0 && text_number(value, UINT16_MAX, &port)) {
        sa->remote_port = (uint16_t)port;
    } else if (strcmp(key, "state") == 0) {
        sa->established = strcmp(value, "ESTABLISHED") == 0;
    }
}

/* "10.16.0.0/12", or with a protocol and port behind it: "10.1.0.0/16[tcp/3389]", which is not taken apart. */
static void keep_selector(const struct place *place, char *value, struct vici_sa *sa)
{
    if (!place->in_remote_ts || sa->selector_count == VICI_SELECTORS_MAX) {
        return;
    }
    value[strcspn(value, "[")] = '\0';
    if (prefix_parse(value, &sa->selectors[sa->selector_count])) {
        sa->selector_count++;
    }
}

static bool read_element(struct cursor *cursor, struct place *place, struct vici_sa *sa)
{
    uint8_t type = 0;
    char key[TEXT_SIZE];
    char value[TEXT_SIZE];
    if (!cursor_u8(cursor, &type)) {
        return false;
    }
    switch (type) {
    case SECTION_START:
        return !place->in_list && place->depth++ < DEPTH_MAX && take_text(cursor, false, key);
    case SECTION_END:
        return !place->in_list && place->depth-- > 0;
    case KEY_VALUE:
        if (place->in_list || !take_text(cursor, false, key) || !take_text(cursor, true, value)) {
            return false;
        }
        keep_value(place, key, value, sa);
        return true;
    case LIST_START:
        if (place->in_list || !take_text(cursor, false, key)) {
            return false;
        }
        place->in_list = true;
        place->in_remote_ts = strcmp(key, "remote-ts") == 0;
        return true;
    case LIST_ITEM:
        if (!place->in_list || !take_text(cursor, true, value)) {
            return false;
        }
        keep_selector(place, value, sa);
        return true;
    case LIST_END: {
        const bool was = place->in_list;
        place->in_list = place->in_remote_ts = false;
        return was;
    }
    default:
        return false;
    }
}

static enum parse read_sa(struct cursor *body, struct vici_sa *sa, struct fault *fault)
{
    struct place place = { .depth = 0 };
    struct vici_sa read = { .established = false };
    while (cursor_left(body) > 0) {
        if (!read_element(body, &place, &read)) {
            return parse_bad(fault, body, SECTION, "an element does not fit its place or its length");
        }
    }
    if (place.depth != 0 || place.in_list) {
        return parse_bad(fault, body, SECTION, "a section or list does not end");
    }
    *sa = read;
    return PARSE_DONE;
}

enum parse vici_parse(const uint8_t *bytes, size_t size, enum vici_packet *packet, struct vici_sa *sa, size_t *used,
                      struct fault *fault)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct cursor body;
    uint32_t length = 0;
    uint8_t type = 0;
    char name[TEXT_SIZE] = "";
    if (!take_u32(&cursor, &length)) {
        return PARSE_MORE;
    }
    if (length == 0 || length > VICI_PACKET_MAX) {
        return parse_bad(fault, &cursor, SECTION, "a packet of an impossible length");
    }
    if (!cursor_block(&cursor, length, &body)) {
        return PARSE_MORE;
    }
    if (!cursor_u8(&body, &type) || (type == EVENT && !take_text(&body, false, name))) {
        return parse_bad(fault, &body, SECTION, "a packet without a type or name");
    }
    enum vici_packet kind = VICI_OTHER;
    if (type == EVENT && strcmp(name, "list-sa") == 0) {
        const enum parse parse = read_sa(&body, sa, fault);
        if (parse != PARSE_DONE) {
            return parse;
        }
        kind = VICI_SA;
    } else if (type != EVENT && type != EVENT_CONFIRM) {
        kind = VICI_END; /* the response behind the events, or a refusal */
    }
    *packet = kind;
    *used = cursor_offset(&cursor);
    return PARSE_DONE;
}
