/* Attempts to make it say a wrong "proved": each document lacks one thing that the proof needs, or holds one thing that
 * speaks against it. A wrong "proved" is the worst bug this program can have. */
#include "unit/diagnose_help.h"
#include "unit/line_help.h"

static struct verdict *of(void (*build)(struct evidence *))
{
    struct evidence *e = begin();
    build(e);
    struct verdict *verdict = judged(e);
    evidence_free(e);
    return verdict;
}

static void alert_by(struct evidence *e, bool wide, bool again)
{
    alert_is(hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_ALERT, false), 40);
    if (wide) {
        ev_set_int(&second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_ACCEPTED, true)->suite, SOURCE_PROBE,
                   0x0084);
    }
    if (again) {
        alert_is(second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ALERT, false), 40);
    }
}
static void alert_not_repeated(struct evidence *e)
{
    alert_by(e, true, false);
}
/* Three connects: two servers that take turns behind one address look just so. */
static void alert_repeated_once(struct evidence *e)
{
    alert_by(e, true, true);
}
static void alert_from_one_of_two(struct evidence *e)
{
    alert_by(e, true, true);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true);
}
static void alert_without_the_wide_hello(struct evidence *e)
{
    alert_by(e, false, true);
}
static void alert_40_to_every_offer(struct evidence *e)
{
    alert_by(e, false, true);
    alert_is(second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_ALERT, false), 40);
}
static void bare_close_for_one_shape(struct evidence *e)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_ACCEPTED, true);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_CLOSED, false);
}
static void key_with_everything_tried(struct evidence *e)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_RESET, false);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_CLOSED, false);
    ev_set_int(&((struct ev_connection *)e->connections.items)->end.ttl, SOURCE_PROBE, 250);
}
static void hole_without_the_repeat(struct evidence *e)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_SILENT, true);
    second_hello(e, PURPOSE_SMALL_MSS, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true);
}
static void hole_repeated_once(struct evidence *e)
{
    hole_without_the_repeat(e);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_SILENT, true);
}
static void hung_server_of_two(struct evidence *e)
{
    hole_repeated_once(e);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true);
}
static void hole_with_tiny_segments(struct evidence *e)
{
    hole_without_the_repeat(e);
    struct ev_hello *small = (struct ev_hello *)e->tls.hellos.items + 1;
    ev_set_int(&small->mss, SOURCE_PROBE, 256);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_SILENT, true);
}
/* The sweep, and each of the things without which it proves nothing. */
static void hole_swept_without_the_repeat(struct evidence *e)
{
    hole_without_the_repeat(e);
    line_sweep(e, LEG_DIRECT, 2);
}
static void hole_swept_at_the_end_alone(struct evidence *e)
{
    hole_repeated_once(e);
    line_sweep(e, LEG_DIRECT, LINE_ROUTERS);
}
static void hole_swept_and_not_found(struct evidence *e)
{
    hole_repeated_once(e);
    line_sweep(e, LEG_DIRECT, LINE_ROUTERS + 1);
}
static void hole_swept_but_small_stalls_too(struct evidence *e)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_SILENT, true);
    second_hello(e, PURPOSE_SMALL_MSS, HELLO_SCHANNEL, TLS_TRY_SILENT, true);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_SILENT, true);
    line_sweep(e, LEG_DIRECT, 2);
}
static void whole_hole(struct evidence *e)
{
    hole_repeated_once(e);
    line_sweep(e, LEG_DIRECT, 2);
}
static void failure_2_of_freerdp(struct evidence *e)
{
    open_port(e);
    refuses(e, 11, 2, 0x0000, PURPOSE_FIRST);
    chose(e, 0, 0, 0, 0x0000, PURPOSE_OFFER_RDP);
}
static void failure_2_but_tls_alone_is_taken(struct evidence *e)
{
    failure_2_of_freerdp(e);
    chose(e, 1, 1, 1, 0x0000, PURPOSE_OFFER_TLS);
}
static void eleven_bytes(struct evidence *e)
{
    open_port(e);
    int64_t at = connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS);
    ev_set_bool(&offer(e, at, 11, NEGO_ANSWERED)->no_block, SOURCE_PROBE, true);
}
static void xrdp_that_lost_its_key(struct evidence *e)
{
    open_port(e);
    chose(e, 11, 0, 0x01, 0x1234, PURPOSE_FIRST);
}
static void nla_required_although_offered(struct evidence *e)
{
    open_port(e);
    refuses(e, 11, 5, 0x1234, PURPOSE_FIRST);
}
static void tls_required_although_offered(struct evidence *e)
{
    open_port(e);
    refuses(e, 11, 1, 0x0000, PURPOSE_FIRST);
}
static void dead_forward_on_loopback(struct evidence *e)
{
    target_is(e, "127.0.0.1", "127.0.0.1", NAME_FORM_IPV4);
    ev_set_bool(&e->target.local, SOURCE_PROBE, true);
    tcp(e, "127.0.0.1", TCP_OPEN, 100);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, 100), 11, NEGO_CLOSED);
    silent_connect(e, true);
}
static void expired_by_a_clock_in_doubt(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -400, -12);
    challenge(e, "srv.corp.example", "10.0.20348", -30 * DAY);
}
static void early_by_a_clock_in_doubt(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, 10, 400);
    challenge(e, "srv.corp.example", "10.0.20348", 30 * DAY);
}
static void silent_with_every_code(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
    control(e, CONTROL_ICMP, CONTROL_ANSWERED, NULL);
    client_said(e, 0x204, -1);
}
static void name_gone_for_one_silent_resolver(struct evidence *e)
{
    ev_set_enum(&e->name.error, SOURCE_PROBE, NAME_NOT_FOUND);
    resolver(e, "10.0.0.53", NAME_NOT_FOUND, NULL);
    resolver(e, "10.0.0.54", NAME_SILENT, NULL);
}
static void ssh_with_controls_silent(struct evidence *e)
{
    open_port(e);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS), 11, NEGO_NOT_RDP);
    ev_set_enum(&e->negotiation.speaks, SOURCE_PROBE, SPEAKS_SSH);
    control(e, CONTROL_TCP_135, CONTROL_SILENCE, NULL);
}
static void issuer_that_only_sounds_so(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", "CN=Zscaler Intermediate Root CA", -30, 150);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
}
static void profile_from_memory(struct evidence *e)
{
    healthy_windows(e);
    refuses(e, 1, 5, 0x1234, PURPOSE_OFFER_TLS);
    refuses(e, 0, 5, 0x1234, PURPOSE_OFFER_RDP);
    put_text(&e->client.profile, "freerdp-sec-tls");
}

