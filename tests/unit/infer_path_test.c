/* What may be concluded from the counts of a way: pairs that differ in one thing only. */
#include "unit/cmocka_all.h"

#include "infer/answer.h"
#include "infer/queue.h"
#include "unit/path_help.h"

enum { SENT = 400, LOST = 20 };

static struct infer_answer answer_of(const struct ev_path *path)
{
    struct infer_answer answer;
    infer_answer(path, &answer);
    return answer;
}

static void release(struct ev_path *path)
{
    field_release(evidence_group(CHECK_PATH), path);
}

static void set_counts(struct ev_hop *hop, size_t row, int64_t lost, int64_t sent)
{
    struct ev_stream *stream = (struct ev_stream *)hop->streams.items + row;
    ev_set_int(&stream->sent, SOURCE_PROBE, sent);
    ev_set_int(&stream->lost, SOURCE_PROBE, lost);
    ev_set_int(&stream->runs, SOURCE_PROBE, lost);
}

static void segments_are_told_by_place_and_class(void **state)
{
    static const int wanted[PATH_PLACES] = { SEGMENT_LAN,         SEGMENT_ISP,    SEGMENT_ISP,    SEGMENT_TRANSIT,
                                             SEGMENT_VPN_GATEWAY, SEGMENT_TUNNEL, SEGMENT_OFFICE, SEGMENT_SERVER };
    struct ev_path path = { 0 };
    (void)state;
    path_lab(&path, PATH_PLACES + 1, 0);
    for (int i = 1; i <= PATH_PLACES; i++) {
        assert_int_equal(path_at(&path, i)->segment.v, wanted[i - 1]);
    }
    release(&path);
}

/* To a private host without a tunnel: private routers are the office's, but those before a public one a provider's. */
static void private_routers_before_public_ones_are_a_providers(void **state)
{
    (void)state;
    for (int public = 0; public < 2; public ++) {
        struct ev_path path = { 0 };
        (void)path_place(&path, LEG_DIRECT, 1, "192.168.1.1", 0, SENT);
        (void)path_place(&path, LEG_DIRECT, 2, "100.64.1.2", 0, SENT);
        (void)path_place(&path, LEG_DIRECT, 3, public == 1 ? "203.0.113.2" : "10.20.0.1", 0, SENT);
        (void)path_place(&path, LEG_DIRECT, 4, "10.20.0.2", 0, SENT);
        (void)path_end(&path, LEG_DIRECT, 5, "10.30.0.10", 0, SENT);
        infer_place_hops(&path, true);
        assert_int_equal(path_at(&path, 1)->segment.v, SEGMENT_LAN);
        assert_int_equal(path_at(&path, 2)->segment.v, public == 1 ? SEGMENT_ISP : SEGMENT_OFFICE);
        assert_int_equal(path_at(&path, 3)->segment.v, public == 1 ? SEGMENT_ISP : SEGMENT_OFFICE);
        assert_int_equal(path_at(&path, 4)->segment.v, SEGMENT_OFFICE);
        assert_int_equal(path_at(&path, 5)->segment.v, SEGMENT_SERVER);
        release(&path);
    }
}

/* Rules 21 and 22: the first link whose loss carries on, at each link in turn; a clean end acquits everybody. */
static void loss_is_the_links_where_it_begins(void **state)
{
    (void)state;
    for (int from = 1; from <= PATH_PLACES; from++) {
        struct ev_path path = { 0 };
        path_lab(&path, from, LOST);
        const struct infer_answer answer = answer_of(&path);
        assert_int_equal(answer.kind, INFER_LOSS);
        assert_int_equal(answer.scope, INFER_ALL);
        assert_true(answer.at_link);
        assert_int_equal(answer.from, from == 1 || from == 6 ? -1 : from - 2);
        assert_int_equal(answer.to, from - 1);
        assert_int_equal(answer.segments, 1U << path_at(&path, from)->segment.v);
        assert_true(answer.loss.low > 0.03 && answer.loss.loss == 0.05 && answer.loss.high < 0.08);
        release(&path);
    }
    for (int only = 1; only < PATH_PLACES; only++) {
        struct ev_path path = { 0 };
        path_lab(&path, PATH_PLACES + 1, 0);
        if (only != 5) { /* a host that answers for itself is no router that limits itself */
            set_counts(path_at(&path, only), 0, LOST, SENT);
            assert_int_equal(answer_of(&path).kind, INFER_CLEAN);
        }
        release(&path);
    }
}

