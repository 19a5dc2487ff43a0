/* The one event loop: descriptors, timers, signals. One thread; callbacks run from net_loop_run only. */
#ifndef RDPWHY_NET_LOOP_H
#define RDPWHY_NET_LOOP_H

#include <stdint.h>

#include "base/error.h"

struct net_loop;

struct net_loop *net_loop_new(struct error *error) MUST_USE;
void net_loop_free(struct net_loop *loop); /* NULL is fine; everything made on the loop must be freed before */
void net_loop_run(struct net_loop *loop);  /* until nothing is waited for, or net_loop_stop */
void net_loop_stop(struct net_loop *loop);
/* SIGINT, SIGTERM, SIGHUP and SIGQUIT call `interrupted` from the loop instead of ending the process; a SIGHUP or
 * SIGQUIT that was ignored when this was called stays so, and a second SIGQUIT ends the process. */
bool net_loop_on_interrupt(struct net_loop *loop, void (*interrupted)(void *context), void *context,
                           struct error *error) MUST_USE;

/* The terminal's window changed its size. `resized` NULL: nobody wants to know any more. Where the system has no such
 * signal nothing is told, which is no failure. */
void net_loop_on_resize(struct net_loop *loop, void (*resized)(void *context), void *context);

struct net_timer;

/* One shot. Owned by the caller until net_timer_free, which also stops it; firing does not free it. */
struct net_timer *net_timer_start(struct net_loop *loop, int64_t after_us, void (*fire)(void *context), void *context,
                                  struct error *error) MUST_USE;
/* Sets it anew, whether it has fired or not. Cannot fail. */
void net_timer_again(struct net_timer *timer, int64_t after_us);
void net_timer_stop(struct net_timer *timer);
void net_timer_free(struct net_timer *timer); /* NULL is fine; also from inside its own callback */

#endif
