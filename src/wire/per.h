/* The little of aligned PER (X.691) that MCS and GCC need: lengths.
 *
 *   0xxxxxxx             0 to 127
 *   10xxxxxx xxxxxxxx    0 to 16383
 *
 * Longer ones come in fragments (X.691 10.9.3.8), which no RDP packet has: they are bad. */
#ifndef RDPWHY_WIRE_PER_H
#define RDPWHY_WIRE_PER_H

#include "base/cursor.h"
#include "base/writer.h"

enum { PER_LENGTH_MAX = 16383 };

/* False: the bytes end inside it, or it is a fragment's. */
bool per_length(struct cursor *cursor, size_t *length) MUST_USE;
/* In two bytes when `length` is above 127, in one otherwise. Above PER_LENGTH_MAX the writer overflows. */
void per_length_write(struct writer *writer, size_t length);
size_t per_length_size(size_t length);

#endif
