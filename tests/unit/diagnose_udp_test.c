/* What UDP may and may not say: it explains sessions that break, never why none begins; silence says nothing. */
#include "unit/diagnose_help.h"

static void size_of(struct evidence *e, int64_t size, int64_t sent, int64_t answered)
{
    struct ev_udp_size *item = ev_list_add(&e->udp.sizes, SOURCE_PROBE, &udp_size_table, 0, NULL);
    assert_non_null(item);
    ev_set_int(&item->size, SOURCE_PROBE, size);
    ev_set_int(&item->sent, SOURCE_PROBE, sent);
    ev_set_int(&item->answered, SOURCE_PROBE, answered);
}

static void asked(struct evidence *e, int64_t sent, bool answered)
{
    ev_set_int(&e->udp.sent, SOURCE_PROBE, sent);
    ev_set_bool(&e->udp.answered, SOURCE_PROBE, answered);
    ev_set_enum(&e->checks[CHECK_UDP].ran, SOURCE_PROBE, RAN_DONE);
    if (answered) {
        ev_set_int(&e->udp.version, SOURCE_PROBE, 2);
        ev_set_int(&e->udp.largest_payload, SOURCE_PROBE, 1132);
    }
}

static const struct check_reading *udp_of(const struct verdict *verdict)
{
    return &verdict->checks[CHECK_UDP];
}

static void silence_says_nothing(void **state)
{
    (void)state;
    struct evidence *e = begin();
    healthy_windows(e);
    asked(e, 4, false);
    size_of(e, 1232, 2, 0);
    size_of(e, 1132, 2, 0);
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->status, VERDICT_OK);
    assert_int_equal(verdict->depth, CHECK_NLA);
    assert_int_equal(udp_of(verdict)->status, STATUS_UNKNOWN);
    assert_null(found(verdict, CAUSE_UDP_TRANSPORT_BROKEN));
    verdict_free(verdict);
    evidence_free(e);
}

static void a_closed_port_is_no_fault(void **state)
{
    (void)state;
    struct evidence *e = begin();
    healthy_windows(e);
    asked(e, 1, false);
    size_of(e, 1232, 1, 0);
    ev_set_bool(&e->udp.refused, SOURCE_PROBE, true);
    client_said(e, 0x904, -1);
    struct verdict *verdict = judged(e);
    assert_int_equal(udp_of(verdict)->status, STATUS_PASS);
    assert_string_equal(udp_of(verdict)->summary, "nothing there takes RDP over UDP: sessions stay on TCP");
    assert_null(found(verdict, CAUSE_UDP_TRANSPORT_BROKEN)); /* sessions from here never use it */
    verdict_free(verdict);
    evidence_free(e);
}

static void sizes(const int64_t counts[3][3], enum certainty wanted)
{
    struct evidence *e = begin();
    healthy_windows(e);
    asked(e, 7, true);
    for (size_t i = 0; i < 3; i++) {
        size_of(e, counts[i][0], counts[i][1], counts[i][2]);
    }
    struct verdict *verdict = judged(e);
    const struct finding *finding = found(verdict, CAUSE_UDP_TRANSPORT_BROKEN);
    assert_int_equal(finding != NULL ? finding->certainty : CERTAINTY_NONE, wanted);
    assert_true(finding == NULL || !finding->blocks);
    assert_int_equal(verdict->status, udp_of(verdict)->status == STATUS_WARN ? VERDICT_DEGRADED : VERDICT_OK);
    verdict_free(verdict);
    evidence_free(e);
}

static void big_ones_that_vanish_are_a_fact_when_chance_cannot_do_it(void **state)
{
    (void)state;
    static const int64_t vanish[3][3] = { { 1232, 4, 0 }, { 1132, 5, 5 }, { 1182, 2, 0 } };
    static const int64_t biggest[3][3] = { { 1232, 4, 0 }, { 1132, 1, 1 }, { 1182, 5, 5 } };
    /* asked before anything was, and not again: the way may have opened behind them */
    static const int64_t first[3][3] = { { 1232, 2, 0 }, { 1132, 1, 1 }, { 1182, 5, 5 } };
    static const int64_t chance[3][3] = { { 1232, 2, 0 }, { 1132, 5, 4 }, { 1182, 2, 0 } };
    static const int64_t once[3][3] = { { 1232, 2, 0 }, { 1132, 1, 1 }, { 1182, 2, 0 } };
    static const int64_t one_try[3][3] = { { 1232, 1, 0 }, { 1132, 5, 5 }, { 1182, 5, 5 } };
    static const int64_t fine[3][3] = { { 1232, 5, 5 }, { 1132, 2, 2 }, { 1182, 1, 1 } };
    sizes(vanish, CERTAINTY_LIKELY);
    sizes(biggest, CERTAINTY_LIKELY);
    sizes(first, CERTAINTY_NONE);
    sizes(chance, CERTAINTY_NONE);
    sizes(once, CERTAINTY_NONE);
    sizes(one_try, CERTAINTY_NONE);
    sizes(fine, CERTAINTY_NONE);
}

static void it_never_explains_what_ends_before(void **state)
{
    (void)state;
    struct evidence *e = begin();
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_OPEN, 40 * MS);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, MS), 11, NEGO_CLOSED);
    asked(e, 9, true);
    size_of(e, 1232, 2, 0);
    size_of(e, 1132, 5, 5);
    struct verdict *verdict = judged(e);
    const struct finding *finding = found(verdict, CAUSE_UDP_TRANSPORT_BROKEN);
    assert_int_equal(verdict->status, VERDICT_BLOCKED);
    assert_int_not_equal(verdict->cause, CAUSE_UDP_TRANSPORT_BROKEN);
    assert_true(finding == NULL || !finding->blocks);
    verdict_free(verdict);
    evidence_free(e);
}

/* A client that asks was told over TCP that it may. */
static void silence_in_a_capture_is_worth_a_warning(void **state)
{
    (void)state;
    struct evidence *e = begin();
    ev_set_int(&e->udp.sent, SOURCE_FILE, 3);
    ev_set_bool(&e->udp.answered, SOURCE_FILE, false);
    struct verdict *verdict = judged(e);
    assert_int_equal(udp_of(verdict)->status, STATUS_WARN);
    assert_string_equal(udp_of(verdict)->summary, "3 requests for RDP over UDP, no answer: sessions stay on TCP");
    verdict_free(verdict);
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_says_nothing),
        cmocka_unit_test(a_closed_port_is_no_fault),
        cmocka_unit_test(big_ones_that_vanish_are_a_fact_when_chance_cannot_do_it),
        cmocka_unit_test(it_never_explains_what_ends_before),
        cmocka_unit_test(silence_in_a_capture_is_worth_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
