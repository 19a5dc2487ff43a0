/* rdpwhy read FILE...: the verdict from what a failure left behind. Nothing here can reach the network. */
#include <string.h>

#include "base/alloc.h"
#include "command/arguments.h"
#include "command/commands.h"
#include "command/options.h"
#include "command/read_files.h"
#include "evidence/redact.h"
#include "facts/interceptors.h"
#include "report/report.h"
#include "json/document.h"

enum { DEFAULT_PORT = 3389 };

struct read_options {
    struct output_options output;
    const char *paths[READ_FILES_MAX];
    size_t count;
    const char *code;
    uint16_t port;
    bool help;
};

static const struct argument_flag flags[] = {
    { "--json", offsetof(struct read_options, output.json) },
    { "-q", offsetof(struct read_options, output.quiet) },
    { "--quiet", offsetof(struct read_options, output.quiet) },
    { "-v", offsetof(struct read_options, output.verbose) },
    { "--verbose", offsetof(struct read_options, output.verbose) },
    { "--redact", offsetof(struct read_options, output.redact) },
    { "--ticket", offsetof(struct read_options, output.ticket) },
    { "-h", offsetof(struct read_options, help) },
    { "--help", offsetof(struct read_options, help) },
};

static bool take_word(int argc, char **argv, int *i, struct read_options *options, struct error *error)
{
    const char *value;
    const char *word = argv[*i];
    if (argument_flag(flags, COUNT_OF(flags), word, options)) {
        return true;
    }
    if ((value = argument_value("--port", argc, argv, i, error)) != NULL) {
        return port_parse(value, &options->port, error);
    }
    if ((value = argument_value("--code", argc, argv, i, error)) != NULL) {
        options->code = value;
        return true;
    }
    if ((value = argument_value("--save", argc, argv, i, error)) != NULL) {
        options->output.save = value;
        return true;
    }
    if ((value = argument_value("--color", argc, argv, i, error)) != NULL) {
        return output_colour_parse(value, &options->output.colour, error);
    }
    if (error->kind != ERROR_NONE) {
        return false;
    }
    if (word[0] == '-' && word[1] != '\0') {
        return error_set(error, ERROR_USAGE, "read: unknown option \"%.60s\"; rdpwhy read --help lists them", word);
    }
    if (options->count == READ_FILES_MAX) {
        return error_set(error, ERROR_USAGE, "read: more than %d files at once", READ_FILES_MAX);
    }
    options->paths[options->count++] = word;
    return true;
}

static bool parse(int argc, char **argv, struct read_options *options, struct error *error)
{
    bool only_files = false;
    options->port = DEFAULT_PORT;
    for (int i = 1; i < argc; i++) {
        if (only_files || strcmp(argv[i], "--") != 0) {
            if (only_files) {
                options->paths[options->count++] = argv[i];
            } else if (!take_word(argc, argv, &i, options, error)) {
                return false;
            }
        } else {
            only_files = true;
        }
        if (only_files && options->count == READ_FILES_MAX) {
            return error_set(error, ERROR_USAGE, "read: more than %d files at once", READ_FILES_MAX);
        }
    }
    if (options->count == 0 && !options->help) {
        return error_set(error, ERROR_USAGE, "read: which files? For example: rdpwhy read capture.pcapng");
    }
    return true;
}

static void print_help(void)
{
    fputs("rdpwhy read FILE...: the verdict from what a failure left behind, offline\n\n"
          "Each file is told by its content: a capture (pcap, pcapng), an event log of\n"
          "Windows (evtx), a document that rdpwhy saved, what rdpwhy collect printed, an\n"
          ".rdp file, the text of a dialog or a log with codes in it; -\n"
          "is standard input. Several files are put together: the codes and the settings\n"
          "count for every connection in the captures.\n\n"
          "  --port N            the RDP port, for connections without a byte in them (3389)\n"
          "  --code 0x904[/0x7]  what the user's client said\n"
          "  --json  -q  -v      documents, one line each, more evidence\n"
          "  --ticket            a redacted note for whoever must act\n"
          "  --redact            without names, addresses, fingerprints\n"
          "  --save FILE         the document of the gravest connection\n"
          "  --color=auto|always|never\n\n"
          "  rdpwhy read failed.pcapng\n"
          "  rdpwhy read failed.pcapng dialog.txt my.rdp\n"
          "  tcpdump -w - port 3389 | rdpwhy read -\n",
          stdout);
}

