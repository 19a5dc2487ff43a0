/* A look at a host for another command's sake. */
#ifndef RDPWHY_COMMAND_CHECK_H
#define RDPWHY_COMMAND_CHECK_H

#include "command/options.h"
#include "diagnose/diagnose.h"

/* Looks and judges as `check` does, and prints nothing but progress. NULL: failed; the caller frees. */
struct verdict *check_verdict(const struct check_options *options, struct error *error) MUST_USE;

#endif
