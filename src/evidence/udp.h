/* RDP's UDP transport (MS-RDPEUDP), as it was asked for and answered. */
#ifndef RDPWHY_EVIDENCE_UDP_H
#define RDPWHY_EVIDENCE_UDP_H

#include "evidence/field.h"

enum udp_dtls {
    UDP_DTLS_NOT_ASKED, /* no lossy SYN was answered */
    UDP_DTLS_SILENT,    /* nothing came back for the ClientHello */
    UDP_DTLS_SPEAKS,    /* a HelloVerifyRequest, a ServerHello or an alert */
    UDP_DTLS_ELSE,      /* something else */
};

/* SYNs of one size: a SYN is padded to its MTU, and so is the answer. */
struct ev_udp_size {
    struct ev_int size; /* bytes of the UDP payload */
    struct ev_int sent;
    struct ev_int answered;
};

struct ev_udp {
    struct ev_int sent; /* SYN */
    struct ev_bool answered;
    struct ev_int lost;            /* SYNs of a size that was answered at other times; each on its own connection */
    struct ev_int version;         /* of the answer: 1, 2, or 0x101 for version 3 */
    struct ev_int largest_payload; /* bytes of the largest datagram that came */
    struct ev_int rtt_us;          /* the shortest */
    struct ev_int again;           /* SYN+ACKs that came again */
    struct ev_int strange;         /* datagrams that are none of this protocol */
    struct ev_bool refused;        /* ICMP: nothing listens there, or it is prohibited */
    struct ev_text refused_by;     /* address */
    struct ev_list sizes;          /* struct ev_udp_size */
    struct ev_bool lossy;          /* a lossy SYN was answered */
    struct ev_enum dtls;           /* enum udp_dtls */
};

enum { UDP_SIZES_MAX = 8 };

extern const struct field_table udp_table, udp_size_table;
extern const struct field_names udp_dtls_names[];

#endif
