/* rdpwhy diff BEFORE AFTER: what changed between two saved documents. Nothing here can reach the network. */
#include <string.h>

#include "base/alloc.h"
#include "command/commands.h"
#include "command/compared.h"
#include "command/output.h"
#include "report/report.h"
#include "json/document.h"

struct diff_options {
    bool json;
    bool quiet;
    bool verbose;
    bool redact;
    bool help;
    enum output_colour colour;
    const char *files[2];
    int count;
};

static const char help[] = "rdpwhy diff BEFORE AFTER: what changed between two saved documents, offline\n\n"
                           "Both come from --save or --json; - is standard input, for one of them. Both are\n"
                           "judged by this version. What varies from run to run (times, ports, counts) is no\n"
                           "change. For a live second look: rdpwhy HOST --after BEFORE\n\n"
                           "  --json    one JSON document on stdout\n"
                           "  -q        the last line only\n"
                           "  -v        also what merely varies, and what only one of the two looked at\n"
                           "  --redact  without names, addresses, fingerprints\n"
                           "  --color=auto|always|never\n\n"
                           "  rdpwhy srv-01.corp.example --save before.json\n"
                           "  rdpwhy diff before.json after.json\n\n"
                           "Exit status: 0, 64 usage, 65 bad input, 66 unreadable; JSON has the outcome.\n";

static bool take_file(void *into, const char *word, struct error *error)
{
    struct diff_options *options = into;
    if (options->count == 2) {
        return error_set(error, ERROR_USAGE, "diff: two files at a time; \"%.60s\" is a third", word);
    }
    options->files[options->count++] = word;
    return true;
}

static const struct argument rows[] = {
    ARGUMENT_AT(struct diff_options, "--json", 0, ARGUMENT_FLAG, json),
    ARGUMENT_AT(struct diff_options, "--quiet", 'q', ARGUMENT_FLAG, quiet),
    ARGUMENT_AT(struct diff_options, "--verbose", 'v', ARGUMENT_FLAG, verbose),
    ARGUMENT_AT(struct diff_options, "--redact", 0, ARGUMENT_FLAG, redact),
    ARGUMENT_AT(struct diff_options, "--color", 0, ARGUMENT_COLOUR, colour),
    ARGUMENT_AT(struct diff_options, "--help", 'h', ARGUMENT_FLAG, help),
};
const struct arguments diff_arguments = { .command = "diff", .rows = rows, .count = COUNT_OF(rows), .word = take_file };

static bool parse(int argc, char **argv, struct diff_options *options, struct error *error)
{
    if (!arguments_parse(&diff_arguments, argc, argv, options, error)) {
        return false;
    }
    if (options->help) {
        return true;
    }
    if (options->count < 2) {
        return error_set(error, ERROR_USAGE,
                         "diff: which %s? rdpwhy diff BEFORE AFTER; a live second look: rdpwhy HOST "
                         "--after BEFORE",
                         options->count == 0 ? "files" : "second file");
    }
    if (strcmp(options->files[0], "-") == 0 && strcmp(options->files[1], "-") == 0) {
        return error_set(error, ERROR_USAGE, "diff: standard input can be one of the two files, not both");
    }
    return true;
}

static bool print(const struct comparison *comparison, const struct diff_options *options, struct error *error)
{
    if (options->json) {
        char *text = comparison_text(comparison, error);
        bool done = text != NULL && output_text(text, error);
        alloc_free(text);
        return done;
    }
    if (options->quiet) {
        return report_comparison_quiet(stdout, comparison, error);
    }
    const struct report_options report = {
        .colour = output_colour_for(options->colour, stdout),
        .verbose = options->verbose,
        .width = output_width_for(stdout),
    };
    return report_comparison(stdout, comparison, &report, error);
}

int command_diff(int argc, char **argv)
{
    struct diff_options options = { 0 };
    struct error error = { 0 };
    if (!parse(argc, argv, &options, &error)) {
        return command_failed(&error);
    }
    if (options.help) {
        fputs(help, stdout);
        return 0;
    }
    struct evidence *before = document_load_file(options.files[0], &error);
    struct evidence *after = before != NULL ? document_load_file(options.files[1], &error) : NULL;
    struct compared compared = { 0 };
    bool done = after != NULL &&
                (!options.redact || (output_redact(&before, &error) && output_redact(&after, &error))) &&
                compared_make(before, after, &compared, &error) && print(compared.comparison, &options, &error);
    compared_release(&compared);
    evidence_free(after);
    evidence_free(before);
    return done ? 0 : command_failed(&error);
}
