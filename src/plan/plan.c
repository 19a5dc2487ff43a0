#include "plan/plan.h"

#include "base/alloc.h"
#include "base/clock.h"

enum { GRACE_US = 1000000 };

enum state { STATE_WAITING, STATE_RUNNING, STATE_ENDED };

struct task {
    const struct check *check; /* NULL: this version has none of that id */
    enum state state;
    bool demanded;     /* see else_why */
    bool ready;        /* what others need of it is there */
    const char *block; /* why it never will be; a constant, or owned by `words` */
    char *words;
    int64_t started_us;
};

struct plan {
    struct task tasks[CHECK_COUNT];
    int holds;
    bool advancing; /* run_end inside start must not recurse */
    bool changed;
    bool finishing; /* the ones beside are waited for too */
    bool stopping;
    int64_t deadline_us;
    int64_t paused_us; /* time that was left when the clock was stopped; -1: it runs */
    struct net_timer *deadline;
    struct net_timer *grace;
    bool failed;
    struct error error;
};

static struct ev_check *record_of(struct run *run, enum check_id id)
{
    return &run->evidence->checks[id];
}

static void record(struct run *run, enum check_id id, enum check_ran ran, const char *why)
{
    struct ev_check *check = record_of(run, id);
    struct error error;
    ev_set_enum(&check->ran, SOURCE_PROBE, ran);
    if (why != NULL && !ev_set_words(&check->why, SOURCE_PROBE, why, &error)) {
        run_failed(run, &error);
    }
}

/* It waits for somebody to ask for it. */
static bool unasked(const struct task *task)
{
    return task->state == STATE_WAITING && task->check->else_why != NULL && !task->demanded;
}

static bool all_done(const struct plan *plan)
{
    if (plan->holds > 0) {
        return false;
    }
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct task *task = &plan->tasks[id];
        if (task->state != STATE_ENDED && !unasked(task) && (plan->finishing || !task->check->beside)) {
            return false;
        }
    }
    return true;
}

static void stop_when_done(struct run *run)
{
    if (run->plan->stopping || all_done(run->plan)) {
        net_loop_stop(run->loop);
    }
}

/* The reason why a waiting check can never start, or NULL. */
static const char *blocked_by(const struct plan *plan, const struct check *check)
{
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct task *task = &plan->tasks[id];
        if ((check->needs & NEEDS(id)) != 0 && !task->ready && task->state == STATE_ENDED) {
            return task->block != NULL ? task->block : "what it needs did not run";
        }
    }
    return NULL;
}

static bool needs_met(const struct plan *plan, const struct check *check)
{
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct task *task = &plan->tasks[id];
        if (((check->needs & NEEDS(id)) != 0 && !task->ready) ||
            ((check->after & NEEDS(id)) != 0 && task->check != NULL && task->state != STATE_ENDED && !unasked(task))) {
            return false;
        }
    }
    return true;
}

static void start(struct run *run, struct task *task)
{
    struct error error = { 0 };
    const struct check *check = task->check;
    task->state = STATE_RUNNING;
    task->started_us = clock_monotonic_us();
    if (run->observer != NULL && run->observer->started != NULL) {
        run->observer->started(run->observer->context, check->id);
    }
    if (!check->start(run, &error)) {
        run_failed(run, &error);
    }
}

/* Starts what can start, ends what never will, until nothing changes any more. */
static void advance(struct run *run)
{
    struct plan *plan = run->plan;
    plan->changed = true;
    if (plan->advancing) {
        return;
    }
    plan->advancing = true;
    while (plan->changed && !plan->stopping) {
        plan->changed = false;
        for (int id = 0; id < CHECK_COUNT && !plan->stopping; id++) {
            struct task *task = &plan->tasks[id];
            if (task->state != STATE_WAITING || unasked(task)) {
                continue;
            }
            const char *block = blocked_by(plan, task->check);
            if (block != NULL) {
                task->block = block;
                run_end(run, (enum check_id)id, RAN_POINTLESS, block);
            } else if (needs_met(plan, task->check)) {
                start(run, task);
                plan->changed = true;
            }
        }
    }
    plan->advancing = false;
    stop_when_done(run);
}

