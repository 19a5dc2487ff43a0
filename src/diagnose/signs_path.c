/* Signs of packets that are lost on the way. */
#include "diagnose/signs.h"

#include <inttypes.h>
#include <stdio.h>

#include "diagnose/line.h"
#include "infer/answer.h"

const char *share_words(int64_t share, char text[SPAN_SIZE])
{
    const double percent = (double)share * 100 / FIELD_SHARE_WHOLE;
    snprintf(text, SPAN_SIZE, percent >= 9.95 ? "%.0f" : percent >= 0.095 ? "%.1f" : "%.2f", percent);
    return text;
}

static const struct reading_segment *blamed(const struct reading_path *path)
{
    ev_each (segment, const struct reading_segment, &path->segments) {
        if (bool_is(&segment->blamed, true)) {
            return segment;
        }
    }
    return NULL;
}

/* The least upper bound that any measured segment has, and the worst of them. */
static int64_t worst_high(const struct reading_path *path)
{
    int64_t high = 0;
    ev_each (segment, const struct reading_segment, &path->segments) {
        high = seen(segment->loss_high.source) && segment->loss_high.v > high ? segment->loss_high.v : high;
    }
    return high;
}

static enum truth say_loss(const struct reading_path *path, struct buffer *words)
{
    static const char *const of[] = {
        [INFER_ALL] = "packets",
        [INFER_TUNNEL] = "the tunnel's own packets, and of no others,",
        [INFER_RDP] = "the packets to the RDP port, and of no others,",
        [INFER_ECHO] = "pings",
    };
    static const char *const of_branch[] = {
        [INFER_ALL] = "packets",
        [INFER_TUNNEL] = "the packets on the branch of the way that the tunnel's own take",
        [INFER_RDP] = "the packets on the branch of the way that those to the RDP port take",
        [INFER_ECHO] = "the packets on the branch of the way that pings take",
    };
    char loss[SPAN_SIZE];
    char low[SPAN_SIZE];
    char high[SPAN_SIZE];
    char place[PLACE_WORDS_SIZE];
    struct ev_enum nobody = { 0 };
    const struct reading_segment *segment = blamed(path);
    const bool placed = enum_is(&path->answer, INFER_LOSS);
    const int64_t sure = path->posterior.v * 100 / FIELD_SHARE_WHOLE;
    share_words(path->loss.v, loss);
    share_words(path->loss_low.v, low);
    share_words(path->loss_high.v, high);
    const char *what = (bool_is(&path->branches, true) ? of_branch : of)[path->what.v];
    if (bool_is(&path->self_made, true)) {
        return say(words, YES,
                   "%s %% (%s\u2013%s %%) of %s are lost on the way; packets also wait, and this machine itself filled "
                   "the line meanwhile",
                   loss, low, high, what);
    }
    line_place_words(&path->near, &path->far, segment != NULL ? &segment->id : &nobody, place);
    return say(words, YES, "%s %% (%s\u2013%s %%) of %s are lost%s %s%s; %" PRId64 " %% sure%s", loss, low, high, what,
               placed ? "" : " on the way, most likely", place,
               bool_is(&path->in_bursts, true) ? ", many in a row" : "", sure > 99 ? 99 : sure,
               bool_is(&path->only_pings, true)
                   ? "; nothing but pings is answered from there, so of other packets this "
                     "says nothing"
                   : "");
}

/* The end of the way was measured, not only what lies before it. */
static bool to_the_end(const struct reading_path *path)
{
    ev_each (segment, const struct reading_segment, &path->segments) {
        if (enum_is(&segment->id, SEGMENT_SERVER)) {
            return bool_is(&segment->measured, true);
        }
    }
    return false;
}

enum truth see_way_loses(const struct look *look, struct buffer *words)
{
    const struct reading_path *path = &look->r->path;
    char high[SPAN_SIZE];
    if (seen(path->what.source) && seen(path->loss.source)) {
        return say_loss(path, words);
    }
    return enum_is(&path->answer, INFER_CLEAN)
               ? say(words, NO, "no loss was found %s: below %s %%",
                     to_the_end(path) ? "on the way" : "as far as the way could be measured",
                     share_words(worst_high(path), high))
               : UNSEEN;
}

/* Pings alone harm nobody, and a line that this machine fills itself has to drop something. */
static bool is_no_fault(const struct reading_path *path)
{
    return bool_is(&path->only_pings, true) || bool_is(&path->self_made, true);
}

static bool no_tunnel(const struct look *look)
{
    return enum_is(&look->e->route.vpn.kind, VPN_NONE);
}

enum truth see_loss_is_outside(const struct look *look, struct buffer *words)
{
    const struct reading_path *path = &look->r->path;
    if (is_no_fault(path)) {
        return UNSEEN;
    }
    if (no_tunnel(look)) {
        return say(words, YES, "no tunnel carries these packets");
    }
    if (!seen(path->of_tunnel.source)) {
        return UNSEEN;
    }
    if (path->of_tunnel.v) {
        return say(words, NO, "the loss is the tunnel's own");
    }
    return say(words, YES, "the tunnel itself loses nothing more");
}

enum truth see_loss_is_the_tunnels(const struct look *look, struct buffer *words)
{
    const struct reading_path *path = &look->r->path;
    if (no_tunnel(look)) {
        return say(words, NO, "no tunnel carries these packets");
    }
    if (!seen(path->of_tunnel.source) || is_no_fault(path)) {
        return UNSEEN; /* its place is open, or it may be on either side */
    }
    return bool_is(&path->of_tunnel, true)
               ? say(words, YES,
                     "the loss is where only the tunnel is: at its gateway's entry, inside it or on its port")
               : say(words, NO, "the loss is not the tunnel's own");
}
