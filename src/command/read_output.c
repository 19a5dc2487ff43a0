/* The verdicts on what files hold: judged, redacted when asked, printed, saved. */
#include "command/read_output.h"

#include "base/alloc.h"
#include "evidence/redact.h"
#include "facts/interceptors.h"
#include "report/report.h"
#include "json/document.h"

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

static bool judge_all(const struct read_all *all, const struct evidence *lead, bool redact, struct judged_all *judged,
                      struct error *error)
{
    const size_t first = lead != NULL ? 1 : 0;
    const size_t room = all->count + 2;
    judged->looks = alloc_array(room, sizeof *judged->looks);
    judged->redacted = alloc_array(room, sizeof(struct evidence *));
    judged->verdicts = alloc_array(room, sizeof(struct verdict *));
    if (judged->looks == NULL || judged->redacted == NULL || judged->verdicts == NULL) {
        return error_no_memory(error);
    }
    judged->count = first + all->count;
    for (size_t i = 0; i < judged->count; i++) {
        if (!judge_one(judged, i, i < first ? lead : all->conversations[i - first].evidence, redact, error)) {
            return false;
        }
        if (lead == NULL && report_gravity(judged->verdicts[i]) > report_gravity(judged->verdicts[judged->gravest])) {
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

/* Why no verdict follows; NULL: one does, or the lines of the files say it all. */
static const char *closing_of(const struct read_all *all, size_t verdicts)
{
    bool recognised = false;
    for (size_t i = 0; i < all->file_count; i++) {
        recognised = recognised || all->files[i].recognised;
    }
    if (verdicts > 0 || !recognised) {
        return NULL;
    }
    return all->settings != NULL ? "No verdict: settings say where a client goes, not what it met there. To look there "
                                   "from this machine: rdpwhy FILE.rdp"
                                 : "No verdict: nothing here tells of a connection by Remote Desktop.";
}

static bool print_files(const struct read_all *all, size_t verdicts, const struct report_options *report, bool redact,
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
    return report_files(stdout, files, all->file_count, closing_of(all, verdicts), report, error);
}

static bool print_text(const struct read_all *all, const struct judged_all *judged, const struct output_options *output,
                       struct error *error)
{
    const struct report_options report = {
        .colour = output_colour_for(output->colour, stdout),
        .verbose = output->verbose,
        .checks_shown = output->checks_shown,
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
    return print_files(all, judged->count, &report, output->redact, error) &&
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

bool read_output(const struct read_all *all, const struct evidence *lead, const struct output_options *options,
                 int *status, struct error *error)
{
    struct judged_all judged = { 0 };
    const bool redact = options->redact || options->ticket;
    const bool good =
        judge_all(all, lead, redact, &judged, error) &&
        (options->json ? print_json(all, &judged, redact, error) : print_text(all, &judged, options, error)) &&
        save(&judged, options->save, error) &&
        (fflush(stdout) == 0 || error_set(error, ERROR_INTERNAL, "cannot write to standard output"));
    if (good) {
        *status = status_of(all, &judged);
    }
    judged_release(&judged);
    return good;
}
