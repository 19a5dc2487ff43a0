/* What `explain` found, as one JSON document. */
#ifndef RDPWHY_JSON_EXPLAIN_H
#define RDPWHY_JSON_EXPLAIN_H

#include "base/attributes.h"
#include "base/error.h"
#include "facts/explain.h"

/* Indented, with a last newline. NULL: out of memory. The caller frees with alloc_free. */
char *explain_text(const struct explanation *explanation, struct error *error) MUST_USE;

#endif
