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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_story_has_its_verdict) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
