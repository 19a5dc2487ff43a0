/* What stands below the sentences of way.h: facts, what is missing, and the letter. */
#include "diagnose/way_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "infer/queue.h"

/* --- the other lines --- */

static bool join_means(const struct ev_list *means, char *out, size_t room)
{
    size_t used = strlen(out);
    ev_each (item, const struct ev_text_item, means) {
        if (item->text.v != NULL && strstr(out, item->text.v) == NULL && used < room) {
            used += (size_t)snprintf(out + used, room - used, "%s%s", used > 0 ? ", " : "", item->text.v);
        }
    }
    return used > 0;
}

static bool tell_wait(const struct reading_path *path, struct way *way)
{
    char idle[SPAN_SIZE];
    char loaded[SPAN_SIZE];
    char place[PLACE_WORDS_SIZE];
    if (!seen(path->loaded_us.source)) {
        return true;
    }
    if (seen(path->queue_far.source)) {
        line_place_words(&path->queue_near, &path->queue_far, &path->queue_at, place);
    } else {
        snprintf(place, sizeof place, "on the way");
    }
    return way_add(&way->facts, "delay: packets wait %s: answers %stake %s, at best %s", place,
                   seen(path->queue_far.source) ? "from there " : "", span(path->loaded_us.v, loaded),
                   span(path->idle_us.v, idle));
}

static bool tell_load(const struct ev_path *path, struct way *way)
{
    char up[SPAN_SIZE];
    char down[SPAN_SIZE];
    return !infer_own_load(path) ||
           way_add(&way->facts, "load: this machine itself sent %s and got %s meanwhile",
                   rate_words(path->own_up_kbps.v, up), rate_words(path->own_down_kbps.v, down));
}

bool way_tell_facts(const struct evidence *e, const struct verdict *verdict, struct way *way)
{
    static const enum check_id told[] = { CHECK_MTU, CHECK_BANDWIDTH };
    static const char *const labels[] = { "size", "pace" };
    char means[300] = "";
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        const struct check_reading *reading = &verdict->checks[told[i]];
        if (reading->summary != NULL && reading->status == STATUS_PASS &&
            !way_add(&way->facts, "%s: %s", labels[i], reading->summary)) {
            return false;
        }
    }
    if (!tell_wait(&verdict->readings.path, way) || !tell_load(&e->path, way)) {
        return false;
    }
    const bool any = (int)join_means(&e->path.means, means, sizeof means) |
                     (int)join_means(&e->mtu.means, means, sizeof means) |
                     (int)join_means(&e->bandwidth.means, means, sizeof means);
    if (!any) {
        return true;
    }
    char counts[160] = "";
    size_t used = 0;
    if (seen(e->path.probes.source)) {
        used = (size_t)snprintf(counts, sizeof counts, "; %" PRId64 " probes for losses", e->path.probes.v);
    }
    if (seen(e->bandwidth.bytes.source)) {
        snprintf(counts + used, sizeof counts - used, "; %" PRId64 " kB to see the pace", e->bandwidth.bytes.v / 1000);
    }
    return way_add(&way->facts, "means: %s%s", means, counts);
}

/* Nobody on this machine could say where the tunnel's packets go: what is said of the line below rests on the user. */
static bool tell_word(const struct evidence *e, struct way *way)
{
    const struct ev_vpn *vpn = &e->route.vpn;
    return !ev_text_is(&vpn->learnt, "--vpn-gateway") ||
           way_add(
               &way->missing,
               "gateway: that %.60s is the tunnel's outer end only --vpn-gateway says; if it is not, the parts up to "
               "the tunnel are another way's",
               vpn->outer_endpoint.v != NULL ? vpn->outer_endpoint.v : "the address");
}

