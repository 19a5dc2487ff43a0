/* rdpwhy check: look, judge, run the deciding tests that the judgement names, judge again, report. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "command/begin.h"
#include "command/check.h"
#include "command/commands.h"
#include "command/fix.h"
#include "command/options.h"
#include "command/progress.h"
#include "command/read_output.h"
#include "diagnose/diagnose.h"
#include "evidence/merge.h"
#include "facts/profiles.h"
#include "path/path.h"
#include "plan/plan.h"
#include "probe/probe.h"
#include "json/document.h"

/* Which test of data/tests.tsv is which connection of ours. */
static const struct {
    enum test test;
    enum probe_test probe;
} deciders[] = {
    { TEST_SILENT_CONNECT, PROBE_SILENT_CONNECT },
    { TEST_PLAIN_REQUEST, PROBE_PLAIN_REQUEST },
    { TEST_WIDE_HELLO, PROBE_WIDE_HELLO },
    { TEST_REPEAT_FIRST, PROBE_REPEAT_FIRST },
    { TEST_OFFER_TLS, PROBE_OFFER_TLS },
    { TEST_OFFER_RDP, PROBE_OFFER_RDP },
    { TEST_SMALL_MSS, PROBE_SMALL_MSS },
    { TEST_OTHER_FAMILY, PROBE_OTHER_FAMILY },
    { TEST_CONTROLS, PROBE_CONTROLS },
    { TEST_INTERCEPTOR, PROBE_INTERCEPTOR },
};

static bool judge(struct checking *checking, struct error *error)
{
    if (!probe_keep(&checking->run, error)) {
        return false;
    }
    evidence_forget_impossible(checking->evidence); /* no document would be taken back with it */
    struct verdict *verdict = diagnose(checking->evidence, error);
    if (verdict == NULL) {
        return false;
    }
    verdict_free(checking->verdict);
    checking->verdict = verdict;
    progress_judged(checking->progress, checking->verdict);
    return true;
}

static size_t pick_tests(const struct verdict *verdict, enum probe_test tests[PROBE_TEST_COUNT], unsigned *connects)
{
    size_t count = 0;
    *connects = 0;
    for (size_t i = 0; i < verdict->wanted_count; i++) {
        for (size_t j = 0; j < COUNT_OF(deciders) && count < PROBE_TEST_COUNT; j++) {
            if (deciders[j].test == verdict->wanted[i]) {
                tests[count++] = deciders[j].probe;
                *connects += probe_test_connects(deciders[j].probe);
            }
        }
    }
    return count;
}

/* A verdict that nothing hangs on any more is not worth two minutes of waiting. */
static bool worth_waiting(struct checking *checking, unsigned connects)
{
    struct run *run = probe_talking(&checking->run);
    const unsigned left = probe_connects_left(run);
    const int64_t wait_us = probe_wait_us(run, connects < left ? connects : left);
    return wait_us == 0 || checking->verdict->status == VERDICT_BLOCKED || checking->verdict->status == VERDICT_UNKNOWN;
}

/* The deciding tests that are checks of their own: they make no connection to the RDP port. */
static bool demand_checks(struct checking *checking)
{
    static const struct {
        enum test test;
        enum check_id check;
    } checks[] = { { TEST_SIZE_SWEEP, CHECK_MTU } };
    bool any = false;
    for (size_t i = 0; i < checking->verdict->wanted_count; i++) {
        for (size_t j = 0; j < COUNT_OF(checks); j++) {
            any |= checks[j].test == checking->verdict->wanted[i] && run_demand(&checking->run, checks[j].check);
        }
    }
    return any;
}

/* The deciding tests, until nothing is wanted any more or the budgets are used up. */
bool check_decide(struct checking *checking, struct error *error)
{
    struct run *run = &checking->run;
    struct run *talking = probe_talking(run); /* the checks demanded look at the direct way */
    enum probe_test tests[PROBE_TEST_COUNT];
    while (!run_stopping(run)) {
        unsigned connects = 0;
        size_t started = 0;
        const size_t count = pick_tests(checking->verdict, tests, &connects);
        if (!worth_waiting(checking, connects)) {
            progress_say(checking->progress, "the connection budget is used up, so two offers were not made; "
                                             "--again makes them");
            return true;
        }
        if (!probe_tests_start(talking, tests, count, &started, error)) {
            return false;
        }
        if ((talking != run || !demand_checks(checking)) && started == 0) {
            return true;
        }
        progress_testing(checking->progress, checking->verdict);
        if (!plan_run(run, error) || !judge(checking, error)) {
            return false;
        }
    }
    return true;
}

/* Half a minute of probes is for what is not explained yet; whether anything points at the way, the check itself knows.
 */
