/* A connection as somebody recorded it: what only a capture can say. */
#ifndef RDPWHY_EVIDENCE_RECORDED_H
#define RDPWHY_EVIDENCE_RECORDED_H

#include "evidence/field.h"

/* How far it went, as far as its bytes in the clear and the number of its records show. */
enum recorded_reach {
    REACH_NOTHING, /* TCP did not open */
    REACH_OPEN,
    REACH_CONFIRM, /* the server answered the request */
    REACH_HELLO,   /* a ServerHello came */
    REACH_TLS,     /* the handshake was completed */
    REACH_LOGON,   /* the client sent its second CredSSP message: a challenge had come */
    REACH_GRANTED, /* the client went on behind it: the server had accepted the logon */
    REACH_SESSION, /* more came than logon and start-up need */
};
enum recorded_front { FRONT_NONE, FRONT_SOCKS4, FRONT_SOCKS5, FRONT_HTTP };
struct ev_recorded {
    struct ev_text client; /* its address */
    struct ev_int client_port;
    struct ev_int started; /* FIELD_TIME */
    struct ev_int duration_us;
    struct ev_int answer_us; /* SYN to SYN-ACK, at the place of the capture */
    struct ev_int syns;
    struct ev_int sent; /* bytes, by the client */
    struct ev_int received;
    struct ev_int retransmitted; /* packets */
    struct ev_int duplicated;    /* frames that the capture holds twice */
    struct ev_int contradicted;  /* segments that say something else about bytes that were there */
    struct ev_bool cut;          /* the capture ends, or begins, before the connection does */
    struct ev_bool snapped;      /* of packets at its start only the first bytes were recorded */
    struct ev_enum front;        /* enum recorded_front: a proxy that was asked for the way */
    struct ev_enum reach;        /* enum recorded_reach */
    struct ev_int records_sent;
    struct ev_int records_received;
};

extern const struct field_table recorded_table;
extern const struct field_names reach_names[], front_names[];

#endif
