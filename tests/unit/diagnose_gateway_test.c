/* What a gateway's answers may and may not say: portals, proxies and other web servers stand in its place often. */
#include "unit/diagnose_help.h"

static void gateway(struct evidence *e)
{
    put_text(&e->gateway.host, "gw.corp.example");
    ev_set_int(&e->gateway.port, SOURCE_USER, 8443);
    ev_set_enum(&e->gateway.use, SOURCE_USER, GATEWAY_USE_ASKED);
    ev_set_enum(&e->checks[CHECK_GATEWAY].ran, SOURCE_PROBE, RAN_DONE);
}

static void says(struct evidence *e, int64_t status, const char *scheme, bool page, int error)
{
    struct ev_gateway_transports *all = &e->gateway.transports;
    struct ev_gateway_transport *const each[] = { &all->websocket, &all->http, &all->rpc };
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        if (status > 0) {
            ev_set_int(&each[i]->status, SOURCE_PROBE, status);
            ev_set_bool(&each[i]->page, SOURCE_PROBE, page);
        } else {
            ev_set_enum(&each[i]->error, SOURCE_PROBE, error);
        }
        if (scheme != NULL) {
            struct ev_text_item *item = ev_list_add(&each[i]->schemes, SOURCE_PROBE, &text_item_table, 0, &help_error);
            put_text(&item->text, scheme);
        }
    }
}

static void certificate_of(struct evidence *e, const char *name)
{
    struct ev_certificate *cert = &e->gateway.certificate;
    put_text(&cert->common_name, name);
    put_text(&cert->subject, "CN=gw");
    put_text(&cert->issuer, "CN=corp-ca");
    ev_set_int(&cert->not_before, SOURCE_PROBE, NOW_US - INT64_C(10) * DAY * 1000000);
    ev_set_int(&cert->not_after, SOURCE_PROBE, NOW_US + INT64_C(90) * DAY * 1000000);
    ev_set_int(&cert->verify, SOURCE_PROBE, 0);
}

static struct evidence *silent_host(void)
{
    struct evidence *e = begin();
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
    gateway(e);
    return e;
}

static void judge(struct evidence *e, enum verdict_status status, enum check_status check, const char *words)
{
    struct verdict *verdict = judged(e);
    const struct check_reading *reading = &verdict->checks[CHECK_GATEWAY];
    assert_int_equal(verdict->status, status);
    assert_int_equal(verdict->cause, CAUSE_NONE);
    assert_int_equal(reading->status, check);
    assert_string_equal(reading->summary, words);
    verdict_free(verdict);
    evidence_free(e);
}

/* A hotel's portal answers everything with its page; so does the page of a router. */
static void a_page_is_no_gateway(void **state)
{
    (void)state;
    struct evidence *e = silent_host();
    says(e, 200, NULL, true, 0);
    certificate_of(e, "gw.corp.example");
    judge(e, VERDICT_BLOCKED, STATUS_FAIL,
          "gw.corp.example: WebSocket, HTTP, RPC: 200: a web page, which no gateway sends");
    e = silent_host();
    says(e, 200, NULL, false, 0);
    certificate_of(e, "gw.corp.example");
    judge(e, VERDICT_UNKNOWN, STATUS_PASS, "gw.corp.example: WebSocket, HTTP, RPC: 200: lets in without a logon");
}

/* Its certificate carries its own name: nobody can say that the gateway's is wrong. */
static void a_portals_certificate_is_not_the_gateways(void **state)
{
    (void)state;
    struct evidence *e = silent_host();
    says(e, 302, NULL, true, 0);
    certificate_of(e, "portal.hotel.example");
    judge(e, VERDICT_BLOCKED, STATUS_FAIL,
          "gw.corp.example: WebSocket, HTTP, RPC: 302: sends elsewhere; its certificate is for another name");
}

static void a_logon_of_any_web_server_is_no_gateways(void **state)
{
    (void)state;
    struct evidence *e = silent_host();
    says(e, 401, "Basic", true, 0);
    certificate_of(e, "gw.corp.example");
    judge(e, VERDICT_UNKNOWN, STATUS_WARN,
          "gw.corp.example: WebSocket, HTTP, RPC: asks for a logon (Basic); gateways offer NTLM or Negotiate");
    e = silent_host();
    says(e, 401, "NTLM", true, 0);
    certificate_of(e, "gw.corp.example");
    judge(e, VERDICT_UNKNOWN, STATUS_PASS, "gw.corp.example: WebSocket, HTTP, RPC: asks for a logon (NTLM)");
}

