/* Do two documents tell of the same connection? */
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "read/join.h"

enum { SECOND_US = 1000000, NAMES_MAX = 24, MINUTES_US = 300 * SECOND_US };
static const int64_t FAR_US = 12LL * 3600 * SECOND_US;
static const int64_t DAY_US = 24LL * 3600 * SECOND_US;

static bool seen(uint8_t source)
{
    return source != SOURCE_NONE;
}

enum joined_side join_side_of(const struct evidence *e)
{
    const struct ev_server *server = &e->server;
    if (seen(e->told.by.source) && e->told.by.v != TOLD_BY_SCANNER) {
        return e->told.by.v == TOLD_BY_SERVER ? JOINED_SERVER : JOINED_CLIENT;
    }
    if (e->connections.count > 0 || e->negotiation.offers.count > 0 || seen(e->udp.answered.source) ||
        ev_text_is(&e->command, "check") || seen(e->told.by.source)) {
        return JOINED_WIRE;
    }
    if (server->events.count > 0 || server->visits.count > 0 || server->settings.count > 0 ||
        server->services.count > 0 || seen(server->collected.source)) {
        return JOINED_SERVER;
    }
    return JOINED_CLIENT;
}

/* --- names --- */
static bool same_letters(const char *a, const char *b)
{
    size_t length = strlen(a);
    size_t other = strlen(b);
    length -= length > 0 && a[length - 1] == '.';
    other -= other > 0 && b[other - 1] == '.';
    if (length != other || length == 0) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        const char x = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] - 'A' + 'a') : a[i];
        const char y = b[i] >= 'A' && b[i] <= 'Z' ? (char)(b[i] - 'A' + 'a') : b[i];
        if (x != y) {
            return false;
        }
    }
    return true;
}

enum { NAME_SIZE = 256 };
struct names {
    const char *items[NAMES_MAX]; /* borrowed, or `own` */
    size_t count;
    char own[NAME_SIZE]; /* of the machine's own certificate */
};

/* Addresses, wildcards and the name that every machine has for itself name nobody. */
static void add_name(struct names *names, const struct ev_text *text)
{
    struct address address;
    if (text->v != NULL && text->v[0] != '\0' && text->v[0] != '*' && names->count < NAMES_MAX &&
        !address_parse(text->v, &address) && !same_letters(text->v, "localhost")) {
        names->items[names->count++] = text->v;
    }
}

/* The certificate that a server makes for itself bears its whole name: "CN=SRV-FIN-02.corp.example". */
static void add_own_certificate(struct names *names, const struct ev_server *server)
{
    ev_each (certificate, const struct ev_server_certificate, &server->certificates) {
        const char *subject = certificate->subject.v != NULL ? certificate->subject.v : "";
        const size_t length = strncmp(subject, "CN=", 3) == 0 ? strcspn(subject + 3, ",") : 0;
        if (ev_text_is(&certificate->store, "Remote Desktop") && length > 0 && length < NAME_SIZE &&
            names->count < NAMES_MAX) {
            memcpy(names->own, subject + 3, length);
            names->own[length] = '\0';
            names->items[names->count++] = names->own;
            return;
        }
    }
}

static void find_names(const struct evidence *e, struct names *names)
{
    names->count = 0;
    add_name(names, &e->target.host);
    add_name(names, &e->server.host);
    add_name(names, &e->nla.target.dns_computer);
    add_name(names, &e->certificate.common_name);
    add_name(names, &e->name.canonical);
    add_name(names, &e->client.rdp_file.full_address);
    ev_each (item, const struct ev_name_item, &e->certificate.san) {
        add_name(names, &item->name);
    }
    add_own_certificate(names, &e->server);
}

bool join_same_name(const struct evidence *a, const struct evidence *b)
{
    struct names left;
    struct names right;
    find_names(a, &left);
    find_names(b, &right);
    for (size_t i = 0; i < left.count; i++) {
        for (size_t j = 0; j < right.count; j++) {
            if (same_letters(left.items[i], right.items[j])) {
                return true;
            }
        }
    }
    return false;
}

static bool literal_of(const struct evidence *e, struct address *address)
{
    return (e->target.address.v != NULL && address_parse(e->target.address.v, address)) ||
           (e->target.host.v != NULL && address_parse(e->target.host.v, address));
}

bool join_same_address(const struct evidence *a, const struct evidence *b)
{
    struct address left;
    struct address right;
    return literal_of(a, &left) && literal_of(b, &right) && address_equal(&left, &right) &&
           (!seen(a->target.port.source) || !seen(b->target.port.source) || a->target.port.v == b->target.port.v);
}

