/* One direction of a TCP connection as a capture shows it: its first bytes put back in order, and everything counted.
 *
 * Only the first HALF_KEPT bytes are kept: the whole of a connection's opening lies in them. Of segments that come
 * early, HALF_EARLY bytes wait for the gap to close. Where two segments bring different bytes for the same place, the
 * first one counts, as it does for most receivers, and the contradiction is counted. */
#ifndef RDPWHY_READ_HALF_H
#define RDPWHY_READ_HALF_H

#include "base/buffer.h"
#include "read/frame.h"

enum { HALF_KEPT = 32768, HALF_EARLY = 65536, HALF_EARLY_SEGMENTS = 32 };

struct half_early {
    uint32_t sequence;
    uint8_t *bytes; /* owned */
    size_t size;
};

struct half {
    bool synchronised;        /* `start` is known */
    bool started_early;       /* by a SYN; else the capture began in the middle */
    uint32_t start;           /* sequence number of the first byte */
    uint32_t next;            /* of the first byte that is not there yet */
    uint32_t highest;         /* behind the last byte that was seen at all */
    struct buffer bytes;      /* the first HALF_KEPT in order */
    struct half_early *early; /* owned; HALF_EARLY_SEGMENTS, NULL until one is needed */
    size_t early_count;
    size_t early_size;
    bool gap;       /* bytes are missing for good: the capture lost them, or cut them off */
    bool snapped;   /* so by the snap length: the packets were there */
    uint64_t total; /* bytes of payload on the wire, each counted once */
    uint32_t packets;
    uint32_t retransmitted; /* packets that brought nothing new; frames captured twice do not count */
    uint32_t duplicated;    /* frames captured twice */
    uint32_t contradicted;
    uint8_t ttl;
    uint16_t last_id; /* with last_sequence, last_time_us: tells a frame captured twice */
    uint32_t last_sequence;
    uint32_t last_length;
    uint8_t last_flags;
    int64_t last_time_us;
    int64_t first_byte_us; /* 0: none yet */
    int64_t last_byte_us;
};

void half_release(struct half *half);
/* Bytes of heap it holds. */
size_t half_memory(const struct half *half);
/* False only when memory is short. *fresh: it brought bytes that were not there before. */
bool half_add(struct half *half, const struct packet *packet, bool *fresh);

#endif