/* As many schemes, and as long ones, as are kept: told as far as a line goes. */
static void a_flood_of_schemes_is_told(void **state)
{
    (void)state;
    struct evidence *e = silent_host();
    for (int i = 0; i < 8; i++) {
        says(e, 401, "AAAAAAAAAAAAAAAAAAAAAAA", false, 0);
    }
    certificate_of(e, "gw.corp.example");
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->status, VERDICT_UNKNOWN);
    assert_non_null(strstr(verdict->checks[CHECK_GATEWAY].summary, "AAAAAAA); gateways offer NTLM or Negotiate"));
    verdict_free(verdict);
    evidence_free(e);
}

/* With a proxy, what does not open is the proxy: the gateway is not even asked. */
static void a_dead_proxy_accuses_no_gateway(void **state)
{
    (void)state;
    static const struct {
        int error;
        int64_t status;
        const char *words;
    } cases[] = {
        { GATEWAY_REFUSED, 0, "the proxy px port 3128 refuses the TCP connection" },
        { GATEWAY_SILENT, 0, "the proxy px port 3128 does not answer" },
        { GATEWAY_PROXY_SAYS_NO, 403, "the proxy px port 3128 does not open the way to the gateway: 403" },
        { GATEWAY_PROXY_CLOSED, 0,
          "the proxy px port 3128 ends the request for the way to the gateway without an answer" },
    };
    static const enum cause causes[] = { CAUSE_GATEWAY_CERT, CAUSE_GATEWAY_FULL, CAUSE_GATEWAY_DENIED };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct evidence *e = silent_host();
        says(e, 0, NULL, false, cases[i].error);
        put_text(&e->gateway.proxy.host, "px");
        ev_set_int(&e->gateway.proxy.port, SOURCE_PROBE, 3128);
        if (cases[i].status > 0) {
            ev_set_int(&e->gateway.proxy.status, SOURCE_PROBE, cases[i].status);
        }
        struct verdict *verdict = judged(e);
        for (size_t k = 0; k < COUNT_OF(causes); k++) {
            assert_null(found(verdict, causes[k]));
        }
        verdict_free(verdict);
        judge(e, VERDICT_BLOCKED, STATUS_FAIL, cases[i].words);
    }
}

static bool advises(const struct verdict *verdict, const char *command)
{
    bool any = false;
    for (size_t i = 0; i < verdict->next_count; i++) {
        any = any || (verdict->next[i].command != NULL && strcmp(verdict->next[i].command, command) == 0);
    }
    return any;
}

/* The client connects to the gateway: whether the host's port opens to it says nothing. */
static void the_clients_look_is_at_the_gateway(void **state)
{
    (void)state;
    struct evidence *e = silent_host();
    says(e, 401, "NTLM", false, 0);
    certificate_of(e, "gw.corp.example");
    struct verdict *verdict = judged(e);
    assert_true(advises(verdict, "Test-NetConnection gw.corp.example -Port 8443"));
    assert_false(advises(verdict, "Test-NetConnection srv.corp.example -Port 3389"));
    verdict_free(verdict);
    evidence_free(e);
}

/* What is in front on the direct way stops nobody who goes through the gateway, when RDP answers behind it. */
static void the_direct_way_does_not_count_when_rdp_answers_behind(void **state)
{
    (void)state;
    struct evidence *e = begin();
    closes_early(e);
    silent_connect(e, true);
    gateway(e);
    says(e, 401, "NTLM", false, 0);
    certificate_of(e, "gw.corp.example");
    ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_OPEN);
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->status, VERDICT_BLOCKED); /* nobody saw what is behind */
    assert_int_equal(verdict->stopped_at, CHECK_NEGOTIATION);
    verdict_free(verdict);
    ev_set_enum(&e->gateway.tunnel.behind, SOURCE_PROBE, GATEWAY_BEHIND_RDP);
    verdict = judged(e);
    assert_int_equal(verdict->status, VERDICT_OK);
    assert_false(verdict->stopped);
    assert_null(found(verdict, CAUSE_FORWARD_DEAD_BACKEND));
    assert_int_equal(verdict->checks[CHECK_NEGOTIATION].status, STATUS_SKIP);
    assert_string_equal(verdict->checks[CHECK_GATEWAY].summary,
                        "gw.corp.example opens the channel to the target; RDP answers there");
    verdict_free(verdict);
    evidence_free(e);
}

