/* The picture of the way, its sentences, and the text to send. */
#define _POSIX_C_SOURCE 200809L
#include "unit/diagnose_help.h"
#include "unit/line_help.h"
#include "unit/path_help.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "diagnose/way.h"
#include "evidence/redact.h"
#include "infer/answer.h"
#include "report/parts.h"
#include "report/way_live.h"

static struct way_row *row(struct way *way, enum path_segment segment, enum way_mark mark, const char *lost,
                           const char *delay, const char *far)
{
    struct way_row *item = &way->rows[way->row_count++];
    *item = (struct way_row){ .segment = segment, .mark = mark };
    snprintf(item->lost, sizeof item->lost, "%s", lost);
    snprintf(item->delay, sizeof item->delay, "%s", delay);
    snprintf(item->far, sizeof item->far, "%s", far);
    return item;
}

static struct way lossy_isp(void)
{
    struct way way = { .kind = WAY_LOSS, .start = "10.8.0.2" };
    row(&way, SEGMENT_LAN, WAY_MARK_FINE, "none of 212 lost: below 1.4 %", "< 1 ms", "192.168.1.1");
    struct way_row *isp =
        row(&way, SEGMENT_ISP, WAY_MARK_BLAMED, "3.1 % lost (2.2\u20134.3 %)", "12 ms", "203.0.113.2");
    snprintf(isp->detail, sizeof isp->detail, "between 100.64.1.2 and 203.0.113.2");
    row(&way, SEGMENT_VPN_GATEWAY, WAY_MARK_FINE, "1 of 240 lost: below 2.3 %", "15 ms", "198.51.100.2");
    row(&way, SEGMENT_TUNNEL, WAY_MARK_UNMEASURED, "not measured", "", "");
    row(&way, SEGMENT_SERVER, WAY_MARK_FINE, "none of 300 lost: below 1.0 %", "18 ms", "2001:db8:0:1::10");
    return way;
}

static char *drawn(const struct way *way, int width, bool colour)
{
    struct page page;
    parts_way_page(&page, width, colour);
    parts_way(&page, way);
    char *text = buffer_steal_text(&page.text);
    page_release(&page);
    assert_non_null(text);
    return text;
}

static void the_picture_at_80_columns(void **state)
{
    (void)state;
    struct way way = lossy_isp();
    char *text = drawn(&way, 80, false);
    assert_string_equal(text, "  o  you          10.8.0.2\n"
                              "  |  LAN          none of 212 lost: below 1.4 %      < 1 ms  192.168.1.1\n"
                              "  X  ISP          3.1 % lost (2.2\u20134.3 %)              12 ms  203.0.113.2\n"
                              "  |               between 100.64.1.2 and 203.0.113.2\n"
                              "  |  VPN gateway  1 of 240 lost: below 2.3 %          15 ms  198.51.100.2\n"
                              "  :  tunnel       not measured\n"
                              "  |  server       none of 300 lost: below 1.0 %       18 ms  2001:db8:0:1::10\n"
                              "  o\n");
    alloc_free(text);
}

static void a_narrow_page_leaves_the_addresses_out(void **state)
{
    (void)state;
    struct way way = lossy_isp();
    char *text = drawn(&way, 60, false);
    assert_string_equal(text, "  o  you          10.8.0.2\n"
                              "  |  LAN          none of 212 lost: below 1.4 %     < 1 ms\n"
                              "  X  ISP          3.1 % lost (2.2\u20134.3 %)             12 ms\n"
                              "  |               between 100.64.1.2 and 203.0.113.2\n"
                              "  |  VPN gateway  1 of 240 lost: below 2.3 %         15 ms\n"
                              "  :  tunnel       not measured\n"
                              "  |  server       none of 300 lost: below 1.0 %      18 ms\n"
                              "  o\n");
    alloc_free(text);
    text = drawn(&way, 120, false);
    assert_non_null(strstr(text, "< 1 ms  192.168.1.1\n"));
    alloc_free(text);
}