static void three_stalls_and_one_success(struct evidence *e)
{
    hole_repeated_once(e);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_SILENT, true);
}
static void alert_twice_again(struct evidence *e, int64_t suite)
{
    alert_by(e, true, true);
    alert_is(second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ALERT, false), 40);
    ev_set_int(&((struct ev_hello *)e->tls.hellos.items + 1)->suite, SOURCE_PROBE, suite);
}
static void suite_was_on_offer(struct evidence *e)
{
    alert_twice_again(e, 0x1302);
}
static void suite_without_certificate(struct evidence *e)
{
    alert_twice_again(e, 0xC019);
}
static void alert_then_reset(struct evidence *e)
{
    alert_by(e, true, true);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_RESET, false);
}
static void failure_4(struct evidence *e)
{
    open_port(e);
    refuses(e, 11, 4, 0x1234, PURPOSE_FIRST);
}
static void expired_by_one_clock(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -400, -12);
}
static void system_failed(struct evidence *e)
{
    ev_set_enum(&e->name.error, SOURCE_PROBE, NAME_SERVFAIL);
    resolver(e, "10.0.0.53", NAME_NOT_FOUND, NULL);
}
static void http_of_an_interceptor(struct evidence *e)
{
    open_port(e);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS), 11, NEGO_NOT_RDP);
    ev_set_enum(&e->negotiation.speaks, SOURCE_PROBE, SPEAKS_HTTP);
    ev_set_int(&e->target.port, SOURCE_USER, 13389);
    control(e, CONTROL_INTERCEPTOR, CONTROL_OPENED, "192.0.2.1");
}

