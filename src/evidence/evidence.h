/* The evidence document: what was seen, by whom, and nothing else. docs and names: contract "JSON (schema 1)".
 *
 * Probes and readers fill it; diagnose reads it; json saves and loads it. A field that was not seen is unset. */
#ifndef RDPWHY_EVIDENCE_EVIDENCE_H
#define RDPWHY_EVIDENCE_EVIDENCE_H

#include "evidence/certificate.h"
#include "evidence/client.h"
#include "evidence/field.h"
#include "evidence/gateway.h"
#include "evidence/joined.h"
#include "evidence/line.h"
#include "evidence/logon.h"
#include "evidence/path.h"
#include "evidence/recorded.h"
#include "evidence/server.h"
#include "evidence/session.h"
#include "evidence/told.h"
#include "evidence/udp.h"

enum { EVIDENCE_SCHEMA = 1 };

/* Check ids in the order of the checklist. */
enum check_id {
    CHECK_NAME,
    CHECK_ROUTE,
    CHECK_TCP,
    CHECK_NEGOTIATION,
    CHECK_TLS,
    CHECK_CERTIFICATE,
    CHECK_NLA,
    CHECK_LOGON,
    CHECK_SESSION,
    CHECK_UDP,
    CHECK_GATEWAY,
    CHECK_MTU,
    CHECK_PATH,
    CHECK_BANDWIDTH,
    CHECK_LOAD,
    CHECK_CLIENT,
    CHECK_COUNT,
};
extern const struct field_names check_names[];

/* Did the check run? Recorded by plan; the status shown to the user is a reading. */
enum check_ran {
    RAN_NOT,       /* never started */
    RAN_DONE,      /* ran to its end; the evidence says what it saw */
    RAN_NOT_ASKED, /* --only, --skip, or an option that was not given */
    RAN_POINTLESS, /* something it needs failed before */
    RAN_NO_ANSWER, /* its own time limit ended it */
    RAN_CANCELLED, /* Ctrl-C, or the budget of the whole run */
    RAN_NOT_HERE,  /* this build or this machine cannot: `why` says what is missing */
};

struct ev_check {
    struct ev_enum ran; /* enum check_ran */
    struct ev_int took_us;
    struct ev_text why;
};

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

/* --- negotiation --- */
enum nego_ended { NEGO_ANSWERED, NEGO_CLOSED, NEGO_RESET, NEGO_SILENT, NEGO_NOT_RDP };
/* What speaks on the port, told by its first bytes. */
enum speaks {
    SPEAKS_UNKNOWN,
    SPEAKS_RDP,
    SPEAKS_SSH,
    SPEAKS_HTTP,
    SPEAKS_TLS,
    SPEAKS_VNC,
    SPEAKS_SMTP,
    SPEAKS_FTP,
    SPEAKS_TELNET,
    SPEAKS_SMB,
    SPEAKS_MYSQL,
    SPEAKS_POP3,
    SPEAKS_IMAP,
};
struct ev_offer {
    struct ev_int offer;          /* requestedProtocols */
    struct ev_int selected;       /* selectedProtocol; unset when there was no negotiation block or a failure */
    struct ev_bool no_block;      /* a Confirm without a negotiation block */
    struct ev_int flags;          /* of the response */
    struct ev_int failure;        /* failureCode */
    struct ev_enum ended;         /* enum nego_ended */
    struct ev_int confirm_us;     /* request sent to first byte of the answer */
    struct ev_int connection;     /* index into connections */
    struct ev_bool cookie;        /* the request carried a cookie */
    struct ev_bool asked_nothing; /* the request had no negotiation block: a client from before TLS (captures) */
    struct ev_int segments;       /* the request was sent in so many pieces */
};
struct ev_negotiation {
    struct ev_list offers; /* struct ev_offer, in the order they were made */
    struct ev_bytes banner;
    struct ev_enum speaks; /* enum speaks, when not RDP */
};

/* --- tls --- */
enum tls_version { TLS_NONE, TLS_SSL3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };
enum tls_try {
    TLS_TRY_ACCEPTED,
    TLS_TRY_ALERT,
    TLS_TRY_CLOSED,
    TLS_TRY_RESET,
    TLS_TRY_SILENT,
    TLS_TRY_OTHER,
    TLS_TRY_PLAIN
};
enum hello_shape { HELLO_NONE, HELLO_SCHANNEL, HELLO_WIDE, HELLO_SINGLE };
struct ev_tls_versions {
    struct ev_enum ssl3; /* enum tls_try */
    struct ev_enum tls10;
    struct ev_enum tls11;
    struct ev_enum tls12;
    struct ev_enum tls13;
};
/* One ClientHello and what became of it. */
struct ev_hello {
    struct ev_enum shape;        /* enum hello_shape */
    struct ev_enum result;       /* enum tls_try */
    struct ev_enum version;      /* the server's, when a ServerHello came */
    struct ev_int alert;         /* description, when one came */
    struct ev_bool server_hello; /* a ServerHello was seen */
    struct ev_int suite;         /* the cipher suite the ServerHello chose, by its number */
    struct ev_bool finished;     /* the handshake was completed */
    struct ev_int after_us;      /* ClientHello sent to what ended it, or to the ServerHello */
    struct ev_int connection;    /* index into connections */
    struct ev_int mss;           /* clamped segment size, when it was */
};
struct ev_tls {
    struct ev_enum version; /* enum tls_version, of the first completed handshake */
    struct ev_text cipher;
    struct ev_int alert;
    struct ev_list hellos; /* struct ev_hello */
    struct ev_tls_versions versions;
};

