#include "diagnose/way_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "infer/segments.h"
#include "infer/train.h"

/* "at your ISP": where a fault is, for a sentence. */
static const char *at_words(enum path_segment segment)
{
    static const char *const words[SEGMENT_COUNT] = {
        [SEGMENT_LAN] = "in your own network",
        [SEGMENT_ISP] = "at your ISP",
        [SEGMENT_TRANSIT] = "behind your ISP, before the other end",
        [SEGMENT_VPN_GATEWAY] = "at the VPN gateway's entry",
        [SEGMENT_TUNNEL] = "inside the tunnel",
        [SEGMENT_OFFICE] = "behind the VPN gateway",
        [SEGMENT_SERVER] = "at the server's own link",
    };
    return words[segment];
}

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

/* The only segment of a set, or SEGMENT_COUNT. */
static enum path_segment only_of(unsigned set)
{
    for (int id = 0; id < SEGMENT_COUNT; id++) {
        if (set == 1U << id) {
            return (enum path_segment)id;
        }
    }
    return SEGMENT_COUNT;
}

/* "LAN, transit and server": the measured ones without fault. */
static void clean_list(const struct way *way, char out[WAY_WORDS_SIZE])
{
    const char *titles[SEGMENT_COUNT];
    size_t count = 0;
    out[0] = '\0';
    for (size_t i = 0; i < way->row_count; i++) {
        if (way->rows[i].mark == WAY_MARK_FINE) {
            titles[count++] = way_segment_title(way->rows[i].segment);
        }
    }
    size_t used = 0;
    for (size_t i = 0; i < count && used < WAY_WORDS_SIZE; i++) {
        used += (size_t)snprintf(out + used, WAY_WORDS_SIZE - used, "%s%s",
                                 i == 0           ? ""
                                 : i == count - 1 ? " and "
                                                  : ", ",
                                 titles[i]);
    }
}

static void sure_words(const struct evidence *e, const struct infer_answer *answer, char out[WAY_WORDS_SIZE])
{
    enum { SECOND_US = 1000000 };
    const double percent = answer->posterior * 100;
    char after[48] = "";
    if (seen(e->path.took_us.source)) {
        snprintf(after, sizeof after, " after %" PRId64 " s", (e->path.took_us.v + SECOND_US / 2) / SECOND_US);
    }
    snprintf(out, WAY_WORDS_SIZE, "%d %% sure%s", percent > 99 ? 99 : (int)percent, after);
}

static bool tell_loss(const struct evidence *e, const struct infer_answer *answer, struct way *way)
{
    static const char *const what[] = {
        [INFER_ALL] = "of packets are",
        [INFER_TUNNEL] = "of the tunnel's own packets, and of no others, are",
        [INFER_RDP] = "of the packets to the RDP port, and of no others, are",
        [INFER_ECHO] = "of pings, and of nothing else, are",
    };
    static const char *const what_of_branch[] = {
        [INFER_ALL] = "of packets are",
        [INFER_TUNNEL] = "of the packets on the branch that the tunnel's own take are",
        [INFER_RDP] = "of the packets on the branch that those to the RDP port take are",
        [INFER_ECHO] = "of the packets on the branch that pings take are",
    };
    char loss[WAY_NUMBER_SIZE];
    char low[WAY_NUMBER_SIZE];
    char high[WAY_NUMBER_SIZE];
    char clean[WAY_WORDS_SIZE];
    char sure[WAY_WORDS_SIZE];
    const enum path_segment segment = only_of(answer->segments);
    const char *from = way_hop_address(&e->path, answer->from);
    const char *to = way_hop_address(&e->path, answer->to);
    const bool placed = answer->kind == INFER_LOSS;
    clean_list(way, clean);
    sure_words(e, answer, sure);
    way_percent(answer->loss.loss, loss);
    way_percent(answer->loss.low, low);
    way_percent(answer->loss.high, high);
    const char *lost =
        answer->only_pings ? "of pings are" : (infer_branches(&e->path) ? what_of_branch : what)[answer->scope];
    const bool told =
        way_add(&way->sentences, "%s %% (%s\u2013%s %%) %s lost %s%s, between %.60s and %.60s%s%s%s; %s.", loss, low,
                high, lost, placed ? "" : "on the way, most likely ",
                segment != SEGMENT_COUNT ? at_words(segment)
                : placed                 ? "on the way"
                                         : "there",
                from != NULL ? from : "this machine", to != NULL ? to : "the next router that answers",
                answer->in_bursts ? ", many in a row" : "", clean[0] != '\0' ? ". No loss: " : "", clean, sure);
    if (told && !placed) {
        return way_add(&way->sentences, "The place is not decided: %.1f %% are asked for.", answer->wanted * 100);
    }
    return told &&
           (!answer->only_pings ||
            way_add(&way->sentences, "Nothing but pings is answered from there: it may be the host's own economy "
                                     "with its answers. Whether other packets are lost, a connection shows."));
}

static bool tell_hole(const struct readings *r, struct way *way)
{
    char place[PLACE_WORDS_SIZE];
    const struct reading_mtu *mtu = &r->mtu;
    line_place_words(&mtu->near, &mtu->far, &mtu->at_segment, place);
    return way_add(&way->sentences,
                   "Packets of %" PRId64 " bytes vanish %s, and no router says so; up to %" PRId64
                   " bytes get through.",
                   mtu->vanishes.v, place, mtu->passes.v);
}

