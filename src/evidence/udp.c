#include "evidence/udp.h"

const struct field_names udp_dtls_names[] = {
    { UDP_DTLS_NOT_ASKED, "not-asked" },
    { UDP_DTLS_SILENT, "silent" },
    { UDP_DTLS_SPEAKS, "speaks" },
    { UDP_DTLS_ELSE, "else" },
    { 0, NULL },
};

static const struct field udp_size_rows[] = {
    { FIELD_ROW(struct ev_udp_size, size, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_udp_size, sent, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_udp_size, answered, INT, NONE), .range = RANGE_COUNT, .up_to = "sent", .diff = DIFF_VARIES },
};
const struct field_table udp_size_table = FIELD_TABLE("udp-size", struct ev_udp_size, udp_size_rows);

static const struct field udp_rows[] = {
    { FIELD_ROW(struct ev_udp, sent, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_udp, answered, BOOL, NONE) },
    { FIELD_ROW(struct ev_udp, lost, INT, NONE), .range = RANGE_COUNT, .up_to = "sent", .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_udp, version, INT, NONE) },
    { FIELD_ROW(struct ev_udp, largest_payload, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_udp, rtt_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_udp, again, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_udp, strange, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_udp, refused, BOOL, NONE) },
    { FIELD_ROW(struct ev_udp, refused_by, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_udp, sizes, LIST, NONE), .group = &udp_size_table, .max = UDP_SIZES_MAX,
      .diff = DIFF_SAMPLES },
    { FIELD_ROW(struct ev_udp, lossy, BOOL, NONE) },
    { FIELD_ROW(struct ev_udp, dtls, ENUM, NONE), .names = udp_dtls_names },
};
const struct field_table udp_table = FIELD_TABLE("udp", struct ev_udp, udp_rows);
