/* rdpwhy collect: prints the script that gathers what the wire cannot show, and reads what that printed. */
#include <errno.h>
#include <string.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/buffer.h"
#include "base/text.h"
#include "command/arguments.h"
#include "command/collect_client.h"
#include "command/commands.h"
#include "command/options.h"
#include "command/output.h"
#include "read/collected.h"
#include "report/report.h"
#include "json/document.h"

struct collect_options {
    const char *side;
    const char *host;
    const char *read; /* the file to read; NULL: print a script */
    const char *save;
    bool redact;
    bool json;
    bool quiet;
    bool verbose; /* everything is shown anyway */
    bool help;
    enum output_colour colour;
};

static const char help[] = "rdpwhy collect client [HOST[:PORT]]  one PowerShell paste for the failing client\n"
                           "rdpwhy collect server                the same for the server (as administrator)\n"
                           "rdpwhy collect --read FILE           what they printed, read back; - is stdin\n\n"
                           "The pastes change nothing and write no file. What they print is lines that begin\n"
                           "with @; a paste that was cut or broken on the way is noticed. They have not yet\n"
                           "been run on Windows.\n\n"
                           "  --redact      names, users, addresses and fingerprints become tokens: in the\n"
                           "                script already, or when reading\n"
                           "  --save FILE   with --read: the evidence, for: rdpwhy judge, rdpwhy diff\n"
                           "  --json        with --read: one JSON document\n"
                           "  -q            with --read: the first line that counts\n"
                           "  -v            the same: everything is shown anyway\n"
                           "  --color=auto|always|never\n\n"
                           "  rdpwhy collect client srv-01.corp.example --redact\n"
                           "  rdpwhy collect server > collect.ps1   for: powershell -File collect.ps1, or\n"
                           "                                az vm run-command ... --scripts @collect.ps1\n"
                           "  rdpwhy collect --read seen.txt\n";

static bool take_word(void *into, const char *word, struct error *error)
{
    struct collect_options *options = into;
    if (options->side == NULL) {
        options->side = word;
    } else if (options->host == NULL) {
        options->host = word;
    } else {
        return error_set(error, ERROR_USAGE, "collect: \"%.60s\" is one word too many", word);
    }
    return true;
}

static const struct argument rows[] = {
    ARGUMENT_AT(struct collect_options, "--read", 0, ARGUMENT_TEXT, read),
    ARGUMENT_AT(struct collect_options, "--save", 0, ARGUMENT_TEXT, save),
    ARGUMENT_AT(struct collect_options, "--redact", 0, ARGUMENT_FLAG, redact),
    ARGUMENT_AT(struct collect_options, "--json", 0, ARGUMENT_FLAG, json),
    ARGUMENT_AT(struct collect_options, "--quiet", 'q', ARGUMENT_FLAG, quiet),
    ARGUMENT_AT(struct collect_options, "--verbose", 'v', ARGUMENT_FLAG, verbose),
    ARGUMENT_AT(struct collect_options, "--color", 0, ARGUMENT_COLOUR, colour),
    ARGUMENT_AT(struct collect_options, "--help", 'h', ARGUMENT_FLAG, help),
};
const struct arguments collect_arguments = {
    .command = "collect", .rows = rows, .count = COUNT_OF(rows), .word = take_word
};

static bool fits(const struct collect_options *options, struct error *error)
{
    const char *side = options->side;
    if (options->help) {
        return true;
    }
    if (options->read != NULL) {
        return side == NULL || error_set(error, ERROR_USAGE,
                                         "collect: --read takes no \"%.40s\"; the file says which "
                                         "side it is from",
                                         side);
    }
    if (side == NULL || (strcmp(side, "client") != 0 && strcmp(side, "server") != 0)) {
        return error_set(error, ERROR_USAGE, "collect: %s%.40s%s rdpwhy collect client, or rdpwhy collect server",
                         side == NULL ? "from which side?" : "\"", side == NULL ? "" : side,
                         side == NULL ? "" : "\" is no side;");
    }
    if (options->host != NULL && strcmp(side, "server") == 0) {
        return error_set(error, ERROR_USAGE, "collect server takes no host: it is run on the server itself");
    }
    if (options->save != NULL || options->json || options->quiet) {
        return error_set(error, ERROR_USAGE, "collect: --save, --json and -q go with --read");
    }
    return true;
}

/* Only what cannot end a quoted text gets into the script. */
static bool host_is_safe(const char *host)
{
    struct address address;
    return address_parse(host, &address) ||
           strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen(host);
}

/* The script with `line` in the place of its line that begins like it. */
static bool put_line(const char **script, const char *begin, const char *line, struct buffer *out)
{
    const char *at = strstr(*script, begin);
    if (at == NULL) {
        return false;
    }
    bool done = buffer_add(out, *script, (size_t)(at - *script)) && buffer_text(out, line);
    *script = at + strlen(begin);
    return done;
}

