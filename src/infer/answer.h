/* From the counts of a path group to words' worth: is something lost, where, how much, how sure. */
#ifndef RDPWHY_INFER_ANSWER_H
#define RDPWHY_INFER_ANSWER_H

#include "evidence/evidence.h"
#include "infer/model.h"

/* Fills links, places and streams from the hops. False: nothing there that could be measured. */
bool infer_read(const struct ev_path *path, struct infer_model *model);

/* Posterior that is enough to stop at, for this hypothesis: about 0.99; less where much is lost. */
double infer_enough(const struct infer_model *model, const struct infer_hypothesis *hypothesis);

enum infer_kind {
    INFER_MUTE,  /* nothing answers: unmeasured */
    INFER_OPEN,  /* no answer stands out yet */
    INFER_CLEAN, /* nothing is lost */
    INFER_LOSS,
};

struct infer_share {
    bool known;
    double loss; /* most probable */
    double low;  /* 95 % of the belief lies between low and high */
    double high;
    double sent; /* what it rests on, as it was counted */
    double lost;
    bool behind; /* it crossed the loss as well: `low` and `high` bound what may be its own, the counts do not */
};

struct infer_answer {
    enum infer_kind kind;
    double posterior; /* of this answer, or of the best one when it is open */
    double wanted;    /* posterior that would be enough for it */
    bool lossy;       /* something is surely lost, its place may be open; what follows holds */
    enum infer_scope scope;
    unsigned segments; /* set of 1 << enum path_segment the lossy link may lie in; one when that is told */
    int from, to;      /* hops it lies between; -1: this machine */
    bool at_link;      /* it is one link; else one of several between the two */
    /* Packets wait, and this machine itself filled the line: the loss may be its own doing. It comes and goes with that
     * load, so that its place cannot be told either; the kind is INFER_OPEN then. */
    bool self_made;
    bool only_pings;    /* nothing but pings was answered from behind it: what else is lost there is not known */
    bool in_bursts;     /* the losses come in rows */
    double longest_run; /* packets */
    struct infer_share loss;
    /* every segment */
    struct {
        bool measured; /* something at its far end or in it answers */
        bool blamed;
        struct infer_share loss;
    } segment[SEGMENT_COUNT];
};

void infer_answer(const struct ev_path *path, struct infer_answer *answer);
/* With a model that was read and solved already. `path` NULL: whether losses come in rows is not looked at. */
void infer_answer_of(const struct ev_path *path, const struct infer_model *model, struct infer_answer *answer);

/* 95 % of the belief about a rate after `lost` of `sent`: two-sided, exact (Clopper-Pearson); none lost: below 3 in
 * `sent`. */
void infer_bounds(double sent, double lost, double *low, double *high);

#endif
