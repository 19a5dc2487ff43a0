/* What a server says about itself, when somebody collected it there: nothing of it can be seen on the wire. */
#ifndef RDPWHY_EVIDENCE_SERVER_H
#define RDPWHY_EVIDENCE_SERVER_H

#include "evidence/visit.h"

enum {
    SERVER_SETTINGS_MAX = 64,
    SERVER_SERVICES_MAX = 32,
    SERVER_CERTIFICATES_MAX = 16,
    SERVER_EVENTS_MAX = 200,
    SERVER_RULES_MAX = 32,
};

/* A value of the registry: "listener.SecurityLayer", "policy.fDenyTSConnections", "schannel.TLS 1.2.Enabled". */
struct ev_setting {
    struct ev_text name;
    struct ev_int value;
};
struct ev_service {
    struct ev_text name;  /* the short one, which no translation changes */
    struct ev_text state; /* "Running" */
    struct ev_text start; /* "Manual" */
};
struct ev_server_certificate {
    struct ev_text store; /* "Remote Desktop", "My" */
    struct ev_text sha1;
    struct ev_text subject;
    struct ev_int not_before; /* FIELD_TIME */
    struct ev_int not_after;
    struct ev_bool has_key;
};
struct ev_key_file {
    struct ev_int changed; /* FIELD_TIME */
    struct ev_list rights; /* struct ev_text_item: "S-1-5-18:Allow:FullControl" */
};
struct ev_detail {
    struct ev_text text;
};
/* All events of one id in the days that were looked at; of a log file, those with the same code and kind of logon. */
struct ev_event {
    struct ev_text log; /* "System", "TerminalServices-RemoteConnectionManager" */
    struct ev_int id;
    struct ev_int code;       /* that the event carries: an NTSTATUS of 4625, an alert of 36887 */
    struct ev_int logon_type; /* of 4624, 4625: 10 is Remote Desktop, 3 its NLA or a share */
    struct ev_int count;
    struct ev_int busiest_hour; /* the most in one hour */
    struct ev_int clients;      /* different addresses they came from; 64: or more */
    struct ev_int last;         /* FIELD_TIME */
    struct ev_list details;     /* struct ev_detail: of the last one */
};
struct ev_rule {
    struct ev_text name;
    struct ev_bool enabled;
    struct ev_text profiles;
    struct ev_text action;
};

struct ev_server {
    struct ev_int collected; /* FIELD_TIME, by the server's clock */
    struct ev_bool admin;
    struct ev_bool whole; /* nothing of the collection got lost on the way */
    struct ev_text host;
    struct ev_text build; /* "10.0.20348.2849" */
    struct ev_text product;
    struct ev_int booted;      /* FIELD_TIME */
    struct ev_int port;        /* the listener's */
    struct ev_int listening;   /* sockets that listen on it */
    struct ev_int connections; /* and connections there are */
    struct ev_text holder;     /* the process that holds the port */
    struct ev_int disk_free;   /* bytes, on the system's disk */
    struct ev_list settings;
    struct ev_list services;
    struct ev_text bound; /* thumbprint the listener names; unset or all zero: its own certificate */
    struct ev_list certificates;
    struct ev_list keys;
    struct ev_list events;
    struct ev_list visits;      /* struct ev_visit, by time */
    struct ev_int visits_first; /* FIELD_TIME: of what arrived from here ... */
    struct ev_int visits_last;  /* ... to here, none is missing in `visits` */
    struct ev_list coverage;    /* struct ev_coverage */
    struct ev_list rules;       /* of the firewall group Remote Desktop */
    struct ev_list unread;      /* struct ev_text_item: what could not be read, and why */
};

extern const struct field_table server_table, setting_table, service_table, server_certificate_table, key_file_table,
    detail_table, event_table, rule_table;

#endif
