/* Connections of a server's log as evidence. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "read/visits.h"

static const struct field visits_rows[] = {
    { FIELD_ROW(struct ev_server, visits, LIST, NONE), .group = &visit_table },
    { FIELD_ROW(struct ev_server, visits_first, TIME, NONE) },
    { FIELD_ROW(struct ev_server, visits_last, TIME, NONE) },
};
static const struct field_table only_visits = FIELD_TABLE("visits", struct ev_server, visits_rows);

struct near {
    const struct visit *visit;
    int64_t apart_us;
};

static int by_nearness(const void *a, const void *b)
{
    const struct near *x = a;
    const struct near *y = b;
    return (x->apart_us > y->apart_us) - (x->apart_us < y->apart_us);
}

static int by_time(const void *a, const void *b)
{
    const struct near *x = a;
    const struct near *y = b;
    return (x->visit->seen_us > y->visit->seen_us) - (x->visit->seen_us < y->visit->seen_us);
}

static void set_time(struct ev_int *field, int64_t time_us)
{
    if (time_us > 0) {
        ev_set_int(field, SOURCE_FILE, time_us);
    }
}

static void set_number(struct ev_int *field, int64_t number)
{
    if (number >= 0) {
        ev_set_int(field, SOURCE_FILE, number);
    }
}

static bool record(struct ev_server *server, const struct visit *visit, struct error *error)
{
    struct ev_visit *item = ev_list_add(&server->visits, SOURCE_FILE, &visit_table, SERVER_VISITS_MAX, error);
    if (item == NULL) {
        return false;
    }
    set_number(&item->client_port, visit->client_port);
    set_number(&item->session, visit->session);
    set_time(&item->arrived, visit->arrived_us);
    set_time(&item->accepted, visit->accepted_us);
    set_time(&item->began, visit->began_us);
    set_time(&item->refused, visit->refused_us);
    set_time(&item->ended, visit->ended_us);
    if (visit->refused_us > 0) {
        ev_set_int(&item->refused_event, SOURCE_FILE, visit->refused_event);
        set_number(&item->refused_code, visit->refused_code);
    }
    if (visit->ended_us > 0) {
        ev_set_int(&item->ended_event, SOURCE_FILE, visit->ended_event);
        set_number(&item->ended_code, visit->ended_code);
    }
    return (visit->activity[0] == '\0' ||
            ev_set_text(&item->activity, SOURCE_FILE, visit->activity, strlen(visit->activity), error)) &&
           (visit->client[0] == '\0' ||
            ev_set_text(&item->client, SOURCE_FILE, visit->client, strlen(visit->client), error));
}

bool visits_record(const struct visits *visits, int64_t around_us, struct ev_server *server, struct error *error)
{
    const size_t count = visits->count < SERVER_VISITS_MAX ? visits->count : SERVER_VISITS_MAX;
    struct near *all = alloc_array(visits->count + 1, sizeof *all);
    bool good = all != NULL || error_no_memory(error);
    for (size_t i = 0; i < visits->count && good; i++) {
        const int64_t seen_us = visits->items[i].seen_us;
        all[i] = (struct near){ &visits->items[i], around_us > 0 ? llabs(seen_us - around_us) : INT64_MAX - seen_us };
    }
    field_release(&only_visits, server);
    if (good && visits->count > 0) {
        qsort(all, visits->count, sizeof *all, by_nearness);
        /* what was left out lies at least as far away as the last one taken */
        if (count < visits->count) {
            const int64_t apart_us = all[count - 1].apart_us;
            const int64_t first_us = around_us > 0 ? around_us - apart_us : all[count - 1].visit->seen_us;
            ev_set_int(&server->visits_first, SOURCE_FILE,
                       (first_us > visits->lost_us ? first_us : visits->lost_us) + 1);
            if (around_us > 0) {
                ev_set_int(&server->visits_last, SOURCE_FILE, around_us + apart_us - 1);
            }
        } else if (visits->lost_us > 0) {
            ev_set_int(&server->visits_first, SOURCE_FILE, visits->lost_us + 1);
        }
        qsort(all, count, sizeof *all, by_time);
    }
    for (size_t i = 0; i < count && good; i++) {
        good = record(server, all[i].visit, error);
    }
    alloc_free(all);
    return good;
}
