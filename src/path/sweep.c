/* Probes of a chosen size to a chosen place, and the record of what they came to. */
#include "path/sweep.h"

enum {
    SMALL_V6 = 96,
    LIMIT_FIRST_US = 600000, /* before anything is known of the round trip */
    LIMIT_LEAST_US = 160000,
    LIMIT_MOST_US = 1000000,
    LIMIT_SPARE_US = 100000,
    PORT_CLOSED = 33434, /* where traceroute begins: nobody listens there */
};

/* --- the record --- */

static struct ev_size *record_at(struct sweep *sweep, size_t index)
{
    return (struct ev_size *)sweep->run->evidence->mtu.probes.items + index;
}

static bool matches(const struct ev_size *item, const struct path_leg_to *leg, enum stream_kind kind,
                    enum stream_reach reach, int ttl, int size)
{
    const bool placed = reach == REACH_WHOLE || (item->ttl.source != SOURCE_NONE && item->ttl.v == ttl);
    return item->leg.v == (int)leg->leg && item->kind.v == (int)kind && item->reach.v == (int)reach && placed &&
           item->size.v == size;
}

/* Index of the record, made when it is the first of its sort. False: no room or no memory. */
static bool record_of(struct sweep *sweep, const struct path_leg_to *leg, enum stream_kind kind,
                      enum stream_reach reach, int ttl, int size, size_t *index, struct error *error)
{
    struct ev_list *list = &sweep->run->evidence->mtu.probes;
    for (size_t i = 0; i < list->count; i++) {
        if (matches(record_at(sweep, i), leg, kind, reach, ttl, size)) {
            *index = i;
            return true;
        }
    }
    struct ev_size *item = ev_list_add(list, SOURCE_PROBE, &size_table, LINE_SIZES_MAX, error);
    if (item == NULL) {
        return false;
    }
    ev_set_enum(&item->leg, SOURCE_PROBE, (int)leg->leg);
    ev_set_enum(&item->kind, SOURCE_PROBE, (int)kind);
    ev_set_enum(&item->reach, SOURCE_PROBE, (int)reach);
    if (ttl > 0) {
        ev_set_int(&item->ttl, SOURCE_PROBE, ttl);
    }
    ev_set_int(&item->size, SOURCE_PROBE, size);
    ev_set_int(&item->sent, SOURCE_PROBE, 0);
    ev_set_int(&item->answered, SOURCE_PROBE, 0);
    ev_set_enum(&item->answer, SOURCE_PROBE, SIZE_SILENT);
    *index = list->count - 1;
    return true;
}

static bool set_address(struct ev_text *field, const struct address *address, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    if (address->family == ADDRESS_NONE || field->source != SOURCE_NONE) {
        return true;
    }
    address_format(address, text);
    return ev_set_words(field, SOURCE_PROBE, text, error);
}

/* The end answered a probe that was meant for a router: now its distance is known. */
static bool from_end(const struct prober_answer *answer)
{
    return answer->result == PROBER_REPLY || answer->port_closed;
}

static bool note_answer(struct sweep *sweep, const struct prober_answer *answer, struct error *error)
{
    struct ev_size *item = record_at(sweep, (size_t)answer->tag);
    if (answer->result == PROBER_TOO_BIG) {
        const bool own = answer->from.family == ADDRESS_NONE;
        if (item->answered.v == 0) {
            ev_set_enum(&item->answer, SOURCE_PROBE, own ? SIZE_REFUSED : SIZE_TOO_BIG);
        }
        if (answer->mtu != 0) {
            ev_set_int(&item->told, SOURCE_PROBE, (int64_t)answer->mtu);
        }
        return own || set_address(&item->by, &answer->from, error);
    }
    const bool good =
        item->reach.v == REACH_TTL ? answer->result == PROBER_TIME_EXCEEDED || from_end(answer) : from_end(answer);
    if (!good) {
        return true;
    }
    ev_set_int(&item->answered, SOURCE_PROBE, item->answered.v + 1);
    ev_set_enum(&item->answer, SOURCE_PROBE, SIZE_ANSWERED);
    sweep->rtt_us = answer->rtt_us > sweep->rtt_us ? answer->rtt_us : sweep->rtt_us;
    return set_address(&item->address, &answer->from, error);
}

bool sweep_is_fine(struct sweep *sweep, size_t leg)
{
    struct size_leg found;
    infer_size_leg(&sweep->run->evidence->mtu, sweep->legs[leg].leg, &found);
    const bool told = found.told != 0 && found.whole >= found.told;
    return found.tried && (found.whole >= sweep->legs[leg].mtu || told);
}

