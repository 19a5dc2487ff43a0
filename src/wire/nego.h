/* RDP security negotiation, inside the X.224 Connection Request and Confirm (MS-RDPBCGR 2.2.1.1, 2.2.1.2).
 *
 *   Request: TPKT, X.224 CR, [ "Cookie: mstshash=NAME\r\n" | routing token "\r\n" ], [ block 01 ], [ correlation ]
 *   Answer:  TPKT, X.224 CC, [ block 02 or 03 ]
 *
 *    0      1       2             4                        8
 *   +------+-------+-------------+------------------------+
 *   | type | flags | 8, LE       | value, LE              |   01 request, 02 response, 03 failure
 *   +------+-------+-------------+------------------------+
 *   | 06   | 00    | 36, LE      | id[16] zero[16]        |   correlation, announced by request flag 08
 *
 * A Confirm is 11 bytes (no block: a server from before TLS) or 19. LI stops a Request at 259 bytes. */
#ifndef RDPWHY_WIRE_NEGO_H
#define RDPWHY_WIRE_NEGO_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

/* requestedProtocols is a mask of these, selectedProtocol one of them (2.2.1.1.1). */
enum {
    PROTOCOL_RDP = 0,
    PROTOCOL_TLS = 1,
    PROTOCOL_HYBRID = 2, /* CredSSP; offer TLS with it */
    PROTOCOL_RDSTLS = 4,
    PROTOCOL_HYBRID_EX = 8, /* CredSSP with early authorization; offer HYBRID with it */
    PROTOCOL_RDSAAD = 0x10,
    PROTOCOL_MSTSC = 0x0b, /* what mstsc offers */
};
enum { /* of the request (2.2.1.1.1) */
       NEGO_REQUEST_RESTRICTED_ADMIN = 0x01,
       NEGO_REQUEST_REDIRECTED_AUTH = 0x02,
       NEGO_REQUEST_CORRELATION = 0x08,
};
enum { /* of the response (2.2.1.2.1) */
       NEGO_FLAG_EXTENDED_CLIENT_DATA = 0x01,
       NEGO_FLAG_GRAPHICS = 0x02,
       NEGO_FLAG_RESERVED = 0x04,
       NEGO_FLAG_RESTRICTED_ADMIN = 0x08,
       NEGO_FLAG_REDIRECTED_AUTH = 0x10,
};
enum { /* 2.2.1.2.2 */
       NEGO_FAILURE_TLS_REQUIRED = 1,
       NEGO_FAILURE_TLS_NOT_ALLOWED = 2,
       NEGO_FAILURE_NO_CERTIFICATE = 3,
       NEGO_FAILURE_INCONSISTENT = 4,
       NEGO_FAILURE_HYBRID_REQUIRED = 5,
       NEGO_FAILURE_CLIENT_CERTIFICATE = 6,
};
enum { NEGO_REQUEST_MAX = 259, NEGO_ANSWER_MAX = 1024, NEGO_CORRELATION_SIZE = 16, NEGO_BLOCK_SIZE = 8 };

struct nego_request {
    uint32_t protocols;
    uint8_t flags;       /* NEGO_REQUEST_*; the correlation flag follows has_correlation when writing */
    bool no_block;       /* no negotiation block at all: a client from before TLS */
    struct slice cookie; /* NAME of "Cookie: mstshash=NAME"; absent: none. Never together with a token. */
    struct slice token;  /* a whole routing token without its CR LF */
    bool has_correlation;
    uint8_t correlation[NEGO_CORRELATION_SIZE];
    /* Read side only. */
    uint16_t destination_ref;
    uint16_t source_ref;
    uint8_t class_option;
    bool length_lied;
    size_t size; /* bytes of the whole request */
};

enum nego_answer_kind {
    NEGO_ANSWER_PLAIN,      /* a Confirm without negotiation block */
    NEGO_ANSWER_RESPONSE,   /* selected, flags */
    NEGO_ANSWER_FAILURE,    /* failure */
    NEGO_ANSWER_DISCONNECT, /* an X.224 Disconnect Request; class_option is its reason */
    NEGO_ANSWER_NOT_RDP,    /* the first byte is no TPKT; see wire/banner.h */
};

struct nego_answer {
    enum nego_answer_kind kind;
    uint32_t selected; /* PROTOCOL_* */
    uint8_t flags;     /* NEGO_FLAG_* */
    uint32_t failure;  /* NEGO_FAILURE_* */
    uint16_t destination_ref;
    uint16_t source_ref; /* Windows, xrdp: 0x1234; others differ */
    uint8_t class_option;
    bool length_lied; /* LI or the block's length disagrees with the TPKT length */
    size_t size;      /* bytes of the whole answer; what follows belongs to TLS or MCS */
};

/* False: it does not fit, or the cookie or token holds CR or LF, or both were given. */
bool nego_request_write(struct writer *writer, const struct nego_request *request) MUST_USE;
enum parse nego_request_parse(struct cursor *cursor, struct nego_request *request, struct fault *fault) MUST_USE;

/* Writes what `kind` says, lengths always true; NOT_RDP cannot be written (false). */
bool nego_answer_write(struct writer *writer, const struct nego_answer *answer) MUST_USE;
/* PARSE_BAD: it began as TPKT and went wrong, the fault says where. PARSE_MORE moves nothing; a packet that claims
 * more than NEGO_ANSWER_MAX is bad at once rather than waited for. */
enum parse nego_answer_parse(struct cursor *cursor, struct nego_answer *answer, struct fault *fault) MUST_USE;

#endif