static bool tell_slow(const struct readings *r, struct way *way)
{
    char least[SPAN_SIZE];
    char bar[SPAN_SIZE];
    char place[PLACE_WORDS_SIZE];
    const struct reading_bandwidth *bandwidth = &r->bandwidth;
    const bool out = seen(bandwidth->up_most_kbps.source) && bandwidth->up_most_kbps.v < infer_slow_kbps();
    line_place_words(&bandwidth->near, &bandwidth->far, &bandwidth->at_segment, place);
    return way_add(&way->sentences,
                   "The line lets about %s through %s; Microsoft names %s as the least for light use of a desktop.",
                   rate_words(out ? bandwidth->up_most_kbps.v : bandwidth->both_most_kbps.v, least), place,
                   rate_words(infer_slow_kbps(), bar));
}

static bool has_hole(const struct readings *r)
{
    return bool_is(&r->mtu.black_hole, true) && r->mtu.witnesses.v > 1;
}

/* Why there is nothing between here and the host to measure; NULL: there is. */
static const char *no_way(const struct evidence *e)
{
    return bool_is(&e->target.local, true) ? "The host is this machine: there is no way to it that could be measured."
           : bool_is(&e->route.unreachable, true) ? "This machine has no route to the host: nothing can be sent there."
                                                  : NULL;
}

static bool tell_found(const struct evidence *e, const struct readings *r, const struct infer_answer *answer,
                       struct way *way)
{
    char sure[WAY_WORDS_SIZE];
    const bool hole = has_hole(r);
    const bool slow = bool_is(&r->bandwidth.low, true);
    /* that something is lost may be sure before its place is */
    const bool loss = answer->kind == INFER_LOSS || answer->lossy;
    way->kind = loss                          ? WAY_LOSS
                : hole && !r->mtu.harmless.v  ? WAY_HOLE
                : slow                        ? WAY_SLOW
                : answer->kind == INFER_CLEAN ? WAY_CLEAN
                : answer->kind == INFER_OPEN  ? WAY_OPEN
                                              : WAY_UNKNOWN;
    sure_words(e, answer, sure);
    if ((loss && !tell_loss(e, answer, way)) || (hole && !tell_hole(r, way)) || (slow && !tell_slow(r, way))) {
        return false;
    }
    if (seen(e->path.ended.source) && e->path.ended.v == PATH_BROKEN && !no_way(e) &&
        !way_add(&way->sentences, "The route or an interface changed while the way was measured: what is known is from "
                                  "before that.")) {
        return false;
    }
    const bool end_silent = way->row_count > 0 && way->rows[way->row_count - 1].mark == WAY_MARK_UNMEASURED;
    switch (answer->kind) {
    case INFER_CLEAN:
        return way_add(&way->sentences, "No loss was found %s; %s.",
                       end_silent ? "as far as the way could be measured" : "on the way", sure);
    case INFER_OPEN:
        return answer->lossy ||
               way_add(&way->sentences,
                       "Whether packets are lost, and where, is not decided yet: %d %% speak for the likeliest answer, "
                       "%.1f %% are asked for.",
                       (int)(answer->posterior * 100), answer->wanted * 100);
    case INFER_MUTE:
        return no_way(e) ? way_add(&way->sentences, "%s", no_way(e))
                         : e->path.hops.count == 0 ||
                               way_add(&way->sentences, "Nothing on the way answers that could be measured.");
    case INFER_LOSS:
    default:
        return true;
    }
}

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

static bool tell_facts(const struct evidence *e, const struct verdict *verdict, struct way *way)
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

static bool tell_missing(const struct evidence *e, const struct verdict *verdict, struct way *way)
{
    static const enum check_id ids[] = { CHECK_MTU, CHECK_PATH, CHECK_BANDWIDTH };
    char titles[WAY_WORDS_SIZE] = "";
    size_t used = 0;
    for (size_t i = 0; i < way->row_count && used < sizeof titles; i++) {
        if (way->rows[i].mark == WAY_MARK_UNMEASURED) {
            used += (size_t)snprintf(titles + used, sizeof titles - used, "%s%s", used > 0 ? ", " : "",
                                     way_segment_title(way->rows[i].segment));
        }
    }
    const struct ev_vpn *vpn = &e->route.vpn;
    const bool below = seen(vpn->kind.source) && vpn->kind.v != VPN_NONE && vpn->outer_endpoint.v == NULL;
    if (below && vpn->kind.v == VPN_ZTNA) {
        if (!way_add(&way->missing, "%s: a zero-trust client carries the packets, and what is below it answers nobody",
                     titles)) {
            return false;
        }
    } else if (below) {
        if (!way_add(&way->missing,
                     "%s: the tunnel's outer end is not known; say it with --vpn-gateway HOST to tell the ISP from "
                     "the tunnel",
                     used > 0 ? titles : "the way below the tunnel")) {
            return false;
        }
    } else if (used > 0 && e->path.hops.count > 0 && !way_add(&way->missing, "%s: nothing there answers", titles)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(ids) && no_way(e) == NULL; i++) {
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

/* --- the letter --- */

static enum path_segment blamed_of(const struct readings *r, const struct infer_answer *answer, const struct way *way)
{
    const struct ev_enum *segment = way->kind == WAY_HOLE   ? &r->mtu.at_segment
                                    : way->kind == WAY_SLOW ? &r->bandwidth.at_segment
                                                            : NULL;
    if (way->kind == WAY_LOSS) {
        return answer->kind == INFER_LOSS && !answer->only_pings ? only_of(answer->segments) : SEGMENT_COUNT;
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

static bool write_letter(const struct evidence *e, const struct readings *r, const struct infer_answer *answer,
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

bool way_tell(const struct evidence *evidence, const struct verdict *verdict, const struct infer_answer *answer,
              struct way *way)
{
    const struct readings *r = &verdict->readings;
    return tell_found(evidence, r, answer, way) && tell_facts(evidence, verdict, way) &&
           tell_missing(evidence, verdict, way) && tell_branches(evidence, way) &&
           write_letter(evidence, r, answer, way);
}
