/* Neighbours: for every pair that the program itself can tell apart, the deciding test's result turns the verdict. Both
 * documents of a pair differ in that result only. Pairs that a person decides have nothing in the evidence that could
 * differ; what holds for them is that neither is ever proved, which diagnose_rules_test and diagnose_proof_test see to.
 */
#include "unit/diagnose_help.h"

#include "diagnose/rules.h"

/* `towards_a`: the result speaks for the first cause of the pair. */
static void interceptor_or_forward(struct evidence *e, bool towards_a)
{
    closes_early(e);
    silent_connect(e, true);
    control(e, CONTROL_INTERCEPTOR, towards_a ? CONTROL_OPENED : CONTROL_SILENCE, "192.0.2.1");
}
static void interceptor_or_far(struct evidence *e, const char *address, bool towards_a)
{
    target_is(e, "srv.corp.example", address, NAME_FORM_FQDN);
    tcp(e, address, TCP_OPEN, 300);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, 2 * MS), 11, NEGO_CLOSED);
    control(e, CONTROL_INTERCEPTOR, towards_a ? CONTROL_OPENED : CONTROL_SILENCE, "192.0.2.1");
}
static void interceptor_or_ztna(struct evidence *e, bool towards_a)
{
    interceptor_or_far(e, "100.64.0.9", towards_a);
}
static void interceptor_or_antivirus(struct evidence *e, bool towards_a)
{
    interceptor_or_far(e, "93.184.216.34", towards_a);
}
static void down_or_filtered(struct evidence *e, bool towards_a)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
    if (towards_a) {
        control(e, CONTROL_NEIGHBOUR, CONTROL_FAILED, NULL);
    } else {
        control(e, CONTROL_TCP_445, CONTROL_REFUSED, NULL);
    }
}
static void forward_or_ips_by_silence(struct evidence *e, bool towards_a)
{
    closes_early(e);
    silent_connect(e, towards_a);
}
static void forward_or_ips_by_request(struct evidence *e, bool towards_a)
{
    closes_early(e);
    if (towards_a) {
        int64_t at = connection(e, PURPOSE_PLAIN_REQUEST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, 2 * MS);
        (void)offer(e, at, 11, NEGO_CLOSED);
        silent_connect(e, true);
    } else {
        chose(e, 11, 8, 0x1F, 0x1234, PURPOSE_PLAIN_REQUEST);
        silent_connect(e, false);
    }
}
static void forward_or_hung(struct evidence *e, bool towards_a)
{
    if (towards_a) {
        closes_early(e);
        return;
    }
    open_port(e);
    int64_t at = connection(e, PURPOSE_FIRST, END_BY_US, END_SILENCE, STAGE_NEGOTIATION, 5000 * MS);
    (void)offer(e, at, 11, NEGO_SILENT);
}
static void hole_or_drops(struct evidence *e, bool towards_a)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_SILENT, false);
    second_hello(e, PURPOSE_SMALL_MSS, HELLO_SCHANNEL, towards_a ? TLS_TRY_ACCEPTED : TLS_TRY_SILENT, towards_a);
}
static void hole_or_key(struct evidence *e, bool towards_a)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, towards_a ? TLS_TRY_SILENT : TLS_TRY_CLOSED, false);
}
static void hole_or_overload(struct evidence *e, bool towards_a)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_SILENT, false);
    second_hello(e, PURPOSE_SMALL_MSS, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, towards_a ? TLS_TRY_SILENT : TLS_TRY_ACCEPTED, !towards_a);
}
static void wrong_or_taken(struct evidence *e, bool towards_a)
{
    open_port(e);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS), 11, NEGO_NOT_RDP);
    ev_set_enum(&e->negotiation.speaks, SOURCE_PROBE, SPEAKS_HTTP);
    control(e, CONTROL_TCP_135, towards_a ? CONTROL_REFUSED : CONTROL_OPENED, NULL);
    control(e, CONTROL_TCP_5985, CONTROL_REFUSED, NULL);
}
static void key_or_common(struct evidence *e, bool towards_a)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, towards_a ? TLS_TRY_CLOSED : TLS_TRY_ACCEPTED, !towards_a);
}
static void key_or_overload(struct evidence *e, bool towards_a)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_CLOSED, false);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, towards_a ? TLS_TRY_CLOSED : TLS_TRY_ACCEPTED, !towards_a);
}
static void common_or_overload(struct evidence *e, bool towards_a)
{
    alert_is(hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_ALERT, false), 40);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_ACCEPTED, true);
    struct ev_hello *again =
        second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, towards_a ? TLS_TRY_ALERT : TLS_TRY_ACCEPTED, !towards_a);
    if (towards_a) {
        alert_is(again, 40);
    }
}
static void failure(struct evidence *e, int64_t code)
{
    open_port(e);
    refuses(e, 11, code, 0x1234, PURPOSE_FIRST);
}
/* the same client without either, at one server or the other */
static void tls_or_nla_is_a_must(struct evidence *e, bool towards_a)
{
    put_text(&e->client.profile, towards_a ? "mstsc-xp" : "freerdp-sec-tls");
    if (towards_a) {
        healthy_xrdp(e);
        refuses(e, 0, 1, 0x1234, PURPOSE_OFFER_RDP);
        return;
    }
    healthy_windows(e);
    refuses(e, 1, 5, 0x1234, PURPOSE_OFFER_TLS);
    refuses(e, 0, 5, 0x1234, PURPOSE_OFFER_RDP);
}
static void failure_2_or_4(struct evidence *e, bool towards_a)
{
    failure(e, towards_a ? 2 : 4);
}
static void failure_3_or_4(struct evidence *e, bool towards_a)
{
    failure(e, towards_a ? 3 : 4);
}
static void failure_6_or_4(struct evidence *e, bool towards_a)
{
    failure(e, towards_a ? 6 : 4);
}
static void failure_2_or_no_block(struct evidence *e, bool towards_a)
{
    if (towards_a) {
        failure(e, 2);
        return;
    }
    open_port(e);
    int64_t at = connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS);
    ev_set_bool(&offer(e, at, 11, NEGO_ANSWERED)->no_block, SOURCE_PROBE, true);
}

