/* Stories of NLA as far as it goes without a password, and load. */
#include "unit/stories/stories.h"

#include "unit/diagnose_help.h"

static void nla_error(struct evidence *e, int64_t code)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    nla_ends(e, NLA_ERROR_CODE, code, 20 * MS);
}
static void not_supported(struct evidence *e)
{
    nla_error(e, 0xC00000BB);
}
static void no_dc(struct evidence *e)
{
    nla_error(e, 0xC000005E);
}
static void nla_internal(struct evidence *e)
{
    nla_error(e, 0x80090304);
}
static void nla_silence(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    nla_ends(e, NLA_SILENT, 0, 8000 * MS);
}
static void nla_closes(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    nla_ends(e, NLA_CLOSED, 0, 20 * MS);
}
static void skew(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -30, 150);
    challenge(e, "srv.corp.example", "10.0.20348", 3600);
}
static void skew_error(struct evidence *e)
{
    nla_error(e, 0xC0000133);
}
static void skew_of_kerberos(struct evidence *e)
{
    skew(e);
    client_said(e, 0x1D07, -1);
}
static void alias(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    challenge(e, "node1.corp.example", "10.0.20348", 0);
    client_said(e, 0x80090322, -1);
}
static void slow_twice(struct evidence *e)
{
    target_is(e, "srv.corp.example", "93.184.216.34", NAME_FORM_FQDN);
    healthy_windows(e);
    for (int i = 0; i < 2; i++) {
        struct ev_int_item *item = ev_list_add(&e->load.confirm_us, SOURCE_PROBE, &int_item_table, 0, &help_error);
        ev_set_int(&item->value, SOURCE_PROBE, (4 + i) * 1000 * MS);
    }
}
static void public_and_closed(struct evidence *e)
{
    target_is(e, "srv.corp.example", "93.184.216.34", NAME_FORM_FQDN);
    closes_early(e);
}

static const struct story stories[] = {
    { public_and_closed, CAUSE_RST_INJECTION_OR_NAT_EXPIRY, CERTAINTY_POSSIBLE, true },
    { public_and_closed, CAUSE_BRUTE_FORCE, CERTAINTY_POSSIBLE, true },
    { not_supported, CAUSE_CREDSSP_MISMATCH, CERTAINTY_POSSIBLE, true },
    { not_supported, CAUSE_NTLM_BLOCKED, CERTAINTY_LIKELY, true },
    { nla_closes, CAUSE_NTLM_BLOCKED, CERTAINTY_POSSIBLE, true },
    { no_dc, CAUSE_NLA_NO_DC, CERTAINTY_LIKELY, true },
    { nla_silence, CAUSE_NLA_NO_DC, CERTAINTY_POSSIBLE, true },
    { nla_internal, CAUSE_NLA_NO_DC, CERTAINTY_POSSIBLE, true },
    { skew, CAUSE_CLOCK_SKEW, CERTAINTY_PROVED, false },
    { skew_error, CAUSE_CLOCK_SKEW, CERTAINTY_LIKELY, true },
    { skew_of_kerberos, CAUSE_KERBEROS_SKEW, CERTAINTY_POSSIBLE, false },
    { alias, CAUSE_SPN_MISSING_OR_ALIAS, CERTAINTY_POSSIBLE, false },
    { slow_twice, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, false },
    { slow_twice, CAUSE_BRUTE_FORCE, CERTAINTY_POSSIBLE, false },
    { slow_twice, CAUSE_SERVER_RESOURCES, CERTAINTY_POSSIBLE, false },
};

const struct story_list nla_stories = { stories, COUNT_OF(stories) };
