#include "read/binxml.h"

#include <string.h>

#include "base/text.h"
#include "read/binxml_value.h"

/* MS-EVEN6 2.2.12, the tokens; 0x40 on top of one: more of the same follows. */
enum {
    TOKEN_END = 0x00,
    TOKEN_OPEN = 0x01,
    TOKEN_CLOSE_OPEN = 0x02,
    TOKEN_CLOSE_EMPTY = 0x03,
    TOKEN_CLOSE = 0x04,
    TOKEN_TEXT = 0x05,
    TOKEN_ATTRIBUTE = 0x06,
    TOKEN_INSTANCE = 0x0c,
    TOKEN_VALUE = 0x0d,
    TOKEN_OPTIONAL = 0x0e,
    TOKEN_FRAGMENT = 0x0f,
    MORE = 0x40,
    NAME_MAX = 63,
    NESTING_MAX = 4,
    TOKENS_MAX = 4096,
};

struct reading {
    const uint8_t *chunk;
    struct event_parts parts;
    const uint8_t *ends[EVENT_DEPTH_MAX + 1]; /* by depth: where the head of that element says that it ends */
    uint64_t form;
    unsigned tokens;
};

/* What is read inside what: the document, or a value that is binary XML by itself. */
static bool read_fragment(struct reading *reading, struct cursor *cursor, const struct binxml_instance *instance,
                          unsigned nesting);

static void mix(struct reading *reading, uint64_t number)
{
    reading->form = (reading->form ^ number) * 0x9E3779B97F4A7C15ULL;
    reading->form ^= reading->form >> 29;
}

static size_t place_in(const uint8_t *chunk, const struct cursor *cursor)
{
    return (size_t)(cursor->at - chunk);
}

bool binxml_instance(const uint8_t *chunk, struct cursor *cursor, struct binxml_instance *instance)
{
    uint32_t template_at;
    uint32_t length;
    uint32_t place = 0;
    if (!cursor_skip(cursor, 5) || !cursor_u32le(cursor, &template_at)) {
        return false;
    }
    const bool here = template_at == place_in(chunk, cursor);
    struct cursor elsewhere = cursor_of(chunk, BINXML_CHUNK);
    struct cursor *definition = here ? cursor : &elsewhere;
    if ((!here && !cursor_skip(&elsewhere, template_at)) || !cursor_skip(definition, 20) ||
        !cursor_u32le(definition, &length) || !cursor_block(definition, length, &instance->form) ||
        !cursor_u32le(cursor, &instance->count) || instance->count > BINXML_VALUES_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < instance->count; i++) {
        if (!cursor_u16le(cursor, &instance->sizes[i]) || !cursor_u8(cursor, &instance->types[i]) ||
            !cursor_skip(cursor, 1)) {
            return false;
        }
        instance->places[i] = place;
        place += instance->sizes[i];
    }
    return cursor_bytes(cursor, place, &instance->values);
}

/* A name stands where it is used first, and is pointed at from there on. */
static bool read_name(struct reading *reading, struct cursor *cursor, char name[NAME_MAX + 1])
{
    uint32_t at;
    uint16_t letters;
    const uint8_t *bytes;
    if (!cursor_u32le(cursor, &at)) {
        return false;
    }
    const bool here = at == place_in(reading->chunk, cursor);
    struct cursor elsewhere = cursor_of(reading->chunk, BINXML_CHUNK);
    struct cursor *source = here ? cursor : &elsewhere;
    if ((!here && !cursor_skip(&elsewhere, at)) || !cursor_skip(source, 6) || !cursor_u16le(source, &letters) ||
        letters == 0 || letters > NAME_MAX || !cursor_bytes(source, 2 * (size_t)letters, &bytes) ||
        !cursor_skip(source, 2)) {
        return false;
    }
    for (size_t i = 0; i < letters; i++) {
        const uint8_t letter = bytes[2 * i];
        if (bytes[2 * i + 1] != 0 || letter <= ' ' || letter > '~' || strchr("<>&\"'=/", letter) != NULL) {
            return false;
        }
        name[i] = (char)letter;
        mix(reading, letter);
    }
    name[letters] = '\0';
    mix(reading, letters);
    return true;
}

static bool read_text(struct reading *reading, struct cursor *cursor)
{
    uint8_t type;
    uint16_t letters;
    const uint8_t *bytes;
    return cursor_u8(cursor, &type) && type == BINXML_STRING && cursor_u16le(cursor, &letters) &&
           cursor_bytes(cursor, 2 * (size_t)letters, &bytes) &&
           binxml_text(&reading->parts, bytes, 2 * (size_t)letters);
}

static bool read_value(struct reading *reading, struct cursor *cursor, const struct binxml_instance *instance,
                       bool optional, bool in_content, unsigned nesting)
{
    uint16_t index;
    uint8_t type;
    if (instance == NULL || !cursor_u16le(cursor, &index) || !cursor_u8(cursor, &type) || index >= instance->count) {
        return false;
    }
    const uint16_t size = instance->sizes[index];
    const uint8_t *bytes = instance->values + instance->places[index];
    mix(reading, (uint64_t)index << 16 | type);
    if (instance->types[index] == BINXML_NULL) {
        if (in_content) {
            event_nothing(&reading->parts);
        }
        return optional;
    }
    if (instance->types[index] != BINXML_NESTED) {
        return binxml_value(&reading->parts, instance->types[index], bytes, size);
    }
    /* its places are those of the chunk, as everywhere */
    struct cursor nested = { .start = bytes, .at = bytes, .end = bytes + size };
    return in_content && nesting < NESTING_MAX && size > 0 && read_fragment(reading, &nested, NULL, nesting + 1);
}

