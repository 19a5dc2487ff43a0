/* What is told and not gone. */
#include "unit/diagnose_help.h"

#include "base/alloc.h"
#include "ways/hints.h"

static void refused(struct evidence *e, int64_t code, enum logon_form form)
{
    ev_set_enum(&e->logon.form, SOURCE_USER, (int)form);
    ev_set_enum(&e->logon.ended, SOURCE_PROBE, LOGON_ERROR_CODE);
    ev_set_int(&e->logon.error, SOURCE_PROBE, code);
}

static void in_domain(struct evidence *e)
{
    put_text(&e->nla.target.netbios_domain, "CORP");
    put_text(&e->nla.target.netbios_computer, "SRV-01");
    put_text(&e->nla.target.dns_domain, "corp.example");
    put_text(&e->nla.target.dns_computer, "srv-01.corp.example");
}

/* "id: command; ..." */
static void hints_are(const struct evidence *e, const struct verdict *verdict, bool found, const char *wanted)
{
    struct tried plain = { .evidence = e };
    struct way_hint hints[HINT_COUNT];
    char got[4096] = "";
    const size_t count = ways_hints(&plain, 1, verdict, found, hints);
    for (size_t i = 0; i < count; i++) {
        assert_true(hints[i].words[0] != '\0');
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s: %s", i > 0 ? "; " : "",
                 ways_hint_name(hints[i].id), hints[i].command);
    }
    assert_string_equal(got, wanted);
}

static const struct verdict at_logon = { .status = VERDICT_BLOCKED, .stopped = true, .stopped_at = CHECK_LOGON };

static void the_form_of_the_account_is_told_where_it_can_be_why(void **state)
{
    (void)state;
    static const struct {
        int64_t code;
        enum logon_form form;
        const char *command; /* NULL: none */
    } rows[] = {
        { 0xC0000064, LOGON_PLAIN, "srv.corp.example:3389 --user 'USER@corp.example'" },
        { 0xC000006D, LOGON_DOMAIN, "srv.corp.example:3389 --user 'USER@corp.example'" },
        { 0xC000006D, LOGON_UPN, "srv.corp.example:3389 --user 'CORP\\USER'" },
        { 0xC000005E, LOGON_LOCAL, "srv.corp.example:3389 --user 'USER@corp.example'" },
        { 0xC0000418, LOGON_DOMAIN, "srv-01.corp.example:3389 --user 'USER@corp.example'" },
        { 0xC0000418, LOGON_UPN, NULL }, /* that is the form for Kerberos already */
        { 0xC000006D, LOGON_ENTRA, NULL },
        { 0xC000006A, LOGON_PLAIN, NULL }, /* the account is known, the password is wrong */
        { 0xC0000234, LOGON_PLAIN, NULL }, /* locked: not one more */
        { 0xC0000071, LOGON_PLAIN, NULL },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct evidence *e = begin();
        char wanted[300] = "";
        in_domain(e);
        refused(e, rows[i].code, rows[i].form);
        if (rows[i].command != NULL) {
            snprintf(wanted, sizeof wanted, "user-form: rdpwhy fallback %s", rows[i].command);
        }
        hints_are(e, &at_logon, false, wanted);
        evidence_free(e);
    }
}

static void a_server_in_no_domain_has_its_own_accounts_only(void **state)
{
    (void)state;
    struct evidence *e = begin();
    put_text(&e->nla.target.netbios_domain, "srv-01");
    put_text(&e->nla.target.netbios_computer, "SRV-01");
    put_text(&e->nla.target.dns_domain, "srv-01");
    refused(e, 0xC000006D, LOGON_DOMAIN);
    hints_are(e, &at_logon, false, "user-form: rdpwhy fallback srv.corp.example:3389 --user '.\\USER'");
    refused(e, 0xC000006D, LOGON_LOCAL);
    hints_are(e, &at_logon, false, "");
    evidence_free(e);
}

