#include "diagnose/way.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "diagnose/way_words.h"

const char *way_segment_title(enum path_segment segment)
{
    static const char *const titles[SEGMENT_COUNT] = {
        [SEGMENT_LAN] = "LAN",         [SEGMENT_ISP] = "ISP",
        [SEGMENT_TRANSIT] = "transit", [SEGMENT_VPN_GATEWAY] = "VPN gateway",
        [SEGMENT_TUNNEL] = "tunnel",   [SEGMENT_OFFICE] = "office",
        [SEGMENT_SERVER] = "server",
    };
    return (unsigned)segment < SEGMENT_COUNT ? titles[segment] : "";
}

const char *way_word(enum way_kind kind)
{
    static const char *const words[] = {
        [WAY_UNKNOWN] = "UNKNOWN", [WAY_OPEN] = "OPEN", [WAY_CLEAN] = "CLEAN",
        [WAY_LOSS] = "LOSS",       [WAY_HOLE] = "HOLE", [WAY_SLOW] = "SLOW",
    };
    return words[kind];
}

void way_release(struct way *way)
{
    struct words *const lists[] = { &way->sentences, &way->missing, &way->facts, &way->letter };
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (size_t k = 0; k < lists[i]->count; k++) {
            alloc_free(lists[i]->items[k]);
        }
        alloc_free(lists[i]->items);
        *lists[i] = (struct words){ 0 };
    }
}

bool way_add(struct words *words, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    char *copy = alloc_text(text);
    char **items = copy != NULL ? alloc_resize(words->items, words->count + 1, sizeof *items) : NULL;
    if (items == NULL) {
        alloc_free(copy);
        return false;
    }
    words->items = items;
    items[words->count++] = copy;
    return true;
}

/* --- the rows --- */

const char *way_percent(double share, char text[WAY_NUMBER_SIZE])
{
    const double percent = share * 100;
    snprintf(text, WAY_NUMBER_SIZE, percent >= 9.95 ? "%.0f" : percent >= 0.095 ? "%.1f" : "%.2f", percent);
    return text;
}

static void lost_words(const struct infer_share *share, bool blamed, char out[WAY_WORDS_SIZE])
{
    char loss[WAY_NUMBER_SIZE];
    char low[WAY_NUMBER_SIZE];
    char high[WAY_NUMBER_SIZE];
    way_percent(share->loss, loss);
    way_percent(share->low, low);
    way_percent(share->high, high);
    if (blamed) {
        snprintf(out, WAY_WORDS_SIZE, "%s %% lost (%s\u2013%s %%)", loss, low, high);
    } else if (share->behind) {
        snprintf(out, WAY_WORDS_SIZE, "below %s %% of its own", high); /* its packets crossed the loss, too */
    } else if (share->lost > 0) {
        snprintf(out, WAY_WORDS_SIZE, "%.0f of %.0f lost: below %s %%", share->lost, share->sent, high);
    } else {
        snprintf(out, WAY_WORDS_SIZE, "none of %.0f lost: below %s %%", share->sent, high);
    }
}

/* The far end of a segment: the last hop that belongs to it. */
static const struct ev_hop *last_hop(const struct ev_path *path, enum path_segment segment)
{
    const struct ev_hop *last = NULL;
    ev_each (hop, const struct ev_hop, &path->hops) {
        if (enum_is(&hop->segment, (int)segment) && hop->addresses.count > 0) {
            last = hop;
        }
    }
    return last;
}

const char *way_hop_address(const struct ev_path *path, int index)
{
    if (index < 0 || (size_t)index >= path->hops.count) {
        return NULL;
    }
    const struct ev_hop *hop = (const struct ev_hop *)path->hops.items + index;
    const struct ev_address_item *first = hop->addresses.items;
    return hop->addresses.count > 0 ? first->address.v : NULL;
}

/* Round trips of a row, which has no room for more than "< 1 ms". */
static void delay_words(int64_t us, char *out, size_t room)
{
    enum { MS = 1000, SHORT = 10 };
    if (us < MS) {
        snprintf(out, room, "< 1 ms");
    } else if (us < SHORT * MS) {
        snprintf(out, room, "%" PRId64 ".%" PRId64 " ms", us / MS, us % MS / 100);
    } else {
        snprintf(out, room, "%" PRId64 " ms", us / MS);
    }
}

