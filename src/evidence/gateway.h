/* The RD Gateway (MS-TSGU): what its HTTPS side shows on each of its transports, and how far a tunnel came. */
#ifndef RDPWHY_EVIDENCE_GATEWAY_H
#define RDPWHY_EVIDENCE_GATEWAY_H

#include "evidence/certificate.h"

/* How a request over HTTPS came to nothing. Unset: an answer came. */
enum gateway_error {
    GATEWAY_REFUSED,
    GATEWAY_SILENT, /* no TCP connection in time */
    GATEWAY_UNREACHABLE,
    GATEWAY_PROXY_SAYS_NO, /* the forward proxy did not open the way; its status is in `proxy` */
    GATEWAY_PROXY_CLOSED,  /* it ended the connection, or kept silent */
    GATEWAY_TLS_ALERT,
    GATEWAY_TLS_CLOSED,
    GATEWAY_TLS_SILENT,
    GATEWAY_TLS_OTHER, /* what came is no TLS, or none that can be spoken */
    GATEWAY_CLOSED,    /* TLS was up; closed without an answer, as Windows does with what it does not know */
    GATEWAY_RESET,
    GATEWAY_NO_ANSWER,
    GATEWAY_NOT_HTTP,
    GATEWAY_TOO_MUCH, /* an answer without end */
    GATEWAY_BROKEN_OFF,
    GATEWAY_DISTRUSTED, /* another certificate than the one that was accepted: no logon was sent */
};
/* Who says that the way goes through the gateway. */
enum gateway_use {
    GATEWAY_USE_ASKED,       /* --gateway */
    GATEWAY_USE_ALWAYS,      /* the .rdp file, gatewayusagemethod 1 */
    GATEWAY_USE_WHEN_NEEDED, /* likewise, 2: when the host cannot be reached directly */
};

struct ev_gateway_transport {
    struct ev_int status;   /* HTTP */
    struct ev_list schemes; /* struct ev_text_item: of WWW-Authenticate, in their order */
    struct ev_enum error;   /* enum gateway_error */
    struct ev_text location;
    struct ev_text server; /* the header: what answers */
    struct ev_bool page;   /* its Content-Type is text of some kind */
    struct ev_int answer_us;
};
struct ev_gateway_transports {
    struct ev_gateway_transport websocket;
    struct ev_gateway_transport http;
    struct ev_gateway_transport rpc;
};

struct ev_gateway_proxy {
    struct ev_text host;
    struct ev_int port;
    struct ev_text from;   /* the variable or option that names it */
    struct ev_bool spared; /* there is one, and no_proxy lets the gateway go round it */
    struct ev_bool unsupported;
    struct ev_text problem; /* its name does not resolve */
    struct ev_int status;   /* of its answer to CONNECT */
    struct ev_list schemes;
};

/* MS-TSGU 3.3: the steps of a tunnel, each named after what was asked for. */
enum gateway_phase {
    GATEWAY_PHASE_WITHHELD,    /* the host refused the same logon, so it was not tried here */
    GATEWAY_PHASE_CERTIFICATE, /* nobody accepted the certificate: no logon was sent */
    GATEWAY_PHASE_FAILED_HERE, /* this machine could not make the logon: `problem` says why */
    GATEWAY_PHASE_LOGON,       /* of HTTP */
    GATEWAY_PHASE_HANDSHAKE,
    GATEWAY_PHASE_TUNNEL,
    GATEWAY_PHASE_AUTHORIZE,
    GATEWAY_PHASE_CHANNEL, /* to the target host */
    GATEWAY_PHASE_OPEN,    /* the channel is there */
};
/* What came out of the open channel, to a request as mstsc sends it. */
enum gateway_behind {
    GATEWAY_BEHIND_RDP,     /* a Confirm */
    GATEWAY_BEHIND_REFUSES, /* a negotiation failure */
    GATEWAY_BEHIND_OTHER,   /* something that is no RDP */
    GATEWAY_BEHIND_CLOSED,
    GATEWAY_BEHIND_SILENT,
};
enum gateway_by { GATEWAY_BY_WEBSOCKET, GATEWAY_BY_HTTP };
struct ev_gateway_tunnel {
    struct ev_enum by;     /* enum gateway_by */
    struct ev_text scheme; /* of the logon: "NTLM", "Negotiate", "Basic" */
    struct ev_enum phase;  /* enum gateway_phase: how far it came */
    struct ev_int status;  /* HTTP's answer to the logon */
    struct ev_int code;    /* what the gateway answered at that phase, unsigned; unset: none */
    struct ev_enum error;  /* enum gateway_error */
    struct ev_int version; /* of the gateway's handshake, times 256 and minor */
    struct ev_int capabilities;
    struct ev_text target;  /* the name that the channel was asked for */
    struct ev_enum behind;  /* enum gateway_behind */
    struct ev_int selected; /* of the Confirm */
    struct ev_int failure;
    struct ev_text problem;
};

struct ev_gateway {
    struct ev_text host;
    struct ev_int port;
    struct ev_enum use;        /* enum gateway_use */
    struct ev_enum name_error; /* enum name_error, of the system's answer about the gateway (or the proxy) */
    struct ev_text address;
    struct ev_int rtt_us; /* TCP handshake */
    struct ev_enum tls;   /* enum tls_version */
    struct ev_int alert;
    struct ev_int server_time; /* FIELD_TIME: the Date of the first answer */
    struct ev_int received;    /* FIELD_TIME: our clock when it came */
    struct ev_gateway_proxy proxy;
    struct ev_gateway_transports transports;
    struct ev_certificate certificate;
    struct ev_gateway_tunnel tunnel;
};

extern const struct field_table gateway_tunnel_table; /* struct ev_gateway_tunnel */
extern const struct field_names gateway_error_names[], gateway_use_names[], gateway_phase_names[], gateway_by_names[],
    gateway_behind_names[];

#endif
