#include "evidence/recorded.h"

#include "evidence/tables.h"

const struct field_names reach_names[] = {
    { REACH_NOTHING, "nothing" }, { REACH_OPEN, "open" },       { REACH_CONFIRM, "confirm" },
    { REACH_HELLO, "hello" },     { REACH_TLS, "tls" },         { REACH_LOGON, "logon" },
    { REACH_GRANTED, "granted" }, { REACH_SESSION, "session" }, { 0, NULL },
};
const struct field_names front_names[] = {
    { FRONT_NONE, "none" }, { FRONT_SOCKS4, "socks4" }, { FRONT_SOCKS5, "socks5" }, { FRONT_HTTP, "http" }, { 0, NULL },
};

static const struct field recorded_rows[] = {
    { FIELD_ROW(struct ev_recorded, client, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_recorded, client_port, INT, NONE), .range = RANGE_PORT_OR_NONE },
    { FIELD_ROW(struct ev_recorded, started, TIME, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, duration_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, answer_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, syns, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, sent, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, received, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, retransmitted, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, duplicated, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, contradicted, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, cut, BOOL, NONE) },
    { FIELD_ROW(struct ev_recorded, snapped, BOOL, NONE) },
    { FIELD_ROW(struct ev_recorded, front, ENUM, NONE), .names = front_names },
    { FIELD_ROW(struct ev_recorded, reach, ENUM, NONE), .names = reach_names },
    { FIELD_ROW(struct ev_recorded, records_sent, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_recorded, records_received, INT, NONE), .range = RANGE_COUNT },
};
const struct field_table recorded_table = FIELD_TABLE("recorded", struct ev_recorded, recorded_rows);
