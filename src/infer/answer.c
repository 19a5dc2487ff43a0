#include "infer/answer.h"

#include <math.h>
#include <string.h>

#include "infer/queue.h"

enum { TELLING = 30 /* probes below which a count tells nothing */ };

/* Posteriors that are enough, at a small and at a large rate of loss, between them by the rate's logarithm. Chosen with
 * the simulation so that each answer is as often right as the table in docs/path.md wants; to wait for more would only
 * take time. A line below the tunnel is somebody else's: to accuse it takes more, and can be had sooner. */
static const double enough = 0.99;
static const double small_below = 0.01;
static const double large_above = 0.10;
static const struct bar {
    double small, large;
} below_tunnel = { 0.997, 0.98 }, of_one_kind = { 0.994, 0.972 }, in_tunnel = { 0.991, 0.92 },
  behind_tunnel = { 0.990, 0.925 };

static const struct bar *bar_of(const struct infer_model *model, const struct infer_hypothesis *hypothesis)
{
    const struct infer_link *link = &model->links[hypothesis->link];
    if (hypothesis->scope != INFER_ALL) {
        return &of_one_kind;
    }
    if (link->leg != LEG_OVERLAY) {
        return &below_tunnel;
    }
    return (link->segments >> SEGMENT_TUNNEL & 1) != 0 ? &in_tunnel : &behind_tunnel;
}

double infer_enough(const struct infer_model *model, const struct infer_hypothesis *hypothesis)
{
    double mean = 0;
    if (hypothesis->link < 0) {
        return enough;
    }
    const struct bar *bar = bar_of(model, hypothesis);
    for (size_t k = 0; k < INFER_RATES; k++) {
        mean += hypothesis->rates[k] * infer_rate(k);
    }
    double way = (log(mean) - log(small_below)) / (log(large_above) - log(small_below));
    way = way < 0 ? 0 : way > 1 ? 1 : way;
    return bar->small + (bar->large - bar->small) * way;
}

static bool hit(const struct infer_place *place, const struct infer_stream *stream, int link, enum infer_scope scope)
{
    return (place->links >> link & 1) != 0 && (stream->subject >> scope & 1) != 0;
}

/* The rate of the best hypothesis on a fine grid: what the places keep to themselves is taken out as the model does,
 * by looking at those alone that lose about as much as the rest. */
static void measure_loss(const struct infer_model *model, const struct infer_hypothesis *best,
                         struct infer_share *share)
{
    double mean = 0;
    for (size_t k = 0; k < INFER_RATES; k++) {
        mean += best->rates[k] * infer_rate(k);
    }
    *share = (struct infer_share){ .known = true };
    for (size_t i = 0; i < model->place_count; i++) {
        const struct infer_place *place = &model->places[i];
        for (size_t s = 0; s < place->stream_count; s++) {
            const struct infer_stream *stream = &place->streams[s];
            double low;
            double high;
            if (stream->sent <= 0 || !hit(place, stream, best->link, best->scope)) {
                continue;
            }
            infer_bounds(stream->sent * model->weight, stream->lost * model->weight, &low, &high);
            if (low <= mean && mean <= high) {
                share->sent += stream->sent;
                share->lost += stream->lost;
            }
        }
    }
    if (share->sent <= 0) {
        share->known = false;
        return;
    }
    share->loss = share->lost / share->sent;
    infer_bounds(share->sent * model->weight, share->lost * model->weight, &share->low, &share->high);
}

/* It loses more than what else crosses there: the place keeps answers to itself. */
static bool is_economy(const struct infer_stream *stream, double rate)
{
    return stream->lost > stream->sent * rate + 3;
}

/* What crossed the whole segment and nothing that is blamed. Behind the lossy link nothing does: there the segment's
 * own loss can only be what is lost beyond the blamed share. */
