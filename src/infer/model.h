/* Where on the way packets are lost, from counts of probes. Pure: the same counts give the same answer, now or later.
 *
 * Every stream of probes crosses a known set of links and is answered from one place. A hypothesis says: nothing is
 * lost; or one link loses some share of what crosses it, of everything or only of one kind of packet. That share is not
 * known and is integrated over a grid. A place may also fail to answer by itself (routers limit what they say about
 * expired packets): such loss is explained by the place alone, unless it carries on behind it. */
#ifndef RDPWHY_INFER_MODEL_H
#define RDPWHY_INFER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    INFER_LINKS_MAX = 60,
    INFER_PLACES_MAX = 128,
    INFER_STREAMS_MAX = 4, /* of one place */
    INFER_RATES = 17,      /* loss rates that are told apart */
    INFER_OWN = 24,        /* shares of its answers that a place may keep to itself */
    INFER_SCOPES = 4,
    INFER_RUN_GAP = 3, /* a loss at most so many probes after another, of whatever stream, belongs to its run */
    INFER_HYPOTHESES_MAX = 1 + INFER_LINKS_MAX * INFER_SCOPES,
};

/* What a lossy link loses. */
enum infer_scope {
    INFER_ALL,    /* packets of any kind */
    INFER_TUNNEL, /* only packets of the tunnel's own port */
    INFER_RDP,    /* only packets to the RDP port */
    INFER_ECHO,   /* only pings: no harm to RDP */
};

/* Between two places that answer; those between them that do not are no ends of links. */
struct infer_link {
    bool has[INFER_SCOPES]; /* which hypotheses can be told at this link */
    unsigned segments;      /* set of 1 << enum path_segment that it runs through */
    int leg;                /* enum path_leg */
    int from, to;           /* indices of hops; -1: this machine */
};

struct infer_stream {
    unsigned subject; /* set of 1 << enum infer_scope: what can hit it */
    bool fixed;       /* counts only: no more of it can be sent */
    bool closed;      /* nothing more of it is sent now; its counts are as good as any */
    double sent, lost;
    double runs;  /* losses close together count as one run: INFER_RUN_GAP */
    double gain;  /* computed: bits that one more probe is expected to tell */
    int hop, row; /* where it comes from: the hop's index, the stream's among its own */
};

/* Streams that are answered from one place in one way share what the place keeps to itself. */
struct infer_place {
    uint64_t links; /* bit i: what comes here crosses link i */
    bool end;       /* a host that answers for itself; else a router that reports expired packets */
    bool firm;      /* it keeps nothing to itself: a TCP that has to answer */
    struct infer_stream streams[INFER_STREAMS_MAX];
    size_t stream_count;
    bool fresh; /* what is below holds; clear it when counts change */
    /* log likelihood and, per stream, the chance that the next probe is lost: by scope of the loss, then [0] when no
     * link on the way loses, [1 + k] when one loses infer_rate(k) */
    double log[INFER_SCOPES][INFER_RATES + 1];
    double next[INFER_SCOPES][INFER_RATES + 1][INFER_STREAMS_MAX];
};

struct infer_hypothesis {
    int link; /* -1: nothing is lost */
    enum infer_scope scope;
    double posterior;
    double rates[INFER_RATES]; /* posterior of the loss rate, given the hypothesis */
};

struct infer_model {
    struct infer_link links[INFER_LINKS_MAX];
    size_t link_count;
    struct infer_place places[INFER_PLACES_MAX];
    size_t place_count;
    struct infer_hypothesis hypotheses[INFER_HYPOTHESES_MAX]; /* [0]: nothing is lost */
    size_t hypothesis_count;
    size_t best; /* index of the most probable hypothesis */
    /* Losses that come in rows are one event seen many times: so much less does every count weigh. 1: they do not. */
    double weight;
};

double infer_rate(size_t index); /* of the grid */

/* Computes the hypotheses; infer_solve also the streams' gains. */
void infer_weigh_all(struct infer_model *model);
void infer_solve(struct infer_model *model);

/* Which stream the next probe is worth most on: one of those that tell about as much as the best one, by a dice in
 * [0, 1). False: none can tell anything. */
bool infer_choose(const struct infer_model *model, double dice, size_t *place, size_t *stream);

/* What counts weigh when so many of `sent` were lost in so many runs: 1, or less when chance would have made more runs.
 */
double infer_weight(double sent, double lost, double runs);

/* --- inside src/infer only --- */
/* The streams of the place that a loss of this scope hits: bit s. */
unsigned infer_hit_by(const struct infer_place *place, int scope);
bool infer_crosses(const struct infer_hypothesis *hypothesis, const struct infer_place *place);
/* infer_weigh_all, and what the next probe of every stream would tell, also of places that nothing was asked of. */
void infer_weigh_for_choice(struct infer_model *model);

#endif
