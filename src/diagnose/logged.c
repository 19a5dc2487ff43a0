#include "diagnose/logged.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "diagnose/recorded.h"
#include "diagnose/told.h"
#include "diagnose/visits.h"
#include "facts/codes.h"

enum { LOGON_NETWORK = 3, LOGON_REMOTE = 10 };
enum { EVENT_ACCEPTED = 4624, EVENT_REFUSED = 4625, EVENT_NO_RIGHT = 4825, EVENT_CLIENT_REFUSED = 140 };
/* Machines' clocks differ, and a server writes some of these once for many connections. */
static const int64_t NEAR_US = 3600LL * 1000000;
static const int64_t NEAR_LOGON_US = 300LL * 1000000;

static bool in_log(const struct ev_event *event, const char *part)
{
    return event->log.v != NULL && strstr(event->log.v, part) != NULL;
}

static bool is_refusal(const struct ev_event *event)
{
    return (int_is(&event->id, EVENT_REFUSED) && seen(event->logon_type.source) &&
            event->logon_type.v != LOGON_NETWORK) ||
           int_is(&event->id, EVENT_NO_RIGHT);
}

static bool is_session(const struct ev_event *event)
{
    const bool local = in_log(event, "LocalSessionManager") && seen(event->clients.source);
    return (local && (event->id.v == 21 || event->id.v == 22 || event->id.v == 25)) ||
           (int_is(&event->id, 68) && in_log(event, "RdpCoreTS")) || int_is(&event->id, 4778);
}

static bool is_logon(const struct ev_event *event)
{
    return int_is(&event->id, EVENT_ACCEPTED) && seen(event->logon_type.source);
}

static bool is_arrival(const struct ev_event *event)
{
    return (int_is(&event->id, 131) && in_log(event, "RdpCoreTS")) ||
           (int_is(&event->id, 261) && in_log(event, "RemoteConnectionManager"));
}

static bool is_network_refusal(const struct ev_event *event)
{
    return int_is(&event->id, EVENT_REFUSED) && int_is(&event->logon_type, LOGON_NETWORK);
}

/* The kind that came last; NULL: none. */
static const struct ev_event *last_of(const struct look *look, bool (*is)(const struct ev_event *))
{
    const struct ev_event *last = NULL;
    ev_each (event, const struct ev_event, &look->e->server.events) {
        if (seen(event->id.source) && is(event) && (last == NULL || event->last.v >= last->last.v)) {
            last = event;
        }
    }
    return last;
}

bool logged_only(const struct look *look)
{
    const struct evidence *e = look->e;
    return ev_text_is(&e->command, "read") && e->connections.count == 0 && e->tcp.attempts.count == 0 &&
           !seen(e->udp.answered.source) && e->server.events.count > 0;
}

/* So many in one hour are no user who mistypes. */
enum truth see_log_shows_guessing(const struct look *look, struct buffer *words)
{
    enum { GUESSES_IN_AN_HOUR = 60 };
    const struct ev_event *most = NULL;
    ev_each (event, const struct ev_event, &look->e->server.events) {
        const bool refused = int_is(&event->id, EVENT_REFUSED) ||
                             (int_is(&event->id, EVENT_CLIENT_REFUSED) && in_log(event, "RdpCoreTS"));
        if (refused && seen(event->busiest_hour.source) &&
            (most == NULL || event->busiest_hour.v > most->busiest_hour.v)) {
            most = event;
        }
    }
    if (most == NULL || most->busiest_hour.v < GUESSES_IN_AN_HOUR) {
        return UNSEEN;
    }
    return say(words, YES,
               "its log holds %" PRId64 " refused logons in one hour (event %" PRId64 "), from %" PRId64 "%s address%s",
               most->busiest_hour.v, most->id.v, most->clients.v, most->clients.v >= 64 ? " or more" : "",
               most->clients.v == 1 ? "" : "es");
}

bool logged_stop(const struct look *look, enum check_id *at)
{
    if (!logged_only(look) || see_log_shows_guessing(look, NULL) == YES) {
        return false; /* whose logon was the last one refused, nobody can say then */
    }
    const struct ev_event *refused = last_of(look, is_refusal);
    const struct ev_event *logon = last_of(look, is_logon);
    const struct ev_event *session = last_of(look, is_session);
    if (refused == NULL || (logon != NULL && logon->last.v > refused->last.v) ||
        (session != NULL && session->last.v > refused->last.v)) {
        return false;
    }
    *at = CHECK_LOGON;
    return true;
}

