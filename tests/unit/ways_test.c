/* The search of another way in, over evidence made by hand: one fact is flipped, the order changes. */
#include "unit/diagnose_help.h"

#include "ways/search.h"

/* --- evidence --- */

static struct evidence *named(const char *address)
{
    struct evidence *e = begin();
    struct ev_address_item *item;
    target_is(e, "srv.corp.example", address, NAME_FORM_FQDN);
    resolves(e, address);
    item = ev_list_add(&e->target.addresses, SOURCE_PROBE, &address_item_table, 0, &help_error);
    put_text(&item->address, address);
    return e;
}

static void also(struct evidence *e, const char *address)
{
    struct ev_address_item *item = ev_list_add(&e->target.addresses, SOURCE_PROBE, &address_item_table, 0, &help_error);
    resolves(e, address);
    put_text(&item->address, address);
}

/* Chose NLA, TLS came up, and the server ended it instead of a challenge. */
static struct evidence *nla_cut(void)
{
    struct evidence *e = named("10.20.4.17");
    tcp(e, "10.20.4.17", TCP_OPEN, 20 * MS);
    const int64_t at = chose(e, 11, 2, 0x1f, 0x1234, PURPOSE_FIRST);
    struct ev_hello *hello = ev_list_add(&e->tls.hellos, SOURCE_PROBE, &hello_table, 0, &help_error);
    ev_set_enum(&hello->shape, SOURCE_PROBE, HELLO_SCHANNEL);
    ev_set_enum(&hello->result, SOURCE_PROBE, TLS_TRY_ACCEPTED);
    ev_set_enum(&hello->version, SOURCE_PROBE, TLS_1_2);
    ev_set_bool(&hello->finished, SOURCE_PROBE, true);
    ev_set_int(&hello->connection, SOURCE_PROBE, at);
    ev_set_enum(&e->nla.ended, SOURCE_PROBE, NLA_RESET);
    return e;
}

static struct ev_hello *hello_of(struct evidence *e)
{
    return e->tls.hellos.items;
}

/* --- asking the search --- */

struct case_of {
    struct tried tried[WAYS_MAX];
    size_t count;
    struct ways_plan plan;
    uint16_t ports[4];
    size_t port_count;
    struct ways_name names[WAYS_NAMES_MAX];
    size_t name_count;
    const struct verdict *verdict;
    unsigned left;
};

static enum ways_step next(struct case_of *it)
{
    const struct ways_input input = {
        .verdict = it->verdict,
        .tried = it->tried,
        .count = it->count,
        .ports = it->ports,
        .port_count = it->port_count,
        .names = it->names,
        .name_count = it->name_count,
        .left = it->left,
    };
    return ways_next(&input, &it->plan);
}

static struct case_of of(const struct evidence *e)
{
    struct case_of it = { .left = 2 };
    it.count = ways_of_check(e, it.tried);
    return it;
}

static void went(struct case_of *it, const struct evidence *e)
{
    it->tried[it->count] = (struct tried){ .recipe = it->plan.recipes[0], .evidence = e, .depth = depth_of(e) };
    ways_learn(&it->tried[it->count], &it->tried[0]);
    it->count++;
}

static void titles_are(const struct case_of *it, const char *const *titles, size_t count)
{
    char title[RECIPE_TITLE_SIZE];
    for (size_t i = 0; i < it->plan.count && i < count; i++) {
        recipe_title(&it->plan.recipes[i], title);
        assert_string_equal(title, titles[i]);
    }
    assert_int_equal(it->plan.count, count);
}
#define TITLES(it, ...)                                                                                                \
    do {                                                                                                               \
        static const char *const list[] = { __VA_ARGS__ };                                                             \
        titles_are(it, list, COUNT_OF(list));                                                                          \
    } while (0)

/* --- tests --- */

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

static void called(struct case_of *it, const char *name, const char *address)
{
    struct ways_name *item = &it->names[it->name_count++];
    item->named = NAMED_BY_CERTIFICATE;
    snprintf(item->name, sizeof item->name, "%s", name);
    assert_true(address_parse(address, &item->addresses[item->count++]));
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
        cmocka_unit_test(a_cut_in_nla_leads_to_tls_then_to_standard_security),
        cmocka_unit_test(another_answer_of_a_resolver_comes_before_any_downgrade),
        cmocka_unit_test(a_stall_asks_for_small_segments_first),
        cmocka_unit_test(a_server_that_insists_on_nla_is_not_asked_for_less),
        cmocka_unit_test(the_failure_code_says_which_security_is_left),
        cmocka_unit_test(a_refused_port_asks_the_other_ports_first_a_silent_one_the_other_addresses),
        cmocka_unit_test(an_address_that_the_check_found_dead_is_not_tried_again),
        cmocka_unit_test(a_dead_first_address_beside_a_live_one_costs_no_connection),
        cmocka_unit_test(old_tls_is_a_way_that_gives_up),
        cmocka_unit_test(what_is_no_rdp_is_left_alone),
        cmocka_unit_test(security_is_lowered_where_the_best_address_stopped),
        cmocka_unit_test(a_name_that_nobody_here_knows_may_be_known_to_a_resolver),
        cmocka_unit_test(offers_are_ranked_by_what_they_give_up),
        cmocka_unit_test(a_gateways_channel_is_a_way_where_nothing_else_opens),
        cmocka_unit_test(an_accepted_logon_is_deeper_than_the_door),
        cmocka_unit_test(without_nla_the_session_must_begin),
        cmocka_unit_test(what_is_given_up_is_said_worst_first),
        cmocka_unit_test(another_name_counts_where_it_leads_elsewhere),
        cmocka_unit_test(what_may_be_another_machine_does_not_end_the_search),
        cmocka_unit_test(the_verdict_orders_what_is_next),
        cmocka_unit_test(what_the_server_chose_there_counts),
        cmocka_unit_test(a_server_without_nla_behind_a_gateway_is_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