static bool print_script(const struct collect_options *options, struct error *error)
{
    bool client = strcmp(options->side, "client") == 0;
    const char *script = collect_script(client ? COLLECT_CLIENT : COLLECT_SERVER);
    struct buffer out;
    buffer_init(&out, 1 << 20);
    char *host = NULL;
    uint16_t port = 0;
    bool done = options->host == NULL || host_parse(options->host, &host, &port, error);
    if (done && host != NULL && !host_is_safe(host)) {
        done = error_set(error, ERROR_USAGE, "collect: \"%.80s\" is no host name that may stand in a script", host);
    }
    if (done && host != NULL) {
        char *line = alloc_format("$Target = '%s'", host);
        char *number = alloc_format("$Port = %d", port != 0 ? port : 3389);
        done = (line != NULL && number != NULL && put_line(&script, "$Target = ''", line, &out) &&
                put_line(&script, "$Port = 3389", number, &out)) ||
               error_no_memory(error);
        alloc_free(line);
        alloc_free(number);
    }
    if (done && options->redact) {
        done = put_line(&script, "$Redact = $false", "$Redact = $true", &out) || error_no_memory(error);
    }
    done = done && (buffer_text(&out, script) || error_no_memory(error));
    if (done && fwrite(out.bytes, 1, out.size, stdout) != out.size) {
        done = error_set(error, ERROR_INTERNAL, "cannot write to standard output");
    }
    alloc_free(host);
    buffer_release(&out);
    return done;
}

static bool read_file(const char *path, struct buffer *bytes, struct error *error)
{
    char block[16384];
    size_t got;
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    char *name = standard ? alloc_text("standard input") : text_escape(path, strlen(path), 200);
    bool done = name != NULL || error_no_memory(error);
    if (done && file == NULL) {
        done = error_set(error, ERROR_NO_INPUT, "%s: %s", name, strerror(errno));
    }
    while (done && (got = fread(block, 1, sizeof block, file)) > 0) {
        if (bytes->size + got > COLLECT_BYTES_MAX) {
            done = error_set(error, ERROR_DATA, "%s: larger than %d MiB: not the output of rdpwhy collect", name,
                             COLLECT_BYTES_MAX >> 20);
        } else if (!buffer_add(bytes, block, got)) {
            done = error_no_memory(error);
        }
    }
    if (done && ferror(file)) {
        done = error_set(error, ERROR_NO_INPUT, "%s: %s", name, strerror(errno));
    }
    if (file != NULL && !standard) {
        fclose(file);
    }
    alloc_free(name);
    return done;
}

static bool print_words(const struct collect *collect, const struct evidence *evidence,
                        const struct collect_options *options, struct error *error)
{
    struct said_list list = { 0 };
    bool done = collect->side == COLLECT_SERVER ? server_words(&evidence->server, &list, error)
                                                : collect_client_words(collect, options->redact, &list, error);
    done = done && collect_loss_words(collect, &list, error);
    const struct collect_record *made = collect_next(collect, "made", NULL);
    char *title = alloc_format("collected on the %s%s%s", collect_side_name(collect->side), made != NULL ? ", " : "",
                               made != NULL ? collect_field(made, 0) : "");
    if (done && title == NULL) {
        done = error_no_memory(error);
    }
    if (done && options->quiet) {
        const char *first = list.count > 0 ? list.items[0].text : "nothing that is wrong";
        done = output_text(first, error) && output_text("\n", error);
    } else if (done) {
        const struct report_options report = { .colour = output_colour_for(options->colour, stdout),
                                               .width = output_width_for(stdout) };
        done = report_said(stdout, title, &list, &report, error);
    }
    alloc_free(title);
    said_release(&list);
    return done;
}

static bool put_out(const struct collect *collect, const struct evidence *evidence,
                    const struct collect_options *options, struct error *error)
{
    char *document = NULL;
    bool done = true;
    if (options->json || options->save != NULL) {
        struct verdict *verdict = diagnose(evidence, error);
        document = verdict != NULL ? document_text(evidence, verdict, error) : NULL;
        verdict_free(verdict);
        done = document != NULL;
    }
    if (done && options->json) {
        done = output_text(document, error);
    } else if (done) {
        done = print_words(collect, evidence, options, error);
    }
    done = done && (options->save == NULL || document_save_file(options->save, document, error));
    alloc_free(document);
    return done;
}

static bool run_read(const struct collect_options *options, struct error *error)
{
    struct buffer bytes;
    struct collect collect = { 0 };
    buffer_init(&bytes, COLLECT_BYTES_MAX);
    struct evidence *evidence = NULL;
    bool done = read_file(options->read, &bytes, error) &&
                collect_parse(bytes.size > 0 ? bytes.bytes : (const void *)"", bytes.size, &collect, error);
    if (done) {
        evidence = evidence_new(error);
        done = evidence != NULL && collected_evidence(&collect, evidence, error);
    }
    if (done && options->redact) {
        done = output_redact(&evidence, error);
    }
    done = done && put_out(&collect, evidence, options, error);
    evidence_free(evidence);
    collect_release(&collect);
    buffer_release(&bytes);
    return done;
}

int command_collect(int argc, char **argv)
{
    struct collect_options options = { 0 };
    struct error error = { 0 };
    if (!arguments_parse(&collect_arguments, argc, argv, &options, &error) || !fits(&options, &error)) {
        return command_failed(&error);
    }
    bool done = true;
    if (options.help) {
        fputs(help, stdout);
    } else {
        done = options.read != NULL ? run_read(&options, &error) : print_script(&options, &error);
    }
    return done ? 0 : command_failed(&error);
}
