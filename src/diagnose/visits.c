#include "diagnose/visits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "diagnose/recorded.h"
#include "diagnose/signs.h"

/* Clocks that nobody has compared may differ by so much (MS-KILE's tolerance), and connections come close together. */
static const int64_t APART_US = 300LL * 1000000;
static const int64_t SAME_US = 6LL * 1000000;

static int64_t ahead_us(const struct look *look)
{
    const struct ev_joined *joined = &look->e->joined;
    return seen(joined->ahead_low_us.source) ? joined->ahead_low_us.v : 0;
}

int64_t visit_time(const struct look *look, int64_t server_us)
{
    return server_us - ahead_us(look);
}

static bool same_address(const struct ev_text *a, const struct ev_text *b)
{
    struct address left;
    struct address right;
    return a->v != NULL && b->v != NULL && address_parse(a->v, &left) && address_parse(b->v, &right) &&
           address_equal(&left, &right);
}

const struct ev_visit *visit_of(const struct look *look)
{
    const struct ev_recorded *recorded = recorded_of(look->e);
    if (recorded == NULL || look->e->joined.matches.v == 0 || !seen(recorded->started.source)) {
        return NULL;
    }
    ev_each (visit, const struct ev_visit, &look->e->server.visits) {
        if (seen(visit->arrived.source) && seen(visit->client_port.source) &&
            visit->client_port.v == recorded->client_port.v && same_address(&visit->client, &recorded->client) &&
            llabs(visit_time(look, visit->arrived.v) - recorded->started.v) <= SAME_US) {
            return visit;
        }
    }
    return NULL;
}

bool visit_tried(const struct look *look, int64_t *time_us)
{
    const struct ev_recorded *recorded = recorded_of(look->e);
    const struct ev_int *time = recorded != NULL && seen(recorded->started.source) ? &recorded->started
                                : seen(look->e->client_said.tried.source)          ? &look->e->client_said.tried
                                                                                   : &look->e->started;
    *time_us = time->v;
    return seen(time->source);
}

bool visit_may_be_refused(const struct look *look, const struct ev_event *event, int64_t within_us)
{
    const struct ev_recorded *recorded = recorded_of(look->e);
    const struct ev_visit *own = visit_of(look);
    int64_t tried_us;
    if (!visit_tried(look, &tried_us)) {
        return false;
    }
    if (own != NULL && seen(own->refused.source)) {
        return own->refused_event.v == event->id.v &&
               (!seen(own->refused_code.source) || !seen(event->code.source) || own->refused_code.v == event->code.v);
    }
    bool any_client = false;
    ev_each (visit, const struct ev_visit, &look->e->server.visits) {
        if (seen(visit->refused.source) && visit->refused_event.v == event->id.v && visit->client.v != NULL) {
            any_client = true;
            if (recorded != NULL && same_address(&visit->client, &recorded->client) &&
                llabs(visit_time(look, visit->refused.v) - tried_us) <= within_us &&
                (!seen(visit->refused_code.source) || !seen(event->code.source) ||
                 visit->refused_code.v == event->code.v)) {
                return true;
            }
        }
    }
    /* the log names nobody, or nobody is known who connected: then only the time can tell */
    return (!any_client || recorded == NULL) && llabs(visit_time(look, event->last.v) - tried_us) <= within_us;
}

/* --- signs --- */
enum truth see_log_knows_arrival(const struct look *look, struct buffer *words)
{
    const struct ev_visit *visit = visit_of(look);
    char when[CLOCK_TEXT_SIZE];
    if (visit == NULL) {
        return UNSEEN;
    }
    clock_format(visit->arrived.v / 1000000 * 1000000, when);
    return say(words, YES,
               "the server's own log has this connection: event 131 from the client's port %" PRId64 ", at %s",
               visit->client_port.v, when);
}

