/* The check udp: RDP's own transport over UDP, asked politely on the RDP port. Nothing here can stop a connection: the
 * transport is opened behind a session over TCP that works. At most DATAGRAMS_MAX datagrams, all to the target, and
 * none bigger than the protocol's own. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "platform/random.h"
#include "probe/udp_internal.h"

void probe_udp_release(struct run *run)
{
    struct udp_check *udp = run->probe->udp;
    if (udp == NULL) {
        return;
    }
    for (size_t i = 0; i < udp->count; i++) {
        udp_talk_close(&udp->talks[i]);
    }
    net_timer_free(udp->timer);
    net_dtls_free(udp->dtls);
    buffer_release(&udp->hello);
    alloc_free(udp);
    run->probe->udp = NULL;
}

/* --- the end --- */

static void say_goodbye(struct udp_check *udp)
{
    for (size_t i = 0; i < udp->count && udp->datagrams < DATAGRAMS_MAX; i++) {
        if (udp->talks[i].answered) {
            udp->datagrams += udp_talk_fin(&udp->talks[i]) == 0;
        }
    }
}

static void finish(struct udp_check *udp, enum check_ran ran, const char *why)
{
    struct run *run = udp->run;
    struct error error;
    say_goodbye(udp);
    const bool good = udp_record(udp, &error);
    probe_udp_release(run);
    if (!good) {
        run_failed(run, &error);
        return;
    }
    run_end(run, CHECK_UDP, ran, why);
}

/* --- the phases --- */

static void next(struct udp_check *udp);

/* 0: it is on its way. */
static int spend(struct udp_check *udp, int (*send)(struct udp_talk *talk), struct udp_talk *talk)
{
    if (udp->datagrams >= DATAGRAMS_MAX) {
        return 0;
    }
    udp->datagrams++;
    return send(talk);
}

static int send_hello(struct udp_talk *talk)
{
    const struct udp_check *udp = talk->ears->context;
    return udp_talk_data(talk, slice_of(udp->hello.bytes, udp->hello.size));
}

static struct udp_talk *open_talk(struct udp_check *udp, uint16_t size, bool lossy, struct error *error)
{
    struct udp_talk *talk = &udp->talks[udp->count];
    *talk = (struct udp_talk){ .ears = &udp->ears,
                               .to = udp->to,
                               .to_port = udp->run->options->port,
                               .size = size,
                               .lossy = lossy,
                               .correlation = udp->correlation };
    if (!udp_talk_open(talk, udp->run->loop, error)) {
        return NULL;
    }
    udp->count++;
    return talk;
}

/* The largest size that was answered; 0: none. */
static uint16_t answered_size(const struct udp_check *udp)
{
    uint16_t size = 0;
    for (size_t i = 0; i < udp->count; i++) {
        size = udp->talks[i].answered && udp->talks[i].size > size ? udp->talks[i].size : size;
    }
    return size;
}

static bool phase_answered(const struct udp_check *udp)
{
    bool all = udp->count > udp->phase_from;
    for (size_t i = udp->phase_from; i < udp->count; i++) {
        all = all && udp->talks[i].answered;
    }
    return all;
}

static bool enter(struct udp_check *udp, enum udp_phase phase, struct error *error)
{
    static const uint16_t sizes[] = {
        [ASK] = RDPEUDP_MTU_MAX, [SMALL] = RDPEUDP_MTU_MIN, [MIDDLE] = MTU_MIDDLE, [AGAIN] = RDPEUDP_MTU_MAX
    };
    const size_t talks = phase == COUNT ? COUNTED : 1;
    udp->phase = phase;
    udp->phase_from = udp->count;
    udp->tries = 0;
    if (phase == HELLO) {
        udp->phase_from = udp->count - 1;
        udp->dtls = net_dtls_client(error);
        return udp->dtls != NULL && net_dtls_hello(udp->dtls, HELLO_ROOM, &udp->hello, error);
    }
    for (size_t i = 0; i < talks && udp->count < TALKS_MAX; i++) {
        if (open_talk(udp, phase <= AGAIN ? sizes[phase] : answered_size(udp), phase == LOSSY, error) == NULL) {
            return false;
        }
    }
    return true;
}

static int send_phase(struct udp_check *udp)
{
    int code = 0;
    for (size_t i = udp->phase_from; i < udp->count && code == 0; i++) {
        code = udp->phase == HELLO ? spend(udp, send_hello, &udp->talks[i]) : spend(udp, udp_talk_syn, &udp->talks[i]);
    }
    udp->tries++;
    return code;
}

/* What follows a phase that was answered, or whose tries are used up. */
static enum udp_phase follow(const struct udp_check *udp)
{
    const bool answered = phase_answered(udp);
    if (udp->phase <= AGAIN && answered_size(udp) == RDPEUDP_MTU_MAX) {
        return COUNT; /* be it late */
    }
    switch (udp->phase) {
    case ASK:
        return SMALL;
    case SMALL:
        return answered ? MIDDLE : OVER;
    case MIDDLE:
        return AGAIN;
    case AGAIN:
        return COUNT;
    case COUNT:
        return LOSSY;
    case LOSSY:
        return answered ? HELLO : OVER;
    case HELLO:
    case OVER:
    default:
        return OVER;
    }
}

