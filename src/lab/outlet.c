#include "lab/outlet.h"

enum { QUEUE_CAP = 1 << 25, PIECE = 1 << 18, RETRY_US = 1000 };

void lab_outlet_init(struct lab_outlet *outlet, struct net_loop *loop, struct net_stream *stream)
{
    outlet->loop = loop;
    outlet->stream = stream;
    buffer_init(&outlet->queue, QUEUE_CAP);
}

void lab_outlet_release(struct lab_outlet *outlet)
{
    net_timer_free(outlet->timer);
    outlet->timer = NULL;
    buffer_release(&outlet->queue);
}

static void on_timer(void *context)
{
    struct lab_outlet *outlet = context;
    net_timer_free(outlet->timer);
    outlet->timer = NULL;
    if (!lab_outlet_push(outlet)) {
        outlet->broken(outlet->context);
    }
}

static bool later(struct lab_outlet *outlet, int64_t after_us)
{
    outlet->timer = net_timer_start(outlet->loop, after_us, on_timer, outlet, NULL);
    return outlet->timer != NULL;
}

static bool send_piece(struct lab_outlet *outlet)
{
    const size_t piece = outlet->byte_us > 0 ? 1 : PIECE;
    const size_t size = outlet->queue.size < piece ? outlet->queue.size : piece;
    if (size > 0 && !net_stream_send(outlet->stream, outlet->queue.bytes, size, NULL)) {
        return false;
    }
    buffer_consume(&outlet->queue, size);
    return true;
}

bool lab_outlet_push(struct lab_outlet *outlet)
{
    if (outlet->timer != NULL) {
        return true;
    }
    if (!net_stream_flushed(outlet->stream)) {
        return later(outlet, RETRY_US);
    }
    if (outlet->queue.size == 0 && outlet->more != NULL && !outlet->more(outlet->context, &outlet->queue)) {
        return false;
    }
    if (!send_piece(outlet)) {
        return false;
    }
    if (outlet->queue.size > 0 || outlet->more != NULL) {
        return later(outlet, outlet->byte_us > 0 ? outlet->byte_us : RETRY_US);
    }
    if (outlet->reset) {
        return net_stream_flushed(outlet->stream) ? false : later(outlet, RETRY_US);
    }
    if (outlet->fin) {
        net_stream_shut(outlet->stream);
    }
    return true;
}
