/* Stories of a logon that this run tried. */
#include "unit/stories/stories.h"

#include "unit/diagnose_help.h"

static void logon_ends(struct evidence *e, enum logon_ended ended)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -30, 150);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
    ev_set_enum(&e->logon.form, SOURCE_USER, LOGON_DOMAIN);
    ev_set_enum(&e->logon.package, SOURCE_PROBE, LOGON_NTLM_RAW);
    ev_set_bool(&e->logon.proof, SOURCE_PROBE, true);
    ev_set_bool(&e->logon.sent, SOURCE_PROBE, false);
    ev_set_int(&e->logon.after_us, SOURCE_PROBE, 20 * MS);
    ev_set_enum(&e->logon.ended, SOURCE_PROBE, (int)ended);
}
static void logon_answer(struct evidence *e, int64_t code)
{
    logon_ends(e, LOGON_ERROR_CODE);
    ev_set_int(&e->logon.error, SOURCE_PROBE, code);
}
#define LOGON_STORY(name, code)                                                                                        \
    static void name(struct evidence *e)                                                                               \
    {                                                                                                                  \
        logon_answer(e, code);                                                                                         \
    }
LOGON_STORY(logon_wrong, 0xC000006D)
LOGON_STORY(logon_locked, 0xC0000234)
LOGON_STORY(logon_disabled, 0xC0000072)
LOGON_STORY(logon_account_over, 0xC0000193)
LOGON_STORY(logon_password_over, 0xC0000071)
LOGON_STORY(logon_must_change, 0xC0000224)
LOGON_STORY(logon_wrong_hours, 0xC000006F)
LOGON_STORY(logon_wrong_machine, 0xC0000070)
LOGON_STORY(logon_restricted, 0xC000006E)
LOGON_STORY(logon_wrong_type, 0xC000015B)
LOGON_STORY(logon_bad_bindings, 0xC000035B)
LOGON_STORY(logon_skewed, 0xC0000133)
LOGON_STORY(logon_no_service, 0x80090322)
LOGON_STORY(logon_no_dc, 0xC000005E)
LOGON_STORY(logon_no_ntlm, 0xC0000418)
LOGON_STORY(logon_denied_by_sspi, 0x8009030C)
static void logon_no_right(struct evidence *e)
{
    logon_ends(e, LOGON_GOOD);
    ev_set_bool(&e->logon.sent, SOURCE_PROBE, true);
    ev_set_enum(&e->logon.right, SOURCE_PROBE, LOGON_RIGHT_DENIED);
    ev_set_int(&e->logon.right_code, SOURCE_PROBE, 5);
}
static void logon_closes(struct evidence *e)
{
    logon_ends(e, LOGON_CLOSED);
}
static void logon_closes_late(struct evidence *e)
{
    logon_ends(e, LOGON_CLOSED);
    ev_set_int(&e->logon.after_us, SOURCE_PROBE, 12000 * MS);
}
static void freerdp_closes(struct evidence *e)
{
    uint8_t confirm[] = { 3, 0, 0, 19, 14, 0xd0, 0, 0, 0, 0, 0, 2, 0, 8, 0, 2, 0, 0, 0 };
    logon_ends(e, LOGON_CLOSED);
    struct ev_offer *offer = e->negotiation.offers.items;
    ev_set_int(&offer->selected, SOURCE_PROBE, 2);
    struct ev_connection *connection = e->connections.items;
    assert_true(ev_set_bytes(&connection->confirm_hex, SOURCE_PROBE, confirm, sizeof confirm, &help_error));
}
static void another_key(struct evidence *e)
{
    logon_ends(e, LOGON_BINDING_WRONG);
    ev_set_bool(&e->logon.bound, SOURCE_PROBE, false);
}
static void ticket_without_service(struct evidence *e)
{
    logon_ends(e, LOGON_GOOD);
    ev_set_enum(&e->logon.kerberos.result, SOURCE_PROBE, KERBEROS_NO_SUCH_SERVICE);
}
static void entra_account(struct evidence *e)
{
    healthy_windows(e);
    ev_set_enum(&e->logon.form, SOURCE_USER, LOGON_ENTRA);
}
static void good_but_the_client_failed(struct evidence *e)
{
    logon_ends(e, LOGON_GOOD);
    client_said(e, 0x807, -1);
}

