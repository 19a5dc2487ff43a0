#ifndef RDPWHY_COMMAND_EXPLAIN_H
#define RDPWHY_COMMAND_EXPLAIN_H

#include <stdio.h>

#include "facts/explain.h"

/* For people: what the codes mean, then the causes by the step at which they show, then what to do. */
bool explain_print(FILE *out, const struct explanation *explanation, bool colour, bool verbose,
                   struct error *error) MUST_USE;

#endif
