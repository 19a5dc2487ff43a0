#include "net/loop.h"

#include <signal.h>
#include <uv.h>

#include "base/alloc.h"
#include "net/poll.h"

/* What asks for the end: Ctrl-C, kill, the terminal that went away, Ctrl-\. */
static const int endings[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

struct net_loop {
    uv_loop_t uv;
    uv_signal_t signals[COUNT_OF(endings)];
    bool signals_open;
    void (*interrupted)(void *context);
    void *interrupted_context;
    uv_signal_t window;
    bool window_open;
    void (*resized)(void *context);
    void *resized_context;
};

struct net_loop *net_loop_new(struct error *error)
{
    struct net_loop *loop = alloc_new(sizeof(*loop));
    if (loop == NULL) {
        error_no_memory(error);
        return NULL;
    }
    int status = uv_loop_init(&loop->uv);
    if (status != 0) {
        error_set(error, ERROR_INTERNAL, "cannot make an event loop: %s", uv_strerror(status));
        alloc_free(loop);
        return NULL;
    }
    return loop;
}

void net_loop_free(struct net_loop *loop)
{
    if (loop == NULL) {
        return;
    }
    if (loop->signals_open) {
        for (size_t i = 0; i < COUNT_OF(endings); i++) {
            uv_close((uv_handle_t *)&loop->signals[i], NULL);
        }
    }
    if (loop->window_open) {
        uv_close((uv_handle_t *)&loop->window, NULL);
    }
    /* Lets the pending close callbacks free their handles. */
    while (uv_loop_close(&loop->uv) == UV_EBUSY) {
        uv_run(&loop->uv, UV_RUN_ONCE);
    }
    alloc_free(loop);
}

void net_loop_run(struct net_loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void net_loop_stop(struct net_loop *loop)
{
    uv_stop(&loop->uv);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct net_loop *loop = handle->data;
    if (number == SIGQUIT) {
        (void)uv_signal_stop(handle); /* the second one ends the process, whatever it is busy with */
    }
    loop->interrupted(loop->interrupted_context);
}

/* nohup, or a shell that runs it behind: that it goes on was asked for. */
static bool is_ignored(int number)
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

bool net_loop_on_interrupt(struct net_loop *loop, void (*interrupted)(void *context), void *context,
                           struct error *error)
{
    loop->interrupted = interrupted;
    loop->interrupted_context = context;
    if (loop->signals_open) {
        return true;
    }
    /* uv_signal_init fails for the whole loop or not at all: its pipe is made on first use. */
    int status = uv_signal_init(&loop->uv, &loop->signals[0]);
    if (status != 0) {
        return error_set(error, ERROR_INTERNAL, "cannot watch for signals: %s", uv_strerror(status));
    }
    for (size_t i = 1; i < COUNT_OF(endings); i++) {
        (void)uv_signal_init(&loop->uv, &loop->signals[i]);
    }
    loop->signals_open = true;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        if ((endings[i] == SIGHUP || endings[i] == SIGQUIT) && is_ignored(endings[i])) {
            continue;
        }
        loop->signals[i].data = loop;
        status = uv_signal_start(&loop->signals[i], on_signal, endings[i]);
        if (status != 0) {
            return error_set(error, ERROR_INTERNAL, "cannot watch for signals: %s", uv_strerror(status));
        }
        uv_unref((uv_handle_t *)&loop->signals[i]); /* waiting for Ctrl-C alone does not keep the loop going */
    }
    return true;
}

static void on_window(uv_signal_t *handle, int number)
{
    (void)number;
    struct net_loop *loop = handle->data;
    if (loop->resized != NULL) {
        loop->resized(loop->resized_context);
    }
}

void net_loop_on_resize(struct net_loop *loop, void (*resized)(void *context), void *context)
{
    loop->resized = resized;
    loop->resized_context = context;
    if (resized == NULL || loop->window_open || uv_signal_init(&loop->uv, &loop->window) != 0) {
        return;
    }
    loop->window_open = true;
    loop->window.data = loop;
    (void)uv_signal_start(&loop->window, on_window, SIGWINCH);
    uv_unref((uv_handle_t *)&loop->window);
}

struct net_timer {
    uv_timer_t uv;
    void (*fire)(void *context);
    void *context;
};

static void on_timer(uv_timer_t *handle)
{
    struct net_timer *timer = handle->data;
    timer->fire(timer->context);
}

static void free_data(uv_handle_t *handle)
{
    alloc_free(handle->data);
}

struct net_timer *net_timer_start(struct net_loop *loop, int64_t after_us, void (*fire)(void *context), void *context,
                                  struct error *error)
{
    struct net_timer *timer = alloc_new(sizeof(*timer));
    if (timer == NULL) {
        error_no_memory(error);
        return NULL;
    }
    timer->fire = fire;
    timer->context = context;
    (void)uv_timer_init(&loop->uv, &timer->uv); /* cannot fail */
    timer->uv.data = timer;
    net_timer_again(timer, after_us);
    return timer;
}

void net_timer_again(struct net_timer *timer, int64_t after_us)
{
    uv_update_time(timer->uv.loop);
    /* The loop counts whole milliseconds from a rounded-down now; one more keeps a limit from ending early. */
    uint64_t after_ms = after_us > 0 ? (uint64_t)(after_us + 999) / 1000 + 1 : 0;
    (void)uv_timer_start(&timer->uv, on_timer, after_ms, 0);
}

void net_timer_stop(struct net_timer *timer)
{
    (void)uv_timer_stop(&timer->uv);
}

void net_timer_free(struct net_timer *timer)
{
    if (timer != NULL) {
        uv_close((uv_handle_t *)&timer->uv, free_data);
    }
}

struct net_poll {
    uv_poll_t uv;
    void (*ready)(void *context, int events);
    void *context;
};

static void on_poll(uv_poll_t *handle, int status, int events)
{
    struct net_poll *poll = handle->data;
    int seen = 0;
    if (status < 0) {
        seen = NET_POLL_FAILED; /* POLLERR: libuv says UV_EBADF and has stopped the handle */
    }
    if ((events & (UV_READABLE | UV_DISCONNECT)) != 0) {
        seen |= NET_POLL_READ;
    }
    if ((events & UV_WRITABLE) != 0) {
        seen |= NET_POLL_WRITE;
    }
    poll->ready(poll->context, seen);
}

struct net_poll *net_poll_new(struct net_loop *loop, int fd, void (*ready)(void *context, int events), void *context,
                              struct error *error)
{
    struct net_poll *poll = alloc_new(sizeof(*poll));
    if (poll == NULL) {
        error_no_memory(error);
        return NULL;
    }
    poll->ready = ready;
    poll->context = context;
    int status = uv_poll_init(&loop->uv, &poll->uv, fd);
    if (status != 0) {
        error_set(error, ERROR_INTERNAL, "cannot watch descriptor %d: %s", fd, uv_strerror(status));
        alloc_free(poll);
        return NULL;
    }
    poll->uv.data = poll;
    return poll;
}

void net_poll_want(struct net_poll *poll, int events)
{
    int wanted = 0;
    if ((events & NET_POLL_READ) != 0) {
        wanted |= UV_READABLE;
    }
    if ((events & NET_POLL_WRITE) != 0) {
        wanted |= UV_WRITABLE;
    }
    if (wanted != 0) {
        (void)uv_poll_start(&poll->uv, wanted, on_poll);
    } else {
        (void)uv_poll_stop(&poll->uv);
    }
}

void net_poll_free(struct net_poll *poll)
{
    if (poll != NULL) {
        uv_close((uv_handle_t *)&poll->uv, free_data);
    }
}