/* Where they do not fit beside the titles, the words stand below them. */
static void a_small_window_has_the_words_below(void **state)
{
    (void)state;
    struct way way = lossy_isp();
    char *text = drawn(&way, 40, false);
    assert_string_equal(text, "  o  you          10.8.0.2\n"
                              "  |  LAN                        < 1 ms\n"
                              "  |    none of 212 lost: below 1.4 %\n"
                              "  X  ISP                         12 ms\n"
                              "  |    3.1 % lost (2.2\u20134.3 %)\n"
                              "  |    between 100.64.1.2 and\n"
                              "  |    203.0.113.2\n"
                              "  |  VPN gateway                 15 ms\n"
                              "  |    1 of 240 lost: below 2.3 %\n"
                              "  :  tunnel\n"
                              "  |    not measured\n"
                              "  |  server                      18 ms\n"
                              "  |    none of 300 lost: below 1.0 %\n"
                              "  o\n");
    alloc_free(text);
    way.row_count = 1;
    snprintf(way.start, sizeof way.start, "2001:db8:1111:2222:3333:4444:5555:6666");
    text = drawn(&way, 30, false);
    assert_string_equal(text, "  o  you\n"
                              "  |    2001:db8:1111:2222:33\n"
                              "  |    33:4444:5555:6666\n"
                              "  |  LAN              < 1 ms\n"
                              "  |    none of 212 lost:\n"
                              "  |    below 1.4 %\n"
                              "  o\n");
    alloc_free(text);
}

static void colour_is_an_addition(void **state)
{
    (void)state;
    struct way way = lossy_isp();
    char *plain = drawn(&way, 80, false);
    char *colour = drawn(&way, 80, true);
    char *to = colour;
    for (const char *from = colour; *from != '\0';) {
        if (*from == '\x1b') {
            from += strcspn(from, "m") + 1;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    assert_string_equal(colour, plain);
    alloc_free(plain);
    alloc_free(colour);
}

/* --- from evidence --- */

static struct evidence *traced(enum path_leg leg)
{
    static const enum path_segment segments[] = { SEGMENT_LAN, SEGMENT_ISP, SEGMENT_ISP, SEGMENT_TRANSIT };
    struct evidence *e = begin();
    put_text(&e->command, "trace");
    put_text(&e->route.interface, "eth0");
    put_text(&e->route.source, "192.168.1.10");
    for (int ttl = 1; ttl <= LINE_ROUTERS; ttl++) {
        char address[32];
        struct ev_hop *hop = ev_list_add(&e->path.hops, SOURCE_PROBE, &hop_table, 0, NULL);
        struct ev_address_item *item = ev_list_add(&hop->addresses, SOURCE_PROBE, &address_item_table, 0, NULL);
        snprintf(address, sizeof address, "10.%d.0.%d", (int)leg + 1, ttl);
        put_text(&item->address, address);
        ev_set_enum(&hop->leg, SOURCE_PROBE, (int)leg);
        ev_set_int(&hop->ttl, SOURCE_PROBE, ttl);
        ev_set_enum(&hop->segment, SOURCE_PROBE, (int)segments[ttl - 1]);
    }
    return e;
}

static struct way described(const struct evidence *e)
{
    struct way way;
    struct verdict *verdict = judged(e);
    assert_true(way_describe(e, verdict, &way, &help_error));
    verdict_free(verdict);
    return way;
}

static bool says(const struct words *words, const char *part)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strstr(words->items[i], part) != NULL) {
            return true;
        }
    }
    return false;
}

static void a_hole_is_shown_where_it_is(void **state)
{
    (void)state;
    struct evidence *e = traced(LEG_DIRECT);
    line_sweep(e, LEG_DIRECT, 1);
    line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_WHOLE, 0, 1400, 1, 1);
    struct way way = described(e);
    assert_int_equal(way.kind, WAY_HOLE);
    assert_true(says(&way.sentences, "Packets of 1500 bytes vanish between 10.1.0.1 and 10.1.0.2 (your ISP), and no "
                                     "router says so; up to 1400 bytes get through."));
    assert_int_equal(way.rows[1].segment, SEGMENT_ISP);
    assert_int_equal(way.rows[1].mark, WAY_MARK_BLAMED);
    assert_string_equal(way.rows[1].detail, "big packets vanish between 10.1.0.1 and 10.1.0.2");
    assert_string_equal(way.addressee, "your ISP");
    assert_true(says(&way.letter, "On the way from 192.168.1.10 to 10.20.4.17 we see a fault at "));
    assert_true(says(&way.letter, "clamp the MSS"));
    way_release(&way);
    evidence_free(e);
}

static void a_slow_line_is_shown_where_it_is(void **state)
{
    (void)state;
    struct evidence *e = traced(LEG_DIRECT);
    line_train(e, LEG_DIRECT, 0, 12, 481250);
    line_train(e, LEG_DIRECT, 3, 12, 1000);
    line_train(e, LEG_DIRECT, 4, 12, 481250);
    struct way way = described(e);
    assert_int_equal(way.kind, WAY_SLOW);
    assert_true(says(&way.sentences,
                     "The line lets about 256 kbit/s through between 10.1.0.3 and 10.1.0.4 (the networks "
                     "behind your ISP); Microsoft names 1.5 Mbit/s as the least"));
    assert_string_equal(way.addressee, "your ISP");
    way_release(&way);
    evidence_free(e);
}