static const struct {
    enum cause a;
    enum cause b;
    enum test test;
    void (*build)(struct evidence *, bool towards_a);
} pairs[] = {
    { CAUSE_TUN_PROXY_CAPTURES, CAUSE_FORWARD_DEAD_BACKEND, TEST_INTERCEPTOR, interceptor_or_forward },
    { CAUSE_TUN_PROXY_CAPTURES, CAUSE_ZTNA_BACKEND_FAILED, TEST_INTERCEPTOR, interceptor_or_ztna },
    { CAUSE_TUN_PROXY_CAPTURES, CAUSE_AV_LOCAL_FILTER, TEST_INTERCEPTOR, interceptor_or_antivirus },
    { CAUSE_HOST_DOWN, CAUSE_FIREWALL_BLOCKS, TEST_CONTROLS, down_or_filtered },
    { CAUSE_FORWARD_DEAD_BACKEND, CAUSE_IPS_RESETS, TEST_SILENT_CONNECT, forward_or_ips_by_silence },
    { CAUSE_FORWARD_DEAD_BACKEND, CAUSE_IPS_RESETS, TEST_PLAIN_REQUEST, forward_or_ips_by_request },
    { CAUSE_FORWARD_DEAD_BACKEND, CAUSE_TERMSERVICE_HUNG, TEST_FIRST_CONNECTION, forward_or_hung },
    { CAUSE_MTU_BLACK_HOLE, CAUSE_IPS_DROPS, TEST_SMALL_MSS, hole_or_drops },
    { CAUSE_MTU_BLACK_HOLE, CAUSE_RDP_KEY_UNREADABLE, TEST_FIRST_CONNECTION, hole_or_key },
    { CAUSE_MTU_BLACK_HOLE, CAUSE_LISTENER_OVERLOAD, TEST_REPEAT_FIRST, hole_or_overload },
    { CAUSE_WRONG_PROTOCOL, CAUSE_PORT_TAKEN, TEST_CONTROLS, wrong_or_taken },
    { CAUSE_RDP_KEY_UNREADABLE, CAUSE_TLS_NO_COMMON, TEST_WIDE_HELLO, key_or_common },
    { CAUSE_RDP_KEY_UNREADABLE, CAUSE_LISTENER_OVERLOAD, TEST_REPEAT_FIRST, key_or_overload },
    { CAUSE_TLS_NO_COMMON, CAUSE_LISTENER_OVERLOAD, TEST_REPEAT_FIRST, common_or_overload },
    { CAUSE_CLIENT_LACKS_TLS, CAUSE_NLA_REQUIRED, TEST_FIRST_CONNECTION, tls_or_nla_is_a_must },
    { CAUSE_SECURITY_LAYER_MISMATCH, CAUSE_NEGO_FLAGS_INCONSISTENT, TEST_FIRST_CONNECTION, failure_2_or_4 },
    { CAUSE_CERT_MISSING, CAUSE_NEGO_FLAGS_INCONSISTENT, TEST_FIRST_CONNECTION, failure_3_or_4 },
    { CAUSE_SMARTCARD_TLS_REQUIRED, CAUSE_NEGO_FLAGS_INCONSISTENT, TEST_FIRST_CONNECTION, failure_6_or_4 },
    { CAUSE_SECURITY_LAYER_MISMATCH, CAUSE_SERVER_TOO_OLD, TEST_FIRST_CONNECTION, failure_2_or_no_block },
};

