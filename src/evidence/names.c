#include "evidence/evidence.h"

/* The names of enum values, as in JSON. */

const struct field_names check_names[] = {
    { CHECK_NAME, "name" },
    { CHECK_ROUTE, "route" },
    { CHECK_TCP, "tcp" },
    { CHECK_NEGOTIATION, "negotiation" },
    { CHECK_TLS, "tls" },
    { CHECK_CERTIFICATE, "certificate" },
    { CHECK_NLA, "nla" },
    { CHECK_LOGON, "logon" },
    { CHECK_SESSION, "session" },
    { CHECK_UDP, "udp" },
    { CHECK_GATEWAY, "gateway" },
    { CHECK_MTU, "mtu" },
    { CHECK_PATH, "path" },
    { CHECK_BANDWIDTH, "bandwidth" },
    { CHECK_LOAD, "load" },
    { CHECK_CLIENT, "client" },
    { 0, NULL },
};

const struct field_names ran_names[] = {
    { RAN_NOT, "not-run" },         { RAN_DONE, "done" },
    { RAN_NOT_ASKED, "not-asked" }, { RAN_POINTLESS, "pointless" },
    { RAN_NO_ANSWER, "no-answer" }, { RAN_CANCELLED, "cancelled" },
    { RAN_NOT_HERE, "not-here" },   { 0, NULL },
};

const struct field_names name_error_names[] = {
    { NAME_OK, "ok" },           { NAME_NOT_FOUND, "not-found" },
    { NAME_NO_DATA, "no-data" }, { NAME_SERVFAIL, "servfail" },
    { NAME_REFUSED, "refused" }, { NAME_SILENT, "silent" },
    { NAME_OTHER, "other" },     { 0, NULL },
};

const struct field_names name_form_names[] = {
    { NAME_FORM_SHORT, "short" },
    { NAME_FORM_FQDN, "fqdn" },
    { NAME_FORM_IPV4, "ipv4" },
    { NAME_FORM_IPV6, "ipv6" },
    { 0, NULL },
};

const struct field_names vpn_transport_names[] = {
    { VPN_OVER_UNKNOWN, "unknown" },
    { VPN_OVER_UDP, "udp" },
    { VPN_OVER_TCP, "tcp" },
    { VPN_OVER_ESP, "esp" },
    { 0, NULL },
};

const struct field_names vpn_names[] = {
    { VPN_NONE, "none" },
    { VPN_WIREGUARD, "wireguard" },
    { VPN_OPENVPN, "openvpn" },
    { VPN_IPSEC, "ipsec" },
    { VPN_PPP, "ppp" },
    { VPN_TUN, "tun" },
    { VPN_ZTNA, "ztna" },
    { VPN_UNKNOWN, "unknown" },
    { 0, NULL },
};

const struct field_names tcp_result_names[] = {
    { TCP_OPEN, "open" },
    { TCP_REFUSED, "refused" },
    { TCP_SILENT, "silent" },
    { TCP_UNREACHABLE, "unreachable" },
    { TCP_PROHIBITED, "prohibited" },
    { 0, NULL },
};

const struct field_names nego_ended_names[] = {
    { NEGO_ANSWERED, "answered" }, { NEGO_CLOSED, "closed" },   { NEGO_RESET, "reset" },
    { NEGO_SILENT, "silent" },     { NEGO_NOT_RDP, "not-rdp" }, { 0, NULL },
};

const struct field_names speaks_names[] = {
    { SPEAKS_UNKNOWN, "unknown" }, { SPEAKS_RDP, "rdp" }, { SPEAKS_SSH, "ssh" },     { SPEAKS_HTTP, "http" },
    { SPEAKS_TLS, "tls" },         { SPEAKS_VNC, "vnc" }, { SPEAKS_SMTP, "smtp" },   { SPEAKS_FTP, "ftp" },
    { SPEAKS_TELNET, "telnet" },   { SPEAKS_SMB, "smb" }, { SPEAKS_MYSQL, "mysql" }, { SPEAKS_POP3, "pop3" },
    { SPEAKS_IMAP, "imap" },       { 0, NULL },
};

const struct field_names tls_version_names[] = {
    { TLS_NONE, "none" },  { TLS_SSL3, "ssl3" },  { TLS_1_0, "tls1.0" }, { TLS_1_1, "tls1.1" },
    { TLS_1_2, "tls1.2" }, { TLS_1_3, "tls1.3" }, { 0, NULL },
};

