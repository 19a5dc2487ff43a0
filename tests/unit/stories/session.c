/* Stories of the start of a session. */
#include "unit/stories/stories.h"

#include "unit/diagnose_help.h"

static struct ev_session *session_ends(struct evidence *e, enum session_phase phase, enum session_ended ended)
{
    struct ev_session *session = &e->session;
    tls_up(e, chose(e, 11, 1, 0x1f, 0x1234, PURPOSE_FIRST), TLS_1_3);
    certificate(e, "srv.corp.example", NULL, -10, 90);
    ev_set_enum(&session->security, SOURCE_PROBE, SESSION_OVER_TLS);
    ev_set_enum(&session->phase, SOURCE_PROBE, (int)phase);
    ev_set_enum(&session->ended, SOURCE_PROBE, (int)ended);
    ev_set_enum(&session->ended_by, SOURCE_PROBE, SESSION_BY_SERVER);
    ev_set_int(&session->after_us, SOURCE_PROBE, 2 * MS);
    return session;
}
static void error_info(struct evidence *e, int64_t code)
{
    struct ev_session *session = session_ends(e, SESSION_LICENSING, SESSION_ERROR_INFO);
    ev_set_int(&session->error, SOURCE_PROBE, code);
}
#define ERROR_INFO(name, code)                                                                                         \
    static void name(struct evidence *e)                                                                               \
    {                                                                                                                  \
        error_info(e, code);                                                                                           \
    }
ERROR_INFO(session_denied, 0x7)
ERROR_INFO(session_no_right, 0x9)
ERROR_INFO(session_taken, 0x5)
ERROR_INFO(session_idle, 0x3)
ERROR_INFO(session_no_memory, 0x6)
ERROR_INFO(session_no_picture, 0x11)
ERROR_INFO(session_broker, 0x400)
ERROR_INFO(session_wrong_package, 0x1194)
ERROR_INFO(licence_internal, 0x100)
ERROR_INFO(licence_no_server, 0x101)
ERROR_INFO(licence_none, 0x102)
ERROR_INFO(licence_store, 0x104)
static void licence_alert_6(struct evidence *e)
{
    struct ev_session *session = session_ends(e, SESSION_LICENSING, SESSION_LICENCE);
    ev_set_int(&session->licence.code, SOURCE_PROBE, 6);
}
static void licence_cut(struct evidence *e)
{
    struct ev_session *session = session_ends(e, SESSION_LICENSING, SESSION_CLOSED);
    ev_set_int(&session->licence.requests, SOURCE_PROBE, 1);
}
static void session_cut_late(struct evidence *e)
{
    session_ends(e, SESSION_CAPABILITIES, SESSION_CLOSED);
}
static void session_ready(struct evidence *e)
{
    struct ev_session *session = session_ends(e, SESSION_CAPABILITIES, SESSION_READY);
    ev_set_bool(&session->demanded, SOURCE_PROBE, true);
}
static void session_ready_for_another(struct evidence *e)
{
    session_ready(e);
    client_said(e, 0x808, 0x104);
}
static void session_all_taken(struct evidence *e)
{
    session_ready(e);
    struct ev_session_logon *logon =
        ev_list_add(&e->session.logons, SOURCE_PROBE, &session_logon_table, SESSION_LOGONS_MAX, &help_error);
    ev_set_int(&logon->info, SOURCE_PROBE, 3);
    ev_set_int(&logon->type, SOURCE_PROBE, 0xfffffffb);
}
static void logon_screen(struct evidence *e, int64_t status, int64_t data)
{
    session_ready(e);
    struct ev_session_logon *logon =
        ev_list_add(&e->session.logons, SOURCE_PROBE, &session_logon_table, SESSION_LOGONS_MAX, &help_error);
    ev_set_int(&logon->info, SOURCE_PROBE, 3);
    ev_set_int(&logon->type, SOURCE_PROBE, status);
    ev_set_int(&logon->data, SOURCE_PROBE, data);
}
#define SCREEN(name, status, data)                                                                                     \
    static void name(struct evidence *e)                                                                               \
    {                                                                                                                  \
        logon_screen(e, status, data);                                                                                 \
    }
