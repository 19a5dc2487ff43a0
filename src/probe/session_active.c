/* Demand Active, and with an account what follows it, until the server says how the logon went (MS-RDPBCGR 1.3.1.1:
 * capabilities exchange, connection finalization; 2.2.10.1). */
#include "base/clock.h"
#include "probe/probe_internal.h"
#include "probe/session.h"

enum { DEMANDS_MAX = 4, SERVER_CHANNEL = 1002, FONT_ENTRY = 50, FONT_FIRST_LAST = 3 };

static void watch_over(void *context)
{
    struct attempt *attempt = context;
    if (attempt->stream != NULL && attempt->doing != NULL) {
        session_ready(attempt);
    }
}

static bool confirm(struct attempt *attempt, struct error *error)
{
    uint8_t bytes[1024];
    struct session *session = attempt->session;
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct share share = {
        .type = SHARE_CONFIRM_ACTIVE,
        .source = session->user,
        .id = session->share,
        .descriptor = slice_of("RDPWHY", 7),
    };
    if (!share_active_write(&writer, &share)) {
        return error_set(error, ERROR_INTERNAL, "the Confirm Active could not be written");
    }
    return session_send(attempt, session->io_channel, 0, &writer, error);
}

/* Synchronize, Control (cooperate, request), Font List: 2.2.1.14 to 2.2.1.18. */
static bool finalize(struct attempt *attempt, struct error *error)
{
    static const uint8_t synchronize[] = { 1, 0, SERVER_CHANNEL & 0xff, SERVER_CHANNEL >> 8 };
    static const uint8_t cooperate[] = { CONTROL_COOPERATE, 0, 0, 0, 0, 0, 0, 0 };
    static const uint8_t request[] = { CONTROL_REQUEST, 0, 0, 0, 0, 0, 0, 0 };
    static const uint8_t fonts[] = { 0, 0, 0, 0, FONT_FIRST_LAST, 0, FONT_ENTRY, 0 };
    return session_send_share(attempt, SHARE_SYNCHRONIZE, synchronize, sizeof(synchronize), error) &&
           session_send_share(attempt, SHARE_CONTROL, cooperate, sizeof(cooperate), error) &&
           session_send_share(attempt, SHARE_CONTROL, request, sizeof(request), error) &&
           session_send_share(attempt, SHARE_FONT_LIST, fonts, sizeof(fonts), error);
}

static bool demand_got(struct attempt *attempt, const struct share *share, struct error *error)
{
    struct session *session = attempt->session;
    struct ev_session *group = session_group(attempt);
    session->share = share->id;
    if (session->phase < SESSION_CAPABILITIES) {
        session_enter_phase(attempt, SESSION_CAPABILITIES);
    }
    ev_set_bool(&group->demanded, SOURCE_PROBE, true);
    ev_set_int(&group->sets, SOURCE_PROBE, share->set_count);
    if (session->user_told == SESSION_NOBODY || session->user_told == SESSION_WITHHELD ||
        ++session->demands > DEMANDS_MAX) {
        session_ready(attempt);
        return true;
    }
    session_enter_phase(attempt, SESSION_ACTIVE);
    if (session->watch == NULL) {
        session->watch = net_timer_start(attempt->run->loop, run_limit_us(attempt->run, SESSION_WATCH_US), watch_over,
                                         attempt, error);
        if (session->watch == NULL) {
            return false;
        }
    }
    return confirm(attempt, error) && finalize(attempt, error);
}

static bool note_logon(struct attempt *attempt, const struct share *share, struct error *error)
{
    struct ev_list *list = &session_group(attempt)->logons;
    if (list->count == SESSION_LOGONS_MAX) {
        return true;
    }
    struct ev_session_logon *item = ev_list_add(list, SOURCE_PROBE, &session_logon_table, SESSION_LOGONS_MAX, error);
    if (item == NULL) {
        return false;
    }
    ev_set_int(&item->info, SOURCE_PROBE, share->info);
    if (share->has_logon_error) {
        ev_set_int(&item->type, SOURCE_PROBE, share->logon_type);
        ev_set_int(&item->data, SOURCE_PROBE, share->logon_data);
    }
    return true;
}

static bool note_status(struct attempt *attempt, const struct share *share, struct error *error)
{
    struct ev_list *list = &session_group(attempt)->statuses;
    if (list->count == SESSION_STATUS_MAX) {
        return true;
    }
    struct ev_status_item *item = ev_list_add(list, SOURCE_PROBE, &status_item_table, SESSION_STATUS_MAX, error);
    if (item == NULL) {
        return false;
    }
    ev_set_int(&item->value, SOURCE_PROBE, share->status);
    return true;
}

static bool data_got(struct attempt *attempt, const struct share *share, struct error *error)
{
    if (share->compressed) {
        return true;
    }
    switch (share->type2) {
    case SHARE_SET_ERROR_INFO:
        if (share->error != 0) {
            ev_set_int(&session_group(attempt)->error, SOURCE_PROBE, share->error);
            session_over(attempt, SESSION_ERROR_INFO, SESSION_BY_SERVER);
        }
        return true;
    case SHARE_STATUS_INFO:
        return note_status(attempt, share, error);
    case SHARE_SAVE_SESSION_INFO:
        if (!note_logon(attempt, share, error)) {
            return false;
        }
        if (share->info != SHARE_LOGON_EXTENDED && attempt->session->phase == SESSION_ACTIVE) {
            session_ready(attempt); /* somebody is logged on: that was the question */
        }
        return true;
    default:
        return true;
    }
}

bool session_share_got(struct attempt *attempt, struct slice message, struct error *error)
{
    struct cursor cursor = cursor_of(message.bytes, message.size);
    struct share share;
    struct fault fault = { 0 };
    /* Windows may send several in one packet (2.2.8.1.1.1.1). */
    while (cursor_left(&cursor) > 0 && attempt->stream != NULL && attempt->doing != NULL) {
        if (share_parse(&cursor, &share, &fault) != PARSE_DONE) {
            session_garbage(attempt, "share PDU", &fault);
            return true;
        }
        bool good = true;
        if (share.type == SHARE_DEMAND_ACTIVE) {
            good = demand_got(attempt, &share, error);
        } else if (share.type == SHARE_DATA) {
            good = data_got(attempt, &share, error);
        } else if (share.type == SHARE_REDIRECTION) {
            session_over(attempt, SESSION_REDIRECTED, SESSION_BY_SERVER);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}