/* Verdicts of all conversations, redacted when asked. */
struct judged_all {
    struct side *looks; /* owned, as what they point to */
    struct evidence **redacted;
    struct verdict **verdicts;
    size_t count;
    size_t gravest;
};

static void judged_release(struct judged_all *judged)
{
    for (size_t i = 0; i < judged->count; i++) {
        verdict_free(judged->verdicts != NULL ? judged->verdicts[i] : NULL);
        evidence_free(judged->redacted != NULL ? judged->redacted[i] : NULL);
    }
    alloc_free(judged->looks);
    alloc_free(judged->redacted);
    alloc_free(judged->verdicts);
}

static bool judge_one(struct judged_all *judged, size_t i, const struct evidence *evidence, bool redact,
                      struct error *error)
{
    if (redact && !(evidence->redacted.source != SOURCE_NONE && evidence->redacted.v)) {
        judged->redacted[i] = evidence_redact(evidence, interceptor_fragment_at, error);
        if (judged->redacted[i] == NULL) {
            return false;
        }
        evidence = judged->redacted[i];
    }
    judged->verdicts[i] = diagnose(evidence, error);
    judged->looks[i] = (struct side){ .evidence = evidence, .verdict = judged->verdicts[i] };
    return judged->verdicts[i] != NULL;
}

static bool judge_all(const struct read_all *all, bool redact, struct judged_all *judged, struct error *error)
{
    judged->looks = alloc_array(all->count + 1, sizeof *judged->looks);
    judged->redacted = alloc_array(all->count + 1, sizeof(struct evidence *));
    judged->verdicts = alloc_array(all->count + 1, sizeof(struct verdict *));
    if (judged->looks == NULL || judged->redacted == NULL || judged->verdicts == NULL) {
        return error_no_memory(error);
    }
    judged->count = all->count;
    for (size_t i = 0; i < all->count; i++) {
        if (!judge_one(judged, i, all->conversations[i].evidence, redact, error)) {
            return false;
        }
        if (report_gravity(judged->verdicts[i]) > report_gravity(judged->verdicts[judged->gravest])) {
            judged->gravest = i;
        }
    }
    return true;
}

static bool print_json(const struct read_all *all, const struct judged_all *judged, bool redact, struct error *error)
{
    struct document_file files[READ_FILES_MAX];
    char names[READ_FILES_MAX][32];
    for (size_t i = 0; i < all->file_count; i++) {
        const struct read_file *file = &all->files[i];
        snprintf(names[i], sizeof names[i], "file %zu", i + 1);
        files[i] = (struct document_file){
            .path = redact ? names[i] : file->path,
            .kind = read_kind_names[file->kind],
            .recognised = file->recognised,
            .skipped = file->skipped,
            .skipped_count = file->skipped_count,
        };
    }
    const struct document_read read = {
        .files = files,
        .file_count = all->file_count,
        .documents = judged->looks,
        .count = judged->count,
        .gravest = judged->gravest,
    };
    char *text = document_text_read(&read, error);
    const bool done =
        text != NULL && (fputs(text, stdout) >= 0 || error_set(error, ERROR_INTERNAL, "cannot write the document"));
    alloc_free(text);
    return done;
}

