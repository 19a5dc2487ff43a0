/* Streams of probes and their counts. */
#include "path/trace.h"

#include <stdlib.h>
#include <string.h>

#include "infer/segments.h"

enum { LIMIT_LEAST_US = 160000, LIMIT_MOST_US = 1000000, LIMIT_MARGIN_US = 100000, RTTS_TELL = 8 };

static struct trace_stream *find(struct trace *trace, size_t leg, int ttl, enum stream_kind kind,
                                 enum stream_reach reach)
{
    for (size_t i = 0; i < trace->stream_count; i++) {
        struct trace_stream *stream = &trace->streams[i];
        if (stream->leg == leg && stream->ttl == ttl && stream->kind == kind && stream->reach == reach) {
            return stream;
        }
    }
    return NULL;
}

static struct trace_stream *ensure(struct trace *trace, size_t leg, int ttl, enum stream_kind kind,
                                   enum stream_reach reach)
{
    struct trace_stream *stream = find(trace, leg, ttl, kind, reach);
    if (stream == NULL && trace->stream_count < TRACE_STREAMS_MAX) {
        stream = &trace->streams[trace->stream_count++];
        *stream = (struct trace_stream){ .leg = leg, .ttl = ttl, .kind = kind, .reach = reach };
    }
    return stream;
}

/* Takes over what the search counted so far. */
static void take_early(struct trace *trace, struct trace_stream *stream, struct trace_early *early)
{
    if (stream == NULL) {
        return;
    }
    stream->sent += early->sent;
    stream->lost += early->lost;
    stream->runs += early->lost;
    stream->late += early->late;
    trace->fresh += early->sent;
    for (size_t i = 0; i < early->rtt_count; i++) {
        stream->rtts_us[stream->rtt_count++ % TRACE_RTTS_MAX] = early->rtts_us[i];
    }
    *early = (struct trace_early){ 0 };
}

/* A router that never answered has no stream. */
static void make_stream(struct trace *trace, size_t leg, int ttl, size_t kind, enum stream_reach reach)
{
    take_early(trace, ensure(trace, leg, ttl, trace->legs[leg].kind_of[kind], reach),
               &trace->legs[leg].early[kind][ttl - 1]);
}

void trace_searched(struct trace_leg *leg, const struct prober_answer *answer)
{
    if (answer->ttl == 0 || answer->ttl > HOPS_MAX || (answer->tag >= leg->kind_count && answer->tag != HOPS_TAG_OWN)) {
        return;
    }
    struct trace_early *early = &leg->early[answer->tag][answer->ttl - 1];
    bool back = answer->result == PROBER_TIME_EXCEEDED || answer->result == PROBER_REPLY ||
                answer->result == PROBER_RESET ||
                (answer->result == PROBER_UNREACHABLE && address_equal(&answer->from, &leg->to.to));
    if (answer->late) {
        early->late += back;
        early->lost -= back && early->lost > 0;
    } else if (back || answer->result == PROBER_NOTHING) {
        early->sent++;
        early->lost += !back;
    }
    if (back && early->rtt_count < COUNT_OF(early->rtts_us)) {
        early->rtts_us[early->rtt_count++] = answer->rtt_us < INT32_MAX ? (int32_t)answer->rtt_us : INT32_MAX;
    }
}

static void note_address(struct trace_leg *leg, int ttl, const struct address *address)
{
    size_t *count = &leg->address_count[ttl - 1];
    for (size_t i = 0; i < *count; i++) {
        if (address_equal(&leg->addresses[ttl - 1][i], address)) {
            return;
        }
    }
    if (address->family != ADDRESS_NONE && *count < PATH_ADDRESSES_MAX) {
        leg->addresses[ttl - 1][(*count)++] = *address;
    }
}

static void make_end(struct trace *trace, size_t leg, int ttl, const struct hops_place *place)
{
    const struct trace_leg *way = &trace->legs[leg];
    for (size_t k = 0; k < way->kind_count; k++) {
        bool plain = way->kind_of[k] == STREAM_ECHO || way->kind_of[k] == STREAM_UDP;
        if (plain && place->seen[k].answered > 0) {
            make_stream(trace, leg, ttl, k, REACH_WHOLE);
        }
    }
    if (way->service != NULL) {
        (void)ensure(trace, leg, ttl, STREAM_SERVICE, REACH_WHOLE);
    }
}

