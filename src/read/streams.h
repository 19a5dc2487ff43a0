/* All TCP connections of a capture, in bounded memory, and the UDP and ICMP beside them that matter to RDP. */
#ifndef RDPWHY_READ_STREAMS_H
#define RDPWHY_READ_STREAMS_H

#include "base/error.h"
#include "read/stream.h"

enum { STREAMS_MAX = 1 << 17, STREAMS_MEMORY_MAX = 96 << 20, UDP_WAYS_MAX = 256 };

/* RDP's UDP transport between two machines (MS-RDPEUDP 2.2.2.1): who asked, who answered. */
struct udp_way {
    struct address client;
    struct address server;
    uint16_t server_port;
    unsigned asked;    /* SYN */
    unsigned answered; /* SYN and ACK */
    unsigned version;  /* 1, 2; 0x101 is version 3; of the answer, else of the question */
    unsigned largest;  /* bytes of the largest answer */
    int64_t first_us;
    int64_t answer_us;
    bool has_tcp; /* a TCP connection between the two is in the capture */
};

struct streams;

/* Called for each connection that speaks RDP, or was opened to the RDP port without a word, once it is over, must make
 * room, or the capture has ended. `ended`: the capture went on after it. False ends the reading. */
typedef bool streams_done(void *context, struct stream *stream, struct error *error);

struct streams *streams_new(uint16_t rdp_port, streams_done *done, void *context, struct error *error) MUST_USE;
void streams_free(struct streams *streams); /* NULL is fine */
bool streams_add(struct streams *streams, const struct packet *packet, struct error *error) MUST_USE;
/* No more packets: hands over what is left, in the order of the capture. */
bool streams_finish(struct streams *streams, struct error *error) MUST_USE;
size_t streams_udp(const struct streams *streams, const struct udp_way **ways);
/* Connections in all; of these, those that had to make room before they were over. */
uint64_t streams_seen(const struct streams *streams);
uint64_t streams_pushed_out(const struct streams *streams);

#endif