static const struct story stories[] = {
    { logon_wrong, CAUSE_BAD_PASSWORD, CERTAINTY_PROVED, true },
    { logon_denied_by_sspi, CAUSE_BAD_PASSWORD, CERTAINTY_LIKELY, true },
    { logon_denied_by_sspi, CAUSE_ACCOUNT_LOCKED, CERTAINTY_POSSIBLE, true },
    { freerdp_closes, CAUSE_BAD_PASSWORD, CERTAINTY_LIKELY, true },
    { logon_closes, CAUSE_BAD_PASSWORD, CERTAINTY_POSSIBLE, true },
    { logon_locked, CAUSE_ACCOUNT_LOCKED, CERTAINTY_PROVED, true },
    { logon_disabled, CAUSE_ACCOUNT_DISABLED, CERTAINTY_PROVED, true },
    { logon_account_over, CAUSE_ACCOUNT_EXPIRED, CERTAINTY_PROVED, true },
    { logon_password_over, CAUSE_PASSWORD_EXPIRED, CERTAINTY_PROVED, true },
    { logon_must_change, CAUSE_PASSWORD_MUST_CHANGE, CERTAINTY_PROVED, true },
    { logon_wrong_hours, CAUSE_LOGON_HOURS, CERTAINTY_PROVED, true },
    { logon_wrong_machine, CAUSE_WORKSTATION_RESTRICTED, CERTAINTY_PROVED, true },
    { logon_restricted, CAUSE_WORKSTATION_RESTRICTED, CERTAINTY_LIKELY, true },
    { logon_restricted, CAUSE_NTLM_BLOCKED, CERTAINTY_POSSIBLE, true },
    { logon_wrong_type, CAUSE_LOGON_TYPE_DENIED, CERTAINTY_PROVED, true },
    { logon_no_right, CAUSE_NO_RDP_RIGHT, CERTAINTY_PROVED, true },
    { logon_bad_bindings, CAUSE_CHANNEL_BINDING_NTLMV1, CERTAINTY_POSSIBLE, true },
    { logon_bad_bindings, CAUSE_TLS_INTERCEPTION, CERTAINTY_POSSIBLE, true },
    { another_key, CAUSE_TLS_INTERCEPTION, CERTAINTY_LIKELY, true },
    { logon_closes, CAUSE_TLS_INTERCEPTION, CERTAINTY_POSSIBLE, true },
    { logon_skewed, CAUSE_KERBEROS_SKEW, CERTAINTY_LIKELY, true },
    { logon_no_service, CAUSE_SPN_MISSING_OR_ALIAS, CERTAINTY_POSSIBLE, true },
    { ticket_without_service, CAUSE_SPN_MISSING_OR_ALIAS, CERTAINTY_POSSIBLE, false },
    { logon_no_dc, CAUSE_NLA_NO_DC, CERTAINTY_LIKELY, true },
    { logon_closes_late, CAUSE_NLA_NO_DC, CERTAINTY_POSSIBLE, true },
    { logon_no_ntlm, CAUSE_NTLM_BLOCKED, CERTAINTY_LIKELY, true },
    { entra_account, CAUSE_ENTRA_OR_PIN_ACCOUNT, CERTAINTY_POSSIBLE, false },
    { good_but_the_client_failed, CAUSE_SAVED_CREDENTIAL_STALE, CERTAINTY_POSSIBLE, false },
};

const struct story_list logon_stories = { stories, COUNT_OF(stories) };