void run_ready(struct run *run, enum check_id id)
{
    run->plan->tasks[id].ready = true;
    advance(run);
}

void run_blocked(struct run *run, enum check_id id, const char *why)
{
    struct task *task = &run->plan->tasks[id];
    struct error error;
    if (task->words != NULL) {
        return;
    }
    task->words = alloc_text(why);
    task->block = task->words;
    if (task->words == NULL) {
        error_no_memory(&error);
        run_failed(run, &error);
    }
}

void run_end(struct run *run, enum check_id id, enum check_ran ran, const char *why)
{
    struct task *task = &run->plan->tasks[id];
    if (task->state == STATE_ENDED) {
        return;
    }
    if (task->state == STATE_RUNNING) {
        ev_set_int(&record_of(run, id)->took_us, SOURCE_PROBE, clock_monotonic_us() - task->started_us);
    }
    task->state = STATE_ENDED;
    if (ran == RAN_DONE && task->block == NULL) {
        task->ready = true;
    }
    record(run, id, ran, why);
    if (run->observer != NULL && run->observer->ended != NULL) {
        run->observer->ended(run->observer->context, id);
    }
    advance(run);
}

/* Ends everything that goes on, without asking anybody. */
static void stop_all(struct run *run, const char *why)
{
    struct plan *plan = run->plan;
    plan->stopping = true;
    /* Later checks build on earlier ones: the last is cancelled first. */
    for (int id = CHECK_COUNT - 1; id >= 0; id--) {
        struct task *task = &plan->tasks[id];
        if (task->state == STATE_RUNNING && task->check->cancel != NULL) {
            task->check->cancel(run);
        }
        if (task->state != STATE_ENDED) {
            if (task->state == STATE_RUNNING) {
                ev_set_int(&record_of(run, (enum check_id)id)->took_us, SOURCE_PROBE,
                           clock_monotonic_us() - task->started_us);
            }
            const bool asked = !unasked(task);
            task->state = STATE_ENDED;
            record(run, (enum check_id)id, asked ? RAN_CANCELLED : RAN_NOT_ASKED, asked ? why : task->check->else_why);
        }
    }
    net_loop_stop(run->loop);
}

void run_failed(struct run *run, const struct error *error)
{
    struct plan *plan = run->plan;
    if (!plan->failed) {
        plan->failed = true;
        plan->error = *error;
    }
    plan->stopping = true;
    net_loop_stop(run->loop);
}

bool run_demand(struct run *run, enum check_id id)
{
    struct task *task = &run->plan->tasks[id];
    if (task->check == NULL || !unasked(task) || run->plan->stopping) {
        return false;
    }
    task->demanded = true;
    advance(run);
    return true;
}

void run_hold(struct run *run)
{
    run->plan->holds++;
}

void run_let_go(struct run *run)
{
    run->plan->holds--;
    stop_when_done(run);
}

int64_t run_limit_us(const struct run *run, int64_t limit_us)
{
    const int64_t left = run->plan->deadline_us - clock_monotonic_us();
    if (run->plan->paused_us >= 0) {
        return limit_us;
    }
    return left < 0 ? 0 : left < limit_us ? left : limit_us;
}

bool run_stopping(const struct run *run)
{
    return run->plan->stopping;
}

static void out_of_time(void *context)
{
    stop_all(context, "the time of the whole run was over (--timeout)");
}

static bool start_deadline(struct run *run, int64_t left_us, struct error *error)
{
    struct plan *plan = run->plan;
    net_timer_free(plan->deadline);
    plan->deadline_us = clock_monotonic_us() + left_us;
    plan->deadline = net_timer_start(run->loop, left_us, out_of_time, run, error);
    return plan->deadline != NULL;
}

void run_pause(struct run *run)
{
    struct plan *plan = run->plan;
    plan->paused_us = run_limit_us(run, INT64_MAX);
    net_timer_free(plan->deadline);
    plan->deadline = NULL;
}

