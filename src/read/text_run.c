#include "read/text_run.h"

#include <string.h>

bool run_log_take(void *context, const struct text_line *line, struct error *error)
{
    static const struct {
        const char *word;
        const char *says;
    } results[] = { { "ok: ", "the repair's script says" },
                    { "nothing-to-do: ", "the repair's script found nothing to do" },
                    { "failed: ", "the repair's script failed" } };
    struct run_log *log = context;
    const char *result =
        line->text[0] == 'R' || line_has(line, "RDPWHY RESULT") ? line_behind(line, "RDPWHY RESULT ") : NULL;
    for (size_t i = 0; result != NULL && i < COUNT_OF(results); i++) {
        if (strncmp(result, results[i].word, strlen(results[i].word)) != 0) {
            continue;
        }
        struct tale *tale = tales_add(&log->tales, TOLD_BY_SERVER, "a script of rdpwhy fix", error);
        if (tale == NULL) {
            return false;
        }
        log->used++;
        tale_how(tale, "%s: %.160s", results[i].says, result + strlen(results[i].word));
        tale_quote(tale, line->number, TALE_NO_TIME, line->text, line->size);
    }
    return true;
}

void run_log_release(struct run_log *log)
{
    tales_release(&log->tales);
    *log = (struct run_log){ 0 };
}