static bool tell_branches(const struct evidence *e, struct way *way)
{
    ev_each (hop, const struct ev_hop, &e->path.hops) {
        const struct ev_address_item *items = hop->addresses.items;
        if (hop->addresses.count > 1 && items[0].address.v != NULL && items[1].address.v != NULL) {
            return way_add(&way->missing,
                           "branches: the way branches at %.60s and %.60s; each kind of probe keeps to one branch, and "
                           "other connections may take another",
                           items[0].address.v, items[1].address.v);
        }
    }
    return true;
}

/* Parts that are not measured: those that something answers from, with its round trip, and those that nothing does. */
enum { WITH = 1, WITHOUT = 2 };

static void join_unmeasured(const struct way *way, int which, char titles[WAY_WORDS_SIZE], size_t *used)
{
    titles[0] = '\0';
    *used = 0;
    for (size_t i = 0; i < way->row_count && *used < WAY_WORDS_SIZE; i++) {
        const int is = way->rows[i].delay[0] != '\0' ? WITH : WITHOUT;
        if (way->rows[i].mark == WAY_MARK_UNMEASURED && (which & is) != 0) {
            *used += (size_t)snprintf(titles + *used, WAY_WORDS_SIZE - *used, "%s%s", *used > 0 ? ", " : "",
                                      way_segment_title(way->rows[i].segment));
        }
    }
}

/* Why parts of a way are not measured on which nothing hides them. */
static bool tell_silent(const struct evidence *e, struct way *way)
{
    char titles[WAY_WORDS_SIZE];
    size_t used = 0;
    if (e->path.hops.count == 0 || way_unasked(e)) {
        return true;
    }
    join_unmeasured(way, WITHOUT, titles, &used);
    if (used > 0 && !way_add(&way->missing, "%s: no probe for losses is answered from there", titles)) {
        return false;
    }
    join_unmeasured(way, WITH, titles, &used);
    return used == 0 || way_add(&way->missing, "%s: what answers from there tells too little of losses", titles);
}

static bool tell_gaps(const struct evidence *e, const struct verdict *verdict, struct way *way)
{
    static const enum check_id ids[] = { CHECK_MTU, CHECK_PATH, CHECK_BANDWIDTH };
    char titles[WAY_WORDS_SIZE] = "";
    size_t used = 0;
    join_unmeasured(way, WITH | WITHOUT, titles, &used);
    const struct ev_vpn *vpn = &e->route.vpn;
    const bool below = seen(vpn->kind.source) && vpn->kind.v != VPN_NONE && vpn->outer_endpoint.v == NULL;
    if (below && vpn->kind.v == VPN_ZTNA) {
        if (!way_add(&way->missing, "%s: a zero-trust client carries the packets, and what is below it answers nobody",
                     titles)) {
            return false;
        }
    } else if (below) {
        if (!way_add(&way->missing,
                     "%s: the tunnel's outer end is not known%s%s; say it with --vpn-gateway HOST to tell the ISP from "
                     "the tunnel",
                     used > 0 ? titles : "the way below the tunnel", vpn->why.v != NULL ? ", " : "",
                     vpn->why.v != NULL ? vpn->why.v : "")) {
            return false;
        }
    } else if (!tell_silent(e, way)) {
        return false;
    }
    const bool nameless = verdict->checks[CHECK_NAME].status == STATUS_FAIL; /* that is said above */
    for (size_t i = 0; i < COUNT_OF(ids) && way_none(e) == NULL && !nameless; i++) {
        const struct check_reading *reading = &verdict->checks[ids[i]];
        const bool open = (reading->status == STATUS_UNKNOWN || reading->status == STATUS_SKIP) &&
                          (ids[i] != CHECK_PATH || e->path.hops.count == 0);
        if (open && reading->why != NULL &&
            !way_add(&way->missing, "%s: %s", field_name_of(check_names, (int)ids[i]), reading->why)) {
            return false;
        }
    }
    return true;
}

bool way_tell_missing(const struct evidence *e, const struct verdict *verdict, struct way *way)
{
    return tell_gaps(e, verdict, way) && tell_word(e, way) && tell_branches(e, way);
}

