#include "unit/diagnose_help.h"

#include <stdio.h>
#include <stdlib.h>

/* One row per story: what was seen, and the verdict it must lead to. */
static void cut_off_whatever_we_offer(struct evidence *e)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_CLOSED, false);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_CLOSED, false);
}
static void dead_forward(struct evidence *e)
{
    closes_early(e);
    silent_connect(e, true);
}
static void ssh_on_a_high_port(struct evidence *e)
{
    ev_set_int(&e->target.port, SOURCE_USER, 2222);
    open_port(e);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS), 11, NEGO_NOT_RDP);
    ev_set_enum(&e->negotiation.speaks, SOURCE_PROBE, SPEAKS_SSH);
}
static void port_refused(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_REFUSED, 40 * MS);
}
static void port_silent(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
}
static void no_certificate(struct evidence *e)
{
    open_port(e);
    refuses(e, 11, 3, 0x1234, PURPOSE_FIRST);
}
static void expired_xrdp(struct evidence *e)
{
    open_port(e);
    tls_up(e, chose(e, 11, 1, 0x01, 0x1234, PURPOSE_FIRST), TLS_1_3);
    certificate(e, "srv.corp.example", NULL, -400, -12);
}
static void gone_before_nla(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -30, 150);
    ev_set_enum(&e->checks[CHECK_NLA].ran, SOURCE_PROBE, RAN_POINTLESS);
}
static void answered_somehow(struct evidence *e)
{
    open_port(e);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS), 11, NEGO_ANSWERED);
    ev_set_enum(&e->checks[CHECK_NEGOTIATION].ran, SOURCE_PROBE, RAN_DONE);
}
static void bytes_that_were_not_kept(struct evidence *e)
{
    open_port(e);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS), 11, NEGO_NOT_RDP);
}
static void limit_after_the_first(struct evidence *e)
{
    int64_t at = closes_early(e);
    ev_set_enum(&((struct ev_connection *)e->connections.items + at)->end.how, SOURCE_PROBE, END_FIN);
    int64_t silent = connection(e, PURPOSE_SILENT, END_BY_PEER, END_RST, STAGE_TCP, MS);
    ev_set_int(&((struct ev_connection *)e->connections.items + silent)->silent_us, SOURCE_PROBE, MS);
}
static void fast_neighbour_that_closes(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_OPEN, 300);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, MS), 11, NEGO_CLOSED);
}
static void no_ipv6_here(struct evidence *e)
{
    tcp(e, "2001:db8::17", TCP_UNREACHABLE, 10);
    healthy_windows(e);
}
static void key_seen_once(struct evidence *e)
{
    cut_at_hello(e);
}
static void key_with_a_wide_stall(struct evidence *e)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_SILENT, false);
}
static void another_code_than_the_fact(struct evidence *e)
{
    expired_xrdp(e);
    client_said(e, 0x807, -1);
}
static void nothing(struct evidence *e)
{
    (void)e;
}

static const struct {
    const char *name;
    void (*build)(struct evidence *);
    enum verdict_status status;
    int stopped_at; /* -1: nowhere */
    enum cause cause;
    enum certainty certainty;
} stories[] = {
    { "windows", healthy_windows, VERDICT_OK, -1, CAUSE_NONE, CERTAINTY_NONE },
    { "xrdp", healthy_xrdp, VERDICT_OK, -1, CAUSE_NONE, CERTAINTY_NONE },
    { "freerdp", healthy_freerdp, VERDICT_OK, -1, CAUSE_NONE, CERTAINTY_NONE },
    { "key", cut_off_whatever_we_offer, VERDICT_BLOCKED, CHECK_TLS, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY },
    { "forward", dead_forward, VERDICT_BLOCKED, CHECK_NEGOTIATION, CAUSE_FORWARD_DEAD_BACKEND, CERTAINTY_LIKELY },
    { "ssh", ssh_on_a_high_port, VERDICT_BLOCKED, CHECK_NEGOTIATION, CAUSE_WRONG_PROTOCOL, CERTAINTY_PROVED },
    { "refused", port_refused, VERDICT_BLOCKED, CHECK_TCP, CAUSE_NONE, CERTAINTY_NONE },
    { "silent", port_silent, VERDICT_BLOCKED, CHECK_TCP, CAUSE_NONE, CERTAINTY_NONE },
    { "no certificate", no_certificate, VERDICT_BLOCKED, CHECK_NEGOTIATION, CAUSE_CERT_MISSING, CERTAINTY_PROVED },
    { "expired", expired_xrdp, VERDICT_DEGRADED, -1, CAUSE_CERT_EXPIRED, CERTAINTY_LIKELY },
    { "gone before NLA", gone_before_nla, VERDICT_UNKNOWN, -1, CAUSE_NONE, CERTAINTY_NONE },
    { "answered somehow", answered_somehow, VERDICT_UNKNOWN, -1, CAUSE_NONE, CERTAINTY_NONE },
    { "not kept", bytes_that_were_not_kept, VERDICT_BLOCKED, CHECK_NEGOTIATION, CAUSE_NONE, CERTAINTY_NONE },
    { "limit", limit_after_the_first, VERDICT_BLOCKED, CHECK_NEGOTIATION, CAUSE_NONE, CERTAINTY_NONE },
    { "fast", fast_neighbour_that_closes, VERDICT_BLOCKED, CHECK_NEGOTIATION, CAUSE_NONE, CERTAINTY_NONE },
    { "no IPv6", no_ipv6_here, VERDICT_OK, -1, CAUSE_NONE, CERTAINTY_NONE },
    { "key once", key_seen_once, VERDICT_BLOCKED, CHECK_TLS, CAUSE_NONE, CERTAINTY_NONE },
    { "wide stall", key_with_a_wide_stall, VERDICT_BLOCKED, CHECK_TLS, CAUSE_NONE, CERTAINTY_NONE },
    { "other code", another_code_than_the_fact, VERDICT_DEGRADED, -1, CAUSE_NONE, CERTAINTY_NONE },
    { "nothing", nothing, VERDICT_UNKNOWN, -1, CAUSE_NONE, CERTAINTY_NONE },
};

