/* Text from strangers. What a server, a file or a certificate says is bytes until it went through here: valid UTF-8
 * without control characters, so that it can neither break JSON nor reach a terminal as an escape sequence. */
#ifndef RDPWHY_BASE_TEXT_H
#define RDPWHY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

/* Copies at most `cap` output bytes. Bytes that are not valid UTF-8, C0/C1 controls, DEL, and the bidirectional and
 * line-separator characters become \xNN (their bytes in lower-case hex); a backslash becomes two. A cut is marked with
 * "...". NULL: no memory. The caller frees with alloc_free. */
char *text_escape(const void *bytes, size_t size, size_t cap) MUST_USE;
/* What text_escape was given: each \\ and \xNN back to its byte, all else as it is. NULL: no memory, or an escaped zero
 * byte. The caller frees with alloc_free. */
char *text_unescape(const char *escaped) MUST_USE;
/* UTF-16LE to the same form; a lone surrogate is escaped as \uNNNN. An odd last byte is escaped too. */
char *text_escape_utf16le(const void *bytes, size_t size, size_t cap) MUST_USE;
/* True when text_escape would leave every byte as it is, a backslash aside. */
bool text_is_clean(const char *text);

/* Lower-case hex; NULL: no memory. */
char *text_hex(const void *bytes, size_t size) MUST_USE;
/* Hex digits to bytes; false on odd length, other characters or too little room. */
bool text_unhex(const char *hex, uint8_t *bytes, size_t room, size_t *size) MUST_USE;

/* ASCII only, never the locale's idea of letters. */
bool text_equal_nocase(const char *a, const char *b);
/* Base 0 ("0x1f", "31"), whole text, no sign, no spaces; false when it is not a number or above max. */
bool text_number(const char *text, uint64_t max, uint64_t *value) MUST_USE;

#endif
