/* The tables of the path group, inner before outer. */
#include "evidence/path.h"

#include "evidence/evidence.h"
#include "evidence/tables.h"

const struct field_names segment_names[] = {
    { SEGMENT_LAN, "lan" },         { SEGMENT_ISP, "isp" },
    { SEGMENT_TRANSIT, "transit" }, { SEGMENT_VPN_GATEWAY, "vpn-gateway" },
    { SEGMENT_TUNNEL, "tunnel" },   { SEGMENT_OFFICE, "office" },
    { SEGMENT_SERVER, "server" },   { 0, NULL },
};
const struct field_names leg_names[] = {
    { LEG_DIRECT, "direct" },
    { LEG_UNDERLAY, "underlay" },
    { LEG_OVERLAY, "overlay" },
    { 0, NULL },
};
const struct field_names stream_kind_names[] = {
    { STREAM_ECHO, "echo" },       { STREAM_UDP, "udp" }, { STREAM_SYN, "syn" },
    { STREAM_SERVICE, "service" }, { STREAM_TCP, "tcp" }, { 0, NULL },
};
const struct field_names stream_reach_names[] = {
    { REACH_TTL, "ttl" },
    { REACH_WHOLE, "whole" },
    { REACH_OWN, "own-address" },
    { 0, NULL },
};
const struct field_names path_reason_names[] = {
    { PATH_ASKED, "asked" },           { PATH_SYN_AGAIN, "syn-again" }, { PATH_STALL, "stall" },
    { PATH_RTT_SPREAD, "rtt-spread" }, { PATH_TCP_AGAIN, "tcp-again" }, { 0, NULL },
};
const struct field_names path_ended_names[] = {
    { PATH_SURE, "sure" },     { PATH_TIME, "time" },         { PATH_STOPPED, "stopped" }, { PATH_MUTE, "mute" },
    { PATH_BROKEN, "broken" }, { PATH_SILENCED, "silenced" }, { PATH_REFUSED, "refused" }, { 0, NULL },
};

static const struct field rtt_rows[] = {
    { FIELD_ROW(struct ev_rtt, min, INT, NONE), .range = RANGE_COUNT, .up_to = "median" },
    { FIELD_ROW(struct ev_rtt, median, INT, NONE), .range = RANGE_COUNT, .up_to = "p95" },
    { FIELD_ROW(struct ev_rtt, p95, INT, NONE), .range = RANGE_COUNT },
};
static const struct field_table rtt_table = FIELD_TABLE("rtt", struct ev_rtt, rtt_rows);

static const struct field stream_rows[] = {
    { FIELD_ROW(struct ev_stream, kind, ENUM, NONE), .names = stream_kind_names },
    { FIELD_ROW(struct ev_stream, reach, ENUM, NONE), .names = stream_reach_names },
    { FIELD_ROW(struct ev_stream, sent, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_stream, lost, INT, NONE), .range = RANGE_COUNT, .up_to = "sent" },
    { FIELD_ROW(struct ev_stream, late, INT, NONE), .range = RANGE_COUNT, .up_to = "sent" },
    { FIELD_ROW(struct ev_stream, runs, INT, NONE), .range = RANGE_COUNT, .up_to = "lost" },
    { FIELD_ROW(struct ev_stream, longest_run, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_stream, rtt_us, GROUP, NONE), .group = &rtt_table },
};
const struct field_table stream_table = FIELD_TABLE("stream", struct ev_stream, stream_rows);

static const struct field hop_rows[] = {
    { FIELD_ROW(struct ev_hop, leg, ENUM, NONE), .names = leg_names, .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_hop, ttl, INT, NONE), .range = RANGE_TTL, .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_hop, end, BOOL, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_hop, segment, ENUM, NONE), .names = segment_names },
    { FIELD_ROW(struct ev_hop, addresses, LIST, NONE), .group = &address_item_table, .max = PATH_ADDRESSES_MAX,
      .diff = DIFF_SAMPLES },
    { FIELD_ROW(struct ev_hop, streams, LIST, NONE), .group = &stream_table, .max = PATH_STREAMS_MAX,
      .diff = DIFF_VARIES },
};
const struct field_table hop_table = FIELD_TABLE("hop", struct ev_hop, hop_rows);

static const struct field segment_rows[] = {
    { FIELD_ROW(struct ev_segment, id, ENUM, NONE), .names = segment_names, .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_segment, sent, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_segment, lost, INT, NONE), .range = RANGE_COUNT, .up_to = "sent", .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_segment, rtt_us, GROUP, NONE), .group = &rtt_table },
};
const struct field_table segment_table = FIELD_TABLE("segment", struct ev_segment, segment_rows);

static const struct field path_rows[] = {
    { FIELD_ROW(struct ev_path, reason, ENUM, NONE), .names = path_reason_names, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_path, ended, ENUM, NONE), .names = path_ended_names, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_path, took_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_path, probes, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_path, foreign, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_path, changed, BOOL, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_path, own_up_kbps, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_path, own_down_kbps, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_path, outer, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_path, means, LIST, NONE), .group = &text_item_table, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_path, hops, LIST, NONE), .group = &hop_table, .max = PATH_HOPS_MAX, .diff = DIFF_SAMPLES },
    { FIELD_ROW(struct ev_path, segments, LIST, NONE), .group = &segment_table, .max = PATH_SEGMENTS_MAX,
      .diff = DIFF_SAMPLES },
};
const struct field_table path_table = FIELD_TABLE("path", struct ev_path, path_rows);