/* Rule 23: the last place alone may be slow to answer; a second witness behind the link decides. */
static void a_limited_end_accuses_nobody(void **state)
{
    struct ev_path path = { 0 };
    (void)state;
    path_lab(&path, PATH_PLACES + 1, 0);
    set_counts(path_at(&path, PATH_PLACES), 0, 340, SENT);
    struct infer_answer answer = answer_of(&path);
    assert_true(answer.kind != INFER_LOSS);
    /* connections through the same link that lost nothing leave no great loss; lost as often, they prove it */
    struct ev_stream *tcp = path_stream(path_at(&path, PATH_PLACES), STREAM_TCP, REACH_WHOLE, 0, 20);
    answer = answer_of(&path);
    assert_int_equal(answer.kind, INFER_OPEN); /* 20 do not exclude a small loss */
    assert_false(answer.lossy);
    ev_set_int(&tcp->lost, SOURCE_PROBE, 16);
    answer = answer_of(&path);
    assert_int_equal(answer.kind, INFER_LOSS);
    assert_int_equal(answer.segments, 1U << SEGMENT_SERVER);
    release(&path);
}

/* What an end that answers pings alone loses is loss of pings; connections that lost some, too, make it more. */
static void pings_of_the_end_are_pings(void **state)
{
    (void)state;
    for (int others = 0; others < 3; others++) {
        struct ev_path path = { 0 };
        path_lab(&path, PATH_PLACES, LOST);
        if (others > 0) {
            (void)path_stream(path_at(&path, PATH_PLACES), STREAM_TCP, REACH_WHOLE, others - 1, 30);
        }
        const struct infer_answer answer = answer_of(&path);
        assert_int_equal(answer.kind, INFER_LOSS);
        assert_int_equal(answer.segments, 1U << SEGMENT_SERVER);
        assert_true(answer.only_pings == (others < 2));
        release(&path);
    }
    struct ev_path path = { 0 };
    path_lab(&path, PATH_PLACES - 1, LOST); /* one link before: routers answer, too */
    assert_false(answer_of(&path).only_pings);
    release(&path);
}

/* Of what crosses the tunnel nearly all is lost: that looks like places that keep their answers to themselves, but for
 * the end, which answers every ping that comes. */
static void a_way_that_loses_nearly_all_is_no_clean_one(void **state)
{
    (void)state;
    struct ev_path path = { 0 };
    path_lab(&path, PATH_PLACES + 1, 0);
    for (int i = 6; i <= PATH_PLACES; i++) {
        set_counts(path_at(&path, i), 0, 46, 50);
    }
    const struct infer_answer answer = answer_of(&path);
    assert_int_equal(answer.kind, INFER_LOSS);
    assert_int_equal(answer.segments, 1U << SEGMENT_TUNNEL);
    release(&path);
}

/* A policer of pings alone: that is no loss of packets, once enough others were seen to come through. The rows count
 * those. */
static void policed_pings_are_no_proof_of_a_clean_way(void **state)
{
    (void)state;
    for (int enough = 0; enough < 2; enough++) {
        struct ev_path path = { 0 };
        path_lab(&path, PATH_PLACES + 1, 0);
        for (int i = 6; i <= PATH_PLACES; i++) {
            set_counts(path_at(&path, i), 0, 30, 60);
            if (i < PATH_PLACES) {
                (void)path_stream(path_at(&path, i), STREAM_UDP, REACH_TTL, 0, enough == 1 ? 160 : 140);
            }
        }
        const struct infer_answer answer = answer_of(&path);
        assert_int_equal(answer.kind, enough == 1 ? INFER_CLEAN : INFER_OPEN);
        assert_int_equal((int)answer.segment[SEGMENT_OFFICE].loss.sent, enough == 1 ? 160 : 140);
        assert_int_equal((int)answer.segment[SEGMENT_OFFICE].loss.lost, 0);
        release(&path);
    }
}

/* Rules 24 and 25: on a way with branches the branch that one kind of packet takes does not clear the other's. */
static void a_clean_branch_does_not_clear_the_other(void **state)
{
    struct ev_path path = { 0 };
    (void)state;
    path_lab(&path, PATH_PLACES + 1, 0);
    for (int i = 2; i <= 4; i++) {
        (void)path_stream(path_at(&path, i), STREAM_SERVICE, REACH_TTL, i >= 3 ? LOST : 0, SENT);
    }
    for (int i = 6; i <= PATH_PLACES; i++) {
        set_counts(path_at(&path, i), 0, LOST, SENT);
    }
    const struct infer_answer answer = answer_of(&path);
    assert_int_equal(answer.kind, INFER_LOSS);
    assert_int_equal(answer.scope, INFER_TUNNEL);
    assert_int_equal(answer.to, 2);
    assert_int_equal(answer.segments, 1U << SEGMENT_ISP);
    release(&path);
}

