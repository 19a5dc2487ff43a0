/* Inside the files of the command line: one row per option, for every command that parses a host. */
#ifndef RDPWHY_COMMAND_OPTIONS_ROWS_H
#define RDPWHY_COMMAND_OPTIONS_ROWS_H

#include "command/options.h"

/* What has been collected so far; --only and --skip are put together at the end. */
struct parsing {
    enum options_of command;
    struct check_options *options;
    unsigned only;
    unsigned skip;
    uint16_t port_option;
};

enum takes { TAKES_NOTHING, TAKES_VALUE, TAKES_EQUALS /* --color=WHEN only */ };

struct option_row {
    unsigned commands; /* bits of 1U << enum options_of */
    const char *name;
    char letter; /* 0: none */
    enum takes takes;
    size_t flag; /* offset of a bool in struct check_options; used when `apply` is NULL */
    bool (*apply)(struct parsing *parsing, const char *value, struct error *error); /* NULL with flag 0: later */
};

/* NULL: this command has no option of that name or letter. */
const struct option_row *option_by_name(enum options_of command, const char *word, size_t length);
const struct option_row *option_by_letter(enum options_of command, char letter);

#endif