static const struct {
    const char *name;
    void (*build)(struct evidence *);
    enum cause cause;
} attempts[] = {
    { "an alert that came once", alert_not_repeated, CAUSE_TLS_NO_COMMON },
    { "an alert, repeated once", alert_repeated_once, CAUSE_TLS_NO_COMMON },
    { "an alert from one server of two", alert_from_one_of_two, CAUSE_TLS_NO_COMMON },
    { "three stalls and one success", three_stalls_and_one_success, CAUSE_MTU_BLACK_HOLE },
    { "the suite was on offer before", suite_was_on_offer, CAUSE_TLS_NO_COMMON },
    { "a suite without certificate", suite_without_certificate, CAUSE_TLS_NO_COMMON },
    { "alert 40, then a reset", alert_then_reset, CAUSE_TLS_NO_COMMON },
    { "failure 4 to a sound request", failure_4, CAUSE_NEGO_FLAGS_INCONSISTENT },
    { "expired by one clock", expired_by_one_clock, CAUSE_CERT_EXPIRED },
    { "the system's resolver failed", system_failed, CAUSE_NAME_NOT_RESOLVED },
    { "HTTP, where this machine answers for anybody", http_of_an_interceptor, CAUSE_WRONG_PROTOCOL },
    { "no offer of everything", alert_without_the_wide_hello, CAUSE_TLS_NO_COMMON },
    { "alert 40 to every offer", alert_40_to_every_offer, CAUSE_TLS_NO_COMMON },
    { "a bare close for one shape only", bare_close_for_one_shape, CAUSE_TLS_NO_COMMON },
    { "everything cut off, RST with another TTL", key_with_everything_tried, CAUSE_RDP_KEY_UNREADABLE },
    { "a stall that was not repeated", hole_without_the_repeat, CAUSE_MTU_BLACK_HOLE },
    { "a stall, repeated once", hole_repeated_once, CAUSE_MTU_BLACK_HOLE },
    { "a hole that was swept, a stall that was not repeated", hole_swept_without_the_repeat, CAUSE_MTU_BLACK_HOLE },
    { "a host that answers no big pings", hole_swept_at_the_end_alone, CAUSE_MTU_BLACK_HOLE },
    { "a sweep that comes through", hole_swept_and_not_found, CAUSE_MTU_BLACK_HOLE },
    { "a hole, and small segments stall too", hole_swept_but_small_stalls_too, CAUSE_MTU_BLACK_HOLE },
    { "one hung server of two", hung_server_of_two, CAUSE_MTU_BLACK_HOLE },
    { "segments smaller than a ClientHello", hole_with_tiny_segments, CAUSE_MTU_BLACK_HOLE },
    { "failure 2 of a FreeRDP-like server", failure_2_of_freerdp, CAUSE_SECURITY_LAYER_MISMATCH },
    { "failure 2, TLS alone taken", failure_2_but_tls_alone_is_taken, CAUSE_SECURITY_LAYER_MISMATCH },
    { "an 11-byte Confirm", eleven_bytes, CAUSE_SERVER_TOO_OLD },
    { "xrdp without its key", xrdp_that_lost_its_key, CAUSE_SECURITY_LAYER_MISMATCH },
    { "NLA required although offered", nla_required_although_offered, CAUSE_NLA_REQUIRED },
    { "TLS required although offered", tls_required_although_offered, CAUSE_CLIENT_LACKS_TLS },
    { "a dead forward on loopback", dead_forward_on_loopback, CAUSE_FORWARD_DEAD_BACKEND },
    { "expired, clocks apart", expired_by_a_clock_in_doubt, CAUSE_CERT_EXPIRED },
    { "not yet valid, clocks apart", early_by_a_clock_in_doubt, CAUSE_CERT_NOT_YET_VALID },
    { "silence with a fitting code", silent_with_every_code, CAUSE_FIREWALL_BLOCKS },
    { "one resolver silent", name_gone_for_one_silent_resolver, CAUSE_NAME_NOT_RESOLVED },
    { "SSH, nothing known beside", ssh_with_controls_silent, CAUSE_WRONG_PROTOCOL },
    { "an issuer's name", issuer_that_only_sounds_so, CAUSE_TLS_INTERCEPTION },
    { "a client known from memory", profile_from_memory, CAUSE_NLA_REQUIRED },
};

static void nothing_is_proved(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(attempts); i++) {
        struct verdict *verdict = of(attempts[i].build);
        if (certainty_of(verdict, attempts[i].cause) == CERTAINTY_PROVED || verdict->certainty == CERTAINTY_PROVED) {
            fail_msg("%s: proved", attempts[i].name);
        }
        /* it still says something: the attempt is a near miss, not an empty document */
        bool silent = verdict->finding_count == 0 && verdict->status == VERDICT_OK;
        if (silent) {
            fail_msg("%s: nothing at all was found", attempts[i].name);
        }
        verdict_free(verdict);
    }
}

/* The same documents with the missing thing put in are proved: the attempts above miss by one thing only. */
static void whole_mismatch(struct evidence *e)
{
    alert_by(e, true, true);
    alert_is(second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ALERT, false), 40);
}
static void whole_layer(struct evidence *e)
{
    failure_2_of_freerdp(e);
    refuses(e, 1, 2, 0x0000, PURPOSE_OFFER_TLS);
}
static void whole_expiry(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -400, -12);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
}
static void whole_name(struct evidence *e)
{
    ev_set_enum(&e->name.error, SOURCE_PROBE, NAME_NOT_FOUND);
    resolver(e, "10.0.0.53", NAME_NOT_FOUND, NULL);
    resolver(e, "10.0.0.54", NAME_NOT_FOUND, NULL);
}

