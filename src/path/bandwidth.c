/* The check bandwidth: trains of big packets, to the end of each leg first; where they come out drawn apart, to routers
 * on the way, until the narrow link lies between two of them. No server of ours is needed; some ten kilobytes a train.
 */
#include "path/line.h"

#include "base/alloc.h"

enum {
    TRAINS_PER_LEG = 7,
    WHOLE_TRAINS = 2, /* a slow one is looked at twice */
    PORT_CLOSED = 33434,
    BURST_PER_SECOND = 20000, /* as good as at once */
    FIND_LIMIT_US = 800000,
};

const enum stream_kind line_kinds[2] = { STREAM_ECHO, STREAM_UDP };

void line_free(struct line *line)
{
    if (line != NULL) {
        net_timer_free(line->timer);
        prober_free(line->slow);
        prober_free(line->fast);
        alloc_free(line);
    }
}

/* --- who answers --- */

static void found(void *context, const struct prober_answer *answer)
{
    struct line *line = context;
    struct line_leg *leg = &line->legs[line->leg];
    const int kind = (int)(answer->tag & 1);
    if (line_counts(answer)) {
        const bool end = line_from_end(answer);
        struct spot *spot = &leg->spots[kind][end ? 0 : answer->ttl];
        spot->idle_us = !spot->answers || answer->rtt_us < spot->idle_us ? answer->rtt_us : spot->idle_us;
        spot->answers = true;
        address_format(&answer->from, spot->address);
        if (end && answer->ttl != 0 && (leg->end_ttl == 0 || answer->ttl < leg->end_ttl)) {
            leg->end_ttl = answer->ttl;
        }
    }
    if (!answer->late && --line->waiting == 0) {
        line_later(line, 0, line_next_step);
    }
}

static struct prober_flow *flow_new(struct line *line, struct prober *prober, int kind, const struct path_leg_to *to,
                                    void (*told)(void *context, const struct prober_answer *answer))
{
    const struct prober_flow_options options = {
        .kind = line_kinds[kind] == STREAM_ECHO ? PROBER_ECHO : PROBER_UDP,
        .to = to->to,
        .interface = to->interface,
        .port = line_kinds[kind] == STREAM_ECHO ? 0 : PORT_CLOSED,
        .answered = told,
        .context = line,
    };
    return prober_flow_new(prober, &options, NULL); /* NULL: not possible here, which is no failure */
}

static bool find(struct line *line, struct error *error)
{
    struct line_leg *leg = &line->legs[line->leg];
    for (int kind = 0; kind < 2; kind++) {
        leg->find[kind] = flow_new(line, line->slow, kind, &leg->to, found);
        leg->push[kind] = flow_new(line, line->fast, kind, &leg->to, line_arrived);
        if (leg->find[kind] == NULL || leg->push[kind] == NULL) {
            continue;
        }
        const bool routers = kind == 0 || leg->find[0] == NULL;
        for (int ttl = 0; ttl <= (routers ? LINE_HORIZON : 0); ttl++) {
            const struct prober_probe probe = { .tag = (uint64_t)kind, .ttl = (uint8_t)ttl, .limit_us = FIND_LIMIT_US };
            if (!prober_send(leg->find[kind], &probe, error)) {
                return false;
            }
            line->waiting++;
        }
    }
    return true;
}

/* --- what is asked next --- */

/* The router between the last fast place and the first slow one that is nearest to their middle; 0: none is left. */
static int next_router(const struct line_leg *leg, int kind, const struct slow *slow)
{
    const int end = slow->far_end ? (leg->end_ttl > 0 ? leg->end_ttl : LINE_HORIZON + 1) : slow->far_ttl;
    const int middle = (slow->near_ttl + end) / 2;
    int best = 0;
    for (int ttl = slow->near_ttl + 1; ttl < end && ttl <= LINE_HORIZON; ttl++) {
        const int off = ttl > middle ? ttl - middle : middle - ttl;
        const int best_off = best > middle ? best - middle : middle - best;
        if (leg->spots[kind][ttl].answers && (best == 0 || off < best_off)) {
            best = ttl;
        }
    }
    return best;
}

/* To the end, or as far as anybody answers. -1: nobody does. */
static int goal(const struct line_leg *leg, int kind)
{
    for (int ttl = LINE_HORIZON; ttl > 0 && !leg->spots[kind][0].answers; ttl--) {
        if (leg->spots[kind][ttl].answers) {
            return ttl;
        }
    }
    return leg->spots[kind][0].answers ? 0 : -1;
}

