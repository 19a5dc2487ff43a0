/* The raw facts of each connection, and the controls off the RDP port. */
#ifndef RDPWHY_EVIDENCE_CONNECTION_H
#define RDPWHY_EVIDENCE_CONNECTION_H

#include "evidence/recorded.h"

enum purpose {
    PURPOSE_FIRST,         /* as mstsc would: offer 0x0B with cookie */
    PURPOSE_SILENT,        /* connect and send nothing */
    PURPOSE_PLAIN_REQUEST, /* without cookie, in two segments */
    PURPOSE_WIDE_HELLO,    /* every version and suite */
    PURPOSE_REPEAT_FIRST,
    PURPOSE_OFFER_TLS,   /* TLS only, ended at the Confirm */
    PURPOSE_OFFER_RDP,   /* standard RDP security only, ended at the Confirm */
    PURPOSE_OFFER_OTHER, /* --deep */
    PURPOSE_TLS_VERSION, /* --deep: one version by itself */
    PURPOSE_SMALL_MSS,
    PURPOSE_OTHER_ADDRESS, /* TCP only, another address of the name */
    PURPOSE_WAY,           /* another way in, tried by fallback; what was seen on it stands with the ways */
    PURPOSE_LOGON,         /* as the first, once the user had accepted the certificate */
};
enum end_by { END_BY_PEER, END_BY_US, END_BY_NETWORK };
enum end_how { END_FIN, END_RST, END_ALERT, END_SILENCE, END_OUR_LIMIT, END_DONE, END_ICMP };
enum stage { STAGE_TCP, STAGE_NEGOTIATION, STAGE_TLS, STAGE_NLA, STAGE_LOGON, STAGE_SESSION };
struct ev_end {
    struct ev_enum by;
    struct ev_enum how;
    struct ev_enum stage;
    struct ev_int after_bytes; /* received in all, before the end */
    struct ev_int after_us;    /* since our last byte was sent (or since the SYN) */
    struct ev_int ttl;
};
struct ev_connection {
    struct ev_enum purpose;
    struct ev_text address;
    struct ev_int offer;
    struct ev_bytes confirm_hex; /* the first answer, at most 64 bytes */
    struct ev_enum hello;        /* enum hello_shape */
    struct ev_int rtt_us;        /* of the TCP handshake */
    struct ev_int silent_us;     /* how long it stayed open while we sent nothing */
    struct ev_int segments;      /* sent, of those that wait for an answer: the SYN, and all with data */
    struct ev_int again;         /* of these: sent a second time */
    struct ev_end end;
    struct ev_recorded recorded; /* of a capture */
};

/* --- controls off the RDP port --- */
enum control_what {
    CONTROL_ICMP,
    CONTROL_TCP_445,
    CONTROL_TCP_135,
    CONTROL_TCP_5985,
    CONTROL_NEIGHBOUR,
    CONTROL_INTERCEPTOR, /* connect to an impossible destination */
    CONTROL_CLOSED_PORT, /* connect to a port of the host that is surely closed */
};
enum control_result {
    CONTROL_ANSWERED, /* any answer of the host itself: echo reply, SYN-ACK, RST, neighbour known */
    CONTROL_SILENCE,
    CONTROL_FAILED, /* neighbour resolution failed: nobody has the address */
    CONTROL_REFUSED,
    CONTROL_OPENED,
    CONTROL_NOT_POSSIBLE, /* needs a privilege that is missing */
};
struct ev_control {
    struct ev_enum what;
    struct ev_enum result;
    struct ev_int rtt_us;
    struct ev_text address;
};

#endif