/* The same hole in the tunnel: with the way below it measured it is the tunnel's, without it nobody's. */
static void what_lies_below_a_tunnel_must_be_measured(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        struct evidence *e = begin();
        put_text(&e->route.interface, "wg0");
        ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_WIREGUARD);
        line_sweep(e, LEG_OVERLAY, 0);
        if (known == 1) {
            put_text(&e->route.vpn.outer_endpoint, "203.0.113.9");
            line_sweep(e, LEG_UNDERLAY, LINE_ROUTERS + 1);
        } else {
            put_text(&e->route.vpn.why, "its socket is for root only");
        }
        struct way way = described(e);
        assert_int_equal(way.kind, WAY_HOLE);
        assert_int_equal(says(&way.sentences, "(the tunnel itself)"), known == 1);
        assert_int_equal(says(&way.missing,
                              "the tunnel's outer end is not known, its socket is for root only; say it with "
                              "--vpn-gateway HOST"),
                         known == 0);
        assert_string_equal(way.tunnel,
                            known == 1 ? "through wg0 (WireGuard to 203.0.113.9)" : "through wg0 (WireGuard)");
        assert_int_equal(way.letter.count > 0, known == 1);
        way_release(&way);
        evidence_free(e);
    }
}

static void losses_of_a_clean_way(struct evidence *e, bool end_answers)
{
    for (size_t i = 0; i < e->path.hops.count; i++) {
        struct ev_hop *hop = &((struct ev_hop *)e->path.hops.items)[i];
        const bool end = i + 1 == e->path.hops.count;
        if (end) {
            ev_set_bool(&hop->end, SOURCE_PROBE, true);
            ev_set_enum(&hop->segment, SOURCE_PROBE, SEGMENT_SERVER);
        }
        if (end && !end_answers) {
            continue;
        }
        struct ev_stream *stream = ev_list_add(&hop->streams, SOURCE_PROBE, &stream_table, 0, NULL);
        ev_set_enum(&stream->kind, SOURCE_PROBE, STREAM_UDP);
        ev_set_enum(&stream->reach, SOURCE_PROBE, REACH_TTL);
        ev_set_int(&stream->sent, SOURCE_PROBE, 3000);
        ev_set_int(&stream->lost, SOURCE_PROBE, 0);
    }
}

/* The end of the way answers nothing: clean is said of the rest only. And a way that went away is said. */
static void clean_only_as_far_as_measured(void **state)
{
    (void)state;
    for (int answers = 0; answers < 2; answers++) {
        struct evidence *e = traced(LEG_DIRECT);
        losses_of_a_clean_way(e, answers == 1);
        ev_set_enum(&e->path.ended, SOURCE_PROBE, answers == 1 ? PATH_BROKEN : PATH_SURE);
        struct way way = described(e);
        assert_int_equal(way.kind, WAY_CLEAN);
        assert_int_equal(says(&way.sentences, "as far as the way could be measured"), answers == 0);
        assert_int_equal(says(&way.sentences, "No loss was found on the way"), answers == 1);
        assert_int_equal(says(&way.sentences, "an interface changed"), answers == 1);
        struct verdict *verdict = judged(e);
        assert_string_equal(verdict->checks[CHECK_PATH].summary,
                            answers == 1 ? "no loss was found on the way: below 0.1 %"
                                         : "no loss was found as far as the way could be measured: below 0.1 %");
        verdict_free(verdict);
        way_release(&way);
        evidence_free(e);
    }
}

/* Loss on the tunnel's port alone is the tunnel's; but not where the way branches and it may be a branch's. */
static void a_branch_is_not_the_tunnel(void **state)
{
    (void)state;
    for (int branches = 0; branches < 2; branches++) {
        struct evidence *e = traced(LEG_UNDERLAY);
        put_text(&e->route.interface, "wg0");
        ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_WIREGUARD);
        put_text(&e->route.vpn.outer_endpoint, "203.0.113.9");
        losses_of_a_clean_way(e, true);
        for (size_t i = 0; i < e->path.hops.count; i++) {
            struct ev_hop *hop = &((struct ev_hop *)e->path.hops.items)[i];
            struct ev_stream *stream = ev_list_add(&hop->streams, SOURCE_PROBE, &stream_table, 0, NULL);
            ev_set_enum(&stream->kind, SOURCE_PROBE, STREAM_SERVICE);
            ev_set_enum(&stream->reach, SOURCE_PROBE, REACH_TTL);
            ev_set_int(&stream->sent, SOURCE_PROBE, 400);
            ev_set_int(&stream->lost, SOURCE_PROBE, i >= 2 ? 40 : 0);
            ev_set_int(&stream->runs, SOURCE_PROBE, i >= 2 ? 40 : 0);
        }
        if (branches == 1) {
            struct ev_hop *hop = &((struct ev_hop *)e->path.hops.items)[2];
            struct ev_address_item *item = ev_list_add(&hop->addresses, SOURCE_PROBE, &address_item_table, 0, NULL);
            put_text(&item->address, "203.0.113.130");
        }
        struct verdict *verdict = judged(e);
        assert_true(verdict->readings.path.of_tunnel.v == (branches == 0));
        assert_true(verdict->readings.path.branches.v == (branches == 1));
        verdict_free(verdict);
        struct way way = described(e);
        assert_int_equal(way.kind, WAY_LOSS);
        assert_int_equal(says(&way.sentences, "of the tunnel's own packets, and of no others, are lost"),
                         branches == 0);
        assert_int_equal(says(&way.sentences, "on the branch that the tunnel's own take are lost"), branches == 1);
        assert_int_equal(says(&way.missing, "the way branches at 10.2.0.3 and 203.0.113.130"), branches == 1);
        way_release(&way);
        evidence_free(e);
    }
}

