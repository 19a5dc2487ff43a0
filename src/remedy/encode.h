/* What carries a script through other people's command lines. */
#ifndef RDPWHY_REMEDY_ENCODE_H
#define RDPWHY_REMEDY_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/buffer.h"

/* What `powershell -EncodedCommand` takes: the text as UTF-16LE, in base64. Only ASCII is taken: scripts are ASCII by
 * rule (docs/add-a-remedy.md). False: another byte, or over the cap. */
bool encode_command(struct buffer *out, const char *text);

#endif
