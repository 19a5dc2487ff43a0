#include "evidence/visit.h"

static const struct field visit_rows[] = {
    { FIELD_ROW(struct ev_visit, activity, TEXT, HASH), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_visit, client, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_visit, client_port, INT, NONE), .range = RANGE_PORT_OR_NONE },
    { FIELD_ROW(struct ev_visit, session, INT, NONE) },
    { FIELD_ROW(struct ev_visit, arrived, TIME, NONE) },
    { FIELD_ROW(struct ev_visit, accepted, TIME, NONE) },
    { FIELD_ROW(struct ev_visit, began, TIME, NONE) },
    { FIELD_ROW(struct ev_visit, refused, TIME, NONE) },
    { FIELD_ROW(struct ev_visit, refused_event, INT, NONE) },
    { FIELD_ROW(struct ev_visit, refused_code, INT, NONE) },
    { FIELD_ROW(struct ev_visit, ended, TIME, NONE) },
    { FIELD_ROW(struct ev_visit, ended_event, INT, NONE) },
    { FIELD_ROW(struct ev_visit, ended_code, INT, NONE) },
};
const struct field_table visit_table = FIELD_TABLE("visit", struct ev_visit, visit_rows);

static const struct field coverage_rows[] = {
    { FIELD_ROW(struct ev_coverage, log, TEXT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_coverage, first, TIME, NONE) },
    { FIELD_ROW(struct ev_coverage, last, TIME, NONE) },
    { FIELD_ROW(struct ev_coverage, records, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_coverage, arrivals, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_coverage, whole, BOOL, NONE) },
};
const struct field_table coverage_table = FIELD_TABLE("coverage", struct ev_coverage, coverage_rows);
