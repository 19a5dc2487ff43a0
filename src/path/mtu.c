/* The check mtu: small and big packets that may not be fragmented, to each place on the way. When the big one comes
 * through, that is all. Otherwise: which router it still reaches, and which size gets through. What the probes came to
 * is kept in the evidence itself; a round asks what is still open there. */
#include "path/sweep.h"

#include "base/alloc.h"

enum {
    ROUNDS = 5,
    HORIZON = 12,      /* routers that are asked */
    HORIZON_FIRST = 6, /* of them in the first round: most ways of interest end before, and it is not known where */
    WHOLE_TRIES = 4,   /* to the end: it decides */
    SILENT_ROUNDS = 2, /* so long nothing at all answers, then we give up */
    REFINE = 6,        /* sizes between one that passes and one that does not */
};

/* Sizes that lines have: PPPoE, IP in IP, the usual tunnels, the least of IPv6. */
static const int ladder[] = { 1492, 1472, 1452, 1420, 1400, 1380, 1340, 1280, 1200, 1000 };

static uint64_t bytes_of(const struct sweep *sweep)
{
    enum { TUNNEL_ADDS = 80 }; /* WireGuard over IPv6, the most of the usual ones */
    if (sweep == NULL || sweep->prober == NULL) {
        return 0;
    }
    const struct prober_counts counts = prober_counts(sweep->prober);
    return counts.bytes + (uint64_t)counts.sent * TUNNEL_ADDS;
}

uint64_t sweep_bytes(const struct run *run)
{
    return run->path->sized + bytes_of(run->path->sweep);
}

static void drop_prober(struct sweep *sweep)
{
    sweep->run->path->sized += bytes_of(sweep);
    prober_free(sweep->prober);
    sweep->prober = NULL;
}

void sweep_free(struct sweep *sweep)
{
    if (sweep != NULL) {
        net_timer_free(sweep->step);
        drop_prober(sweep);
        alloc_free(sweep);
    }
}

/* Beyond the end there are no routers. */
static bool is_end(struct sweep *sweep, size_t leg, enum stream_kind kind, int ttl)
{
    const struct ev_size *item = sweep_seen(sweep, leg, kind, REACH_TTL, ttl, sweep_small(&sweep->legs[leg]));
    struct address address;
    return item != NULL && item->address.v != NULL && address_parse(item->address.v, &address) &&
           address_equal(&address, &sweep->legs[leg].to);
}

/* One packet lost by chance matters little between two sizes, but for the smallest that does not pass: that is the one
 * that is said to vanish. Both further tries in one round; the first was in another. */
static bool make_sure(struct sweep *sweep, size_t leg, struct sweep_flow *flow, int size, struct error *error)
{
    const struct ev_size *seen = sweep_seen(sweep, leg, flow->kind, REACH_WHOLE, 0, size);
    for (int i = 1; seen != NULL && seen->sent.v > 0 && i < INFER_SIZE_TRIES; i++) {
        if (!sweep_ask(sweep, flow, REACH_WHOLE, 0, size, INFER_SIZE_TRIES, error)) {
            return false;
        }
    }
    return true;
}

/* What lies between a size that passes and one that does not: first the usual ones, then by even steps. */
static bool ask_between(struct sweep *sweep, size_t leg, struct sweep_flow *flow, struct error *error)
{
    const int small = sweep_small(&sweep->legs[leg]);
    int passes = small;
    int missing = (int)sweep->legs[leg].mtu;
    for (size_t i = 0; i < COUNT_OF(ladder); i++) {
        if (ladder[i] < missing && sweep_came_through(sweep, leg, flow->kind, REACH_WHOLE, 0, ladder[i])) {
            passes = ladder[i] > passes ? ladder[i] : passes;
        }
    }
    for (size_t i = 0; i < COUNT_OF(ladder); i++) {
        if (ladder[i] <= passes || ladder[i] >= sweep->legs[leg].mtu) {
            continue;
        }
        if (!sweep_ask(sweep, flow, REACH_WHOLE, 0, ladder[i], 1, error)) {
            return false;
        }
        missing = ladder[i];
    }
    int least = missing;
    for (int i = REFINE; passes > small && i > 0; i--) {
        const int size = passes + (missing - passes) * i / (REFINE + 1);
        if (size <= passes || size >= missing) {
            continue;
        }
        if (!sweep_ask(sweep, flow, REACH_WHOLE, 0, size, 1, error)) {
            return false;
        }
        if (sweep_came_through(sweep, leg, flow->kind, REACH_WHOLE, 0, size)) {
            break; /* smaller ones were asked when this one was, or pass all the more */
        }
        least = size;
    }
    return passes == small || make_sure(sweep, leg, flow, least, error);
}