static void each_pair_turns_with_its_test(void **state)
{
    (void)state;
    bool good = true;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        enum certainty a[2];
        enum certainty b[2];
        enum cause leading[2];
        for (int towards_a = 0; towards_a < 2; towards_a++) {
            struct evidence *e = begin();
            pairs[i].build(e, towards_a != 0);
            struct verdict *verdict = judged(e);
            a[towards_a] = certainty_of(verdict, pairs[i].a);
            b[towards_a] = certainty_of(verdict, pairs[i].b);
            leading[towards_a] = verdict->cause;
            verdict_free(verdict);
            evidence_free(e);
        }
        /* one result leaves the first ahead, the other takes that lead away */
        if (!(a[1] > b[1] && b[0] >= a[0] && b[0] > CERTAINTY_NONE) || (leading[0] == leading[1] && leading[0] != 0)) {
            print_message("%s ~ %s by %s: %d:%d, %d:%d\n", cause_fact(pairs[i].a)->slug, cause_fact(pairs[i].b)->slug,
                          test_fact(pairs[i].test)->id, a[1], b[1], a[0], b[0]);
            good = false;
        }
    }
    assert_true(good);
}

static bool listed(enum cause one, enum cause other, enum test test)
{
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        bool same = (pairs[i].a == one && pairs[i].b == other) || (pairs[i].a == other && pairs[i].b == one);
        if (same && pairs[i].test == test) {
            return true;
        }
    }
    return false;
}

static void no_pair_is_left_out(void **state)
{
    (void)state;
    bool all = true;
    for (const struct rule_table *table = rule_tables; table->name != NULL; table++) {
        for (size_t r = 0; r < *table->count; r++) {
            const struct rule *rule = &table->rules[r];
            for (size_t i = 0; i < RULE_NEAR && rule->near[i].cause != CAUSE_NONE; i++) {
                const struct near *near = &rule->near[i];
                if (test_fact(near->test)->by == BY_PROGRAM && !listed(rule->cause, near->cause, near->test)) {
                    print_message("%s ~ %s by %s\n", cause_fact(rule->cause)->slug, cause_fact(near->cause)->slug,
                                  test_fact(near->test)->id);
                    all = false;
                }
            }
        }
    }
    assert_true(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pair_turns_with_its_test),
        cmocka_unit_test(no_pair_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
