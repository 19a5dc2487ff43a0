#include "command/explain.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
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

static bool is_number(const char *word)
{
    return word[0] == '-' && word[1] >= '0' && word[1] <= '9';
}

static bool read_option(struct options *options, const char *word, struct error *error)
{
    if (strcmp(word, "--json") == 0)
        options->json = true;
    else if (strcmp(word, "-q") == 0 || strcmp(word, "--quiet") == 0)
        options->quiet = true;
    else if (strcmp(word, "-v") == 0 || strcmp(word, "--verbose") == 0)
        options->verbose = true;
    else if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
        options->help = true;
    else if (strncmp(word, "--color=", strlen("--color=")) == 0)
        return output_colour_parse(word + strlen("--color="), &options->colour, error);
    else
        return error_set(error, ERROR_USAGE, "explain: %.80s: no such option; see rdpwhy explain --help", word);
    return true;
}

static bool add_words(struct buffer *words, const char *bytes, size_t size, struct error *error)
{
    if (size > FIND_TEXT_MAX - words->size)
        return error_set(error, ERROR_DATA, "explain: the text is longer than 64 KiB; give the dialog only");
    return buffer_add(words, bytes, size) ? true : error_no_memory(error);
}

/* The words that are no options, with spaces between them. */
static bool read_arguments(int argc, char **argv, struct options *options, struct buffer *words, struct error *error)
{
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (!only_words && strcmp(word, "-") == 0) {
            options->from_stdin = true;
        } else if (!only_words && word[0] == '-' && !is_number(word)) {
            if (!read_option(options, word, error))
                return false;
        } else {
            if (!add_words(words, " ", words->size > 0 ? 1 : 0, error) || !add_words(words, word, strlen(word), error))
                return false;
        }
    }
    if (options->from_stdin && words->size > 0)
        return error_set(error, ERROR_USAGE, "explain: \"-\" reads standard input; give no codes beside it");
    return true;
}

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

static bool find_codes(const struct options *options, const struct buffer *words, struct found *found,
                       struct error *error)
{
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

static bool run(int argc, char **argv, struct buffer *words, struct error *error)
{
    struct options options = { .colour = OUTPUT_COLOUR_AUTO };
    struct found found = { .count = 0 };
    struct explanation explanation;
    if (!read_arguments(argc, argv, &options, words, error))
        return false;
    if (options.help)
        return print_line(help, error);
    if (options.from_stdin && !read_stdin(words, error))
        return false;
    if (!find_codes(&options, words, &found, error))
        return false;
    explain(&found, &explanation);
    if (options.json)
        return print_json(&explanation, error);
    if (options.quiet)
        return print_quiet(&explanation, error);
    return explain_print(stdout, &explanation, output_colour_for(options.colour, stdout), options.verbose, error);
}

int command_explain(int argc, char **argv)
{
    struct error error = { .kind = ERROR_NONE };
    struct buffer words;
    buffer_init(&words, FIND_TEXT_MAX);
    bool done = run(argc, argv, &words, &error);
    buffer_release(&words);
    return done ? 0 : command_failed(&error);
}
