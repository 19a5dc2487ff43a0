/* Where big packets vanish and where the line is slow, told from counts. */
#include "unit/line_help.h"

#include "infer/size.h"
#include "infer/train.h"

static struct evidence *nothing(void)
{
    struct evidence *e = evidence_new(NULL);
    assert_non_null(e);
    return e;
}

static struct size_leg leg_of(const struct evidence *e, enum path_leg leg)
{
    struct size_leg out;
    infer_size_leg(&e->mtu, leg, &out);
    return out;
}

static void a_way_that_takes_all_has_no_hole(void **state)
{
    (void)state;
    struct evidence *e = nothing();
    line_sweep(e, LEG_DIRECT, LINE_ROUTERS + 1);
    const struct size_leg leg = leg_of(e, LEG_DIRECT);
    assert_true(leg.tried);
    assert_false(leg.hole);
    assert_int_equal(leg.whole, 1500);
    evidence_free(e);
}

static void the_hole_is_found_at_each_link(void **state)
{
    (void)state;
    for (int through = 0; through < LINE_ROUTERS; through++) {
        struct evidence *e = nothing();
        line_sweep(e, LEG_DIRECT, through);
        line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_WHOLE, 0, 1400, 1, 1);
        line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_WHOLE, 0, 1420, 3, 0);
        const struct size_leg leg = leg_of(e, LEG_DIRECT);
        assert_true(leg.hole);
        assert_int_equal(leg.near_ttl, through);
        assert_int_equal(leg.far_ttl, through + 1);
        assert_false(leg.far_end);
        assert_int_equal(leg.way, SIZE_WAY_OUT);
        assert_int_equal(leg.vanishes, 1420);
        assert_int_equal(leg.passes, 1400);
        assert_int_equal(leg.witnesses, LINE_ROUTERS - through + 1);
        assert_int_equal(leg.whole, 1400);
        evidence_free(e);
    }
}

static void the_last_link_does_not_tell_the_direction(void **state)
{
    (void)state;
    struct evidence *e = nothing();
    line_sweep(e, LEG_DIRECT, LINE_ROUTERS);
    struct size_leg leg = leg_of(e, LEG_DIRECT);
    assert_true(leg.hole && leg.far_end);
    assert_int_equal(leg.near_ttl, LINE_ROUTERS);
    assert_int_equal(leg.witnesses, 1);
    assert_int_equal(leg.way, SIZE_WAY_UNKNOWN);
    /* a big datagram that the end answers with a short error: then it is the way back, or the pings */
    line_size(e, LEG_DIRECT, STREAM_UDP, REACH_WHOLE, 0, LINE_SMALL, 1, 1);
    line_size(e, LEG_DIRECT, STREAM_UDP, REACH_WHOLE, 0, LINE_BIG, 3, 0);
    leg = leg_of(e, LEG_DIRECT);
    assert_int_equal(leg.witnesses, 2);
    assert_int_equal(leg.way, SIZE_WAY_OUT);
    evidence_free(e);
}

static void a_hole_on_the_way_back_is_found_by_big_answers(void **state)
{
    (void)state;
    struct evidence *e = nothing();
    line_sweep(e, LEG_DIRECT, LINE_ROUTERS);
    line_size(e, LEG_DIRECT, STREAM_UDP, REACH_WHOLE, 0, LINE_SMALL, 1, 1);
    line_size(e, LEG_DIRECT, STREAM_UDP, REACH_WHOLE, 0, LINE_BIG, 3, 1);
    for (int ttl = 1; ttl <= LINE_ROUTERS; ttl++) {
        line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_OWN, ttl, LINE_SMALL, 1, 1);
        line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_OWN, ttl, LINE_BIG, 3, ttl < 3 ? 1 : 0);
    }
    const struct size_leg leg = leg_of(e, LEG_DIRECT);
    assert_true(leg.hole);
    assert_int_equal(leg.way, SIZE_WAY_BACK);
    assert_int_equal(leg.near_ttl, 2);
    assert_int_equal(leg.far_ttl, 3);
    evidence_free(e);
}

