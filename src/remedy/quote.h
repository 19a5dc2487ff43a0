/* A text as one literal of a language. What cannot be written as a literal there is refused, never mended: a value that
 * was changed on the way is as bad as one that runs. */
#ifndef RDPWHY_REMEDY_QUOTE_H
#define RDPWHY_REMEDY_QUOTE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "facts/remedies.h"

/* Each adds the literal with its quotes; false: refused (nothing was added), or the buffer is full. Control characters
 * and bytes that are not ASCII are refused everywhere.
 *
 * PowerShell: '...' with ' doubled (the quotes U+2018 to U+201B, which end such a string too, are not ASCII).
 * sh: '...' with ' as '\''.  cmd: "..." without " % ! ^ and without a backslash at the end.
 * words: the same as for cmd, but bare, and no spaces: it stands where nobody knows the shell. */
bool quote(struct buffer *out, enum remedy_kind kind, const char *text);

#endif
