/* The first packet of a TCP connection and the two answers to it (RFC 9293 3.1).
 *
 *   ports 2 + 2 | sequence 4 | acknowledged 4 | offset, flags 2 | window 2 | checksum 2 | urgent 2 | options
 */
#ifndef RDPWHY_WIRE_TCP_SYN_H
#define RDPWHY_WIRE_TCP_SYN_H

#include "base/address.h"
#include "base/cursor.h"
#include "base/writer.h"

enum { TCP_SYN_SIZE = 24 };

struct tcp_syn {
    struct address from;
    struct address to;
    uint16_t from_port;
    uint16_t to_port;
    uint32_t sequence;
};

/* With its checksum, and the largest segment of an Ethernet as the only option. */
void tcp_syn_write(struct writer *writer, const struct tcp_syn *syn);

struct tcp_syn_answer {
    uint16_t from_port;
    uint16_t to_port;
    uint32_t acknowledged; /* the SYN's sequence and one */
    bool reset;            /* RST; else SYN-ACK */
};

/* Bad: too short, or neither answer. */
enum parse tcp_syn_answer_parse(struct cursor *cursor, struct tcp_syn_answer *answer, struct fault *fault);

/* The checksum of a TCP or UDP packet whose own field is 0 (RFC 9293 3.1, RFC 8200 8.1). */
uint16_t tcp_udp_checksum(const struct address *from, const struct address *to, uint8_t protocol, const uint8_t *bytes,
                          size_t size);

#endif
