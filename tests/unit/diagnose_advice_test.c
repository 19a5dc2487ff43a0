/* What it tells people to do, and which tests it asks the program for. */
#include "unit/diagnose_help.h"

#include "base/alloc.h"
#include "diagnose/look.h"
#include "facts/remedies.h"

static void cut(struct evidence *e)
{
    cut_at_hello(e);
}
static void cut_by_xrdp(struct evidence *e)
{
    open_port(e);
    (void)hello(e, chose(e, 11, 1, 0x01, 0x1234, PURPOSE_FIRST), HELLO_SCHANNEL, TLS_TRY_CLOSED, false);
}
static void cut_by_freerdp(struct evidence *e)
{
    open_port(e);
    (void)hello(e, chose(e, 11, 2, 0x01, 0x0000, PURPOSE_FIRST), HELLO_SCHANNEL, TLS_TRY_RESET, false);
}
static void cut_by_somebody(struct evidence *e)
{
    open_port(e);
    (void)hello(e, chose(e, 11, 2, 0x03, 0x1234, PURPOSE_FIRST), HELLO_SCHANNEL, TLS_TRY_CLOSED, false);
}
static void expired_xrdp(struct evidence *e)
{
    open_port(e);
    tls_up(e, chose(e, 11, 1, 0x01, 0x1234, PURPOSE_FIRST), TLS_1_3);
    certificate(e, "srv.corp.example", NULL, -400, -12);
}
static void silent(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
}
static void closes(struct evidence *e)
{
    closes_early(e);
}
static void silent_request(struct evidence *e)
{
    open_port(e);
    int64_t at = connection(e, PURPOSE_FIRST, END_BY_US, END_SILENCE, STAGE_NEGOTIATION, 5000 * MS);
    (void)offer(e, at, 11, NEGO_SILENT);
}
static void failure_2(struct evidence *e)
{
    open_port(e);
    refuses(e, 11, 2, 0x1234, PURPOSE_FIRST);
}
static void failure_3(struct evidence *e)
{
    open_port(e);
    refuses(e, 11, 3, 0x1234, PURPOSE_FIRST);
}
static void stall(struct evidence *e)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_SILENT, false);
}
static void nla_cut(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    nla_ends(e, NLA_CLOSED, 0, MS);
}
static void ssh(struct evidence *e)
{
    open_port(e);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS), 11, NEGO_NOT_RDP);
}
static void fake_and_closed(struct evidence *e)
{
    target_is(e, "srv.corp.example", "198.18.0.9", NAME_FORM_FQDN);
    closes_early(e);
}
static void hello_tried_twice(struct evidence *e)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_CLOSED, false);
}
static void three_used(struct evidence *e)
{
    hello_tried_twice(e);
    (void)connection(e, PURPOSE_OTHER_ADDRESS, END_BY_US, END_DONE, STAGE_TCP, 0);
}

/* In this order, and nothing else. */
static const struct {
    void (*build)(struct evidence *);
    enum test wanted[4];
} orders[] = {
    { closes, { TEST_SILENT_CONNECT, TEST_PLAIN_REQUEST } },
    { fake_and_closed, { TEST_INTERCEPTOR, TEST_SILENT_CONNECT, TEST_PLAIN_REQUEST } },
    { silent_request, { TEST_PLAIN_REQUEST } },
    { silent, { TEST_CONTROLS } },
    { ssh, { TEST_CONTROLS } },
    { failure_2, { TEST_OFFER_RDP, TEST_OFFER_TLS } },
    { failure_3, { TEST_NONE } },
    { cut, { TEST_WIDE_HELLO, TEST_REPEAT_FIRST } },
    { hello_tried_twice, { TEST_REPEAT_FIRST } },
    { three_used, { TEST_NONE } },
    { stall, { TEST_SMALL_MSS, TEST_SIZE_SWEEP, TEST_REPEAT_FIRST } },
    { nla_cut, { TEST_OFFER_TLS, TEST_OFFER_RDP } },
    { healthy_windows, { TEST_OFFER_TLS, TEST_OFFER_RDP } },
    { healthy_xrdp, { TEST_OFFER_RDP } },
};

static void the_program_is_asked_for_the_right_tests(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct evidence *e = begin();
        orders[i].build(e);
        struct verdict *verdict = judged(e);
        size_t used = e->connections.count;
        size_t count = 0;
        while (orders[i].wanted[count] != TEST_NONE) {
            count++;
        }
        assert_int_equal(verdict->wanted_count, count);
        for (size_t w = 0; w < count; w++) {
            assert_int_equal(verdict->wanted[w], orders[i].wanted[w]);
            assert_int_equal(test_fact(verdict->wanted[w])->by, BY_PROGRAM);
            used += test_fact(verdict->wanted[w])->connections;
        }
        assert_true(used <= 3);
        verdict_free(verdict);
        evidence_free(e);
    }
}

static bool holds(const char *text, const char *part)
{
    return text != NULL && strstr(text, part) != NULL;
}

