/* Readings of mtu and bandwidth: what infer makes of their counts. */
#include "diagnose/compute.h"

#include <string.h>

#include "infer/size.h"
#include "infer/train.h"

static bool set_place(struct ev_text *field, const char *address, struct error *error)
{
    return address == NULL || ev_set_text(field, SOURCE_COMPUTED, address, strlen(address), error);
}

/* Lines with these are everywhere and harm nobody (PPPoE, IP in IP): a hole above them is told, and accuses no one. */
static bool is_harmless(const struct size_leg *hole)
{
    enum { USUAL_LEAST = 1452 };
    return hole->passes >= USUAL_LEAST;
}

bool compute_mtu(const struct evidence *evidence, struct reading_mtu *reading, struct error *error)
{
    struct size_leg hole;
    struct size_leg leg;
    enum path_leg which;
    if (evidence->mtu.probes.count == 0) {
        return true;
    }
    if (!infer_hole(evidence, &hole, &which)) {
        infer_size_leg(&evidence->mtu, LEG_DIRECT, &leg);
        if (!leg.tried) {
            infer_size_leg(&evidence->mtu, LEG_OVERLAY, &leg);
        }
        /* nobody answers at the end, or the search was broken off before the big ones were tried: then nobody knows */
        if (leg.tried && !leg.end_mute && !enum_is(&evidence->checks[CHECK_MTU].ran, RAN_CANCELLED)) {
            ev_set_bool(&reading->black_hole, SOURCE_COMPUTED, false);
        }
        if (leg.told > 0) {
            ev_set_int(&reading->told, SOURCE_COMPUTED, leg.told);
        }
        return set_place(&reading->told_by, leg.told > 0 ? leg.told_by : NULL, error);
    }
    const enum path_segment segment =
        infer_segment_between(&evidence->path, which, hole.near_ttl, hole.far_ttl, hole.far_end);
    ev_set_bool(&reading->black_hole, SOURCE_COMPUTED, true);
    ev_set_bool(&reading->harmless, SOURCE_COMPUTED, is_harmless(&hole));
    ev_set_int(&reading->witnesses, SOURCE_COMPUTED, (int64_t)hole.witnesses);
    ev_set_int(&reading->vanishes, SOURCE_COMPUTED, hole.vanishes);
    if (hole.passes > 0) {
        ev_set_int(&reading->passes, SOURCE_COMPUTED, hole.passes);
    }
    if (segment != SEGMENT_COUNT && !hole.below_unknown) {
        ev_set_enum(&reading->at_segment, SOURCE_COMPUTED, (int)segment);
    }
    if (hole.way != SIZE_WAY_UNKNOWN) {
        ev_set_enum(&reading->way, SOURCE_COMPUTED, (int)hole.way);
    }
    return set_place(&reading->near, hole.near, error) && set_place(&reading->far, hole.far, error);
}

static void set_rate(const struct rate *rate, struct ev_int *low, struct ev_int *high)
{
    if (!rate->known) {
        return;
    }
    ev_set_int(low, SOURCE_COMPUTED, rate->low_kbps);
    if (rate->high_kbps > 0) {
        ev_set_int(high, SOURCE_COMPUTED, rate->high_kbps);
    }
}

bool compute_bandwidth(const struct evidence *evidence, struct reading_bandwidth *reading, struct error *error)
{
    struct slow slow;
    enum path_leg leg;
    const bool is_slow = infer_slow(evidence, infer_slow_kbps(), &slow, &leg);
    if (!is_slow) {
        leg = LEG_OVERLAY;
        infer_slow_leg(&evidence->bandwidth, LEG_OVERLAY, infer_slow_kbps(), &slow);
        if (!slow.whole_known) {
            leg = LEG_DIRECT;
            infer_slow_leg(&evidence->bandwidth, LEG_DIRECT, infer_slow_kbps(), &slow);
        }
    }
    if (!slow.whole_known) {
        return true;
    }
    set_rate(&slow.out, &reading->up_kbps, &reading->up_most_kbps);
    set_rate(&slow.whole, &reading->both_kbps, &reading->both_most_kbps);
    /* there and back it is slower than there alone: then that is the pace of the way back */
    if (slow.out.known && slow.whole.high_kbps > 0 && slow.whole.high_kbps < slow.out.low_kbps) {
        set_rate(&slow.whole, &reading->down_kbps, &reading->down_most_kbps);
    }
    if (slow.idle_us >= 0) {
        ev_set_int(&reading->idle_us, SOURCE_COMPUTED, slow.idle_us);
        ev_set_int(&reading->loaded_us, SOURCE_COMPUTED, slow.loaded_us);
    }
    ev_set_bool(&reading->low, SOURCE_COMPUTED, is_slow);
    if (!is_slow) {
        return true;
    }
    const enum path_segment segment =
        infer_segment_between(&evidence->path, leg, slow.near_ttl, slow.far_ttl, slow.far_end);
    if (segment != SEGMENT_COUNT && !slow.back && !slow.below_unknown) {
        ev_set_enum(&reading->at_segment, SOURCE_COMPUTED, (int)segment);
    }
    return set_place(&reading->near, slow.near, error) && set_place(&reading->far, slow.far, error);
}
