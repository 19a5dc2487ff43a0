/* The check path: where on the way are packets lost. See trace.h. */
#include "path/trace.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "infer/segments.h"
#include "platform/route.h"

enum {
    TIME_US = 90000000,       /* as long as it takes, within this: at 1 % of loss one run in ten needs over a minute */
    CHECK_TIME_US = 30000000, /* inside a check */
    RESERVE_US = 1500000,     /* for what is still on its way, before the run's own time is over */
    WATCH_US = 1000000,
    NOT_SENT_MOST = 25, /* in a row: half a second of nothing going out */
    SYN_AGAIN_US = 900000,
    SPREAD_LEAST_US = 200000,
};

void trace_free(struct trace *trace)
{
    if (trace == NULL) {
        return;
    }
    net_timer_free(trace->limit);
    net_timer_free(trace->watch);
    net_timer_free(trace->end);
    for (size_t i = 0; i < trace->leg_count; i++) {
        hops_free(trace->legs[i].hops);
    }
    prober_free(trace->prober); /* with its flows */
    alloc_free(trace->model);
    alloc_free(trace);
}

/* --- the end --- */

static bool note_means(struct trace *trace, const struct prober_flow *flow, struct error *error)
{
    return flow == NULL ||
           path_note_means(&trace->run->evidence->path.means, prober_means_words(prober_flow_means(flow)), error);
}

static bool keep(struct trace *trace, struct error *error)
{
    struct ev_path *path = &trace->run->evidence->path;
    ev_set_enum(&path->ended, SOURCE_PROBE, (int)trace->ended);
    ev_set_int(&path->took_us, SOURCE_PROBE, clock_monotonic_us() - trace->started_us);
    trace_note_load(trace);
    for (size_t l = 0; l < trace->leg_count; l++) {
        const struct trace_leg *leg = &trace->legs[l];
        for (size_t k = 0; k < HOPS_FLOWS_MAX; k++) {
            if (!note_means(trace, leg->flows[k][0], error)) {
                return false;
            }
        }
        if (leg->to.leg == LEG_UNDERLAY) {
            char text[ADDRESS_TEXT_SIZE];
            address_format(&leg->to.to, text);
            if (!ev_set_words(&path->outer, SOURCE_PROBE, text, error)) {
                return false;
            }
        }
    }
    return trace_record(trace, error) && infer_fill_segments(path, error);
}

static void finish(void *context)
{
    struct trace *trace = context;
    struct run *run = trace->run;
    struct error error = { 0 };
    bool mute = trace->stream_count == 0;
    trace->ended = mute && trace->ended == PATH_SURE ? PATH_MUTE : trace->ended;
    bool kept = keep(trace, &error);
    enum path_ended ended = trace->ended;
    run->path->trace = NULL;
    trace_free(trace);
    if (!kept) {
        run_failed(run, &error);
    } else if (ended == PATH_BROKEN) {
        run_end(run, CHECK_PATH, RAN_NO_ANSWER,
                run->evidence->path.changed.v ? "the way changed while it was measured: the route or an interface"
                                              : "in the middle this machine could send nothing more");
    } else if (ended == PATH_SILENCED) {
        run_end(run, CHECK_PATH, RAN_NO_ANSWER, "everything fell silent while it was measured, the nearest router too");
    } else if (mute) {
        run_end(run, CHECK_PATH, RAN_NO_ANSWER,
                ended != PATH_MUTE                 ? "the run ended before anything was known of losses"
                : run->evidence->path.probes.v > 0 ? "nothing on the way answers probes"
                                                   : "no probe left this machine");
    } else {
        run_end(run, CHECK_PATH, RAN_DONE, NULL);
    }
}

static void stop(struct trace *trace, enum path_ended ended)
{
    struct error error = { 0 };
    if (trace->end != NULL) {
        return;
    }
    trace->ended = ended;
    prober_rest(trace->prober);
    if (ended == PATH_BROKEN || ended == PATH_SILENCED) {
        trace_forget_silence(trace);
    }
    trace->end = net_timer_start(trace->run->loop, 0, finish, trace, &error);
    if (trace->end == NULL) {
        run_failed(trace->run, &error);
    }
}

static void out_of_time(void *context)
{
    const struct trace *trace = context;
    stop(context, trace->refused ? PATH_REFUSED : PATH_TIME);
}

static bool search_over(const struct trace *trace)
{
    for (size_t i = 0; i < trace->leg_count; i++) {
        if (!trace->legs[i].done) {
            return false;
        }
    }
    return true;
}