/* The view, the letter and the verdict speak of the same: something is lost for sure, its place is open. */
static void a_loss_without_its_place_is_said(void **state)
{
    (void)state;
    struct evidence *e = begin();
    put_text(&e->command, "trace");
    path_lab(&e->path, 7, 9);
    struct ev_stream *inner = (struct ev_stream *)path_at(&e->path, 6)->streams.items;
    ev_set_int(&inner->lost, SOURCE_PROBE, 3);
    ev_set_int(&inner->runs, SOURCE_PROBE, 3);
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->readings.path.answer.v, INFER_OPEN);
    assert_int_equal(verdict->status, VERDICT_DEGRADED);
    assert_int_equal(verdict->cause, CAUSE_NONE);
    verdict_free(verdict);
    struct way way = described(e);
    assert_int_equal(way.kind, WAY_LOSS);
    assert_true(says(&way.sentences, "of packets are lost on the way, most likely "));
    assert_true(says(&way.sentences, "The place is not decided: 97.4 % are asked for."));
    assert_int_equal(way.letter.count, 0);
    way_release(&way);
    evidence_free(e);
}

/* What is likeliest so far is named. */
static void an_open_answer_is_named(void **state)
{
    (void)state;
    for (int lossy = 0; lossy < 2; lossy++) {
        struct evidence *e = begin();
        put_text(&e->command, "trace");
        path_lab(&e->path, PATH_PLACES + 1, 0);
        for (int i = 1; i <= PATH_PLACES; i++) {
            struct ev_stream *stream = path_at(&e->path, i)->streams.items;
            const bool loses = lossy == 1 && (i == 3 || i == 4);
            ev_set_int(&stream->sent, SOURCE_PROBE, 20);
            ev_set_int(&stream->lost, SOURCE_PROBE, loses ? 1 : 0);
            ev_set_int(&stream->runs, SOURCE_PROBE, loses ? 1 : 0);
        }
        struct verdict *verdict = judged(e);
        assert_int_equal(verdict->readings.path.answer.v, INFER_OPEN);
        verdict_free(verdict);
        struct way way = described(e);
        assert_int_equal(way.kind, WAY_OPEN);
        assert_int_equal(says(&way.sentences, "% speak for no loss, 99.0 % are asked for."), lossy == 0);
        assert_int_equal(
            says(&way.sentences, "% speak for a loss at your ISP, between 192.168.1.1 and 203.0.113.2, 99."),
            lossy == 1);
        way_release(&way);
        evidence_free(e);
    }
}

/* Small packets were answered, and then the run was stopped: of big ones nobody knows anything. */
static void a_search_broken_off_excludes_no_hole(void **state)
{
    (void)state;
    for (int stopped = 0; stopped < 2; stopped++) {
        struct evidence *e = traced(LEG_DIRECT);
        line_size(e, LEG_DIRECT, STREAM_ECHO, REACH_WHOLE, 0, 68, 1, 1);
        ev_set_enum(&e->checks[CHECK_MTU].ran, SOURCE_PROBE, stopped == 1 ? RAN_CANCELLED : RAN_DONE);
        put_text(&e->checks[CHECK_MTU].why, "stopped by the user");
        struct verdict *verdict = judged(e);
        assert_int_equal(verdict->readings.mtu.black_hole.source != SOURCE_NONE, stopped == 0);
        assert_int_equal(verdict->checks[CHECK_MTU].status == STATUS_UNKNOWN, stopped == 1);
        verdict_free(verdict);
        struct way way = described(e);
        assert_int_equal(says(&way.facts, "get through"), stopped == 0);
        assert_int_equal(says(&way.missing, "mtu: stopped by the user"), stopped == 1);
        way_release(&way);
        evidence_free(e);
    }
}