static bool is_of_listener(const struct ev_text *log)
{
    return log->v != NULL && (strstr(log->v, "RdpCoreTS") != NULL || strstr(log->v, "RemoteConnectionManager") != NULL);
}

static bool any_visit_between(const struct ev_server *server, int64_t first_us, int64_t last_us)
{
    ev_each (visit, const struct ev_visit, &server->visits) {
        if (seen(visit->arrived.source) && visit->arrived.v >= first_us && visit->arrived.v <= last_us) {
            return true;
        }
    }
    return false;
}

/* A whole log of the listener, with arrivals at other times, and entries before and behind. */
static const struct ev_coverage *covering(const struct ev_server *server, int64_t first_us, int64_t last_us)
{
    if ((seen(server->visits_first.source) && server->visits_first.v > first_us) ||
        (seen(server->visits_last.source) && server->visits_last.v < last_us) ||
        any_visit_between(server, first_us, last_us)) {
        return NULL;
    }
    ev_each (coverage, const struct ev_coverage, &server->coverage) {
        if (is_of_listener(&coverage->log) && bool_is(&coverage->whole, true) && coverage->arrivals.v > 0 &&
            coverage->first.v <= first_us && coverage->last.v >= last_us) {
            return coverage;
        }
    }
    return NULL;
}

/* A collection counts events of days and tells the last of each: when that was before, and it was collected behind. */
static bool collected_none(const struct ev_server *server, int64_t first_us, int64_t last_us)
{
    bool any = false;
    if (!seen(server->collected.source) || server->collected.v < last_us || !bool_is(&server->whole, true)) {
        return false;
    }
    ev_each (event, const struct ev_event, &server->events) {
        if ((int_is(&event->id, 131) || int_is(&event->id, 261)) && is_of_listener(&event->log)) {
            if (!seen(event->last.source) || event->last.v >= first_us) {
                return false;
            }
            any = true;
        }
    }
    return any;
}

static bool joined_by_name(const struct ev_joined *joined)
{
    ev_each (part, const struct ev_part, &joined->parts) {
        const bool both = enum_is(&part->side, JOINED_SERVER) || enum_is(&part->side, JOINED_CLIENT);
        if (both && enum_is(&part->by, JOINED_NAME)) {
            return true;
        }
    }
    return false;
}

static void span_of(const struct look *look, int64_t tried_us, int64_t *first_us, int64_t *last_us)
{
    *first_us = *last_us = tried_us;
    ev_each (connection, const struct ev_connection, &look->e->connections) {
        const struct ev_int *started = &connection->recorded.started;
        if (seen(started->source)) {
            *first_us = started->v < *first_us ? started->v : *first_us;
            *last_us = started->v > *last_us ? started->v : *last_us;
        }
    }
    *first_us -= APART_US;
    *last_us += APART_US;
}

enum truth see_log_holds_no_arrival(const struct look *look, struct buffer *words)
{
    const struct ev_server *server = &look->e->server;
    int64_t tried_us;
    int64_t first_us;
    int64_t last_us;
    char when[CLOCK_TEXT_SIZE];
    if (!joined_by_name(&look->e->joined) || look->e->joined.matches.v > 0 || !visit_tried(look, &tried_us)) {
        return UNSEEN;
    }
    span_of(look, tried_us, &first_us, &last_us);
    const struct ev_coverage *coverage = covering(server, first_us, last_us);
    if (coverage == NULL && !collected_none(server, first_us, last_us)) {
        return UNSEEN;
    }
    clock_format(tried_us / 1000000 * 1000000, when);
    if (coverage == NULL) {
        return say(
            words, YES,
            "collected on the server: no connection arrived (events 131, 261) near %s, though it notes others; this "
            "holds while the clocks agree within 5 minutes",
            when);
    }
    return say(words, YES,
               "the server's log is whole about %s and holds no arrival then (events 131, 261), but %" PRId64
               " at other times; this holds while the clocks agree within 5 minutes",
               when, coverage->arrivals.v);
}