/* --- the letter --- */

static const char *addressee_of(enum path_segment segment)
{
    static const char *const words[SEGMENT_COUNT] = {
        [SEGMENT_LAN] = NULL, /* that is the reader */
        [SEGMENT_ISP] = "your ISP",
        [SEGMENT_TRANSIT] = "your ISP",
        [SEGMENT_VPN_GATEWAY] = "the VPN team",
        [SEGMENT_TUNNEL] = "the VPN team",
        [SEGMENT_OFFICE] = "the VPN team",
        [SEGMENT_SERVER] = "whoever runs the server",
    };
    return words[segment];
}

static enum path_segment blamed_of(const struct readings *r, const struct infer_answer *answer, const struct way *way)
{
    const struct ev_enum *segment = way->kind == WAY_HOLE   ? &r->mtu.at_segment
                                    : way->kind == WAY_SLOW ? &r->bandwidth.at_segment
                                                            : NULL;
    if (way->kind == WAY_LOSS) {
        return answer->kind == INFER_LOSS && !answer->only_pings ? way_only_of(answer->segments) : SEGMENT_COUNT;
    }
    return segment != NULL && seen(segment->source) ? (enum path_segment)segment->v : SEGMENT_COUNT;
}

static const char *wish_of(enum way_kind kind)
{
    switch (kind) {
    case WAY_HOLE:
        return "Please let \"fragmentation needed\" (IPv6: \"packet too big\") messages through there, or clamp the "
               "MSS to "
               "what fits, and tell us when it is done.";
    case WAY_SLOW:
        return "Please check the rate that this line is set to, and its load.";
    case WAY_LOSS:
    case WAY_UNKNOWN:
    case WAY_OPEN:
    case WAY_CLEAN:
    default:
        return "Please check that link: its errors, its load, and the equipment at both of its ends.";
    }
}

/* Who runs the line below a tunnel needs its two ends, and has no business with what lies inside. */
static bool write_head(const struct evidence *e, struct way *way, enum path_segment segment, const char *when)
{
    const char *outer = e->route.vpn.outer_endpoint.v;
    const char *at = when[0] != '\0' ? " at " : "";
    if (way->tunnel[0] != '\0' && outer != NULL && (segment == SEGMENT_ISP || segment == SEGMENT_TRANSIT)) {
        return way_add(&way->letter,
                       "On the way from our network to %.60s, our VPN gateway, we see a fault%s%s:", outer, at, when);
    }
    return way_add(&way->letter, "On the way from %s to %s%s%s we see a fault%s%s:",
                   way->start[0] != '\0' ? way->start : "our network",
                   e->target.address.v != NULL ? e->target.address.v
                   : e->target.host.v != NULL  ? e->target.host.v
                                               : "a host",
                   way->tunnel[0] != '\0' ? ", " : "", way->tunnel, at, when);
}

bool way_write_letter(const struct evidence *e, const struct readings *r, const struct infer_answer *answer,
                      struct way *way)
{
    char when[CLOCK_TEXT_SIZE] = "";
    const enum path_segment segment = blamed_of(r, answer, way);
    if (segment == SEGMENT_COUNT || addressee_of(segment) == NULL) {
        return true;
    }
    way->addressee = addressee_of(segment);
    if (seen(e->started.source)) {
        clock_format(e->started.v - e->started.v % 1000000, when);
    }
    if (!write_head(e, way, segment, when)) {
        return false;
    }
    for (size_t i = 0; i < way->sentences.count; i++) {
        if (!way_add(&way->letter, "%s", way->sentences.items[i])) {
            return false;
        }
    }
    return way_add(&way->letter, "%s", wish_of(way->kind)) &&
           way_add(&way->letter,
                   "Measured with rdpwhy trace: probes with one unchanged flow to every router and to the "
                   "end, side by side; bounds are 95 %%.");
}