bool run_resume(struct run *run, struct error *error)
{
    const int64_t left = run->plan->paused_us;
    run->plan->paused_us = -1;
    return start_deadline(run, left, error);
}

/* What the asked checks need runs too, unless it was skipped. */
static unsigned with_needs(const struct plan *plan, unsigned asked, unsigned skipped)
{
    unsigned before;
    do {
        before = asked;
        for (int id = 0; id < CHECK_COUNT; id++) {
            if ((asked & NEEDS(id)) != 0 && plan->tasks[id].check != NULL) {
                asked |= plan->tasks[id].check->needs & ~skipped;
            }
        }
    } while (asked != before);
    return asked;
}

static void leave_out(struct run *run, unsigned wanted)
{
    for (int id = 0; id < CHECK_COUNT; id++) {
        struct task *task = &run->plan->tasks[id];
        const bool skipped = (run->options->skipped & NEEDS(id)) != 0;
        if (task->check != NULL && (wanted & NEEDS(id)) != 0) {
            continue;
        }
        task->state = STATE_ENDED;
        task->block = "what it needs was left out on the command line";
        if (skipped || (wanted & NEEDS(id)) == 0) {
            record(run, (enum check_id)id, RAN_NOT_ASKED, skipped ? "left out by --skip" : "not named by --only");
        } else {
            record(run, (enum check_id)id, RAN_NOT_HERE, "not in this version");
        }
    }
}

bool plan_init(struct run *run, const struct check *const *checks, size_t count, struct error *error)
{
    struct plan *plan = alloc_new(sizeof(*plan));
    if (plan == NULL) {
        return error_no_memory(error);
    }
    plan->paused_us = -1;
    run->plan = plan;
    for (size_t i = 0; i < count; i++) {
        plan->tasks[checks[i]->id].check = checks[i];
        plan->tasks[checks[i]->id].demanded = (run->options->named & NEEDS(checks[i]->id)) != 0;
    }
    leave_out(run, with_needs(plan, run->options->asked, run->options->skipped));
    if (plan->failed || !start_deadline(run, run->options->timeout_us, error)) {
        if (plan->failed && error != NULL) {
            *error = plan->error;
        }
        plan_release(run);
        return false;
    }
    return true;
}

void plan_release(struct run *run)
{
    struct plan *plan = run->plan;
    if (plan == NULL) {
        return;
    }
    if (!plan->stopping) {
        stop_all(run, "the run was given up");
    }
    net_timer_free(plan->deadline);
    net_timer_free(plan->grace);
    for (int id = 0; id < CHECK_COUNT; id++) {
        alloc_free(plan->tasks[id].words);
    }
    alloc_free(plan);
    run->plan = NULL;
}

static bool run_loop(struct run *run, struct error *error)
{
    struct plan *plan = run->plan;
    advance(run);
    /* A stop that was asked for outside the loop ends the next run of it at once: hence again, until it is true. */
    while (!plan->stopping && !all_done(plan)) {
        net_loop_run(run->loop);
    }
    if (plan->failed) {
        stop_all(run, "the program itself failed");
        if (error != NULL) {
            *error = plan->error;
        }
        return false;
    }
    return true;
}

bool plan_run(struct run *run, struct error *error)
{
    return run_loop(run, error);
}

static void grace_over(void *context)
{
    stop_all(context, "the rest was done; nobody waits for it any longer");
}

bool plan_finish(struct run *run, struct error *error)
{
    struct plan *plan = run->plan;
    plan->finishing = true;
    for (int id = 0; id < CHECK_COUNT; id++) {
        struct task *task = &plan->tasks[id];
        if (task->check != NULL && unasked(task)) {
            run_end(run, (enum check_id)id, RAN_NOT_ASKED, task->check->else_why);
        }
    }
    if (plan->stopping || all_done(plan)) {
        return run_loop(run, error);
    }
    plan->grace = net_timer_start(run->loop, GRACE_US, grace_over, run, error);
    if (plan->grace == NULL) {
        return false;
    }
    return run_loop(run, error);
}

void plan_interrupt(void *context)
{
    struct run *run = context;
    stop_all(run, "stopped by the user");
}
