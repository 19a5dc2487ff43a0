/* A server's log joined to a connection, for the tests of diagnose. */
#ifndef RDPWHY_TESTS_JOINED_HELP_H
#define RDPWHY_TESTS_JOINED_HELP_H

#include "unit/diagnose_help.h"

static const int64_t MINUTE_US = INT64_C(60000000);

HELP void log_joined(struct evidence *e, enum joined_by by)
{
    static const enum joined_side sides[] = { JOINED_WIRE, JOINED_SERVER };
    for (int64_t i = 0; i < 2; i++) {
        struct ev_part *part = ev_list_add(&e->joined.parts, SOURCE_COMPUTED, &part_table, 0, &help_error);
        ev_set_int(&part->file, SOURCE_COMPUTED, i + 1);
        ev_set_enum(&part->side, SOURCE_COMPUTED, (int)sides[i]);
        ev_set_enum(&part->by, SOURCE_COMPUTED, i == 0 ? (int)JOINED_MAIN : (int)by);
    }
    if (by == JOINED_PORTS) {
        ev_set_int(&e->joined.matches, SOURCE_COMPUTED, 1);
    }
}

HELP struct ev_coverage *log_covers(struct evidence *e, const char *log, int64_t first, int64_t last, int64_t arrivals)
{
    struct ev_coverage *item = ev_list_add(&e->server.coverage, SOURCE_FILE, &coverage_table, 0, &help_error);
    put_text(&item->log, log);
    ev_set_int(&item->first, SOURCE_FILE, first);
    ev_set_int(&item->last, SOURCE_FILE, last);
    ev_set_int(&item->records, SOURCE_FILE, 1000);
    ev_set_int(&item->arrivals, SOURCE_FILE, arrivals);
    ev_set_bool(&item->whole, SOURCE_FILE, true);
    return item;
}

HELP struct ev_visit *log_visit(struct evidence *e, const char *client, int64_t port, int64_t arrived)
{
    struct ev_visit *item = ev_list_add(&e->server.visits, SOURCE_FILE, &visit_table, 0, &help_error);
    put_text(&item->client, client);
    ev_set_int(&item->client_port, SOURCE_FILE, port);
    ev_set_int(&item->arrived, SOURCE_FILE, arrived);
    return item;
}

/* The first connection as a capture shows it. */
HELP struct ev_recorded *recorded_as(struct evidence *e, const char *client, int64_t port, enum recorded_reach reach)
{
    struct ev_connection *first = e->connections.items;
    put_text(&e->command, "read");
    put_text(&first->recorded.client, client);
    ev_set_int(&first->recorded.client_port, SOURCE_FILE, port);
    ev_set_int(&first->recorded.started, SOURCE_FILE, NOW_US);
    ev_set_int(&first->recorded.duration_us, SOURCE_FILE, 1000000);
    ev_set_enum(&first->recorded.reach, SOURCE_FILE, (int)reach);
    return &first->recorded;
}

#endif
