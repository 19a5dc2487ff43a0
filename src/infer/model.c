#include "infer/model.h"

#include <math.h>
#include <string.h>

#include "evidence/path.h"

/* Weights before anything was seen; only their proportions count. A way that is measured was suspected, so that
 * "nothing is lost" has to be earned. Loss of one kind of packet only is rarer than loss of everything. The numbers
 * were chosen with the simulation in tests/unit/infer_test.c, whose counts hold them in place: no place comes out much
 * more often in another's stead than the other way round. */
static const double scope_prior[INFER_SCOPES] = { 0.40, 0.10, 0.004, 0.0001 };
static const double clean_prior = 0.16;

/* The same by segment. Links in one segment share its weight: a way with many routers is not likelier to lose packets
 * there than one with few. Where networks meet and lines are narrow more is lost than in their cores. What lies before
 * the first router forwards nothing, so that it rarely treats ports differently. */
static const double segment_prior[INFER_SCOPES][SEGMENT_COUNT] = {
    [INFER_ALL] = { [SEGMENT_LAN] = 1.5,
                    [SEGMENT_ISP] = 1.5,
                    [SEGMENT_TRANSIT] = 0.5,
                    [SEGMENT_VPN_GATEWAY] = 1.4,
                    [SEGMENT_TUNNEL] = 1.1,
                    [SEGMENT_OFFICE] = 0.6,
                    [SEGMENT_SERVER] = 0.4 },
    [INFER_TUNNEL] = { [SEGMENT_LAN] = 0.3,
                       [SEGMENT_ISP] = 2,
                       [SEGMENT_TRANSIT] = 0.5,
                       [SEGMENT_VPN_GATEWAY] = 1,
                       [SEGMENT_TUNNEL] = 1,
                       [SEGMENT_OFFICE] = 1,
                       [SEGMENT_SERVER] = 1 },
    [INFER_RDP] = { 1, 1, 1, 1, 1, 1, 1 },
    [INFER_ECHO] = { 1, 1, 1, 1, 1, 1, 1 },
};

static const double rates[INFER_RATES] = { 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.045, 0.07,
                                           0.1,   0.15,  0.25,   0.4,  0.6,   0.75, 0.88, 0.97 };
static const double rate_prior[INFER_RATES] = { 0.003, 0.012, 0.036, 0.075, 0.097, 0.105, 0.12,  0.125, 0.12,
                                                0.11,  0.09,  0.065, 0.04,  0.02,  0.01,  0.008, 0.007 };

/* What a place keeps to itself. Routers limit what they say about expired packets, to any share; a host that limits
 * its answers does it in earnest, so that a small loss there is not its own doing. */
static const struct {
    double rate, router, end;
} own[INFER_OWN] = {
    { 0.0001, 0.84, 0.87 }, { 0.001, 0.06, 0.07 },  { 0.005, 0.002, 0 },    { 0.01, 0.002, 0 },
    { 0.015, 0.002, 0 },    { 0.02, 0.002, 0 },     { 0.03, 0.002, 0 },     { 0.045, 0.002, 0 },
    { 0.06, 0.002, 0 },     { 0.08, 0.002, 0 },     { 0.11, 0.002, 0 },     { 0.15, 0.002, 0 },
    { 0.2, 0.003, 0.001 },  { 0.27, 0.004, 0.001 }, { 0.35, 0.005, 0.001 }, { 0.44, 0.006, 0.005 },
    { 0.53, 0.006, 0.005 }, { 0.62, 0.006, 0.005 }, { 0.71, 0.006, 0.005 }, { 0.8, 0.006, 0.005 },
    { 0.88, 0.008, 0.005 }, { 0.94, 0.01, 0.007 },  { 0.98, 0.01, 0.01 },   { 0.9999, 0.01, 0.01 },
};

double infer_rate(size_t index)
{
    return rates[index];
}

/* Logarithms of surviving and of being lost, by [rate of the link][what the place keeps]. */
struct chances {
    double lost[INFER_RATES + 1][INFER_OWN];
    double log_lost[INFER_RATES + 1][INFER_OWN];
    double log_through[INFER_RATES + 1][INFER_OWN];
    double log_router[INFER_OWN];
    double log_end[INFER_OWN];
    double log_firm[INFER_OWN];
    double weight; /* of every count */
};

static const double firm_below = 0.005;

