/* Stories of the line: sizes, loss, delay, datagrams. */
#include "unit/stories/stories.h"

#include "unit/diagnose_help.h"
#include "unit/line_help.h"
#include "unit/path_help.h"

static void stall(struct evidence *e)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_SILENT, false);
}
static void black_hole_once(struct evidence *e)
{
    stall(e);
    ev_set_int(&second_hello(e, PURPOSE_SMALL_MSS, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true)->mss, SOURCE_PROBE, 1200);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_SILENT, false);
}
static void black_hole(struct evidence *e)
{
    black_hole_once(e);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_SILENT, false);
}
static void black_hole_swept(struct evidence *e)
{
    black_hole_once(e);
    line_sweep(e, LEG_DIRECT, 2);
}
static void narrow_hole_beside(struct evidence *e)
{
    healthy_windows(e);
    line_sweep(e, LEG_DIRECT, 2);
}
static void lossy_tunnel(struct evidence *e)
{
    path_lab(&e->path, 6, 20);
}
/* The tunnel's outer end is not known: what lies below it may be as lossy as the tunnel. */
static void lossy_somewhere(struct evidence *e)
{
    (void)path_place(&e->path, LEG_OVERLAY, 1, "10.20.0.1", 20, 400);
    (void)path_end(&e->path, LEG_OVERLAY, 2, "10.30.0.10", 20, 400);
}
static void lossy_provider(struct evidence *e)
{
    path_lab(&e->path, 3, 20);
}
static void slow_line(struct evidence *e)
{
    healthy_windows(e);
    line_train(e, LEG_DIRECT, 0, 12, 481250);
}
static void udp_size(struct evidence *e, int64_t size, int64_t sent, int64_t answered)
{
    struct ev_udp_size *item = ev_list_add(&e->udp.sizes, SOURCE_PROBE, &udp_size_table, 0, NULL);
    assert_non_null(item);
    ev_set_int(&item->size, SOURCE_PROBE, size);
    ev_set_int(&item->sent, SOURCE_PROBE, sent);
    ev_set_int(&item->answered, SOURCE_PROBE, answered);
}
static void udp_answers(struct evidence *e)
{
    ev_set_int(&e->udp.sent, SOURCE_PROBE, 7);
    ev_set_bool(&e->udp.answered, SOURCE_PROBE, true);
    ev_set_int(&e->udp.version, SOURCE_PROBE, 2);
}
static void big_datagrams_vanish(struct evidence *e)
{
    healthy_windows(e);
    udp_answers(e);
    udp_size(e, 1232, 4, 0);
    udp_size(e, 1132, 5, 5);
}
static void session_broke_over_udp(struct evidence *e)
{
    healthy_windows(e);
    udp_answers(e);
    udp_size(e, 1232, 5, 5);
    client_said(e, 0x904, -1);
}
static void session_of_65_seconds(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    challenge(e, "srv.corp.example", "10.0.14393", 0);
    udp_answers(e);
    struct ev_connection *first = e->connections.items;
    ev_set_enum(&first->recorded.reach, SOURCE_FILE, REACH_SESSION);
    ev_set_int(&first->recorded.duration_us, SOURCE_FILE, 66 * 1000 * MS);
}
static void session_that_broke_at_65_seconds(struct evidence *e)
{
    session_of_65_seconds(e);
    client_said(e, 0x904, -1);
}

static const struct story stories[] = {
    { stall, CAUSE_IPS_DROPS, CERTAINTY_POSSIBLE, true },
    { black_hole, CAUSE_MTU_BLACK_HOLE, CERTAINTY_LIKELY, true },
    { black_hole_once, CAUSE_MTU_BLACK_HOLE, CERTAINTY_LIKELY, true },
    { stall, CAUSE_MTU_BLACK_HOLE, CERTAINTY_POSSIBLE, true },
    { black_hole_swept, CAUSE_MTU_BLACK_HOLE, CERTAINTY_PROVED, true },
    { narrow_hole_beside, CAUSE_MTU_BLACK_HOLE, CERTAINTY_LIKELY, false },
    { slow_line, CAUSE_LOW_BANDWIDTH, CERTAINTY_POSSIBLE, false },
    { big_datagrams_vanish, CAUSE_UDP_TRANSPORT_BROKEN, CERTAINTY_LIKELY, false },
    { session_broke_over_udp, CAUSE_UDP_TRANSPORT_BROKEN, CERTAINTY_POSSIBLE, false },
    { session_that_broke_at_65_seconds, CAUSE_UDP_65S, CERTAINTY_LIKELY, false },
    { session_of_65_seconds, CAUSE_UDP_65S, CERTAINTY_POSSIBLE, false },
    { lossy_tunnel, CAUSE_VPN_LOSS, CERTAINTY_LIKELY, false },
    { lossy_provider, CAUSE_PATH_LOSS, CERTAINTY_LIKELY, false },
    { lossy_somewhere, CAUSE_PATH_LOSS, CERTAINTY_POSSIBLE, false },
    { lossy_somewhere, CAUSE_VPN_LOSS, CERTAINTY_POSSIBLE, false },
};

const struct story_list line_stories = { stories, COUNT_OF(stories) };
