/* For binxml.c alone: values as text, in the words that libevtx has for them. */
#ifndef RDPWHY_READ_BINXML_VALUE_H
#define RDPWHY_READ_BINXML_VALUE_H

#include "read/evtx_event.h"

/* UTF-16LE into the open text. False: a control character, half a pair, or one that XML does not have. */
bool binxml_text(struct event_parts *parts, const uint8_t *bytes, size_t size) MUST_USE;
/* A value of that type into the open text; where nobody wants it, only its size is looked at. False: a type that is
 * not read here, or a size that is not its own. */
bool binxml_value(struct event_parts *parts, uint8_t type, const uint8_t *bytes, size_t size) MUST_USE;

#endif
