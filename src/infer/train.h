/* What a line lets through, from packets that were sent in one go: behind the narrowest link they come one after the
 * other at its pace. Every figure is a pair of bounds; nobody is accused by the lower one. */
#ifndef RDPWHY_INFER_TRAIN_H
#define RDPWHY_INFER_TRAIN_H

#include "evidence/evidence.h"

/* Below it even light use of a desktop is slow: the bar of data/thresholds.tsv. */
int64_t infer_slow_kbps(void);

struct rate {
    bool known;
    int64_t low_kbps;  /* by the packets that were answered */
    int64_t high_kbps; /* by all between the first and the last of them; 0: no bound, the train was not drawn apart */
};

struct rate infer_train(const struct ev_train *train);

/* One leg: the narrowest place, as far as it is slower than `bar_kbps`. */
struct slow {
    bool tried;
    bool whole_known;  /* the end, or the farthest place that answered, gave figures */
    struct rate whole; /* to there */
    struct rate out;   /* of these, by trains that are big on the way out only */
    bool slow;         /* surely below the bar, and what follows holds */
    bool back;         /* only on the way back */
    int near_ttl;      /* last place that was reached fast; 0: this machine */
    int far_ttl;       /* first one that was not; 0: the end */
    bool far_end;
    const char *near; /* their addresses; NULL: not known */
    const char *far;
    bool below_unknown; /* in the tunnel, or on the way below it, which was not measured */
    int64_t idle_us;    /* round trip to the farthest place, before and in the train; -1: not known */
    int64_t loaded_us;
};
void infer_slow_leg(const struct ev_bandwidth *bandwidth, enum path_leg leg, int64_t bar_kbps, struct slow *out);
/* All legs together; false: none is surely below the bar. */
bool infer_slow(const struct evidence *evidence, int64_t bar_kbps, struct slow *out, enum path_leg *leg);

#endif
