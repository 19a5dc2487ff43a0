/* Which links there are, and what each stream of probes crosses. */
#include <string.h>

#include "infer/answer.h"

static int64_t count(const struct ev_int *field)
{
    return field->source != SOURCE_NONE && field->v > 0 ? field->v : 0;
}

static bool is(const struct ev_enum *field, int value)
{
    return field->source != SOURCE_NONE && field->v == value;
}

enum { TRIED_ENOUGH = 20, ANSWERS_AT_LEAST = 12 /* of a hundred */ };

/* A place that nothing was asked of yet may turn out to answer. One that keeps nearly everything to itself is no end of
 * a link: what it would tell is not worth the time. */
static bool answers(const struct ev_hop *hop)
{
    ev_each (stream, const struct ev_stream, &hop->streams) {
        int64_t sent = count(&stream->sent);
        int64_t lost = count(&stream->lost) < sent ? count(&stream->lost) : sent;
        if (is(&stream->kind, STREAM_TCP) || (is(&stream->kind, STREAM_SYN) && is(&stream->reach, REACH_WHOLE))) {
            continue; /* too few, and they go to the end anyway */
        }
        if (sent < TRIED_ENOUGH || (sent - lost) * 100 >= sent * ANSWERS_AT_LEAST) {
            return true;
        }
    }
    return false;
}

static bool hop_on(const struct ev_hop *hop, int leg)
{
    return is(&hop->leg, leg);
}

static bool heard(const struct ev_hop *hop, bool ping_of_end)
{
    ev_each (stream, const struct ev_stream, &hop->streams) {
        const bool ping = is(&stream->kind, STREAM_ECHO) && is(&stream->reach, REACH_WHOLE);
        if (count(&stream->sent) > count(&stream->lost) && (ping || !ping_of_end)) {
            return true;
        }
    }
    return false;
}

/* When even the end answers but now and then, the way itself may lose nearly everything: then the places behind the
 * last that answers well count as well. Their first index; PATH_HOPS_MAX: none. */
static size_t faint_from(const struct ev_path *path, int leg)
{
    const struct ev_hop *hops = path->hops.items;
    size_t first = 0;
    bool faint = false;
    for (size_t i = 0; i < path->hops.count && i < PATH_HOPS_MAX; i++) {
        if (!hop_on(&hops[i], leg)) {
            continue;
        }
        if (answers(&hops[i])) {
            first = i + 1;
            faint = false;
        } else {
            faint = faint || heard(&hops[i], true);
        }
    }
    return faint ? first : PATH_HOPS_MAX;
}

/* Hops are in the order of their distance, leg by leg. Adds the leg's links; `links` gets what every stream of a hop
 * crosses. */
static void add_leg(const struct ev_path *path, int leg, uint64_t before, unsigned spans, struct infer_model *model,
                    uint64_t links[PATH_HOPS_MAX])
{
    const struct ev_hop *hops = path->hops.items;
    const size_t faint = faint_from(path, leg);
    uint64_t crossed = before;
    int from = -1;
    for (size_t i = 0; i < path->hops.count && i < PATH_HOPS_MAX; i++) {
        if (!hop_on(&hops[i], leg)) {
            continue;
        }
        spans |= hops[i].segment.source != SOURCE_NONE ? 1U << hops[i].segment.v : 0;
        const bool counts = answers(&hops[i]) || (i >= faint && heard(&hops[i], false));
        if (!counts || model->link_count == INFER_LINKS_MAX) {
            continue;
        }
        struct infer_link *link = &model->links[model->link_count];
        *link = (struct infer_link){ .segments = spans, .leg = leg, .from = from, .to = (int)i };
        link->has[INFER_ALL] = true;
        crossed |= (uint64_t)1 << model->link_count++;
        links[i] = crossed;
        from = (int)i;
        spans = 0;
    }
}

static struct infer_place *place_for(struct infer_model *model, size_t first, uint64_t links, bool end, bool alone)
{
    for (size_t i = first; !alone && i < model->place_count; i++) {
        if (!model->places[i].end && model->places[i].stream_count < INFER_STREAMS_MAX) {
            return &model->places[i];
        }
    }
    if (model->place_count == INFER_PLACES_MAX) {
        return NULL;
    }
    struct infer_place *place = &model->places[model->place_count++];
    *place = (struct infer_place){ .links = links, .end = end };
    return place;
}

static unsigned subject_of(const struct ev_hop *hop, const struct ev_stream *stream)
{
    unsigned subject = 1U << INFER_ALL;
    if (is(&stream->kind, STREAM_SERVICE) || hop_on(hop, LEG_OVERLAY)) {
        subject |= 1U << INFER_TUNNEL;
    }
    if ((is(&stream->kind, STREAM_SYN) || is(&stream->kind, STREAM_TCP)) && !hop_on(hop, LEG_UNDERLAY)) {
        subject |= 1U << INFER_RDP;
    }
    return subject | (is(&stream->kind, STREAM_ECHO) ? 1U << INFER_ECHO : 0);
}