static bool print_files(const struct read_all *all, const struct report_options *report, bool redact,
                        struct error *error)
{
    struct report_file files[READ_FILES_MAX];
    char names[READ_FILES_MAX][32];
    for (size_t i = 0; i < all->file_count; i++) {
        const struct read_file *file = &all->files[i];
        snprintf(names[i], sizeof names[i], "file %zu", i + 1);
        files[i] = (struct report_file){
            .path = redact ? names[i] : file->path,
            .found = file->found,
            .skipped = file->skipped,
            .skipped_count = file->skipped_count,
        };
    }
    return report_files(stdout, files, all->file_count, report, error);
}

static bool print_text(const struct read_all *all, const struct judged_all *judged, const struct output_options *output,
                       struct error *error)
{
    const struct report_options report = {
        .colour = output_colour_for(output->colour, stdout),
        .verbose = output->verbose,
        .width = output_width_for(stdout),
    };
    const struct side *gravest = &judged->looks[judged->gravest];
    if (output->ticket) {
        return judged->count == 0 || report_ticket(stdout, gravest->evidence, gravest->verdict, error);
    }
    if (output->quiet) {
        for (size_t i = 0; i < judged->count; i++) {
            if (!report_quiet(stdout, judged->looks[i].evidence, judged->looks[i].verdict, error)) {
                return false;
            }
        }
        return true;
    }
    return print_files(all, &report, output->redact, error) &&
           (judged->count < 2 || report_many(stdout, judged->looks, judged->count, &report, error)) &&
           (judged->count == 0 || output_server(gravest->evidence, &report, error)) &&
           (judged->count == 0 || report_terminal(stdout, gravest->evidence, gravest->verdict, &report, error));
}

static bool save(const struct judged_all *judged, const char *path, struct error *error)
{
    if (path == NULL) {
        return true;
    }
    if (judged->count == 0) {
        return error_set(error, ERROR_DATA, "--save: no connection was found, so there is nothing to save");
    }
    const struct side *gravest = &judged->looks[judged->gravest];
    char *text = document_text(gravest->evidence, gravest->verdict, error);
    const bool done = text != NULL && document_save_file(path, text, error);
    alloc_free(text);
    return done;
}

/* Without any connection: what the codes alone say is no verdict; a file that could not be read is an error. */
static int status_of(const struct read_all *all, const struct judged_all *judged)
{
    if (judged->count > 0) {
        return report_exit_status(judged->verdicts[judged->gravest]);
    }
    if (all->unreadable) {
        return ERROR_NO_INPUT;
    }
    for (size_t i = 0; i < all->file_count; i++) {
        if (all->files[i].recognised) {
            return 3;
        }
    }
    return ERROR_DATA;
}

static bool read_all_files(const struct read_options *options, struct read_all *all, struct error *error)
{
    for (size_t i = 0; i < options->count; i++) {
        if (!read_files_add(all, options->paths[i], options->port, error)) {
            return false;
        }
    }
    for (size_t i = 0; i < all->count && options->code != NULL; i++) {
        if (!output_client_said(all->conversations[i].evidence, options->code, error)) {
            return false;
        }
    }
    return read_files_join(all, NULL, error);
}

int command_read(int argc, char **argv)
{
    struct error error = { 0 };
    struct read_options options = { 0 };
    if (!parse(argc, argv, &options, &error)) {
        return command_failed(&error);
    }
    if (options.help) {
        print_help();
        return 0;
    }
    struct read_all *all = alloc_new(sizeof *all);
    struct judged_all judged = { 0 };
    const bool redact = options.output.redact || options.output.ticket;
    bool good = all != NULL || error_no_memory(&error);
    good = good && read_all_files(&options, all, &error) && judge_all(all, redact, &judged, &error) &&
           (options.output.json ? print_json(all, &judged, redact, &error)
                                : print_text(all, &judged, &options.output, &error)) &&
           save(&judged, options.output.save, &error);
    good = good && (fflush(stdout) == 0 || error_set(&error, ERROR_INTERNAL, "cannot write to standard output"));
    const int status = good ? status_of(all, &judged) : command_failed(&error);
    judged_release(&judged);
    if (all != NULL) {
        read_files_release(all);
    }
    alloc_free(all);
    return status;
}
