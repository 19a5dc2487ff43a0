/* A bounded reader. The check and the read are one act: a read that would pass the end returns false and moves nothing.
 * Codecs decide what a short read means: PARSE_MORE where the rest may still arrive, PARSE_BAD where a length lied. */
#ifndef RDPWHY_BASE_CURSOR_H
#define RDPWHY_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

/* The three answers of every parser. */
enum parse {
    PARSE_DONE,
    PARSE_MORE, /* valid so far, not complete */
    PARSE_BAD,  /* cannot become valid; the fault says where and why */
};

/* Where a parser gave up. The strings are constants, never freed. */
struct fault {
    size_t offset;       /* bytes from the start of what the parser was given */
    const char *section; /* "MS-RDPBCGR 2.2.1.2" */
    const char *why;
};

struct cursor {
    const uint8_t *start;
    const uint8_t *at;
    const uint8_t *end;
};

struct cursor cursor_of(const uint8_t *bytes, size_t size);
size_t cursor_left(const struct cursor *cursor);
size_t cursor_offset(const struct cursor *cursor);

bool cursor_u8(struct cursor *cursor, uint8_t *value) MUST_USE;
bool cursor_u16be(struct cursor *cursor, uint16_t *value) MUST_USE;
bool cursor_u24be(struct cursor *cursor, uint32_t *value) MUST_USE;
bool cursor_u16le(struct cursor *cursor, uint16_t *value) MUST_USE;
bool cursor_u32le(struct cursor *cursor, uint32_t *value) MUST_USE;
bool cursor_u64le(struct cursor *cursor, uint64_t *value) MUST_USE;
/* Points into the caller's bytes; copies nothing. */
bool cursor_bytes(struct cursor *cursor, size_t size, const uint8_t **bytes) MUST_USE;
bool cursor_skip(struct cursor *cursor, size_t size) MUST_USE;
/* A block of `size` bytes as a cursor of its own (offsets stay relative to the outer start); the outer one moves past.
 */
bool cursor_block(struct cursor *cursor, size_t size, struct cursor *block) MUST_USE;

/* Fills *fault (when not NULL) with the cursor's place. Always returns PARSE_BAD. */
enum parse parse_bad(struct fault *fault, const struct cursor *cursor, const char *section, const char *why);

#endif
