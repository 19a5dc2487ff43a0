#include "read/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "facts/codes.h"

enum { CLIENTS_MAX = 64, DETAILS_MAX = 8, DETAIL_SIZE = 320, HOUR_S = 3600, SECOND_US = 1000000 };
enum { LOGON_NETWORK = 3, LOGON_UNLOCK = 7, LOGON_REMOTE = 10, LOGON_CACHED_REMOTE = 12 };

struct row {
    char *channel; /* owned */
    unsigned id;
    int64_t code;  /* -1: none */
    int64_t logon; /* likewise */
    uint64_t count;
    int64_t last_us;
    struct evtx_event *last; /* owned */
    int64_t hour;            /* hours since 1970 that `in_hour` counts */
    uint64_t in_hour;
    uint64_t busiest;
    uint32_t clients[CLIENTS_MAX]; /* hashes of addresses */
    size_t client_count;
};
struct log_host {
    char *name;                         /* owned; as in the file */
    struct row rows[SERVER_EVENTS_MAX]; /* by first sight */
    size_t count;
    uint64_t used;
    char *aim; /* owned; what its own client connected to last; NULL: nothing */
    int64_t aim_us;
    int64_t told; /* the last reason its client was disconnected with; -1: none */
    int64_t told_us;
};

static const struct event_fact *fact_of(const struct evtx_event *event)
{
    const struct event_fact *fact = NULL;
    while ((fact = event_next(event->id, fact)) != NULL) {
        if (event->provider[0] != '\0' && strstr(fact->provider, event->provider) != NULL) {
            return fact;
        }
    }
    return NULL;
}

/* "0xc000006a", "2308"; -1: neither. */
static int64_t number_of(const char *text)
{
    uint64_t value;
    return text_number(text, UINT32_MAX, &value) ? (int64_t)value : -1;
}

static int64_t logon_of(const struct evtx_event *event)
{
    return event->id == 4624 || event->id == 4625 ? number_of(evtx_value(event, "LogonType")) : -1;
}

/* The number that tells events of one id apart. */
static int64_t code_of(const struct evtx_event *event)
{
    static const struct {
        unsigned id;
        const char *field;
    } fields[] = { { 4625, "SubStatus" }, { 4625, "Status" },     { 4776, "Status" },      { 4771, "Status" },
                   { 40, "Reason" },      { 36887, "AlertDesc" }, { 36888, "AlertDesc" },  { 36870, "ErrorCode" },
                   { 97, "ErrorCode" },   { 226, "ErrorCode" },   { 36871, "ErrorState" }, { 1026, "Value" } };
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const int64_t code = fields[i].id == event->id ? number_of(evtx_value(event, fields[i].field)) : -1;
        if (code > 0 || (code == 0 && event->id != 4625)) {
            return code; /* a SubStatus of 0 leaves the word to Status */
        }
    }
    return -1;
}

/* The client's address, "10.0.2.16" out of "10.0.2.16:52202" and "[10.0.2.16]:59407"; empty: none, or this machine. */
static void client_of(const struct evtx_event *event, char client[EVTX_VALUE_SIZE])
{
    static const char *const names[] = { "IpAddress", "ClientIP", "ClientAddress", "Address", "Param3", "IPString" };
    const char *found = "";
    for (size_t i = 0; i < COUNT_OF(names) && found[0] == '\0'; i++) {
        found = evtx_value(event, names[i]);
    }
    found += found[0] == '[';
    size_t length = strcspn(found, "]");
    const char *colon = strchr(found, ':');
    if (found[length] == '\0' && colon != NULL && strchr(colon + 1, ':') == NULL) {
        length = (size_t)(colon - found);
    }
    memcpy(client, found, length);
    client[length] = '\0';
    if (strcmp(client, "-") == 0 || strcmp(client, "LOCAL") == 0) {
        client[0] = '\0';
    }
}

/* Logons of services and shares say nothing about Remote Desktop. A refused logon of type 3 may be its NLA. */
static bool of_use(const struct evtx_event *event)
{
    const int64_t logon = logon_of(event);
    switch (event->id) {
    case 4624:
        return logon == LOGON_REMOTE || logon == LOGON_UNLOCK || logon == LOGON_CACHED_REMOTE;
    case 4625:
        return logon == LOGON_REMOTE || logon == LOGON_UNLOCK || logon == LOGON_CACHED_REMOTE || logon == LOGON_NETWORK;
    case 4776:
        return number_of(evtx_value(event, "Status")) != 0;
    case 4648:
        return false; /* any process that names an account */
    default:
        return true;
    }
}

static struct log_host *host_of(struct log *log, const char *name, struct error *error)
{
    for (size_t i = 0; i < log->count; i++) {
        if (strcmp(log->hosts[i]->name, name) == 0) {
            return log->hosts[i];
        }
    }
    struct log_host *host = log->count < LOG_HOSTS_MAX ? alloc_new(sizeof *host) : NULL;
    if (host == NULL) {
        if (log->count < LOG_HOSTS_MAX) {
            error_no_memory(error);
        }
        return NULL;
    }
    host->name = alloc_text(name);
    host->told = -1;
    if (host->name == NULL) {
        alloc_free(host);
        error_no_memory(error);
        return NULL;
    }
    log->hosts[log->count++] = host;
    return host;
}