static void make_place(struct trace *trace, size_t leg, const struct hops_place *place)
{
    const struct trace_leg *way = &trace->legs[leg];
    const struct address *address = hops_address(place);
    for (size_t k = 0; k < way->kind_count; k++) {
        if (place->seen[k].answered > 0) {
            make_stream(trace, leg, place->ttl, k, REACH_TTL);
        }
    }
    if (place->own == HOPS_OWN_ANSWERS && address != NULL && trace_same_way(way, address)) {
        struct trace_stream *own = ensure(trace, leg, place->ttl, STREAM_ECHO, REACH_OWN);
        if (own != NULL) {
            own->own_address = *address;
            take_early(trace, own, &trace->legs[leg].early[HOPS_TAG_OWN][place->ttl - 1]);
        }
    }
}

void trace_make_streams(struct trace *trace)
{
    for (size_t l = 0; l < trace->leg_count; l++) {
        struct trace_leg *leg = &trace->legs[l];
        for (size_t i = 0; i < leg->found.count; i++) {
            const struct hops_place *place = &leg->found.places[i];
            for (size_t k = 0; k < leg->kind_count; k++) {
                note_address(leg, place->ttl, &place->seen[k].from);
            }
            if (place->end) {
                make_end(trace, l, place->ttl, place);
            } else {
                make_place(trace, l, place);
            }
        }
    }
    trace->solved = false;
}

uint64_t trace_sent(struct trace *trace, size_t stream)
{
    struct trace_out *out = &trace->out[trace->next % TRACE_OUT_MAX];
    *out = (struct trace_out){ .stream = (uint8_t)stream, .fate = FATE_OUT };
    return trace->next++ << 8 | stream;
}

static void count(struct trace *trace, const struct trace_out *out)
{
    struct trace_stream *stream = &trace->streams[out->stream];
    if (out->fate == FATE_VOID) {
        return;
    }
    stream->sent++;
    trace->fresh++;
    trace->counted++;
    if (out->fate == FATE_LOST) {
        stream->lost++;
        stream->silent++;
        trace->silence++;
        trace->run_now = trace->counted - trace->last_loss <= INFER_RUN_GAP ? trace->run_now + 1 : 1;
        trace->last_loss = trace->counted;
        stream->runs += trace->run_now == 1;
        stream->longest_run = trace->run_now > stream->longest_run ? trace->run_now : stream->longest_run;
        return;
    }
    stream->rtts_us[stream->rtt_count++ % TRACE_RTTS_MAX] = out->rtt_us;
    trace_end_silence(trace);
}

/* The place that was asked, or its router, speaks: not a filter in front of it. */
static bool speaks_itself(const struct trace *trace, const struct trace_stream *stream, const struct address *from)
{
    const struct trace_leg *leg = &trace->legs[stream->leg];
    if (stream->reach != REACH_TTL) {
        return address_equal(from, stream->reach == REACH_OWN ? &stream->own_address : &leg->to.to);
    }
    for (size_t i = 0; i < leg->address_count[stream->ttl - 1]; i++) {
        if (address_equal(from, &leg->addresses[stream->ttl - 1][i])) {
            return true;
        }
    }
    return false;
}

/* It comes from where it should, whatever it says. */
static enum trace_fate fate_of(const struct trace *trace, const struct trace_stream *stream,
                               const struct prober_answer *answer)
{
    switch (answer->result) {
    case PROBER_NOTHING:
        return FATE_LOST;
    case PROBER_NOT_SENT:
    case PROBER_TOO_BIG:
        return FATE_VOID;
    case PROBER_TIME_EXCEEDED:
        return stream->reach == REACH_TTL ? FATE_BACK : FATE_VOID;
    case PROBER_UNREACHABLE:
        return answer->port_closed || speaks_itself(trace, stream, &answer->from) ? FATE_BACK : FATE_VOID;
    case PROBER_REPLY:
    case PROBER_RESET:
        break;
    }
    return FATE_BACK;
}

