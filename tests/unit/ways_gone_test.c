/* What a way comes to once it was gone: its depth, what it gives up, what is offered and how it is ranked. */
#include "unit/ways_help.h"

static void old_tls_is_a_way_that_gives_up(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    size_t offers[WAYS_MAX];
    ev_set_enum(&e->nla.ended, SOURCE_PROBE, NLA_CHALLENGED);
    struct case_of it = of(e);
    assert_int_equal(it.count, 1); /* TLS 1.2 is the plain way */
    ev_set_enum(&hello_of(e)->version, SOURCE_PROBE, TLS_1_0);
    it = of(e);
    assert_int_equal(it.count, 2);
    assert_int_equal(next(&it), WAYS_DONE);
    assert_int_equal(ways_offers(it.tried, it.count, offers), 1);
    assert_true(it.tried[1].recipe.old_tls);
    assert_true(recipe_is_downgrade(&it.tried[1].recipe));
    evidence_free(e);
}

static void freerdp_may_have_more_of_tls(void **state)
{
    (void)state;
    static const struct {
        const char *cipher;
        bool odd;
    } rows[] = { { "ECDHE-RSA-CHACHA20-POLY1305", false },
                 { "TLS_CHACHA20_POLY1305_SHA256", false },
                 { "ECDHE-RSA-AES128-GCM-SHA256", false },
                 { "ECDHE-RSA-CAMELLIA256-SHA384", true },
                 { "ECDHE-RSA-AES128-SHA", true },
                 { "AES128-GCM-SHA256", true },
                 { "CAMELLIA256-SHA", true } };
    struct evidence *e = nla_cut();
    struct evidence *more = nla_cut();
    e->nla.ended = (struct ev_enum){ 0 };
    ev_set_enum(&more->nla.ended, SOURCE_PROBE, NLA_CHALLENGED);
    ev_set_enum(&hello_of(e)->result, SOURCE_PROBE, TLS_TRY_ALERT);
    ev_set_bool(&hello_of(e)->server_hello, SOURCE_PROBE, false);
    ev_set_bool(&hello_of(e)->finished, SOURCE_PROBE, false);
    ev_set_int(&hello_of(e)->alert, SOURCE_PROBE, 80); /* a server that fails over its own key has nothing to offer */
    struct case_of it = of(e);
    assert_int_equal(next(&it), WAYS_TRY);
    assert_false(it.plan.recipes[0].wide_tls);
    ev_set_int(&hello_of(e)->alert, SOURCE_PROBE, 40);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        put_text(&more->tls.cipher, rows[i].cipher);
        it = of(e);
        assert_int_equal(next(&it), WAYS_TRY);
        assert_true(it.plan.recipes[0].wide_tls);
        went(&it, more);
        assert_int_equal(it.tried[1].recipe.odd_suite, rows[i].odd);
        assert_int_equal(recipe_is_downgrade(&it.tried[1].recipe), rows[i].odd);
        assert_int_equal(recipe_gives_up(&it.tried[1].recipe, 0) != NULL, rows[i].odd);
        assert_int_equal(next(&it), WAYS_DONE);
    }
    evidence_free(e);
    evidence_free(more);
}

static void offers_are_ranked_by_what_they_give_up(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    size_t offers[WAYS_MAX];
    struct case_of it = of(e);
    struct recipe recipe = it.tried[0].recipe;
    static const enum recipe_security securities[] = { RECIPE_RDP, RECIPE_TLS, RECIPE_NLA };
    for (size_t i = 0; i < COUNT_OF(securities); i++) {
        recipe.security = securities[i];
        it.tried[it.count++] = (struct tried){ .recipe = recipe, .depth = DEPTH_DOOR, .evidence = e };
    }
    it.tried[it.count++] = (struct tried){ .recipe = recipe, .depth = DEPTH_TLS, .evidence = e };
    assert_int_equal(ways_offers(it.tried, it.count, offers), 3);
    assert_int_equal(offers[0], 3);
    assert_int_equal(offers[1], 2);
    assert_int_equal(offers[2], 1);
    evidence_free(e);
}