static struct row *row_of(struct log_host *host, const struct evtx_event *event, struct error *error)
{
    const int64_t code = code_of(event);
    const int64_t logon = logon_of(event);
    for (size_t i = 0; i < host->count; i++) {
        struct row *row = &host->rows[i];
        if (row->id == event->id && row->code == code && row->logon == logon &&
            strcmp(row->channel, event->channel) == 0) {
            return row;
        }
    }
    if (host->count == SERVER_EVENTS_MAX) {
        return NULL;
    }
    struct row *row = &host->rows[host->count];
    *row = (struct row){ .id = event->id, .code = code, .logon = logon };
    row->channel = alloc_text(event->channel);
    row->last = alloc_new(sizeof *row->last);
    if (row->channel == NULL || row->last == NULL) {
        alloc_free(row->channel);
        alloc_free(row->last);
        error_no_memory(error);
        return NULL;
    }
    host->count++;
    return row;
}

static void count_client(struct row *row, const struct evtx_event *event)
{
    char client[EVTX_VALUE_SIZE];
    uint32_t hash = 2166136261U;
    client_of(event, client);
    for (const char *c = client; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 16777619U;
    }
    for (size_t i = 0; i < row->client_count; i++) {
        if (row->clients[i] == hash) {
            return;
        }
    }
    if (client[0] != '\0' && row->client_count < CLIENTS_MAX) {
        row->clients[row->client_count++] = hash;
    }
}

static void count_event(struct row *row, const struct evtx_event *event)
{
    const int64_t hour = event->time_us / SECOND_US / HOUR_S;
    row->count++;
    row->in_hour = hour == row->hour ? row->in_hour + 1 : 1;
    row->hour = hour;
    row->busiest = row->in_hour > row->busiest ? row->in_hour : row->busiest;
    count_client(row, event);
    if (event->time_us >= row->last_us) {
        row->last_us = event->time_us;
        *row->last = *event;
    }
}

/* The log of this machine's own client. */
static bool take_client(struct log_host *host, const struct evtx_event *event, struct error *error)
{
    const char *value = evtx_value(event, "Value");
    host->used++;
    if (event->id == 1024 && value[0] != '\0' && event->time_us >= host->aim_us) {
        char *aim = alloc_text(value);
        if (aim == NULL) {
            return error_no_memory(error);
        }
        alloc_free(host->aim);
        host->aim = aim;
        host->aim_us = event->time_us;
        host->told = -1; /* of a connection before */
    } else if (event->id == 1026 && event->time_us >= host->told_us) {
        host->told = number_of(value);
        host->told_us = event->time_us;
    }
    return true;
}

bool log_take(void *context, const struct evtx_event *event, struct error *error)
{
    struct log *log = context;
    struct error inner = { 0 };
    const struct event_fact *fact = fact_of(event);
    if (fact == NULL || !of_use(event)) {
        return true;
    }
    struct log_host *host = host_of(log, event->computer, &inner);
    if (host != NULL && strcmp(fact->side, "client") == 0) {
        return take_client(host, event, error);
    }
    struct row *row = host != NULL ? row_of(host, event, &inner) : NULL;
    if (inner.kind != ERROR_NONE) {
        *error = inner;
        return false;
    }
    log->other_hosts += host == NULL;
    log->other_rows += host != NULL && row == NULL;
    if (row != NULL) {
        host->used++;
        count_event(row, event);
    }
    return true;
}

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

static bool add_row(struct ev_server *server, const struct row *row, struct error *error)
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

static bool build(const struct log_host *host, struct evidence *e, struct error *error)
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
    if (host->told > 0) {
        ev_set_int(&e->client_said.code, SOURCE_FILE, host->told);
    }
    ev_set_int(&e->started, SOURCE_FILE, last_us);
    return good;
}

struct evidence *log_evidence(const struct log *log, size_t host, struct error *error)
{
    struct evidence *e = evidence_new(error);
    if (e != NULL && !build(log->hosts[host], e, error)) {
        evidence_free(e);
        e = NULL;
    }
    return e;
}

uint64_t log_used(const struct log *log, size_t host)
{
    return log->hosts[host]->used;
}

const char *log_host_name(const struct log *log, size_t host)
{
    return log->hosts[host]->name;
}

void log_release(struct log *log)
{
    for (size_t i = 0; i < log->count; i++) {
        for (size_t j = 0; j < log->hosts[i]->count; j++) {
            alloc_free(log->hosts[i]->rows[j].channel);
            alloc_free(log->hosts[i]->rows[j].last);
        }
        alloc_free(log->hosts[i]->name);
        alloc_free(log->hosts[i]->aim);
        alloc_free(log->hosts[i]);
    }
    *log = (struct log){ 0 };
}
