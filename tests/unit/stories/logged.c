/* Stories of what the server wrote down, in logs and in words. */
#include "unit/stories/stories.h"

#include "unit/joined_help.h"

static struct ev_event *logged(struct evidence *e, const char *log, int64_t id, int64_t last)
{
    struct ev_event *event = ev_list_add(&e->server.events, SOURCE_FILE, &event_table, 0, &help_error);
    assert_non_null(event);
    put_text(&event->log, log);
    ev_set_int(&event->id, SOURCE_FILE, id);
    ev_set_int(&event->count, SOURCE_FILE, 1);
    ev_set_int(&event->last, SOURCE_FILE, last);
    return event;
}
static void logged_refusal(struct evidence *e, int64_t code)
{
    put_text(&e->command, "read");
    struct ev_event *event = logged(e, "Security", 4625, NOW_US);
    ev_set_int(&event->code, SOURCE_FILE, code);
    ev_set_int(&event->logon_type, SOURCE_FILE, 10);
}
static void logged_no_right(struct evidence *e)
{
    put_text(&e->command, "read");
    logged(e, "Security", 4825, NOW_US);
}
static void logged_guessing(struct evidence *e)
{
    logged_refusal(e, 0xC000006A);
    struct ev_event *event = e->server.events.items;
    ev_set_int(&event->busiest_hour, SOURCE_FILE, 60);
    ev_set_int(&event->clients, SOURCE_FILE, 12);
}
static void cut_and_logged(struct evidence *e, int64_t id, int64_t last)
{
    cut_at_hello(e);
    logged(e, "System", id, last);
}
static void key_logged(struct evidence *e)
{
    cut_and_logged(e, 36870, NOW_US - 3600000000);
}
static void key_logged_long_before(struct evidence *e)
{
    cut_and_logged(e, 36870, NOW_US - 3600000001);
}
/* The log of the machine that was aimed at is whole, and nothing arrived there. */
static void closed_and_not_logged(struct evidence *e)
{
    closes_early(e);
    log_joined(e, JOINED_NAME);
    log_covers(e, "RemoteConnectionManager", NOW_US - 6 * MINUTE_US, NOW_US + 6 * MINUTE_US, 3);
}
static void no_suite_logged(struct evidence *e)
{
    cut_and_logged(e, 36874, NOW_US);
}
/* A server's log in words, of a connection that nobody saw. */
static void words_of_server(struct evidence *e, enum told_reason reason)
{
    put_text(&e->command, "read");
    ev_set_enum(&e->told.by, SOURCE_FILE, TOLD_BY_SERVER);
    ev_set_enum(&e->told.stopped, SOURCE_FILE, CHECK_TLS);
    ev_set_enum(&e->told.reason, SOURCE_FILE, (int)reason);
    put_text(&e->told.how, "it could not");
}
static void key_in_words(struct evidence *e)
{
    words_of_server(e, REASON_KEY_UNUSABLE);
}
static void weak_in_words(struct evidence *e)
{
    words_of_server(e, REASON_CERT_WEAK);
}
static void no_suite_in_words(struct evidence *e)
{
    words_of_server(e, REASON_TLS_NO_COMMON);
}
static void no_client_tls_in_words(struct evidence *e)
{
    words_of_server(e, REASON_CLIENT_LACKS_TLS);
}
static void no_file_in_words(struct evidence *e)
{
    words_of_server(e, REASON_CERT_UNREADABLE);
}
static void logged_bad_password(struct evidence *e)
{
    logged_refusal(e, 0xC000006A);
}
static void logged_locked(struct evidence *e)
{
    logged_refusal(e, 0xC0000234);
}
static void logged_disabled(struct evidence *e)
{
    logged_refusal(e, 0xC0000072);
}
static void logged_account_over(struct evidence *e)
{
    logged_refusal(e, 0xC0000193);
}
static void logged_password_over(struct evidence *e)
{
    logged_refusal(e, 0xC0000071);
}
static void logged_must_change(struct evidence *e)
{
    logged_refusal(e, 0xC0000224);
}
static void logged_wrong_hours(struct evidence *e)
{
    logged_refusal(e, 0xC000006F);
}
static void logged_wrong_machine(struct evidence *e)
{
    logged_refusal(e, 0xC0000070);
}
static void logged_wrong_type(struct evidence *e)
{
    logged_refusal(e, 0xC000015B);
}

static const struct story stories[] = {
    { logged_bad_password, CAUSE_BAD_PASSWORD, CERTAINTY_LIKELY, true },
    { logged_locked, CAUSE_ACCOUNT_LOCKED, CERTAINTY_LIKELY, true },
    { logged_disabled, CAUSE_ACCOUNT_DISABLED, CERTAINTY_LIKELY, true },
    { logged_account_over, CAUSE_ACCOUNT_EXPIRED, CERTAINTY_LIKELY, true },
    { logged_password_over, CAUSE_PASSWORD_EXPIRED, CERTAINTY_LIKELY, true },
    { logged_must_change, CAUSE_PASSWORD_MUST_CHANGE, CERTAINTY_LIKELY, true },
    { logged_wrong_hours, CAUSE_LOGON_HOURS, CERTAINTY_LIKELY, true },
    { logged_wrong_machine, CAUSE_WORKSTATION_RESTRICTED, CERTAINTY_LIKELY, true },
    { logged_wrong_type, CAUSE_LOGON_TYPE_DENIED, CERTAINTY_LIKELY, true },
    { logged_no_right, CAUSE_NO_RDP_RIGHT, CERTAINTY_LIKELY, true },
    { logged_guessing, CAUSE_BRUTE_FORCE, CERTAINTY_LIKELY, false },
    { key_logged, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { key_logged_long_before, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_POSSIBLE, true },
    { no_suite_logged, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { closed_and_not_logged, CAUSE_FORWARD_DEAD_BACKEND, CERTAINTY_LIKELY, true },
    { key_in_words, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { weak_in_words, CAUSE_CERT_WEAK, CERTAINTY_LIKELY, true },
    { no_suite_in_words, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { no_client_tls_in_words, CAUSE_CLIENT_LACKS_TLS, CERTAINTY_LIKELY, true },
    { no_file_in_words, CAUSE_CERT_MISSING, CERTAINTY_LIKELY, false },
};

const struct story_list logged_stories = { stories, COUNT_OF(stories) };
