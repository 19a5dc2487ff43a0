/* One TCP connection of a capture: who opened it, both directions, and how it ended. */
#ifndef RDPWHY_READ_STREAM_H
#define RDPWHY_READ_STREAM_H

#include "read/half.h"

enum stream_sort {
    STREAM_NEW,   /* not enough bytes to tell */
    STREAM_RDP,   /* the client began as RDP clients do, perhaps behind a proxy's greeting */
    STREAM_PORT,  /* to the RDP port, and no byte of the client yet */
    STREAM_OTHER, /* something else: nothing of it is kept */
};
enum stream_side { SIDE_CLIENT, SIDE_SERVER };
enum stream_end { STREAM_OPEN, STREAM_FIN, STREAM_RST, STREAM_ICMP };
enum stream_preamble { PREAMBLE_NONE, PREAMBLE_SOCKS4, PREAMBLE_SOCKS5, PREAMBLE_HTTP };

struct stream {
    struct stream *next;  /* in its chain of the table */
    struct stream *newer; /* by the time of the last packet */
    struct stream *older;
    struct address address[2]; /* of SIDE_CLIENT, SIDE_SERVER */
    uint16_t port[2];
    uint32_t number; /* in the order of the capture, as other tools count them */
    enum stream_sort sort;
    bool oriented; /* who is the client is known: a SYN was seen, or the client's first bytes */
    struct half half[2];
    unsigned syns;
    bool answered; /* SYN-ACK */
    int64_t first_us;
    int64_t last_us;
    int64_t syn_us; /* the first */
    int64_t answer_us;
    enum stream_end end; /* the first of them */
    enum stream_side end_by;
    int64_t end_us;
    uint8_t end_ttl;
    struct address icmp_from;
    uint8_t icmp_type;
    uint8_t icmp_code;
    enum stream_preamble preamble;
    size_t skip[2]; /* bytes of a proxy's greeting in front of RDP */
};

/* Decides `sort` from the first bytes of the client; also finds the greeting of a proxy in front. `rdp_port` is asked
 * where no byte helps. */
void stream_recognise(struct stream *stream, uint16_t rdp_port);
void stream_release(struct stream *stream);

#endif
