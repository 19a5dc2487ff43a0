/* One packet of a running RDP connection: TPKT with MCS inside, or a fast-path packet
 * (MS-RDPBCGR 2.2.8.1.2, 2.2.9.1.2).
 *
 *   03 00 len(2)  02 F0 80  MCS ...         slow path; X.224 Disconnect Request instead: 80
 *   ff len(1, or 2 with the top bit set)    fast path: the first byte is never 3
 */
#ifndef RDPWHY_WIRE_PDU_H
#define RDPWHY_WIRE_PDU_H

#include "wire/mcs.h"

enum pdu_kind {
    PDU_MCS,
    PDU_FAST,       /* fast path: input or output events */
    PDU_DISCONNECT, /* X.224 Disconnect Request */
    PDU_OTHER,      /* another X.224 packet */
};

struct pdu {
    enum pdu_kind kind;
    size_t size;       /* of the whole packet */
    struct mcs mcs;    /* PDU_MCS */
    uint8_t header;    /* PDU_FAST: its first byte */
    struct slice data; /* PDU_FAST: what follows the length */
};

/* The largest packet there can be: what claims more is bad by its header. */
enum { PDU_SIZE_MAX = 65535 };

/* Reads one packet and moves past it; on PARSE_MORE and PARSE_BAD nothing moves. */
enum parse pdu_parse(struct cursor *cursor, struct pdu *pdu, struct fault *fault) MUST_USE;

#endif