/* A host in the own network has no part before its own link. */
static void the_own_network_is_one_link(void **state)
{
    (void)state;
    for (int own = 0; own < 2; own++) {
        struct evidence *e = begin();
        put_text(&e->command, "trace");
        ev_set_bool(&e->route.on_link, SOURCE_PROBE, own == 1);
        struct ev_hop *hop = path_end(&e->path, LEG_DIRECT, 1, "192.168.1.77", 0, 3000);
        ev_set_enum(&hop->segment, SOURCE_PROBE, SEGMENT_SERVER);
        struct way way = described(e);
        assert_int_equal(way.row_count, own == 1 ? 1 : 2);
        assert_int_equal(way.rows[way.row_count - 1].segment, SEGMENT_SERVER);
        assert_int_equal(way.missing.count > 0 && strncmp(way.missing.items[0], "LAN", 3) == 0, own == 0);
        way_release(&way);
        evidence_free(e);
    }
}

/* There was no time, nothing could be sent, nobody answered, hardly anybody did, nothing could be sent any more. */
static void silence_has_its_reasons(void **state)
{
    (void)state;
    struct evidence *e = traced(LEG_DIRECT);
    ev_set_int(&e->path.probes, SOURCE_PROBE, 0);
    ev_set_enum(&e->path.ended, SOURCE_PROBE, PATH_TIME);
    struct way way = described(e);
    assert_int_equal(way.sentences.count, 1);
    assert_true(says(&way.sentences, "The run ended before anything was known of losses."));
    assert_false(says(&way.missing, "answer"));
    way_release(&way);
    ev_set_enum(&e->path.ended, SOURCE_PROBE, PATH_MUTE);
    way = described(e);
    assert_true(says(&way.sentences, "No probe for losses left this machine: a firewall here, or a right"));
    assert_false(says(&way.sentences, "Nothing on the way answers"));
    assert_false(says(&way.missing, "answer"));
    way_release(&way);
    ev_set_int(&e->path.probes, SOURCE_PROBE, 40);
    ev_set_enum(&e->path.ended, SOURCE_PROBE, PATH_STOPPED);
    way = described(e);
    assert_true(says(&way.sentences, "The run ended before anything was known of losses."));
    assert_false(says(&way.missing, "answer"));
    way_release(&way);
    ev_set_enum(&e->path.ended, SOURCE_PROBE, PATH_MUTE);
    way = described(e);
    assert_true(says(&way.sentences, "Nothing on the way answers that could be measured."));
    assert_true(says(&way.missing, "LAN, ISP, transit, server: no probe for losses is answered from there"));
    way_release(&way);
    struct ev_segment *segment = ev_list_add(&e->path.segments, SOURCE_PROBE, &segment_table, 0, NULL);
    ev_set_enum(&segment->id, SOURCE_PROBE, SEGMENT_SERVER);
    ev_set_int(&segment->rtt_us.median, SOURCE_PROBE, 900);
    way = described(e);
    assert_true(says(&way.missing, "LAN, ISP, transit: no probe for losses is answered from there"));
    assert_true(says(&way.missing, "server: what answers from there tells too little of losses"));
    way_release(&way);
    losses_of_a_clean_way(e, false);
    for (int changed = 0; changed < 2; changed++) {
        ev_set_enum(&e->path.ended, SOURCE_PROBE, PATH_BROKEN);
        ev_set_bool(&e->path.changed, SOURCE_PROBE, changed == 1);
        way = described(e);
        assert_int_equal(says(&way.sentences, "Then this machine could send nothing more: a firewall"), changed == 0);
        assert_int_equal(says(&way.sentences, "The route or an interface changed while"), changed == 1);
        way_release(&way);
    }
    ev_set_enum(&e->path.ended, SOURCE_PROBE, PATH_REFUSED);
    way = described(e);
    assert_true(
        says(&way.sentences, "Then a filter on the way began to refuse probes: what is known is from before that"));
    way_release(&way);
    evidence_free(e);
}

static void a_name_without_an_address_is_said_once(void **state)
{
    (void)state;
    struct evidence *e = begin();
    put_text(&e->command, "trace");
    field_release(&address_item_table, &e->target.address);
    ev_set_enum(&e->name.error, SOURCE_PROBE, NAME_NOT_FOUND);
    struct way way = described(e);
    assert_int_equal(way.kind, WAY_UNKNOWN);
    assert_int_equal(way.sentences.count, 1);
    assert_true(says(&way.sentences, "The name srv.corp.example gave no address that could be measured: "));
    assert_int_equal(way.missing.count, 0);
    way_release(&way);
    evidence_free(e);
}

