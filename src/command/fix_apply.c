/* rdpwhy fix CAUSE --apply: the repair carried out, here or over ssh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "command/check.h"
#include "command/commands.h"
#include "command/fix.h"
#include "platform/tty.h"
#include "remedy/apply.h"
#include "json/compose.h"

enum { TARGET_SIZE = 300 };

/* One run of the command. */
struct session {
    const struct fix_options *options;
    char target[TARGET_SIZE];
    struct compose *compose; /* NULL: words on stdout */
};

void fix_apply_help(FILE *out)
{
    fputs("  --apply              carry it out: look, ask, save, apply, look again, and put\n"
          "                       everything back unless the new look shows it repaired\n"
          "    --local            on this machine (default)\n"
          "    --ssh [USER@]HOST  there, by the system's ssh, without passwords\n"
          "    --ssh-config FILE  ssh's -F\n"
          "    --host HOST[:PORT] what to look at before and after (default: that machine)\n"
          "    --yes              do not ask\n"
          "    --keep             leave what did not help, too, as long as nothing is worse\n"
          "    --put-back-after S after so many seconds without a word the machine puts it\n"
          "                       back by itself (180)\n"
          "    --dry-run, --undo, --verify   only that part, there\n"
          "    Its exit status: 0 repaired, and seen to be; 1 nothing was changed; 2 not\n"
          "    repaired, everything is as it was; 3 changed, not seen to be repaired, and\n"
          "    kept (--keep) or not known to be put back.\n",
          out);
}

/* --- which repairs --- */

static void add_remedy(struct apply_request *request, const struct remedy_fact *remedy, const char *system)
{
    bool wanted = remedy->kind == REMEDY_SH && (system == NULL || strcmp(remedy->system, system) == 0);
    for (size_t i = 0; i < request->remedy_count; i++) {
        wanted = wanted && request->remedies[i] != remedy;
    }
    if (wanted && request->remedy_count < APPLY_REMEDIES) {
        request->remedies[request->remedy_count++] = remedy;
    }
}

static bool add_remedies(const struct repair_request *repair, struct apply_request *request, struct error *error)
{
    const struct remedy_fact *remedy = repair->remedy;
    if (remedy != NULL) {
        add_remedy(request, remedy, NULL);
    }
    for (unsigned i = 0; repair->remedy == NULL && (remedy = remedy_for(repair->cause, i)) != NULL; i++) {
        add_remedy(request, remedy, repair->system);
    }
    const char *name = repair->remedy != NULL ? repair->remedy->name : cause_fact(repair->cause)->slug;
    return request->remedy_count > 0 ||
           error_set(
               error, ERROR_USAGE,
               "fix: %s: --apply can carry out sh scripts for xrdp, FreeRDP and the like, and none of them is for "
               "this; rdpwhy fix %s prints what there is",
               name, name);
}

/* --- what the repair asks of us --- */

/* Where the text of a line goes on in the next row: under itself, behind a label or a mark. */
static size_t hanging(const char *line)
{
    enum { LABEL_MAX = 12, PLAIN = 2 };
    if (strncmp(line, "  | ", strlen("  | ")) == 0) {
        return strlen("  |   ");
    }
    const char *gap = strstr(line, "  ");
    return gap != NULL && gap - line < LABEL_MAX ? (size_t)(gap - line) + strspn(gap, " ") : PLAIN;
}

static void print_wrapped(const char *line)
{
    const size_t width = (size_t)output_width_for(stdout) - 3;
    const size_t indent = hanging(line);
    size_t room = width;
    printf("  ");
    while (strlen(line) > room) {
        size_t take = room;
        while (take > 0 && line[take] != ' ') {
            take--;
        }
        if (take <= indent) {
            take = strcspn(line + indent, " ") + indent; /* one long word */
        }
        printf("%.*s\n", (int)take, line);
        line += take + strspn(line + take, " ");
        if (*line == '\0') {
            return;
        }
        printf("  %*s", (int)indent, "");
        room = width > indent ? width - indent : 1;
    }
    printf("%s\n", line);
}

static void say(void *context, const char *line)
{
    struct session *session = context;
    if (session->compose != NULL) {
        compose_text(session->compose, NULL, line);
    } else if (!session->options->quiet) {
        print_wrapped(line);
        fflush(stdout);
    }
}

static bool agree(void *context)
{
    struct session *session = context;
    char answer[16] = "";
    if (session->options->apply.yes) {
        return true;
    }
    if (!platform_tty_is(fileno(stdin)) || !platform_tty_is(fileno(stderr))) {
        say(session, "nobody is here to be asked; --yes does it without asking");
        return false;
    }
    fputs("Do this? [y/N] ", stderr);
    fflush(stderr);
    return fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y') &&
           (answer[1] == '\n' || strcmp(answer + 1, "es\n") == 0);
}