static void measure_segment(const struct infer_model *model, int segment, const struct infer_answer *answer,
                            const struct infer_hypothesis *best, struct infer_share *share)
{
    const bool harmless = best->link >= 0 && best->scope == INFER_ECHO;
    uint64_t inside = 0;
    double own = 1;
    for (size_t i = 0; i < model->link_count; i++) {
        inside |= (model->links[i].segments >> segment & 1) != 0 ? (uint64_t)1 << i : 0;
    }
    *share = (struct infer_share){ 0 };
    struct infer_share behind = { 0 };
    for (size_t i = 0; inside != 0 && i < model->place_count; i++) {
        const struct infer_place *place = &model->places[i];
        if ((place->links & inside) != inside) {
            continue;
        }
        for (size_t s = 0; s < place->stream_count; s++) {
            const struct infer_stream *stream = &place->streams[s];
            bool blamed = answer->kind == INFER_LOSS && hit(place, stream, best->link, best->scope);
            struct infer_share *sum = blamed ? &behind : share;
            double rate = blamed ? answer->loss.high : 0.01;
            const bool ping = harmless && hit(place, stream, best->link, INFER_ECHO);
            if (stream->sent <= 0 || ping || is_economy(stream, rate)) {
                continue; /* the place keeps answers to itself, or the loss hits pings alone */
            }
            sum->sent += stream->sent;
            sum->lost += stream->lost;
        }
    }
    if (share->sent >= TELLING) {
        share->known = true;
        share->loss = share->lost / share->sent;
        infer_bounds(share->sent, share->lost, &share->low, &share->high);
    } else if (behind.sent >= TELLING) {
        infer_bounds(behind.sent, behind.lost, &share->low, &own);
        *share = (struct infer_share){ .known = true, .behind = true, .sent = behind.sent, .lost = behind.lost };
        share->high = own > answer->loss.low ? own - answer->loss.low : 0;
    }
}

static void note_bursts(const struct ev_path *path, const struct infer_model *model,
                        const struct infer_hypothesis *best, struct infer_answer *answer)
{
    answer->in_bursts = model->weight < 1;
    for (size_t i = 0; i < model->place_count; i++) {
        const struct infer_place *place = &model->places[i];
        for (size_t s = 0; s < place->stream_count; s++) {
            const struct infer_stream *stream = &place->streams[s];
            const struct ev_hop *hop = (const struct ev_hop *)path->hops.items + stream->hop;
            const struct ev_stream *row = (const struct ev_stream *)hop->streams.items + stream->row;
            if (hit(place, stream, best->link, best->scope) && row->longest_run.source != SOURCE_NONE &&
                (double)row->longest_run.v > answer->longest_run) {
                answer->longest_run = (double)row->longest_run.v;
            }
        }
    }
}

/* An end that answers pings and nothing else shows what happens to pings. Connections that were made anyway tell of
 * other packets when they lost some, too. */
static bool only_pings(const struct infer_model *model, const struct infer_hypothesis *best)
{
    bool pings = false;
    if (best->scope != INFER_ALL || model->links[best->link].has[INFER_ECHO]) {
        return false;
    }
    for (size_t i = 0; i < model->place_count; i++) {
        const struct infer_place *place = &model->places[i];
        for (size_t s = 0; s < place->stream_count; s++) {
            const struct infer_stream *stream = &place->streams[s];
            if (stream->sent <= 0 || !hit(place, stream, best->link, INFER_ALL)) {
                continue;
            }
            const bool ping = (stream->subject >> INFER_ECHO & 1) != 0;
            if (!place->end || (!ping && (stream->lost > 0 || !stream->fixed))) {
                return false;
            }
            pings = pings || ping;
        }
    }
    return pings;
}

/* The best answer is a scope in a set of segments: several links in one segment may share it. */
static void settle(const struct infer_model *model, const struct infer_hypothesis *best, struct infer_answer *answer)
{
    const struct infer_link *link = &model->links[best->link];
    double own = best->posterior;
    size_t first = (size_t)best->link;
    size_t last = first;
    answer->posterior = own;
    answer->segments = link->segments;
    answer->scope = best->scope;
    for (size_t h = 1; h < model->hypothesis_count && own < infer_enough(model, best); h++) {
        const struct infer_hypothesis *other = &model->hypotheses[h];
        const struct infer_link *at = &model->links[other->link];
        if (other != best && other->scope == best->scope && at->segments == link->segments && at->leg == link->leg) {
            answer->posterior += other->posterior;
            /* its share is worth naming only when it could be the one */
            if (other->posterior > 0.02) {
                first = (size_t)other->link < first ? (size_t)other->link : first;
                last = (size_t)other->link > last ? (size_t)other->link : last;
            }
        }
    }
    answer->at_link = first == last;
    answer->from = model->links[first].from;
    answer->to = model->links[last].to;
    answer->wanted = infer_enough(model, best);
    answer->kind = answer->posterior >= answer->wanted ? INFER_LOSS : INFER_OPEN;
    answer->only_pings = only_pings(model, best);
}

