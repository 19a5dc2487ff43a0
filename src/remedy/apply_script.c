#include "remedy/apply_script.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "platform/process.h"

enum { OUTPUT_CAP = 1 << 16, LINE_CAP = 400, SECOND_US = 1000000 };
enum { LOOK_LIMIT_S = 60, CHANGE_LIMIT_S = 150 };
enum { STATUS_HALF = 2, STATUS_NO_RIGHT = 77, STATUS_SSH = 255 };

static const char result_mark[] = "RDPWHY RESULT ";

/* The line that receives a script on the other side: into a file of its own, whole or not at all, then run, as root
 * when the repair needs that. One line without quotes and exclamation marks, so that any login shell takes it between
 * single quotes. */
static char *receiver(const struct remedy_fact *remedy, size_t size, const char *argument)
{
    static const char as_root[] =
        "test $(id -u) -eq 0 || r=\"sudo -n sh\"; "
        "if test $(id -u) -ne 0; then "
        "command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1 || { "
        "echo \"RDPWHY RESULT failed: this repair needs root there; $(id -un) is not root and sudo -n refuses\"; "
        "exit 77; }; fi; ";
    const bool root = strncmp(remedy->needs, "root", strlen("root")) == 0;
    return alloc_format("umask 077; r=sh; %sf=$(mktemp /tmp/rdpwhy.XXXXXX) || exit 1; trap \"rm -f $f\" EXIT; trap "
                        "\"exit 1\" HUP TERM; "
                        "cat >$f; if test $(wc -c <$f) -ne %zu; then "
                        "echo \"RDPWHY RESULT failed: the script did not arrive whole\"; exit 1; fi; $r $f %s",
                        root ? as_root : "", size, argument != NULL ? argument : "");
}

static void set_answer(struct apply_answer *answer, enum apply_word word, const char *text)
{
    answer->word = word;
    snprintf(answer->text, sizeof(answer->text), "%s", text);
}

/* A stranger's line, clean. */
static void say_line(const struct apply_caller *caller, const char *mark, const char *line, size_t size)
{
    char *clean = text_escape(line, size, LINE_CAP);
    char *whole = clean != NULL ? alloc_format("%s%s", mark, clean) : NULL;
    if (whole != NULL && size > 0) {
        caller->say(caller->context, whole);
    }
    alloc_free(whole);
    alloc_free(clean);
}

/* Says every line but the result, which it returns: NULL when there is none. */
static const char *say_output(const struct apply_caller *caller, const struct buffer *out, size_t *result_size)
{
    const char *text = out->size > 0 ? (const char *)out->bytes : "";
    const char *result = NULL;
    while (*text != '\0') {
        size_t size = strcspn(text, "\r\n");
        if (strncmp(text, result_mark, strlen(result_mark)) == 0) {
            result = text + strlen(result_mark);
            *result_size = size - strlen(result_mark);
        } else {
            say_line(caller, "  | ", text, size);
        }
        text += size + (text[size] != '\0' ? 1 : 0);
    }
    return result;
}

static const char *last_line(const struct buffer *err, size_t *size)
{
    size_t end = err->size;
    while (end > 0 && (err->bytes[end - 1] == '\n' || err->bytes[end - 1] == '\r')) {
        end--;
    }
    size_t start = end;
    while (start > 0 && err->bytes[start - 1] != '\n') {
        start--;
    }
    *size = end - start;
    return err->size > 0 ? (const char *)err->bytes + start : "";
}

static void no_result(const struct apply_request *request, const struct platform_process_result *ran,
                      struct apply_answer *answer)
{
    size_t size = 0;
    const char *line = last_line(&ran->err, &size);
    char *clean = text_escape(line, size, LINE_CAP);
    const char *words = clean != NULL ? clean : "";
    answer->word = APPLY_WORD_LOST;
    if (ran->end == PLATFORM_PROCESS_INTERRUPTED) {
        set_answer(answer, APPLY_WORD_INTERRUPTED, "interrupted");
    } else if (ran->end == PLATFORM_PROCESS_TIMED_OUT) {
        set_answer(answer, APPLY_WORD_LOST, "no answer in time");
    } else if (request->place.ssh != NULL && ran->status == STATUS_SSH) {
        snprintf(answer->text, sizeof(answer->text), "ssh: %s", words[0] != '\0' ? words : "it ended without a word");
    } else {
        snprintf(answer->text, sizeof(answer->text), "it ended without a result%s%s", words[0] != '\0' ? ": " : "",
                 words);
    }
    alloc_free(clean);
}