/* What else waits to be asked on the leg would tell nothing new. */
static void drop_rest(struct sweep *sweep, size_t leg)
{
    for (size_t i = 0; i < sweep->flow_count; i++) {
        if (sweep->flows[i].leg == leg && sweep->flows[i].flow != NULL) {
            sweep->waiting -= prober_flow_drop(sweep->flows[i].flow);
        }
    }
}

static void answered(void *context, const struct prober_answer *answer)
{
    struct sweep_flow *flow = context;
    struct sweep *sweep = flow->sweep;
    struct error error = { 0 };
    if (answer->result != PROBER_NOTHING && !note_answer(sweep, answer, &error)) {
        run_failed(sweep->run, &error);
        return;
    }
    if (answer->late) {
        return;
    }
    struct ev_size *item = record_at(sweep, (size_t)answer->tag);
    ev_set_int(&item->sent, SOURCE_PROBE, item->sent.v + 1);
    sweep->waiting--;
    if (answer->result != PROBER_NOTHING && !sweep->asking && sweep_is_fine(sweep, flow->leg)) {
        drop_rest(sweep, flow->leg);
    }
    if (sweep->waiting == 0 && !sweep->asking) {
        sweep_next_step(sweep);
    }
}

/* --- flows --- */

struct sweep_flow *sweep_flow_of(struct sweep *sweep, size_t leg, enum stream_kind kind, int own_ttl,
                                 const struct address *to)
{
    for (size_t i = 0; i < sweep->flow_count; i++) {
        struct sweep_flow *flow = &sweep->flows[i];
        if (flow->leg == leg && flow->kind == kind && flow->own_ttl == own_ttl) {
            return flow->flow != NULL ? flow : NULL;
        }
    }
    if (sweep->flow_count == SWEEP_FLOWS_MAX) {
        return NULL;
    }
    struct sweep_flow *flow = &sweep->flows[sweep->flow_count++];
    *flow = (struct sweep_flow){ .sweep = sweep, .leg = leg, .kind = kind, .own_ttl = own_ttl };
    const struct prober_flow_options options = {
        .kind = kind == STREAM_ECHO ? PROBER_ECHO : PROBER_UDP,
        .to = *to,
        .interface = sweep->legs[leg].interface,
        .port = kind == STREAM_ECHO ? 0 : PORT_CLOSED,
        .answered = answered,
        .context = flow,
    };
    flow->flow = prober_flow_new(sweep->prober, &options, NULL);
    if (flow->flow == NULL) {
        return NULL;
    }
    return path_note_means(&sweep->run->evidence->mtu.means, prober_means_words(prober_flow_means(flow->flow)), NULL)
               ? flow
               : NULL;
}

/* --- asking --- */

static int64_t limit_us(const struct sweep *sweep)
{
    const int64_t limit = 2 * sweep->rtt_us + LIMIT_SPARE_US;
    return sweep->rtt_us == 0       ? LIMIT_FIRST_US
           : limit < LIMIT_LEAST_US ? LIMIT_LEAST_US
           : limit > LIMIT_MOST_US  ? LIMIT_MOST_US
                                    : limit;
}

int sweep_small(const struct path_leg_to *leg)
{
    return leg->to.family == ADDRESS_V6 ? SMALL_V6 : INFER_SIZE_SMALL;
}

bool sweep_ask(struct sweep *sweep, struct sweep_flow *flow, enum stream_reach reach, int ttl, int size, int tries,
               struct error *error)
{
    size_t index;
    if (flow == NULL) {
        return true;
    }
    if (!record_of(sweep, &sweep->legs[flow->leg], flow->kind, reach, ttl, size, &index, error)) {
        return false;
    }
    const struct ev_size *item = record_at(sweep, index);
    if (item->answer.v != SIZE_SILENT || item->sent.v >= tries) {
        return true;
    }
    const struct prober_probe probe = {
        .tag = index,
        .ttl = reach == REACH_TTL ? (uint8_t)ttl : 0,
        .df = true,
        .size = (uint16_t)size,
        .limit_us = limit_us(sweep),
    };
    if (prober_send(flow->flow, &probe, error)) {
        sweep->waiting++;
        return true;
    }
    return false;
}

const struct ev_size *sweep_seen(struct sweep *sweep, size_t leg, enum stream_kind kind, enum stream_reach reach,
                                 int ttl, int size)
{
    for (size_t i = 0; i < sweep->run->evidence->mtu.probes.count; i++) {
        if (matches(record_at(sweep, i), &sweep->legs[leg], kind, reach, ttl, size)) {
            return record_at(sweep, i);
        }
    }
    return NULL;
}

bool sweep_came_through(struct sweep *sweep, size_t leg, enum stream_kind kind, enum stream_reach reach, int ttl,
                        int size)
{
    const struct ev_size *item = sweep_seen(sweep, leg, kind, reach, ttl, size);
    return item != NULL && item->answer.v == SIZE_ANSWERED;
}