/* Does the leg need another train? True: it is on its way. */
static bool another(struct line *line, bool *pushed, struct error *error)
{
    struct line_leg *leg = &line->legs[line->leg];
    struct slow slow;
    const int kind = goal(leg, 0) == 0 || (goal(leg, 1) != 0 && goal(leg, 0) > 0) ? 0 : 1;
    const int router_kind = leg->find[0] != NULL && leg->push[0] != NULL ? 0 : 1;
    const int to = goal(leg, kind);
    *pushed = false;
    if (to < 0 || leg->trains >= TRAINS_PER_LEG) {
        return true;
    }
    infer_slow_leg(&line->run->evidence->bandwidth, leg->to.leg, infer_slow_kbps(), &slow);
    if (leg->trains == 0 || (leg->trains < WHOLE_TRAINS && (slow.slow || !slow.whole_known))) {
        *pushed = true;
        return line_push(line, kind, to, error);
    }
    const int router = slow.slow && !slow.back ? next_router(leg, router_kind, &slow) : 0;
    if (router == 0) {
        return true;
    }
    *pushed = true;
    return line_push(line, router_kind, router, error);
}

static void finish(struct line *line)
{
    struct run *run = line->run;
    bool any = false;
    ev_each (train, const struct ev_train, &run->evidence->bandwidth.trains) {
        any = any || train->answered.v > 0;
    }
    prober_free(line->slow);
    prober_free(line->fast);
    line->slow = NULL;
    line->fast = NULL;
    run_end(run, CHECK_BANDWIDTH, any ? RAN_DONE : RAN_NO_ANSWER,
            any ? NULL : "nothing on the way answers packets that would measure it");
}

/* Behind a slow line every leg is slow. */
static bool settled(const struct line *line)
{
    struct slow slow;
    enum path_leg leg;
    return infer_slow(line->run->evidence, infer_slow_kbps(), &slow, &leg);
}

void line_next_step(void *context)
{
    struct line *line = context;
    struct error error = { 0 };
    bool pushed = false;
    if (!another(line, &pushed, &error)) {
        run_failed(line->run, &error);
        return;
    }
    if (pushed) {
        return;
    }
    line->leg++;
    if (line->leg >= line->leg_count || settled(line)) {
        finish(line);
        return;
    }
    if (!find(line, &error)) {
        run_failed(line->run, &error);
    } else if (line->waiting == 0) {
        line_later(line, 0, line_next_step);
    }
}

static void begin(void *context)
{
    struct line *line = context;
    struct error error = { 0 };
    if (!find(line, &error)) {
        run_failed(line->run, &error);
    } else if (line->waiting == 0) {
        line_next_step(line);
    }
}

static bool bandwidth_start(struct run *run, struct error *error)
{
    struct path_leg_to legs[PATH_LEGS_MAX];
    struct line *line = alloc_new(sizeof(*line));
    if (line == NULL) {
        return error_no_memory(error);
    }
    run->path->line = line;
    line->run = run;
    line->leg_count = path_legs(run, legs);
    if (line->leg_count > 0 && !path_note_target(run, &legs[0].to, error)) {
        return false;
    }
    /* below the tunnel first: what is slow there is slow in it */
    for (size_t i = 0; i < line->leg_count; i++) {
        line->legs[i].to = legs[line->leg_count - 1 - i];
    }
    if (line->leg_count == 0 || run->evidence->target.local.v) {
        run_end(run, CHECK_BANDWIDTH, RAN_POINTLESS,
                line->leg_count == 0 ? "there is no route to measure" : "the host is this machine");
        return true;
    }
    const struct prober_options slow = { 0 };
    const struct prober_options fast = { .per_second = BURST_PER_SECOND };
    line->slow = path_prober_new(run, &slow, error);
    line->fast = line->slow != NULL ? path_prober_new(run, &fast, error) : NULL;
    if (line->fast == NULL) {
        return false;
    }
    line_later(line, 0, begin);
    return true;
}

static void bandwidth_cancel(struct run *run)
{
    line_free(run->path->line);
    run->path->line = NULL;
}

const struct check path_bandwidth = {
    .id = CHECK_BANDWIDTH,
    .needs = NEEDS(CHECK_ROUTE),
    .after = NEEDS(CHECK_MTU) | NEEDS(CHECK_PATH), /* it fills the line */
    .start = bandwidth_start,
    .cancel = bandwidth_cancel,
};

const struct check path_bandwidth_asked = {
    .id = CHECK_BANDWIDTH,
    .needs = NEEDS(CHECK_ROUTE),
    .after = NEEDS(CHECK_MTU) | NEEDS(CHECK_PATH), /* it fills the line */
    .else_why = "it takes filling the line for a moment; rdpwhy trace does",
    .start = bandwidth_start,
    .cancel = bandwidth_cancel,
};