/* Rule 26: clean pings acquit nobody. Only the RDP port's packets are lost. */
static void clean_pings_do_not_acquit_the_port(void **state)
{
    struct ev_path path = { 0 };
    (void)state;
    path_lab(&path, PATH_PLACES + 1, 0);
    (void)path_stream(path_at(&path, 6), STREAM_SYN, REACH_TTL, 0, SENT);
    struct ev_stream *syn = path_stream(path_at(&path, 7), STREAM_SYN, REACH_TTL, 0, SENT);
    assert_int_equal(answer_of(&path).kind, INFER_CLEAN);
    ev_set_int(&syn->lost, SOURCE_PROBE, LOST);
    const struct infer_answer answer = answer_of(&path);
    assert_int_equal(answer.kind, INFER_LOSS);
    assert_int_equal(answer.scope, INFER_RDP);
    assert_int_equal(answer.to, 6);
    release(&path);
}

/* The tunnel's own port, and the inside of the tunnel: the same loss in the tunnel, told apart by datagrams like the
 * tunnel's own on the way to it. */
static void the_tunnels_port_is_not_its_inside(void **state)
{
    (void)state;
    for (int lossy = 0; lossy < 2; lossy++) {
        struct ev_path path = { 0 };
        path_lab(&path, 6, LOST);
        for (int i = 1; i <= 4; i++) {
            (void)path_stream(path_at(&path, i), STREAM_SERVICE, REACH_TTL, lossy && i >= 3 ? LOST : 0, SENT);
        }
        const struct infer_answer answer = answer_of(&path);
        assert_int_equal(answer.kind, INFER_LOSS);
        assert_int_equal(answer.scope, lossy ? INFER_TUNNEL : INFER_ALL);
        assert_int_equal(answer.segments, 1U << (lossy ? SEGMENT_ISP : SEGMENT_TUNNEL));
        release(&path);
    }
}

/* Rule 27: a segment in which nothing answers is unmeasured, and not blamed by itself. */
static void a_mute_segment_is_unmeasured(void **state)
{
    enum { ENOUGH = 500 }; /* that nothing is lost takes more than the other tests send */
    (void)state;
    for (int lossy = 0; lossy < 2; lossy++) {
        struct ev_path path = { 0 };
        (void)path_place(&path, LEG_DIRECT, 1, "192.168.1.1", 0, ENOUGH);
        (void)path_hop(&path, LEG_DIRECT, 2, NULL, false);
        (void)path_hop(&path, LEG_DIRECT, 3, NULL, false);
        (void)path_end(&path, LEG_DIRECT, 4, "198.51.100.2", lossy ? LOST : 0, ENOUGH);
        const struct infer_answer answer = answer_of(&path);
        assert_false(answer.segment[SEGMENT_ISP].measured);
        assert_false(answer.segment[SEGMENT_ISP].blamed);
        assert_false(answer.segment[SEGMENT_ISP].loss.known);
        assert_int_equal(answer.kind, lossy ? INFER_LOSS : INFER_CLEAN);
        assert_true(!lossy || answer.segments == (1U << SEGMENT_ISP | 1U << SEGMENT_SERVER));
        assert_false(answer.segment[SEGMENT_SERVER].blamed);
        release(&path);
    }
    struct ev_path path = { 0 };
    (void)path_hop(&path, LEG_DIRECT, 1, NULL, false);
    (void)path_hop(&path, LEG_DIRECT, 0, "198.51.100.2", true);
    assert_int_equal(answer_of(&path).kind, INFER_MUTE);
    release(&path);
}

static void waits(struct ev_path *path, int place, int64_t idle_ms, int64_t loaded_ms)
{
    struct ev_stream *stream = path_at(path, place)->streams.items;
    ev_set_int(&stream->rtt_us.min, SOURCE_PROBE, idle_ms * 1000);
    ev_set_int(&stream->rtt_us.median, SOURCE_PROBE, loaded_ms * 1000);
    ev_set_int(&stream->rtt_us.p95, SOURCE_PROBE, loaded_ms * 1000);
}

/* Rule 29: packets wait at a link when all that is behind it waits, and two places at least say so; one that is slow to
 * answer is that alone. And rule 30: far away is not slow. */