static void chances_init(struct chances *chances)
{
    for (size_t q = 0; q < INFER_OWN; q++) {
        for (size_t k = 0; k <= INFER_RATES; k++) {
            double through = (k == 0 ? 1 : 1 - rates[k - 1]) * (1 - own[q].rate);
            chances->lost[k][q] = 1 - through;
            chances->log_lost[k][q] = log1p(-through);
            chances->log_through[k][q] = log(through);
        }
        chances->log_router[q] = log(own[q].router);
        chances->log_firm[q] = own[q].rate < firm_below ? log(own[q].end) : (double)-INFINITY;
        chances->log_end[q] = own[q].end > 0 ? log(own[q].end) : (double)-INFINITY;
    }
}

/* The place's counts when the streams in `hit` lose rate k - 1 on the way. */
static void place_weigh(struct infer_place *place, const struct chances *chances, unsigned hit, size_t k, double *out,
                        double next[INFER_STREAMS_MAX])
{
    double logs[INFER_OWN];
    double most = (double)-INFINITY;
    double sum = 0;
    double lost[INFER_STREAMS_MAX] = { 0 };
    for (size_t q = 0; q < INFER_OWN; q++) {
        logs[q] = place->firm ? chances->log_firm[q] : place->end ? chances->log_end[q] : chances->log_router[q];
        for (size_t s = 0; s < place->stream_count; s++) {
            const struct infer_stream *stream = &place->streams[s];
            size_t rate = (hit >> s & 1) != 0 ? k : 0;
            logs[q] += chances->weight * (stream->lost * chances->log_lost[rate][q] +
                                          (stream->sent - stream->lost) * chances->log_through[rate][q]);
        }
        most = logs[q] > most ? logs[q] : most;
    }
    for (size_t q = 0; q < INFER_OWN; q++) {
        if (logs[q] < most - 25) {
            continue;
        }
        double weight = exp(logs[q] - most);
        sum += weight;
        for (size_t s = 0; s < place->stream_count; s++) {
            lost[s] += weight * chances->lost[(hit >> s & 1) != 0 ? k : 0][q];
        }
    }
    *out = most + log(sum);
    for (size_t s = 0; s < place->stream_count; s++) {
        next[s] = lost[s] / sum;
    }
}

unsigned infer_hit_by(const struct infer_place *place, int scope)
{
    unsigned hit = 0;
    for (size_t s = 0; s < place->stream_count; s++) {
        hit |= (place->streams[s].subject >> scope & 1) << s;
    }
    return hit;
}

static void place_refresh(struct infer_place *place, const struct chances *chances)
{
    place_weigh(place, chances, 0, 0, &place->log[0][0], place->next[0][0]);
    for (int scope = 0; scope < INFER_SCOPES; scope++) {
        unsigned hit = infer_hit_by(place, scope);
        int same = 0;
        place->log[scope][0] = place->log[0][0];
        memcpy(place->next[scope][0], place->next[0][0], sizeof place->next[0][0]);
        while (same < scope && infer_hit_by(place, same) != hit) {
            same++;
        }
        for (size_t k = 1; k <= INFER_RATES; k++) {
            if (hit == 0 || same < scope) {
                size_t from = hit == 0 ? 0 : k;
                place->log[scope][k] = place->log[same < scope ? same : 0][from];
                memcpy(place->next[scope][k], place->next[same < scope ? same : 0][from], sizeof place->next[0][0]);
            } else {
                place_weigh(place, chances, hit, k, &place->log[scope][k], place->next[scope][k]);
            }
        }
    }
    place->fresh = true;
}

bool infer_crosses(const struct infer_hypothesis *hypothesis, const struct infer_place *place)
{
    return hypothesis->link >= 0 && (place->links >> hypothesis->link & 1) != 0;
}

/* What the link has of its segments' weights. */
static double weight_of_link(const struct infer_model *model, int scope, const struct infer_link *link)
{
    double weight = link->segments == 0 ? 1 : 0; /* nobody said where it is */
    for (int segment = 0; segment < SEGMENT_COUNT; segment++) {
        double sharers = 0;
        if ((link->segments >> segment & 1) == 0) {
            continue;
        }
        for (size_t i = 0; i < model->link_count; i++) {
            sharers += model->links[i].has[scope] && (model->links[i].segments >> segment & 1) != 0;
        }
        weight += segment_prior[scope][segment] / sharers;
    }
    return weight;
}

/* `posterior` holds the log of the prior for now. */
static void make_hypotheses(struct infer_model *model)
{
    size_t count = 0;
    model->hypotheses[count++] = (struct infer_hypothesis){ .link = -1, .posterior = log(clean_prior) };
    for (int scope = 0; scope < INFER_SCOPES; scope++) {
        const size_t first = count;
        double sum = 0;
        for (size_t i = 0; i < model->link_count; i++) {
            if (model->links[i].has[scope]) {
                const double weight = weight_of_link(model, scope, &model->links[i]);
                model->hypotheses[count++] =
                    (struct infer_hypothesis){ .link = (int)i, .scope = (enum infer_scope)scope, .posterior = weight };
                sum += weight;
            }
        }
        for (size_t h = first; h < count; h++) {
            model->hypotheses[h].posterior = log(scope_prior[scope] * model->hypotheses[h].posterior / sum);
        }
    }
    model->hypothesis_count = count;
}