/* Anything of Windows in what is to be done on the server. */
static const char *windows_word(const struct verdict *verdict)
{
    static const char *const words[] = { "MachineKeys", "TermService", "Get-WinEvent", "System log", "qwinsta",
                                         "Cert:\\",     "HKLM",        "1058",         "thumbprint", "Get-HotFix" };
    for (size_t w = 0; w < COUNT_OF(words); w++) {
        for (size_t i = 0; i < verdict->next_count; i++) {
            if (holds(verdict->next[i].what, words[w]) || holds(verdict->next[i].command, words[w])) {
                return words[w];
            }
        }
        for (size_t f = 0; f < verdict->finding_count; f++) {
            for (size_t d = 0; d < verdict->findings[f].decider_count; d++) {
                if (holds(verdict->findings[f].deciders[d].command, words[w])) {
                    return words[w];
                }
            }
        }
    }
    return NULL;
}

static void other_servers_get_no_windows_advice(void **state)
{
    static void (*const builds[])(struct evidence *) = { cut_by_xrdp, cut_by_freerdp, expired_xrdp };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(builds); i++) {
        struct evidence *e = begin();
        builds[i](e);
        struct verdict *verdict = judged(e);
        const char *word = windows_word(verdict);
        if (word != NULL) {
            fail_msg("%s, to another server", word);
        }
        assert_true(verdict->next_count > 0);
        assert_int_equal(certainty_of(verdict, CAUSE_CERT_RENEW_FAILED), CERTAINTY_NONE);
        assert_int_equal(certainty_of(verdict, CAUSE_SCHANNEL_UPDATE_REGRESSION), CERTAINTY_NONE);
        verdict_free(verdict);
        evidence_free(e);
    }
}

static void windows_gets_its_own_and_the_unknown_both(void **state)
{
    (void)state;
    struct evidence *e = begin();
    cut(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_CLOSED, false);
    struct verdict *verdict = judged(e);
    const struct cause_fact *fact = cause_fact(CAUSE_RDP_KEY_UNREADABLE);
    assert_string_equal(verdict->next[0].what, fact->action);
    assert_int_equal(verdict->next[0].where, PLACE_SERVER);
    assert_int_equal(verdict->next[0].risk, RISK_OUTAGE);
    assert_non_null(windows_word(verdict));
    verdict_free(verdict);
    evidence_free(e);
    e = begin();
    cut_by_somebody(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_CLOSED, false);
    verdict = judged(e);
    assert_true(holds(verdict->next[0].what, fact->action) && holds(verdict->next[0].what, fact->action_other));
    verdict_free(verdict);
    evidence_free(e);
}

/* "rdpwhy fix CAUSE" of a cause that has a repair. */
static bool names_a_repair(const char *command)
{
    for (int id = CAUSE_NONE + 1; id < CAUSE_COUNT; id++) {
        const char *slug = cause_fact((enum cause)id)->slug;
        const char *at = strstr(command, slug);
        if (at == command + strlen("rdpwhy fix ") && (at[strlen(slug)] == '\0' || at[strlen(slug)] == ' ')) {
            return remedy_for((enum cause)id, 0) != NULL;
        }
    }
    return false;
}

static void no_command_is_printed_that_does_not_exist_or_must_be_quoted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct evidence *e = begin();
        orders[i].build(e);
        alloc_free(e->target.host.v);
        e->target.host.v = NULL;
        put_text(&e->target.host, i % 2 == 0 ? "srv;calc.exe" : "-Proxy");
        struct verdict *verdict = judged(e);
        for (size_t n = 0; n < verdict->next_count; n++) {
            if (holds(verdict->next[n].command, "rdpwhy fix")) {
                assert_true(names_a_repair(verdict->next[n].command));
            }
            assert_false(holds(verdict->next[n].command, "calc.exe"));
            assert_false(holds(verdict->next[n].command, "-Proxy"));
        }
        verdict_free(verdict);
        evidence_free(e);
    }
}

static void the_failing_client_gets_its_line(void **state)
{
    (void)state;
    struct evidence *e = begin();
    silent(e);
    struct verdict *verdict = judged(e);
    bool line = false;
    for (size_t i = 0; i < verdict->next_count; i++) {
        const char *command = verdict->next[i].command;
        line = line || (command != NULL && strcmp(command, "Test-NetConnection srv.corp.example -Port 3389") == 0);
    }
    assert_true(line);
    /* nothing is changed on a mere suspicion, and gateways are thought of before firewalls */
    assert_true(holds(verdict->next[0].what, "RD Gateway"));
    for (size_t i = 0; i < verdict->next_count; i++) {
        assert_int_equal(verdict->next[i].risk, RISK_NONE);
    }
    verdict_free(verdict);
    evidence_free(e);
}

