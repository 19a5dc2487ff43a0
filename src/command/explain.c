#include "command/explain.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "command/arguments.h"
#include "command/commands.h"
#include "command/output.h"
#include "json/explain.h"

struct options {
    bool json;
    bool quiet;
    bool verbose;
    bool help;
    bool from_stdin;
    enum output_colour colour;
    struct buffer words; /* what is no option, with spaces between */
};

static const char help[] = "rdpwhy explain CODE [EXTENDED-CODE]     what did the client's error mean?\n"
                           "rdpwhy explain TEXT                     the dialog's text, in any language\n"
                           "rdpwhy explain -                        the same from standard input\n"
                           "\n"
                           "  --json    one JSON document on stdout\n"
                           "  -q        one line\n"
                           "  -v        every cause, with the tests that decide\n"
                           "  --color=auto|always|never\n"
                           "\n"
                           "  rdpwhy 0x904 0x7\n"
                           "  rdpwhy 2308/7\n"
                           "  rdpwhy explain 'Error code: 0x904 Extended error code: 0x7'\n"
                           "\n"
                           "Codes can be disconnect reasons and their extended codes, NTSTATUS and SSPI\n"
                           "numbers, RD Gateway numbers, names such as ERRINFO_LOGOFF_BY_USER, and Windows\n"
                           "event ids. Exit status: 0, 64 not a code, 65 no code in the text, 66 unreadable.\n";

static bool add_words(struct buffer *words, const char *bytes, size_t size, struct error *error)
{
    if (size > FIND_TEXT_MAX - words->size)
        return error_set(error, ERROR_DATA, "explain: the text is longer than 64 KiB; give the dialog only");
    return buffer_add(words, bytes, size) ? true : error_no_memory(error);
}

static bool take_word(void *into, const char *word, struct error *error)
{
    struct options *options = into;
    if (strcmp(word, "-") == 0) {
        options->from_stdin = true;
        return true;
    }
    return add_words(&options->words, " ", options->words.size > 0 ? 1 : 0, error) &&
           add_words(&options->words, word, strlen(word), error);
}

static const struct argument rows[] = {
    ARGUMENT_AT(struct options, "--json", 0, ARGUMENT_FLAG, json),
    ARGUMENT_AT(struct options, "--quiet", 'q', ARGUMENT_FLAG, quiet),
    ARGUMENT_AT(struct options, "--verbose", 'v', ARGUMENT_FLAG, verbose),
    ARGUMENT_AT(struct options, "--color", 0, ARGUMENT_COLOUR, colour),
    ARGUMENT_AT(struct options, "--help", 'h', ARGUMENT_FLAG, help),
};
const struct arguments explain_arguments = {
    .command = "explain", .rows = rows, .count = COUNT_OF(rows), .numbers = true, .word = take_word
};

static bool read_stdin(struct buffer *words, struct error *error)
{
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, stdin)) > 0) {
        if (!add_words(words, block, got, error))
            return false;
    }
    if (ferror(stdin))
        return error_set(error, ERROR_NO_INPUT, "explain: standard input cannot be read: %s", strerror(errno));
    return true;
}

static bool find_codes(const struct options *options, struct found *found, struct error *error)
{
    const struct buffer *words = &options->words;
    const char *text = words->bytes != NULL ? (const char *)words->bytes : "";
    bool whole = strlen(text) == words->size;
    if (words->size == 0 && !options->from_stdin)
        return error_set(error, ERROR_USAGE, "explain: no code given; for example: rdpwhy explain 0x904 0x7");
    if (whole && find_are_words(text))
        return find_in_words(text, found, error);
    find_in_text(text, words->size, found);
    if (found->count > 0 || found->phrase_count > 0)
        return true;
    if (!options->from_stdin && strpbrk(text, " \t\n") == NULL)
        return error_set(error, ERROR_USAGE, "%.60s: not a code; codes look like 0x904 or 2308", text);
    return error_set(error, ERROR_DATA,
                     "explain: no code and no sentence known to us in this text; codes are read from their "
                     "field, such as \"Error code: 0x904\"");
}

static bool print_line(const char *text, struct error *error)
{
    if (fputs(text, stdout) < 0 || fflush(stdout) != 0)
        return error_set(error, ERROR_INTERNAL, "standard output: %s", strerror(errno));
    return true;
}

static bool print_quiet(const struct explanation *explanation, struct error *error)
{
    return print_line(explanation->summary, error) && print_line("\n", error);
}

static bool print_json(const struct explanation *explanation, struct error *error)
{
    char *text = explain_text(explanation, error);
    bool done = text != NULL && print_line(text, error);
    alloc_free(text);
    return done;
}

static bool run(int argc, char **argv, struct options *options, struct error *error)
{
    struct found found = { .count = 0 };
    struct explanation explanation;
    if (!arguments_parse(&explain_arguments, argc, argv, options, error))
        return false;
    if (options->help)
        return print_line(help, error);
    if (options->from_stdin && options->words.size > 0)
        return error_set(error, ERROR_USAGE, "explain: \"-\" reads standard input; give no codes beside it");
    if (options->from_stdin && !read_stdin(&options->words, error))
        return false;
    if (!find_codes(options, &found, error))
        return false;
    explain(&found, &explanation);
    if (options->json)
        return print_json(&explanation, error);
    if (options->quiet)
        return print_quiet(&explanation, error);
    return explain_print(stdout, &explanation, output_colour_for(options->colour, stdout), options->verbose, error);
}

int command_explain(int argc, char **argv)
{
    struct error error = { .kind = ERROR_NONE };
    struct options options = { .colour = OUTPUT_COLOUR_AUTO };
    buffer_init(&options.words, FIND_TEXT_MAX);
    bool done = run(argc, argv, &options, &error);
    buffer_release(&options.words);
    return done ? 0 : command_failed(&error);
}