/* Turns the log of the prior into that of the whole weight, relative to "nothing is lost". */
static void weigh_hypothesis(const struct infer_model *model, struct infer_hypothesis *hypothesis)
{
    double logs[INFER_RATES];
    double most = (double)-INFINITY;
    double sum = 0;
    if (hypothesis->link < 0) {
        return;
    }
    for (size_t k = 0; k < INFER_RATES; k++) {
        logs[k] = log(rate_prior[k]);
    }
    for (size_t i = 0; i < model->place_count; i++) {
        const struct infer_place *place = &model->places[i];
        if (infer_crosses(hypothesis, place)) {
            const double *log_of = place->log[hypothesis->scope];
            for (size_t k = 0; k < INFER_RATES; k++) {
                logs[k] += log_of[k + 1] - log_of[0];
            }
        }
    }
    for (size_t k = 0; k < INFER_RATES; k++) {
        most = logs[k] > most ? logs[k] : most;
    }
    for (size_t k = 0; k < INFER_RATES; k++) {
        hypothesis->rates[k] = exp(logs[k] - most);
        sum += hypothesis->rates[k];
    }
    for (size_t k = 0; k < INFER_RATES; k++) {
        hypothesis->rates[k] /= sum;
    }
    hypothesis->posterior += most + log(sum);
}

static void normalise(struct infer_model *model)
{
    double most = (double)-INFINITY;
    double sum = 0;
    for (size_t h = 0; h < model->hypothesis_count; h++) {
        if (model->hypotheses[h].posterior > most) {
            most = model->hypotheses[h].posterior;
            model->best = h;
        }
    }
    for (size_t h = 0; h < model->hypothesis_count; h++) {
        model->hypotheses[h].posterior = exp(model->hypotheses[h].posterior - most);
        sum += model->hypotheses[h].posterior;
    }
    for (size_t h = 0; h < model->hypothesis_count; h++) {
        model->hypotheses[h].posterior /= sum;
    }
}

double infer_weight(double sent, double lost, double runs)
{
    enum { FEW = 6 };
    const double clearly = 1.4;
    if (lost < FEW || runs < 1 || sent <= lost) {
        return 1;
    }
    /* chance lets a run go on when one of the next few is lost */
    double by_chance = pow(sent / (sent - lost), INFER_RUN_GAP);
    return lost / runs > clearly * by_chance ? runs / lost * by_chance : 1;
}

/* Of all that loses a little; what loses much keeps its answers to itself, in rows. */
static double weight_of(const struct infer_model *model)
{
    const double much = 0.4;
    double sent = 0;
    double lost = 0;
    double runs = 0;
    for (size_t i = 0; i < model->place_count; i++) {
        for (size_t s = 0; s < model->places[i].stream_count; s++) {
            const struct infer_stream *stream = &model->places[i].streams[s];
            if (!stream->fixed && stream->lost > 0 && stream->lost < much * stream->sent) {
                sent += stream->sent;
                lost += stream->lost;
                runs += stream->runs;
            }
        }
    }
    return infer_weight(sent, lost, runs);
}

static bool is_untouched(const struct infer_place *place)
{
    for (size_t s = 0; s < place->stream_count; s++) {
        if (place->streams[s].sent > 0) {
            return false;
        }
    }
    return true;
}

static void weigh(struct infer_model *model, bool gains)
{
    struct chances chances;
    chances_init(&chances);
    chances.weight = weight_of(model);
    for (size_t i = 0; i < model->place_count && chances.weight != model->weight; i++) {
        model->places[i].fresh = false;
    }
    model->weight = chances.weight;
    make_hypotheses(model);
    for (size_t i = 0; i < model->place_count; i++) {
        /* what was never asked weighs nothing; a fresh model has zeroes there */
        if (!model->places[i].fresh && (gains || !is_untouched(&model->places[i]))) {
            place_refresh(&model->places[i], &chances);
        }
    }
    for (size_t h = 0; h < model->hypothesis_count; h++) {
        weigh_hypothesis(model, &model->hypotheses[h]);
    }
    normalise(model);
}

void infer_weigh_all(struct infer_model *model)
{
    weigh(model, false);
}

void infer_weigh_for_choice(struct infer_model *model)
{
    weigh(model, true);
}
