/* Two small encodings that carry a script through other people's command lines. Base64 is ours: the only library at
 * hand that has it is OpenSSL, whose doors are net and x509, and a script needs neither. */
#ifndef RDPWHY_REMEDY_ENCODE_H
#define RDPWHY_REMEDY_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/buffer.h"

/* RFC 4648, padded, without line breaks. False: over the buffer's cap. */
bool encode_base64(struct buffer *out, const void *bytes, size_t size);
/* What `powershell -EncodedCommand` takes: the text as UTF-16LE, in base64. Only ASCII is taken: scripts are ASCII by
 * rule (docs/add-a-remedy.md). False: another byte, or over the cap. */
bool encode_command(struct buffer *out, const char *text);

#endif