static void a_gateways_channel_is_a_way_where_nothing_else_opens(void **state)
{
    (void)state;
    struct evidence *e = named("10.20.4.17");
    size_t offers[WAYS_MAX];
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
    put_text(&e->gateway.host, "gw.corp.example");
    ev_set_int(&e->gateway.port, SOURCE_USER, 443);
    ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_CHANNEL);
    struct case_of it = of(e);
    assert_int_equal(it.count, 1);
    ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_OPEN);
    /* a channel in which nothing answers, or no RDP, is none */
    for (int behind = GATEWAY_BEHIND_REFUSES; behind <= GATEWAY_BEHIND_SILENT; behind++) {
        ev_set_enum(&e->gateway.tunnel.behind, SOURCE_PROBE, behind);
        it = of(e);
        assert_int_equal(it.count, 1);
    }
    ev_set_enum(&e->gateway.tunnel.behind, SOURCE_PROBE, GATEWAY_BEHIND_RDP);
    ev_set_int(&e->gateway.tunnel.selected, SOURCE_PROBE, 2);
    it = of(e);
    assert_int_equal(it.count, 2);
    assert_int_equal(it.tried[1].depth, DEPTH_CONFIRM);
    assert_string_equal(it.tried[1].recipe.gateway, "gw.corp.example");
    assert_int_equal(next(&it), WAYS_DONE);
    assert_int_equal(ways_offers(it.tried, it.count, offers), 1);
    assert_false(recipe_is_downgrade(&it.tried[1].recipe));
    ev_set_int(&e->gateway.port, SOURCE_USER, 8443);
    it = of(e);
    assert_string_equal(it.tried[1].recipe.gateway, "gw.corp.example:8443");
    evidence_free(e);
    /* Where the port opens anyway, a channel to it is nothing new. */
    e = nla_cut();
    put_text(&e->gateway.host, "gw.corp.example");
    ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_OPEN);
    ev_set_enum(&e->gateway.tunnel.behind, SOURCE_PROBE, GATEWAY_BEHIND_RDP);
    it = of(e);
    assert_int_equal(next(&it), WAYS_TRY);
    assert_int_equal(ways_offers(it.tried, it.count, offers), 0);
    evidence_free(e);
}

static void what_was_looked_at_behind_a_gateway_counts(void **state)
{
    (void)state;
    struct evidence *e = named("10.20.4.17");
    struct evidence *there = nla_cut();
    size_t offers[WAYS_MAX];
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
    put_text(&e->gateway.host, "gw.corp.example");
    ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_OPEN);
    ev_set_enum(&e->gateway.tunnel.behind, SOURCE_PROBE, GATEWAY_BEHIND_RDP);
    ev_set_int(&e->gateway.tunnel.selected, SOURCE_PROBE, 2);
    put_text(&there->certificate.sha256, "aa");
    const struct ev_through parts = { .connections = there->connections,
                                      .tcp = there->tcp,
                                      .negotiation = there->negotiation,
                                      .tls = there->tls,
                                      .certificate = there->certificate };
    assert_true(field_copy(&through_table, &parts, &e->through, &help_error));
    struct case_of it = of(e);
    assert_int_equal(it.count, 2);
    assert_int_equal(it.tried[1].depth, DEPTH_TLS); /* RDP answers, and NLA gives no challenge */
    assert_false(ways_is_open(&it.tried[1], &it.tried[0]));
    ev_set_enum(&e->through.nla.ended, SOURCE_PROBE, NLA_CHALLENGED);
    it = of(e);
    assert_int_equal(it.tried[1].depth, DEPTH_DOOR);
    assert_string_equal(depth_check(it.tried[1].evidence), "nla");
    assert_int_equal(ways_machine(&it.tried[1], &it.tried[0]), MACHINE_UNTOLD);
    assert_string_equal(ways_certificate(&it.tried[1]), "aa");
    assert_int_equal(next(&it), WAYS_DONE);
    assert_int_equal(ways_offers(it.tried, it.count, offers), 1);
    evidence_free(e);
    evidence_free(there);
}

