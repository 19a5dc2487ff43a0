/* A saved connection (.rdp): lines of "name:type:value", types s (text), i (number) and b (hex bytes); settings and
 * their values: Microsoft, "Supported RDP properties". mstsc writes UTF-16LE with a byte order mark; UTF-8 with and
 * without one is met as well, and so is either end of line. Anything odd is kept as a note with its line: clients pass
 * over what they do not understand, so a single bad line does not make the file unusable. */
#ifndef RDPWHY_WIRE_RDP_FILE_H
#define RDPWHY_WIRE_RDP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/error.h"

enum { RDP_FILE_MAX = 1 << 20, RDP_FILE_SETTINGS_MAX = 2048, RDP_FILE_VALUE_MAX = 1024 };

enum rdp_file_note {
    RDP_FILE_NO_SETTING, /* the line is not name:type:value */
    RDP_FILE_TYPE,       /* a type that is none of s, i and b, or not the one this setting has */
    RDP_FILE_NUMBER,     /* type i, and no number behind it */
    RDP_FILE_TWICE,      /* a setting that stood before, with another value */
    RDP_FILE_CUT,        /* a value longer than RDP_FILE_VALUE_MAX bytes, or text that is no UTF-8 or UTF-16 */
    RDP_FILE_TOO_MANY,   /* what follows was not read */
};

struct rdp_file_setting {
    char *name;     /* lower case, one blank between words; escaped as base/text.h does */
    char type;      /* 's', 'i' or 'b' */
    char *value;    /* without blanks around it; escaped */
    int64_t number; /* type i */
    size_t line;
};

struct rdp_file_remark {
    size_t line;
    enum rdp_file_note note;
    const char *name; /* of the setting, borrowed from it; NULL: the line holds none */
};

struct rdp_file;

/* ERROR_DATA when it is no .rdp file at all (larger than RDP_FILE_MAX, bytes that are no text, not one setting); the
 * text names line and reason. The caller frees with rdp_file_free. */
struct rdp_file *rdp_file_parse(const void *bytes, size_t size, struct error *error) MUST_USE;
void rdp_file_free(struct rdp_file *file); /* NULL is fine */

/* In the order of the file, each name once (the last of its kind counts here; RDP_FILE_TWICE says so). */
size_t rdp_file_count(const struct rdp_file *file);
const struct rdp_file_setting *rdp_file_at(const struct rdp_file *file, size_t index);
/* NULL: the file does not set it. */
const struct rdp_file_setting *rdp_file_find(const struct rdp_file *file, const char *name);
size_t rdp_file_remarks(const struct rdp_file *file, const struct rdp_file_remark **remarks);

#endif
