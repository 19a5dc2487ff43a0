/* The tables of the mtu and bandwidth groups, inner before outer. */
#include "evidence/line.h"

#include "evidence/evidence.h"
#include "evidence/tables.h"

const struct field_names size_answer_names[] = {
    { SIZE_SILENT, "silent" },
    { SIZE_TOO_BIG, "too-big" },
    { SIZE_REFUSED, "refused" },
    { SIZE_ANSWERED, "answered" },
    { 0, NULL },
};

static const struct field size_rows[] = {
    { FIELD_ROW(struct ev_size, leg, ENUM, NONE), .names = leg_names },
    { FIELD_ROW(struct ev_size, kind, ENUM, NONE), .names = stream_kind_names },
    { FIELD_ROW(struct ev_size, reach, ENUM, NONE), .names = stream_reach_names },
    { FIELD_ROW(struct ev_size, ttl, INT, NONE), .range = RANGE_TTL },
    { FIELD_ROW(struct ev_size, address, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_size, size, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_size, sent, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_size, answered, INT, NONE), .range = RANGE_COUNT, .up_to = "sent" },
    { FIELD_ROW(struct ev_size, answer, ENUM, NONE), .names = size_answer_names },
    { FIELD_ROW(struct ev_size, by, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_size, told, INT, NONE), .range = RANGE_COUNT },
};
const struct field_table size_table = FIELD_TABLE("size", struct ev_size, size_rows);

static const struct field mtu_rows[] = {
    { FIELD_ROW(struct ev_mtu, path_mtu, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_mtu, outer_path_mtu, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_mtu, means, LIST, NONE), .group = &text_item_table, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_mtu, probes, LIST, NONE), .group = &size_table, .max = LINE_SIZES_MAX, .diff = DIFF_VARIES },
};
const struct field_table mtu_table = FIELD_TABLE("mtu", struct ev_mtu, mtu_rows);

static const struct field train_rows[] = {
    { FIELD_ROW(struct ev_train, leg, ENUM, NONE), .names = leg_names },
    { FIELD_ROW(struct ev_train, kind, ENUM, NONE), .names = stream_kind_names },
    { FIELD_ROW(struct ev_train, reach, ENUM, NONE), .names = stream_reach_names },
    { FIELD_ROW(struct ev_train, ttl, INT, NONE), .range = RANGE_TTL },
    { FIELD_ROW(struct ev_train, address, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_train, size, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_train, sent, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_train, send_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_train, answered, INT, NONE), .range = RANGE_COUNT, .up_to = "sent" },
    { FIELD_ROW(struct ev_train, first, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_train, last, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_train, span_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_train, idle_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_train, loaded_us, INT, NONE), .range = RANGE_COUNT },
};
const struct field_table train_table = FIELD_TABLE("train", struct ev_train, train_rows);

static const struct field bandwidth_rows[] = {
    { FIELD_ROW(struct ev_bandwidth, means, LIST, NONE), .group = &text_item_table, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_bandwidth, trains, LIST, NONE), .group = &train_table, .max = LINE_TRAINS_MAX,
      .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_bandwidth, bytes, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
};
const struct field_table bandwidth_table = FIELD_TABLE("bandwidth", struct ev_bandwidth, bandwidth_rows);