static void watch(void *context)
{
    struct trace *trace = context;
    struct platform_route route;
    bool asked = platform_route_get(&trace->legs[0].to.to, &route, NULL);
    bool other = asked && (route.unreachable || route.index != trace->route_interface ||
                           !address_equal(&route.source, &trace->route_source));
    if (other || trace->not_sent >= NOT_SENT_MOST) {
        ev_set_bool(&trace->run->evidence->path.changed, SOURCE_PROBE, other);
        stop(trace, PATH_BROKEN);
        return;
    }
    /* nothing answers, and nobody is asked any more */
    if (search_over(trace) && trace->stream_count == 0) {
        stop(trace, PATH_MUTE);
        return;
    }
    net_timer_again(trace->watch, WATCH_US);
}

/* --- the next probe --- */

static double roll(struct trace *trace)
{
    trace->dice ^= trace->dice << 13;
    trace->dice ^= trace->dice >> 17;
    trace->dice ^= trace->dice << 5;
    return (double)(trace->dice >> 1) / 2147483648.0;
}

/* False: our own failure, or the end. */
static bool look(struct trace *trace)
{
    struct error error = { 0 };
    const struct run_observer *observer = trace->run->observer;
    if (!trace_record(trace, &error)) {
        run_failed(trace->run, &error);
        return false;
    }
    trace->fresh = 0;
    trace->solved = infer_read(&trace->run->evidence->path, trace->model);
    if (!trace->solved) {
        return false;
    }
    trace_leave_refused(trace);
    infer_solve(trace->model);
    infer_answer_of(&trace->run->evidence->path, trace->model, &trace->answer);
    if (observer != NULL && observer->measured != NULL) {
        observer->measured(observer->context);
    }
    /* a place that lost the first probes of the search is not there yet: its links then count as one */
    const bool told = (trace->answer.segments & (trace->answer.segments - 1)) == 0;
    if (trace->silence >= TRACE_SILENCE) {
        return true; /* it may be another event: the end of everything */
    }
    if (trace->answer.kind == INFER_CLEAN || (trace->answer.kind == INFER_LOSS && (told || search_over(trace)))) {
        stop(trace, PATH_SURE);
        return false;
    }
    return true;
}

static bool send_one(struct trace *trace, size_t index)
{
    struct trace_stream *stream = &trace->streams[index];
    struct prober_flow *flow = trace_flow_for(trace, stream);
    if (flow == NULL || trace->next - trace->first >= TRACE_OUT_MAX - 1) {
        return false;
    }
    const struct prober_probe probe = { .tag = trace_sent(trace, index),
                                        .ttl = stream->reach == REACH_TTL ? (uint8_t)stream->ttl : 0,
                                        .limit_us = trace_limit_us(trace) };
    if (!prober_send(flow, &probe, NULL)) {
        trace->next--;
        return false;
    }
    return true;
}

static void idle(void *context)
{
    enum { TRIES = 6 };
    struct trace *trace = context;
    if (!trace_shaped(trace) || trace->end != NULL || trace->stream_count == 0) {
        return;
    }
    if ((!trace->solved || trace->fresh >= TRACE_SOLVE_EVERY) && !look(trace)) {
        return;
    }
    const int nearest = trace->silence >= TRACE_SILENCE ? trace_nearest(trace) : -1;
    if (nearest >= 0 && trace->silence >= TRACE_SILENCE_MOST) {
        stop(trace, PATH_SILENCED);
        return;
    }
    if (nearest >= 0 && send_one(trace, (size_t)nearest)) {
        return;
    }
    for (int i = 0; i < TRIES; i++) {
        size_t place;
        size_t s;
        if (!infer_choose(trace->model, roll(trace), &place, &s)) {
            return;
        }
        const struct infer_stream *stream = &trace->model->places[place].streams[s];
        if (send_one(trace, trace->rows[stream->hop][stream->row])) {
            return;
        }
    }
}

void trace_answer(void *context, const struct prober_answer *answer)
{
    trace_answered(context, answer);
}

/* --- the beginning --- */

/* Is there anything that makes it worth while? A way costs half a minute to measure. */
static bool reason_of(const struct run *run, enum path_reason *reason)
{
    const struct evidence *e = run->evidence;
    const unsigned mtu_path_bandwidth = NEEDS(CHECK_MTU) | NEEDS(CHECK_PATH) | NEEDS(CHECK_BANDWIDTH);
    *reason = PATH_ASKED;
    if (ev_text_is(&e->command, "trace") || (run->options->asked & ~mtu_path_bandwidth) == 0) {
        return true;
    }
    int64_t least = INT64_MAX;
    int64_t most = 0;
    ev_each (connection, const struct ev_connection, &e->connections) {
        if (connection->rtt_us.source != SOURCE_NONE) {
            least = connection->rtt_us.v < least ? connection->rtt_us.v : least;
            most = connection->rtt_us.v > most ? connection->rtt_us.v : most;
        }
    }
    if (most >= SYN_AGAIN_US) {
        *reason = PATH_SYN_AGAIN; /* a SYN that is lost is sent again after a second */
        return true;
    }
    ev_each (hello, const struct ev_hello, &e->tls.hellos) {
        if (hello->result.source != SOURCE_NONE && hello->result.v == TLS_TRY_SILENT) {
            *reason = PATH_STALL;
            return true;
        }
    }
    if (e->nla.ended.source != SOURCE_NONE && e->nla.ended.v == NLA_SILENT) {
        *reason = PATH_STALL;
        return true;
    }
    int64_t sent;
    int64_t again;
    trace_tcp_sent(e, &sent, &again);
    if (again > 0) {
        *reason = PATH_TCP_AGAIN;
        return true;
    }
    *reason = PATH_RTT_SPREAD;
    return most > least && most - least > SPREAD_LEAST_US && most > 3 * least;
}