/* --- times --- */
/* Is any connection of the look that near to the time? Of a look without recorded times, the look itself. */
static bool is_near(const struct evidence *look, const struct ev_int *time, int64_t within_us)
{
    bool any = false;
    if (!seen(time->source)) {
        return false;
    }
    ev_each (connection, const struct ev_connection, &look->connections) {
        const struct ev_recorded *recorded = &connection->recorded;
        if (seen(recorded->started.source)) {
            any = true;
            if (time->v >= recorded->started.v - within_us &&
                time->v <= recorded->started.v + recorded->duration_us.v + within_us) {
                return true;
            }
        }
    }
    return !any && seen(look->started.source) && time->v >= look->started.v - within_us &&
           time->v <= look->started.v + look->elapsed_us.v + within_us;
}

static int64_t first_time(const struct evidence *look)
{
    ev_each (connection, const struct ev_connection, &look->connections) {
        if (seen(connection->recorded.started.source)) {
            return connection->recorded.started.v;
        }
    }
    return look->started.v;
}

static bool covers(const struct ev_server *server, int64_t time_us)
{
    ev_each (coverage, const struct ev_coverage, &server->coverage) {
        if (time_us >= coverage->first.v - JOIN_CLOCKS_US && time_us <= coverage->last.v + JOIN_CLOCKS_US) {
            return true;
        }
    }
    return seen(server->collected.source) && llabs(server->collected.v - time_us) <= DAY_US;
}

/* --- address and port of the client --- */
static bool same_client(const struct ev_recorded *recorded, const struct ev_visit *visit)
{
    struct address left;
    struct address right;
    return recorded->client.v != NULL && visit->client.v != NULL && seen(recorded->started.source) &&
           seen(visit->arrived.source) && seen(visit->client_port.source) &&
           visit->client_port.v == recorded->client_port.v && address_parse(recorded->client.v, &left) &&
           address_parse(visit->client.v, &right) && address_equal(&left, &right);
}

/* The smallest distance of the clocks that any match has; false: no match. */
static bool nearest_match(const struct evidence *look, const struct ev_server *server, int64_t *apart_us)
{
    bool any = false;
    ev_each (connection, const struct ev_connection, &look->connections) {
        ev_each (visit, const struct ev_visit, &server->visits) {
            const int64_t apart = visit->arrived.v - connection->recorded.started.v;
            if (same_client(&connection->recorded, visit) && llabs(apart) <= FAR_US &&
                (!any || llabs(apart) < llabs(*apart_us))) {
                *apart_us = apart;
                any = true;
            }
        }
    }
    return any;
}

static struct join_link by_ports(const struct evidence *look, const struct ev_server *server)
{
    struct join_link link = { .by = JOINED_PORTS };
    int64_t apart_us = 0;
    if (!nearest_match(look, server, &apart_us)) {
        return link;
    }
    ev_each (connection, const struct ev_connection, &look->connections) {
        bool matched = false;
        ev_each (visit, const struct ev_visit, &server->visits) {
            const int64_t apart = visit->arrived.v - connection->recorded.started.v;
            if (!same_client(&connection->recorded, visit) || llabs(apart - apart_us) > JOIN_SAME_DISTANCE_US) {
                continue;
            }
            matched = true;
            link.low_us = link.found && link.low_us < apart ? link.low_us : apart;
            link.high_us = link.found && link.high_us > apart ? link.high_us : apart;
            link.found = true;
        }
        link.matches += matched;
    }
    /* a port comes round again: far apart, one match alone is chance */
    link.found = link.matches > 1 || llabs(apart_us) <= JOIN_CLOCKS_US;
    link.around_us = first_time(look) + apart_us;
    return link;
}

struct join_link join_server(const struct evidence *look, const struct evidence *server)
{
    struct join_link link = by_ports(look, &server->server);
    if (link.found) {
        return link;
    }
    link = (struct join_link){ .by = JOINED_NAME, .around_us = first_time(look) };
    link.found = join_same_name(look, server) && covers(&server->server, link.around_us);
    return link;
}

struct join_link join_client(const struct evidence *look, const struct evidence *client)
{
    const struct ev_client_said *said = &client->client_said;
    struct join_link link = { .by = join_same_name(look, client) ? JOINED_NAME : JOINED_ADDRESS,
                              .around_us = first_time(look) };
    link.found = (link.by == JOINED_NAME || join_same_address(look, client)) &&
                 (is_near(look, &said->tried, MINUTES_US) || is_near(look, &said->told, MINUTES_US) ||
                  is_near(look, &client->started, MINUTES_US));
    return link;
}