const struct field_names tls_try_names[] = {
    { TLS_TRY_ACCEPTED, "accepted" },
    { TLS_TRY_ALERT, "alert" },
    { TLS_TRY_CLOSED, "closed" },
    { TLS_TRY_RESET, "reset" },
    { TLS_TRY_SILENT, "silent" },
    { TLS_TRY_OTHER, "other" },
    { TLS_TRY_PLAIN, "plain" }, /* an RDP packet in the clear, where a ServerHello should be */
    { 0, NULL },
};

const struct field_names hello_names[] = {
    { HELLO_NONE, "none" },
    { HELLO_SCHANNEL, "schannel" },
    { HELLO_WIDE, "wide" },
    { HELLO_SINGLE, "single" },
    { 0, NULL },
};

const struct field_names key_names[] = {
    { KEY_OTHER, "other" },     { KEY_RSA, "rsa" }, { KEY_EC, "ec" },
    { KEY_ED25519, "ed25519" }, { KEY_DSA, "dsa" }, { 0, NULL },
};

const struct field_names package_names[] = {
    { NLA_NTLM_RAW, "ntlm" },
    { NLA_NTLM_SPNEGO, "spnego-ntlm" },
    { NLA_OTHER, "other" },
    { NLA_KERBEROS, "kerberos" },
    { 0, NULL },
};

const struct field_names nla_ended_names[] = {
    { NLA_CHALLENGED, "challenged" }, { NLA_CLOSED, "closed" }, { NLA_RESET, "reset" },
    { NLA_ALERT, "alert" },           { NLA_SILENT, "silent" }, { NLA_ERROR_CODE, "error-code" },
    { NLA_GARBAGE, "garbage" },       { NLA_TAKEN, "taken" },   { 0, NULL },
};

const struct field_names purpose_names[] = {
    { PURPOSE_FIRST, "first" },
    { PURPOSE_SILENT, "silent" },
    { PURPOSE_PLAIN_REQUEST, "plain-request" },
    { PURPOSE_WIDE_HELLO, "wide-hello" },
    { PURPOSE_REPEAT_FIRST, "repeat-first" },
    { PURPOSE_OFFER_TLS, "offer-tls" },
    { PURPOSE_OFFER_RDP, "offer-rdp" },
    { PURPOSE_OFFER_OTHER, "offer-other" },
    { PURPOSE_TLS_VERSION, "tls-version" },
    { PURPOSE_SMALL_MSS, "small-mss" },
    { PURPOSE_OTHER_ADDRESS, "other-address" },
    { PURPOSE_WAY, "way" },
    { PURPOSE_LOGON, "logon" },
    { 0, NULL },
};

const struct field_names end_by_names[] = {
    { END_BY_PEER, "peer" },
    { END_BY_US, "us" },
    { END_BY_NETWORK, "network" },
    { 0, NULL },
};

const struct field_names end_how_names[] = {
    { END_FIN, "fin" },
    { END_RST, "rst" },
    { END_ALERT, "alert" },
    { END_SILENCE, "silence" },
    { END_OUR_LIMIT, "our-limit" },
    { END_DONE, "done" },
    { END_ICMP, "icmp" },
    { 0, NULL },
};

const struct field_names stage_names[] = {
    { STAGE_TCP, "tcp" },     { STAGE_NEGOTIATION, "negotiation" }, { STAGE_TLS, "tls" }, { STAGE_NLA, "nla" },
    { STAGE_LOGON, "logon" }, { STAGE_SESSION, "session" },         { 0, NULL },
};

const struct field_names control_names[] = {
    { CONTROL_ICMP, "icmp" },
    { CONTROL_TCP_445, "tcp-445" },
    { CONTROL_TCP_135, "tcp-135" },
    { CONTROL_TCP_5985, "tcp-5985" },
    { CONTROL_NEIGHBOUR, "neighbour" },
    { CONTROL_INTERCEPTOR, "interceptor" },
    { CONTROL_CLOSED_PORT, "closed-port" },
    { 0, NULL },
};

const struct field_names control_result_names[] = {
    { CONTROL_ANSWERED, "answered" },
    { CONTROL_SILENCE, "silence" },
    { CONTROL_FAILED, "failed" },
    { CONTROL_REFUSED, "refused" },
    { CONTROL_OPENED, "opened" },
    { CONTROL_NOT_POSSIBLE, "not-possible" },
    { 0, NULL },
};
