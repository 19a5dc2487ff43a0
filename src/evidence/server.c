#include "evidence/server.h"

#include "evidence/evidence.h"

static const struct field setting_rows[] = {
    { FIELD_ROW(struct ev_setting, name, TEXT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_setting, value, INT, NONE) },
};
const struct field_table setting_table = FIELD_TABLE("setting", struct ev_setting, setting_rows);

static const struct field service_rows[] = {
    { FIELD_ROW(struct ev_service, name, TEXT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_service, state, TEXT, NONE) },
    { FIELD_ROW(struct ev_service, start, TEXT, NONE) },
};
const struct field_table service_table = FIELD_TABLE("service", struct ev_service, service_rows);

static const struct field server_certificate_rows[] = {
    { FIELD_ROW(struct ev_server_certificate, store, TEXT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_server_certificate, sha1, TEXT, HASH), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_server_certificate, subject, TEXT, NAME) },
    { FIELD_ROW(struct ev_server_certificate, not_before, TIME, NONE) },
    { FIELD_ROW(struct ev_server_certificate, not_after, TIME, NONE) },
    { FIELD_ROW(struct ev_server_certificate, has_key, BOOL, NONE) },
};
const struct field_table server_certificate_table =
    FIELD_TABLE("server_certificate", struct ev_server_certificate, server_certificate_rows);

static const struct field key_file_rows[] = {
    { FIELD_ROW(struct ev_key_file, changed, TIME, NONE) },
    { FIELD_ROW(struct ev_key_file, rights, LIST, NONE), .group = &text_item_table },
};
const struct field_table key_file_table = FIELD_TABLE("key_file", struct ev_key_file, key_file_rows);

static const struct field detail_rows[] = {
    { .name = "", .kind = FIELD_TEXT, .offset = offsetof(struct ev_detail, text), .privacy = PRIVACY_RAW },
};
const struct field_table detail_table = FIELD_TABLE("detail", struct ev_detail, detail_rows);

static const struct field event_rows[] = {
    { FIELD_ROW(struct ev_event, log, TEXT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_event, id, INT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_event, code, INT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_event, logon_type, INT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_event, count, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_event, busiest_hour, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_event, clients, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_event, last, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_event, details, LIST, NONE), .group = &detail_table, .diff = DIFF_VARIES },
};
const struct field_table event_table = FIELD_TABLE("event", struct ev_event, event_rows);

static const struct field rule_rows[] = {
    { FIELD_ROW(struct ev_rule, name, TEXT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_rule, enabled, BOOL, NONE) },
    { FIELD_ROW(struct ev_rule, profiles, TEXT, NONE) },
    { FIELD_ROW(struct ev_rule, action, TEXT, NONE) },
};
const struct field_table rule_table = FIELD_TABLE("rule", struct ev_rule, rule_rows);

static const struct field server_rows[] = {
    { FIELD_ROW(struct ev_server, collected, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_server, admin, BOOL, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_server, whole, BOOL, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_server, host, TEXT, NAME) },
    { FIELD_ROW(struct ev_server, build, TEXT, NONE) },
    { FIELD_ROW(struct ev_server, product, TEXT, NONE) },
    { FIELD_ROW(struct ev_server, booted, TIME, NONE) },
    { FIELD_ROW(struct ev_server, port, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_server, listening, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_server, connections, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_server, holder, TEXT, NONE) },
    { FIELD_ROW(struct ev_server, disk_free, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_server, settings, LIST, NONE), .group = &setting_table, .max = SERVER_SETTINGS_MAX },
    { FIELD_ROW(struct ev_server, services, LIST, NONE), .group = &service_table, .max = SERVER_SERVICES_MAX },
    { FIELD_ROW(struct ev_server, bound, TEXT, HASH) },
    { FIELD_ROW(struct ev_server, certificates, LIST, NONE), .group = &server_certificate_table,
      .max = SERVER_CERTIFICATES_MAX },
    { FIELD_ROW(struct ev_server, keys, LIST, NONE), .group = &key_file_table, .max = SERVER_CERTIFICATES_MAX },
    { FIELD_ROW(struct ev_server, events, LIST, NONE), .group = &event_table, .max = SERVER_EVENTS_MAX },
    { FIELD_ROW(struct ev_server, visits, LIST, NONE), .group = &visit_table, .max = SERVER_VISITS_MAX,
      .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_server, visits_first, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_server, visits_last, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_server, coverage, LIST, NONE), .group = &coverage_table, .max = SERVER_COVERAGE_MAX,
      .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_server, rules, LIST, NONE), .group = &rule_table, .max = SERVER_RULES_MAX },
    { FIELD_ROW(struct ev_server, unread, LIST, NONE), .group = &text_item_table, .diff = DIFF_VARIES },
};
const struct field_table server_table = FIELD_TABLE("server", struct ev_server, server_rows);
