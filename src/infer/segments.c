#include "infer/segments.h"

#include <string.h>

#include "base/address.h"
#include "infer/answer.h"

static bool first_address(const struct ev_hop *hop, struct address *address)
{
    const struct ev_address_item *item = hop->addresses.items;
    return hop->addresses.count > 0 && item->address.v != NULL && address_parse(item->address.v, address);
}

static bool is_inner(const struct address *address)
{
    enum address_class class = address_class_of(address);
    return class == ADDRESS_CLASS_PRIVATE || class == ADDRESS_CLASS_SHARED || class == ADDRESS_CLASS_LINK_LOCAL;
}

/* Routers of one network are numbered alike: the same /16, of IPv6 the same /32. */
static bool same_net(const struct address *a, const struct address *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, a->family == ADDRESS_V6 ? 4 : 2) == 0;
}

struct walk {
    int leg;
    bool target_private;
    bool first_seen; /* the first router is behind us */
    bool public_seen;
    bool left; /* beyond the provider's own network */
    bool public_ahead;
    struct address provider;
    enum path_segment last;
};

static enum path_segment outside(struct walk *walk, const struct ev_hop *hop)
{
    struct address address;
    if (!walk->first_seen) {
        walk->first_seen = true;
        return SEGMENT_LAN;
    }
    if (!first_address(hop, &address)) {
        const bool office = walk->target_private && !walk->public_ahead;
        return walk->last == SEGMENT_LAN ? office ? SEGMENT_OFFICE : SEGMENT_ISP : walk->last;
    }
    /* Private routers before public ones are a provider's own, also on the way to a private host. */
    if (is_inner(&address) && walk->target_private && walk->leg == LEG_DIRECT && !walk->public_ahead) {
        return SEGMENT_OFFICE;
    }
    if (is_inner(&address)) {
        return walk->public_seen ? SEGMENT_TRANSIT : SEGMENT_ISP;
    }
    if (!walk->public_seen) {
        walk->public_seen = true;
        walk->provider = address;
        return SEGMENT_ISP;
    }
    walk->left = walk->left || !same_net(&address, &walk->provider);
    return walk->left ? SEGMENT_TRANSIT : SEGMENT_ISP;
}

static enum path_segment inside(struct walk *walk)
{
    if (!walk->first_seen) {
        walk->first_seen = true;
        return SEGMENT_TUNNEL; /* what answers first in there is the gateway's inner side */
    }
    return SEGMENT_OFFICE;
}

/* A router behind the hop at `index` of its leg has a public address. */
static bool public_behind(const struct ev_path *path, size_t index)
{
    const struct ev_hop *hops = path->hops.items;
    for (size_t i = index + 1; i < path->hops.count; i++) {
        struct address address;
        const bool end = hops[i].end.source != SOURCE_NONE && hops[i].end.v;
        if (hops[i].leg.source != SOURCE_NONE && hops[i].leg.v == hops[index].leg.v && !end &&
            first_address(&hops[i], &address) && !is_inner(&address)) {
            return true;
        }
    }
    return false;
}

void infer_place_hops(struct ev_path *path, bool target_private)
{
    static const int legs[] = { LEG_DIRECT, LEG_UNDERLAY, LEG_OVERLAY };
    for (size_t i = 0; i < sizeof legs / sizeof legs[0]; i++) {
        struct walk walk = { .leg = legs[i], .target_private = target_private, .last = SEGMENT_LAN };
        ev_each (hop, struct ev_hop, &path->hops) {
            if (hop->leg.source == SOURCE_NONE || hop->leg.v != legs[i]) {
                continue;
            }
            bool end = hop->end.source != SOURCE_NONE && hop->end.v;
            walk.public_ahead = public_behind(path, (size_t)(hop - (struct ev_hop *)path->hops.items));
            walk.last = end                      ? legs[i] == LEG_UNDERLAY ? SEGMENT_VPN_GATEWAY : SEGMENT_SERVER
                        : legs[i] == LEG_OVERLAY ? inside(&walk)
                                                 : outside(&walk, hop);
            ev_set_enum(&hop->segment, SOURCE_PROBE, (int)walk.last);
        }
    }
}

bool infer_branches(const struct ev_path *path)
{
    ev_each (hop, const struct ev_hop, &path->hops) {
        if (hop->addresses.count > 1) {
            return true;
        }
    }
    return false;
}

/* Of the streams that cross all of it, the one that bounds its loss best. */
static const struct ev_stream *witness(const struct ev_path *path, const struct infer_model *model, uint64_t links)
{
    const struct ev_stream *best = NULL;
    double best_high = 2;
    for (size_t i = 0; i < model->place_count; i++) {
        const struct infer_place *place = &model->places[i];
        for (size_t s = 0; (place->links & links) == links && s < place->stream_count; s++) {
            double low;
            double high;
            infer_bounds(place->streams[s].sent, place->streams[s].lost, &low, &high);
            if (high < best_high) {
                const struct ev_hop *hop = (const struct ev_hop *)path->hops.items + place->streams[s].hop;
                best_high = high;
                best = (const struct ev_stream *)hop->streams.items + place->streams[s].row;
            }
        }
    }
    return best;
}

static void take_rtt(const struct ev_hop *hop, struct ev_rtt *out)
{
    ev_each (stream, const struct ev_stream, &hop->streams) {
        const struct ev_rtt *rtt = &stream->rtt_us;
        if (rtt->median.source != SOURCE_NONE && (out->median.source == SOURCE_NONE || rtt->median.v < out->median.v)) {
            *out = *rtt;
        }
    }
}

static bool add_segment(struct ev_path *path, const struct infer_model *model, int id, struct error *error)
{
    uint64_t links = 0;
    size_t last = 0;
    bool measured = false;
    for (size_t i = 0; i < model->link_count; i++) {
        if (model->links[i].segments == 1U << id) {
            links |= (uint64_t)1 << i;
            last = i;
            measured = true;
        }
    }
    if (!measured) {
        return true;
    }
    const struct ev_stream *best = witness(path, model, links);
    struct ev_segment *segment = ev_list_add(&path->segments, SOURCE_PROBE, &segment_table, PATH_SEGMENTS_MAX, error);
    if (segment == NULL) {
        return false;
    }
    ev_set_enum(&segment->id, SOURCE_PROBE, id);
    if (best != NULL && best->sent.source != SOURCE_NONE) {
        segment->sent = best->sent;
        segment->lost = best->lost;
    }
    take_rtt((const struct ev_hop *)path->hops.items + model->links[last].to, &segment->rtt_us);
    return true;
}

bool infer_fill_segments(struct ev_path *path, struct error *error)
{
    struct infer_model model;
    bool done = true;
    if (!infer_read(path, &model)) {
        return true;
    }
    for (int id = 0; done && id < SEGMENT_COUNT; id++) {
        done = add_segment(path, &model, id, error);
    }
    return done;
}