static void show(const struct verdict *verdict)
{
    if (getenv("SHOW") == NULL) {
        return;
    }
    printf("== %s\n", verdict->summary);
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct check_reading *check = &verdict->checks[id];
        printf("  %-12s %-7s %s%s\n", field_name_of(check_names, id),
               field_name_of(check_status_names, (int)check->status), check->summary ? check->summary : "",
               check->why ? check->why : "");
    }
    for (size_t i = 0; i < verdict->because.count; i++) {
        printf("  because: %s\n", verdict->because.items[i]);
    }
    for (size_t i = 0; i < verdict->ruled_out_count; i++) {
        printf("  ruled out: %s: %s\n", cause_fact(verdict->ruled_out[i].cause)->slug, verdict->ruled_out[i].because);
    }
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        printf("  %s %s %s\n", cause_fact(finding->cause)->slug,
               field_name_of(certainty_names, (int)finding->certainty), finding->blocks ? "blocks" : "beside");
        for (size_t j = 0; j < finding->because.count; j++) {
            printf("       %s\n", finding->because.items[j]);
        }
        for (size_t j = 0; j < finding->decider_count; j++) {
            printf("       ? %s: %s\n", test_fact(finding->deciders[j].test)->id,
                   finding->deciders[j].command ? finding->deciders[j].command : "-");
        }
    }
    for (size_t i = 0; i < verdict->next_count; i++) {
        printf("  next %d: %s [%s]\n", (int)verdict->next[i].where, verdict->next[i].what,
               verdict->next[i].command ? verdict->next[i].command : "");
    }
    for (size_t i = 0; i < verdict->wanted_count; i++) {
        printf("  wanted: %s\n", test_fact(verdict->wanted[i])->id);
    }
    for (size_t i = 0; i < verdict->code_notes.count; i++) {
        printf("  code: %s\n", verdict->code_notes.items[i]);
    }
}

static void each_story_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(stories); i++) {
        struct evidence *e = begin();
        stories[i].build(e);
        struct verdict *verdict = judged(e);
        show(verdict);
        assert_int_equal(verdict->status, stories[i].status);
        assert_int_equal(verdict->stopped ? (int)verdict->stopped_at : -1, stories[i].stopped_at);
        assert_int_equal(verdict->cause, stories[i].cause);
        assert_int_equal(verdict->certainty, stories[i].certainty);
        verdict_free(verdict);
        evidence_free(e);
    }
}

static bool out(const struct verdict *verdict, enum cause cause)
{
    return found(verdict, cause) == NULL;
}

/* A RST may be forged by what stands in front: only a control, or this machine itself, speaks for the host. */
static void a_refusal_alone_clears_no_host(void **state)
{
    (void)state;
    struct evidence *e = begin();
    port_refused(e);
    struct verdict *verdict = judged(e);
    assert_false(out(verdict, CAUSE_HOST_DOWN));
    assert_false(out(verdict, CAUSE_VPN_POSTURE_OR_ACL));
    assert_true(is_ruled_out(verdict, CAUSE_FIREWALL_PROFILE_PUBLIC));
    verdict_free(verdict);
    control(e, CONTROL_TCP_445, CONTROL_OPENED, NULL);
    verdict = judged(e);
    assert_true(is_ruled_out(verdict, CAUSE_HOST_DOWN));
    assert_false(out(verdict, CAUSE_VPN_POSTURE_OR_ACL));
    verdict_free(verdict);
    evidence_free(e);
}

static void no_network_lies_before_this_machine(void **state)
{
    static const enum cause causes[] = { CAUSE_HOST_DOWN,
                                         CAUSE_VPN_POSTURE_OR_ACL,
                                         CAUSE_NIC_DISABLED_OR_GHOST,
                                         CAUSE_STATIC_IP_IN_CLOUD,
                                         CAUSE_FIREWALL_PROFILE_PUBLIC,
                                         CAUSE_BAN_TOOL_BLOCKS_CLIENT,
                                         CAUSE_ROUTE_WRONG_INTERFACE };
    (void)state;
    struct evidence *e = begin();
    target_is(e, "127.0.0.1", "127.0.0.1", NAME_FORM_IPV4);
    ev_set_bool(&e->target.local, SOURCE_PROBE, true);
    tcp(e, "127.0.0.1", TCP_REFUSED, 50);
    put_text(&e->route.interface, "lo");
    ev_set_bool(&e->route.unreachable, SOURCE_PROBE, false);
    struct verdict *verdict = judged(e);
    for (size_t i = 0; i < COUNT_OF(causes); i++) {
        assert_true(out(verdict, causes[i]));
        /* a ban tool may also cut what is open, which was not seen */
        assert_true(is_ruled_out(verdict, causes[i]) || causes[i] == CAUSE_BAN_TOOL_BLOCKS_CLIENT);
    }
    assert_false(out(verdict, CAUSE_TERMSERVICE_STOPPED));
    verdict_free(verdict);
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_story_has_its_verdict),
                                        cmocka_unit_test(a_refusal_alone_clears_no_host),
                                        cmocka_unit_test(no_network_lies_before_this_machine) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
