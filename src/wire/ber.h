/* The little of BER and DER (X.690 section 8) that CredSSP and SPNEGO need.
 *
 *   +-----+---------------------------------------------+---------
 *   | tag | 00..7F  or  81 n  or  82 nn  ..  84 nnnn     | content
 *   +-----+---------------------------------------------+---------
 *
 * Tags of one byte, definite lengths of at most four bytes; indefinite lengths are bad. Nothing recurses: a codec steps
 * into each level by itself, so hostile nesting is never followed. Read: lengths need not be minimal. Written: DER. */
#ifndef RDPWHY_WIRE_BER_H
#define RDPWHY_WIRE_BER_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum {
    BER_INTEGER = 0x02,
    BER_OCTET_STRING = 0x04,
    BER_OID = 0x06,
    BER_ENUMERATED = 0x0a,
    BER_SEQUENCE = 0x30,
    BER_APPLICATION = 0x60, /* constructed, plus its number */
    BER_CONTEXT = 0xa0,     /* constructed, plus its number */
};

/* The outermost item of a message: PARSE_MORE until all of it is there; longer than `max` (header included) is bad at
 * once. The cursor moves past it. */
enum parse ber_outer(struct cursor *cursor, uint8_t tag, size_t max, struct cursor *content,
                     struct fault *fault) MUST_USE;
/* The next item inside another one: a length that reaches past it is bad, never "more". */
enum parse ber_next(struct cursor *cursor, uint8_t *tag, struct cursor *content, struct fault *fault) MUST_USE;
/* As ber_next, and the tag must be this one. */
enum parse ber_expect(struct cursor *cursor, uint8_t tag, struct cursor *content, struct fault *fault) MUST_USE;
/* Bad when bytes are left over. */
enum parse ber_end(const struct cursor *content, struct fault *fault) MUST_USE;
/* An INTEGER or ENUMERATED of 1 to 8 bytes, signed (X.690 8.3). */
enum parse ber_integer(struct cursor *cursor, uint8_t tag, int64_t *value, struct fault *fault) MUST_USE;
/* An item's content as a slice; never the absent one. */
enum parse ber_octets(struct cursor *cursor, uint8_t tag, struct slice *octets, struct fault *fault) MUST_USE;

/* Size of an item whose content has `content` bytes. */
size_t ber_size(size_t content);
void ber_header_write(struct writer *writer, uint8_t tag, size_t content);
size_t ber_integer_size(int64_t value);
void ber_integer_write(struct writer *writer, uint8_t tag, int64_t value);
void ber_octets_write(struct writer *writer, uint8_t tag, struct slice octets);

#endif