static void fill_row(struct way_row *row, const struct evidence *e, const struct infer_answer *answer)
{
    const struct ev_hop *hop = last_hop(&e->path, row->segment);
    const struct ev_address_item *address = hop != NULL ? hop->addresses.items : NULL;
    ev_each (segment, const struct ev_segment, &e->path.segments) {
        if (enum_is(&segment->id, (int)row->segment) && seen(segment->rtt_us.median.source)) {
            delay_words(segment->rtt_us.median.v, row->delay, sizeof row->delay);
        }
    }
    if (row->delay[0] == '\0' && hop != NULL) {
        ev_each (stream, const struct ev_stream, &hop->streams) {
            if (row->delay[0] == '\0' && seen(stream->rtt_us.median.source)) {
                delay_words(stream->rtt_us.median.v, row->delay, sizeof row->delay);
            }
        }
    }
    if (address != NULL && address->address.v != NULL) {
        snprintf(row->far, sizeof row->far, "%s", address->address.v);
    }
    const bool blamed = answer->segment[row->segment].blamed && answer->kind == INFER_LOSS;
    const struct infer_share *share =
        blamed && answer->loss.known ? &answer->loss : &answer->segment[row->segment].loss;
    if (!answer->segment[row->segment].measured || !share->known) {
        if (answer->kind == INFER_LOSS && (answer->segments >> row->segment & 1) != 0) {
            row->mark = WAY_MARK_MAYBE;
            snprintf(row->lost, sizeof row->lost, "the loss is in one of these");
            return;
        }
        /* what answers from there went through the loss before it, and shows no other */
        const bool behind = answer->kind == INFER_LOSS && hop != NULL && !blamed;
        row->mark = behind ? WAY_MARK_NONE : WAY_MARK_UNMEASURED;
        snprintf(row->lost, sizeof row->lost, behind ? "not told apart from the loss" : "not measured");
        return;
    }
    row->mark = blamed ? WAY_MARK_BLAMED : answer->kind == INFER_OPEN || share->behind ? WAY_MARK_NONE : WAY_MARK_FINE;
    lost_words(share, blamed, row->lost);
}

static bool has_tunnel(const struct evidence *e)
{
    return seen(e->route.vpn.kind.source) && e->route.vpn.kind.v != VPN_NONE;
}

/* With a tunnel all of them; without one those that hops were found in, and the server's own link. A host in the own
 * network has nothing before that. */
static bool has_row(const struct evidence *e, enum path_segment segment)
{
    if (e->path.hops.count == 0) {
        return false; /* nothing was looked for yet */
    }
    const bool own_network = bool_is(&e->route.on_link, true);
    if (has_tunnel(e) || (segment == SEGMENT_LAN && !own_network) || segment == SEGMENT_SERVER) {
        return true;
    }
    return last_hop(&e->path, segment) != NULL;
}

/* A hole or a narrow link belongs to its segment's row, whatever the loss there. */
static void mark_line(struct way *way, const struct ev_enum *segment, const struct ev_text *near,
                      const struct ev_text *far, const char *what)
{
    struct ev_enum nobody = { 0 };
    char place[PLACE_WORDS_SIZE];
    for (size_t i = 0; i < way->row_count; i++) {
        struct way_row *row = &way->rows[i];
        if (!enum_is(segment, (int)row->segment)) {
            continue;
        }
        line_place_words(near, far, &nobody, place);
        row->mark = WAY_MARK_BLAMED;
        if (row->detail[0] == '\0') {
            snprintf(row->detail, sizeof row->detail, "%s %.110s", what, place);
        }
    }
}

static void fill_rows(struct way *way, const struct evidence *e, const struct readings *r,
                      const struct infer_answer *answer)
{
    for (int id = 0; id < SEGMENT_COUNT; id++) {
        if (has_row(e, (enum path_segment)id)) {
            struct way_row *row = &way->rows[way->row_count++];
            row->segment = (enum path_segment)id;
            fill_row(row, e, answer);
            if (row->mark == WAY_MARK_BLAMED) {
                const char *from = way_hop_address(&e->path, answer->from);
                const char *to = way_hop_address(&e->path, answer->to);
                snprintf(row->detail, sizeof row->detail, "between %.60s and %.60s%s",
                         from != NULL ? from : "this machine", to != NULL ? to : "the next router",
                         answer->at_link ? "" : ", or on a link between them");
            }
        }
    }
    if (bool_is(&r->mtu.black_hole, true) && r->mtu.witnesses.v > 1 && !bool_is(&r->mtu.harmless, true)) {
        mark_line(way, &r->mtu.at_segment, &r->mtu.near, &r->mtu.far, "big packets vanish");
    }
    if (bool_is(&r->bandwidth.low, true)) {
        mark_line(way, &r->bandwidth.at_segment, &r->bandwidth.near, &r->bandwidth.far, "it is slow");
    }
}

static void fill_head(struct way *way, const struct evidence *e)
{
    static const char *const kinds[] = {
        NULL, "WireGuard", "OpenVPN", "IPsec", "PPP", "a tunnel", "zero trust", "a VPN"
    };
    const struct ev_route *route = &e->route;
    if (route->source.v != NULL) {
        snprintf(way->start, sizeof way->start, "%s", route->source.v);
    }
    if (has_tunnel(e) && route->interface.v != NULL) {
        const char *outer = route->vpn.outer_endpoint.v;
        snprintf(way->tunnel, sizeof way->tunnel, "through %.30s (%s%s%.60s)", route->interface.v,
                 kinds[route->vpn.kind.v], outer != NULL ? " to " : "", outer != NULL ? outer : "");
    }
}

bool way_describe(const struct evidence *evidence, const struct verdict *verdict, struct way *way, struct error *error)
{
    struct infer_answer answer;
    *way = (struct way){ .kind = WAY_UNKNOWN };
    infer_answer(&evidence->path, &answer);
    fill_head(way, evidence);
    fill_rows(way, evidence, &verdict->readings, &answer);
    return way_tell(evidence, verdict, &answer, way) || error_no_memory(error);
}
