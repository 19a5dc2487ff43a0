/* rdpwhy checklist [CAUSE | CODE]: the paper version, for those who cannot run the program. */
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "command/commands.h"
#include "command/nearest.h"
#include "command/output.h"
#include "report/checklist.h"
#include "json/checklist.h"

enum { WORDS_MOST = 4096 };

struct options {
    bool markdown;
    bool json;
    bool quiet;
    bool verbose; /* it is all there anyway */
    bool help;
    enum output_colour colour;
    struct buffer words;
};

static const char help[] = "rdpwhy checklist              what to look at, in order, without rdpwhy\n"
                           "rdpwhy checklist CAUSE        what decides this cause, and what looks alike\n"
                           "rdpwhy checklist CODE         what to look at for the code the client showed\n\n"
                           "  --markdown  to print, to paste into a ticket\n"
                           "  --json      one JSON document\n"
                           "  -q          the titles only\n"
                           "  -v          the same: everything is shown anyway\n"
                           "  --color=auto|always|never\n\n"
                           "  rdpwhy checklist 0x904/0x7\n"
                           "  rdpwhy checklist rdp-key-unreadable --markdown > checklist.md\n\n"
                           "Exit status: 0, 64 no such cause or code.\n";

static bool take_word(void *into, const char *word, struct error *error)
{
    struct options *options = into;
    if (options->words.size + strlen(word) + 1 > WORDS_MOST) {
        return error_set(error, ERROR_USAGE, "checklist: one cause or one code, not a text");
    }
    return (buffer_text(&options->words, options->words.size > 0 ? " " : "") && buffer_text(&options->words, word)) ||
           error_no_memory(error);
}

static const struct argument rows[] = {
    ARGUMENT_AT(struct options, "--markdown", 0, ARGUMENT_FLAG, markdown),
    ARGUMENT_AT(struct options, "--json", 0, ARGUMENT_FLAG, json),
    ARGUMENT_AT(struct options, "--quiet", 'q', ARGUMENT_FLAG, quiet),
    ARGUMENT_AT(struct options, "--verbose", 'v', ARGUMENT_FLAG, verbose),
    ARGUMENT_AT(struct options, "--color", 0, ARGUMENT_COLOUR, colour),
    ARGUMENT_AT(struct options, "--help", 'h', ARGUMENT_FLAG, help),
};
const struct arguments checklist_arguments = {
    .command = "checklist", .rows = rows, .count = COUNT_OF(rows), .word = take_word
};

static bool choose(const char *name, struct explanation *explanation, struct checklist *checklist, struct error *error)
{
    if (name[0] == '\0') {
        checklist_all(checklist);
        return true;
    }
    enum cause cause = cause_by_slug(name);
    if (cause != CAUSE_NONE) {
        checklist_of_cause(cause, checklist);
        return true;
    }
    struct found found = { .count = 0 };
    if (find_are_words(name) && find_in_words(name, &found, error)) {
        explain(&found, explanation);
        checklist_of_code(explanation, checklist);
        return true;
    }
    char list[300];
    nearest_causes(name, NULL, list, sizeof list);
    return error_set(error, ERROR_USAGE,
                     "checklist: \"%.60s\" is neither a cause nor a code such as 0x904/0x7; nearest: %s", name, list);
}

static bool print_quiet(const struct checklist *checklist, struct error *error)
{
    bool done = true;
    for (unsigned i = 0; i < checklist->count && done; i++) {
        const struct checklist_step *step = &checklist->steps[i];
        done = fprintf(stdout, "%u %s\n", i + 1, step->title != NULL ? step->title : step->how) >= 0;
    }
    return (done && output_text("", error)) || error_set(error, ERROR_INTERNAL, "cannot write to standard output");
}

static bool print(const struct checklist *checklist, const struct options *options, struct error *error)
{
    if (options->json) {
        char *text = checklist_text(checklist, error);
        bool done = text != NULL && output_text(text, error);
        alloc_free(text);
        return done;
    }
    if (options->quiet) {
        return print_quiet(checklist, error);
    }
    if (options->markdown) {
        return report_checklist_markdown(stdout, checklist, error);
    }
    const struct report_options report = { .colour = output_colour_for(options->colour, stdout),
                                           .width = output_width_for(stdout) };
    return report_checklist(stdout, checklist, &report, error);
}

static bool run(int argc, char **argv, struct options *options, struct error *error)
{
    if (!arguments_parse(&checklist_arguments, argc, argv, options, error)) {
        return false;
    }
    if (options->help) {
        return output_text(help, error);
    }
    if (options->json && options->markdown) {
        return error_set(error, ERROR_USAGE, "checklist: --json and --markdown exclude each other");
    }
    const char *name = options->words.size > 0 ? (const char *)options->words.bytes : "";
    struct explanation *explanation = alloc_new(sizeof *explanation);
    struct checklist *checklist = alloc_new(sizeof *checklist);
    bool done = (explanation != NULL && checklist != NULL) || error_no_memory(error);
    done = done && choose(name, explanation, checklist, error) && print(checklist, options, error);
    alloc_free(checklist);
    alloc_free(explanation);
    return done;
}

int command_checklist(int argc, char **argv)
{
    struct options options = { .colour = OUTPUT_COLOUR_AUTO };
    struct error error = { 0 };
    buffer_init(&options.words, WORDS_MOST);
    bool done = run(argc, argv, &options, &error);
    buffer_release(&options.words);
    return done ? 0 : command_failed(&error);
}