static void a_refusal_stands_first_among_the_reasons(void **state)
{
    (void)state;
    struct evidence *e = begin();
    open_port(e);
    refuses(e, 11, 2, 0x1234, PURPOSE_FIRST);
    refuses(e, 1, 2, 0x1234, PURPOSE_OFFER_TLS);
    (void)chose(e, 0, 0, 0x01, 0x1234, PURPOSE_OFFER_RDP);
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->cause, CAUSE_SECURITY_LAYER_MISMATCH);
    assert_int_equal(verdict->certainty, CERTAINTY_PROVED);
    assert_int_equal(verdict->because.count, 3);
    assert_string_equal(verdict->because.items[0], "asked for TLS or NLA, it answers with failure 2: TLS not allowed");
    verdict_free(verdict);
    evidence_free(e);
}

static void a_loopback_address_is_not_typed_elsewhere(void **state)
{
    (void)state;
    struct evidence *e = begin();
    cut(e);
    target_is(e, "127.0.0.1", "127.0.0.1", NAME_FORM_IPV4);
    struct verdict *verdict = judged(e);
    bool line = false;
    for (size_t i = 0; i < verdict->next_count; i++) {
        assert_false(holds(verdict->next[i].command, "127.0.0.1"));
        line = line || holds(verdict->next[i].command, "Test-NetConnection SERVER -Port 3389");
    }
    assert_true(line);
    verdict_free(verdict);
    evidence_free(e);
}

static void an_address_in_a_command_has_its_brackets(void **state)
{
    (void)state;
    struct evidence *e = begin();
    cut(e);
    target_is(e, "2001:db8::17", "2001:db8::17", NAME_FORM_IPV6);
    struct verdict *verdict = judged(e);
    bool seen_one = false;
    for (size_t f = 0; f < verdict->finding_count; f++) {
        for (size_t d = 0; d < verdict->findings[f].decider_count; d++) {
            const struct decider *decider = &verdict->findings[f].deciders[d];
            if (decider->test == TEST_SECOND_VANTAGE) {
                assert_string_equal(decider->command, "rdpwhy [2001:db8::17]:3389");
                seen_one = true;
            }
        }
    }
    assert_true(seen_one);
    verdict_free(verdict);
    evidence_free(e);
}

static bool points_to_fallback(const struct evidence *e)
{
    struct verdict *verdict = diagnose(e, &help_error);
    bool any = false;
    assert_non_null(verdict);
    for (size_t i = 0; i < verdict->next_count; i++) {
        any = any || holds(verdict->next[i].command, "rdpwhy fallback");
    }
    verdict_free(verdict);
    return any;
}

static void a_blocked_check_points_to_another_way_where_there_may_be_one(void **state)
{
    (void)state;
    static const struct {
        void (*look)(struct evidence *e);
        const char *resolver; /* its answer; NULL: none was asked */
        int64_t tls_refused;  /* failure code to an offer of TLS alone; 0: not asked */
        bool points;
    } rows[] = {
        { nla_cut, NULL, 0, true },
        { nla_cut, NULL, FAILURE_HYBRID_REQUIRED, false },
        { nla_cut, "10.20.9.9", FAILURE_HYBRID_REQUIRED, true },
        { cut, NULL, 0, true },
        { failure_2, NULL, 0, true },
        { silent, NULL, 0, false },
        { silent, "10.20.4.17", 0, false }, /* the same address */
        { silent, "10.20.9.9", 0, true },
        { ssh, NULL, 0, false },
        { ssh, "10.20.9.9", 0, true },
        { expired_xrdp, "10.20.9.9", 0, false }, /* nothing is blocked */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct evidence *e = begin();
        struct ev_address_item *item =
            ev_list_add(&e->target.addresses, SOURCE_PROBE, &address_item_table, 0, &help_error);
        put_text(&item->address, "10.20.4.17");
        rows[i].look(e);
        if (rows[i].resolver != NULL) {
            resolver(e, "10.0.1.53", NAME_OK, rows[i].resolver);
        }
        if (rows[i].tls_refused != 0) {
            refuses(e, PROTOCOL_TLS, rows[i].tls_refused, 0x1234, PURPOSE_OFFER_TLS);
        }
        assert_false(points_to_fallback(e)); /* nobody says that this was a look of our own */
        put_text(&e->command, "check");
        if (points_to_fallback(e) != rows[i].points) {
            fail_msg("row %zu", i);
        }
        field_release(&address_item_table, &e->command);
        put_text(&e->command, "fallback"); /* which has just looked for one */
        assert_false(points_to_fallback(e));
        evidence_free(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_program_is_asked_for_the_right_tests),
        cmocka_unit_test(other_servers_get_no_windows_advice),
        cmocka_unit_test(windows_gets_its_own_and_the_unknown_both),
        cmocka_unit_test(no_command_is_printed_that_does_not_exist_or_must_be_quoted),
        cmocka_unit_test(the_failing_client_gets_its_line),
        cmocka_unit_test(a_refusal_stands_first_among_the_reasons),
        cmocka_unit_test(a_loopback_address_is_not_typed_elsewhere),
        cmocka_unit_test(an_address_in_a_command_has_its_brackets),
        cmocka_unit_test(a_blocked_check_points_to_another_way_where_there_may_be_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
