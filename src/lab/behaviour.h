/* What a lab server does, as data: one struct per step of the opening of an RDP connection. All zero is a server that
 * goes on; a scenario writes down only where it differs. */
#ifndef RDPWHY_LAB_BEHAVIOUR_H
#define RDPWHY_LAB_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/tls.h"

enum lab_act {
    LAB_GO_ON,
    LAB_FIN,
    LAB_RST,
    LAB_SILENCE, /* keeps the connection and says nothing more */
    LAB_FLOOD,   /* sends without end */
    LAB_RECORDS, /* sends TLS handshake records without end: each is valid, none says anything */
};

/* Right after the connect, and to the first bytes whatever they are. */
struct lab_opening {
    enum lab_act act;
    int64_t after_us;     /* pause before `act` */
    unsigned good;        /* `act` from the connection after so many good ones */
    unsigned leaves;      /* stops listening after so many connections; 0: never */
    const char *greeting; /* said right after the connect; then everything is ignored */
    const char *reply;    /* said to the first bytes, then FIN */
    size_t reply_size;    /* when it holds a NUL */
};

/* The packet that answers the request, distorted. */
enum lab_lie {
    LAB_HONEST,
    LAB_TPKT_LONG,   /* claims 65535 bytes and sends 19 */
    LAB_TPKT_SHORT,  /* claims 4 bytes */
    LAB_LI_LONG,     /* X.224 length that reaches past the packet */
    LAB_BLOCK_LONG,  /* negotiation block that claims 64 bytes */
    LAB_BLOCK_OTHER, /* negotiation block of an unknown type */
};

struct lab_negotiation {
    enum lab_act request_act; /* instead of an answer */
    enum lab_act cookie_act;  /* instead of an answer, when the request carries a cookie */
    int64_t after_us;         /* pause before the answer */
    uint32_t protocols;       /* what the server has, PROTOCOL_* bits */
    bool no_rdp;              /* refuses standard RDP security */
    uint32_t
        refusal; /* failure when nothing of an offer fits; 0: standard RDP security, or what Windows says with no_rdp */
    uint32_t failure; /* answers every request with this failure */
    bool forced;      /* answers every request with `selected` */
    uint32_t selected;
    bool no_block;   /* answers with a Confirm of 11 bytes */
    uint8_t flags;   /* of the response */
    uint32_t limit;  /* closes without an answer on an offer above this; 0: never */
    uint16_t source; /* source reference of the Confirm; 0: 0x1234 */
    enum lab_lie lie;
    enum lab_act act; /* right after the answer */
};

enum lab_key { LAB_RSA_2048, LAB_RSA_1024, LAB_EC_P256 };

struct lab_certificate {
    const char *name;   /* common name; NULL: the server's default */
    const char *issuer; /* common name of a CA that signs; NULL: the certificate signs itself */
    enum lab_key key;
    const char *digest; /* NULL: SHA256 */
    int from_days;      /* validity relative to now; both 0: -30 to 150 */
    int to_days;
    const char *san;    /* as OpenSSL writes it: "DNS:a.example,IP:127.0.0.1" */
    unsigned san_count; /* this many made-up DNS names */
    size_t padding;     /* an extension of so many bytes */
    unsigned nesting;   /* a name nested so deep */
    unsigned chain;     /* the CA is sent so many times; 0: once */
};

struct lab_tls {
    enum lab_act hello_act; /* at the first bytes of TLS, instead of an answer */
    int64_t after_us;       /* pause before it, or before the answer */
    uint8_t alert;          /* sent instead of an answer, then FIN; 0: none */
    bool plain;             /* an MCS disconnect in the clear instead of an answer, then FIN, as xrdp does */
    enum net_tls_protocol lowest;
    enum net_tls_protocol highest;
    const char *ciphers;
    bool mute;           /* where nothing is shared it closes without the alert, as Schannel does */
    size_t stall_after;  /* so many bytes of its answer, then silence; 0: all */
    int largest_segment; /* when the client takes bigger segments than this, the answer's big packets get lost */
    struct lab_certificate certificate;
};