static unsigned tries_of(enum udp_phase phase)
{
    return phase == COUNT ? 1 : TRIES;
}

static void go(struct udp_check *udp)
{
    const int code = send_phase(udp);
    if (code != 0) {
        char why[128];
        snprintf(why, sizeof(why), "this machine did not send it: %s", strerror(code));
        finish(udp, RAN_NOT_HERE, why);
        return;
    }
    net_timer_again(udp->timer, udp->wait_us);
}

static void next(struct udp_check *udp)
{
    struct error error;
    const enum udp_phase phase = follow(udp);
    if (phase == OVER) {
        finish(udp, RAN_DONE, NULL);
        return;
    }
    if (!enter(udp, phase, &error)) {
        struct run *run = udp->run;
        probe_udp_release(run);
        run_failed(run, &error);
        return;
    }
    go(udp);
}

/* From the loop, so that a talk is never freed inside its own callback. */
static void on_timer(void *context)
{
    struct udp_check *udp = context;
    if (udp->refused || udp->heard >= HEARD_MAX) {
        finish(udp, RAN_DONE, NULL);
    } else if (udp->moving) {
        udp->moving = false;
        next(udp);
    } else if (udp->tries < tries_of(udp->phase)) {
        go(udp);
    } else {
        if (udp->phase == HELLO && udp->said == UDP_DTLS_NOT_ASKED) {
            udp->said = UDP_DTLS_SILENT;
        }
        next(udp);
    }
}

static void soon(struct udp_check *udp)
{
    udp->moving = true;
    net_timer_again(udp->timer, 0);
}

static void on_answered(void *context, struct udp_talk *talk)
{
    struct udp_check *udp = context;
    const bool largest = udp->phase <= AGAIN && talk->size == RDPEUDP_MTU_MAX;
    if (udp->phase != HELLO && (largest || phase_answered(udp))) {
        soon(udp);
    }
}

static void on_data(void *context, struct udp_talk *talk, struct slice payload)
{
    struct udp_check *udp = context;
    if (!talk->lossy || udp->dtls == NULL || udp->said == UDP_DTLS_SPEAKS) {
        return;
    }
    const bool speaks = net_dtls_answer(udp->dtls, payload.bytes, payload.size) != NET_DTLS_NOTHING;
    udp->said = speaks ? UDP_DTLS_SPEAKS : UDP_DTLS_ELSE;
    soon(udp);
}

static void on_refused(void *context, const struct platform_icmp_error *icmp_error)
{
    struct udp_check *udp = context;
    /* Somebody answered before: this is about an old connection, not about the port. */
    if (answered_size(udp) == 0) {
        udp->refused = true;
        udp->refused_by = icmp_error->by;
        net_timer_again(udp->timer, 0);
    }
}

static void on_heard(void *context)
{
    struct udp_check *udp = context;
    if (++udp->heard == HEARD_MAX) {
        net_timer_again(udp->timer, 0);
    }
}

/* 2.2.2.8: no 0D anywhere, and not 00 or F4 first. */
static bool make_correlation(uint8_t id[RDPEUDP_CORRELATION_SIZE], struct error *error)
{
    if (!platform_random(id, RDPEUDP_CORRELATION_SIZE, error)) {
        return false;
    }
    for (size_t i = 0; i < RDPEUDP_CORRELATION_SIZE; i++) {
        id[i] = id[i] == 0x0d ? 0x0e : id[i];
    }
    id[0] = id[0] == 0 || id[0] == 0xf4 ? 1 : id[0];
    return true;
}

static int64_t wait_by(int64_t rtt_us)
{
    const int64_t wait_us = rtt_us * WAIT_RTTS;
    return wait_us < WAIT_LEAST_US ? WAIT_LEAST_US : wait_us > WAIT_MOST_US ? WAIT_MOST_US : wait_us;
}

static bool udp_start(struct run *run, struct error *error)
{
    struct udp_check *udp = alloc_new(sizeof(*udp));
    if (udp == NULL) {
        return error_no_memory(error);
    }
    run->probe->udp = udp;
    udp->run = run;
    udp->to = run->probe->first->options.address;
    udp->wait_us = wait_by(run->probe->first->rtt_us);
    udp->ears = (struct udp_talk_ears){ on_answered, on_data, on_refused, on_heard, udp };
    buffer_init(&udp->hello, HELLO_ROOM);
    udp->timer = net_timer_start(run->loop, WAIT_MOST_US, on_timer, udp, error);
    if (udp->timer == NULL || !make_correlation(udp->correlation, error) || !enter(udp, ASK, error)) {
        probe_udp_release(run);
        return false;
    }
    go(udp);
    return true;
}

static void udp_cancel(struct run *run)
{
    struct udp_check *udp = run->probe->udp;
    struct error error;
    if (udp == NULL) {
        return;
    }
    say_goodbye(udp);
    if (!udp_record(udp, &error)) {
        run_failed(run, &error);
    }
    probe_udp_release(run);
}

const struct check probe_udp = {
    .id = CHECK_UDP,
    .needs = NEEDS(CHECK_TCP),
    .beside = true,
    .start = udp_start,
    .cancel = udp_cancel,
};
