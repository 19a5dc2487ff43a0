/* A capture file (pcap, pcapng) to conversations. libpcap stays behind this header: it knows the formats, we the rest.
 */
#ifndef RDPWHY_READ_CAPTURE_H
#define RDPWHY_READ_CAPTURE_H

#include <stdio.h>

#include "read/conversation.h"

enum { CAPTURE_DEFAULT_PORT = 3389 };

/* What was read, and what was not. */
struct capture_counts {
    uint64_t packets;
    uint64_t bytes;
    uint64_t other;     /* no TCP, UDP or ICMP */
    uint64_t fragments; /* of IP, behind the first */
    uint64_t cut;       /* shorter than their headers, by the snap length */
    uint64_t partial;   /* likewise, behind their headers */
    uint64_t bad;
    uint64_t connections;
    uint64_t pushed_out; /* still open when memory ran short */
    uint64_t conversations_left_out;
    int64_t first_us;
    int64_t last_us;
    int snap_length;
    char problem[256]; /* why reading ended before the file did; empty: it did not */
};

struct capture {
    struct conversation *conversations; /* owned, in the order of the capture */
    size_t count;
    size_t room;
    struct udp_way *ways; /* owned */
    size_t way_count;
    struct capture_counts counts;
    int64_t last_us; /* while reading */
};

/* Reads `file` (a pipe will do) to its end, or to where it is damaged: what came before counts. The file is closed
 * afterwards in every case, unless it is stdin. `rdp_port`: connections to it count even when no byte was sent.
 * ERROR_DATA: not a capture file, or a link type that is not known. */
bool capture_read(FILE *file, uint16_t rdp_port, struct capture *capture, struct error *error) MUST_USE;
void capture_release(struct capture *capture);

#endif
