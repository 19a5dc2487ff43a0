/* The trains of the check bandwidth. Inside bandwidth.c and train.c only. */
#ifndef RDPWHY_PATH_LINE_H
#define RDPWHY_PATH_LINE_H

#include "infer/train.h"
#include "path/path_internal.h"
#include "path/prober.h"

enum { LINE_PACKETS = 12 /* of a train */, LINE_HORIZON = 12 /* routers that are asked */ };

/* What answers on a leg: [0] is its end. */
struct spot {
    bool answers;
    char address[ADDRESS_TEXT_SIZE];
    int64_t idle_us;
};

struct line_leg {
    struct path_leg_to to;
    struct prober_flow *find[2]; /* echo, UDP: small packets, one by one */
    struct prober_flow *push[2]; /* trains */
    struct spot spots[2][LINE_HORIZON + 1];
    int end_ttl; /* a router's probe was answered by the end; 0: none */
    unsigned trains;
    unsigned whole_trains;
};

struct line {
    struct run *run;
    struct prober *slow;
    struct prober *fast;
    struct net_timer *timer;
    struct line_leg legs[PATH_LEGS_MAX];
    size_t leg_count;
    size_t leg; /* the one at work */
    size_t waiting;
    /* the train under way */
    bool pushing;
    size_t train; /* its index in the evidence */
    int kind;     /* 0: echo, 1: UDP */
    int64_t arrived_us[LINE_PACKETS];
    int64_t first_sent_us;
    int64_t last_sent_us;
    int64_t last_arrived_us;
    int64_t longest_gap_us;
};

extern const enum stream_kind line_kinds[2];

/* Sends one, `ttl` 0: to the end; line_next_step is called when it is over. */
bool line_push(struct line *line, int kind, int ttl, struct error *error) MUST_USE;
/* An answer to a packet of a train. */
void line_arrived(void *context, const struct prober_answer *answer);
/* It says that the packet came where it was sent to. */
bool line_counts(const struct prober_answer *answer);
bool line_from_end(const struct prober_answer *answer);
/* `fire` gets the line. */
void line_later(struct line *line, int64_t after_us, void (*fire)(void *context));
/* Of bandwidth.c. */
void line_next_step(void *context);

#endif
