/* The search of another way in, over evidence made by hand: one fact is flipped, the order changes. */
#include "unit/ways_help.h"

static void a_cut_in_nla_leads_to_tls_then_to_standard_security(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    struct case_of it = of(e);
    assert_int_equal(it.count, 1);
    assert_int_equal(it.tried[0].depth, DEPTH_TLS);
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "TLS without NLA", "standard RDP security");
    assert_int_equal(recipe_offer(&it.plan.recipes[0]), 1);
    assert_int_equal(recipe_offer(&it.plan.recipes[1]), 0);
    it.left = 0;
    assert_int_equal(next(&it), WAYS_ASK);
    evidence_free(e);
}

static void another_answer_of_a_resolver_comes_before_any_downgrade(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    resolver(e, "10.0.0.53", NAME_OK, "10.20.4.17");
    resolver(e, "10.0.1.53", NAME_OK, "10.20.9.9");
    struct case_of it = of(e);
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "10.20.9.9, as 10.0.1.53 says", "TLS without NLA", "standard RDP security");
    assert_string_equal(it.plan.recipes[0].name, "srv.corp.example");
    assert_string_equal(it.plan.recipes[0].host, "10.20.9.9");
    evidence_free(e);
}

static void a_stall_asks_for_small_segments_first(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    also(e, "10.20.4.18");
    ev_set_enum(&e->nla.ended, SOURCE_PROBE, NLA_SILENT);
    struct case_of it = of(e);
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "small segments", "10.20.4.18, another address of the name", "TLS without NLA",
           "standard RDP security");
    /* A close at once is no stall. */
    ev_set_enum(&e->nla.ended, SOURCE_PROBE, NLA_CLOSED);
    it = of(e);
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "10.20.4.18, another address of the name", "TLS without NLA", "standard RDP security");
    evidence_free(e);
}

static void a_server_that_insists_on_nla_is_not_asked_for_less(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    struct evidence *refusal = named("10.20.4.17");
    struct case_of it = of(e);
    tcp(refusal, "10.20.4.17", TCP_OPEN, 20 * MS);
    refuses(refusal, 1, 5, 0x1234, PURPOSE_FIRST);
    assert_int_equal(next(&it), WAYS_TRY);
    went(&it, refusal);
    assert_int_equal(it.tried[1].depth, DEPTH_OPEN);
    assert_string_equal(depth_refusal(refusal), "the server insists on NLA (failure 5)");
    assert_int_equal(next(&it), WAYS_DONE);
    size_t offers[WAYS_MAX];
    assert_int_equal(ways_offers(it.tried, it.count, offers), 0);
    /* So does one where the check's own test has shown it. */
    refuses(e, 1, 5, 0x1234, PURPOSE_OFFER_TLS);
    it = of(e);
    assert_int_equal(next(&it), WAYS_DONE);
    evidence_free(refusal);
    evidence_free(e);
}

static void the_failure_code_says_which_security_is_left(void **state)
{
    (void)state;
    static const struct {
        int64_t failure;
        const char *first;
        size_t count;
    } rows[] = { { 1, "TLS without NLA", 2 },
                 { 2, "standard RDP security", 1 },
                 { 3, "standard RDP security", 1 },
                 { 4, "TLS without NLA", 2 },
                 { 5, NULL, 0 },
                 { 6, NULL, 0 } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct evidence *e = named("10.20.4.17");
        char title[RECIPE_TITLE_SIZE];
        tcp(e, "10.20.4.17", TCP_OPEN, 20 * MS);
        refuses(e, 11, rows[i].failure, 0x1234, PURPOSE_FIRST);
        struct case_of it = of(e);
        assert_int_equal(next(&it), rows[i].count > 0 ? WAYS_TRY : WAYS_DONE);
        assert_int_equal(it.plan.count, rows[i].count);
        if (rows[i].first != NULL) {
            recipe_title(&it.plan.recipes[0], title);
            assert_string_equal(title, rows[i].first);
        }
        evidence_free(e);
    }
}

static void a_refused_port_asks_the_other_ports_first_a_silent_one_the_other_addresses(void **state)
{
    (void)state;
    struct evidence *e = named("10.20.4.17");
    tcp(e, "10.20.4.17", TCP_REFUSED, 20 * MS);
    resolver(e, "10.0.1.53", NAME_OK, "10.20.9.9");
    struct case_of it = of(e);
    it.ports[0] = 3390;
    it.port_count = 1;
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "port 3390", "10.20.9.9, as 10.0.1.53 says");
    assert_int_equal(it.plan.recipes[0].port, 3390);
    assert_string_equal(it.plan.recipes[0].host, "srv.corp.example");
    ((struct ev_attempt *)e->tcp.attempts.items)->result.v = TCP_SILENT;
    it = of(e);
    it.ports[0] = 3390;
    it.port_count = 1;
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "10.20.9.9, as 10.0.1.53 says", "port 3390");
    /* Not without the user's word. */
    it.port_count = 0;
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "10.20.9.9, as 10.0.1.53 says");
    evidence_free(e);
}

static void an_address_that_the_check_found_dead_is_not_tried_again(void **state)
{
    (void)state;
    struct evidence *e = named("10.20.4.17");
    also(e, "10.20.4.18");
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
    tcp(e, "10.20.4.18", TCP_UNREACHABLE, -1);
    struct case_of it = of(e);
    assert_int_equal(next(&it), WAYS_DONE);
    evidence_free(e);
}

