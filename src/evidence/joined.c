#include "evidence/joined.h"

const struct field_names joined_by_names[] = {
    { JOINED_MAIN, "main" },
    { JOINED_PORTS, "ports" },
    { JOINED_ACTIVITY, "activity" },
    { JOINED_NAME, "name" },
    { JOINED_ADDRESS, "address" },
    { JOINED_GIVEN, "given" },
    { 0, NULL },
};
const struct field_names joined_side_names[] = {
    { JOINED_CLIENT, "client" },
    { JOINED_WIRE, "wire" },
    { JOINED_SERVER, "server" },
    { JOINED_WORDS, "words" },
    { 0, NULL },
};

static const struct field part_rows[] = {
    { FIELD_ROW(struct ev_part, file, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_part, side, ENUM, NONE), .names = joined_side_names },
    { FIELD_ROW(struct ev_part, by, ENUM, NONE), .names = joined_by_names },
};
const struct field_table part_table = FIELD_TABLE("part", struct ev_part, part_rows);

static const struct field contradiction_rows[] = {
    { FIELD_ROW(struct ev_contradiction, field, TEXT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_contradiction, kept, TEXT, RAW) },
    { FIELD_ROW(struct ev_contradiction, kept_file, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_contradiction, other, TEXT, RAW) },
    { FIELD_ROW(struct ev_contradiction, other_file, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_KEY },
};
const struct field_table contradiction_table =
    FIELD_TABLE("contradiction", struct ev_contradiction, contradiction_rows);

static const struct field joined_rows[] = {
    { FIELD_ROW(struct ev_joined, parts, LIST, NONE), .group = &part_table, .max = JOINED_PARTS_MAX,
      .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_joined, ahead_low_us, INT, NONE) },
    { FIELD_ROW(struct ev_joined, ahead_high_us, INT, NONE) },
    { FIELD_ROW(struct ev_joined, matches, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_joined, contradictions, LIST, NONE), .group = &contradiction_table,
      .max = JOINED_CONTRADICTIONS_MAX, .diff = DIFF_VARIES },
};
const struct field_table joined_table = FIELD_TABLE("joined", struct ev_joined, joined_rows);