/* While the timer over there runs, nobody waits for the connection budget. */
static struct verdict *look(void *context, struct error *error)
{
    struct session *session = context;
    char words[][16] = { "check", "--quiet", "--again", "--" };
    char *argv[] = { words[0], words[1], words[2], words[3], session->target, NULL };
    struct check_options options;
    if (!options_parse((int)COUNT_OF(argv) - 1, argv, &options, error)) {
        return NULL;
    }
    struct verdict *verdict = check_verdict(&options, error);
    options_release(&options);
    return verdict;
}

/* --host, else the machine that is repaired, at the port the repair is told. */
static void set_target(struct session *session)
{
    const struct fix_options *options = session->options;
    const struct value *port = values_find(&options->values, "port");
    const char *host = "127.0.0.1";
    if (options->apply.host != NULL) {
        snprintf(session->target, sizeof(session->target), "%s", options->apply.host);
        return;
    }
    if (options->apply.ssh != NULL) {
        const char *at = strrchr(options->apply.ssh, '@');
        host = at != NULL ? at + 1 : options->apply.ssh;
    }
    const bool v6 = strchr(host, ':') != NULL;
    snprintf(session->target, sizeof(session->target), "%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "",
             port != NULL ? port->text : "3389");
}

/* --- the run --- */

static const char *outcome_name(enum apply_outcome outcome, enum remedy_part part)
{
    static const char *const names[] = { "repaired", "untouched", "put-back", "changed" };
    return part != PART_APPLY && outcome == APPLY_REPAIRED ? "done" : names[outcome];
}

static void print_outcome(const struct session *session, enum apply_outcome outcome)
{
    static const char *const words[] = { "REPAIRED   and seen to be repaired", "UNTOUCHED  nothing was changed",
                                         "PUT BACK   not repaired; everything is as it was",
                                         "CHANGED    not seen to be repaired, and not known to be put back" };
    const enum remedy_part part = session->options->part;
    if (session->compose == NULL) {
        const bool part_done = part != PART_APPLY && outcome == APPLY_REPAIRED;
        printf("\n  %s\n", part_done ? "DONE" : words[outcome]);
    }
}

static bool finish_document(struct session *session, const struct apply_request *request, enum apply_outcome outcome,
                            struct error *error)
{
    struct compose *compose = session->compose;
    compose_end(compose);
    compose_text(compose, "outcome", outcome_name(outcome, session->options->part));
    if (request->cause != CAUSE_NONE) {
        compose_text(compose, "cause", cause_fact(request->cause)->slug);
    }
    compose_text(compose, "target", session->target);
    char *text = compose_finish(compose, error);
    session->compose = NULL;
    bool done = text != NULL && output_text(text, error);
    alloc_free(text);
    return done;
}

static bool run(struct session *session, const struct apply_request *request, enum apply_outcome *outcome,
                struct error *error)
{
    const enum remedy_part part = session->options->part;
    const struct apply_caller caller = { .context = session, .say = say, .agree = agree, .diagnose = look };
    if (session->options->json) {
        session->compose = compose_new("fix");
        compose_array(session->compose, "said");
    }
    bool done = part == PART_APPLY ? remedy_apply(request, &caller, outcome, error)
                                   : remedy_run_part(request, part, &caller, outcome, error);
    if (session->compose != NULL) {
        bool written = finish_document(session, request, *outcome, done ? error : NULL);
        return done && written;
    }
    if (done) {
        print_outcome(session, *outcome);
    }
    return done;
}

int fix_apply(const struct fix_options *options)
{
    struct error error = { .kind = ERROR_NONE };
    struct repair_request repair;
    enum apply_outcome outcome = APPLY_UNTOUCHED;
    struct session session = { .options = options };
    struct apply_request request = { .values = &options->values,
                                     .place = { .ssh = options->apply.ssh, .ssh_config = options->apply.ssh_config },
                                     .keep = options->apply.keep,
                                     .limit_s = options->apply.limit_s };
    bool done = fix_request(options, &repair, &error) &&
                (repair.remedy != NULL || repair.cause != CAUSE_NONE ||
                 error_set(&error, ERROR_USAGE, "fix: --apply: which cause? rdpwhy HOST names it"));
    request.cause = done ? repair.cause : CAUSE_NONE;
    set_target(&session);
    done = done && add_remedies(&repair, &request, &error) && run(&session, &request, &outcome, &error);
    return done ? (int)outcome : command_failed(&error);
}
