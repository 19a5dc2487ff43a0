#include "command/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/compared.h"
#include "diagnose/diagnose.h"
#include "evidence/redact.h"
#include "facts/interceptors.h"
#include "platform/tty.h"
#include "report/report.h"
#include "json/document.h"

bool output_colour_parse(const char *text, enum output_colour *colour, struct error *error)
{
    static const char *const names[] = { "auto", "always", "never" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *colour = (enum output_colour)i;
            return true;
        }
    }
    return error_set(error, ERROR_USAGE, "--color: \"%.40s\" is not one of auto, always, never", text);
}

bool output_text(const char *text, struct error *error)
{
    if (fputs(text, stdout) < 0 || fflush(stdout) != 0) {
        return error_set(error, ERROR_INTERNAL, "cannot write to standard output: %s", strerror(errno));
    }
    return true;
}

bool output_colour_for(enum output_colour wish, FILE *stream)
{
    if (wish != OUTPUT_COLOUR_AUTO) {
        return wish == OUTPUT_COLOUR_ALWAYS;
    }
    const char *no = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return platform_tty_is(fileno(stream)) && (no == NULL || no[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

int output_width_for(FILE *stream)
{
    enum { WIDEST = 80 };
    int width = platform_tty_width(fileno(stream));
    return width > 0 && width < WIDEST ? width : WIDEST;
}

/* A document of `rdpwhy trace`, made now or saved: its report is the way. */
static bool is_trace(const struct evidence *evidence)
{
    return ev_text_is(&evidence->command, "trace");
}

bool output_server(const struct evidence *evidence, const struct report_options *report, struct error *error)
{
    if (field_empty(&server_table, &evidence->server)) {
        return true;
    }
    struct said_list list = { 0 };
    bool done = server_words(&evidence->server, &list, error);
    done = done && (list.count == 0 || report_said(stdout, "what the server says of itself", &list, report, error));
    said_release(&list);
    return done;
}

static bool print_text(const struct evidence *evidence, const struct verdict *verdict,
                       const struct comparison *comparison, const struct output_options *options, struct error *error)
{
    struct report_options report = {
        .colour = output_colour_for(options->colour, stdout),
        .verbose = options->verbose,
        .checks_shown = options->checks_shown,
        .width = output_width_for(stdout),
    };
    return output_server(evidence, &report, error) &&
           (is_trace(evidence) ? report_way : report_terminal)(stdout, evidence, verdict, &report, error) &&
           (comparison == NULL || report_comparison(stdout, comparison, &report, error));
}

static bool save_and_print(const struct evidence *evidence, const struct verdict *verdict,
                           const struct comparison *comparison, const struct output_options *options,
                           struct error *error)
{
    char *document = NULL;
    if (options->json || options->save != NULL) {
        document =
            comparison != NULL ? document_text_since(comparison, error) : document_text(evidence, verdict, error);
        if (document == NULL) {
            return false;
        }
    }
    /* What was found is printed even when it cannot be saved: the run may not be had again. */
    bool saved = options->save == NULL || document_save_file(options->save, document, error);
    struct error *unsaid = saved ? error : NULL;
    bool done = true;
    if (options->json) {
        done = fputs(document, stdout) >= 0 || error_set(unsaid, ERROR_INTERNAL, "cannot write the document");
    } else if (options->ticket) {
        done = (is_trace(evidence) ? report_way_ticket : report_ticket)(stdout, evidence, verdict, unsaid);
    } else if (options->quiet) {
        done = comparison != NULL
                   ? report_comparison_quiet(stdout, comparison, unsaid)
                   : (is_trace(evidence) ? report_way_quiet : report_quiet)(stdout, evidence, verdict, unsaid);
    } else {
        done = print_text(evidence, verdict, comparison, options, unsaid);
    }
    alloc_free(document);
    return done && saved;
}

bool output_redact(struct evidence **evidence, struct error *error)
{
    if ((*evidence)->redacted.source != SOURCE_NONE && (*evidence)->redacted.v) {
        return true;
    }
    struct evidence *redacted = evidence_redact(*evidence, interceptor_fragment_at, error);
    if (redacted == NULL) {
        return false;
    }
    evidence_free(*evidence);
    *evidence = redacted;
    return true;
}

int output_verdict(const struct evidence *evidence, const struct output_options *options)
{
    struct error error = { 0 };
    struct evidence *redacted = NULL;
    bool again = evidence->redacted.source != SOURCE_NONE && evidence->redacted.v;
    /* the letter about a link is worth nothing without the link's addresses, and names nobody */
    if ((options->redact || (options->ticket && !is_trace(evidence))) && !again) {
        redacted = evidence_redact(evidence, interceptor_fragment_at, &error);
        if (redacted == NULL) {
            return command_failed(&error);
        }
        evidence = redacted;
    }
    struct verdict *verdict = diagnose(evidence, &error);
    struct compared compared = { 0 };
    int status = ERROR_INTERNAL;
    if (verdict != NULL && (options->since == NULL || compared_make(options->since, evidence, &compared, &error)) &&
        save_and_print(evidence, verdict, compared.comparison, options, &error)) {
        status = report_exit_status(verdict);
    } else {
        status = command_failed(&error);
    }
    if (fflush(stdout) != 0 && error.kind == ERROR_NONE) {
        error_set(&error, ERROR_INTERNAL, "cannot write to standard output");
        status = command_failed(&error);
    }
    compared_release(&compared);
    verdict_free(verdict);
    evidence_free(redacted);
    return status;
}

bool output_client_said(struct evidence *evidence, const char *code, struct error *error)
{
    uint64_t values[2] = { 0, 0 };
    const char *slash = strchr(code, '/');
    char first[24];
    snprintf(first, sizeof first, "%.*s", slash != NULL ? (int)(slash - code) : (int)strlen(code), code);
    if (strlen(code) >= sizeof first || !text_number(first, UINT32_MAX, &values[0]) ||
        (slash != NULL && !text_number(slash + 1, UINT32_MAX, &values[1]))) {
        return error_set(error, ERROR_USAGE, "--code: \"%.40s\" is not a code; write 0x904 or 0x904/0x7", code);
    }
    ev_set_int(&evidence->client_said.code, SOURCE_USER, (int64_t)values[0]);
    if (slash != NULL) {
        ev_set_int(&evidence->client_said.extended, SOURCE_USER, (int64_t)values[1]);
    } else {
        evidence->client_said.extended = (struct ev_int){ 0 };
    }
    return true;
}
