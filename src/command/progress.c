#include "command/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "command/output.h"
#include "report/live.h"

enum { TICK_US = 120000, SECOND_US = 1000000 };

struct progress {
    struct run *run;
    struct run_observer observer;
    struct report_live *live;
    bool moving;       /* stderr is a terminal that shows the running step */
    bool on_stdout;    /* finished lines go to standard output as they settle */
    bool said_waiting; /* the one line of a wait without a terminal */
    struct net_timer *tick;
    int running;      /* the check whose step is shown; CHECK_COUNT: none */
    bool deciding;    /* it is a deciding test of that check */
    bool paused;      /* waiting for the connection budget */
    int64_t since_us; /* when its step was first shown */
    unsigned started; /* bits of the checks that began */
    unsigned ended;   /* bits of the checks that are over */
};

/* Lines that no deciding test changes once their check passed. */
static const unsigned settle_early = NEEDS(CHECK_NAME) | NEEDS(CHECK_ROUTE) | NEEDS(CHECK_TCP);

/* From the third second on it says how long it has been at it. */
static void show_step(struct progress *progress)
{
    enum { PATIENCE_S = 2 };
    const int64_t seconds = (clock_monotonic_us() - progress->since_us) / SECOND_US;
    const char *what = progress->deciding ? "deciding tests" : "";
    char words[64];
    if (seconds >= PATIENCE_S) {
        snprintf(words, sizeof(words), "%s%s%d s", what, what[0] != '\0' ? ", " : "", (int)seconds);
        what = words;
    }
    report_live_running(progress->live, (enum check_id)progress->running, what);
}

static void set_running(struct progress *progress, int check, bool deciding)
{
    if (progress->running != check || progress->deciding != deciding) {
        progress->running = check;
        progress->deciding = deciding;
        progress->since_us = clock_monotonic_us();
    }
    show_step(progress);
}

/* The first of the checklist that is still at work is what the person waits for. */
static void show_running(struct progress *progress)
{
    for (int id = 0; id < CHECK_COUNT; id++) {
        if ((progress->started & ~progress->ended & NEEDS(id)) != 0) {
            set_running(progress, id, false);
            return;
        }
    }
}

static void started(void *context, enum check_id id)
{
    struct progress *progress = context;
    progress->started |= NEEDS(id);
    show_running(progress);
}

static void settle(struct progress *progress, const struct verdict *verdict, unsigned which)
{
    for (int id = 0; id < CHECK_COUNT; id++) {
        const enum check_status status = verdict->checks[id].status;
        if ((which & NEEDS(id)) != 0 && (status == STATUS_PASS || status == STATUS_SKIP)) {
            report_live_settled(progress->live, progress->run->evidence, verdict, (enum check_id)id);
        }
    }
}

static void ended(void *context, enum check_id id)
{
    struct progress *progress = context;
    progress->ended |= NEEDS(id);
    show_running(progress);
    if (!progress->on_stdout || (settle_early & NEEDS(id)) == 0) {
        return;
    }
    struct verdict *verdict = diagnose(progress->run->evidence, NULL);
    if (verdict != NULL) {
        settle(progress, verdict, progress->ended & settle_early);
        verdict_free(verdict);
    }
}

static void waiting(void *context, int64_t left_us)
{
    struct progress *progress = context;
    const int seconds = (int)((left_us + SECOND_US - 1) / SECOND_US);
    progress->paused = seconds > 0;
    if (progress->moving) {
        report_live_waiting(progress->live, seconds);
    } else if (!progress->said_waiting && seconds > 0) {
        progress->said_waiting = true;
        progress_say(progress,
                     "the connection budget is used up (4 connects to a port in 120 s, so that no ban tool takes "
                     "this for an attack): waiting %d s; --again goes on at once",
                     seconds);
    }
}

static void tick(void *context)
{
    struct progress *progress = context;
    if (progress->running < CHECK_COUNT && !progress->paused) {
        show_step(progress);
    }
    report_live_tick(progress->live);
    net_timer_free(progress->tick);
    progress->tick = net_timer_start(progress->run->loop, TICK_US, tick, progress, NULL);
}

bool progress_init(struct progress **out, struct run *run, const struct check_options *options, struct error *error)
{
    struct progress *progress = alloc_new(sizeof(*progress));
    if (progress == NULL) {
        return error_no_memory(error);
    }
    const struct output_options *output = &options->output;
    const bool checklist = !output->json && !output->quiet && !output->ticket && !output->redact;
    const struct report_options report = { .colour = output_colour_for(output->colour, stdout),
                                           .verbose = output->verbose,
                                           .width = output_width_for(stderr) };
    progress->run = run;
    progress->running = CHECK_COUNT;
    progress->moving = isatty(STDERR_FILENO) != 0;
    progress->on_stdout = checklist && progress->moving && isatty(STDOUT_FILENO) != 0;
    progress->live =
        report_live_new(progress->on_stdout ? stdout : NULL, progress->moving ? stderr : NULL, &report, error);
    if (progress->live == NULL) {
        alloc_free(progress);
        return false;
    }
    progress->observer =
        (struct run_observer){ .started = started, .ended = ended, .waiting = waiting, .context = progress };
    run->observer = &progress->observer;
    report_live_start(progress->live, options->input);
    if (progress->moving) {
        progress->tick = net_timer_start(run->loop, TICK_US, tick, progress, error);
    }
    *out = progress;
    return !progress->moving || progress->tick != NULL;
}

void progress_free(struct progress *progress)
{
    if (progress != NULL) {
        net_timer_free(progress->tick);
        report_live_free(progress->live);
        alloc_free(progress);
    }
}

void progress_judged(struct progress *progress, const struct verdict *verdict)
{
    settle(progress, verdict, progress->ended & settle_early);
}

void progress_testing(struct progress *progress, const struct verdict *verdict)
{
    const enum check_id id = verdict->stopped ? verdict->stopped_at : CHECK_NEGOTIATION;
    set_running(progress, id, true);
}

bool progress_finish(struct progress *progress, const struct verdict *verdict)
{
    report_live_finish(progress->live, progress->run->evidence, verdict);
    return progress->on_stdout;
}

void progress_say(struct progress *progress, const char *format, ...)
{
    va_list arguments;
    report_live_hide(progress->live);
    fputs("rdpwhy: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}
