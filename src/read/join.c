#include "read/join.h"

#include <stdlib.h>
#include <string.h>

#include "evidence/merge.h"
#include "read/log.h"

static bool seen(uint8_t source)
{
    return source != SOURCE_NONE;
}

static struct join_part part_of(const struct join_item *item, enum joined_by by)
{
    return (struct join_part){
        .evidence = item->evidence, .file = item->file, .side = join_side_of(item->evidence), .by = by
    };
}

/* --- logs of one machine --- */
static bool share_activity(const struct ev_server *a, const struct ev_server *b)
{
    ev_each (visit, const struct ev_visit, &a->visits) {
        ev_each (other, const struct ev_visit, &b->visits) {
            if (visit->activity.v != NULL && ev_text_is(&other->activity, visit->activity.v)) {
                return true;
            }
        }
    }
    return false;
}

/* When what matters happened: the first look's connections, else the client's try; 0: nobody says. */
static int64_t time_of(const struct join_item *items, size_t count)
{
    int64_t time_us = 0;
    for (size_t i = 0; i < count; i++) {
        const struct evidence *e = items[i].evidence;
        const struct ev_connection *first = e->connections.items;
        if (join_side_of(e) == JOINED_WIRE) {
            return first != NULL && seen(first->recorded.started.source) ? first->recorded.started.v : e->started.v;
        }
        time_us = time_us == 0 && join_side_of(e) == JOINED_CLIENT ? e->client_said.tried.v : time_us;
    }
    return time_us;
}

/* Of a long log, the connections about that time. */
static bool choose_visits(const struct join_item *item, int64_t around_us, struct evidence *evidence,
                          struct error *error)
{
    if (item->log == NULL || evidence->server.host.v == NULL || evidence->joined.parts.count > 0) {
        return true;
    }
    const bool good = log_visits(item->log, evidence->server.host.v, around_us, &evidence->server, error);
    evidence_mark(evidence, source_of_file(item->file));
    return good;
}

static bool join_logs(struct join_item *items, size_t count, struct error *error)
{
    const int64_t around_us = time_of(items, count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (items[i].taken || items[j].taken || items[i].file == items[j].file ||
                join_side_of(items[i].evidence) != JOINED_SERVER || join_side_of(items[j].evidence) != JOINED_SERVER ||
                !join_same_name(items[i].evidence, items[j].evidence)) {
                continue;
            }
            if (!choose_visits(&items[i], around_us, items[i].evidence, error) ||
                !choose_visits(&items[j], around_us, items[j].evidence, error)) {
                return false;
            }
            const bool by_activity = share_activity(&items[i].evidence->server, &items[j].evidence->server);
            const struct join_part part = part_of(&items[j], by_activity ? JOINED_ACTIVITY : JOINED_NAME);
            if (!join_merge(items[i].evidence, items[i].file, &part, error)) {
                return false;
            }
            items[j].taken = true;
        }
    }
    return true;
}

/* --- a server's log to the looks at it --- */
static bool attach_server(struct join_item *look, struct join_item *server, bool *attached, struct error *error)
{
    struct evidence *near = evidence_copy(server->evidence, error);
    struct join_link link = { .found = false };
    if (near == NULL) {
        return false;
    }
    bool good = choose_visits(server, time_of(look, 1), near, error);
    if (good) {
        link = join_server(look->evidence, near);
    }
    if (good && link.found) {
        struct join_part part = part_of(server, link.by);
        part.evidence = near;
        good = join_merge(look->evidence, look->file, &part, error);
        struct ev_joined *joined = &look->evidence->joined;
        if (good && link.by == JOINED_PORTS) {
            ev_set_int(&joined->ahead_low_us, SOURCE_COMPUTED, link.low_us);
            ev_set_int(&joined->ahead_high_us, SOURCE_COMPUTED, link.high_us);
            ev_set_int(&joined->matches, SOURCE_COMPUTED, (int64_t)link.matches);
        }
        *attached = true;
    }
    evidence_free(near);
    return good;
}

/* A client's log that tells where it ended is a look as well, when nobody recorded the connection. */
static bool is_look(const struct evidence *e)
{
    const enum joined_side side = join_side_of(e);
    return side == JOINED_WIRE || (side == JOINED_CLIENT && seen(e->told.stopped.source));
}

static bool join_servers(struct join_item *items, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        bool attached = false;
        if (items[i].taken || join_side_of(items[i].evidence) != JOINED_SERVER) {
            continue;
        }
        for (size_t j = 0; j < count; j++) {
            if (!items[j].taken && items[j].file != items[i].file && is_look(items[j].evidence) &&
                !attach_server(&items[j], &items[i], &attached, error)) {
                return false;
            }
        }
        items[i].taken = attached;
    }
    return true;
}

/* --- a client's log --- */
static const char *client_of(const struct evidence *look)
{
    const struct ev_connection *first = look->connections.items;
    return first != NULL && first->recorded.client.v != NULL ? first->recorded.client.v : "";
}

