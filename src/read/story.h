/* What one connection of a capture tells: request, answer, TLS, and how far it went. Everything is read from the bytes
 * in the clear; behind them only numbers and sizes of records are left, and what they allow to say is said as such. */
#ifndef RDPWHY_READ_STORY_H
#define RDPWHY_READ_STORY_H

#include "evidence/evidence.h"
#include "read/opening.h"
#include "read/stream.h"

enum { STORY_CONFIRM_MAX = 64, STORY_NAME_MAX = 256, STORY_BANNER_MAX = 64 };

struct story {
    struct address client;
    struct address server;
    uint16_t client_port;
    uint16_t server_port;
    uint32_t number;
    enum stream_preamble preamble;
    enum recorded_reach reach;
    bool ended; /* FIN, RST, ICMP, or silence that lasted; else the capture was over before it was */
    struct ev_end end;
    int64_t first_us;
    int64_t last_us;
    bool opening_seen; /* the SYN is in the capture */
    unsigned syns;
    bool answered;
    int64_t answer_us; /* SYN to SYN-ACK where the capture was taken; -1: not known */
    uint8_t icmp_code;
    struct address icmp_from;
    uint64_t sent; /* by the client */
    uint64_t received;
    uint32_t retransmitted;
    uint32_t duplicated;
    uint32_t contradicted;
    bool gap;
    bool snapped; /* the gap is the snap length's */
    /* the request */
    bool has_request;
    bool no_block;
    bool cookie;
    uint32_t protocols;
    /* the answer */
    bool has_answer;
    bool not_rdp;
    bool garbled; /* it began as RDP does, and went wrong */
    bool plain_confirm;
    bool has_failure;
    uint32_t selected;
    uint32_t failure;
    uint8_t flags;
    uint8_t confirm[STORY_CONFIRM_MAX];
    size_t confirm_size;
    int64_t confirm_us; /* request to answer; -1: not known */
    /* TLS */
    bool client_hello;
    unsigned hello_suites; /* how many it offers */
    uint32_t hello_mark;   /* equal for equal offers: suites, versions, groups */
    bool server_hello;
    bool tls_finished;
    bool has_alert;
    bool plain_at_hello; /* an RDP packet where the ServerHello belongs */
    uint8_t alert;
    uint16_t version;
    uint16_t suite;
    char name[STORY_NAME_MAX]; /* the name asked for in the ClientHello; empty: none */
    uint8_t *certificate;      /* owned DER; NULL: not in the clear */
    size_t certificate_size;
    unsigned records_sent; /* of application data, the client's Finished of TLS 1.3 left out */
    unsigned records_received;
    /* standard RDP security */
    struct opening *opening; /* owned; NULL: no session was begun in the clear */
};

/* `capture_end_us`: when the last packet of the capture came; a connection that was still waiting then, but not for
 * long, has no end. False: no memory. */
bool story_read(const struct stream *stream, int64_t capture_end_us, struct story *story) MUST_USE;
void story_release(struct story *story);
bool story_ended_by_peer(const struct story *story);
bool story_ended_as(const struct story *story, enum end_how how);

#endif