static void note_late(struct trace *trace, struct trace_stream *stream, struct trace_out *out, bool counted,
                      enum trace_fate fate, int32_t rtt_us)
{
    if (fate != FATE_BACK) {
        return;
    }
    stream->late++;
    if (!counted && out->fate == FATE_LOST) {
        out->fate = FATE_BACK;
        out->rtt_us = rtt_us;
    } else if (counted && stream->lost > 0) {
        trace_end_silence(trace);
        stream->lost--;
        stream->runs = stream->runs > stream->lost ? stream->lost : stream->runs;
        stream->rtts_us[stream->rtt_count++ % TRACE_RTTS_MAX] = rtt_us;
    }
}

void trace_answered(struct trace *trace, const struct prober_answer *answer)
{
    size_t index = answer->tag & 0xff;
    uint64_t number = answer->tag >> 8;
    struct trace_stream *stream = &trace->streams[index];
    struct trace_out *out = &trace->out[number % TRACE_OUT_MAX];
    enum trace_fate fate = fate_of(trace, stream, answer);
    int32_t rtt_us = answer->rtt_us < INT32_MAX ? (int32_t)answer->rtt_us : INT32_MAX;
    if (answer->late) {
        note_late(trace, stream, out, number < trace->first, fate, rtt_us);
    } else if (number >= trace->first) {
        out->fate = (uint8_t)fate;
        out->rtt_us = rtt_us;
    }
    if (answer->result == PROBER_TIME_EXCEEDED && stream->reach == REACH_TTL) {
        note_address(&trace->legs[stream->leg], stream->ttl, &answer->from);
    }
    if (fate == FATE_VOID && answer->result == PROBER_UNREACHABLE) {
        stream->refused++;
        trace->solved = trace->solved && stream->refused != TRACE_REFUSED;
    } else if (fate == FATE_BACK) {
        stream->refused = 0;
    }
    trace->not_sent = answer->result == PROBER_NOT_SENT ? trace->not_sent + 1 : 0;
    while (trace->first < trace->next && trace->out[trace->first % TRACE_OUT_MAX].fate != FATE_OUT) {
        count(trace, &trace->out[trace->first++ % TRACE_OUT_MAX]);
    }
}

