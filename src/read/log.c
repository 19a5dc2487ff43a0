/* Events of logs, sorted by machine and kind. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "facts/codes.h"
#include "read/log_internal.h"

enum { HOUR_S = 3600, SECOND_US = 1000000 };
enum { LOGON_NETWORK = 3, LOGON_UNLOCK = 7, LOGON_REMOTE = 10, LOGON_CACHED_REMOTE = 12 };

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

static struct log_row *row_of(struct log_host *host, const struct evtx_event *event, struct error *error)
{
    const int64_t code = code_of(event);
    const int64_t logon = logon_of(event);
    for (size_t i = 0; i < host->count; i++) {
        struct log_row *row = &host->rows[i];
        if (row->id == event->id && row->code == code && row->logon == logon &&
            strcmp(row->channel, event->channel) == 0) {
            return row;
        }
    }
    if (host->count == SERVER_EVENTS_MAX) {
        return NULL;
    }
    struct log_row *row = &host->rows[host->count];
    *row = (struct log_row){ .id = event->id, .code = code, .logon = logon };
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

static void count_client(struct log_row *row, const struct evtx_event *event)
{
    char client[EVTX_VALUE_SIZE];
    int32_t port;
    uint32_t hash = 2166136261U;
    event_client(event, client, &port);
    for (const char *c = client; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 16777619U;
    }
    for (size_t i = 0; i < row->client_count; i++) {
        if (row->clients[i] == hash) {
            return;
        }
    }
    if (client[0] != '\0' && row->client_count < LOG_CLIENTS_MAX) {
        row->clients[row->client_count++] = hash;
    }
}

static void count_event(struct log_row *row, const struct evtx_event *event)
{
    const int64_t hour = event->time_us / SECOND_US / HOUR_S;
    row->count++;
    row->in_hour = hour == row->hour ? row->in_hour + 1 : 1;
    row->hour = hour;
    row->busiest = row->in_hour > row->busiest ? row->in_hour : row->busiest;
    count_client(row, event);
    row->first_us = row->first_us == 0 || event->time_us < row->first_us ? event->time_us : row->first_us;
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
    struct log_row *row = host != NULL ? row_of(host, event, &inner) : NULL;
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
    return host == NULL || visits_take(&host->visits, event, error);
}

bool log_visits(const struct log *log, const char *name, int64_t around_us, struct ev_server *server,
                struct error *error)
{
    for (size_t i = 0; i < log->count; i++) {
        if (strcmp(log->hosts[i]->name, name) == 0) {
            return visits_record(&log->hosts[i]->visits, around_us, server, error);
        }
    }
    return true;
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
        visits_release(&log->hosts[i]->visits);
        alloc_free(log->hosts[i]->name);
        alloc_free(log->hosts[i]->aim);
        alloc_free(log->hosts[i]);
    }
    *log = (struct log){ 0 };
}