static void read_answer(const struct apply_request *request, const struct apply_caller *caller,
                        const struct platform_process_result *ran, struct apply_answer *answer)
{
    size_t size = 0;
    const char *result = say_output(caller, &ran->out, &size);
    if (result == NULL || ran->end != PLATFORM_PROCESS_EXITED) {
        no_result(request, ran, answer);
        return;
    }
    static const struct {
        const char *mark;
        enum apply_word word;
    } words[] = { { "ok: ", APPLY_WORD_OK },
                  { "nothing-to-do: ", APPLY_WORD_NOTHING },
                  { "failed: ", APPLY_WORD_FAILED } };
    set_answer(answer, APPLY_WORD_LOST, "it ended with a result that is none");
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const size_t length = strlen(words[i].mark);
        if (size >= length && strncmp(result, words[i].mark, length) == 0) {
            char *clean = text_escape(result + length, size - length, LINE_CAP);
            set_answer(answer, words[i].word, clean != NULL ? clean : "");
            alloc_free(clean);
        }
    }
    if (answer->word == APPLY_WORD_FAILED && ran->status == STATUS_HALF) {
        answer->word = APPLY_WORD_HALF;
    } else if (answer->word == APPLY_WORD_FAILED && ran->status == STATUS_NO_RIGHT) {
        answer->word = APPLY_WORD_REFUSED;
    }
}

/* ssh joins its words with spaces and hands them to the login shell there. */
static bool run(const struct apply_request *request, const char *line, const char *script, int64_t limit_us,
                struct platform_process_result *ran, struct error *error)
{
    char *far = alloc_format("sh -c '%s'", line);
    if (far == NULL) {
        return error_no_memory(error);
    }
    const char *const here[] = { "sh", "-c", line, NULL };
    const char *there[16];
    size_t n = 0;
    there[n++] = "ssh";
    there[n++] = "-T";
    there[n++] = "-oBatchMode=yes";
    there[n++] = "-oConnectTimeout=15";
    there[n++] = "-oServerAliveInterval=5";
    there[n++] = "-oServerAliveCountMax=3";
    if (request->place.ssh_config != NULL) {
        there[n++] = "-F";
        there[n++] = request->place.ssh_config;
    }
    there[n++] = "--";
    there[n++] = request->place.ssh;
    there[n++] = far;
    there[n] = NULL;
    const struct platform_process process = {
        .argv = request->place.ssh != NULL ? there : here,
        .input = script,
        .input_size = strlen(script),
        .limit_us = limit_us,
        .output_cap = OUTPUT_CAP,
    };
    const bool done = platform_process_run(&process, ran, error);
    alloc_free(far);
    return done;
}

bool apply_script(const struct apply_request *request, const struct remedy_fact *remedy, enum remedy_part part,
                  const char *argument, const struct apply_caller *caller, struct apply_answer *answer,
                  struct error *error)
{
    char *script = remedy_script(remedy, part, request->values, error);
    if (script == NULL) {
        return false;
    }
    char *line = receiver(remedy, strlen(script), argument);
    const bool changes = part == PART_APPLY || part == PART_UNDO;
    const int64_t limit_us = (int64_t)(changes ? CHANGE_LIMIT_S : LOOK_LIMIT_S) * SECOND_US;
    struct platform_process_result ran;
    bool done = line != NULL || error_no_memory(error);
    if (done && (done = run(request, line, script, limit_us, &ran, error))) {
        *answer = (struct apply_answer){ 0 };
        read_answer(request, caller, &ran, answer);
        platform_process_release(&ran);
    }
    alloc_free(line);
    alloc_free(script);
    return done;
}