static void an_accepted_logon_is_deeper_than_the_door(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    ev_set_enum(&e->nla.ended, SOURCE_PROBE, NLA_CHALLENGED);
    assert_int_equal(depth_of(e), DEPTH_DOOR);
    ev_set_enum(&e->logon.ended, SOURCE_PROBE, LOGON_CLOSED);
    assert_int_equal(depth_of(e), DEPTH_DOOR);
    assert_string_equal(depth_words(e), "up to NLA's challenge; the logon was turned down");
    ev_set_enum(&e->logon.ended, SOURCE_PROBE, LOGON_GOOD);
    assert_int_equal(depth_of(e), DEPTH_LOGON);
    assert_string_equal(depth_check(e), "logon");
    ev_set_enum(&e->logon.right, SOURCE_PROBE, LOGON_RIGHT_DENIED);
    assert_int_equal(depth_of(e), DEPTH_DOOR);
    evidence_free(e);
}

static void without_nla_the_session_must_begin(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    struct ev_offer *offered = e->negotiation.offers.items;
    ev_set_int(&offered->selected, SOURCE_PROBE, 1);
    assert_int_equal(depth_of(e), DEPTH_DOOR);
    assert_string_equal(depth_words(e), "TLS is up; the session behind it was not tried");
    ev_set_enum(&e->session.phase, SOURCE_PROBE, SESSION_MCS);
    assert_int_equal(depth_of(e), DEPTH_TLS);
    ev_set_enum(&e->session.phase, SOURCE_PROBE, SESSION_CHANNELS);
    assert_int_equal(depth_of(e), DEPTH_DOOR);
    assert_string_equal(depth_words(e), "TLS is up and the server begins a session; the logon was not tried");
    ev_set_int(&offered->selected, SOURCE_PROBE, 0);
    assert_int_equal(depth_of(e), DEPTH_DOOR);
    assert_string_equal(depth_words(e), "the server takes it and begins a session; the logon was not tried");
    ev_set_enum(&e->session.phase, SOURCE_PROBE, SESSION_MCS);
    assert_int_equal(depth_of(e), DEPTH_CONFIRM);
    evidence_free(e);
}

static void what_is_given_up_is_said_worst_first(void **state)
{
    (void)state;
    struct recipe recipe = { .security = RECIPE_RDP, .name = "srv" };
    assert_ptr_equal(strstr(recipe_gives_up(&recipe, 0), "TLS and NLA:"), recipe_gives_up(&recipe, 0));
    assert_ptr_equal(strstr(recipe_gives_up(&recipe, 1), "the name:"), recipe_gives_up(&recipe, 1));
    assert_null(recipe_gives_up(&recipe, 2));
    recipe = (struct recipe){ .security = RECIPE_NLA };
    assert_null(recipe_gives_up(&recipe, 0));
}

static void what_may_be_another_machine_does_not_end_the_search(void **state)
{
    (void)state;
    struct evidence *e = nla_cut();
    struct evidence *there = nla_cut();
    struct case_of it = of(e);
    size_t offers[WAYS_MAX];
    put_text(&e->certificate.sha256, "aa");
    put_text(&there->certificate.sha256, "bb");
    ev_set_enum(&there->nla.ended, SOURCE_PROBE, NLA_CHALLENGED);
    called(&it, "srv-02.corp.example", "10.20.9.9");
    assert_int_equal(next(&it), WAYS_TRY);
    went(&it, there);
    assert_int_equal(next(&it), WAYS_TRY);
    TITLES(&it, "TLS without NLA", "standard RDP security"); /* at the plain way's place */
    it.tried[it.count] = (struct tried){ .recipe = it.plan.recipes[0], .evidence = there, .depth = DEPTH_DOOR };
    it.count++;
    assert_int_equal(next(&it), WAYS_DONE);
    assert_int_equal(ways_offers(it.tried, it.count, offers), 2);
    assert_int_equal(offers[0], 2);
    assert_int_equal(offers[1], 1); /* behind even a downgrade */
    it.count = 2;
    field_release(&evidence_table, there);
    put_text(&there->certificate.sha256, "aa"); /* the same machine after all */
    assert_int_equal(next(&it), WAYS_DONE);
    evidence_free(e);
    evidence_free(there);
}

