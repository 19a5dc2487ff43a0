/* What `rdpwhy read` and `rdpwhy HOST --with FILE` print about files. */
#ifndef RDPWHY_COMMAND_READ_OUTPUT_H
#define RDPWHY_COMMAND_READ_OUTPUT_H

#include "command/output.h"
#include "command/read_files.h"

/* Judges everything, prints and saves. `lead`: what was looked at just now, whose verdict then is the one on top; NULL:
 * the gravest is. *status: the exit status of that verdict. */
bool read_output(const struct read_all *all, const struct evidence *lead, const struct output_options *options,
                 int *status, struct error *error) MUST_USE;

#endif