/* --- nla --- */
enum nla_package { NLA_NTLM_RAW, NLA_NTLM_SPNEGO, NLA_OTHER, NLA_KERBEROS };
enum nla_ended {
    NLA_CHALLENGED, /* the NTLM challenge came: as far as one gets without credentials */
    NLA_CLOSED,
    NLA_RESET,
    NLA_ALERT,
    NLA_SILENT,
    NLA_ERROR_CODE, /* a TSRequest with an errorCode */
    NLA_GARBAGE,
    NLA_TAKEN, /* it took the first message of a Kerberos logon, which needs no challenge */
};
struct ev_nla_target {
    struct ev_text netbios_domain;
    struct ev_text netbios_computer;
    struct ev_text dns_domain;
    struct ev_text dns_computer;
    struct ev_text dns_forest;
};
struct ev_nla {
    struct ev_enum package;
    struct ev_int credssp_version;
    struct ev_nla_target target;
    struct ev_text build;      /* "10.0.20348" */
    struct ev_int server_time; /* FIELD_TIME, MsvAvTimestamp */
    struct ev_int received;    /* FIELD_TIME, our clock when it came */
    struct ev_int error;       /* TSRequest errorCode, as unsigned 32 bits */
    struct ev_int flags;       /* NTLM negotiate flags of the challenge */
    struct ev_enum ended;      /* enum nla_ended */
    struct ev_int alert;
    struct ev_int after_us; /* our token sent to what ended it */
    struct ev_text problem; /* what was wrong with the answer, and where */
};

/* --- load, client --- */
struct ev_int_item {
    struct ev_int value;
};
struct ev_load {
    struct ev_list confirm_us; /* struct ev_int_item: request to Confirm, one per connection */
};
/* --- the raw facts of each connection --- */
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

struct ev_target {
    struct ev_text input;
    struct ev_text host; /* a name, or an address literal without brackets */
    struct ev_int port;
    struct ev_list addresses; /* struct ev_address_item: all that were tried or known */
    struct ev_text address;   /* the one used */
    struct ev_bool local;     /* loopback or an address of this machine */
};
struct ev_address_item {
    struct ev_text address;
};
struct ev_client_said {
    struct ev_int code;
    struct ev_int extended;
    struct ev_text text;
    struct ev_int tried; /* FIELD_TIME: when the client set out, by its own log */
    struct ev_int told;  /* FIELD_TIME: when it was told the code */
};

/* What was seen through the channel of an RD Gateway: the groups of a direct look, kept apart from it. */
struct ev_through {
    struct ev_list connections; /* struct ev_connection: channels, without an address */
    struct ev_tcp tcp;          /* the gateway said that its own connection to the host is open */
    struct ev_negotiation negotiation;
    struct ev_tls tls;
    struct ev_certificate certificate;
    struct ev_nla nla;
    struct ev_logon logon;
    struct ev_session session;
    struct ev_check logon_run;
    struct ev_check session_run;
};

struct evidence {
    struct ev_int schema;
    struct ev_text program;
    struct ev_text version;
    struct ev_text command;
    struct ev_bool redacted;
    struct ev_target target;
    struct ev_int started; /* FIELD_TIME */
    struct ev_int elapsed_us;
    struct ev_list privileges; /* struct ev_text_item */
    struct ev_client_said client_said;
    struct ev_list connections; /* struct ev_connection */
    struct ev_list controls;    /* struct ev_control */
    struct ev_server server;    /* what somebody collected on the server itself */
    struct ev_told told;        /* in the words of a log or a dialog */
    struct ev_joined joined;    /* of several files: what was put together, and why */
    struct ev_through through;  /* the RD Gateway */
    struct ev_check checks[CHECK_COUNT];
    struct ev_name name;
    struct ev_route route;
    struct ev_tcp tcp;
    struct ev_negotiation negotiation;
    struct ev_tls tls;
    struct ev_certificate certificate;
    struct ev_nla nla;
    struct ev_logon logon;
    struct ev_session session;
    struct ev_udp udp;
    struct ev_gateway gateway;
    struct ev_mtu mtu;
    struct ev_path path;
    struct ev_bandwidth bandwidth;
    struct ev_load load;
    struct ev_client client;
};

/* The whole document but checks[] and the per-check groups; json nests those under "checks". */
extern const struct field_table evidence_table;
extern const struct field_table check_table;        /* struct ev_check */
extern const struct field_table address_table;      /* struct ev_address */
extern const struct field_table address_item_table; /* struct ev_address_item */
extern const struct field_table resolver_table;
extern const struct field_table attempt_table;
extern const struct field_table offer_table;
extern const struct field_table hello_table;
extern const struct field_table int_item_table;
extern const struct field_table connection_table;
extern const struct field_table through_table;
extern const struct field_table control_table;

/* Names of enum values, as in JSON; each ends with a NULL name. */
extern const struct field_names ran_names[], name_error_names[], name_form_names[], vpn_names[], vpn_transport_names[],
    tcp_result_names[], nego_ended_names[], speaks_names[], tls_version_names[], tls_try_names[], hello_names[],
    key_names[], package_names[], nla_ended_names[], purpose_names[], end_by_names[], end_how_names[], stage_names[],
    control_names[], control_result_names[];

/* The group of a check's evidence: its table (NULL for checks that record nothing yet) and its place in the document.
 */
const struct field_table *evidence_group(enum check_id id);
void *evidence_group_of(struct evidence *evidence, enum check_id id);
const void *evidence_group_in(const struct evidence *evidence, enum check_id id);

struct evidence *evidence_new(struct error *error) MUST_USE;
void evidence_free(struct evidence *evidence); /* NULL is fine */
struct evidence *evidence_copy(const struct evidence *evidence, struct error *error) MUST_USE;
bool evidence_equal(const struct evidence *a, const struct evidence *b);

#endif