enum lab_token {
    LAB_CHALLENGE,
    LAB_TOKEN_GARBAGE, /* an OCTET STRING that is no NTLM */
    LAB_TOKEN_LYING,   /* a challenge whose descriptors point outside */
    LAB_TOKEN_ZEROS,   /* 12 kB of zeros, as FreeRDP's shadow server answers SPNEGO */
    LAB_NOT_DER,       /* not even a TSRequest */
    LAB_DER_NESTED,    /* SEQUENCE in SEQUENCE, 10,000 deep */
    LAB_DER_ENDLESS,   /* a TSRequest that claims 2 GiB and never ends */
    LAB_BAD_RECORD,    /* provokes a TLS alert out of the running connection */
};

/* What the NTLM challenge says of the server. */
struct lab_identity {
    const char *netbios_domain; /* NULL: CORP */
    const char *netbios_computer;
    const char *dns_domain;
    const char *dns_computer;
    const char *dns_forest;
    uint8_t major; /* 0: 10.0.20348 */
    uint8_t minor;
    uint16_t build;
    int64_t skew_s; /* the server's clock, minus ours */
    bool no_time;
    bool workgroup; /* domain names are the computer's own */
};

/* What comes instead of the server's pubKeyAuth, after the client's last token. */
enum lab_proof {
    LAB_PROOF_HONEST,
    LAB_PROOF_OTHER_KEY,   /* a proxy opens TLS: the server behind it has another key than the client saw */
    LAB_PROOF_WRONG,       /* accepts the client's, and answers with the hash of another key */
    LAB_PROOF_ECHO,        /* accepts the client's, and sends it back as it came */
    LAB_PROOF_GARBAGE,     /* bytes that the client's context cannot open */
    LAB_PROOF_NOT_DER,     /* not even a TSRequest */
    LAB_PROOF_NONE,        /* a TSRequest without any */
    LAB_PROOF_HUGE,        /* 60,000 bytes of it */
    LAB_PROOF_ENDLESS,     /* a TSRequest that claims 2 GiB and never ends */
    LAB_PROOF_VERSION,     /* right, in a TSRequest of another version than before */
    LAB_PROOF_MORE_TOKENS, /* asks for one more token, again and again */
};

/* A logon that is carried through: GSSAPI with a real account. */
struct lab_logon {
    const char *user; /* NULL: CredSSP ends at the challenge */
    const char *password;
    bool spnego_only; /* closes at raw NTLM */
    uint32_t error;   /* errorCode after the client's last token; where the version has none: FIN */
    enum lab_act act; /* after the client's last token, instead of an answer */
    enum lab_proof proof;
    enum lab_act info_act; /* after the client's authInfo */
    bool early;            /* an early user authorization result other than 0 (MS-RDPBCGR 2.2.10.2) */
    uint32_t early_result;
    bool early_cut;  /* only half of it */
    int64_t byte_us; /* from the answer to the last token on: one byte every so many microseconds */
};

struct lab_nla {
    enum lab_act act; /* at the first token */
    int64_t after_us;
    uint32_t version; /* of the TSRequest; 0: 6 */
    uint32_t error;   /* errorCode; 0: none */
    enum lab_token token;
    struct lab_identity identity;
    struct lab_logon logon;
};

enum lab_udp_act {
    LAB_UDP_ANSWERS,
    LAB_UDP_SILENT,
    LAB_UDP_GARBAGE,
    LAB_UDP_WRONG_NUMBER,
    LAB_UDP_FLOOD,
};
enum lab_udp_dtls { LAB_DTLS_SILENT, LAB_DTLS_SPEAKS, LAB_DTLS_GARBAGE };

/* RDP's UDP transport beside the TCP port. */
struct lab_udp {
    bool listens; /* else the kernel refuses */
    enum lab_udp_act act;
    uint16_t version; /* RDPEUDP_VERSION_* */
    bool overreach;   /* answers with version 3 whatever was offered */
    uint16_t largest; /* answers no SYN above so many bytes; 0: all */
    unsigned drops;   /* ignores every so many'th SYN; 0: none */
    unsigned drops_first;
    bool twice; /* sends each SYN+ACK twice */
    bool lossy; /* takes lossy connections */
    enum lab_udp_dtls dtls;
};