/* Rule 28: the same loss in five surroundings. Confirmed; where packets wait and this machine fills the line: its own
 * doing, perhaps; where they wait and it does not: confirmed; where it fills the line and nothing waits: confirmed.
 * Last, it fills the line and two places were asked in quiet moments alone, so that packets seem to wait somewhere else
 * than where they are lost: its own doing, perhaps. */
static void a_loss_has_a_disposition(void **state)
{
    (void)state;
    for (int world = 0; world < 5; world++) {
        const bool waits = world == 1 || world == 2 || world == 4;
        const bool own = world == 1 || world == 3 || world == 4;
        const bool doubt = world == 1 || world == 4;
        const int first = world == 4 ? PATH_PLACES : 3;
        struct evidence *e = begin();
        put_text(&e->command, "trace");
        ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_NONE);
        path_lab(&e->path, 3, 20);
        ev_set_int(&e->path.own_up_kbps, SOURCE_PROBE, own ? 1000 : 40);
        for (int i = 1; waits && i <= PATH_PLACES; i++) {
            struct ev_stream *stream = path_at(&e->path, i)->streams.items;
            ev_set_int(&stream->rtt_us.min, SOURCE_PROBE, 2000);
            ev_set_int(&stream->rtt_us.p95, SOURCE_PROBE, i >= first ? 400000 : 2000);
        }
        struct verdict *verdict = judged(e);
        assert_int_equal(verdict->status, VERDICT_DEGRADED);
        assert_int_equal(verdict->cause, doubt ? CAUSE_NONE : CAUSE_PATH_LOSS);
        assert_int_equal(verdict->readings.path.answer.v, doubt ? INFER_OPEN : INFER_LOSS);
        verdict_free(verdict);
        struct way way = described(e);
        assert_int_equal(way.kind, WAY_LOSS);
        assert_int_equal(says(&way.sentences, "it may be its own doing"), doubt);
        assert_int_equal(says(&way.sentences, "between"), !doubt);
        assert_int_equal(says(&way.facts, "delay: packets wait between 100.64.1.2 and 203.0.113.2"), waits && !own);
        assert_int_equal(says(&way.facts, "delay: packets wait on the way"), doubt && world != 4);
        assert_int_equal(says(&way.facts, "load: this machine itself sent 1.0 Mbit/s"), own);
        assert_int_equal(way.letter.count == 0, doubt);
        way_release(&way);
        evidence_free(e);
    }
}

/* Rules 30, 32 and 34: far away, and 10 ms of jitter, are no fault; and which way round the loss is, is not said. */
static void distance_is_a_fact(void **state)
{
    static const char *const directions[] = { "way back", "way out", "direction", "towards you", "upload", "download" };
    (void)state;
    for (int lossy = 0; lossy < 2; lossy++) {
        struct evidence *e = begin();
        put_text(&e->command, "trace");
        path_lab(&e->path, lossy == 1 ? 3 : PATH_PLACES + 1, 20);
        for (int i = 1; i <= PATH_PLACES; i++) {
            struct ev_stream *stream = path_at(&e->path, i)->streams.items;
            ev_set_int(&stream->rtt_us.min, SOURCE_PROBE, 300000);
            ev_set_int(&stream->rtt_us.median, SOURCE_PROBE, 305000);
            ev_set_int(&stream->rtt_us.p95, SOURCE_PROBE, 310000);
        }
        struct verdict *verdict = judged(e);
        assert_int_equal(verdict->status, lossy == 1 ? VERDICT_DEGRADED : VERDICT_OK);
        assert_true(lossy == 1 || verdict->finding_count == 0);
        verdict_free(verdict);
        struct way way = described(e);
        for (size_t i = 0; i < COUNT_OF(directions); i++) {
            assert_false(says(&way.sentences, directions[i]));
            assert_false(says(&way.letter, directions[i]));
        }
        assert_false(says(&way.facts, "delay"));
        way_release(&way);
        evidence_free(e);
    }
}

/* A user's word for the gateway is told as that. */
static void a_word_for_the_gateway_is_a_word(void **state)
{
    (void)state;
    for (int word = 0; word < 2; word++) {
        struct evidence *e = begin();
        put_text(&e->command, "trace");
        put_text(&e->route.interface, "wg0");
        ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_WIREGUARD);
        put_text(&e->route.vpn.outer_endpoint, "198.51.100.2");
        put_text(&e->route.vpn.learnt, word == 1 ? "--vpn-gateway" : "WireGuard's socket");
        path_lab(&e->path, PATH_PLACES + 1, 0);
        struct way way = described(e);
        assert_int_equal(says(&way.missing, "that 198.51.100.2 is the tunnel's outer end only --vpn-gateway says"),
                         word == 1);
        way_release(&way);
        evidence_free(e);
    }
}