static void refusal_words(const struct ev_event *event, struct buffer *words)
{
    char when[CLOCK_TEXT_SIZE];
    clock_format(event->last.v / 1000000 * 1000000, when);
    buffer_format(words, "the server refused the logon at %s (event %" PRId64, when, event->id.v);
    if (seen(event->logon_type.source)) {
        buffer_format(words, ", type %" PRId64, event->logon_type.v);
    }
    const struct code_fact *fact = seen(event->code.source) ? code_fact(CODE_NTSTATUS, (uint32_t)event->code.v) : NULL;
    if (seen(event->code.source)) {
        buffer_format(words, ", 0x%08" PRIx64 ")", (uint64_t)event->code.v);
    } else {
        buffer_text(words, ")");
    }
    if (fact != NULL) {
        buffer_format(words, ": %.*s", (int)strcspn(fact->meaning, "."), fact->meaning);
    }
}

bool logged_stop_words(const struct look *look, struct buffer *words)
{
    enum check_id at;
    const struct ev_event *refused = last_of(look, is_refusal);
    if (refused == NULL || !logged_stop(look, &at)) {
        return false;
    }
    refusal_words(refused, words);
    return true;
}

const char *logged_open(const struct look *look)
{
    if (!logged_only(look) || last_of(look, is_session) != NULL || last_of(look, is_logon) != NULL) {
        return NULL;
    }
    if (see_log_shows_guessing(look, NULL) == YES) {
        return "the log is full of refused logons: which of them is the user's, it does not say";
    }
    if (seen(look->e->client_said.tried.source) && see_log_holds_no_arrival(look, NULL) == YES) {
        return "the client tried, and nothing of it arrived at the server by the server's own log: look at what lies "
               "between them, the name and what stands in front";
    }
    if (last_of(look, is_arrival) != NULL) {
        return "the log shows that connections arrive, not what became of them";
    }
    return last_of(look, is_network_refusal) != NULL
               ? "the log holds refused network logons (type 3): NLA leaves them, and so does a share"
               : "the log shows neither a connection nor a logon by Remote Desktop";
}

/* The look behind the logon step: refused there, or ended there in the capture. */
enum truth see_logon_refused(const struct look *look, struct buffer *words)
{
    enum check_id at;
    if (told_stop(look, &at) && at == CHECK_LOGON) {
        return say(words, YES, "%s", told_stop_words(look, at));
    }
    if (logged_stop(look, &at)) {
        if (words != NULL) {
            refusal_words(last_of(look, is_refusal), words);
        }
        return YES;
    }
    if (recorded_stop(look, &at) && at == CHECK_LOGON) {
        return say(words, YES, "%s", recorded_stop_words(look, at));
    }
    /* without a log, what the server said to this run is all that counts */
    return look->e->server.events.count == 0 && seen(look->e->logon.ended.source)
               ? say(words, NO, "no log was read, and this run tried the logon itself")
               : UNSEEN;
}

bool logged_check(struct build *build, enum check_id id)
{
    if (!logged_only(build->look)) {
        return false;
    }
    const struct ev_event *session = last_of(build->look, is_session);
    const struct ev_event *logon = last_of(build->look, is_logon);
    char when[CLOCK_TEXT_SIZE];
    if (id == CHECK_LOGON && build->verdict->stopped && build->verdict->stopped_at == id) {
        check_set(build, id, STATUS_FAIL, build_text(build, "%s", build->verdict->stopped_how), NULL);
        return true;
    }
    const struct ev_event *shown = id == CHECK_SESSION || logon == NULL ? session : logon;
    if (shown == NULL || (build->verdict->stopped && build->verdict->stopped_at <= id)) {
        return false;
    }
    clock_format(shown->last.v / 1000000 * 1000000, when);
    check_set(build, id, STATUS_PASS,
              build_text(build, "%s by Remote Desktop, last at %s (event %" PRId64 ")",
                         id == CHECK_SESSION ? "a session" : "a logon", when, shown->id.v),
              NULL);
    return true;
}

/* --- which event decides --- */
static const struct {
    int64_t id;
    const char *log; /* part of its name */
    int64_t code;    /* -1: whatever it carries */
    enum cause cause;
} decides[] = {
    { 1057, "System", -1, CAUSE_RDP_KEY_UNREADABLE },
    { 36870, "System", -1, CAUSE_RDP_KEY_UNREADABLE },
    { 1058, "System", -1, CAUSE_CERT_RENEW_FAILED },
    { 36874, "System", -1, CAUSE_TLS_NO_COMMON },
    { 1006, "RemoteConnectionManager", -1, CAUSE_LISTENER_OVERLOAD },
    { EVENT_NO_RIGHT, "Security", -1, CAUSE_NO_RDP_RIGHT },
    { EVENT_REFUSED, "Security", 0xC000006A, CAUSE_BAD_PASSWORD },
    { EVENT_REFUSED, "Security", 0xC0000064, CAUSE_BAD_PASSWORD },
    { EVENT_REFUSED, "Security", 0xC0000234, CAUSE_ACCOUNT_LOCKED },
    { EVENT_REFUSED, "Security", 0xC0000072, CAUSE_ACCOUNT_DISABLED },
    { EVENT_REFUSED, "Security", 0xC0000193, CAUSE_ACCOUNT_EXPIRED },
    { EVENT_REFUSED, "Security", 0xC0000071, CAUSE_PASSWORD_EXPIRED },
    { EVENT_REFUSED, "Security", 0xC0000224, CAUSE_PASSWORD_MUST_CHANGE },
    { EVENT_REFUSED, "Security", 0xC000006F, CAUSE_LOGON_HOURS },
    { EVENT_REFUSED, "Security", 0xC0000070, CAUSE_WORKSTATION_RESTRICTED },
    { EVENT_REFUSED, "Security", 0xC000015B, CAUSE_LOGON_TYPE_DENIED },
};

