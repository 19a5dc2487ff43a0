/* One train: packets in one go, and when each was answered. */
#include "path/line.h"

#include <string.h>

enum {
    SIZE_MOST = 1400,
    TRAIN_LIMIT_US = 3000000,
    QUIET_US = 300000, /* after so long without an answer a train is over; more when they come slower */
    QUIET_GAPS = 4,
};

void line_later(struct line *line, int64_t after_us, void (*fire)(void *context))
{
    struct error error = { 0 };
    net_timer_free(line->timer);
    line->timer = net_timer_start(line->run->loop, after_us, fire, line, &error);
    if (line->timer == NULL) {
        run_failed(line->run, &error);
    }
}

bool line_from_end(const struct prober_answer *answer)
{
    return answer->result == PROBER_REPLY || answer->port_closed;
}

bool line_counts(const struct prober_answer *answer)
{
    return line_from_end(answer) || (answer->ttl != 0 && answer->result == PROBER_TIME_EXCEEDED);
}

static struct ev_train *train_of(struct line *line)
{
    return (struct ev_train *)line->run->evidence->bandwidth.trains.items + line->train;
}

/* Its answers, in the order of the packets. */
static void record_arrivals(struct line *line)
{
    struct ev_train *train = train_of(line);
    int first = -1;
    int last = -1;
    int64_t answered = 0;
    for (int i = 0; i < LINE_PACKETS; i++) {
        if (line->arrived_us[i] != 0) {
            first = first < 0 ? i : first;
            last = i;
            answered++;
        }
    }
    ev_set_int(&train->answered, SOURCE_PROBE, answered);
    ev_set_int(&train->send_us, SOURCE_PROBE, line->last_sent_us - line->first_sent_us);
    if (last > first && line->arrived_us[last] > line->arrived_us[first]) {
        ev_set_int(&train->first, SOURCE_PROBE, first);
        ev_set_int(&train->last, SOURCE_PROBE, last);
        ev_set_int(&train->span_us, SOURCE_PROBE, line->arrived_us[last] - line->arrived_us[first]);
    }
}

static void train_over(void *context)
{
    struct line *line = context;
    line->pushing = false;
    record_arrivals(line);
    line_next_step(line);
}

void line_arrived(void *context, const struct prober_answer *answer)
{
    struct line *line = context;
    struct ev_train *train = train_of(line);
    const uint64_t index = answer->tag % LINE_PACKETS;
    if (!line->pushing || answer->tag / LINE_PACKETS != line->train || !line_counts(answer) ||
        line->arrived_us[index] != 0) {
        return; /* of a train that is over */
    }
    const int64_t at_us = answer->sent_us + answer->rtt_us;
    const int64_t gap_us = line->last_arrived_us != 0 ? at_us - line->last_arrived_us : 0;
    line->arrived_us[index] = at_us;
    line->last_arrived_us = at_us;
    line->longest_gap_us = gap_us > line->longest_gap_us ? gap_us : line->longest_gap_us;
    line->first_sent_us =
        line->first_sent_us == 0 || answer->sent_us < line->first_sent_us ? answer->sent_us : line->first_sent_us;
    line->last_sent_us = answer->sent_us > line->last_sent_us ? answer->sent_us : line->last_sent_us;
    if (train->loaded_us.source == SOURCE_NONE || answer->rtt_us > train->loaded_us.v) {
        ev_set_int(&train->loaded_us, SOURCE_PROBE, answer->rtt_us);
    }
    const int64_t quiet_us = QUIET_GAPS * line->longest_gap_us;
    const bool all = index == LINE_PACKETS - 1;
    line_later(line, all ? QUIET_US / 4 : quiet_us > QUIET_US ? quiet_us : QUIET_US, train_over);
}

/* As big as gets through; a hole would swallow the train. */
static int64_t size_for(const struct line *line, const struct path_leg_to *to)
{
    const struct ev_mtu *mtu = &line->run->evidence->mtu;
    const struct ev_int *fits = to->leg == LEG_UNDERLAY ? &mtu->outer_path_mtu : &mtu->path_mtu;
    const int64_t most = to->mtu > 0 && to->mtu < SIZE_MOST ? to->mtu : SIZE_MOST;
    return fits->source != SOURCE_NONE && fits->v < most ? fits->v : most;
}

bool line_push(struct line *line, int kind, int ttl, struct error *error)
{
    struct ev_bandwidth *group = &line->run->evidence->bandwidth;
    struct line_leg *leg = &line->legs[line->leg];
    const struct spot *spot = &leg->spots[kind][ttl];
    const int64_t size = size_for(line, &leg->to);
    struct ev_train *train = ev_list_add(&group->trains, SOURCE_PROBE, &train_table, LINE_TRAINS_MAX, error);
    if (train == NULL || !ev_set_words(&train->address, SOURCE_PROBE, spot->address, error)) {
        return false;
    }
    line->train = group->trains.count - 1;
    line->kind = kind;
    line->pushing = true;
    memset(line->arrived_us, 0, sizeof(line->arrived_us));
    line->first_sent_us = line->last_sent_us = line->last_arrived_us = line->longest_gap_us = 0;
    leg->trains++;
    leg->whole_trains += ttl == 0;
    ev_set_enum(&train->leg, SOURCE_PROBE, (int)leg->to.leg);
    ev_set_enum(&train->kind, SOURCE_PROBE, (int)line_kinds[kind]);
    ev_set_enum(&train->reach, SOURCE_PROBE, ttl == 0 ? REACH_WHOLE : REACH_TTL);
    const int distance = ttl != 0 ? ttl : leg->end_ttl;
    if (distance != 0) {
        ev_set_int(&train->ttl, SOURCE_PROBE, distance);
    }
    ev_set_int(&train->size, SOURCE_PROBE, size);
    ev_set_int(&train->sent, SOURCE_PROBE, LINE_PACKETS);
    ev_set_int(&train->idle_us, SOURCE_PROBE, spot->idle_us);
    ev_set_int(&group->bytes, SOURCE_PROBE, group->bytes.v + size * LINE_PACKETS);
    for (int i = 0; i < LINE_PACKETS; i++) {
        const struct prober_probe probe = {
            .tag = (uint64_t)line->train * LINE_PACKETS + (uint64_t)i,
            .ttl = (uint8_t)ttl,
            .size = (uint16_t)size,
            .limit_us = TRAIN_LIMIT_US,
        };
        if (!prober_send(leg->push[kind], &probe, error)) {
            return false;
        }
    }
    line_later(line, spot->idle_us + QUIET_US * 2, train_over);
    return true;
}
