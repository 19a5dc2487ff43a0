/* How big a packet may be, from what probes of different sizes came to. A hole is a place behind which big packets
 * vanish without a word while small ones get through; a router that says what fits is none. */
#ifndef RDPWHY_INFER_SIZE_H
#define RDPWHY_INFER_SIZE_H

#include "evidence/evidence.h"

enum {
    INFER_SIZE_TRIES = 3,  /* as often a big packet must vanish before one says so; at 10 % loss 3 in 1000 times */
    INFER_SIZE_SMALL = 80, /* a packet that every line takes */
    INFER_SIZE_TTLS = 32,
};

enum size_way { SIZE_WAY_UNKNOWN, SIZE_WAY_OUT, SIZE_WAY_BACK };

/* One leg. */
struct size_leg {
    bool tried;
    bool mute;           /* not even small packets are answered from anywhere: nothing can be said */
    bool end_mute;       /* none from its end; routers on the way did answer */
    int64_t whole;       /* biggest size that was answered from the end; 0: none */
    int64_t told;        /* smallest size a router asked for; 0: none did */
    const char *told_by; /* NULL: not known */
    bool hole;           /* what follows holds */
    enum size_way way;
    int64_t vanishes; /* smallest size that vanished */
    int64_t passes;   /* biggest one that got through to where it vanishes; 0: not known */
    int near_ttl;     /* of the last place that it reached; 0: this machine */
    int far_ttl;      /* of the first that it did not; 0: the end, at an unknown distance */
    bool far_end;     /* that is the end of the leg */
    const char *near; /* their addresses; NULL: not known */
    const char *far;
    bool below_unknown; /* in the tunnel, or on the way below it, which was not measured */
    unsigned witnesses; /* places that small packets reach and big ones do not */
};

/* The strings point into the evidence. */
void infer_size_leg(const struct ev_mtu *mtu, enum path_leg leg, struct size_leg *out);

/* All legs together: where the hole is that matters to a connection. False: there is none, as far as was seen. One in
 * the underlay that the tunnel's own packets fit through matters to nobody. */
bool infer_hole(const struct evidence *evidence, struct size_leg *out, enum path_leg *leg);
/* The segment that the link between the two places belongs to, by the hops that were found; SEGMENT_COUNT: it cannot be
 * told. */
enum path_segment infer_segment_between(const struct ev_path *path, enum path_leg leg, int near_ttl, int far_ttl,
                                        bool far_end);

#endif
