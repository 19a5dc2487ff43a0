/* Stories of TLS and the certificate. */
#include "unit/stories/stories.h"

#include "unit/diagnose_help.h"

static void cut(struct evidence *e)
{
    cut_at_hello(e);
}
static void cut_whatever_is_offered(struct evidence *e)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_RESET, false);
}
static void cut_after_server_hello(struct evidence *e)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_CLOSED, true);
}
static void alert_40_once(struct evidence *e)
{
    alert_is(hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_ALERT, false), 40);
}
static void alert(struct evidence *e, int64_t code, bool wide_answered)
{
    alert_is(hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_ALERT, false), code);
    struct ev_hello *wide = second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE,
                                         wide_answered ? TLS_TRY_ACCEPTED : TLS_TRY_ALERT, wide_answered);
    if (!wide_answered) {
        alert_is(wide, code);
    } else {
        ev_set_int(&wide->suite, SOURCE_PROBE, 0x0084); /* Camellia, which Schannel does not offer */
    }
    alert_is(second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ALERT, false), code);
}
static void alert_40_always(struct evidence *e)
{
    alert(e, 40, false);
}
static void alert_80_always(struct evidence *e)
{
    alert(e, 80, false);
}
static void alert_40_but_not_to_all(struct evidence *e)
{
    alert(e, 40, true);
    alert_is(second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ALERT, false), 40);
}
static void plain_at_hello(struct evidence *e)
{
    open_port(e);
    (void)hello(e, chose(e, 11, 1, 0x01, 0x1234, PURPOSE_FIRST), HELLO_SCHANNEL, TLS_TRY_PLAIN, false);
}
static void bare_but_takes(struct evidence *e, int64_t suite)
{
    cut_at_hello(e);
    struct ev_hello *wide = second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_ACCEPTED, true);
    ev_set_int(&wide->suite, SOURCE_PROBE, suite);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_CLOSED, false);
}
static void bare_but_not_to_all(struct evidence *e)
{
    bare_but_takes(e, 0x0084); /* Camellia, which Schannel does not offer */
}
static void bare_but_takes_what_was_offered(struct evidence *e)
{
    bare_but_takes(e, 0x1302);
}
static void by_turns(struct evidence *e)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_ACCEPTED, true);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true);
}
static void tls13_for_a_tls10_client(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_3);
    ev_set_enum(&e->tls.versions.tls10, SOURCE_PROBE, TLS_TRY_ALERT);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
    put_text(&e->client.profile, "thin-client-old");
}
static void intercepted(struct evidence *e)
{
    healthy_windows(e);
    certificate(e, "srv.corp.example", "CN=Zscaler Root CA,O=Zscaler Inc.", -30, 150);
}
static void intercepted_and_cut(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", "CN=Zscaler Root CA,O=Zscaler Inc.", -30, 150);
    nla_ends(e, NLA_CLOSED, 0, 20 * MS);
}
static void fips(struct evidence *e)
{
    healthy_windows(e);
    client_said(e, 0xE06, -1);
}
static void expired(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -400, -12);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
}
static void expired_by_one_clock(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -400, -12);
}
static void too_early_by_one_clock(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, 20, 400);
}
static void too_early(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, 20, 400);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
}
static void wrong_name(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "mail.corp.example", "CN=Corp CA", -30, 300);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
}
static void other_certificate(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", "CN=Corp CA", -30, 300);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
    client_said(e, 0x907, -1);
}
static void churn(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", "CN=Corp CA", -1, 300);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
    client_said(e, 0x904, -1);
}
static void weak(struct evidence *e)
{
    healthy_windows(e);
    ev_set_int(&e->certificate.key.bits, SOURCE_PROBE, 1024);
}
static void unpatched(struct evidence *e)
{
    healthy_windows(e);
    ev_set_int(&e->nla.credssp_version, SOURCE_PROBE, 3);
}
static void unpatched_for_a_patched_client(struct evidence *e)
{
    unpatched(e);
    put_text(&e->client.profile, "mstsc-win10");
}

static const struct story stories[] = {
    { plain_at_hello, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { plain_at_hello, CAUSE_CERT_WEAK, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_IPS_RESETS, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_POSSIBLE, true },
    { cut_whatever_is_offered, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { cut_after_server_hello, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_POSSIBLE, true },
    { alert_80_always, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { alert_40_always, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_CERT_RENEW_FAILED, CERTAINTY_POSSIBLE, true },
    { expired, CAUSE_CERT_RENEW_FAILED, CERTAINTY_POSSIBLE, false },
    { cut, CAUSE_CERT_BINDING_WRONG, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_SCHANNEL_UPDATE_REGRESSION, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_TLS_INTERCEPTION, CERTAINTY_POSSIBLE, true },
    { alert_40_but_not_to_all, CAUSE_TLS_NO_COMMON, CERTAINTY_PROVED, true },
    { bare_but_not_to_all, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { bare_but_takes_what_was_offered, CAUSE_TLS_NO_COMMON, CERTAINTY_POSSIBLE, true },
    { alert_40_once, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { tls13_for_a_tls10_client, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { tls13_for_a_tls10_client, CAUSE_CLIENT_TOO_OLD, CERTAINTY_POSSIBLE, true },
    { intercepted, CAUSE_TLS_INTERCEPTION, CERTAINTY_POSSIBLE, false },
    { intercepted_and_cut, CAUSE_TLS_INTERCEPTION, CERTAINTY_LIKELY, true },
    { fips, CAUSE_FIPS_MISMATCH, CERTAINTY_POSSIBLE, false },
    { expired, CAUSE_CERT_EXPIRED, CERTAINTY_PROVED, false },
    { expired_by_one_clock, CAUSE_CERT_EXPIRED, CERTAINTY_LIKELY, false },
    { too_early_by_one_clock, CAUSE_CERT_NOT_YET_VALID, CERTAINTY_LIKELY, false },
    { too_early, CAUSE_CERT_NOT_YET_VALID, CERTAINTY_PROVED, false },
    { wrong_name, CAUSE_CERT_NAME_MISMATCH, CERTAINTY_PROVED, false },
    { other_certificate, CAUSE_CERT_CHANGED, CERTAINTY_POSSIBLE, false },
    { churn, CAUSE_CERT_TEMPLATE_CHURN, CERTAINTY_POSSIBLE, false },
    { weak, CAUSE_CERT_WEAK, CERTAINTY_LIKELY, false },
    { unpatched, CAUSE_CREDSSP_MISMATCH, CERTAINTY_PROVED, false },
    { unpatched_for_a_patched_client, CAUSE_CREDSSP_MISMATCH, CERTAINTY_LIKELY, true },
    { by_turns, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, true },
};

const struct story_list tls_stories = { stories, COUNT_OF(stories) };