static void add_streams(const struct ev_path *path, struct infer_model *model, const uint64_t links[PATH_HOPS_MAX])
{
    const struct ev_hop *hops = path->hops.items;
    for (size_t i = 0; i < path->hops.count && i < PATH_HOPS_MAX; i++) {
        size_t first = model->place_count;
        const struct ev_stream *rows = hops[i].streams.items;
        for (size_t row = 0; links[i] != 0 && row < hops[i].streams.count; row++) {
            const struct ev_stream *stream = &rows[row];
            bool connect =
                is(&stream->kind, STREAM_TCP) || (is(&stream->kind, STREAM_SYN) && is(&stream->reach, REACH_WHOLE));
            /* a host limits "port unreachable" as routers do */
            bool reports = is(&stream->reach, REACH_TTL) || is(&stream->kind, STREAM_UDP);
            struct infer_place *place = place_for(model, first, links[i], !reports, !is(&stream->reach, REACH_TTL));
            if (place == NULL) {
                return;
            }
            place->firm = connect;
            struct infer_stream *out = &place->streams[place->stream_count++];
            int64_t sent = count(&stream->sent);
            int64_t lost = count(&stream->lost) < sent ? count(&stream->lost) : sent;
            *out = (struct infer_stream){ .subject = subject_of(&hops[i], stream), .fixed = connect };
            out->hop = (int)i;
            out->row = (int)row;
            out->sent = (double)sent;
            out->lost = (double)lost;
            out->runs = stream->runs.source != SOURCE_NONE && stream->runs.v < lost ? (double)count(&stream->runs)
                                                                                    : (double)lost;
        }
    }
}

/* A loss of one kind of packet can be told where that kind is sent, and another beside it. */
static void mark_scopes(struct infer_model *model)
{
    uint64_t tunnel = 0;
    uint64_t rdp = 0;
    uint64_t echo = 0;
    uint64_t other = 0;
    for (size_t i = 0; i < model->place_count; i++) {
        const struct infer_place *place = &model->places[i];
        for (size_t s = 0; s < place->stream_count; s++) {
            unsigned subject = place->streams[s].subject;
            bool below = model->link_count > 0 && (subject >> INFER_TUNNEL & 1) != 0 &&
                         model->links[63 - __builtin_clzll(place->links)].leg == LEG_UNDERLAY;
            tunnel |= below ? place->links : 0;
            rdp |= (subject >> INFER_RDP & 1) != 0 && !place->streams[s].fixed ? place->links : 0;
            echo |= (subject >> INFER_ECHO & 1) != 0 ? place->links : 0;
            other |= (subject >> INFER_ECHO & 1) == 0 && !place->streams[s].fixed ? place->links : 0;
        }
    }
    for (size_t i = 0; i < model->link_count; i++) {
        bool below = model->links[i].leg == LEG_UNDERLAY;
        model->links[i].has[INFER_TUNNEL] = below && (tunnel >> i & 1) != 0;
        model->links[i].has[INFER_RDP] = !below && (rdp >> i & 1) != 0;
        model->links[i].has[INFER_ECHO] = (echo & other) >> i & 1;
    }
}

bool infer_read(const struct ev_path *path, struct infer_model *model)
{
    uint64_t links[PATH_HOPS_MAX] = { 0 };
    unsigned below = 0;
    memset(model, 0, sizeof *model);
    ev_each (hop, const struct ev_hop, &path->hops) {
        below |= hop_on(hop, LEG_UNDERLAY) && hop->segment.source != SOURCE_NONE ? 1U << hop->segment.v : 0;
    }
    add_leg(path, LEG_DIRECT, 0, 0, model, links);
    add_leg(path, LEG_UNDERLAY, 0, 0, model, links);
    /* what runs through the tunnel runs through all that lies below it, also where nothing answers there */
    unsigned measured = 0;
    for (size_t i = 0; i < model->link_count; i++) {
        measured |= model->links[i].leg == LEG_UNDERLAY ? model->links[i].segments : 0;
    }
    uint64_t all = ((uint64_t)1 << model->link_count) - 1;
    unsigned unknown = 1U << SEGMENT_LAN | 1U << SEGMENT_ISP | 1U << SEGMENT_TRANSIT | 1U << SEGMENT_VPN_GATEWAY;
    unsigned spans = 1U << SEGMENT_TUNNEL | (below == 0 ? unknown : below & ~measured);
    add_leg(path, LEG_OVERLAY, all, spans, model, links);
    add_streams(path, model, links);
    mark_scopes(model);
    return model->link_count > 0;
}