static int by_size(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a;
    int32_t right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

struct spread {
    size_t count;
    int32_t min, median, p95;
};

static struct spread spread_of(const struct trace_stream *stream)
{
    int32_t sorted[TRACE_RTTS_MAX];
    size_t count = stream->rtt_count < TRACE_RTTS_MAX ? stream->rtt_count : TRACE_RTTS_MAX;
    if (count == 0) {
        return (struct spread){ 0 };
    }
    memcpy(sorted, stream->rtts_us, count * sizeof sorted[0]);
    qsort(sorted, count, sizeof sorted[0], by_size);
    return (struct spread){ count, sorted[0], sorted[count / 2], sorted[count * 95 / 100] };
}

int64_t trace_limit_us(const struct trace *trace)
{
    int64_t most = 0;
    size_t seen = 0;
    for (size_t i = 0; i < trace->stream_count; i++) {
        const struct spread spread = spread_of(&trace->streams[i]);
        seen += spread.count;
        most = spread.p95 > most ? spread.p95 : most;
    }
    int64_t limit = 3 * most + LIMIT_MARGIN_US;
    if (seen < RTTS_TELL || limit > LIMIT_MOST_US) {
        return LIMIT_MOST_US;
    }
    return limit < LIMIT_LEAST_US ? LIMIT_LEAST_US : limit;
}

static bool record_stream(struct ev_hop *hop, const struct trace_stream *stream, struct error *error)
{
    struct ev_stream *row = ev_list_add(&hop->streams, SOURCE_PROBE, &stream_table, PATH_STREAMS_MAX, error);
    if (row == NULL) {
        return false;
    }
    const struct spread spread = spread_of(stream);
    ev_set_enum(&row->kind, SOURCE_PROBE, (int)stream->kind);
    ev_set_enum(&row->reach, SOURCE_PROBE, (int)stream->reach);
    ev_set_int(&row->sent, SOURCE_PROBE, stream->sent);
    ev_set_int(&row->lost, SOURCE_PROBE, stream->lost);
    if (stream->late > 0) {
        ev_set_int(&row->late, SOURCE_PROBE, stream->late);
    }
    if (stream->lost > 0) {
        ev_set_int(&row->runs, SOURCE_PROBE, stream->runs);
        ev_set_int(&row->longest_run, SOURCE_PROBE, stream->longest_run);
    }
    if (spread.count > 0) {
        ev_set_int(&row->rtt_us.min, SOURCE_PROBE, spread.min);
        ev_set_int(&row->rtt_us.median, SOURCE_PROBE, spread.median);
        ev_set_int(&row->rtt_us.p95, SOURCE_PROBE, spread.p95);
    }
    return true;
}

static bool record_hop(struct trace *trace, size_t l, int ttl, bool end, struct error *error)
{
    const struct trace_leg *leg = &trace->legs[l];
    struct ev_list *hops = &trace->run->evidence->path.hops;
    size_t index = hops->count;
    struct ev_hop *hop = ev_list_add(hops, SOURCE_PROBE, &hop_table, PATH_HOPS_MAX, error);
    if (hop == NULL) {
        return false;
    }
    ev_set_enum(&hop->leg, SOURCE_PROBE, (int)leg->to.leg);
    if (ttl > 0) {
        ev_set_int(&hop->ttl, SOURCE_PROBE, ttl);
    }
    ev_set_bool(&hop->end, SOURCE_PROBE, end);
    size_t addresses = ttl > 0 && !end ? leg->address_count[ttl - 1] : end ? 1 : 0;
    for (size_t i = 0; i < addresses; i++) {
        char text[ADDRESS_TEXT_SIZE];
        struct ev_address_item *item =
            ev_list_add(&hop->addresses, SOURCE_PROBE, &address_item_table, PATH_ADDRESSES_MAX, error);
        address_format(end ? &leg->to.to : &leg->addresses[ttl - 1][i], text);
        if (item == NULL || !ev_set_words(&item->address, SOURCE_PROBE, text, error)) {
            return false;
        }
    }
    for (size_t i = 0; i < trace->stream_count; i++) {
        const struct trace_stream *stream = &trace->streams[i];
        if (stream->leg == l && stream->ttl == ttl && (stream->reach == REACH_WHOLE) == end &&
            hop->streams.count < PATH_STREAMS_MAX) {
            trace->rows[index][hop->streams.count] = (uint8_t)i;
            if (!record_stream(hop, stream, error)) {
                return false;
            }
        }
    }
    return true;
}

static bool record_leg(struct trace *trace, size_t l, struct error *error)
{
    enum { HALF = PATH_HOPS_MAX / 2 };
    const struct trace_leg *leg = &trace->legs[l];
    size_t count = leg->found.count < HALF - 1 ? leg->found.count : HALF - 1;
    for (size_t i = 0; i < count; i++) {
        if (!record_hop(trace, l, leg->found.places[i].ttl, leg->found.places[i].end, error)) {
            return false;
        }
    }
    return leg->found.distance > 0 || record_hop(trace, l, 0, true, error);
}

bool trace_record(struct trace *trace, struct error *error)
{
    struct ev_path *path = &trace->run->evidence->path;
    const struct prober_counts counts = prober_counts(trace->prober);
    struct ev_path old = *path;
    path->hops = (struct ev_list){ 0 };
    path->segments = (struct ev_list){ 0 };
    struct ev_path lists = { .hops = old.hops, .segments = old.segments };
    field_release(evidence_group(CHECK_PATH), &lists);
    ev_set_int(&path->probes, SOURCE_PROBE, (int64_t)counts.sent);
    ev_set_int(&path->foreign, SOURCE_PROBE, (int64_t)counts.foreign);
    /* below the tunnel first */
    for (size_t l = trace->leg_count; l > 0; l--) {
        if (!record_leg(trace, l - 1, error)) {
            return false;
        }
    }
    if (!trace_record_tcp(trace->run->evidence, error)) {
        return false;
    }
    struct address target;
    const struct ev_text *address = &trace->run->evidence->target.address;
    bool known = address->v != NULL && address_parse(address->v, &target);
    infer_place_hops(path, known && address_class_of(&target) == ADDRESS_CLASS_PRIVATE);
    return true;
}