/* Pings alone are lost, so they tell nothing of other packets: these have to be seen to come through themselves. */
static bool others_tell(const struct infer_model *model, int link)
{
    enum { ENOUGH = 300 }; /* none lost of these: below 1 % */
    const double chance = 0.002;
    double sent = 0;
    double lost = 0;
    double low;
    double high;
    for (size_t i = 0; i < model->place_count; i++) {
        const struct infer_place *place = &model->places[i];
        for (size_t s = 0; s < place->stream_count; s++) {
            const struct infer_stream *stream = &place->streams[s];
            const bool ping = (stream->subject >> INFER_ECHO & 1) != 0;
            if ((place->links >> link & 1) != 0 && !ping && !is_economy(stream, 0.01)) {
                sent += stream->sent;
                lost += stream->lost;
            }
        }
    }
    infer_bounds(sent, lost, &low, &high);
    return sent >= ENOUGH && low < chance;
}

void infer_answer_of(const struct ev_path *path, const struct infer_model *model, struct infer_answer *answer)
{
    const struct infer_hypothesis *best = &model->hypotheses[model->best];
    *answer = (struct infer_answer){ .from = -1, .to = -1 };
    if (model->link_count == 0) {
        return;
    }
    double harmless = 0;
    for (size_t h = 0; h < model->hypothesis_count; h++) {
        bool harms = model->hypotheses[h].link >= 0 && model->hypotheses[h].scope != INFER_ECHO;
        harmless += harms ? 0 : model->hypotheses[h].posterior;
    }
    answer->lossy = 1 - harmless >= enough;
    if (best->link < 0 || best->scope == INFER_ECHO) {
        answer->posterior = harmless;
        answer->wanted = enough;
        const bool told = best->link < 0 || others_tell(model, best->link);
        answer->kind = harmless >= enough && told ? INFER_CLEAN : INFER_OPEN;
    } else {
        settle(model, best, answer);
        measure_loss(model, best, &answer->loss);
        if (path != NULL) {
            note_bursts(path, model, best, answer);
        }
    }
    for (size_t i = 0; i < model->link_count; i++) {
        for (int segment = 0; segment < SEGMENT_COUNT; segment++) {
            bool ends = model->links[i].segments == 1U << segment;
            answer->segment[segment].measured = answer->segment[segment].measured || ends;
        }
    }
    for (int segment = 0; segment < SEGMENT_COUNT; segment++) {
        bool blamed = answer->kind == INFER_LOSS && answer->segments == 1U << segment;
        if (blamed) {
            answer->segment[segment].blamed = true;
            answer->segment[segment].loss = answer->loss;
        } else if (answer->segment[segment].measured) {
            measure_segment(model, segment, answer, best, &answer->segment[segment].loss);
            answer->segment[segment].measured = answer->segment[segment].loss.known;
        }
    }
}

/* A line that is full loses in some moments and nothing in others, and big packets rather than small ones. Places that
 * were not asked in the same moments seem to differ then. */
static void doubt_own_load(const struct ev_path *path, struct infer_answer *answer)
{
    if ((!answer->lossy && answer->kind != INFER_LOSS) || !infer_own_load(path) || !infer_waits(path)) {
        return;
    }
    answer->self_made = true;
    answer->kind = INFER_OPEN;
    for (int segment = 0; segment < SEGMENT_COUNT; segment++) {
        answer->segment[segment].blamed = false;
    }
}

void infer_answer(const struct ev_path *path, struct infer_answer *answer)
{
    struct infer_model model;
    *answer = (struct infer_answer){ .from = -1, .to = -1 };
    if (infer_read(path, &model)) {
        infer_weigh_all(&model);
        infer_answer_of(path, &model, answer);
        doubt_own_load(path, answer);
    }
}
