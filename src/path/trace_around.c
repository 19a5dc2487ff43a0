/* What happens around the probes: silence of everything, refusals, and what else this machine sends. */
#include "path/trace.h"

#include "base/clock.h"
#include "net/loop.h"
#include "platform/route.h"

/* A clean way takes about as long: what the places left have not told by then they never will. */
enum { REFUSED_US = 10000000 };

/* --- silence --- */

void trace_end_silence(struct trace *trace)
{
    for (size_t i = 0; trace->silence > 0 && i < trace->stream_count; i++) {
        trace->streams[i].silent = 0;
    }
    trace->silence = 0;
}

void trace_forget_silence(struct trace *trace)
{
    for (size_t i = 0; i < trace->stream_count; i++) {
        struct trace_stream *stream = &trace->streams[i];
        stream->sent -= stream->silent;
        stream->lost -= stream->silent < stream->lost ? stream->silent : stream->lost;
        stream->runs = stream->runs > stream->lost ? stream->lost : stream->runs;
    }
    trace_end_silence(trace);
}

int trace_nearest(const struct trace *trace)
{
    const size_t leg = trace->leg_count - 1; /* the line below, where there is a tunnel */
    int nearest = -1;
    for (size_t i = 0; i < trace->stream_count; i++) {
        const struct trace_stream *stream = &trace->streams[i];
        const bool answers =
            stream->rtt_count > 0 && (stream->lost - stream->silent) * 2 <= stream->sent - stream->silent;
        if (stream->leg == leg && stream->ttl > 0 && answers &&
            (nearest < 0 || stream->ttl < trace->streams[nearest].ttl)) {
            nearest = (int)i;
        }
    }
    return nearest;
}

/* --- refusals --- */

void trace_leave_refused(struct trace *trace)
{
    bool any = false;
    for (size_t i = 0; i < trace->model->place_count; i++) {
        struct infer_place *place = &trace->model->places[i];
        for (size_t s = 0; s < place->stream_count; s++) {
            struct infer_stream *stream = &place->streams[s];
            stream->closed =
                !stream->fixed && trace->streams[trace->rows[stream->hop][stream->row]].refused >= TRACE_REFUSED;
            any = any || stream->closed;
        }
    }
    const int64_t left_us = trace->until_us - clock_monotonic_us();
    if (any && !trace->refused && left_us > REFUSED_US) {
        trace->refused = true;
        net_timer_again(trace->limit, REFUSED_US);
    }
}

/* --- load --- */

/* The interface that the line below is on. */
static uint32_t line_interface(const struct trace *trace)
{
    const struct trace_leg *leg = &trace->legs[trace->leg_count - 1];
    return leg->to.interface != 0 ? leg->to.interface : leg->interface;
}

static int64_t kbps(uint64_t bytes, uint64_t without, int64_t ms)
{
    enum { BITS = 8 };
    return bytes > without ? (int64_t)(bytes - without) * BITS / ms : 0;
}

/* What else this machine did meanwhile: a line that it fills itself is slow and loses packets. */
void trace_note_load(const struct trace *trace)
{
    enum { US_PER_MS = 1000 };
    struct ev_path *path = &trace->run->evidence->path;
    uint64_t sent;
    uint64_t received;
    if (path->took_us.v < US_PER_MS || (trace->sent_before == 0 && trace->received_before == 0) ||
        !platform_interface_bytes(line_interface(trace), &sent, &received) || sent < trace->sent_before ||
        received < trace->received_before) {
        return;
    }
    const int64_t ms = path->took_us.v / US_PER_MS;
    /* the search for sizes goes on beside us; at most as much comes back as it sends */
    const uint64_t sizes = sweep_bytes(trace->run) - trace->sizes_before;
    ev_set_int(&path->own_up_kbps, SOURCE_PROBE, kbps(sent - trace->sent_before, sizes, ms));
    ev_set_int(&path->own_down_kbps, SOURCE_PROBE, kbps(received - trace->received_before, sizes, ms));
}

void trace_begin_load(struct trace *trace)
{
    trace->sizes_before = sweep_bytes(trace->run);
    if (!platform_interface_bytes(line_interface(trace), &trace->sent_before, &trace->received_before)) {
        trace->sent_before = trace->received_before = 0;
    }
}
