/* Signs of the line: sizes that vanish, and a pace that is too slow. */
#include "diagnose/signs.h"

#include <inttypes.h>
#include <stdio.h>

#include "diagnose/line.h"
#include "infer/train.h"

const char *segment_words(const struct ev_enum *segment)
{
    static const char *const words[SEGMENT_COUNT] = {
        [SEGMENT_LAN] = "your own network",
        [SEGMENT_ISP] = "your ISP",
        [SEGMENT_TRANSIT] = "the networks behind your ISP",
        [SEGMENT_VPN_GATEWAY] = "at the VPN gateway",
        [SEGMENT_TUNNEL] = "the tunnel itself",
        [SEGMENT_OFFICE] = "the network behind the VPN gateway",
        [SEGMENT_SERVER] = "the server's own link",
    };
    const bool known = segment->source != SOURCE_NONE && segment->v >= 0 && segment->v < SEGMENT_COUNT;
    return known ? words[segment->v] : NULL;
}

void line_place_words(const struct ev_text *near, const struct ev_text *far, const struct ev_enum *segment,
                      char text[PLACE_WORDS_SIZE])
{
    const char *whose = segment_words(segment);
    char tail[80] = "";
    if (whose != NULL) {
        snprintf(tail, sizeof tail, " (%s)", whose);
    }
    const char *from = near->v != NULL ? near->v : "this machine";
    if (far->v != NULL) {
        snprintf(text, PLACE_WORDS_SIZE, "between %.60s and %.60s%s", from, far->v, tail);
    } else {
        snprintf(text, PLACE_WORDS_SIZE, "behind %.60s%s", from, tail);
    }
}

const char *rate_words(int64_t kbps, char text[SPAN_SIZE])
{
    enum { MBIT = 1000, PLAIN = 10000 };
    if (kbps < MBIT) {
        snprintf(text, SPAN_SIZE, "%" PRId64 " kbit/s", kbps);
    } else if (kbps < PLAIN) {
        snprintf(text, SPAN_SIZE, "%" PRId64 ".%" PRId64 " Mbit/s", kbps / MBIT, kbps % MBIT / 100);
    } else {
        snprintf(text, SPAN_SIZE, "%" PRId64 " Mbit/s", kbps / MBIT);
    }
    return text;
}

static enum truth vanish(const struct look *look, struct buffer *words)
{
    const struct reading_mtu *mtu = &look->r->mtu;
    char place[PLACE_WORDS_SIZE];
    line_place_words(&mtu->near, &mtu->far, &mtu->at_segment, place);
    return say(words, YES, "packets of %" PRId64 " bytes vanish without a word %s; smaller ones get through%s",
               mtu->vanishes.v, place,
               enum_is(&mtu->way, 2)   ? ", and it is the way back"
               : enum_is(&mtu->way, 1) ? ", and it is the way out"
                                       : "");
}

/* One place that is silent to big packets may be a host that answers no big pings: two are a line. */
enum truth see_big_packets_vanish(const struct look *look, struct buffer *words)
{
    const struct reading_mtu *mtu = &look->r->mtu;
    if (!seen(mtu->black_hole.source) || (mtu->black_hole.v && mtu->witnesses.v < 2)) {
        return UNSEEN;
    }
    return mtu->black_hole.v ? vanish(look, words) : say(words, NO, "big packets reach the host and come back");
}

enum truth see_hole_is_narrow(const struct look *look, struct buffer *words)
{
    const enum truth truth = see_big_packets_vanish(look, NULL);
    if (truth != YES) {
        return truth;
    }
    return bool_is(&look->r->mtu.harmless, true)
               ? say(words, NO, "only packets above %" PRId64 " bytes vanish, which connections get along with",
                     look->r->mtu.passes.v)
               : vanish(look, words);
}

enum truth see_line_slow(const struct look *look, struct buffer *words)
{
    const struct reading_bandwidth *bandwidth = &look->r->bandwidth;
    char least[SPAN_SIZE];
    char most[SPAN_SIZE];
    char bar[SPAN_SIZE];
    char place[PLACE_WORDS_SIZE];
    if (!seen(bandwidth->low.source)) {
        return UNSEEN;
    }
    if (!bandwidth->low.v) {
        return say(words, NO, "the line lets %s through or more", rate_words(bandwidth->both_kbps.v, least));
    }
    const bool out = seen(bandwidth->up_most_kbps.source) && bandwidth->up_most_kbps.v < infer_slow_kbps();
    const int64_t low = out ? bandwidth->up_kbps.v : bandwidth->both_kbps.v;
    const int64_t high = out ? bandwidth->up_most_kbps.v : bandwidth->both_most_kbps.v;
    line_place_words(&bandwidth->near, &bandwidth->far, &bandwidth->at_segment, place);
    rate_words(high, most);
    rate_words(low, least);
    /* a train this short tells no more than a tenth */
    const bool exact = high - low <= high / 10;
    return say(words, YES, "%s%s%s get through %s; light use of a desktop needs %s", exact ? "about " : least,
               exact ? "" : " to ", most, place, rate_words(infer_slow_kbps(), bar));
}