static bool ask_whole(struct sweep *sweep, size_t leg, struct sweep_flow *flow, struct error *error)
{
    const int big = (int)sweep->legs[leg].mtu;
    const int small = sweep_small(&sweep->legs[leg]);
    struct size_leg found;
    if (flow == NULL) {
        return true;
    }
    infer_size_leg(&sweep->run->evidence->mtu, sweep->legs[leg].leg, &found);
    if (!sweep_ask(sweep, flow, REACH_WHOLE, 0, small, INFER_SIZE_TRIES, error) ||
        !sweep_ask(sweep, flow, REACH_WHOLE, 0, big, flow->kind == STREAM_ECHO ? WHOLE_TRIES : INFER_SIZE_TRIES,
                   error)) {
        return false;
    }
    if (found.told > small && found.told < big) {
        return sweep_ask(sweep, flow, REACH_WHOLE, 0, (int)found.told, INFER_SIZE_TRIES, error);
    }
    /* what pings tell by big answers need not be asked again by datagrams, whose errors are rationed */
    const bool by_echo =
        flow->kind != STREAM_ECHO && sweep_came_through(sweep, leg, STREAM_ECHO, REACH_WHOLE, 0, small);
    return sweep->round == 0 || by_echo || !sweep_came_through(sweep, leg, flow->kind, REACH_WHOLE, 0, small) ||
           ask_between(sweep, leg, flow, error);
}

static bool ask_routers(struct sweep *sweep, size_t leg, struct sweep_flow *flow, struct error *error)
{
    const int big = (int)sweep->legs[leg].mtu;
    const int small = sweep_small(&sweep->legs[leg]);
    if (flow == NULL) {
        return true;
    }
    const int most = sweep->round == 0 ? HORIZON_FIRST : HORIZON;
    for (int ttl = 1; ttl <= most && !is_end(sweep, leg, flow->kind, ttl - 1); ttl++) {
        if (!sweep_ask(sweep, flow, REACH_TTL, ttl, small, INFER_SIZE_TRIES - 1, error)) {
            return false;
        }
        const bool worth = sweep_came_through(sweep, leg, flow->kind, REACH_TTL, ttl, small);
        if (worth && !sweep_ask(sweep, flow, REACH_TTL, ttl, big, INFER_SIZE_TRIES, error)) {
            return false;
        }
    }
    return true;
}

/* Everything gets out to the last router, and still no big answer comes from the end: do they answer big ones? */
static bool ask_back(struct sweep *sweep, size_t leg, struct error *error)
{
    const int big = (int)sweep->legs[leg].mtu;
    const int small = sweep_small(&sweep->legs[leg]);
    struct size_leg found;
    infer_size_leg(&sweep->run->evidence->mtu, sweep->legs[leg].leg, &found);
    if (sweep->round < 2 || !found.hole || !found.far_end) {
        return true;
    }
    for (int ttl = 1; ttl <= HORIZON; ttl++) {
        const struct ev_size *router = sweep_seen(sweep, leg, STREAM_ECHO, REACH_TTL, ttl, small);
        struct address address;
        if (router == NULL || router->address.v == NULL || !address_parse(router->address.v, &address) ||
            address_equal(&address, &sweep->legs[leg].to)) {
            continue;
        }
        struct sweep_flow *flow = sweep_flow_of(sweep, leg, STREAM_ECHO, ttl, &address);
        if (!sweep_ask(sweep, flow, REACH_OWN, ttl, small, INFER_SIZE_TRIES, error) ||
            !sweep_ask(sweep, flow, REACH_OWN, ttl, big, INFER_SIZE_TRIES, error)) {
            return false;
        }
    }
    return true;
}

/* The whole way is fine, or nothing there answers at all. */
static bool leg_is_over(struct sweep *sweep, size_t leg)
{
    struct size_leg found;
    infer_size_leg(&sweep->run->evidence->mtu, sweep->legs[leg].leg, &found);
    return sweep_is_fine(sweep, leg) || (found.mute && sweep->round >= SILENT_ROUNDS);
}

/* What decides is asked first on every leg; what is asked behind it is taken back when that is enough. */
static bool ask_ends(struct sweep *sweep, size_t leg, struct error *error)
{
    sweep->over[leg] = sweep->over[leg] || leg_is_over(sweep, leg);
    return sweep->over[leg] ||
           ask_whole(sweep, leg, sweep_flow_of(sweep, leg, STREAM_ECHO, 0, &sweep->legs[leg].to), error);
}

