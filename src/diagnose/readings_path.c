/* Readings of the check path: what infer makes of its counts. */
#include "diagnose/compute.h"

#include <string.h>

#include "infer/answer.h"
#include "infer/queue.h"
#include "infer/segments.h"

static void set_share(struct ev_int *field, double share)
{
    ev_set_int(field, SOURCE_COMPUTED, (int64_t)(share * FIELD_SHARE_WHOLE + 0.5));
}

static void set_shares(const struct infer_share *share, struct ev_int *loss, struct ev_int *low, struct ev_int *high)
{
    if (share->known) {
        set_share(loss, share->loss);
        set_share(low, share->low);
        set_share(high, share->high);
    }
}

static bool set_hop(const struct ev_path *path, int index, struct ev_text *field, struct error *error)
{
    if (index < 0 || (size_t)index >= path->hops.count) {
        return true;
    }
    const struct ev_hop *hop = (const struct ev_hop *)path->hops.items + index;
    const struct ev_address_item *first = hop->addresses.items;
    return hop->addresses.count == 0 || first->address.v == NULL ||
           ev_set_words(field, SOURCE_COMPUTED, first->address.v, error);
}

static bool on_way(const struct evidence *e, int id)
{
    ev_each (hop, const struct ev_hop, &e->path.hops) {
        if (enum_is(&hop->segment, id)) {
            return true;
        }
    }
    return false;
}

static bool add_segment(const struct evidence *e, const struct infer_answer *answer, int id,
                        struct reading_path *reading, struct error *error)
{
    const struct field_table *table = reading_group(CHECK_PATH)->fields[0].group;
    if (!on_way(e, id)) {
        return true;
    }
    struct reading_segment *segment = ev_list_add(&reading->segments, SOURCE_COMPUTED, table, 0, error);
    if (segment == NULL) {
        return false;
    }
    ev_set_enum(&segment->id, SOURCE_COMPUTED, id);
    ev_set_bool(&segment->measured, SOURCE_COMPUTED, answer->segment[id].measured);
    ev_set_bool(&segment->blamed, SOURCE_COMPUTED, answer->segment[id].blamed);
    set_shares(&answer->segment[id].loss, &segment->loss, &segment->loss_low, &segment->loss_high);
    return true;
}

/* Delay that builds up at a link. */
static bool compute_queue(const struct ev_path *path, struct reading_path *reading, struct error *error)
{
    struct infer_queue queue;
    if (!infer_queue(path, &queue)) {
        return true;
    }
    ev_set_int(&reading->idle_us, SOURCE_COMPUTED, queue.idle_us);
    ev_set_int(&reading->loaded_us, SOURCE_COMPUTED, queue.loaded_us);
    /* what this machine does itself comes and goes: places that do not seem to wait were asked in quiet moments */
    if (infer_own_load(path)) {
        return true;
    }
    if (queue.segment != SEGMENT_COUNT) {
        ev_set_enum(&reading->queue_at, SOURCE_COMPUTED, (int)queue.segment);
    }
    return set_hop(path, queue.from, &reading->queue_near, error) &&
           set_hop(path, queue.to, &reading->queue_far, error);
}

bool compute_path(const struct evidence *evidence, struct reading_path *reading, struct error *error)
{
    const struct ev_path *path = &evidence->path;
    struct infer_answer answer;
    if (path->hops.count == 0) {
        return true;
    }
    infer_answer(path, &answer);
    ev_set_enum(&reading->answer, SOURCE_COMPUTED, (int)answer.kind);
    if (answer.kind == INFER_MUTE) {
        return true;
    }
    const bool branches = infer_branches(path);
    set_share(&reading->posterior, answer.posterior);
    ev_set_bool(&reading->branches, SOURCE_COMPUTED, branches);
    for (int id = 0; id < SEGMENT_COUNT; id++) {
        if (!add_segment(evidence, &answer, id, reading, error)) {
            return false;
        }
    }
    if (answer.self_made) {
        ev_set_bool(&reading->self_made, SOURCE_COMPUTED, true);
    }
    if (!compute_queue(path, reading, error)) {
        return false;
    }
    if (!answer.lossy) {
        return true;
    }
    /* a link that may lie on either side of the tunnel's beginning says nothing about that */
    const unsigned tunnel = 1U << SEGMENT_VPN_GATEWAY | 1U << SEGMENT_TUNNEL;
    const bool placed = answer.kind == INFER_LOSS;
    ev_set_enum(&reading->what, SOURCE_COMPUTED, answer.only_pings ? INFER_ECHO : (int)answer.scope);
    if (answer.only_pings) {
        ev_set_bool(&reading->only_pings, SOURCE_COMPUTED, true);
    }
    set_shares(&answer.loss, &reading->loss, &reading->loss_low, &reading->loss_high);
    ev_set_bool(&reading->at_link, SOURCE_COMPUTED, placed && answer.at_link);
    ev_set_bool(&reading->in_bursts, SOURCE_COMPUTED, answer.in_bursts);
    /* where the way branches, its own packets may be hit because they all take one branch */
    const bool own = answer.scope == INFER_TUNNEL && !branches;
    const bool inside = own || (answer.segments & ~tunnel) == 0;
    if (placed && (inside || (answer.segments & tunnel) == 0)) {
        ev_set_bool(&reading->of_tunnel, SOURCE_COMPUTED, inside);
    }
    return answer.self_made ||
           (set_hop(path, answer.from, &reading->near, error) && set_hop(path, answer.to, &reading->far, error));
}
