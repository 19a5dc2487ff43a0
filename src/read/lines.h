/* Text that arrives in pieces, cut into lines: UTF-8, UTF-16 with a byte order mark, and Latin-1 for a line that is no
 * UTF-8. Memory is that of one line, whatever the file: what a line has beyond LINES_KEPT is passed over and said. */
#ifndef RDPWHY_READ_LINES_H
#define RDPWHY_READ_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/error.h"

enum { LINES_KEPT = 16384 }; /* bytes of a line, as UTF-8 */

struct text_line {
    const char *text; /* valid UTF-8 without NUL, ended by one; without the line's end */
    size_t size;
    size_t number; /* from 1 */
    bool cut;      /* it was longer */
};

/* False: no memory, with the error set. */
typedef bool (*line_take)(void *context, const struct text_line *line, struct error *error);

enum lines_coding { LINES_UTF8, LINES_UTF16LE, LINES_UTF16BE };

struct lines {
    line_take take;
    void *context;
    enum lines_coding coding;
    bool begun;
    uint8_t held[4]; /* the first bytes, or half a character */
    size_t held_size;
    uint16_t high; /* a UTF-16 surrogate that waits for its other half; 0: none */
    char *line;    /* owned */
    char *again;   /* owned; room for a Latin-1 line as UTF-8 */
    size_t size;
    bool cut;
    bool open;     /* the line was begun */
    size_t number; /* of lines that were handed on */
    size_t cut_count;
    size_t first_cut;   /* its number */
    size_t nul_count;   /* bytes that no text holds */
    size_t latin_count; /* lines that were taken as Latin-1 */
};

bool lines_init(struct lines *lines, line_take take, void *context, struct error *error) MUST_USE;
bool lines_add(struct lines *lines, const void *bytes, size_t size, struct error *error) MUST_USE;
/* The last line, which may lack its end. */
bool lines_finish(struct lines *lines, struct error *error) MUST_USE;
void lines_release(struct lines *lines);

#endif
