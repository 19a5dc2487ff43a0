/* Status, summary and reason of the checks mtu, path and bandwidth. */
#include "diagnose/build.h"

#include <inttypes.h>

#include "diagnose/line.h"
#include "facts/thresholds.h"
#include "infer/answer.h"

bool check_mtu(struct build *build)
{
    const struct ev_mtu *seen_sizes = &build->look->e->mtu;
    const struct reading_mtu *mtu = &build->look->r->mtu;
    char place[PLACE_WORDS_SIZE];
    if (seen_sizes->probes.count == 0) {
        return false;
    }
    if (!seen(mtu->black_hole.source)) {
        const struct ev_check *check = &build->look->e->checks[CHECK_MTU];
        const bool broken_off = enum_is(&check->ran, RAN_CANCELLED) && check->why.v != NULL;
        check_set(build, CHECK_MTU, STATUS_UNKNOWN, NULL,
                  build_text(build, "%s",
                             broken_off ? check->why.v : "the host answers no test packets, not even small ones"));
        return true;
    }
    if (!mtu->black_hole.v) {
        const char *by = mtu->told_by.v;
        check_set(build, CHECK_MTU, STATUS_PASS,
                  by != NULL ? build_text(build, "up to %" PRId64 " bytes get through; %.60s says so",
                                          seen_sizes->path_mtu.v, by)
                             : build_text(build, "up to %" PRId64 " bytes get through", seen_sizes->path_mtu.v),
                  NULL);
        return true;
    }
    line_place_words(&mtu->near, &mtu->far, &mtu->at_segment, place);
    const bool sure = mtu->witnesses.v > 1;
    char *words = sure ? build_text(build, "%" PRId64 " bytes vanish %s, without a word", mtu->vanishes.v, place)
                       : build_text(build, "the host answers nothing of %" PRId64 " bytes; small packets it does",
                                    mtu->vanishes.v);
    const bool mild = bool_is(&mtu->harmless, true) || !sure;
    const bool stops = build->verdict->stopped && build->verdict->stopped_at == CHECK_TLS;
    check_set(build, CHECK_MTU, mild && !stops ? STATUS_PASS : STATUS_WARN, words, NULL);
    return true;
}

/* The farthest place that answers: how long that takes. -1: not known. */
static int64_t delay_of(const struct ev_path *path)
{
    int64_t median = -1;
    ev_each (segment, const struct ev_segment, &path->segments) {
        median = seen(segment->rtt_us.median.source) ? segment->rtt_us.median.v : median;
    }
    return median;
}

/* Distance alone is nobody's fault; it is told, and what it means. */
static char *path_words(const struct build *build)
{
    enum { WORDS_MOST = 1024 };
    char delay[SPAN_SIZE];
    struct buffer words;
    const struct threshold_fact *bar = threshold_fact(THRESHOLD_RTT);
    const int64_t median = delay_of(&build->look->e->path);
    buffer_init(&words, WORDS_MOST);
    (void)sign_see(WAY_LOSES, build->look, CAUSE_NONE, &words);
    if (median > (int64_t)bar->bad) {
        buffer_format(&words, "; answers take %s, which is felt", span(median, delay));
    }
    char *said = buffer_steal_text(&words);
    buffer_release(&words);
    return said;
}

bool check_path(struct build *build)
{
    const struct ev_path *path = &build->look->e->path;
    const struct reading_path *reading = &build->look->r->path;
    if (path->hops.count == 0 || !seen(reading->answer.source)) {
        return false;
    }
    const char *why = build->look->e->checks[CHECK_PATH].why.v;
    const bool loses = is_yes(build->look, WAY_LOSES);
    if (loses || enum_is(&reading->answer, INFER_CLEAN)) {
        const bool hurts = loses && reading->loss_high.v > (int64_t)threshold_fact(THRESHOLD_LOSS)->good;
        char *words = path_words(build);
        build->failed = build->failed || words == NULL;
        check_set(build, CHECK_PATH, hurts ? STATUS_WARN : STATUS_PASS, words, NULL);
        return true;
    }
    if (enum_is(&reading->answer, INFER_MUTE)) {
        check_set(build, CHECK_PATH, STATUS_UNKNOWN, NULL,
                  build_text(build, "%s", why != NULL ? why : "nothing on the way answers probes"));
        return true;
    }
    check_set(build, CHECK_PATH, STATUS_UNKNOWN, NULL,
              why != NULL ? build_text(build, "%s", why)
                          : build_text(build, "measured for too short a time to tell whether packets are lost"));
    return true;
}

bool check_bandwidth(struct build *build)
{
    const struct reading_bandwidth *bandwidth = &build->look->r->bandwidth;
    char rate[SPAN_SIZE];
    char idle[SPAN_SIZE];
    char loaded[SPAN_SIZE];
    if (build->look->e->bandwidth.trains.count == 0) {
        return false;
    }
    if (!seen(bandwidth->low.source)) {
        check_set(build, CHECK_BANDWIDTH, STATUS_UNKNOWN, NULL, build_text(build, "too few answers came for a figure"));
        return true;
    }
    if (bandwidth->low.v) {
        check_set(build, CHECK_BANDWIDTH, STATUS_WARN, build_sign(build, LINE_SLOW, CAUSE_NONE), NULL);
        return true;
    }
    check_set(build, CHECK_BANDWIDTH, STATUS_PASS,
              seen(bandwidth->idle_us.source)
                  ? build_text(build, "at least %s; round trip %s, %s when filled",
                               rate_words(bandwidth->both_kbps.v, rate), span(bandwidth->idle_us.v, idle),
                               span(bandwidth->loaded_us.v, loaded))
                  : build_text(build, "at least %s", rate_words(bandwidth->both_kbps.v, rate)),
              NULL);
    return true;
}