static bool read_attributes(struct reading *reading, struct cursor *cursor, const struct binxml_instance *instance)
{
    uint32_t length;
    struct cursor list;
    if (!cursor_u32le(cursor, &length) || !cursor_block(cursor, length, &list)) {
        return false;
    }
    while (cursor_left(&list) > 0) {
        char name[NAME_MAX + 1];
        uint8_t token;
        if (!cursor_u8(&list, &token) || (token & ~MORE) != TOKEN_ATTRIBUTE || !read_name(reading, &list, name)) {
            return false;
        }
        event_attribute(&reading->parts, name);
        while (cursor_left(&list) > 0 && (*list.at & ~MORE) != TOKEN_ATTRIBUTE) {
            if (!cursor_u8(&list, &token) || reading->tokens++ > TOKENS_MAX) {
                return false;
            }
            mix(reading, token);
            const bool good = token == TOKEN_VALUE || token == TOKEN_OPTIONAL
                                  ? read_value(reading, &list, instance, token == TOKEN_OPTIONAL, false, 0)
                                  : (token & ~MORE) == TOKEN_TEXT && read_text(reading, &list);
            if (!good) {
                return false;
            }
        }
    }
    return true;
}

/* What an element says of its length must be so, or libevtx might see another one. */
static bool close_element(struct reading *reading, const struct cursor *cursor)
{
    const bool good = cursor->at == reading->ends[reading->parts.depth];
    event_end(&reading->parts);
    return good;
}

static bool read_element(struct reading *reading, struct cursor *cursor, const struct binxml_instance *instance,
                         bool attributes)
{
    char name[NAME_MAX + 1];
    uint16_t depends_on;
    uint32_t length;
    uint8_t token;
    if (!cursor_u16le(cursor, &depends_on) || !cursor_u32le(cursor, &length) || length > cursor_left(cursor)) {
        return false;
    }
    const uint8_t *end = cursor->at + length;
    if (!read_name(reading, cursor, name) || !event_begin(&reading->parts, name)) {
        return false;
    }
    reading->ends[reading->parts.depth] = end;
    if ((attributes && !read_attributes(reading, cursor, instance)) || !cursor_u8(cursor, &token)) {
        return false;
    }
    mix(reading, (uint64_t)depends_on << 8 | token);
    event_content(&reading->parts);
    return token == TOKEN_CLOSE_OPEN || (token == TOKEN_CLOSE_EMPTY && close_element(reading, cursor));
}

static bool read_instance(struct reading *reading, struct cursor *cursor, unsigned nesting)
{
    struct binxml_instance instance;
    if (nesting >= NESTING_MAX || !binxml_instance(reading->chunk, cursor, &instance)) {
        return false;
    }
    for (uint32_t i = 0; i < instance.count; i++) {
        const uint8_t type = instance.types[i];
        const bool any_size = type == BINXML_STRING || type == BINXML_SID || type == BINXML_NESTED;
        mix(reading, (uint64_t)type << 16 | (any_size ? instance.sizes[i] > 0 : instance.sizes[i]));
    }
    struct cursor form = { .start = instance.form.at, .at = instance.form.at, .end = instance.form.end };
    return read_fragment(reading, &form, &instance, nesting + 1);
}

static bool read_fragment(struct reading *reading, struct cursor *cursor, const struct binxml_instance *instance,
                          unsigned nesting)
{
    const unsigned outer = reading->parts.depth;
    uint8_t token;
    while (cursor_u8(cursor, &token) && reading->tokens++ < TOKENS_MAX) {
        bool good = true;
        mix(reading, token);
        switch (token) {
        case TOKEN_END:
            return reading->parts.depth == outer;
        case TOKEN_FRAGMENT:
            good = cursor_skip(cursor, 3);
            break;
        case TOKEN_OPEN:
        case TOKEN_OPEN | MORE:
            good = read_element(reading, cursor, instance, token != TOKEN_OPEN);
            break;
        case TOKEN_CLOSE:
            good = reading->parts.depth > outer && close_element(reading, cursor);
            break;
        case TOKEN_TEXT:
        case TOKEN_TEXT | MORE:
            good = read_text(reading, cursor);
            break;
        case TOKEN_VALUE:
        case TOKEN_OPTIONAL:
            good = read_value(reading, cursor, instance, token == TOKEN_OPTIONAL, true, nesting);
            break;
        case TOKEN_INSTANCE:
            good = read_instance(reading, cursor, nesting);
            break;
        default:
            good = false;
        }
        if (!good) {
            return false;
        }
    }
    return false;
}

bool binxml_event(const uint8_t *chunk, struct cursor cursor, struct evtx_event *event, uint64_t *form)
{
    struct reading reading = { .chunk = chunk };
    uint64_t id;
    event_parts_init(&reading.parts, event);
    if (!read_instance(&reading, &cursor, 0) || !reading.parts.is_event ||
        !text_number(reading.parts.id, 0xffff, &id)) {
        return false;
    }
    event->id = (unsigned)id;
    *form = reading.form;
    return true;
}
