#include "wire/kerberos_error.h"

#include "wire/ber.h"

static const char SECTION[] = "MS-KILE 2.2.1";

enum { TYPE_EXTENDED = 3, ENTRIES_MAX = 16 };

/* [1] type, [2] value, as both forms have it. */
static enum parse entry_parse(struct cursor *entry, int64_t *type, struct slice *value, struct fault *fault)
{
    struct cursor wrapped;
    if (ber_expect(entry, BER_CONTEXT + 1, &wrapped, fault) != PARSE_DONE ||
        ber_integer(&wrapped, BER_INTEGER, type, fault) != PARSE_DONE ||
        ber_expect(entry, BER_CONTEXT + 2, &wrapped, fault) != PARSE_DONE ||
        ber_octets(&wrapped, BER_OCTET_STRING, value, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    return PARSE_DONE;
}

static enum parse status_parse(struct slice value, uint32_t *status, struct fault *fault)
{
    struct cursor cursor = cursor_of(value.bytes, value.size);
    struct cursor at = cursor;
    if (!cursor_u32le(&at, status) || !cursor_skip(&at, 8)) {
        return parse_bad(fault, &cursor, SECTION, "a short KERB-EXT-ERROR");
    }
    return PARSE_DONE;
}

enum parse kerberos_error_parse(struct slice data, uint32_t *status, struct fault *fault)
{
    struct cursor cursor = cursor_of(data.bytes, data.size);
    struct cursor body;
    struct slice value;
    int64_t type = 0;
    uint32_t seen = 0;
    if (data.bytes == NULL) {
        return parse_bad(fault, &cursor, SECTION, "no data");
    }
    if (ber_expect(&cursor, BER_SEQUENCE, &body, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    struct cursor single = body;
    bool found = entry_parse(&single, &type, &value, fault) == PARSE_DONE && type == TYPE_EXTENDED;
    for (int i = 0; !found && i < ENTRIES_MAX && cursor_left(&body) > 0; i++) {
        struct cursor entry;
        if (ber_expect(&body, BER_SEQUENCE, &entry, fault) != PARSE_DONE ||
            entry_parse(&entry, &type, &value, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
        found = type == TYPE_EXTENDED;
    }
    if (!found) {
        return parse_bad(fault, &cursor, SECTION, "no extended error");
    }
    if (status_parse(value, &seen, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    *status = seen;
    return PARSE_DONE;
}