static bool decides_for(const struct ev_event *event, enum cause cause)
{
    for (size_t i = 0; i < COUNT_OF(decides); i++) {
        if (decides[i].cause == cause && int_is(&event->id, decides[i].id) && in_log(event, decides[i].log) &&
            (decides[i].code < 0 || int_is(&event->code, decides[i].code))) {
            return true;
        }
    }
    return false;
}

static bool is_of_logon(const struct ev_event *event)
{
    return int_is(&event->id, EVENT_REFUSED) || int_is(&event->id, EVENT_NO_RIGHT);
}

/* In a log by itself only the refusal that stopped counts; beside a connection, what was written near to it. */
static bool belongs(const struct look *look, const struct ev_event *event)
{
    if (!seen(event->last.source)) {
        return false;
    }
    if (logged_only(look)) {
        return event == last_of(look, is_refusal);
    }
    int64_t began_us;
    if (is_of_logon(event)) {
        return visit_may_be_refused(look, event, NEAR_LOGON_US);
    }
    return visit_tried(look, &began_us) && llabs(visit_time(look, event->last.v) - began_us) <= NEAR_US;
}

static const struct ev_int *setting(const struct ev_server *server, const char *name)
{
    ev_each (one, const struct ev_setting, &server->settings) {
        if (ev_text_is(&one->name, name)) {
            return &one->value;
        }
    }
    return NULL;
}

static const struct ev_service *service(const struct ev_server *server, const char *name)
{
    ev_each (one, const struct ev_service, &server->services) {
        if (ev_text_is(&one->name, name)) {
            return one;
        }
    }
    return NULL;
}

/* How the server was set when somebody collected it there. */
static enum truth collected_cause(const struct look *look, enum cause cause, struct buffer *words)
{
    const struct ev_server *server = &look->e->server;
    const struct ev_int *policy = setting(server, "policy.fDenyTSConnections");
    const struct ev_int *own = setting(server, "ts.fDenyTSConnections");
    const struct ev_service *listener = service(server, "TermService");
    if (cause == CAUSE_RDP_DISABLED && (policy != NULL ? policy : own) != NULL &&
        int_is(policy != NULL ? policy : own, 1)) {
        return say(words, YES, "collected on the server: Remote Desktop is switched off (fDenyTSConnections = 1)");
    }
    if (cause == CAUSE_TERMSERVICE_STOPPED && listener != NULL && ev_text_is(&listener->state, "Stopped")) {
        return say(words, YES, "collected on the server: the service TermService is stopped");
    }
    if (cause == CAUSE_PORT_MOVED && seen(server->port.source) && server->port.v != look->port &&
        server->listening.v > 0) {
        return say(words, YES, "collected on the server: Remote Desktop listens on port %" PRId64, server->port.v);
    }
    return UNSEEN;
}

/* The refusal in the log says why; then it was none of the other reasons to refuse a logon. */
static bool refused_for_another(const struct look *look, enum cause cause)
{
    const struct ev_event *refused = logged_only(look) ? last_of(look, is_refusal) : NULL;
    bool is_reason = false;
    bool named = false;
    for (size_t i = 0; i < COUNT_OF(decides) && refused != NULL; i++) {
        const bool of_logon = decides[i].id == EVENT_REFUSED || decides[i].id == EVENT_NO_RIGHT;
        is_reason = is_reason || (of_logon && decides[i].cause == cause);
        named = named || (of_logon && decides_for(refused, decides[i].cause));
    }
    return is_reason && named;
}

enum truth logged_cause(const struct look *look, enum cause cause, struct buffer *words)
{
    if (cause == CAUSE_BRUTE_FORCE) {
        return see_log_shows_guessing(look, words);
    }
    ev_each (event, const struct ev_event, &look->e->server.events) {
        if (decides_for(event, cause) && belongs(look, event)) {
            char when[CLOCK_TEXT_SIZE];
            clock_format(event->last.v / 1000000 * 1000000, when);
            return say(words, YES, "the server's log: event %" PRId64 ", last at %s", event->id.v, when);
        }
    }
    if (refused_for_another(look, cause)) {
        return say(words, NO, "the server's log names another reason");
    }
    return collected_cause(look, cause, words);
}