static void what_a_server_calls_itself_is_no_shell(void **state)
{
    (void)state;
    struct evidence *e = begin();
    put_text(&e->nla.target.netbios_domain, "C';reboot;'");
    put_text(&e->nla.target.netbios_computer, "SRV-01");
    put_text(&e->nla.target.dns_domain, "$(reboot)");
    refused(e, 0xC000006D, LOGON_PLAIN);
    hints_are(e, &at_logon, false, "user-form: rdpwhy fallback srv.corp.example:3389 --user '.\\USER'");
    evidence_free(e);
}

static void a_kdc_that_knows_nobody_and_one_that_is_not_there(void **state)
{
    (void)state;
    struct evidence *e = begin();
    in_domain(e);
    ev_set_enum(&e->logon.form, SOURCE_USER, LOGON_UPN);
    ev_set_enum(&e->logon.ended, SOURCE_PROBE, LOGON_KDC_REFUSED);
    ev_set_enum(&e->logon.kerberos.result, SOURCE_PROBE, KERBEROS_NO_SUCH_USER);
    hints_are(e, &at_logon, false, "user-form: rdpwhy fallback srv.corp.example:3389 --user 'CORP\\USER'");
    ev_set_enum(&e->logon.kerberos.result, SOURCE_PROBE, KERBEROS_BAD_PASSWORD);
    hints_are(e, &at_logon, false, "");
    ev_set_enum(&e->logon.kerberos.result, SOURCE_PROBE, KERBEROS_NO_KDC);
    ev_set_enum(&e->logon.ended, SOURCE_PROBE, LOGON_CLOSED);
    hints_are(e, &at_logon, false, "user-form: rdpwhy fallback srv.corp.example:3389 --user 'CORP\\USER'");
    ev_set_enum(&e->logon.ended, SOURCE_PROBE, LOGON_GOOD);
    hints_are(e, &at_logon, false, "");
    evidence_free(e);
}

static void udp_gateway_and_port_are_for_the_user_to_say(void **state)
{
    (void)state;
    struct evidence *e = begin();
    struct finding udp = { .cause = CAUSE_UDP_TRANSPORT_BROKEN, .certainty = CERTAINTY_LIKELY };
    struct verdict verdict = { .status = VERDICT_DEGRADED, .findings = &udp, .finding_count = 1 };
    hints_are(e, &verdict, false, "no-udp: rdpwhy fix udp-transport-broken");
    udp.certainty = CERTAINTY_POSSIBLE;
    hints_are(e, &verdict, false, "");
    verdict = (struct verdict){ .status = VERDICT_BLOCKED, .stopped = true, .stopped_at = CHECK_TCP };
    hints_are(e, &verdict, false,
              "gateway: rdpwhy fallback srv.corp.example:3389 --gateway GATEWAY --user 'DOMAIN\\USER'; "
              "port: rdpwhy fallback srv.corp.example:3389 --ports PORT");
    hints_are(e, &verdict, true, "");
    put_text(&e->gateway.host, "gw");
    hints_are(e, &verdict, false, "port: rdpwhy fallback srv.corp.example:3389 --ports PORT");
    verdict.stopped_at = CHECK_NLA;
    verdict.cause = CAUSE_TLS_INTERCEPTION;
    hints_are(e, &verdict, false, "less-security: ");
    target_is(e, "2001:db8::17", "2001:db8::17", NAME_FORM_IPV6);
    verdict.cause = CAUSE_NONE;
    verdict.stopped_at = CHECK_TCP;
    hints_are(e, &verdict, false, "port: rdpwhy fallback [2001:db8::17]:3389 --ports PORT");
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_form_of_the_account_is_told_where_it_can_be_why),
        cmocka_unit_test(a_server_in_no_domain_has_its_own_accounts_only),
        cmocka_unit_test(what_a_server_calls_itself_is_no_shell),
        cmocka_unit_test(a_kdc_that_knows_nobody_and_one_that_is_not_there),
        cmocka_unit_test(udp_gateway_and_port_are_for_the_user_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
