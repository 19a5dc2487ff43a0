#include "diagnose/recorded.h"

#include <inttypes.h>

/* Of the MCS ultimatum (T.125 7). */
enum { USER_REQUESTED = 3 };

static const struct ev_connection *connection_of(const struct evidence *evidence)
{
    ev_each (connection, const struct ev_connection, &evidence->connections) {
        if (enum_is(&connection->purpose, PURPOSE_FIRST) && seen(connection->recorded.reach.source)) {
            return connection;
        }
    }
    return NULL;
}

const struct ev_recorded *recorded_of(const struct evidence *evidence)
{
    const struct ev_connection *connection = connection_of(evidence);
    return connection != NULL ? &connection->recorded : NULL;
}

static bool ended_by(const struct ev_connection *connection, enum end_by by)
{
    return enum_is(&connection->end.by, (int)by);
}

/* Standard RDP security: the server put an end to it after the keys were exchanged, before there was a picture, and
 * its words are enciphered. An end that the user wanted is none of these. */
static bool hidden_stop(const struct ev_connection *connection, const struct ev_session *session)
{
    const bool wanted = enum_is(&session->ended, SESSION_ULTIMATUM) && int_is(&session->reason, USER_REQUESTED);
    const bool ended = enum_is(&session->ended, SESSION_ULTIMATUM) || enum_is(&session->ended, SESSION_CLOSED) ||
                       enum_is(&session->ended, SESSION_RESET);
    return connection != NULL && connection->recorded.reach.v < REACH_SESSION && seen(session->hidden.source) &&
           enum_is(&session->ended_by, SESSION_BY_SERVER) && ended && !wanted;
}

bool recorded_stop(const struct look *look, enum check_id *at)
{
    const struct ev_connection *connection = connection_of(look->e);
    if (hidden_stop(connection, &look->e->session)) {
        *at = CHECK_SESSION;
        return true;
    }
    if (connection == NULL || !ended_by(connection, END_BY_PEER) || bool_is(&connection->recorded.snapped, true)) {
        return false;
    }
    switch (connection->recorded.reach.v) {
    case REACH_OPEN:
        *at = CHECK_NEGOTIATION; /* with a request, the offer's own end says so before */
        return look->e->negotiation.offers.count == 0;
    case REACH_LOGON:
        *at = CHECK_LOGON;
        return true;
    case REACH_GRANTED:
        *at = CHECK_SESSION;
        return true;
    default:
        return false;
    }
}

const char *recorded_stop_words(const struct look *look, enum check_id at)
{
    if (at == CHECK_NEGOTIATION) {
        return "it opens, and the other side ends it before the client has asked for anything";
    }
    if (at == CHECK_SESSION && hidden_stop(connection_of(look->e), &look->e->session)) {
        return enum_is(&look->e->session.phase, SESSION_LICENSING)
                   ? "the server ends it behind the Client Info, before a session shows anything; why is enciphered"
                   : "the server ends it behind licensing, before a session shows anything; why is enciphered";
    }
    return at == CHECK_LOGON
               ? "the server ends it after the client's answer to its NTLM or Kerberos challenge: it takes "
                 "the logon no further, and why is enciphered"
               : "the server took the logon and ends it before a session shows anything; why is "
                 "enciphered";
}

const char *recorded_open(const struct look *look)
{
    const struct ev_connection *connection = connection_of(look->e);
    if (look->e->connections.count == 0 && seen(look->e->udp.answered.source)) {
        return "the capture holds RDP's UDP transport alone; what became of TCP, which comes first, is not in it";
    }
    if (connection == NULL || connection->recorded.reach.v == REACH_SESSION) {
        return NULL;
    }
    if (bool_is(&connection->recorded.snapped, true)) {
        return "only the first bytes of its packets were recorded (snap length): record them whole, as tcpdump -s 0 "
               "does";
    }
    if (ended_by(connection, END_BY_US)) {
        return connection->recorded.reach.v == REACH_TLS
                   ? "the client itself ends it once it has seen the certificate: so does one whose user is asked, or "
                     "says no"
                   : "the client itself ends it, and the capture does not say why";
    }
    return seen(connection->end.how.source) ? "how it went on is enciphered"
                                            : "the capture ends before the connection does";
}

static void set_nla(struct build *build, const struct ev_recorded *recorded)
{
    check_set(build, CHECK_NLA, STATUS_PASS,
              build_text(build, "a challenge came: %" PRId64 " enciphered records sent, %" PRId64 " received",
                         seen(recorded->records_sent.source) ? recorded->records_sent.v : 0,
                         seen(recorded->records_received.source) ? recorded->records_received.v : 0),
              NULL);
}

static void set_session(struct build *build, const struct ev_recorded *recorded)
{
    char text[64];
    check_set(build, CHECK_SESSION, STATUS_PASS,
              build_text(build, "it ran: %" PRId64 " kB came, %" PRId64 " kB went, in %" PRId64 ".%" PRId64 " s%s",
                         recorded->received.v / 1000, recorded->sent.v / 1000, recorded->duration_us.v / 1000000,
                         recorded->duration_us.v / 100000 % 10, session_encryption(&build->look->e->session, text)),
              NULL);
}

bool recorded_check(struct build *build, enum check_id id)
{
    const struct ev_recorded *recorded = recorded_of(build->look->e);
    enum check_id at;
    if (recorded == NULL) {
        return false;
    }
    if (build->verdict->stopped && build->verdict->stopped_at == id && recorded_stop(build->look, &at) && at == id) {
        check_set(build, id, STATUS_FAIL, build_text(build, "%s", recorded_stop_words(build->look, id)), NULL);
        return true;
    }
    const bool by_nla =
        seen(recorded->records_sent.source) && build->look->first != NULL &&
        (int_is(&build->look->first->selected, PROTOCOL_NLA) || int_is(&build->look->first->selected, PROTOCOL_NLA_EX));
    if (id == CHECK_NLA && by_nla && recorded->reach.v >= REACH_LOGON) {
        set_nla(build, recorded);
    } else if (id == CHECK_LOGON && by_nla && recorded->reach.v >= REACH_GRANTED) {
        check_set(build, id, STATUS_PASS, build_text(build, "the server took it: the client went on behind it"), NULL);
    } else if (id == CHECK_SESSION && recorded->reach.v == REACH_SESSION) {
        set_session(build, recorded);
    } else if (id == CHECK_LOGON || id == CHECK_SESSION) {
        check_set(build, id, STATUS_SKIP, NULL, build_text(build, "the capture does not show it"));
    } else {
        return false;
    }
    return true;
}
