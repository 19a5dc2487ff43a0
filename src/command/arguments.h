/* The command line of a command: one row per option, and one way to read them, for all commands. */
#ifndef RDPWHY_COMMAND_ARGUMENTS_H
#define RDPWHY_COMMAND_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/error.h"

enum argument_kind {
    ARGUMENT_FLAG,   /* sets the bool at `place` */
    ARGUMENT_TEXT,   /* its value, never empty, goes to the const char * at `place` */
    ARGUMENT_COLOUR, /* --color=WHEN: to the enum output_colour at `place` */
    ARGUMENT_CALL,   /* takes no value: calls `take` with NULL */
    ARGUMENT_VALUE,  /* calls `take` with its value, never empty */
    ARGUMENT_LATER,  /* a word of the contract whose feature is not in this version */
};

/* `into` is what the command fills. False: ERROR_USAGE, and the text names the option. */
typedef bool argument_take(void *into, const char *value, struct error *error);

struct argument {
    const char *name; /* "--port" */
    char letter;      /* 0: none */
    enum argument_kind kind;
    size_t place; /* offset in what the command fills */
    argument_take *take;
    unsigned of; /* where several commands share a table: bits of those that have it; 0: all */
};

struct arguments {
    const char *command;
    const struct argument *rows;
    size_t count;
    unsigned of;         /* this command's bit; 0: the table is its own */
    bool numbers;        /* "-5" is a word, no option */
    argument_take *word; /* what is no option, "-" too */
    /* Options that no table knows; NULL: none. The row has to hold until the next call. */
    const struct argument *(*find)(void *into, const char *word, size_t length);
};

#define ARGUMENT_AT(type, option, key, how, member)                                                                    \
    {                                                                                                                  \
        .name = (option), .letter = (key), .kind = (how), .place = offsetof(type, member)                              \
    }

/* Reads argv[1..]. The strings go on to point into argv. False: ERROR_USAGE. */
bool arguments_parse(const struct arguments *arguments, int argc, char **argv, void *into,
                     struct error *error) MUST_USE;
/* The row of "--port", or of "--port=1" when `length` ends at the '='; NULL: this command has none. */
const struct argument *arguments_by_name(const struct arguments *arguments, const char *word, size_t length);
const struct argument *arguments_by_letter(const struct arguments *arguments, char letter);
/* Its value is the next word. */
bool argument_takes_next(const struct argument *argument);

#endif
