/* A saved connection (.rdp) as mstsc writes it: UTF-16LE with a byte order mark, CRLF behind each line; and what is
 * signed of it. Settings and values: Microsoft, "Supported RDP properties". The signature's form is that of rdpsign.exe
 * as public tools have described it: the settings that may be signed in their fixed order, then the line "signscope",
 * all as UTF-16LE with a zero behind, signed detached (CMS); 12 bytes of header before it, then base64. */
#ifndef RDPWHY_WIRE_RDP_FILE_WRITE_H
#define RDPWHY_WIRE_RDP_FILE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/buffer.h"

enum { RDP_FILE_LINES_MAX = 24 };

/* One setting. Texts are borrowed; a `value` of NULL with type 'i' takes the number. */
struct rdp_file_line {
    const char *name;
    char type; /* 's' or 'i' */
    const char *value;
    int number;
};

/* Appends the file to `out`. `signature`: what rdp_file_signature made, NULL for a file without one. False: no memory,
 * or a value that holds a line end (nothing else can break the form). */
bool rdp_file_write(struct buffer *out, const struct rdp_file_line *lines, size_t count,
                    const char *signature) MUST_USE;

/* Appends the bytes that a signature covers. False: no memory, or a value with a line end. */
bool rdp_file_signed_bytes(struct buffer *out, const struct rdp_file_line *lines, size_t count) MUST_USE;
/* Appends the value of the line "signature" for a detached CMS signature in DER. False: no memory. */
bool rdp_file_signature(struct buffer *out, const void *der, size_t size) MUST_USE;

#endif
