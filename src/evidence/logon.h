/* --- logon --- What became of the one logon that the user asked for (--user): MS-CSSP 3.1.5 behind the challenge, and
 * what a KDC said before. Neither the user's name nor anything made of the password is kept. */
#ifndef RDPWHY_EVIDENCE_LOGON_H
#define RDPWHY_EVIDENCE_LOGON_H

#include "evidence/field.h"

/* How the account was named. */
enum logon_form {
    LOGON_PLAIN,  /* user */
    LOGON_DOMAIN, /* DOMAIN\user */
    LOGON_UPN,    /* user@realm */
    LOGON_LOCAL,  /* .\user */
    LOGON_ENTRA,  /* AzureAD\user */
};
enum logon_package { LOGON_KERBEROS, LOGON_NTLM_SPNEGO, LOGON_NTLM_RAW };
/* Why the certificate was good enough for a password. */
enum logon_trust {
    LOGON_NOT_TRUSTED,
    LOGON_VERIFIED,    /* by this machine's store, name and all */
    LOGON_FINGERPRINT, /* --trust-cert */
    LOGON_ASKED,       /* the user looked at it and said yes */
};
enum logon_ended {
    LOGON_GOOD,       /* the server proved that it took the password: its answer is sealed by what only that makes */
    LOGON_ERROR_CODE, /* a TSRequest with an errorCode */
    LOGON_CLOSED,     /* what follows came after our proof of the password, unless `proof` says otherwise */
    LOGON_RESET,
    LOGON_ALERT,
    LOGON_SILENT,
    LOGON_GARBAGE,
    LOGON_BINDING_WRONG, /* its proof does not belong to the TLS connection we have: somebody stands between */
    LOGON_KDC_REFUSED,   /* the KDC said no; the server was not asked */
    LOGON_FAILED_HERE,   /* the library of this machine could not */
    LOGON_WITHHELD,      /* the certificate was not trusted, so nothing was tried */
};
/* The early user authorization result (MS-RDPBCGR 2.2.10.2). */
enum logon_right { LOGON_RIGHT_GRANTED, LOGON_RIGHT_DENIED, LOGON_RIGHT_OTHER, LOGON_RIGHT_NOT_TOLD };
/* As in net/auth.h. */
enum kerberos_result {
    KERBEROS_NOT_TRIED,
    KERBEROS_GOOD,
    KERBEROS_NO_KDC,
    KERBEROS_BAD_PASSWORD,
    KERBEROS_NO_SUCH_USER,
    KERBEROS_REVOKED,
    KERBEROS_ACCOUNT_EXPIRED,
    KERBEROS_PASSWORD_EXPIRED,
    KERBEROS_POLICY,
    KERBEROS_SKEW,
    KERBEROS_NO_SUCH_SERVICE,
    KERBEROS_TIMED_OUT,
    KERBEROS_OTHER,
};

/* What a KDC's own words say more than its code: MIT's have one code for two things, and words for each (kdc_util.c).
 */
enum kdc_words { KDC_WORDS_OTHER, KDC_WORDS_LOCKED, KDC_WORDS_DISABLED, KDC_WORDS_EXPIRED, KDC_WORDS_MUST_CHANGE };

struct ev_kerberos {
    struct ev_enum result; /* enum kerberos_result */
    struct ev_enum words;  /* enum kdc_words */
    struct ev_int code;    /* RFC 4120 7.5.9 */
    struct ev_int status;  /* the NTSTATUS a Windows KDC adds */
    struct ev_bool proof;  /* a proof of the password was sent to it */
    struct ev_int asked;   /* requests to KDCs */
    struct ev_text text;   /* its own words, or the library's */
    struct ev_text why;    /* why it was not tried */
};
struct ev_logon {
    struct ev_enum form;
    struct ev_enum trust;
    struct ev_enum package;
    struct ev_kerberos kerberos;
    struct ev_int messages; /* TSRequests we sent */
    struct ev_bool proof;   /* a proof of the password was sent to the server */
    struct ev_bool bound;   /* its answer belongs to this TLS connection */
    struct ev_bool sent;    /* the password itself was sent to the server, sealed (authInfo) */
    struct ev_enum ended;
    struct ev_int error; /* TSRequest errorCode, as unsigned 32 bits */
    struct ev_int alert;
    struct ev_int after_us; /* our last message to what ended it */
    struct ev_enum right;   /* enum logon_right */
    struct ev_int right_code;
    struct ev_text problem; /* what was wrong with an answer, or what the library said */
};

extern const struct field_names logon_form_names[], logon_package_names[], logon_trust_names[], logon_ended_names[],
    logon_right_names[], kerberos_names[], kdc_words_names[];

#endif
