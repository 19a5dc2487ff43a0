/* What clouds put around the output of a command that they ran on a machine: `az vm run-command invoke` and `show`. */
#ifndef RDPWHY_JSON_ENVELOPE_H
#define RDPWHY_JSON_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/error.h"

/* The command's output, put together: the messages of "value" (Windows has one for each of stdout and stderr), or
 * "output" and "error" of "instanceView". *text is NULL when it is no such envelope, or no JSON; else the caller frees
 * it with alloc_free. False: no memory. */
bool envelope_text(const char *bytes, size_t size, char **text, struct error *error) MUST_USE;

#endif