/* An RD Gateway instead of an RDP server: TLS from the first byte, HTTP, MS-TSGU. The account is nla.logon's. */
enum { LAB_ASKS_NTLM = 1, LAB_ASKS_NEGOTIATE = 2, LAB_ASKS_BASIC = 4 };
enum lab_http_lie {
    LAB_HTTP_HONEST,
    LAB_HTTP_GARBAGE,      /* bytes that are no HTTP */
    LAB_HTTP_LINE_ENDLESS, /* a line of the head without end */
    LAB_HTTP_HEAD_ENDLESS, /* lines without end */
    LAB_HTTP_BODY_ENDLESS, /* a 200, and a body without end */
    LAB_HTTP_CUT,          /* half a head, then FIN */
};
struct lab_gateway {
    bool is;
    unsigned asks;         /* LAB_ASKS_*; 0: lets everybody in */
    bool no_websocket;     /* 200 to the upgrade, as gateways before Windows 2016 */
    int status;            /* answers every request with it; 0: does not */
    enum lab_act act;      /* at the request, instead of an answer */
    enum lab_http_lie lie; /* instead of an answer */
    /* MS-TSGU 2.2.6, instead of success */
    uint32_t handshake_error;
    uint32_t tunnel_error;
    uint32_t authorize_error;
    uint32_t channel_error;
    bool packet_garbage; /* an impossible packet instead of the tunnel's */
    bool packet_silence; /* nothing instead of the tunnel's */
    /* What becomes of the open channel once so many bytes of the host have gone into it; 0: nothing. */
    size_t channel_bytes;
    enum lab_act channel_act;          /* to the whole tunnel */
    uint32_t channel_close;            /* the channel is closed with this code */
    bool channel_lies, channel_floods; /* data of a length that cannot be; data without end */
};

/* The points of a session's start, each an answer that is due. */
enum lab_point {
    LAB_AT_NONE,
    LAB_AT_CONNECT,   /* to Connect-Initial */
    LAB_AT_ATTACH,    /* to the user */
    LAB_AT_JOIN,      /* to the second channel */
    LAB_AT_INFO,      /* to the Client Info */
    LAB_AT_LICENCE,   /* to the request for a new licence */
    LAB_AT_CHALLENGE, /* to the answer to the platform challenge */
    LAB_AT_DEMAND,    /* instead of Demand Active */
};
enum lab_start_lie {
    LAB_START_HONEST,
    LAB_BARE_RESULT,      /* Connect-Response with a result and nothing else */
    LAB_BER_GIGABYTE,     /* a Connect-Response that claims a gigabyte */
    LAB_GCC_LONG,         /* a data block that reaches past the data */
    LAB_JOIN_OTHER,       /* confirms a channel that was not asked for */
    LAB_LICENCE_GIGABYTE, /* a licence request whose company name has a gigabyte */
    LAB_ENDLESS_STATUS,   /* Status Info PDUs without end */
    LAB_DATA_EARLY,       /* data before any channel was joined */
    LAB_BAD_CHECKSUM,     /* encrypted data with a wrong MAC */
};

/* The start of a session, behind TLS or the Confirm of standard RDP security. */
struct lab_start {
    bool on;
    uint32_t method; /* of standard RDP security; RDP_METHOD_* bits, 0: none */
    uint32_t level;
    bool old_random;    /* sends nothing of keys, although a method is chosen */
    uint32_t requested; /* says that it was offered this; 0: the truth */
    bool licence;       /* asks for a licence and hands one out; else none is needed */
    uint32_t alert;     /* licensing alert at `at`; 0: none */
    enum lab_point at;  /* what follows happens here instead of the answer */
    enum lab_act act;
    uint32_t error;  /* Set Error Info, then an ultimatum; 0: none */
    uint8_t result;  /* MCS result; 0: none */
    bool ultimatum;  /* without any code */
    uint32_t status; /* Status Info before licensing; 0: none */
    uint32_t logon;  /* a logon error of this type after Confirm Active; 0: none */
    bool logs_on;    /* says so after Confirm Active */
    enum lab_start_lie lie;
};

struct lab_behaviour {
    struct lab_gateway gateway;
    struct lab_opening opening;
    struct lab_negotiation negotiation;
    struct lab_tls tls;
    struct lab_nla nla;
    struct lab_udp udp;
    struct lab_start start;
    int64_t byte_us; /* sends one byte every so many microseconds; 0: at full speed */
    bool turns;      /* every second connection meets a healthy server: two behind one address */
};

#endif