/* Pings alone: told as pings, and nobody is written to. */
static void pings_are_not_packets(void **state)
{
    (void)state;
    struct evidence *e = begin();
    put_text(&e->command, "trace");
    path_lab(&e->path, PATH_PLACES, 20);
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->readings.path.what.v, INFER_ECHO);
    assert_true(verdict->readings.path.only_pings.v);
    assert_int_equal(verdict->cause, CAUSE_NONE);
    verdict_free(verdict);
    struct way way = described(e);
    assert_true(says(&way.sentences, "of pings are lost at the server's own link"));
    assert_true(says(&way.sentences, "Nothing but pings is answered from there"));
    assert_int_equal(way.letter.count, 0);
    way_release(&way);
    evidence_free(e);
}

static void no_way_is_said(void **state)
{
    (void)state;
    for (int local = 0; local < 2; local++) {
        struct evidence *e = begin();
        put_text(&e->command, "trace");
        ev_set_bool(&e->target.local, SOURCE_PROBE, local == 1);
        ev_set_bool(&e->route.unreachable, SOURCE_PROBE, local == 0);
        ev_set_enum(&e->path.ended, SOURCE_PROBE, PATH_BROKEN);
        struct way way = described(e);
        assert_int_equal(way.kind, WAY_UNKNOWN);
        assert_int_equal(way.sentences.count, 1);
        assert_true(says(&way.sentences, local == 1 ? "The host is this machine" : "no route to the host"));
        way_release(&way);
        evidence_free(e);
    }
}

/* Who runs the line below a tunnel is told its ends, and not what is inside. */
static void the_letter_says_what_its_reader_needs(void **state)
{
    (void)state;
    for (int office = 0; office < 2; office++) {
        struct evidence *e = begin();
        put_text(&e->command, "trace");
        put_text(&e->route.interface, "wg0");
        put_text(&e->route.source, "10.8.0.2");
        ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_WIREGUARD);
        put_text(&e->route.vpn.outer_endpoint, "198.51.100.2");
        path_lab(&e->path, office == 1 ? 7 : 3, 20);
        struct way way = described(e);
        assert_string_equal(way.addressee, office == 1 ? "the VPN team" : "your ISP");
        assert_true(says(&way.letter, office == 1 ? "from 10.8.0.2 to 10.20.4.17, through wg0"
                                                  : "from our network to 198.51.100.2, our VPN gateway, we"));
        assert_true(
            says(&way.letter, office == 1 ? "between 10.20.0.1 and 10.20.0.2" : "between 100.64.1.2 and 203.0.113.2"));
        assert_int_equal(says(&way.letter, "10.20.4.17"), office == 1);
        way_release(&way);
        evidence_free(e);
    }
}

/* Nobody knows the tunnel's outer end: what is lost before its inner end is lost in any of five rows, and those say
 * so. */
static void a_loss_in_one_of_several_rows_is_shown_there(void **state)
{
    (void)state;
    struct evidence *e = begin();
    put_text(&e->command, "trace");
    ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_WIREGUARD);
    put_text(&e->route.interface, "wg0");
    (void)path_place(&e->path, LEG_OVERLAY, 1, "10.20.0.1", 20, 400);
    (void)path_place(&e->path, LEG_OVERLAY, 2, "10.20.0.2", 20, 400);
    (void)path_end(&e->path, LEG_OVERLAY, 3, "10.30.0.10", 20, 400);
    struct way way = described(e);
    assert_int_equal(way.row_count, SEGMENT_COUNT);
    for (size_t i = 0; i < way.row_count; i++) {
        const bool before = way.rows[i].segment <= SEGMENT_TUNNEL;
        assert_int_equal(way.rows[i].mark == WAY_MARK_MAYBE, before);
        assert_int_equal(strcmp(way.rows[i].lost, "the loss is in one of these") == 0, before);
    }
    char *text = drawn(&way, 80, false);
    assert_non_null(strstr(text, "  ?  ISP          the loss is in one of these\n"));
    alloc_free(text);
    way_release(&way);
    evidence_free(e);
}

static void nothing_measured_is_not_clean(void **state)
{
    (void)state;
    struct evidence *e = begin();
    ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_ZTNA);
    put_text(&e->route.interface, "ztna0");
    struct way way = described(e);
    assert_int_equal(way.kind, WAY_UNKNOWN);
    assert_int_equal(way.row_count, 0);
    assert_int_equal(way.letter.count, 0);
    assert_true(says(&way.missing, "zero-trust"));
    way_release(&way);
    evidence_free(e);
}

