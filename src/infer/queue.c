#include "infer/queue.h"

#include "facts/thresholds.h"

enum { SAMPLES_FEWEST = 10, LOAD_LEAST_KBPS = 100 /* our own probes come to some 40 */ };

struct waits {
    int hop;
    int64_t idle_us, loaded_us;
};

/* Of the streams from one place the one that was asked most: the others may have been asked in quiet moments only. */
static bool wait_at(const struct ev_hop *hop, int index, struct waits *out)
{
    int64_t most = SAMPLES_FEWEST - 1;
    ev_each (stream, const struct ev_stream, &hop->streams) {
        const struct ev_rtt *rtt = &stream->rtt_us;
        const int64_t answered = stream->sent.v - stream->lost.v;
        if (rtt->min.source != SOURCE_NONE && rtt->p95.source != SOURCE_NONE && answered > most) {
            *out = (struct waits){ .hop = index, .idle_us = rtt->min.v, .loaded_us = rtt->p95.v };
            most = answered;
        }
    }
    return most >= SAMPLES_FEWEST;
}

/* In the order that packets pass them: the way below a tunnel comes before what is inside it. */
static size_t gather(const struct ev_path *path, struct waits waits[PATH_HOPS_MAX])
{
    static const enum path_leg legs[] = { LEG_DIRECT, LEG_UNDERLAY, LEG_OVERLAY };
    const struct ev_hop *hops = path->hops.items;
    size_t count = 0;
    for (size_t l = 0; l < sizeof(legs) / sizeof(legs[0]); l++) {
        for (size_t i = 0; i < path->hops.count && count < PATH_HOPS_MAX; i++) {
            const bool on = hops[i].leg.source != SOURCE_NONE && hops[i].leg.v == (int)legs[l];
            count += on && wait_at(&hops[i], (int)i, &waits[count]);
        }
    }
    return count;
}

/* Between the two hops lies one link alone: none that was asked too little to say where packets wait. */
static bool next_to(const struct ev_path *path, int from, int to)
{
    const struct ev_hop *hops = path->hops.items;
    const bool same_leg = from < 0 || hops[from].leg.v == hops[to].leg.v;
    return !same_leg || hops[to].ttl.v - (from < 0 ? 0 : hops[from].ttl.v) == 1;
}

bool infer_queue(const struct ev_path *path, struct infer_queue *queue)
{
    struct waits waits[PATH_HOPS_MAX];
    const int64_t bar_us = threshold_fact(THRESHOLD_JITTER)->bad;
    const size_t count = gather(path, waits);
    size_t first = count;
    /* from the end: all places behind the link wait, the first of them in full */
    for (size_t i = count; i > 0 && waits[i - 1].loaded_us - waits[i - 1].idle_us >= bar_us / 2; i--) {
        first = waits[i - 1].loaded_us - waits[i - 1].idle_us >= bar_us ? i - 1 : first;
    }
    if (count - first < 2) {
        return false;
    }
    const struct ev_hop *hop = (const struct ev_hop *)path->hops.items + waits[first].hop;
    const int from = first > 0 ? waits[first - 1].hop : -1;
    const bool known = hop->segment.source != SOURCE_NONE && next_to(path, from, waits[first].hop);
    *queue = (struct infer_queue){
        .from = from,
        .to = waits[first].hop,
        .segment = known ? (enum path_segment)hop->segment.v : SEGMENT_COUNT,
        .idle_us = waits[first].idle_us,
        .loaded_us = waits[first].loaded_us,
        .witnesses = (unsigned)(count - first),
    };
    return true;
}

/* Whatever kind of probe saw it. */
static bool waits_at(const struct ev_hop *hop, int64_t bar_us)
{
    int64_t idle_us = INT64_MAX;
    int64_t loaded_us = 0;
    ev_each (stream, const struct ev_stream, &hop->streams) {
        const struct ev_rtt *rtt = &stream->rtt_us;
        if (rtt->min.source == SOURCE_NONE || rtt->p95.source == SOURCE_NONE) {
            continue;
        }
        idle_us = rtt->min.v < idle_us ? rtt->min.v : idle_us;
        if (stream->sent.v - stream->lost.v >= SAMPLES_FEWEST && rtt->p95.v > loaded_us) {
            loaded_us = rtt->p95.v;
        }
    }
    return loaded_us > 0 && loaded_us - idle_us >= bar_us;
}

bool infer_waits(const struct ev_path *path)
{
    const int64_t bar_us = threshold_fact(THRESHOLD_JITTER)->bad;
    unsigned places = 0;
    bool end = false;
    ev_each (hop, const struct ev_hop, &path->hops) {
        const bool waits = waits_at(hop, bar_us);
        places += waits;
        end = end || (waits && hop->end.source != SOURCE_NONE && hop->end.v);
    }
    return end || places > 1;
}

bool infer_own_load(const struct ev_path *path)
{
    return (path->own_up_kbps.source != SOURCE_NONE && path->own_up_kbps.v >= LOAD_LEAST_KBPS) ||
           (path->own_down_kbps.source != SOURCE_NONE && path->own_down_kbps.v >= LOAD_LEAST_KBPS);
}