static const char *pointless(const struct run *run, size_t legs)
{
    const struct evidence *e = run->evidence;
    if (legs == 0) {
        return "there is no route to measure";
    }
    if (e->target.local.source != SOURCE_NONE && e->target.local.v) {
        return "the host is this machine";
    }
    return NULL;
}

static bool open_all(struct trace *trace, struct error *error)
{
    const struct prober_options options = { .idle = idle, .context = trace };
    struct run *run = trace->run;
    struct platform_route route;
    trace->model = alloc_new(sizeof *trace->model);
    if (trace->model == NULL) {
        return error_no_memory(error);
    }
    trace->prober = path_prober_new(run, &options, error);
    if (trace->prober == NULL) {
        return false;
    }
    for (size_t i = 0; i < trace->leg_count; i++) {
        if (!trace_open_leg(trace, i, error)) {
            return false;
        }
    }
    if (platform_route_get(&trace->legs[0].to.to, &route, NULL)) {
        trace->route_interface = route.index;
        trace->route_source = route.source;
    }
    trace_begin_load(trace);
    int64_t limit = ev_text_is(&run->evidence->command, "trace") ? TIME_US : CHECK_TIME_US;
    limit = run->options->trace_us > 0 ? run->options->trace_us : limit;
    int64_t left = run_limit_us(run, limit + RESERVE_US) - RESERVE_US;
    trace->until_us = clock_monotonic_us() + left;
    trace->limit = net_timer_start(run->loop, left > 0 ? left : 0, out_of_time, trace, error);
    trace->watch = trace->limit != NULL ? net_timer_start(run->loop, WATCH_US, watch, trace, error) : NULL;
    return trace->watch != NULL;
}

static bool trace_start(struct run *run, struct error *error)
{
    enum path_reason reason;
    struct path_leg_to legs[PATH_LEGS_MAX];
    size_t count = path_legs(run, legs);
    const char *why = pointless(run, count);
    if (why == NULL && !reason_of(run, &reason)) {
        why = "nothing was seen that loss would explain; rdpwhy trace measures the way";
    }
    if (why != NULL) {
        /* in a check nobody asked for it, so its line need not stand among the others */
        run_end(run, CHECK_PATH, ev_text_is(&run->evidence->command, "trace") ? RAN_POINTLESS : RAN_NOT_ASKED, why);
        return true;
    }
    struct trace *trace = alloc_new(sizeof *trace);
    if (trace == NULL) {
        return error_no_memory(error);
    }
    run->path->trace = trace;
    trace->run = run;
    trace->started_us = clock_monotonic_us();
    trace->dice = (uint32_t)trace->started_us | 1U;
    trace->leg_count = count;
    for (size_t i = 0; i < count; i++) {
        trace->legs[i].to = legs[i];
    }
    ev_set_enum(&run->evidence->path.reason, SOURCE_PROBE, (int)reason);
    struct error cannot = { 0 };
    if (!open_all(trace, &cannot)) {
        run->path->trace = NULL;
        trace_free(trace);
        run_end(run, CHECK_PATH, RAN_NOT_HERE, cannot.text);
    }
    return true;
}

/* Ctrl-C: what is known stays. */
static void trace_cancel(struct run *run)
{
    struct trace *trace = run->path->trace;
    run->path->trace = NULL;
    if (trace != NULL) {
        trace->ended = PATH_STOPPED;
        (void)keep(trace, NULL);
        trace_free(trace);
    }
}

const struct check path_trace = {
    .id = CHECK_PATH,
    .needs = NEEDS(CHECK_ROUTE),
    .after = NEEDS(CHECK_TCP) | NEEDS(CHECK_TLS) | NEEDS(CHECK_NLA), /* their trouble is the reason */
    .start = trace_start,
    .cancel = trace_cancel,
};

const struct check path_trace_asked = {
    .id = CHECK_PATH,
    .needs = NEEDS(CHECK_ROUTE),
    .after = NEEDS(CHECK_TCP) | NEEDS(CHECK_TLS) | NEEDS(CHECK_NLA), /* their trouble is the reason */
    .else_why = "the connection told enough without it; rdpwhy trace measures the way",
    .start = trace_start,
    .cancel = trace_cancel,
};
