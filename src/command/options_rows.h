/* Inside the files of the command line: one row per option, for every command that parses a host. */
#ifndef RDPWHY_COMMAND_OPTIONS_ROWS_H
#define RDPWHY_COMMAND_OPTIONS_ROWS_H

#include "command/arguments.h"
#include "command/options.h"

/* What has been collected so far; --only and --skip are put together at the end. */
struct parsing {
    struct check_options options;
    unsigned only;
    unsigned skip;
    uint16_t port_option;
};

extern const struct arguments option_tables[]; /* by enum options_of */

#endif
