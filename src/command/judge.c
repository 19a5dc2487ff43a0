/* rdpwhy judge FILE: a saved evidence document judged again. Nothing here can reach the network. */
#include <string.h>

#include "base/alloc.h"
#include "command/arguments.h"
#include "command/commands.h"
#include "command/output.h"
#include "facts/profiles.h"
#include "json/document.h"

struct judge_options {
    struct output_options output;
    const char *file;
    const char *code;
    const char *client;
    bool help;
    bool schema; /* prints the JSON Schema: how docs/schema.json is made */
};

static bool take_file(void *into, const char *word, struct error *error)
{
    struct judge_options *options = into;
    if (options->file != NULL) {
        return error_set(error, ERROR_USAGE, "judge: one file at a time (\"%.60s\" and \"%.60s\")", options->file,
                         word);
    }
    options->file = word;
    return true;
}

static const struct argument rows[] = {
    ARGUMENT_AT(struct judge_options, "--code", 0, ARGUMENT_TEXT, code),
    ARGUMENT_AT(struct judge_options, "--client", 0, ARGUMENT_TEXT, client),
    ARGUMENT_AT(struct judge_options, "--schema", 0, ARGUMENT_FLAG, schema),
    ARGUMENT_AT(struct judge_options, "--help", 'h', ARGUMENT_FLAG, help),
    OUTPUT_ARGUMENTS(struct judge_options, output),
};
const struct arguments judge_arguments = {
    .command = "judge", .rows = rows, .count = COUNT_OF(rows), .word = take_file
};

static bool parse(int argc, char **argv, struct judge_options *options, struct error *error)
{
    if (!arguments_parse(&judge_arguments, argc, argv, options, error)) {
        return false;
    }
    if (options->help || options->schema) {
        return true;
    }
    if (options->file == NULL) {
        return error_set(error, ERROR_USAGE, "judge: which file? rdpwhy judge FILE (- for standard input)");
    }
    if (options->client != NULL && strcmp(options->client, "all") != 0 && profile_by_id(options->client) == NULL) {
        return error_set(error, ERROR_USAGE, "--client: \"%.40s\" is not a known client; --client all lists them",
                         options->client);
    }
    return true;
}

static void print_help(void)
{
    fputs("rdpwhy judge FILE: judge a saved evidence document again, offline\n\n"
          "FILE comes from --save or --json; - is standard input.\n\n"
          "  --code 0x904[/0x7]  what the user's client said\n"
          "  --client PROFILE    judge for this client (all: for each)\n"
          "  --json  -q  -v      document, one line, more evidence\n"
          "  --ticket            a redacted note for whoever must act\n"
          "  --redact            without names, addresses, fingerprints\n"
          "  --save FILE         write the document again\n"
          "  --schema            the JSON Schema of such documents; takes no FILE\n"
          "  --color=auto|always|never\n\n"
          "  rdpwhy judge seen.json\n"
          "  rdpwhy judge seen.json --redact --json > for-the-vendor.json\n"
          "  rdpwhy judge seen.json --code 0x904/0x7 --ticket\n",
          stdout);
}

static int print_schema(void)
{
    struct error error = { 0 };
    char *text = document_schema(&error);
    if (text == NULL) {
        return command_failed(&error);
    }
    fputs(text, stdout);
    alloc_free(text);
    return 0;
}

static bool amend(struct evidence *evidence, const struct judge_options *options, struct error *error)
{
    if (options->code != NULL && !output_client_said(evidence, options->code, error)) {
        return false;
    }
    return options->client == NULL ||
           ev_set_text(&evidence->client.profile, SOURCE_USER, options->client, strlen(options->client), error);
}

int command_judge(int argc, char **argv)
{
    struct judge_options options = { 0 };
    struct error error = { 0 };
    if (!parse(argc, argv, &options, &error)) {
        return command_failed(&error);
    }
    if (options.help) {
        print_help();
        return 0;
    }
    if (options.schema) {
        return print_schema();
    }
    struct evidence *evidence = document_load_file(options.file, &error);
    if (evidence == NULL || !amend(evidence, &options, &error)) {
        evidence_free(evidence);
        return command_failed(&error);
    }
    int status = output_verdict(evidence, &options.output);
    evidence_free(evidence);
    return status;
}
