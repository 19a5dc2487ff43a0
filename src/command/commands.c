#include "command/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "command/complete.h"
#include "command/options_rows.h"

const struct command commands[] = {
    { "check", command_check, "HOST[:PORT]", "why does this connection fail, and what to do",
      &option_tables[OPTIONS_OF_CHECK] },
    { "trace", command_trace, "HOST[:PORT]", "where on the way are loss, delay, MTU trouble",
      &option_tables[OPTIONS_OF_TRACE] },
    { "fallback", command_fallback, "HOST[:PORT]", "which way in works right now, proved",
      &option_tables[OPTIONS_OF_FALLBACK] },
    { "explain", command_explain, "CODE... | TEXT", "what did the client's error mean?", &explain_arguments },
    { "fix", command_fix, "[CAUSE]", "the repair as a script, with undo and delivery", &fix_arguments },
    { "read", command_read, "FILE...", "the verdict from what a failure left behind", &read_arguments },
    { "judge", command_judge, "FILE", "judge a saved evidence document again, offline", &judge_arguments },
    { "diff", command_diff, "BEFORE AFTER", "what changed between two saved documents", &diff_arguments },
    { "checklist", command_checklist, "[CAUSE|CODE]", "what to look at, in order, without the program",
      &checklist_arguments },
    { "collect", command_collect, "client|server", "one paste for what the wire cannot show", &collect_arguments },
    { "lab", command_lab, "NAME|list", "a broken RDP server on loopback, to learn with", &lab_arguments },
    { NULL, NULL, NULL, NULL, NULL },
};

static const char *const later_words[] = { "scan", "watch", "serve", "worker", "tap" };

const struct command *command_find(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

static bool all_of(const char *text, size_t length, const char *set)
{
    return length > 0 && strspn(text, set) >= length;
}

bool command_is_code(const char *word)
{
    if (strchr(word, ' ') != NULL || strchr(word, '\n') != NULL) {
        return true;
    }
    const size_t length = strcspn(word, "/");
    if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
        return all_of(word + 2, length - 2, "0123456789abcdefABCDEF");
    }
    return all_of(word, length, "0123456789");
}

bool command_is_later(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(later_words); i++) {
        if (strcmp(later_words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

int command_failed(const struct error *error)
{
    fprintf(stderr, "rdpwhy: %s\n", error->text);
    return error->kind == ERROR_NONE ? ERROR_INTERNAL : (int)error->kind;
}

static void print_help(FILE *out)
{
    fputs("rdpwhy " RDPWHY_VERSION ": why can't I connect? For Remote Desktop (RDP).\n\n", out);
    fputs("  rdpwhy HOST[:PORT]             the same as: rdpwhy check HOST\n", out);
    if (command_find("explain") != NULL) {
        fputs("  rdpwhy 0x904 0x7               the same as: rdpwhy explain 0x904 0x7\n", out);
    }
    fputs("\n", out);
    for (const struct command *command = commands; command->name != NULL; command++) {
        char left[64];
        snprintf(left, sizeof(left), "%s %s", command->name, command->arguments);
        fprintf(out, "  rdpwhy %-24s%s\n", left, command->help);
    }
    fputs("\nOptions that every command shares:\n"
          "  --json      one JSON document on stdout, and nothing else there\n"
          "  -q          the verdict line only\n"
          "  -v          more evidence\n"
          "  --color=auto|always|never\n"
          "  --version   -h, --help (rdpwhy COMMAND --help for its own options)\n"
          "\nExit status: 0 nothing found up to the printed depth, 1 works with warnings,\n"
          "2 blocked, 3 cannot tell, 64 usage, 65 bad input, 66 unreadable, 70 internal.\n",
          out);
}

/* Options may stand before the command or the host: the first word that is neither an option nor the value of one. */
static int first_word(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            return i + 1 < argc ? i + 1 : 0;
        }
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            return i;
        }
        if (options_takes_value(argv[i])) {
            i++;
        }
    }
    return 0;
}

/* Every command knows it, wherever it stands. */
static bool asks_version(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--version") == 0) {
            return true;
        }
        i += options_takes_value(argv[i]);
    }
    return false;
}

/* Runs `command` with the word at `at` taken out of the arguments (0: nothing is taken out). */
static int run_without(const struct command *command, int argc, char **argv, int at)
{
    if (at > 0) {
        char *word = argv[at];
        for (int i = at; i > 0; i--) {
            argv[i] = argv[i - 1];
        }
        argv++;
        argc--;
        argv[0] = word;
    }
    if (command->run != command_check && command->run != command_fallback) {
        logon_ask_forget(); /* what it starts shall not inherit a password */
    }
    return command->run(argc, argv);
}

int command_dispatch(int argc, char **argv)
{
    struct error error = { 0 };
    if (argc > 1 && strcmp(argv[1], "__complete") == 0) {
        command_complete(argc - 2, argv + 2);
        return 0;
    }
    if (asks_version(argc, argv)) {
        puts("rdpwhy " RDPWHY_VERSION);
        return 0;
    }
    if (argc < 2) {
        print_help(stderr);
        return ERROR_USAGE;
    }
    const int at = first_word(argc, argv);
    const struct command *command = at > 0 ? command_find(argv[at]) : NULL;
    if (command == NULL && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_help(stdout);
        return 0;
    }
    if (at == 0) { /* it says what is missing */
        return run_without(command_find("check"), argc, argv, 0);
    }
    if (command != NULL) {
        return run_without(command, argc, argv, at);
    }
    if (command_is_later(argv[at])) {
        error_set(&error, ERROR_USAGE, "%s: not in this version; a host of that name: rdpwhy check %s", argv[at],
                  argv[at]);
        return command_failed(&error);
    }
    command = command_is_code(argv[at]) ? command_find("explain") : command_find("check");
    if (command == NULL) {
        error_set(&error, ERROR_USAGE, "%.200s: explaining codes is not in this version", argv[at]);
        return command_failed(&error);
    }
    return run_without(command, argc, argv, 0);
}
