#include "evidence/session.h"

#include "evidence/tables.h"

const struct field_names session_phase_names[] = {
    { SESSION_MCS, "mcs" },
    { SESSION_CHANNELS, "channels" },
    { SESSION_SECURITY, "security" },
    { SESSION_LICENSING, "licensing" },
    { SESSION_CAPABILITIES, "capabilities" },
    { SESSION_ACTIVE, "active" },
    { 0, NULL },
};
const struct field_names session_ended_names[] = {
    { SESSION_READY, "ready" },
    { SESSION_ERROR_INFO, "error-info" },
    { SESSION_ULTIMATUM, "ultimatum" },
    { SESSION_REFUSED, "refused" },
    { SESSION_LICENCE, "licence" },
    { SESSION_CLOSED, "closed" },
    { SESSION_RESET, "reset" },
    { SESSION_ALERT, "alert" },
    { SESSION_SILENT, "silent" },
    { SESSION_GARBAGE, "garbage" },
    { SESSION_ENDLESS, "endless" },
    { SESSION_REDIRECTED, "redirected" },
    { SESSION_CIPHER_LACK, "cipher-lack" },
    { 0, NULL },
};
const struct field_names session_by_names[] = {
    { SESSION_BY_CLIENT, "client" },
    { SESSION_BY_SERVER, "server" },
    { SESSION_BY_NETWORK, "network" },
    { 0, NULL },
};
const struct field_names session_security_names[] = {
    { SESSION_OVER_RDP, "rdp" },
    { SESSION_OVER_TLS, "tls" },
    { SESSION_OVER_NLA, "nla" },
    { 0, NULL },
};
const struct field_names session_method_names[] = {
    { SESSION_METHOD_NONE, "none" },
    { SESSION_METHOD_40, "rc4-40" },
    { SESSION_METHOD_56, "rc4-56" },
    { SESSION_METHOD_128, "rc4-128" },
    { SESSION_METHOD_FIPS, "fips" },
    { SESSION_METHOD_OTHER, "other" },
    { 0, NULL },
};
const struct field_names session_level_names[] = {
    { SESSION_LEVEL_NONE, "none" },
    { SESSION_LEVEL_LOW, "low" },
    { SESSION_LEVEL_COMPATIBLE, "client-compatible" },
    { SESSION_LEVEL_HIGH, "high" },
    { SESSION_LEVEL_FIPS, "fips" },
    { SESSION_LEVEL_OTHER, "other" },
    { 0, NULL },
};
const struct field_names session_user_names[] = {
    { SESSION_NOBODY, "nobody" },
    { SESSION_LOGGED_ON, "logged-on" },
    { SESSION_CREDENTIALS, "credentials" },
    { SESSION_WITHHELD, "withheld" },
    { 0, NULL },
};

static const struct field encryption_rows[] = {
    { FIELD_ROW(struct ev_encryption, method, ENUM, NONE), .names = session_method_names },
    { FIELD_ROW(struct ev_encryption, level, ENUM, NONE), .names = session_level_names },
    { FIELD_ROW(struct ev_encryption, key_bits, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_encryption, x509, BOOL, NONE) },
};
static const struct field_table encryption_table = FIELD_TABLE("encryption", struct ev_encryption, encryption_rows);

static const struct field licence_rows[] = {
    { FIELD_ROW(struct ev_licence, requests, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_licence, answered, BOOL, NONE) },
    { FIELD_ROW(struct ev_licence, challenged, BOOL, NONE) },
    { FIELD_ROW(struct ev_licence, issued, BOOL, NONE) },
    { FIELD_ROW(struct ev_licence, code, INT, NONE) },
    { FIELD_ROW(struct ev_licence, transition, INT, NONE) },
};
static const struct field_table licence_table = FIELD_TABLE("licence", struct ev_licence, licence_rows);

static const struct field status_item_rows[] = {
    { .name = "", .kind = FIELD_INT, .offset = offsetof(struct ev_status_item, value) },
};
const struct field_table status_item_table = FIELD_TABLE("status", struct ev_status_item, status_item_rows);

static const struct field session_logon_rows[] = {
    { FIELD_ROW(struct ev_session_logon, info, INT, NONE) },
    { FIELD_ROW(struct ev_session_logon, type, INT, NONE) },
    { FIELD_ROW(struct ev_session_logon, data, INT, NONE), .diff = DIFF_VARIES },
};
const struct field_table session_logon_table =
    FIELD_TABLE("session_logon", struct ev_session_logon, session_logon_rows);

static const struct field session_client_rows[] = {
    { FIELD_ROW(struct ev_session_client, version, INT, NONE) },
    { FIELD_ROW(struct ev_session_client, build, INT, NONE) },
    { FIELD_ROW(struct ev_session_client, methods, INT, NONE) },
};
static const struct field_table session_client_table =
    FIELD_TABLE("session_client", struct ev_session_client, session_client_rows);

static const struct field session_rows[] = {
    { FIELD_ROW(struct ev_session, phase, ENUM, NONE), .names = session_phase_names },
    { FIELD_ROW(struct ev_session, ended, ENUM, NONE), .names = session_ended_names },
    { FIELD_ROW(struct ev_session, ended_by, ENUM, NONE), .names = session_by_names },
    { FIELD_ROW(struct ev_session, error, INT, NONE) },
    { FIELD_ROW(struct ev_session, mcs_result, INT, NONE) },
    { FIELD_ROW(struct ev_session, reason, INT, NONE) },
    { FIELD_ROW(struct ev_session, alert, INT, NONE), .range = RANGE_BYTE },
    { FIELD_ROW(struct ev_session, security, ENUM, NONE), .names = session_security_names },
    { FIELD_ROW(struct ev_session, server_version, INT, NONE) },
    { FIELD_ROW(struct ev_session, requested, INT, NONE) },
    { FIELD_ROW(struct ev_session, encryption, GROUP, NONE), .group = &encryption_table },
    { FIELD_ROW(struct ev_session, client, GROUP, NONE), .group = &session_client_table },
    { FIELD_ROW(struct ev_session, io_channel, INT, NONE) },
    { FIELD_ROW(struct ev_session, channels, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_session, refused, INT, NONE) },
    { FIELD_ROW(struct ev_session, user, ENUM, NONE), .names = session_user_names },
    { FIELD_ROW(struct ev_session, licence, GROUP, NONE), .group = &licence_table },
    { FIELD_ROW(struct ev_session, statuses, LIST, NONE), .group = &status_item_table, .max = SESSION_STATUS_MAX },
    { FIELD_ROW(struct ev_session, demanded, BOOL, NONE) },
    { FIELD_ROW(struct ev_session, sets, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_session, logons, LIST, NONE), .group = &session_logon_table, .max = SESSION_LOGONS_MAX },
    { FIELD_ROW(struct ev_session, fast_path, BOOL, NONE) },
    { FIELD_ROW(struct ev_session, hidden, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_session, touched, BOOL, NONE) },
    { FIELD_ROW(struct ev_session, connection, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_session, after_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_session, problem, TEXT, WORDS) },
};
const struct field_table session_table = FIELD_TABLE("session", struct ev_session, session_rows);