static bool measure_the_way(struct checking *checking, struct error *error)
{
    const bool explained = checking->verdict->cause != CAUSE_NONE && checking->verdict->certainty == CERTAINTY_PROVED;
    const bool direct = probe_talking(&checking->run) == &checking->run;
    if (explained || !direct || run_stopping(&checking->run) || !run_demand(&checking->run, CHECK_PATH)) {
        return true;
    }
    return plan_run(&checking->run, error) && judge(checking, error);
}

static bool go_deep(struct checking *checking, struct error *error)
{
    struct run *run = probe_talking(&checking->run);
    const unsigned connects = probe_deep_connects(run);
    if (!checking->options->run.deep || connects == 0 || run_stopping(&checking->run)) {
        return true;
    }
    progress_say(checking->progress, "--deep: %u more connections to the RDP port", connects);
    return probe_deep_start(run, error) && plan_run(&checking->run, error) && judge(checking, error);
}

/* Somebody's word about a certificate that this machine does not trust; *yes: it may be shown the logon. */
static bool ask_about(struct checking *checking, const struct ev_certificate *certificate, const char *whose, bool *yes,
                      struct error *error)
{
    *yes = false;
    if (!logon_ask_possible()) {
        progress_say(checking->progress,
                     "no password was sent: this machine does not trust the %s's certificate. When you know it: "
                     "--trust-cert %.64s",
                     whose, certificate->sha256.v);
        return true;
    }
    progress_say(checking->progress, "the logon waits for your word");
    run_pause(&checking->run);
    *yes = logon_ask_certificate(certificate, whose);
    return run_resume(&checking->run, error);
}

/* The gateway's first: what lies behind it shows its certificate only after that. */
bool check_ask_trust(struct checking *checking, struct error *error)
{
    struct run *run = &checking->run;
    bool yes = false;
    if (probe_gateway_withheld(run) &&
        (!ask_about(checking, &checking->evidence->gateway.certificate, "gateway", &yes, error) ||
         (yes && !(probe_gateway_start(run, error) && plan_run(run, error) && judge(checking, error))))) {
        return false;
    }
    struct run *talking = probe_talking(run);
    if (!probe_logon_withheld(talking)) {
        return true;
    }
    return ask_about(checking, &talking->evidence->certificate, "server", &yes, error) &&
           (!yes || (probe_logon_start(talking, error) && plan_run(run, error) && judge(checking, error)));
}

bool check_settle(struct checking *checking, struct error *error)
{
    if (!plan_finish(&checking->run, error)) {
        return false;
    }
    probe_settle(&checking->run);
    ev_set_int(&checking->evidence->elapsed_us, SOURCE_PROBE, clock_monotonic_us() - checking->started_us);
    return judge(checking, error);
}

/* The connection first; the way itself only when the connection says that it must be looked at. */
static bool init_plan(struct run *run, struct error *error)
{
    const struct check *checks[CHECK_COUNT] = { &path_mtu_asked, &path_trace_asked, &path_bandwidth_asked };
    size_t count = 3;
    for (size_t i = 0; i < probe_check_count && count < COUNT_OF(checks); i++) {
        checks[count++] = probe_checks[i];
    }
    return plan_init(run, checks, count, error);
}

static bool start_run(struct checking *checking, const char *command, struct error *error)
{
    struct run *run = &checking->run;
    run->loop = net_loop_new(error);
    return run->loop != NULL && begin_document(checking->evidence, checking->options, command, error) &&
           progress_init(&checking->progress, run, checking->options, error) && probe_init(run, error) &&
           path_init(run, error) && init_plan(run, error) &&
           net_loop_on_interrupt(run->loop, plan_interrupt, run, error);
}

void check_end(struct checking *checking)
{
    plan_release(&checking->run);
    path_release(&checking->run);
    probe_release(&checking->run);
    progress_free(checking->progress);
    net_loop_free(checking->run.loop);
    verdict_free(checking->verdict);
    evidence_free(checking->evidence);
}

bool check_begin(struct checking *checking, const struct check_options *options, const char *command,
                 struct error *error)
{
    *checking = (struct checking){ .options = options, .started_us = clock_monotonic_us() };
    checking->evidence = evidence_new(error);
    checking->run.evidence = checking->evidence;
    checking->run.options = &options->run;
    return checking->evidence != NULL && start_run(checking, command, error) && plan_run(&checking->run, error) &&
           judge(checking, error);
}

/* Before anything is sent: also where no terminal shows the progress. */
static void warn_of_session(const struct check_options *options)
{
    if (options->run.session && !options->output.quiet) {
        fputs("rdpwhy: --session goes on to the start of a session. On a client edition of Windows it can take the\n"
              "screen from somebody who works there, and a server may hand out a licence for it.\n",
              stderr);
    }
}

