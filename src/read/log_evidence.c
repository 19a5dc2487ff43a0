/* What logs hold of one machine, as evidence. */
#include <string.h>

#include "read/log_internal.h"

enum { DETAILS_MAX = 8, DETAIL_SIZE = 320 };

/* Names of accounts stay in the log: the document leaves them out on purpose. */
static bool may_be_told(const char *name)
{
    static const char *const hidden[] = { "User", "Domain", "Sid", "Account", "Param1", "Param2", "Guid", "LogonId" };
    for (size_t i = 0; i < COUNT_OF(hidden); i++) {
        if (strstr(name, hidden[i]) != NULL) {
            return false;
        }
    }
    return true;
}

static bool add_details(struct ev_event *item, const struct evtx_event *event, struct error *error)
{
    for (size_t i = 0; i < event->count && item->details.count < DETAILS_MAX; i++) {
        const struct evtx_pair *pair = &event->pairs[i];
        if (pair->value[0] == '\0' || strcmp(pair->value, "-") == 0 || !may_be_told(pair->name)) {
            continue;
        }
        char text[DETAIL_SIZE];
        const int length =
            snprintf(text, sizeof text, pair->name[0] != '\0' ? "%s=%s" : "%s%s", pair->name, pair->value);
        struct ev_detail *detail = ev_list_add(&item->details, SOURCE_FILE, &detail_table, 0, error);
        if (detail == NULL || !ev_set_text(&detail->text, SOURCE_FILE, text, (size_t)length, error)) {
            return false;
        }
    }
    return true;
}

static bool add_row(struct ev_server *server, const struct log_row *row, struct error *error)
{
    struct ev_event *item = ev_list_add(&server->events, SOURCE_FILE, &event_table, SERVER_EVENTS_MAX, error);
    if (item == NULL) {
        return false;
    }
    ev_set_int(&item->id, SOURCE_FILE, row->id);
    ev_set_int(&item->count, SOURCE_FILE, (int64_t)row->count);
    ev_set_int(&item->last, SOURCE_FILE, row->last_us);
    ev_set_int(&item->busiest_hour, SOURCE_FILE, (int64_t)row->busiest);
    if (row->code >= 0) {
        ev_set_int(&item->code, SOURCE_FILE, row->code);
    }
    if (row->logon >= 0) {
        ev_set_int(&item->logon_type, SOURCE_FILE, row->logon);
    }
    if (row->client_count > 0) {
        ev_set_int(&item->clients, SOURCE_FILE, (int64_t)row->client_count);
    }
    return ev_set_text(&item->log, SOURCE_FILE, row->channel, strlen(row->channel), error) &&
           add_details(item, row->last, error);
}

static bool set_checks(struct evidence *e, struct error *error)
{
    for (int id = CHECK_NAME; id < CHECK_CLIENT; id++) {
        ev_set_enum(&e->checks[id].ran, SOURCE_FILE, RAN_NOT_HERE);
        if (!ev_set_words(&e->checks[id].why, SOURCE_FILE, "an event log does not show it", error)) {
            return false;
        }
    }
    return true;
}

static struct ev_coverage *coverage_of(struct ev_server *server, const char *channel, struct error *error)
{
    ev_each (coverage, struct ev_coverage, &server->coverage) {
        if (ev_text_is(&coverage->log, channel)) {
            return coverage;
        }
    }
    struct ev_coverage *coverage =
        ev_list_add(&server->coverage, SOURCE_FILE, &coverage_table, SERVER_COVERAGE_MAX, error);
    return coverage != NULL && ev_set_text(&coverage->log, SOURCE_FILE, channel, strlen(channel), error) ? coverage
                                                                                                         : NULL;
}

/* From where to where each channel is known. Only of a file that holds one channel of one machine, the records between
 * the known ones count, too. */
static bool add_coverage(const struct log *log, const struct log_host *host, struct ev_server *server,
                         struct error *error)
{
    const struct evtx_counts *counts = &log->counts;
    bool alone = log->count == 1 && log->other_hosts == 0 && log->other_rows == 0 && host->aim == NULL;
    for (size_t i = 0; i < host->count; i++) {
        const struct log_row *row = &host->rows[i];
        struct error full = { 0 };
        struct ev_coverage *coverage = coverage_of(server, row->channel, &full);
        if (coverage == NULL) {
            return full.kind == ERROR_DATA || error_no_memory(error);
        }
        const bool fresh = coverage->records.source == SOURCE_NONE;
        const bool arrival = row->id == 131 || row->id == 261;
        ev_set_int(&coverage->records, SOURCE_FILE, coverage->records.v + (int64_t)row->count);
        ev_set_int(&coverage->arrivals, SOURCE_FILE, coverage->arrivals.v + (arrival ? (int64_t)row->count : 0));
        ev_set_int(&coverage->first, SOURCE_FILE,
                   fresh || row->first_us < coverage->first.v ? row->first_us : coverage->first.v);
        ev_set_int(&coverage->last, SOURCE_FILE, row->last_us > coverage->last.v ? row->last_us : coverage->last.v);
    }
    alone = alone && server->coverage.count == 1;
    ev_each (coverage, struct ev_coverage, &server->coverage) {
        ev_set_bool(&coverage->whole, SOURCE_FILE, alone && evtx_is_whole(counts));
        if (alone && counts->first_us > 0) {
            ev_set_int(&coverage->records, SOURCE_FILE, (int64_t)counts->records);
            ev_set_int(&coverage->first, SOURCE_FILE, counts->first_us);
            ev_set_int(&coverage->last, SOURCE_FILE, counts->last_us);
        }
    }
    return true;
}

static bool build(const struct log *log, const struct log_host *host, struct evidence *e, struct error *error)
{
    int64_t last_us = host->told_us > host->aim_us ? host->told_us : host->aim_us;
    const bool is_server = host->count > 0;
    const char *name = is_server ? host->name : host->aim != NULL ? host->aim : "";
    bool good = ev_set_words(&e->program, SOURCE_FILE, "rdpwhy", error) &&
                ev_set_words(&e->version, SOURCE_FILE, RDPWHY_VERSION, error) &&
                ev_set_words(&e->command, SOURCE_FILE, "read", error) && set_checks(e, error);
    ev_set_int(&e->schema, SOURCE_FILE, EVIDENCE_SCHEMA);
    if (good && is_server) {
        good = ev_set_text(&e->server.host, SOURCE_FILE, host->name, strlen(host->name), error);
    }
    if (good && name[0] != '\0') {
        good = ev_set_text(&e->target.host, SOURCE_FILE, name, strlen(name), error);
    }
    for (size_t i = 0; i < host->count && good; i++) {
        last_us = host->rows[i].last_us > last_us ? host->rows[i].last_us : last_us;
        good = add_row(&e->server, &host->rows[i], error);
    }
    good = good && (!is_server ||
                    (add_coverage(log, host, &e->server, error) && visits_record(&host->visits, 0, &e->server, error)));
    if (host->told > 0) {
        ev_set_int(&e->client_said.code, SOURCE_FILE, host->told);
        ev_set_int(&e->client_said.told, SOURCE_FILE, host->told_us);
    }
    if (host->aim != NULL) {
        ev_set_int(&e->client_said.tried, SOURCE_FILE, host->aim_us);
    }
    ev_set_int(&e->started, SOURCE_FILE, last_us);
    return good;
}

struct evidence *log_evidence(const struct log *log, size_t host, struct error *error)
{
    struct evidence *e = evidence_new(error);
    if (e != NULL && !build(log, log->hosts[host], e, error)) {
        evidence_free(e);
        e = NULL;
    }
    return e;
}
