/* Event logs of Windows (evtx). The file is read as a stream, chunk by chunk: a damaged header, a damaged chunk or a
 * cut end costs no more than itself. libevtx reads what is damaged or rare, and the first record of every form; the
 * rest of a form that we read as it does is read here, which takes a tenth of the time. */
#ifndef RDPWHY_READ_EVTX_H
#define RDPWHY_READ_EVTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attributes.h"
#include "base/error.h"

enum { EVTX_PAIRS_MAX = 32, EVTX_NAME_SIZE = 48, EVTX_VALUE_SIZE = 256 };

/* "IpAddress" = "10.1.2.3". Whatever an event says beside its head, in its order; data without a name have "". */
struct evtx_pair {
    char name[EVTX_NAME_SIZE];
    char value[EVTX_VALUE_SIZE]; /* as in the file: UTF-8, not escaped; cut when longer */
};
struct evtx_event {
    unsigned id;
    int64_t time_us;
    char provider[128];
    char channel[128];
    char computer[EVTX_VALUE_SIZE];
    char activity[EVTX_NAME_SIZE]; /* "{F4205BAC-...}"; empty: none */
    struct evtx_pair pairs[EVTX_PAIRS_MAX];
    size_t count;
};

struct evtx_counts {
    uint64_t records;    /* in chunks that could be read */
    uint64_t unreadable; /* records of these */
    uint64_t taken;      /* of an id that the table of events knows */
    uint64_t chunks;
    uint64_t damaged;  /* chunks */
    size_t cut;        /* bytes of a last chunk that is not whole */
    bool headless;     /* the file's own header is damaged */
    uint64_t numbered; /* records whose number (EventRecordID) is in the clear */
    uint64_t steps;    /* of these, how many follow the one before by 1 */
    uint64_t last_number;
    int64_t first_us; /* of the records whose time is in the clear; 0: none */
    int64_t last_us;
    uint64_t quick;   /* records of use that libevtx did not read */
    uint64_t checked; /* records that were read both ways */
    bool
        differs; /* one of these came out otherwise, where others of its form did not: from there on libevtx read all */
    uint64_t differs_at; /* that record's number */
};

/* Nothing is damaged, and no record between the first and the last is missing: no filter took any out. */
bool evtx_is_whole(const struct evtx_counts *counts);

typedef bool evtx_take(void *context, const struct evtx_event *event, struct error *error);

/* EVTX_LIBRARY: libevtx reads every record. For tests: the events are the same. */
enum evtx_way { EVTX_QUICK, EVTX_LIBRARY };

/* Calls `take` for each event that the table of events (facts/codes.h) knows, in the file's order. What cannot be read
 * is counted and no failure; a false `take` is. ERROR_DATA: not one chunk was there. */
bool evtx_read(FILE *file, enum evtx_way way, evtx_take *take, void *context, struct evtx_counts *counts,
               struct error *error) MUST_USE;

/* An event as XML (UTF-8), by expat. False: no XML, or no event. */
bool evtx_event_parse(const char *xml, size_t size, struct evtx_event *event) MUST_USE;
/* The value of that name; "" when the event has none. */
const char *evtx_value(const struct evtx_event *event, const char *name);

#endif