static bool check_look(struct checking *checking, const struct check_options *options, struct error *error)
{
    return check_begin(checking, options, "check", error) && check_ask_trust(checking, error) &&
           check_decide(checking, error) && measure_the_way(checking, error) && go_deep(checking, error) &&
           check_settle(checking, error);
}

/* What the files add is judged together with what was seen. */
static int output_with(struct checking *checking, struct read_all *with, const struct output_options *output,
                       struct error *error)
{
    int status = -1;
    if (!read_files_join(with, checking->evidence, error)) {
        return -1;
    }
    struct verdict *verdict = diagnose(checking->evidence, error);
    if (verdict == NULL) {
        return -1;
    }
    verdict_free(checking->verdict);
    checking->verdict = verdict;
    return read_output(with, checking->evidence, output, &status, error) ? status : -1;
}

/* The exit status, or -1: `error` says why not. `since`: an earlier look, `with`: files; or NULL. */
static int check_run(const struct check_options *options, const struct evidence *since, struct read_all *with,
                     struct error *error)
{
    struct checking checking;
    int status = -1;
    if (check_look(&checking, options, error)) {
        struct output_options output = options->output;
        output.checks_shown = progress_finish(checking.progress, checking.verdict);
        output.since = since;
        status =
            with != NULL ? output_with(&checking, with, &output, error) : output_verdict(checking.evidence, &output);
        const struct fix_view view = { checking.evidence, output.save, output_colour_for(output.colour, stdout) };
        if (status >= 0 && options->fix && !fix_after_check(checking.verdict, &view, error)) {
            status = -1;
        }
    }
    check_end(&checking);
    return status;
}

struct verdict *check_verdict(const struct check_options *options, struct error *error)
{
    struct checking checking;
    struct verdict *verdict = NULL;
    if (check_look(&checking, options, error)) {
        (void)progress_finish(checking.progress, checking.verdict);
        verdict = checking.verdict;
        checking.verdict = NULL;
    }
    check_end(&checking);
    return verdict;
}

static bool client_is_known(const char *client, struct error *error)
{
    if (client == NULL || strcmp(client, "all") == 0 || profile_by_id(client) != NULL) {
        return true;
    }
    char list[400] = "";
    size_t used = 0;
    const struct profile_fact *profile;
    for (unsigned i = 0; (profile = profile_at(i)) != NULL && used < sizeof(list); i++) {
        used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i > 0 ? ", " : "", profile->id);
    }
    return error_set(error, ERROR_USAGE, "--client \"%.40s\": no such profile; there are all, %s", client, list);
}

static void with_free(struct read_all *with)
{
    if (with != NULL) {
        read_files_release(with);
    }
    alloc_free(with);
}

/* NULL: none were named, or `error` says why they cannot be read. */
static struct read_all *with_read(const struct check_options *options, struct error *error)
{
    struct read_all *with = options->with_count > 0 ? alloc_new(sizeof *with) : NULL;
    bool good = with != NULL || options->with_count == 0 || error_no_memory(error);
    for (size_t i = 0; i < options->with_count && good; i++) {
        good = read_files_add(with, options->with[i], options->run.port, error);
        const struct read_file *row = good ? &with->files[i] : NULL;
        if (row != NULL && !row->recognised) {
            good = error_set(error, with->unreadable ? ERROR_NO_INPUT : ERROR_DATA, "--with %.200s: %.250s", row->path,
                             row->skipped_count > 0 ? row->skipped[0] : "nothing in it that rdpwhy knows");
        }
    }
    if (!good) {
        with_free(with);
        with = NULL;
    }
    return with;
}

bool check_credentials(struct check_options *options, struct error *error)
{
    const bool good = logon_ask_password(&options->logon, error);
    options->run.credentials = options->logon.credentials.user != NULL ? &options->logon.credentials : NULL;
    options->run.trusted = options->logon.trusted_list;
    options->run.trusted_count = options->logon.trusted_count;
    return good;
}

int command_check(int argc, char **argv)
{
    struct error error = { 0 };
    struct check_options options;
    if (!options_parse(argc, argv, &options, &error)) {
        return command_failed(&error);
    }
    int status = 0;
    if (options.help) {
        options_help(stdout);
    } else {
        /* The earlier look is read first: a bad file must not cost a connection. */
        struct evidence *since = options.after != NULL ? document_load_file(options.after, &error) : NULL;
        bool ready = (options.after == NULL || since != NULL) && client_is_known(options.client, &error);
        struct read_all *with = ready ? with_read(&options, &error) : NULL;
        ready = ready && (with != NULL || options.with_count == 0) && check_credentials(&options, &error);
        if (ready) {
            warn_of_session(&options);
        }
        status = ready ? check_run(&options, since, with, &error) : -1;
        with_free(with);
        evidence_free(since);
    }
    options_release(&options);
    return status < 0 ? command_failed(&error) : status;
}
