/* rdpwhy read FILE...: the verdict from what a failure left behind. Nothing here can reach the network. */
#include <string.h>

#include "base/alloc.h"
#include "command/arguments.h"
#include "command/commands.h"
#include "command/options.h"
#include "command/read_files.h"
#include "command/read_output.h"
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

static bool take_port(void *into, const char *value, struct error *error)
{
    return port_parse(value, &((struct read_options *)into)->port, error);
}

static bool take_file(void *into, const char *path, struct error *error)
{
    struct read_options *options = into;
    if (options->count == READ_FILES_MAX) {
        return error_set(error, ERROR_USAGE, "read: more than %d files at once", READ_FILES_MAX);
    }
    options->paths[options->count++] = path;
    return true;
}

static const struct argument rows[] = {
    { .name = "--port", .kind = ARGUMENT_VALUE, .take = take_port },
    ARGUMENT_AT(struct read_options, "--code", 0, ARGUMENT_TEXT, code),
    ARGUMENT_AT(struct read_options, "--help", 'h', ARGUMENT_FLAG, help),
    OUTPUT_ARGUMENTS(struct read_options, output),
};
const struct arguments read_arguments = { .command = "read", .rows = rows, .count = COUNT_OF(rows), .word = take_file };

static bool parse(int argc, char **argv, struct read_options *options, struct error *error)
{
    options->port = DEFAULT_PORT;
    if (!arguments_parse(&read_arguments, argc, argv, options, error)) {
        return false;
    }
    return options->count > 0 || options->help ||
           error_set(error, ERROR_USAGE, "read: which files? For example: rdpwhy read capture.pcapng");
}

static void print_help(void)
{
    fputs("rdpwhy read FILE...: the verdict from what a failure left behind, offline\n\n"
          "Each file is told by its content: a capture (pcap, pcapng), an event log of\n"
          "Windows (evtx), a document that rdpwhy saved, what rdpwhy collect printed, an\n"
          ".rdp file, a log of a client or a server (FreeRDP, xrdp, mRemoteNG, ...), what\n"
          "nmap printed, the text of a dialog; - is standard input, a folder its files.\n"
          "Several files are put together: the codes and the settings count for every\n"
          "connection in the captures.\n\n"
          "  --port N            the RDP port, for connections without a byte (3389)\n"
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
    bool good = all != NULL || error_no_memory(&error);
    int status = 0;
    good = good && read_all_files(&options, all, &error) && read_output(all, NULL, &options.output, &status, &error);
    if (!good) {
        status = command_failed(&error);
    }
    if (all != NULL) {
        read_files_release(all);
    }
    alloc_free(all);
    return status;
}