/* The one look that it belongs to; NULL: none, or it may be any of several clients'. */
static struct join_item *look_of(struct join_item *items, size_t count, const struct join_item *client,
                                 enum joined_by *by)
{
    struct join_item *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (items[i].taken || items[i].file == client->file || join_side_of(items[i].evidence) != JOINED_WIRE) {
            continue;
        }
        const struct join_link link = join_client(items[i].evidence, client->evidence);
        if (!link.found) {
            continue;
        }
        if (found != NULL && strcmp(client_of(found->evidence), client_of(items[i].evidence)) != 0) {
            return NULL;
        }
        if (found == NULL) {
            found = &items[i];
            *by = link.by;
        }
    }
    return found;
}

/* A dialog says neither where nor when: it goes with whatever it was given with. It changes no more than the order of
 * what is possible. */
static bool says_nothing(const struct evidence *e)
{
    return !seen(e->target.host.source) && !seen(e->target.address.source) && !seen(e->started.source) &&
           !seen(e->client_said.tried.source) && !seen(e->client_said.told.source);
}

static bool give_to_all(struct join_item *items, size_t count, struct join_item *words, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        const struct join_part part = part_of(words, JOINED_GIVEN);
        if (items[i].taken || items[i].file == words->file || join_side_of(items[i].evidence) != JOINED_WIRE) {
            continue;
        }
        if (!join_merge(items[i].evidence, items[i].file, &part, error)) {
            return false;
        }
        words->taken = true;
    }
    return true;
}

/* Without any look: what the client aimed at is the machine whose log it is, and the log covers the time. */
static struct join_item *log_of(struct join_item *items, size_t count, const struct join_item *client)
{
    const struct ev_client_said *said = &client->evidence->client_said;
    const struct ev_int *time = seen(said->tried.source) ? &said->tried : &said->told;
    for (size_t i = 0; i < count && seen(time->source); i++) {
        if (items[i].taken || items[i].file == client->file || join_side_of(items[i].evidence) != JOINED_SERVER ||
            !join_same_name(items[i].evidence, client->evidence)) {
            continue;
        }
        ev_each (coverage, const struct ev_coverage, &items[i].evidence->server.coverage) {
            if (time->v >= coverage->first.v - JOIN_CLOCKS_US && time->v <= coverage->last.v + JOIN_CLOCKS_US) {
                return &items[i];
            }
        }
    }
    return NULL;
}

static bool join_clients(struct join_item *items, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        enum joined_by by = JOINED_NAME;
        if (items[i].taken || join_side_of(items[i].evidence) != JOINED_CLIENT) {
            continue;
        }
        if (says_nothing(items[i].evidence)) {
            if (!give_to_all(items, count, &items[i], error)) {
                return false;
            }
            continue;
        }
        struct join_item *into = look_of(items, count, &items[i], &by);
        if (into == NULL) {
            continue;
        }
        const struct join_part part = part_of(&items[i], by);
        if (!join_merge(into->evidence, into->file, &part, error)) {
            return false;
        }
        items[i].taken = true;
    }
    return true;
}

/* What is left of the clients' logs, to the logs of the machines they aimed at. */
static bool join_rest(struct join_item *items, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].taken || join_side_of(items[i].evidence) != JOINED_CLIENT || is_look(items[i].evidence)) {
            continue;
        }
        struct join_item *into = log_of(items, count, &items[i]);
        if (into == NULL) {
            continue;
        }
        const struct join_part part = part_of(&items[i], JOINED_NAME);
        if (!choose_visits(into, items[i].evidence->client_said.tried.v, into->evidence, error) ||
            !join_merge(into->evidence, into->file, &part, error)) {
            return false;
        }
        items[i].taken = true;
    }
    return true;
}

/* --- two looks: each keeps its own verdict --- */
/* Recorded at two places: the same client's address and port, at about the same time. */
static bool same_connection(const struct evidence *a, const struct evidence *b)
{
    ev_each (one, const struct ev_connection, &a->connections) {
        ev_each (other, const struct ev_connection, &b->connections) {
            const struct ev_recorded *x = &one->recorded;
            const struct ev_recorded *y = &other->recorded;
            if (x->client.v != NULL && y->client.v != NULL && ev_text_is(&x->client, y->client.v) &&
                x->client_port.v == y->client_port.v && one->address.v != NULL &&
                ev_text_is(&other->address, one->address.v) && llabs(x->started.v - y->started.v) <= JOIN_CLOCKS_US) {
                return true;
            }
        }
    }
    return false;
}

static bool join_looks(struct join_item *items, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            const struct evidence *a = items[i].evidence;
            const struct evidence *b = items[j].evidence;
            if (items[i].file == items[j].file || join_side_of(a) != JOINED_WIRE || join_side_of(b) != JOINED_WIRE) {
                continue;
            }
            const bool ports = same_connection(a, b);
            const bool same = items[i].live && (join_same_name(a, b) || join_same_address(a, b));
            if (!ports && !same) {
                continue;
            }
            const struct join_part part = part_of(&items[j], ports                  ? JOINED_PORTS
                                                             : join_same_name(a, b) ? JOINED_NAME
                                                                                    : JOINED_ADDRESS);
            if (!join_merge(items[i].evidence, items[i].file, &part, error)) {
                return false;
            }
        }
    }
    return true;
}

bool join_all(struct join_item *items, size_t count, struct error *error)
{
    return count < 2 ||
           (join_logs(items, count, error) && join_looks(items, count, error) && join_clients(items, count, error) &&
            join_servers(items, count, error) && join_rest(items, count, error));
}