/* Lesson 31, and neighbours of it: each of these is no hole. */
static void what_only_looks_like_a_hole(void **state)
{
    (void)state;
    struct evidence *e = nothing(); /* the end answers nothing, one router nothing big */
    line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_WHOLE, 0, LINE_SMALL, 3, 0);
    line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_WHOLE, 0, LINE_BIG, 4, 0);
    line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_TTL, 1, LINE_SMALL, 1, 1);
    line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_TTL, 1, LINE_BIG, 3, 0);
    struct size_leg leg = leg_of(e, LEG_DIRECT);
    assert_false(leg.hole);
    assert_true(leg.end_mute && !leg.mute);
    evidence_free(e);

    e = nothing(); /* a router in the middle that answers no big ones, while the end does */
    line_sweep(e, LEG_DIRECT, LINE_ROUTERS + 1);
    ((struct ev_size *)e->mtu.probes.items)[3].answer.v = SIZE_SILENT;
    assert_false(leg_of(e, LEG_DIRECT).hole);
    evidence_free(e);

    e = nothing(); /* twice lost is not thrice lost */
    line_sweep(e, LEG_DIRECT, 2);
    ev_each (item, struct ev_size, &e->mtu.probes) {
        item->sent.v = item->sent.v > 2 ? 2 : item->sent.v;
    }
    assert_false(leg_of(e, LEG_DIRECT).hole);
    evidence_free(e);

    e = nothing(); /* a router that says what fits */
    line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_WHOLE, 0, LINE_SMALL, 1, 1);
    struct ev_size *told = line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_WHOLE, 0, LINE_BIG, 4, 0);
    ev_set_enum(&told->answer, SOURCE_PROBE, SIZE_TOO_BIG);
    ev_set_int(&told->told, SOURCE_PROBE, 1400);
    line_text(&told->by, "10.1.0.3");
    line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_WHOLE, 0, 1400, 1, 1);
    leg = leg_of(e, LEG_DIRECT);
    assert_false(leg.hole);
    assert_int_equal(leg.told, 1400);
    assert_string_equal(leg.told_by, "10.1.0.3");
    evidence_free(e);
}

static void underlay_tunnel_and_office_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        int under;
        int over;
        enum path_leg leg;
        enum path_segment segment;
    } cases[] = {
        { 2, 0, LEG_UNDERLAY, SEGMENT_COUNT }, /* without hops nobody knows whose link it is */
        { 5, 0, LEG_OVERLAY, SEGMENT_TUNNEL },
        { 5, 1, LEG_OVERLAY, SEGMENT_OFFICE },
        { 4, 0, LEG_UNDERLAY, SEGMENT_COUNT },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct evidence *e = nothing();
        struct size_leg hole;
        enum path_leg leg;
        line_sweep(e, LEG_UNDERLAY, cases[i].under);
        line_sweep(e, LEG_OVERLAY, cases[i].over);
        assert_true(infer_hole(e, &hole, &leg));
        assert_int_equal(leg, cases[i].leg);
        assert_int_equal(infer_segment_between(&e->path, leg, hole.near_ttl, hole.far_ttl, hole.far_end),
                         cases[i].segment);
        evidence_free(e);
    }
    /* below the tunnel nothing as big as that is ever sent: it comes through above */
    struct evidence *e = nothing();
    struct size_leg hole;
    enum path_leg leg;
    line_sweep(e, LEG_UNDERLAY, 2);
    line_sweep(e, LEG_OVERLAY, 5);
    assert_false(infer_hole(e, &hole, &leg));
    evidence_free(e);
}

static void hops_name_the_segment(void **state)
{
    (void)state;
    static const enum path_segment segments[] = { SEGMENT_LAN, SEGMENT_ISP, SEGMENT_ISP, SEGMENT_TRANSIT };
    struct evidence *e = nothing();
    for (int ttl = 1; ttl <= LINE_ROUTERS; ttl++) {
        struct ev_hop *hop = ev_list_add(&e->path.hops, SOURCE_PROBE, &hop_table, 0, NULL);
        ev_set_enum(&hop->leg, SOURCE_PROBE, LEG_UNDERLAY);
        ev_set_int(&hop->ttl, SOURCE_PROBE, ttl);
        ev_set_enum(&hop->segment, SOURCE_PROBE, (int)segments[ttl - 1]);
    }
    assert_int_equal(infer_segment_between(&e->path, LEG_UNDERLAY, 0, 1, false), SEGMENT_LAN);
    assert_int_equal(infer_segment_between(&e->path, LEG_UNDERLAY, 1, 3, false), SEGMENT_ISP);
    assert_int_equal(infer_segment_between(&e->path, LEG_UNDERLAY, 2, 4, false), SEGMENT_COUNT);
    assert_int_equal(infer_segment_between(&e->path, LEG_UNDERLAY, 3, 4, false), SEGMENT_TRANSIT);
    evidence_free(e);
}