static void the_frame_fits_the_terminal(void **state)
{
    (void)state;
    static const struct way_frame frames[] = {
        { .columns = 80, .rows = 23, .seconds = 4, .step = "looking for losses", .keys = true },
        { .columns = 60, .rows = 10, .seconds = 4, .step = "looking for losses", .keys = true },
        { .columns = 120, .rows = 50, .seconds = 4, .step = NULL },
        { .columns = 49, .rows = 50, .seconds = 4, .step = "looking for losses", .keys = true },
        { .columns = 46, .rows = 50, .seconds = 4, .step = "looking for losses", .keys = true },
        { .columns = 40, .rows = 23, .seconds = 4, .step = "looking for losses", .keys = true },
        { .columns = 30, .rows = 23, .seconds = 4, .step = "looking for losses", .keys = true },
        { .columns = 24, .rows = 11, .seconds = 4, .step = "looking for losses", .keys = true },
        { .columns = 40, .rows = 2, .seconds = 4, .step = "looking for losses", .keys = true },
        { .columns = 40, .rows = 1, .seconds = 4, .step = "looking for losses", .keys = true },
        { .columns = 40, .rows = 0, .seconds = 4, .step = "looking for losses", .keys = true },
    };
    struct evidence *e = traced(LEG_DIRECT);
    line_sweep(e, LEG_DIRECT, 1);
    struct verdict *verdict = judged(e);
    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        char *text = report_way_frame(e, verdict, &frames[i], &help_error);
        assert_non_null(text);
        /* what does not fit is left out above: how to stop it stays */
        const bool stays = strstr(text, "q stops and") != NULL;
        assert_int_equal(stays, frames[i].keys && frames[i].rows > 2);
        int rows = 0;
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            assert_true(page_width_of(line) <= frames[i].columns);
            rows++;
        }
        assert_true(rows <= frames[i].rows);
        alloc_free(text);
    }
    char *text = report_way_frame(e, verdict, &frames[0], &help_error);
    assert_non_null(strstr(text, "  looking for losses, 4 s\n  q stops and reports what is known\n"));
    alloc_free(text);
    verdict_free(verdict);
    evidence_free(e);
}

static void the_ticket_names_nobody(void **state)
{
    (void)state;
    struct evidence *e = traced(LEG_DIRECT);
    line_sweep(e, LEG_DIRECT, 1);
    struct evidence *redacted = evidence_redact(e, NULL, &help_error);
    assert_non_null(redacted);
    struct verdict *verdict = judged(redacted);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_true(report_way_ticket(out, redacted, verdict, &help_error));
    fclose(out);
    assert_null(strstr(text, "10.1.0.1 "));
    assert_null(strstr(text, "10.20.4.17"));
    assert_non_null(strstr(text, "vanish between"));
    assert_non_null(strstr(text, "Names and addresses are replaced"));
    free(text);
    verdict_free(verdict);
    evidence_free(redacted);
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_picture_at_80_columns),
        cmocka_unit_test(a_narrow_page_leaves_the_addresses_out),
        cmocka_unit_test(a_small_window_has_the_words_below),
        cmocka_unit_test(colour_is_an_addition),
        cmocka_unit_test(a_hole_is_shown_where_it_is),
        cmocka_unit_test(a_slow_line_is_shown_where_it_is),
        cmocka_unit_test(what_lies_below_a_tunnel_must_be_measured),
        cmocka_unit_test(clean_only_as_far_as_measured),
        cmocka_unit_test(a_branch_is_not_the_tunnel),
        cmocka_unit_test(a_loss_without_its_place_is_said),
        cmocka_unit_test(an_open_answer_is_named),
        cmocka_unit_test(a_search_broken_off_excludes_no_hole),
        cmocka_unit_test(the_own_network_is_one_link),
        cmocka_unit_test(silence_has_its_reasons),
        cmocka_unit_test(a_name_without_an_address_is_said_once),
        cmocka_unit_test(a_loss_has_a_disposition),
        cmocka_unit_test(distance_is_a_fact),
        cmocka_unit_test(a_word_for_the_gateway_is_a_word),
        cmocka_unit_test(pings_are_not_packets),
        cmocka_unit_test(no_way_is_said),
        cmocka_unit_test(the_letter_says_what_its_reader_needs),
        cmocka_unit_test(a_loss_in_one_of_several_rows_is_shown_there),
        cmocka_unit_test(nothing_measured_is_not_clean),
        cmocka_unit_test(the_frame_fits_the_terminal),
        cmocka_unit_test(the_ticket_names_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
