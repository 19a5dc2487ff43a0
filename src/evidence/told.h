/* A connection as the words of somebody tell it: a client's log, a server's, a scanner's, a dialog. Words say less than
 * packets: where it ended by their account, and on which lines that stands. */
#ifndef RDPWHY_EVIDENCE_TOLD_H
#define RDPWHY_EVIDENCE_TOLD_H

#include "evidence/field.h"

enum { TOLD_QUOTES_MAX = 16, TOLD_PHRASES_MAX = 8 };

enum told_by {
    TOLD_BY_CLIENT,  /* its log */
    TOLD_BY_SERVER,  /* its log */
    TOLD_BY_SCANNER, /* nmap */
    TOLD_BY_USER,    /* what the client showed: a dialog, a mail about it */
};
/* What a server's own log gives as the reason. Only words that can mean nothing else are taken for one. */
enum told_reason {
    REASON_CERT_UNREADABLE, /* certificate or key file cannot be read: it offers no TLS */
    REASON_KEY_UNUSABLE,    /* certificate or key cannot be loaded, or they are no pair */
    REASON_CERT_WEAK,       /* its own TLS library refuses them as too weak */
    REASON_TLS_NO_COMMON,
    REASON_CLIENT_LACKS_TLS,
    REASON_BAD_PASSWORD,
    REASON_ACCOUNT_LOCKED,
    REASON_ACCOUNT_EXPIRED,
    REASON_PASSWORD_EXPIRED,
    REASON_NO_RIGHT,
    REASON_GRAPHICS, /* the desktop does not start */
};
/* A line that counts. */
struct ev_quote {
    struct ev_int line; /* in its file, from 1 */
    struct ev_int at;   /* FIELD_TIME, when the line says a date */
    struct ev_text text;
};
struct ev_told {
    struct ev_enum by;         /* enum told_by */
    struct ev_text program;    /* whose words: "FreeRDP 2", "xrdp" */
    struct ev_enum stopped;    /* enum check_id: where it ended, by this account; unset: it does not say */
    struct ev_enum reason;     /* enum told_reason */
    struct ev_bool works;      /* by this account the connection came into being */
    struct ev_text how;        /* in words of ours */
    struct ev_list phrases;    /* struct ev_text_item: sentences of the list of known ones (data/phrases.tsv) */
    struct ev_int visitors;    /* different addresses in a server's log, beside this one */
    struct ev_list quotes;     /* struct ev_quote */
    struct ev_bool local_time; /* its times carry no zone: the machine's local time, taken as UTC in all that it says */
};

extern const struct field_table told_table, quote_table;
extern const struct field_names told_by_names[], told_reason_names[];

#endif
