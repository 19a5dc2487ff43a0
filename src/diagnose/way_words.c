#include "diagnose/way_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

/* The only segment of a set, or SEGMENT_COUNT. */
enum path_segment way_only_of(unsigned set)
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
    const enum path_segment segment = way_only_of(answer->segments);
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
    if (answer->self_made) {
        return way_add(
            &way->sentences,
            "%s %% (%s\u2013%s %%) %s lost on the way. Packets also wait, and this machine itself filled the "
            "line meanwhile: it may be its own doing, and where losses come and go with that load their "
            "place cannot be told. Measure again while the line is quiet.",
            loss, low, high, lost);
    }
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

static bool way_cut_short(const struct evidence *e)
{
    return enum_is(&e->path.ended, PATH_TIME) || enum_is(&e->path.ended, PATH_STOPPED);
}

bool way_unasked(const struct evidence *e)
{
    struct infer_answer answer;
    if (e->path.hops.count == 0 || !seen(e->path.probes.source)) {
        return false;
    }
    infer_answer(&e->path, &answer);
    return e->path.probes.v == 0 || (answer.kind == INFER_MUTE && way_cut_short(e));
}

/* Why there is nothing between here and the host to measure; NULL: there is. */
const char *way_none(const struct evidence *e)
{
    return bool_is(&e->target.local, true) ? "The host is this machine: there is no way to it that could be measured."
           : bool_is(&e->route.unreachable, true) ? "This machine has no route to the host: nothing can be sent there."
                                                  : NULL;
}

/* What would be said if the run ended now, and how much is missing for it. */
static bool tell_open(const struct evidence *e, const struct infer_answer *answer, struct way *way)
{
    const int percent = (int)(answer->posterior * 100);
    const double wanted = answer->wanted * 100;
    const enum path_segment segment = way_only_of(answer->segments);
    const char *from = way_hop_address(&e->path, answer->from);
    const char *to = way_hop_address(&e->path, answer->to);
    if (answer->segments == 0) {
        return way_add(&way->sentences,
                       "Whether packets are lost is not decided yet: %d %% speak for no loss, %.1f %% are "
                       "asked for.",
                       percent, wanted);
    }
    return way_add(&way->sentences,
                   "Whether packets are lost is not decided yet: %d %% speak for a loss %s, between %.60s and "
                   "%.60s, %.1f %% are asked for.",
                   percent, segment != SEGMENT_COUNT ? at_words(segment) : "on the way",
                   from != NULL ? from : "this machine", to != NULL ? to : "the next router that answers", wanted);
}

/* The name gave no address: there is nothing to say of a way. */
static const char *nameless(const struct verdict *verdict)
{
    const struct check_reading *name = &verdict->checks[CHECK_NAME];
    return name->status == STATUS_FAIL && name->summary != NULL ? name->summary : NULL;
}

static bool tell_nothing(const struct evidence *e, const struct verdict *verdict, struct way *way)
{
    if (way_none(e) != NULL) {
        return way_add(&way->sentences, "%s", way_none(e));
    }
    if (way_unasked(e)) {
        return way_add(
            &way->sentences, "%s",
            enum_is(&e->path.ended, PATH_MUTE)
                ? "No probe for losses left this machine: a firewall here, or a right that is missing, holds "
                  "them back."
                : "The run ended before anything was known of losses.");
    }
    if (e->path.hops.count > 0) {
        return way_add(&way->sentences, "Nothing on the way answers that could be measured.");
    }
    return nameless(verdict) == NULL ||
           way_add(&way->sentences, "The name %.120s gave no address that could be measured: %s.",
                   e->target.host.v != NULL ? e->target.host.v : "of the host", nameless(verdict));
}

static bool tell_found(const struct evidence *e, const struct verdict *verdict, const struct infer_answer *answer,
                       struct way *way)
{
    const struct readings *r = &verdict->readings;
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
    const bool stuck = bool_is(&e->path.changed, false);
    if (enum_is(&e->path.ended, PATH_BROKEN) && !way_none(e) &&
        !way_add(&way->sentences, "%s: what is known is from before that.",
                 stuck ? "Then this machine could send nothing more: a firewall here, or an interface that is down"
                       : "The route or an interface changed while the way was measured")) {
        return false;
    }
    if (enum_is(&e->path.ended, PATH_SILENCED) &&
        !way_add(&way->sentences,
                 "Then everything fell silent, the nearest router too: what is known is from before that. "
                 "Look at this machine's own link and at that router first.")) {
        return false;
    }
    if (enum_is(&e->path.ended, PATH_REFUSED) &&
        !way_add(&way->sentences, "Then a filter on the way began to refuse probes: what is known is from before that, "
                                  "and from the probes that still pass.")) {
        return false;
    }
    const bool end_silent = way->row_count > 0 && way->rows[way->row_count - 1].mark == WAY_MARK_UNMEASURED;
    switch (answer->kind) {
    case INFER_CLEAN:
        return way_add(&way->sentences, "No loss was found %s; %s.",
                       end_silent ? "as far as the way could be measured" : "on the way", sure);
    case INFER_OPEN:
        return answer->lossy || tell_open(e, answer, way);
    case INFER_MUTE:
        return tell_nothing(e, verdict, way);
    case INFER_LOSS:
    default:
        return true;
    }
}

bool way_tell(const struct evidence *evidence, const struct verdict *verdict, const struct infer_answer *answer,
              struct way *way)
{
    const struct readings *r = &verdict->readings;
    return tell_found(evidence, verdict, answer, way) && way_tell_facts(evidence, verdict, way) &&
           way_tell_missing(evidence, verdict, way) && way_write_letter(evidence, r, answer, way);
}