static void what_is_whole_is_proved(void **state)
{
    static const struct {
        void (*build)(struct evidence *);
        enum cause cause;
    } whole[] = { { whole_mismatch, CAUSE_TLS_NO_COMMON },
                  { whole_hole, CAUSE_MTU_BLACK_HOLE },
                  { whole_layer, CAUSE_SECURITY_LAYER_MISMATCH },
                  { whole_expiry, CAUSE_CERT_EXPIRED },
                  { whole_name, CAUSE_NAME_NOT_RESOLVED } };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(whole); i++) {
        struct verdict *verdict = of(whole[i].build);
        assert_int_equal(certainty_of(verdict, whole[i].cause), CERTAINTY_PROVED);
        verdict_free(verdict);
    }
}

/* Codes move suspects about, and never make one surer. */
static void codes_prove_nothing(void **state)
{
    static const int64_t codes[] = { 0x904, 0x204, 0x104, 0x1B07, 0x907, 0xB09, 0x1D07, 0xE06, 0x708, 0x807, 0x4 };
    static const int64_t extended[] = { -1, 0, 7 };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(attempts); i++) {
        struct verdict *bare = of(attempts[i].build);
        for (size_t c = 0; c < COUNT_OF(codes) * COUNT_OF(extended); c++) {
            struct evidence *e = begin();
            attempts[i].build(e);
            client_said(e, codes[c % COUNT_OF(codes)], extended[c / COUNT_OF(codes)]);
            struct verdict *said = judged(e);
            for (size_t f = 0; f < said->finding_count; f++) {
                enum certainty before = certainty_of(bare, said->findings[f].cause);
                enum certainty after = said->findings[f].certainty;
                assert_true(after == before || (before == CERTAINTY_NONE && after == CERTAINTY_POSSIBLE));
            }
            assert_true(said->certainty == bare->certainty || said->cause == CAUSE_NONE);
            verdict_free(said);
            evidence_free(e);
        }
        verdict_free(bare);
    }
}

static size_t rank_in(const struct verdict *verdict, enum cause cause)
{
    size_t rank = 0;
    while (rank < verdict->finding_count && verdict->findings[rank].cause != cause) {
        rank++;
    }
    return rank;
}

static void port_silent(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
}

static void codes_move_suspects_up(void **state)
{
    (void)state;
    struct evidence *e = begin();
    port_silent(e);
    struct verdict *bare = judged(e);
    assert_true(rank_in(bare, CAUSE_FIREWALL_BLOCKS) < rank_in(bare, CAUSE_BAN_TOOL_BLOCKS_CLIENT));
    client_said(e, 0x904, -1); /* a ban tool shows as 0x904 too, a closed port does not */
    struct verdict *said = judged(e);
    assert_true(rank_in(said, CAUSE_FIREWALL_BLOCKS) > rank_in(said, CAUSE_BAN_TOOL_BLOCKS_CLIENT));
    assert_int_equal(said->cause, CAUSE_NONE);
    bool beware = false;
    for (size_t i = 0; i < said->code_notes.count; i++) {
        beware = beware || strstr(said->code_notes.items[i], "proves no cause") != NULL;
    }
    assert_true(beware);
    verdict_free(bare);
    verdict_free(said);
    evidence_free(e);
}

static void a_code_brings_its_own_caution(void **state)
{
    (void)state;
    struct evidence *e = begin();
    port_silent(e);
    client_said(e, 0x904, 7);
    struct verdict *verdict = judged(e);
    bool cautioned = false;
    for (size_t i = 0; i < verdict->code_notes.count; i++) {
        cautioned = cautioned || strstr(verdict->code_notes.items[i], "never by whom") != NULL;
    }
    assert_true(cautioned);
    verdict_free(verdict);
    evidence_free(e);
}

/* It lives for seconds when left alone, and is cut off at once when asked: that is no dead forward. */
static void a_late_close_of_its_own_is_not_unasked(void **state)
{
    (void)state;
    struct evidence *e = begin();
    closes_early(e);
    silent_connect(e, true);
    struct ev_connection *quiet = (struct ev_connection *)e->connections.items + 1;
    ev_set_int(&quiet->silent_us, SOURCE_PROBE, 3000 * MS);
    struct verdict *verdict = judged(e);
    assert_int_equal(certainty_of(verdict, CAUSE_FORWARD_DEAD_BACKEND), CERTAINTY_POSSIBLE);
    assert_int_equal(certainty_of(verdict, CAUSE_IPS_RESETS), CERTAINTY_POSSIBLE);
    verdict_free(verdict);
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_proved),
        cmocka_unit_test(what_is_whole_is_proved),
        cmocka_unit_test(codes_prove_nothing),
        cmocka_unit_test(codes_move_suspects_up),
        cmocka_unit_test(a_code_brings_its_own_caution),
        cmocka_unit_test(a_late_close_of_its_own_is_not_unasked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