static void a_train_gives_bounds(void **state)
{
    (void)state;
    struct evidence *e = nothing();
    /* 11 packets of 1400 bytes behind the first in 481 ms: 256 kbit/s */
    struct ev_train *train = line_train(e, LEG_DIRECT, 0, 12, 481250);
    struct rate rate = infer_train(train);
    assert_true(rate.known);
    assert_int_equal(rate.low_kbps, 256);
    assert_int_equal(rate.high_kbps, 256);
    /* half of the answers are missing: the lower bound only sinks */
    ev_set_int(&train->answered, SOURCE_PROBE, 6);
    rate = infer_train(train);
    assert_int_equal(rate.low_kbps, 116);
    assert_int_equal(rate.high_kbps, 256);
    /* as close together as they were sent: no upper bound */
    ev_set_int(&train->answered, SOURCE_PROBE, 12);
    ev_set_int(&train->span_us, SOURCE_PROBE, 800);
    rate = infer_train(train);
    assert_int_equal(rate.low_kbps, 154000);
    assert_int_equal(rate.high_kbps, 0);
    ev_set_int(&train->answered, SOURCE_PROBE, 3);
    assert_false(infer_train(train).known);
    evidence_free(e);
}

static void the_narrow_link_is_found_at_each_place(void **state)
{
    (void)state;
    for (int fast = 0; fast <= LINE_ROUTERS; fast++) {
        struct evidence *e = nothing();
        struct slow slow;
        enum path_leg leg;
        line_train(e, LEG_DIRECT, 0, 12, 481250);
        for (int ttl = 1; ttl <= LINE_ROUTERS; ttl++) {
            line_train(e, LEG_DIRECT, ttl, 12, ttl <= fast ? 2000 : 481250);
        }
        assert_true(infer_slow(e, infer_slow_kbps(), &slow, &leg));
        assert_int_equal(slow.near_ttl, fast);
        assert_int_equal(slow.far_ttl, fast < LINE_ROUTERS ? fast + 1 : 0);
        assert_int_equal(slow.far_end, fast == LINE_ROUTERS);
        assert_int_equal(slow.whole.high_kbps, 256);
        assert_int_equal(slow.idle_us, 12000);
        assert_int_equal(slow.loaded_us, 493250);
        evidence_free(e);
    }
}

/* A router that is slow to answer, or answers only some, accuses nobody: the end decides. */
static void a_slow_replier_is_not_a_slow_line(void **state)
{
    (void)state;
    struct evidence *e = nothing();
    struct slow slow;
    enum path_leg leg;
    line_train(e, LEG_DIRECT, 2, 12, 481250);
    line_train(e, LEG_DIRECT, 0, 12, 2000);
    assert_false(infer_slow(e, infer_slow_kbps(), &slow, &leg));
    assert_true(slow.whole_known || leg != LEG_DIRECT);
    /* of two trains to the same place the better one counts */
    line_train(e, LEG_OVERLAY, 0, 12, 481250);
    line_train(e, LEG_OVERLAY, 0, 12, 4000);
    assert_false(infer_slow(e, infer_slow_kbps(), &slow, &leg));
    evidence_free(e);
}

static void what_is_slow_below_the_tunnel_is_found_there(void **state)
{
    (void)state;
    struct evidence *e = nothing();
    struct slow slow;
    enum path_leg leg;
    line_train(e, LEG_OVERLAY, 0, 12, 481250);
    line_train(e, LEG_UNDERLAY, 0, 12, 481250);
    line_train(e, LEG_UNDERLAY, 2, 12, 1000);
    assert_true(infer_slow(e, infer_slow_kbps(), &slow, &leg));
    assert_int_equal(leg, LEG_UNDERLAY);
    assert_int_equal(slow.near_ttl, 2);
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_way_that_takes_all_has_no_hole),
        cmocka_unit_test(the_hole_is_found_at_each_link),
        cmocka_unit_test(the_last_link_does_not_tell_the_direction),
        cmocka_unit_test(a_hole_on_the_way_back_is_found_by_big_answers),
        cmocka_unit_test(what_only_looks_like_a_hole),
        cmocka_unit_test(underlay_tunnel_and_office_are_told_apart),
        cmocka_unit_test(hops_name_the_segment),
        cmocka_unit_test(a_train_gives_bounds),
        cmocka_unit_test(the_narrow_link_is_found_at_each_place),
        cmocka_unit_test(a_slow_replier_is_not_a_slow_line),
        cmocka_unit_test(what_is_slow_below_the_tunnel_is_found_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
