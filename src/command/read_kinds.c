/* What the server's own side left: event logs, the output of rdpwhy collect. */
#include "command/read_kinds.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "read/collected.h"
#include "read/log.h"

static void tell_events(struct read_file *row, const struct evtx_counts *counts, const struct log *log)
{
    char first[CLOCK_TEXT_SIZE];
    char last[CLOCK_TEXT_SIZE];
    uint64_t used = 0;
    for (size_t i = 0; i < log->count; i++) {
        used += log_used(log, i);
    }
    clock_format(counts->first_us / 1000000 * 1000000, first);
    clock_format(counts->last_us / 1000000 * 1000000, last);
    snprintf(row->found, sizeof row->found,
             "%" PRIu64 " event%s from %s to %s; %" PRIu64 " about Remote Desktop, of %zu machine%s", counts->records,
             counts->records == 1 ? "" : "s", first, last, used, log->count, log->count == 1 ? "" : "s");
    if (counts->headless) {
        read_skip(row, "the head of the file is damaged; every chunk behind it was tried");
    }
    if (counts->damaged > 0) {
        read_skip(row, "%" PRIu64 " damaged chunk%s of 64 KiB passed over", counts->damaged,
                  counts->damaged == 1 ? "" : "s");
    }
    if (counts->unreadable > 0) {
        read_skip(row, "%" PRIu64 " record%s could not be read", counts->unreadable,
                  counts->unreadable == 1 ? "" : "s");
    }
    if (counts->differs) {
        read_skip(row, "record %" PRIu64 ": libevtx reads it otherwise than rdpwhy does, so it reads all from there on",
                  counts->differs_at);
    }
    if (counts->cut > 0) {
        read_skip(row, "the file is cut: its last %zu bytes are no whole chunk", counts->cut);
    }
    if (log->other_hosts > 0) {
        read_skip(row, "%" PRIu64 " events of further machines: more than %d", log->other_hosts, LOG_HOSTS_MAX);
    }
    if (log->other_rows > 0) {
        read_skip(row, "%" PRIu64 " events of further kinds: more than %d", log->other_rows, SERVER_EVENTS_MAX);
    }
}

bool read_events(struct read_all *all, struct read_file *row, FILE *file, struct error *error)
{
    struct log *log = alloc_new(sizeof *log);
    struct error inner = { 0 };
    row->kind = READ_EVENTS;
    if (log == NULL) {
        return error_no_memory(error);
    }
    all->logs[all->file_count] = log;
    bool good = evtx_read(file, EVTX_QUICK, log_take, log, &log->counts, &inner);
    if (good) {
        row->recognised = true;
        tell_events(row, &log->counts, log);
    } else if (inner.kind == ERROR_DATA) {
        good = read_skip(row, "%s", inner.text);
    } else {
        *error = inner;
    }
    for (size_t i = 0; i < log->count && good; i++) {
        struct evidence *evidence = log_evidence(log, i, error);
        good = evidence != NULL && read_add(all, evidence, error);
    }
    return good;
}

bool read_collected(struct read_all *all, struct read_file *row, const struct buffer *bytes, struct error *error)
{
    struct collect collect;
    struct error inner = { 0 };
    row->kind = READ_COLLECTED;
    if (!collect_parse(bytes->bytes, bytes->size, &collect, &inner)) {
        if (inner.kind == ERROR_DATA) {
            return read_skip(row, "%s", inner.text);
        }
        *error = inner;
        return false;
    }
    struct evidence *evidence = evidence_new(error);
    bool good = evidence != NULL && ev_set_words(&evidence->program, SOURCE_FILE, "rdpwhy", error) &&
                ev_set_words(&evidence->version, SOURCE_FILE, RDPWHY_VERSION, error) &&
                ev_set_words(&evidence->command, SOURCE_FILE, "read", error) &&
                collected_evidence(&collect, evidence, error);
    row->recognised = true;
    snprintf(row->found, sizeof row->found, "collected on the %s: %zu records", collect_side_name(collect.side),
             collect.count);
    if (!collect.whole) {
        read_skip(row, "something of it got lost or changed on the way");
    }
    for (size_t i = 0; i < collect.complaint_count; i++) {
        read_skip(row, "line %u: %s", collect.complaints[i].line, collect.complaints[i].why);
    }
    if (good) {
        ev_set_int(&evidence->schema, SOURCE_FILE, EVIDENCE_SCHEMA);
        good = read_add(all, evidence, error);
    } else {
        evidence_free(evidence);
    }
    collect_release(&collect);
    return good;
}