/* MS-TSGU 3.2.6 has it for calls in a wrong state, our own fault then: no policy is shown by it. */
static void access_denied_is_no_policy(void **state)
{
    (void)state;
    static const int64_t codes[] = { 5, 0x80070005 };
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct evidence *e = silent_host();
        says(e, 401, "NTLM", false, 0);
        certificate_of(e, "gw.corp.example");
        ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_CHANNEL);
        ev_set_int(&e->gateway.tunnel.code, SOURCE_PROBE, codes[i]);
        struct verdict *verdict = judged(e);
        const struct finding *finding = found(verdict, CAUSE_GATEWAY_DENIED);
        assert_int_equal(verdict->status, VERDICT_BLOCKED);
        assert_int_equal(verdict->cause, CAUSE_NONE);
        assert_non_null(finding);
        assert_int_equal(finding->certainty, CERTAINTY_POSSIBLE);
        verdict_free(verdict);
        evidence_free(e);
    }
}

/* A refusal's meaning stands inside a sentence. */
static void a_refusal_has_no_full_stop_inside(void **state)
{
    (void)state;
    struct evidence *e = silent_host();
    says(e, 401, "NTLM", false, 0);
    certificate_of(e, "gw.corp.example");
    ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_CHANNEL);
    ev_set_int(&e->gateway.tunnel.code, SOURCE_PROBE, 0x800759DD);
    judge(e, VERDICT_BLOCKED, STATUS_FAIL,
          "it refuses the channel to the target: 0x800759DD: The gateway itself could not connect to the target (event "
          "304, 23005)");
}

/* The gateway refuses: what was seen of the host, or of what answers in its place, past the gateway is not why. */
static void a_refusing_gateway_is_not_the_hosts_fault(void **state)
{
    (void)state;
    struct evidence *e = begin();
    open_port(e);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS), 11, NEGO_NOT_RDP);
    ev_set_enum(&e->negotiation.speaks, SOURCE_PROBE, SPEAKS_HTTP);
    gateway(e);
    says(e, 403, NULL, false, 0);
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->stopped_at, CHECK_GATEWAY);
    assert_null(found(verdict, CAUSE_WRONG_PROTOCOL));
    assert_int_equal(verdict->checks[CHECK_NEGOTIATION].status, STATUS_SKIP);
    assert_string_equal(verdict->checks[CHECK_NEGOTIATION].why,
                        "directly: what answers on port 3389 speaks HTTP; the way goes through the gateway");
    verdict_free(verdict);
    evidence_free(e);

    e = begin();
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_RESET, false);
    gateway(e);
    says(e, 403, NULL, false, 0);
    verdict = judged(e);
    assert_int_equal(verdict->stopped_at, CHECK_GATEWAY);
    assert_false(found(verdict, CAUSE_RDP_KEY_UNREADABLE)->blocks);
    assert_true(found(verdict, CAUSE_GATEWAY_DENIED)->blocks);
    assert_int_equal(verdict->cause, CAUSE_NONE);
    verdict_free(verdict);
    evidence_free(e);
}

/* A channel that leads to no RDP lets nobody in. */
static void a_channel_to_nothing_is_no_way(void **state)
{
    (void)state;
    static const struct {
        enum gateway_behind behind;
        const char *words;
    } cases[] = {
        { GATEWAY_BEHIND_REFUSES, "RDP refuses the negotiation there" },
        { GATEWAY_BEHIND_OTHER, "what answers there is no RDP" },
        { GATEWAY_BEHIND_CLOSED, "it is closed there without an answer" },
        { GATEWAY_BEHIND_SILENT, "nothing answers there" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char wanted[200];
        struct evidence *e = silent_host();
        says(e, 401, "NTLM", false, 0);
        certificate_of(e, "gw.corp.example");
        ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_OPEN);
        ev_set_enum(&e->gateway.tunnel.behind, SOURCE_PROBE, (int)cases[i].behind);
        snprintf(wanted, sizeof wanted, "gw.corp.example opens the channel to the target; %s", cases[i].words);
        judge(e, VERDICT_BLOCKED, STATUS_FAIL, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_no_gateway),
        cmocka_unit_test(a_portals_certificate_is_not_the_gateways),
        cmocka_unit_test(a_logon_of_any_web_server_is_no_gateways),
        cmocka_unit_test(a_flood_of_schemes_is_told),
        cmocka_unit_test(a_dead_proxy_accuses_no_gateway),
        cmocka_unit_test(the_clients_look_is_at_the_gateway),
        cmocka_unit_test(access_denied_is_no_policy),
        cmocka_unit_test(a_refusal_has_no_full_stop_inside),
        cmocka_unit_test(a_refusing_gateway_is_not_the_hosts_fault),
        cmocka_unit_test(a_channel_to_nothing_is_no_way),
        cmocka_unit_test(the_direct_way_does_not_count_when_rdp_answers_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
