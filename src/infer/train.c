#include "infer/train.h"

#include "facts/thresholds.h"

int64_t infer_slow_kbps(void)
{
    return threshold_fact(THRESHOLD_BANDWIDTH)->bad;
}

enum {
    ANSWERS_FEWEST = 4, /* fewer say nothing about a pace */
    TTLS = 32,
    BITS = 8,
};

static bool is(const struct ev_enum *field, int value)
{
    return field->source != SOURCE_NONE && field->v == value;
}

static int64_t kbps(int64_t packets, int64_t size, int64_t span_us)
{
    enum { US_PER_MS = 1000 };
    return packets * size * BITS * US_PER_MS / span_us;
}

struct rate infer_train(const struct ev_train *train)
{
    enum { SIZE_MOST = 65535, PACKETS_MOST = 1000 };
    struct rate rate = { .known = false };
    const int64_t apart = train->last.v - train->first.v;
    if (train->span_us.source == SOURCE_NONE || train->span_us.v <= 0 || train->answered.v < ANSWERS_FEWEST ||
        train->size.v <= 0 || train->size.v > SIZE_MOST || apart <= 0 || apart > PACKETS_MOST ||
        train->answered.v - 1 > apart) {
        return rate;
    }
    rate.known = true;
    rate.low_kbps = kbps(train->answered.v - 1, train->size.v, train->span_us.v);
    /* as close together as they were sent: the line may take far more */
    const bool drawn_apart = train->span_us.v > train->send_us.v + train->send_us.v / 2;
    rate.high_kbps = drawn_apart ? kbps(apart, train->size.v, train->span_us.v) : 0;
    return rate;
}

static bool below(const struct rate *rate, int64_t bar_kbps)
{
    return rate->known && rate->high_kbps > 0 && rate->high_kbps < bar_kbps;
}

/* The best that any train to the same place came to: what disturbs a train only makes it slower. */
static void better(struct rate *best, const struct rate *rate)
{
    if (!rate->known) {
        return;
    }
    if (!best->known) {
        *best = *rate;
        return;
    }
    best->low_kbps = rate->low_kbps > best->low_kbps ? rate->low_kbps : best->low_kbps;
    if (best->high_kbps != 0 && (rate->high_kbps == 0 || rate->high_kbps > best->high_kbps)) {
        best->high_kbps = rate->high_kbps;
    }
}

struct paces {
    struct rate out[TTLS + 1];  /* by TTL: big on the way out only; [0]: to the end */
    struct rate both[TTLS + 1]; /* big both ways */
    const char *address[TTLS + 1];
    int end_ttl; /* 0: not known */
};

static void gather(const struct ev_bandwidth *bandwidth, enum path_leg leg, struct paces *paces, struct slow *out)
{
    ev_each (train, const struct ev_train, &bandwidth->trains) {
        const int64_t ttl = train->ttl.source != SOURCE_NONE ? train->ttl.v : 0;
        if (!is(&train->leg, (int)leg) || ttl < 0 || ttl > TTLS) {
            continue;
        }
        out->tried = true;
        const bool whole = is(&train->reach, REACH_WHOLE);
        const int at = whole ? 0 : (int)ttl;
        if (!whole && ttl == 0) {
            continue;
        }
        /* an echo comes back as big as it went, an error message does not */
        const bool both = is(&train->kind, STREAM_ECHO) && !is(&train->reach, REACH_TTL);
        const struct rate rate = infer_train(train);
        better(both ? &paces->both[at] : &paces->out[at], &rate);
        paces->end_ttl = whole && ttl > 0 ? (int)ttl : paces->end_ttl;
        paces->address[at] = train->address.source != SOURCE_NONE ? train->address.v : paces->address[at];
        if (rate.known && train->idle_us.source != SOURCE_NONE && train->loaded_us.source != SOURCE_NONE &&
            train->loaded_us.v - train->idle_us.v > out->loaded_us - out->idle_us) {
            out->idle_us = train->idle_us.v;
            out->loaded_us = train->loaded_us.v;
        }
    }
}

/* To one place, the way out: by its own trains, or by those that are big both ways, which cannot be faster. */
static const struct rate *pace_at(const struct paces *paces, int ttl)
{
    return paces->out[ttl].known ? &paces->out[ttl] : &paces->both[ttl];
}

static int farthest(const struct paces *paces)
{
    int far = 0;
    for (int ttl = 1; ttl <= TTLS; ttl++) {
        far = paces->out[ttl].known || paces->both[ttl].known ? ttl : far;
    }
    return far;
}

/* A router that is slow to answer slows nobody down: the pace counts only when it is kept by all behind it. */
static void locate(const struct paces *paces, int end, int64_t bar_kbps, struct slow *out)
{
    int near = 0;
    for (int ttl = 1; ttl <= end; ttl++) {
        const struct rate *pace = pace_at(paces, ttl);
        near = pace->known && !below(pace, bar_kbps) ? ttl : near;
    }
    out->near_ttl = near;
    out->near = near > 0 ? paces->address[near] : NULL;
    for (int ttl = near + 1; ttl <= end; ttl++) {
        if (below(pace_at(paces, ttl), bar_kbps)) {
            out->far_ttl = ttl;
            out->far = paces->address[ttl];
            return;
        }
    }
    out->far_end = true;
    out->far_ttl = paces->end_ttl;
    out->far = paces->address[0];
}

void infer_slow_leg(const struct ev_bandwidth *bandwidth, enum path_leg leg, int64_t bar_kbps, struct slow *out)
{
    struct paces paces = { .end_ttl = 0 };
    *out = (struct slow){ .idle_us = -1, .loaded_us = -1 };
    gather(bandwidth, leg, &paces, out);
    const bool end_known = paces.out[0].known || paces.both[0].known;
    const int at = end_known ? 0 : farthest(&paces);
    out->whole = paces.both[at].known ? paces.both[at] : paces.out[at];
    out->out = paces.out[at];
    out->whole_known = out->whole.known;
    const bool out_slow = below(&paces.out[at], bar_kbps);
    out->slow = below(&out->whole, bar_kbps) || out_slow;
    if (!out->slow) {
        return;
    }
    /* fast on the way out, slow there and back: it is the way back, and the routers on the way cannot tell where */
    out->back = paces.out[at].known && !out_slow;
    if (out->back) {
        out->far_end = true;
        out->far_ttl = paces.end_ttl;
        out->far = paces.address[0];
        return;
    }
    locate(&paces, end_known ? (paces.end_ttl > 0 ? paces.end_ttl - 1 : TTLS) : at, bar_kbps, out);
}

bool infer_slow(const struct evidence *evidence, int64_t bar_kbps, struct slow *out, enum path_leg *leg)
{
    bool below = false;
    static const enum path_leg legs[] = { LEG_DIRECT, LEG_UNDERLAY, LEG_OVERLAY };
    for (size_t i = 0; i < sizeof(legs) / sizeof(legs[0]); i++) {
        *leg = legs[i];
        infer_slow_leg(&evidence->bandwidth, legs[i], bar_kbps, out);
        if (out->slow) {
            out->below_unknown = legs[i] == LEG_OVERLAY && out->near_ttl == 0 && !below;
            return true;
        }
        below = legs[i] == LEG_UNDERLAY && out->whole_known;
    }
    return false;
}
