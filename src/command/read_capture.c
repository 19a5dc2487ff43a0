#include "command/read_capture.h"

#include <inttypes.h>
#include <string.h>

#include "command/read_kinds.h"
#include "read/capture.h"

bool read_is_capture(const uint8_t *magic)
{
    static const uint8_t known[][4] = { { 0xd4, 0xc3, 0xb2, 0xa1 }, { 0xa1, 0xb2, 0xc3, 0xd4 },
                                        { 0x4d, 0x3c, 0xb2, 0xa1 }, { 0xa1, 0xb2, 0x3c, 0x4d },
                                        { 0x0a, 0x0d, 0x0d, 0x0a }, { 0x34, 0xcd, 0xb2, 0xa1 } };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (memcmp(magic, known[i], 4) == 0) {
            return true;
        }
    }
    return false;
}

static void tell_counts(struct read_file *row, const struct capture *capture)
{
    const struct capture_counts *counts = &capture->counts;
    const int64_t span_us = counts->last_us > counts->first_us ? counts->last_us - counts->first_us : 0;
    size_t machines = capture->count;
    for (size_t i = 0; i < capture->way_count; i++) {
        machines += !capture->ways[i].has_tcp;
    }
    snprintf(row->found, sizeof row->found,
             "%" PRIu64 " packet%s in %" PRId64 ".%" PRId64 " s, %" PRIu64
             " TCP connection%s; RDP between %zu pair%s of "
             "machines",
             counts->packets, counts->packets == 1 ? "" : "s", span_us / 1000000, span_us / 100000 % 10,
             counts->connections, counts->connections == 1 ? "" : "s", machines, machines == 1 ? "" : "s");
    if (counts->problem[0] != '\0') {
        read_skip(row, "%s", counts->problem);
    }
    if (counts->cut > 0) {
        read_skip(row, "%" PRIu64 " packets are cut inside their headers by the snap length of %d", counts->cut,
                  counts->snap_length);
    }
    if (counts->partial > 0) {
        read_skip(row,
                  "of %" PRIu64 " packets only the first bytes were recorded (snap length): record them whole, as "
                  "tcpdump -s 0 does",
                  counts->partial);
    }
    if (counts->bad > 0) {
        read_skip(row, "%" PRIu64 " packets have headers that contradict themselves", counts->bad);
    }
    if (counts->fragments > 0) {
        read_skip(row, "%" PRIu64 " later pieces of fragmented IP packets", counts->fragments);
    }
    if (counts->pushed_out > 0) {
        read_skip(row, "%" PRIu64 " connections had to make room before they were over", counts->pushed_out);
    }
    if (counts->conversations_left_out > 0) {
        read_skip(row, "%" PRIu64 " connections of further clients: more than %d pairs of machines",
                  counts->conversations_left_out, CONVERSATIONS_MAX);
    }
}

bool read_capture(struct read_all *all, struct read_file *row, FILE *file, uint16_t rdp_port, struct error *error)
{
    struct capture capture;
    struct error inner = { 0 };
    row->kind = READ_CAPTURE;
    if (!capture_read(file, rdp_port, &capture, &inner)) {
        if (inner.kind != ERROR_DATA) {
            *error = inner;
            return false;
        }
        return read_skip(row, "%s", inner.text);
    }
    row->recognised = true;
    tell_counts(row, &capture);
    bool good = true;
    for (size_t i = 0; i < capture.count && good; i++) {
        struct evidence *evidence = conversation_evidence(&capture.conversations[i], error);
        good = evidence != NULL && read_add(all, evidence, error);
    }
    for (size_t i = 0; i < capture.way_count && good; i++) {
        if (!capture.ways[i].has_tcp) {
            struct evidence *evidence = udp_way_evidence(&capture.ways[i], error);
            good = evidence != NULL && read_add(all, evidence, error);
        }
    }
    capture_release(&capture);
    return good;
}