static bool ask_rest(struct sweep *sweep, size_t leg, struct error *error)
{
    const struct address *to = &sweep->legs[leg].to;
    if (sweep->over[leg]) {
        return true;
    }
    struct sweep_flow *echo = sweep_flow_of(sweep, leg, STREAM_ECHO, 0, to);
    struct sweep_flow *udp = sweep_flow_of(sweep, leg, STREAM_UDP, 0, to);
    return ask_whole(sweep, leg, udp, error) && ask_routers(sweep, leg, echo != NULL ? echo : udp, error) &&
           ask_back(sweep, leg, error);
}

/* --- rounds --- */

/* What was taken back before it was sent, or is not told yet when the search is stopped, leaves no record. */
static void forget_unsent(struct ev_list *probes)
{
    struct ev_size *items = probes->items;
    size_t kept = 0;
    for (size_t i = 0; i < probes->count; i++) {
        if (items[i].sent.v > 0) {
            items[kept++] = items[i];
        }
    }
    probes->count = kept;
}

static void finish(struct sweep *sweep)
{
    struct ev_mtu *mtu = &sweep->run->evidence->mtu;
    bool any = false;
    drop_prober(sweep);
    forget_unsent(&mtu->probes);
    for (size_t i = 0; i < sweep->leg_count; i++) {
        struct size_leg found;
        infer_size_leg(mtu, sweep->legs[i].leg, &found);
        any = any || !found.mute;
        if (found.whole > sweep_small(&sweep->legs[i])) {
            ev_set_int(sweep->legs[i].leg == LEG_UNDERLAY ? &mtu->outer_path_mtu : &mtu->path_mtu, SOURCE_PROBE,
                       found.whole);
        }
    }
    run_end(sweep->run, CHECK_MTU, any ? RAN_DONE : RAN_NO_ANSWER,
            any ? NULL : "nothing on the way answers test packets of any size");
}

static void round_begins(void *context)
{
    struct sweep *sweep = context;
    struct error error = { 0 };
    net_timer_free(sweep->step);
    sweep->step = NULL;
    sweep->asking = true;
    bool asked = true;
    for (size_t i = 0; i < sweep->leg_count && sweep->round < ROUNDS && asked; i++) {
        asked = ask_ends(sweep, i, &error);
    }
    for (size_t i = 0; i < sweep->leg_count && sweep->round < ROUNDS && asked; i++) {
        asked = ask_rest(sweep, i, &error);
    }
    if (!asked) {
        run_failed(sweep->run, &error);
        return;
    }
    sweep->asking = false;
    sweep->round++;
    if (sweep->waiting == 0) {
        finish(sweep);
    }
}

void sweep_next_step(struct sweep *sweep)
{
    struct error error = { 0 };
    sweep->step = net_timer_start(sweep->run->loop, 0, round_begins, sweep, &error);
    if (sweep->step == NULL) {
        run_failed(sweep->run, &error);
    }
}

static bool mtu_start(struct run *run, struct error *error)
{
    struct sweep *sweep = alloc_new(sizeof(*sweep));
    if (sweep == NULL) {
        return error_no_memory(error);
    }
    run->path->sweep = sweep;
    sweep->run = run;
    sweep->leg_count = path_legs(run, sweep->legs);
    if (sweep->leg_count == 0 || sweep->legs[0].mtu == 0) {
        run_end(run, CHECK_MTU, RAN_POINTLESS, "there is no route to measure");
        return true;
    }
    if (!path_note_target(run, &sweep->legs[0].to, error)) {
        return false;
    }
    if (run->evidence->target.local.v) {
        run_end(run, CHECK_MTU, RAN_POINTLESS, "the host is this machine");
        return true;
    }
    /* no line has room for more, whatever a loopback or a jumbo network says */
    const int64_t most = 9000;
    for (size_t i = 0; i < sweep->leg_count; i++) {
        sweep->legs[i].mtu = sweep->legs[i].mtu > most ? most : sweep->legs[i].mtu;
        sweep->over[i] = sweep->legs[i].mtu == 0;
    }
    const struct prober_options options = { .first = true }; /* few, and the losses go on behind them */
    sweep->prober = path_prober_new(run, &options, error);
    if (sweep->prober == NULL) {
        return false;
    }
    sweep_next_step(sweep);
    return true;
}

static void mtu_cancel(struct run *run)
{
    sweep_free(run->path->sweep);
    run->path->sweep = NULL;
    forget_unsent(&run->evidence->mtu.probes);
}

const struct check path_mtu = {
    .id = CHECK_MTU,
    .needs = NEEDS(CHECK_ROUTE),
    .start = mtu_start,
    .cancel = mtu_cancel,
};

const struct check path_mtu_asked = {
    .id = CHECK_MTU,
    .needs = NEEDS(CHECK_ROUTE),
    .else_why = "the connection did not stall; rdpwhy trace looks at it",
    .start = mtu_start,
    .cancel = mtu_cancel,
};
