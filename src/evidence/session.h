/* --- session --- How far the start of a session went (--session, or a capture of standard RDP security): MCS,
 * channels, security, licensing, capabilities (MS-RDPBCGR 1.3.1.1), and in which phase, by whom and with which words it
 * ended. No picture is ever asked for. */
#ifndef RDPWHY_EVIDENCE_SESSION_H
#define RDPWHY_EVIDENCE_SESSION_H

#include "evidence/field.h"

enum session_phase {
    SESSION_MCS,          /* Connect-Initial is out */
    SESSION_CHANNELS,     /* the server took it: domain, user, channels */
    SESSION_SECURITY,     /* standard RDP security: its keys */
    SESSION_LICENSING,    /* the Client Info is out */
    SESSION_CAPABILITIES, /* licensing is over */
    SESSION_ACTIVE,       /* Demand Active came and was answered */
};
enum session_ended {
    SESSION_READY,      /* Demand Active came: as far as it was to go */
    SESSION_ERROR_INFO, /* the server said why it ends this: `error` */
    SESSION_ULTIMATUM,  /* MCS Disconnect Provider Ultimatum: `reason` */
    SESSION_REFUSED,    /* an MCS result that is no success: `mcs_result` */
    SESSION_LICENCE,    /* licensing ended by an alert: `licence` */
    SESSION_CLOSED,
    SESSION_RESET,
    SESSION_ALERT,
    SESSION_SILENT,
    SESSION_GARBAGE,     /* what came cannot be: `problem` */
    SESSION_ENDLESS,     /* it kept sending what leads nowhere */
    SESSION_REDIRECTED,  /* to another host, by a broker */
    SESSION_CIPHER_LACK, /* this machine cannot speak its encryption: `problem` */
};
enum session_by { SESSION_BY_CLIENT, SESSION_BY_SERVER, SESSION_BY_NETWORK };
enum session_security { SESSION_OVER_RDP, SESSION_OVER_TLS, SESSION_OVER_NLA };
enum session_method {
    SESSION_METHOD_NONE,
    SESSION_METHOD_40,
    SESSION_METHOD_56,
    SESSION_METHOD_128,
    SESSION_METHOD_FIPS,
    SESSION_METHOD_OTHER
};
enum session_level {
    SESSION_LEVEL_NONE,
    SESSION_LEVEL_LOW,
    SESSION_LEVEL_COMPATIBLE,
    SESSION_LEVEL_HIGH,
    SESSION_LEVEL_FIPS,
    SESSION_LEVEL_OTHER
};
/* What we told the server of the user. */
enum session_user { SESSION_NOBODY, SESSION_LOGGED_ON, SESSION_CREDENTIALS, SESSION_WITHHELD };
enum { SESSION_STATUS_MAX = 16, SESSION_LOGONS_MAX = 16 };

struct ev_encryption {
    struct ev_enum method;
    struct ev_enum level;
    struct ev_int key_bits; /* of the server's RSA key */
    struct ev_bool x509;    /* in a certificate, not Microsoft's own form */
};
struct ev_licence {
    struct ev_int requests;  /* the server wants to see a licence */
    struct ev_bool answered; /* we asked for a new one */
    struct ev_bool challenged;
    struct ev_bool issued; /* it gave us one */
    struct ev_int code;    /* of its alert; 7: none is needed */
    struct ev_int transition;
};
struct ev_status_item {
    struct ev_int value;
};
/* Save Session Info. */
struct ev_session_logon {
    struct ev_int info; /* infoType: 0, 1, 2: somebody is logged on; 3: see the rest */
    struct ev_int type; /* ErrorNotificationType */
    struct ev_int data;
};
/* What a client says of itself; only a capture shows another's. */
struct ev_session_client {
    struct ev_int version;
    struct ev_int build;
    struct ev_int methods; /* of encryption, the bits of MS-RDPBCGR 2.2.1.3.3 */
};
struct ev_session {
    struct ev_enum phase;
    struct ev_enum ended;
    struct ev_enum ended_by;
    struct ev_int error; /* of Set Error Info */
    struct ev_int mcs_result;
    struct ev_int reason; /* of the ultimatum */
    struct ev_int alert;
    struct ev_enum security;
    struct ev_int server_version;
    struct ev_int requested; /* the offer the server says it saw; another than ours: somebody changed it */
    struct ev_encryption encryption;
    struct ev_session_client client;
    struct ev_int io_channel;
    struct ev_int channels; /* joined */
    struct ev_int refused;  /* the channel that could not be joined */
    struct ev_enum user;    /* enum session_user */
    struct ev_licence licence;
    struct ev_list statuses; /* struct ev_status_item: Status Info PDUs */
    struct ev_bool demanded; /* Demand Active came */
    struct ev_int sets;      /* its capability sets */
    struct ev_list logons;   /* struct ev_session_logon */
    struct ev_bool fast_path;
    struct ev_int hidden;     /* a capture: messages of the server that are enciphered, so that they tell nothing */
    struct ev_bool touched;   /* it may have begun a session, or taken one from somebody */
    struct ev_int connection; /* index into connections */
    struct ev_int after_us;   /* our last message to what ended it */
    struct ev_text problem;
};

extern const struct field_names session_phase_names[], session_ended_names[], session_by_names[],
    session_security_names[], session_method_names[], session_level_names[], session_user_names[];
extern const struct field_table status_item_table, session_logon_table;

#endif
