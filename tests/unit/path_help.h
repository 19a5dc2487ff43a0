/* Ways by hand, for tests: hops with their streams' counts. */
#ifndef TESTS_UNIT_PATH_HELP_H
#define TESTS_UNIT_PATH_HELP_H

#include <string.h>

#include "evidence/evidence.h"
#include "infer/segments.h"

/* `ttl` 0: the end, at an unknown distance. `address` NULL: a silent place. */
static inline struct ev_hop *path_hop(struct ev_path *path, int leg, int ttl, const char *address, bool end)
{
    struct ev_hop *hop = ev_list_add(&path->hops, SOURCE_PROBE, &hop_table, PATH_HOPS_MAX, NULL);
    assert_non_null(hop);
    ev_set_enum(&hop->leg, SOURCE_PROBE, leg);
    ev_set_bool(&hop->end, SOURCE_PROBE, end);
    if (ttl > 0) {
        ev_set_int(&hop->ttl, SOURCE_PROBE, ttl);
    }
    if (address != NULL) {
        struct ev_address_item *item =
            ev_list_add(&hop->addresses, SOURCE_PROBE, &address_item_table, PATH_ADDRESSES_MAX, NULL);
        assert_non_null(item);
        assert_true(ev_set_words(&item->address, SOURCE_PROBE, address, NULL));
    }
    infer_place_hops(path, false);
    return hop;
}

static inline struct ev_stream *path_stream(struct ev_hop *hop, int kind, int reach, int64_t lost, int64_t sent)
{
    struct ev_stream *stream = ev_list_add(&hop->streams, SOURCE_PROBE, &stream_table, PATH_STREAMS_MAX, NULL);
    assert_non_null(stream);
    ev_set_enum(&stream->kind, SOURCE_PROBE, kind);
    ev_set_enum(&stream->reach, SOURCE_PROBE, reach);
    ev_set_int(&stream->sent, SOURCE_PROBE, sent);
    ev_set_int(&stream->lost, SOURCE_PROBE, lost);
    ev_set_int(&stream->runs, SOURCE_PROBE, lost);
    return stream;
}

/* A router, or an end, with one stream of pings. */
static inline struct ev_hop *path_place(struct ev_path *path, int leg, int ttl, const char *address, int64_t lost,
                                        int64_t sent)
{
    struct ev_hop *hop = path_hop(path, leg, ttl, address, false);
    (void)path_stream(hop, STREAM_ECHO, REACH_TTL, lost, sent);
    return hop;
}

static inline struct ev_hop *path_end(struct ev_path *path, int leg, int ttl, const char *address, int64_t lost,
                                      int64_t sent)
{
    struct ev_hop *hop = path_hop(path, leg, ttl, address, true);
    (void)path_stream(hop, STREAM_ECHO, REACH_WHOLE, lost, sent);
    return hop;
}

/* The way of the laboratory, 400 probes to each place; from the place `from` on (counted from 1, all places in a row)
 * so many of them are lost. `skip` 0: no place is left out; else that one is not there. */
enum { PATH_PLACES = 8 };
static inline void path_lab(struct ev_path *path, int from, int64_t lost)
{
    static const char *const addresses[PATH_PLACES] = { "192.168.1.1",  "100.64.1.2", "203.0.113.2", "192.0.2.2",
                                                        "198.51.100.2", "10.20.0.1",  "10.20.0.2",   "10.30.0.10" };
    for (int i = 1; i <= PATH_PLACES; i++) {
        const int64_t here = i >= from ? lost : 0;
        const int leg = i <= 5 ? LEG_UNDERLAY : LEG_OVERLAY;
        const int ttl = i <= 5 ? i : i - 5;
        if (i == 5 || i == PATH_PLACES) {
            (void)path_end(path, leg, ttl, addresses[i - 1], here, 400);
        } else {
            (void)path_place(path, leg, ttl, addresses[i - 1], here, 400);
        }
    }
}

static inline struct ev_hop *path_at(struct ev_path *path, int place)
{
    assert_true((size_t)place <= path->hops.count);
    return (struct ev_hop *)path->hops.items + place - 1;
}

#endif