SCREEN(screen_wrong, 0xC000006D, 0)
SCREEN(screen_locked, 0xC0000234, 2)
SCREEN(screen_disabled, 0xC0000072, 2)
SCREEN(screen_account_over, 0xC0000193, 2)
SCREEN(screen_password_over, 0xC0000071, 1)
SCREEN(screen_must_change, 0xC0000224, 1)
SCREEN(screen_wrong_hours, 0xC000006F, 2)
SCREEN(screen_wrong_machine, 0xC0000070, 2)
SCREEN(screen_wrong_type, 0xC000015B, 2)
static void session_wants_fips(struct evidence *e)
{
    open_port(e);
    chose(e, 11, 0, 0x01, 0x0000, PURPOSE_FIRST);
    ev_set_enum(&e->session.encryption.level, SOURCE_PROBE, SESSION_LEVEL_FIPS);
    client_said(e, 0xE06, -1);
}

static const struct story stories[] = {
    { session_denied, CAUSE_NO_RDP_RIGHT, CERTAINTY_POSSIBLE, true },
    { session_denied, CAUSE_LOGON_TYPE_DENIED, CERTAINTY_POSSIBLE, true },
    { session_denied, CAUSE_SESSION_LIMIT, CERTAINTY_POSSIBLE, true },
    { session_no_right, CAUSE_NO_RDP_RIGHT, CERTAINTY_LIKELY, true },
    { session_taken, CAUSE_SESSION_LIMIT, CERTAINTY_LIKELY, true },
    { session_all_taken, CAUSE_SESSION_LIMIT, CERTAINTY_LIKELY, true },
    { screen_wrong, CAUSE_BAD_PASSWORD, CERTAINTY_LIKELY, true },
    { screen_locked, CAUSE_ACCOUNT_LOCKED, CERTAINTY_LIKELY, true },
    { screen_disabled, CAUSE_ACCOUNT_DISABLED, CERTAINTY_LIKELY, true },
    { screen_account_over, CAUSE_ACCOUNT_EXPIRED, CERTAINTY_LIKELY, true },
    { screen_password_over, CAUSE_PASSWORD_EXPIRED, CERTAINTY_LIKELY, true },
    { screen_must_change, CAUSE_PASSWORD_MUST_CHANGE, CERTAINTY_LIKELY, true },
    { screen_wrong_hours, CAUSE_LOGON_HOURS, CERTAINTY_LIKELY, true },
    { screen_wrong_machine, CAUSE_WORKSTATION_RESTRICTED, CERTAINTY_LIKELY, true },
    { screen_wrong_type, CAUSE_LOGON_TYPE_DENIED, CERTAINTY_LIKELY, true },
    { screen_wrong_type, CAUSE_NO_RDP_RIGHT, CERTAINTY_POSSIBLE, true },
    { session_idle, CAUSE_SESSION_LIMIT_POLICY, CERTAINTY_LIKELY, true },
    { session_no_memory, CAUSE_SERVER_RESOURCES, CERTAINTY_POSSIBLE, true },
    { session_no_picture, CAUSE_GRAPHICS_START_FAILED, CERTAINTY_POSSIBLE, true },
    { session_broker, CAUSE_BROKER_DOWN, CERTAINTY_POSSIBLE, true },
    { session_wrong_package, CAUSE_FIPS_MISMATCH, CERTAINTY_LIKELY, true },
    { session_wants_fips, CAUSE_FIPS_MISMATCH, CERTAINTY_LIKELY, false },
    { licence_internal, CAUSE_LICENCE_EXCHANGE_FAILED, CERTAINTY_LIKELY, true },
    { licence_no_server, CAUSE_LICENCE_NO_SERVER, CERTAINTY_LIKELY, true },
    { licence_alert_6, CAUSE_LICENCE_NO_SERVER, CERTAINTY_LIKELY, true },
    { licence_none, CAUSE_LICENCE_NONE, CERTAINTY_LIKELY, true },
    { licence_store, CAUSE_LICENCE_CLIENT_STORE, CERTAINTY_POSSIBLE, true },
    { session_ready_for_another, CAUSE_LICENCE_CLIENT_STORE, CERTAINTY_LIKELY, false },
    { licence_cut, CAUSE_LICENCE_NO_SERVER, CERTAINTY_POSSIBLE, true },
    { licence_cut, CAUSE_LICENCE_NONE, CERTAINTY_POSSIBLE, true },
    { licence_cut, CAUSE_LICENCE_EXCHANGE_FAILED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_GRAPHICS_START_FAILED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_PROFILE_LOAD_FAILED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_AUDIO_BLOCK, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_TERMSRV_WRAPPED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_LISTENER_MISCONFIGURED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
};

const struct story_list session_stories = { stories, COUNT_OF(stories) };
