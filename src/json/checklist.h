/* The checklist as one JSON document. */
#ifndef RDPWHY_JSON_CHECKLIST_H
#define RDPWHY_JSON_CHECKLIST_H

#include "base/attributes.h"
#include "base/error.h"
#include "diagnose/checklist.h"

/* Indented, with a last newline. NULL: out of memory. The caller frees with alloc_free. */
char *checklist_text(const struct checklist *checklist, struct error *error) MUST_USE;

#endif
