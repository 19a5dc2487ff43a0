/* What a session sends, at the pace the scenario wants: at once, byte by byte, or without end. */
#ifndef RDPWHY_LAB_OUTLET_H
#define RDPWHY_LAB_OUTLET_H

#include "base/buffer.h"
#include "net/stream.h"

struct lab_outlet {
    struct net_loop *loop;
    struct net_stream *stream;
    struct net_timer *timer;
    struct buffer queue;
    int64_t byte_us; /* 0: at full speed */
    bool fin;        /* after what is queued */
    bool reset;      /* after what is queued; tells `broken` then */
    /* Fills the queue again when it is empty; NULL: nothing more comes. */
    bool (*more)(void *context, struct buffer *queue);
    void (*broken)(void *context); /* from the loop: the connection cannot go on */
    void *context;
};

void lab_outlet_init(struct lab_outlet *outlet, struct net_loop *loop, struct net_stream *stream);
void lab_outlet_release(struct lab_outlet *outlet);
/* Sends what may leave now and comes back by itself for the rest. False: our own failure. */
bool lab_outlet_push(struct lab_outlet *outlet) MUST_USE;

#endif