static void a_dead_first_address_beside_a_live_one_costs_no_connection(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    struct ev_address_item *items;
    size_t offers[WAYS_MAX];
    also(e, "10.20.4.17");
    items = e->target.addresses.items;
    put_text(&items[0].address, "2001:db8::17");
    tcp(e, "2001:db8::17", TCP_SILENT, -1);
    ev_set_enum(&e->nla.ended, SOURCE_PROBE, NLA_CHALLENGED);
    struct case_of it = of(e);
    assert_int_equal(it.count, 2);
    assert_int_equal(it.tried[0].depth, DEPTH_NOTHING);
    assert_int_equal(it.tried[1].depth, DEPTH_DOOR);
    assert_true(it.tried[1].by_check);
    assert_string_equal(it.tried[1].recipe.host, "10.20.4.17");
    assert_int_equal(next(&it), WAYS_DONE);
    assert_int_equal(ways_offers(it.tried, it.count, offers), 1);
    assert_int_equal(offers[0], 1);
    assert_false(recipe_is_downgrade(&it.tried[1].recipe));
    evidence_free(e);
}

static void what_is_no_rdp_is_left_alone(void **state)
{
    (void)state;
    struct evidence *e = named("10.20.4.17");
    tcp(e, "10.20.4.17", TCP_OPEN, 20 * MS);
    const int64_t at = connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS);
    offer(e, at, 11, NEGO_NOT_RDP);
    struct case_of it = of(e);
    assert_int_equal(it.tried[0].depth, DEPTH_OPEN);
    assert_int_equal(next(&it), WAYS_DONE);
    evidence_free(e);
}

static void security_is_lowered_where_the_best_address_stopped(void **state)
{
    (void)state;
    struct evidence *dead = named("10.20.4.17");
    struct evidence *alive = nla_cut();
    tcp(dead, "10.20.4.17", TCP_SILENT, -1);
    resolver(dead, "10.0.1.53", NAME_OK, "10.20.9.9");
    struct case_of it = of(dead);
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "10.20.9.9, as 10.0.1.53 says");
    went(&it, alive);
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "10.20.9.9, as 10.0.1.53 says; TLS without NLA", "10.20.9.9, as 10.0.1.53 says; standard RDP security");
    evidence_free(dead);
    evidence_free(alive);
}

static void a_name_that_nobody_here_knows_may_be_known_to_a_resolver(void **state)
{
    (void)state;
    struct evidence *e = begin();
    field_release(&address_item_table, &e->target.address);
    ev_set_enum(&e->name.error, SOURCE_PROBE, NAME_NOT_FOUND);
    struct case_of it = of(e);
    assert_int_equal(next(&it), WAYS_DONE);
    resolver(e, "10.0.1.53", NAME_OK, "10.20.9.9");
    it = of(e);
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "10.20.9.9, as 10.0.1.53 says");
    evidence_free(e);
}

static void another_name_counts_where_it_leads_elsewhere(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    struct case_of it = of(e);
    called(&it, "srv-01.corp.example", "10.20.4.17"); /* the same place */
    called(&it, "home.corp.example", "127.0.0.1");
    called(&it, "none.corp.example", "0.0.0.0");
    called(&it, "srv-02.corp.example", "10.20.9.9");
    called(&it, "srv-03.corp.example", "10.20.9.9"); /* again */
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "srv-02.corp.example, a name in its certificate", "TLS without NLA", "standard RDP security");
    assert_string_equal(it.plan.recipes[0].host, "srv-02.corp.example");
    assert_string_equal(it.plan.recipes[0].name, "");
    evidence_free(e);
}

static void the_verdict_orders_what_is_next(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    struct verdict verdict = { .cause = CAUSE_NTLM_BLOCKED, .certainty = CERTAINTY_LIKELY };
    also(e, "10.20.4.18");
    struct case_of it = of(e);
    called(&it, "srv-02.corp.example", "10.20.9.9");
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "10.20.4.18, another address of the name", "srv-02.corp.example, a name in its certificate",
           "TLS without NLA", "standard RDP security");
    it.verdict = &verdict;
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "srv-02.corp.example, a name in its certificate", "10.20.4.18, another address of the name",
           "TLS without NLA", "standard RDP security");
    verdict.cause = CAUSE_CREDSSP_MISMATCH;
    verdict.certainty = CERTAINTY_PROVED;
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "srv-02.corp.example, a name in its certificate", "TLS without NLA", "standard RDP security");
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_in_nla_leads_to_tls_then_to_standard_security),
        cmocka_unit_test(another_answer_of_a_resolver_comes_before_any_downgrade),
        cmocka_unit_test(a_stall_asks_for_small_segments_first),
        cmocka_unit_test(a_server_that_insists_on_nla_is_not_asked_for_less),
        cmocka_unit_test(the_failure_code_says_which_security_is_left),
        cmocka_unit_test(a_refused_port_asks_the_other_ports_first_a_silent_one_the_other_addresses),
        cmocka_unit_test(an_address_that_the_check_found_dead_is_not_tried_again),
        cmocka_unit_test(a_dead_first_address_beside_a_live_one_costs_no_connection),
        cmocka_unit_test(what_is_no_rdp_is_left_alone),
        cmocka_unit_test(security_is_lowered_where_the_best_address_stopped),
        cmocka_unit_test(a_name_that_nobody_here_knows_may_be_known_to_a_resolver),
        cmocka_unit_test(another_name_counts_where_it_leads_elsewhere),
        cmocka_unit_test(the_verdict_orders_what_is_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
