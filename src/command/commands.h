/* The one table of commands: it drives dispatch and help. A command takes part when it has a row; its owner adds the
 * row together with the code. */
#ifndef RDPWHY_COMMAND_COMMANDS_H
#define RDPWHY_COMMAND_COMMANDS_H

#include <stdbool.h>

#include "base/error.h"
#include "command/arguments.h"

struct command {
    const char *name;
    /* argv[0] is the word the command was called by, the rest its arguments. Returns the exit status. */
    int (*run)(int argc, char **argv);
    const char *arguments; /* "HOST[:PORT]", for the help */
    const char *help;      /* one line: the question it answers */
    const struct arguments *options;
};

extern const struct command commands[]; /* ends with a NULL name */

const struct command *command_find(const char *name);
/* True when the word reads as a code: 0x..., or decimal digits alone ("2308", "0x904/0x7"), or a pasted sentence. */
bool command_is_code(const char *word);
/* Words that are reserved or come later; they are never taken for a host. */
bool command_is_later(const char *word);
/* Finds the command for a whole command line and runs it. */
int command_dispatch(int argc, char **argv);

/* "rdpwhy: text" on stderr; returns the exit status of the error's kind. */
int command_failed(const struct error *error);

extern const struct arguments checklist_arguments, collect_arguments, diff_arguments, explain_arguments, fix_arguments,
    judge_arguments, lab_arguments, read_arguments;

int command_check(int argc, char **argv);
int command_checklist(int argc, char **argv);
int command_collect(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_fallback(int argc, char **argv);
int command_fix(int argc, char **argv);
int command_read(int argc, char **argv);
int command_judge(int argc, char **argv);
int command_trace(int argc, char **argv);
int command_lab(int argc, char **argv);

#endif
