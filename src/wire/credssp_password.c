/*   30 TSCredentials  A0 credType INTEGER 1   A1 { 04 { 30 TSPasswordCreds
 *                       A0 { 04 domain }  A1 { 04 user }  A2 { 04 password } } }
 *
 * Only written: what a client would send us is nobody's business. */
#include "wire/ber.h"
#include "wire/credssp.h"

enum { TYPE_PASSWORD = 1, FIELDS = 3 };

/* The next code point; false: not UTF-8 (RFC 3629 section 3). */
static bool next_point(struct cursor *cursor, uint32_t *point)
{
    static const uint32_t lowest[] = { 0, 0x80, 0x800, 0x10000 };
    uint8_t first;
    uint8_t byte;
    if (!cursor_u8(cursor, &first)) {
        return false;
    }
    const unsigned more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if ((first >= 0x80 && first < 0xc0) || first >= 0xf8) {
        return false;
    }
    uint32_t value = more == 0 ? first : (uint32_t)first & (0x3fU >> more);
    for (unsigned i = 0; i < more; i++) {
        if (!cursor_u8(cursor, &byte) || (byte & 0xc0) != 0x80) {
            return false;
        }
        value = value << 6 | (byte & 0x3fU);
    }
    *point = value;
    return value >= lowest[more] && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

/* Writes when there is a writer; counts in any case. */
static bool utf16(struct writer *writer, struct slice text, size_t *size)
{
    struct cursor cursor = cursor_of(text.bytes, text.size);
    *size = 0;
    while (cursor_left(&cursor) > 0) {
        uint32_t point;
        if (!next_point(&cursor, &point)) {
            return false;
        }
        *size += point > 0xffff ? 4 : 2;
        if (writer != NULL && point > 0xffff) {
            writer_u16le(writer, (uint16_t)(0xd800 + ((point - 0x10000) >> 10)));
            writer_u16le(writer, (uint16_t)(0xdc00 + ((point - 0x10000) & 0x3ff)));
        } else if (writer != NULL) {
            writer_u16le(writer, (uint16_t)point);
        }
    }
    return true;
}

bool credssp_password_write(struct writer *writer, struct slice domain, struct slice user, struct slice password)
{
    const struct slice texts[FIELDS] = { domain, user, password };
    size_t sizes[FIELDS];
    size_t inner = 0;
    for (size_t i = 0; i < FIELDS; i++) {
        if (texts[i].size > CREDSSP_CREDENTIALS_MAX / 8 || !utf16(NULL, texts[i], &sizes[i])) {
            return false;
        }
        inner += ber_size(ber_size(sizes[i]));
    }
    const size_t octets = ber_size(inner);
    ber_header_write(writer, BER_SEQUENCE, ber_size(ber_integer_size(TYPE_PASSWORD)) + ber_size(ber_size(octets)));
    ber_header_write(writer, BER_CONTEXT, ber_integer_size(TYPE_PASSWORD));
    ber_integer_write(writer, BER_INTEGER, TYPE_PASSWORD);
    ber_header_write(writer, BER_CONTEXT + 1, ber_size(octets));
    ber_header_write(writer, BER_OCTET_STRING, octets);
    ber_header_write(writer, BER_SEQUENCE, inner);
    for (size_t i = 0; i < FIELDS; i++) {
        size_t size;
        ber_header_write(writer, (uint8_t)(BER_CONTEXT + i), ber_size(sizes[i]));
        ber_header_write(writer, BER_OCTET_STRING, sizes[i]);
        if (!utf16(writer, texts[i], &size)) {
            return false;
        }
    }
    return writer_ok(writer);
}
