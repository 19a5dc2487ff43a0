/* Negotiation, TLS and NLA: as far as the server's challenge. */
#ifndef RDPWHY_EVIDENCE_SECURE_H
#define RDPWHY_EVIDENCE_SECURE_H

#include "evidence/field.h"

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

#endif
