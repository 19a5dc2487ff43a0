/* Which probe tells most. */
#include <math.h>

#include "infer/model.h"

/* What is to be told apart: that nothing is lost that harms; each link that loses packets of any kind; and of one kind
 * of packet only the segment. Links of one segment that lose one kind are one answer. */
struct answers {
    size_t of[INFER_HYPOTHESES_MAX]; /* by hypothesis */
    double posterior[INFER_HYPOTHESES_MAX];
    size_t count;
    size_t best;
    bool sharp; /* a loss stands out: the rest of the way is to exclude the others */
};

static bool same_answer(const struct infer_model *model, const struct infer_hypothesis *a,
                        const struct infer_hypothesis *b)
{
    const bool harmless_a = a->link < 0 || a->scope == INFER_ECHO;
    const bool harmless_b = b->link < 0 || b->scope == INFER_ECHO;
    if (harmless_a || harmless_b) {
        return harmless_a && harmless_b;
    }
    const struct infer_link *at_a = &model->links[a->link];
    const struct infer_link *at_b = &model->links[b->link];
    return a->scope == b->scope && a->scope != INFER_ALL && at_a->segments == at_b->segments && at_a->leg == at_b->leg;
}

static void gather(const struct infer_model *model, struct answers *answers)
{
    const double stands_out = 0.35;
    size_t first[INFER_HYPOTHESES_MAX];
    answers->count = 0;
    for (size_t h = 0; h < model->hypothesis_count; h++) {
        size_t at = 0;
        while (at < answers->count && !same_answer(model, &model->hypotheses[first[at]], &model->hypotheses[h])) {
            at++;
        }
        if (at == answers->count) {
            first[at] = h;
            answers->posterior[at] = 0;
            answers->count++;
        }
        answers->of[h] = at;
        answers->posterior[at] += model->hypotheses[h].posterior;
    }
    answers->best = answers->of[model->best];
    answers->sharp = model->hypotheses[model->best].link >= 0 && answers->posterior[answers->best] >= stands_out;
}

static double entropy(double p)
{
    return p <= 0 || p >= 1 ? 0 : -(p * log2(p) + (1 - p) * log2(1 - p));
}

/* Bits by which one probe is expected to speak against `q` when `p` is true. */
static double against(double p, double q)
{
    const double least = 1e-6;
    q = q < least ? least : q > 1 - least ? 1 - least : q;
    return (p > 0 ? p * log2(p / q) : 0) + (p < 1 ? (1 - p) * log2((1 - p) / (1 - q)) : 0);
}

/* Chance that the next probe is lost, by answer. A stream that a hypothesis does not hit learns from one beside it that
 * it does: what the place keeps to itself is shared. */
static void foresee(const struct infer_model *model, const struct answers *answers, const struct infer_place *place,
                    size_t s, double lost[INFER_HYPOTHESES_MAX])
{
    const double quiet = place->next[0][0][s];
    for (size_t i = 0; i < answers->count; i++) {
        lost[i] = 0;
    }
    for (size_t h = 0; h < model->hypothesis_count; h++) {
        const struct infer_hypothesis *hypothesis = &model->hypotheses[h];
        double chance = quiet;
        if (hypothesis->posterior >= 1e-7 && infer_crosses(hypothesis, place) &&
            infer_hit_by(place, hypothesis->scope) != 0) {
            chance = 0;
            for (size_t k = 0; k < INFER_RATES; k++) {
                chance += hypothesis->rates[k] * place->next[hypothesis->scope][k + 1][s];
            }
        }
        lost[answers->of[h]] += hypothesis->posterior * chance;
    }
    for (size_t i = 0; i < answers->count; i++) {
        lost[i] = answers->posterior[i] > 0 ? lost[i] / answers->posterior[i] : quiet;
    }
}

/* First mutual information between the fate of one more probe and the answer. It hopes for surprises, though: once a
 * loss stands out, what excludes the other answers soonest if it is true is worth more (Chernoff 1959). */
static double gain_of(const struct infer_model *model, const struct answers *answers, const struct infer_place *place,
                      size_t s)
{
    double lost[INFER_HYPOTHESES_MAX];
    double mean = 0;
    double inside = 0;
    double excludes = 0;
    foresee(model, answers, place, s, lost);
    for (size_t i = 0; i < answers->count; i++) {
        mean += answers->posterior[i] * lost[i];
        inside += answers->posterior[i] * entropy(lost[i]);
        excludes += i == answers->best ? 0 : answers->posterior[i] * against(lost[answers->best], lost[i]);
    }
    const double gain = answers->sharp ? excludes : entropy(mean) - inside;
    return gain > 0 ? gain : 0;
}

void infer_solve(struct infer_model *model)
{
    struct answers answers;
    infer_weigh_for_choice(model);
    gather(model, &answers);
    for (size_t i = 0; i < model->place_count; i++) {
        struct infer_place *place = &model->places[i];
        for (size_t s = 0; s < place->stream_count; s++) {
            place->streams[s].gain =
                place->streams[s].fixed || place->streams[s].closed ? 0 : gain_of(model, &answers, place, s);
        }
    }
}

static const double as_good = 0.97; /* of the best gain: streams that are asked in turns */

bool infer_choose(const struct infer_model *model, double dice, size_t *place, size_t *stream)
{
    double most = 0;
    double sum = 0;
    bool found = false;
    for (size_t i = 0; i < model->place_count; i++) {
        for (size_t s = 0; s < model->places[i].stream_count; s++) {
            most = model->places[i].streams[s].gain > most ? model->places[i].streams[s].gain : most;
        }
    }
    for (int pass = 0; pass < 2; pass++) {
        double left = dice * sum;
        for (size_t i = 0; i < model->place_count; i++) {
            for (size_t s = 0; s < model->places[i].stream_count; s++) {
                double gain = model->places[i].streams[s].gain;
                if (gain <= 0 || gain < as_good * most) {
                    continue;
                }
                sum += gain;
                left -= gain;
                if (pass == 1 && (left < 0 || !found)) {
                    *place = i;
                    *stream = s;
                    found = true;
                }
                if (pass == 1 && left < 0) {
                    return true;
                }
            }
        }
    }
    return found;
}
