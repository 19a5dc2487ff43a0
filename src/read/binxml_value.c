#include "read/binxml_value.h"

#include "read/binxml.h"

enum { UNITS_A_TIME = 128, SID_HEAD = 8, SID_PARTS_MAX = 15, GUID_SIZE = 16 };

bool binxml_text(struct event_parts *parts, const uint8_t *bytes, size_t size)
{
    if (size % 2 != 0) {
        return false;
    }
    for (size_t at = 0; at < size;) {
        char out[UNITS_A_TIME * 3];
        size_t used = 0;
        for (size_t end = at + 2 * UNITS_A_TIME; at < size && at < end; at += 2) {
            const unsigned unit = bytes[at] | (unsigned)bytes[at + 1] << 8;
            if (unit < 0x20 || (unit >= 0xd800 && unit < 0xe000) || unit >= 0xfffe) {
                return false;
            }
            if (unit < 0x80) {
                out[used++] = (char)unit;
            } else if (unit < 0x800) {
                out[used++] = (char)(0xc0 | unit >> 6);
                out[used++] = (char)(0x80 | (unit & 0x3f));
            } else {
                out[used++] = (char)(0xe0 | unit >> 12);
                out[used++] = (char)(0x80 | (unit >> 6 & 0x3f));
                out[used++] = (char)(0x80 | (unit & 0x3f));
            }
        }
        event_text(parts, out, used);
    }
    return true;
}

static uint64_t number_of(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) {
        number |= (uint64_t)bytes[i] << 8 * i;
    }
    return number;
}

/* At least `least` digits. */
static void put_digits(struct event_parts *parts, const char *digits, unsigned base, size_t least, uint64_t number)
{
    char out[20];
    size_t at = sizeof out;
    do {
        out[--at] = digits[number % base];
        number /= base;
    } while (number > 0 || sizeof out - at < least);
    event_text(parts, out + at, sizeof out - at);
}

static void put_decimal(struct event_parts *parts, uint64_t number)
{
    put_digits(parts, "0123456789", 10, 1, number);
}

/* GUIDs have capitals, numbers have none. */
static void put_capitals(struct event_parts *parts, size_t least, uint64_t number)
{
    put_digits(parts, "0123456789ABCDEF", 16, least, number);
}

/* "S-1-5-18" */
static void put_sid(struct event_parts *parts, const uint8_t *bytes, size_t size)
{
    uint64_t authority = 0;
    for (size_t i = 2; i < SID_HEAD; i++) {
        authority = authority << 8 | bytes[i];
    }
    event_text(parts, "S-", 2);
    put_decimal(parts, bytes[0]);
    event_text(parts, "-", 1);
    put_decimal(parts, authority);
    for (size_t i = SID_HEAD; i < size; i += 4) {
        event_text(parts, "-", 1);
        put_decimal(parts, number_of(bytes + i, 4));
    }
}

/* "{61A55000-55E5-1017-0000-000000000000}" */
static void put_guid(struct event_parts *parts, const uint8_t *bytes)
{
    event_text(parts, "{", 1);
    put_capitals(parts, 8, number_of(bytes, 4));
    event_text(parts, "-", 1);
    put_capitals(parts, 4, number_of(bytes + 4, 2));
    event_text(parts, "-", 1);
    put_capitals(parts, 4, number_of(bytes + 6, 2));
    for (size_t i = 8; i < GUID_SIZE; i++) {
        event_text(parts, "-", i == 8 || i == 10);
        put_capitals(parts, 2, bytes[i]);
    }
    event_text(parts, "}", 1);
}

/* MS-EVEN6 2.2.12, BinXmlValueType. */
enum form { DECIMAL, HEX, NOT_HERE };
static const struct kind {
    uint8_t type;
    uint8_t size; /* bytes */
    enum form form;
} kinds[] = {
    { 0x04, 1, DECIMAL },
    { 0x06, 2, DECIMAL },
    { 0x08, 4, DECIMAL },
    { 0x0a, 8, DECIMAL },
    { 0x0d, 4, NOT_HERE },
    { 0x10, 4, DECIMAL },
    { 0x10, 8, DECIMAL },
    { 0x12, 16, NOT_HERE },
    { 0x14, 4, HEX },
    { BINXML_HEX64, 8, HEX },
    { BINXML_FILETIME, 8, NOT_HERE },
};

/* False: not made here. */
static bool put_number(struct event_parts *parts, enum form form, const uint8_t *bytes, size_t size)
{
    if (form == NOT_HERE) {
        return false;
    }
    if (form == DECIMAL) {
        put_decimal(parts, number_of(bytes, size));
    } else {
        event_text(parts, "0x", 2);
        put_digits(parts, "0123456789abcdef", 16, 2 * size, number_of(bytes, size));
    }
    return true;
}

bool binxml_value(struct event_parts *parts, uint8_t type, const uint8_t *bytes, size_t size)
{
    const bool wanted = parts->into.at != NULL;
    if (type == BINXML_STRING) {
        /* some providers end it with a NUL, which is no part of the text */
        const bool ends = size >= 2 && bytes[size - 2] == 0 && bytes[size - 1] == 0;
        return binxml_text(parts, bytes, ends ? size - 2 : size);
    }
    if (type == BINXML_GUID || type == BINXML_SID) {
        const bool sound = type == BINXML_GUID ? size == GUID_SIZE
                                               : size >= SID_HEAD && bytes[0] == 1 && bytes[1] <= SID_PARTS_MAX &&
                                                     size == SID_HEAD + 4 * (size_t)bytes[1];
        if (sound && wanted && type == BINXML_GUID) {
            put_guid(parts, bytes);
        } else if (sound && wanted) {
            put_sid(parts, bytes, size);
        }
        return sound;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].type == type && kinds[i].size == size) {
            return !wanted || put_number(parts, kinds[i].form, bytes, size);
        }
    }
    return false;
}