static void what_the_server_chose_there_counts(void **state)
{
    (void)state;
    static const struct {
        int64_t plain; /* what the server chose on the plain way; -1: nothing answered */
        int64_t there;
        enum recipe_lowered lowered;
        bool downgrade;
        const char *gives_up; /* its first word; NULL: nothing */
        enum ways_step then;
    } rows[] = {
        { 2, 2, LOWERED_NOT, false, NULL, WAYS_DONE },      { 2, 8, LOWERED_NOT, false, NULL, WAYS_DONE },
        { 2, 1, LOWERED, true, "NLA:", WAYS_TRY },          { 2, 0, LOWERED, true, "TLS and NLA:", WAYS_TRY },
        { 1, 1, LOWERED_NOT, false, NULL, WAYS_DONE },      { 1, 0, LOWERED, true, "TLS and NLA:", WAYS_TRY },
        { -1, 2, LOWERED_NOT, false, NULL, WAYS_DONE },     { -1, 1, LOWERED_MAYBE, false, "NLA, perhaps:", WAYS_DONE },
        { -1, 0, LOWERED, true, "TLS and NLA:", WAYS_TRY },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct evidence *e = rows[i].plain < 0 ? named("10.20.4.17") : nla_cut();
        struct evidence *there = nla_cut();
        if (rows[i].plain >= 0) {
            ((struct ev_offer *)e->negotiation.offers.items)->selected.v = rows[i].plain;
            hello_of(e)->finished.v = false;
        }
        ((struct ev_offer *)there->negotiation.offers.items)->selected.v = rows[i].there;
        ev_set_enum(&there->nla.ended, SOURCE_PROBE, NLA_CHALLENGED);
        resolver(e, "10.0.1.53", NAME_OK, "10.20.9.9");
        resolver(e, "10.0.2.53", NAME_OK, "10.20.9.10"); /* a safe one is left */
        struct case_of it = of(e);
        assert_int_equal(next(&it), WAYS_TRY);
        it.plan.recipes[0].name[0] = '\0';
        went(&it, there);
        const struct recipe *recipe = &it.tried[it.count - 1].recipe;
        assert_int_equal(recipe->lowered, rows[i].lowered);
        assert_int_equal(recipe_is_downgrade(recipe), rows[i].downgrade);
        const char *given = recipe_gives_up(recipe, 0);
        assert_int_equal(given != NULL, rows[i].gives_up != NULL);
        assert_true(given == NULL || strncmp(given, rows[i].gives_up, strlen(rows[i].gives_up)) == 0);
        assert_int_equal(next(&it), rows[i].then);
        if (rows[i].then == WAYS_TRY) {
            TITLES(&it, "10.20.9.10, as 10.0.2.53 says"); /* and no downgrade beside the one that is there */
            it.left = 0;
            assert_int_equal(next(&it), WAYS_DONE);
        }
        evidence_free(e);
        evidence_free(there);
    }
}

static void a_server_without_nla_behind_a_gateway_is_less(void **state)
{
    (void)state;
    struct evidence *e = named("10.20.4.17");
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
    put_text(&e->gateway.host, "gw.corp.example");
    ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_OPEN);
    ev_set_enum(&e->gateway.tunnel.behind, SOURCE_PROBE, GATEWAY_BEHIND_RDP);
    struct case_of it = of(e);
    assert_true(recipe_is_downgrade(&it.tried[1].recipe));
    ev_set_int(&e->gateway.tunnel.selected, SOURCE_PROBE, 1);
    it = of(e);
    assert_int_equal(it.tried[1].recipe.lowered, LOWERED_MAYBE);
    ev_set_int(&e->gateway.tunnel.selected, SOURCE_PROBE, 8);
    it = of(e);
    assert_int_equal(it.tried[1].recipe.lowered, LOWERED_NOT);
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_tls_is_a_way_that_gives_up),
        cmocka_unit_test(freerdp_may_have_more_of_tls),
        cmocka_unit_test(offers_are_ranked_by_what_they_give_up),
        cmocka_unit_test(a_gateways_channel_is_a_way_where_nothing_else_opens),
        cmocka_unit_test(what_was_looked_at_behind_a_gateway_counts),
        cmocka_unit_test(an_accepted_logon_is_deeper_than_the_door),
        cmocka_unit_test(without_nla_the_session_must_begin),
        cmocka_unit_test(what_is_given_up_is_said_worst_first),
        cmocka_unit_test(what_may_be_another_machine_does_not_end_the_search),
        cmocka_unit_test(what_the_server_chose_there_counts),
        cmocka_unit_test(a_server_without_nla_behind_a_gateway_is_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
