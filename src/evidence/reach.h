/* Name, route and TCP: as far as an open port. */
#ifndef RDPWHY_EVIDENCE_REACH_H
#define RDPWHY_EVIDENCE_REACH_H

#include "evidence/field.h"

/* --- name --- */
enum name_error {
    NAME_OK,
    NAME_NOT_FOUND, /* NXDOMAIN, or the system's "not known" */
    NAME_NO_DATA,   /* the name exists, without an address of the family asked for */
    NAME_SERVFAIL,
    NAME_REFUSED,
    NAME_SILENT, /* no answer in time */
    NAME_OTHER,
};
enum name_form { NAME_FORM_SHORT, NAME_FORM_FQDN, NAME_FORM_IPV4, NAME_FORM_IPV6 };

struct ev_address {
    struct ev_text address;
    struct ev_int ttl_s;
};
struct ev_resolver {
    struct ev_text address; /* of the resolver */
    struct ev_list answers; /* struct ev_address */
    struct ev_enum rcode;   /* enum name_error */
    struct ev_int rtt_us;
};
struct ev_name {
    struct ev_enum form;    /* enum name_form of what was asked for */
    struct ev_list answers; /* struct ev_address: the system's own answer, in its order */
    struct ev_enum error;   /* enum name_error: the system's */
    struct ev_int rtt_us;   /* of the system's answer */
    struct ev_text canonical;
    struct ev_list servers; /* struct ev_resolver */
};

/* --- route --- */
enum vpn_kind { VPN_NONE, VPN_WIREGUARD, VPN_OPENVPN, VPN_IPSEC, VPN_PPP, VPN_TUN, VPN_ZTNA, VPN_UNKNOWN };
enum vpn_transport { VPN_OVER_UNKNOWN, VPN_OVER_UDP, VPN_OVER_TCP, VPN_OVER_ESP };
struct ev_vpn {
    struct ev_enum kind;
    struct ev_text interface;
    struct ev_text outer_endpoint;  /* an address */
    struct ev_int outer_port;       /* of its service, when it has one */
    struct ev_enum outer_transport; /* enum vpn_transport: how the tunnel's packets travel */
    struct ev_text outer_interface; /* by which they leave; the plain route to the endpoint may go into the tunnel */
    struct ev_text learnt;          /* from whom the endpoint is known */
    struct ev_text why;             /* why it is not */
};
enum { ROUTE_WAYS_MAX = 16, ROUTE_TUNNELS_MAX = 8, ROUTE_OTHERS_MAX = 8 };
/* A route that holds the address, the one that is used among them. */
struct ev_way {
    struct ev_text network;
    struct ev_int bits; /* of it that count; 0: the default route */
    struct ev_int metric;
    struct ev_text interface;
    struct ev_enum kind; /* enum vpn_kind */
};
/* A tunnel of this machine that is up, whether or not it carries this route. */
struct ev_tunnel {
    struct ev_text interface;
    struct ev_enum kind;
};
/* The way to another address of the host. */
struct ev_other_way {
    struct ev_text address;
    struct ev_text interface;
    struct ev_enum kind;
};
struct ev_route {
    struct ev_text interface;
    struct ev_text source;
    struct ev_text gateway; /* unset when on-link */
    struct ev_bool on_link;
    struct ev_bool unreachable; /* the kernel has no route */
    struct ev_int mtu;
    struct ev_vpn vpn;
    struct ev_list ways;    /* struct ev_way */
    struct ev_list tunnels; /* struct ev_tunnel */
    struct ev_list others;  /* struct ev_other_way */
};
extern const struct field_table way_table, tunnel_table, other_way_table;

/* --- tcp --- */
enum tcp_result {
    TCP_OPEN,
    TCP_REFUSED,     /* RST */
    TCP_SILENT,      /* no answer in time */
    TCP_UNREACHABLE, /* no route, or ICMP says host or network unreachable */
    TCP_PROHIBITED,  /* ICMP says administratively prohibited */
};
struct ev_attempt {
    struct ev_text address;
    struct ev_enum result;
    struct ev_int rtt_us; /* SYN to its answer */
    struct ev_text by;    /* who sent the ICMP error */
};
struct ev_tcp {
    struct ev_list attempts; /* struct ev_attempt */
};

#endif