static void one_slow_replier_is_no_queue(void **state)
{
    struct infer_queue queue;
    struct ev_path path = { 0 };
    (void)state;
    path_lab(&path, PATH_PLACES + 1, 0);
    for (int i = 1; i <= PATH_PLACES; i++) {
        waits(&path, i, i >= 3 ? 300 : 1, i >= 3 ? 310 : 1);
    }
    assert_false(infer_queue(&path, &queue)); /* far, and 10 ms of jitter */
    assert_false(infer_waits(&path));
    waits(&path, 3, 20, 400);
    assert_false(infer_queue(&path, &queue));
    assert_false(infer_waits(&path)); /* one router */
    waits(&path, 4, 20, 400);
    assert_true(infer_waits(&path)); /* two */
    waits(&path, 4, 20, 20);
    for (int i = 3; i <= PATH_PLACES; i++) {
        waits(&path, i, 20, 400);
    }
    assert_true(infer_queue(&path, &queue));
    assert_int_equal(queue.from, 1);
    assert_int_equal(queue.to, 2);
    assert_int_equal(queue.segment, SEGMENT_ISP);
    assert_int_equal(queue.idle_us, 20000);
    assert_int_equal(queue.loaded_us, 400000);
    assert_int_equal(queue.witnesses, 6);
    waits(&path, PATH_PLACES, 20, 25);
    assert_false(infer_queue(&path, &queue)); /* the end does not wait: nobody does */
    for (int i = 3; i < PATH_PLACES; i++) {
        waits(&path, i, 20, 20);
    }
    waits(&path, PATH_PLACES, 20, 400);
    assert_false(infer_queue(&path, &queue)); /* the end alone: nobody knows where */
    assert_true(infer_waits(&path));
    release(&path);
}

/* Rule 33: none of 100 is below 3 %, and not enough to say that nothing is lost. */
static void few_probes_prove_little(void **state)
{
    struct ev_path path = { 0 };
    (void)state;
    (void)path_place(&path, LEG_DIRECT, 1, "192.168.1.1", 0, 100);
    (void)path_end(&path, LEG_DIRECT, 2, "198.51.100.2", 0, 100);
    struct infer_answer answer = answer_of(&path);
    assert_int_equal(answer.kind, INFER_OPEN);
    assert_true(answer.segment[SEGMENT_SERVER].loss.high == 0.03);
    set_counts(path_at(&path, 1), 0, 0, 1000);
    set_counts(path_at(&path, 2), 0, 0, 1000);
    assert_int_equal(answer_of(&path).kind, INFER_CLEAN);
    /* rule 8: one lost probe is no loss */
    set_counts(path_at(&path, 2), 0, 1, 1000);
    assert_true(answer_of(&path).kind != INFER_LOSS);
    release(&path);
}

/* Without the tunnel's outer end nobody can say what lies below the tunnel. */
static void an_unknown_underlay_is_not_blamed(void **state)
{
    struct ev_path path = { 0 };
    (void)state;
    (void)path_place(&path, LEG_OVERLAY, 1, "10.20.0.1", LOST, SENT);
    (void)path_place(&path, LEG_OVERLAY, 2, "10.20.0.2", LOST, SENT);
    (void)path_end(&path, LEG_OVERLAY, 3, "10.30.0.10", LOST, SENT);
    const struct infer_answer answer = answer_of(&path);
    assert_int_equal(answer.kind, INFER_LOSS);
    assert_true((answer.segments & 1U << SEGMENT_ISP) != 0 && (answer.segments & 1U << SEGMENT_TUNNEL) != 0);
    for (int id = 0; id < SEGMENT_COUNT; id++) {
        assert_false(answer.segment[id].blamed);
    }
    release(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_told_by_place_and_class),
        cmocka_unit_test(private_routers_before_public_ones_are_a_providers),
        cmocka_unit_test(loss_is_the_links_where_it_begins),
        cmocka_unit_test(a_limited_end_accuses_nobody),
        cmocka_unit_test(pings_of_the_end_are_pings),
        cmocka_unit_test(a_way_that_loses_nearly_all_is_no_clean_one),
        cmocka_unit_test(policed_pings_are_no_proof_of_a_clean_way),
        cmocka_unit_test(a_clean_branch_does_not_clear_the_other),
        cmocka_unit_test(clean_pings_do_not_acquit_the_port),
        cmocka_unit_test(the_tunnels_port_is_not_its_inside),
        cmocka_unit_test(a_mute_segment_is_unmeasured),
        cmocka_unit_test(one_slow_replier_is_no_queue),
        cmocka_unit_test(few_probes_prove_little),
        cmocka_unit_test(an_unknown_underlay_is_not_blamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
