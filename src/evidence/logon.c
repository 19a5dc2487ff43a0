#include "evidence/logon.h"

#include "evidence/tables.h"

const struct field_names logon_form_names[] = {
    { LOGON_PLAIN, "plain" }, { LOGON_DOMAIN, "domain" }, { LOGON_UPN, "upn" },
    { LOGON_LOCAL, "local" }, { LOGON_ENTRA, "entra" },   { 0, NULL },
};

const struct field_names logon_package_names[] = {
    { LOGON_KERBEROS, "kerberos" },
    { LOGON_NTLM_SPNEGO, "spnego-ntlm" },
    { LOGON_NTLM_RAW, "ntlm" },
    { 0, NULL },
};

const struct field_names logon_trust_names[] = {
    { LOGON_NOT_TRUSTED, "no" },
    { LOGON_VERIFIED, "verified" },
    { LOGON_FINGERPRINT, "fingerprint" },
    { LOGON_ASKED, "asked" },
    { 0, NULL },
};

const struct field_names logon_ended_names[] = {
    { LOGON_GOOD, "accepted" },
    { LOGON_ERROR_CODE, "error-code" },
    { LOGON_CLOSED, "closed" },
    { LOGON_RESET, "reset" },
    { LOGON_ALERT, "alert" },
    { LOGON_SILENT, "silent" },
    { LOGON_GARBAGE, "garbage" },
    { LOGON_BINDING_WRONG, "binding-wrong" },
    { LOGON_KDC_REFUSED, "kdc-refused" },
    { LOGON_FAILED_HERE, "failed-here" },
    { LOGON_WITHHELD, "withheld" },
    { 0, NULL },
};

const struct field_names logon_right_names[] = {
    { LOGON_RIGHT_GRANTED, "granted" },
    { LOGON_RIGHT_DENIED, "denied" },
    { LOGON_RIGHT_OTHER, "other" },
    { LOGON_RIGHT_NOT_TOLD, "not-told" },
    { 0, NULL },
};

const struct field_names kerberos_names[] = {
    { KERBEROS_NOT_TRIED, "not-tried" },
    { KERBEROS_GOOD, "good" },
    { KERBEROS_NO_KDC, "no-kdc" },
    { KERBEROS_BAD_PASSWORD, "bad-password" },
    { KERBEROS_NO_SUCH_USER, "no-such-user" },
    { KERBEROS_REVOKED, "revoked" },
    { KERBEROS_ACCOUNT_EXPIRED, "account-expired" },
    { KERBEROS_PASSWORD_EXPIRED, "password-expired" },
    { KERBEROS_POLICY, "policy" },
    { KERBEROS_SKEW, "skew" },
    { KERBEROS_NO_SUCH_SERVICE, "no-such-service" },
    { KERBEROS_TIMED_OUT, "timed-out" },
    { KERBEROS_OTHER, "other" },
    { 0, NULL },
};

const struct field_names kdc_words_names[] = {
    { KDC_WORDS_OTHER, "other" },     { KDC_WORDS_LOCKED, "locked" },           { KDC_WORDS_DISABLED, "disabled" },
    { KDC_WORDS_EXPIRED, "expired" }, { KDC_WORDS_MUST_CHANGE, "must-change" }, { 0, NULL },
};

static const struct field kerberos_rows[] = {
    { FIELD_ROW(struct ev_kerberos, result, ENUM, NONE), .names = kerberos_names },
    { FIELD_ROW(struct ev_kerberos, words, ENUM, NONE), .names = kdc_words_names },
    { FIELD_ROW(struct ev_kerberos, code, INT, NONE) },
    { FIELD_ROW(struct ev_kerberos, status, INT, NONE) },
    { FIELD_ROW(struct ev_kerberos, proof, BOOL, NONE) },
    { FIELD_ROW(struct ev_kerberos, asked, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_kerberos, text, TEXT, RAW), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_kerberos, why, TEXT, NONE) },
};
static const struct field_table kerberos_table = FIELD_TABLE("kerberos", struct ev_kerberos, kerberos_rows);

static const struct field logon_rows[] = {
    { FIELD_ROW(struct ev_logon, form, ENUM, NONE), .names = logon_form_names },
    { FIELD_ROW(struct ev_logon, trust, ENUM, NONE), .names = logon_trust_names, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_logon, package, ENUM, NONE), .names = logon_package_names },
    { FIELD_ROW(struct ev_logon, kerberos, GROUP, NONE), .group = &kerberos_table },
    { FIELD_ROW(struct ev_logon, messages, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_logon, proof, BOOL, NONE) },
    { FIELD_ROW(struct ev_logon, bound, BOOL, NONE) },
    { FIELD_ROW(struct ev_logon, sent, BOOL, NONE) },
    { FIELD_ROW(struct ev_logon, ended, ENUM, NONE), .names = logon_ended_names },
    { FIELD_ROW(struct ev_logon, error, INT, NONE) },
    { FIELD_ROW(struct ev_logon, alert, INT, NONE), .range = RANGE_BYTE },
    { FIELD_ROW(struct ev_logon, after_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_logon, right, ENUM, NONE), .names = logon_right_names },
    { FIELD_ROW(struct ev_logon, right_code, INT, NONE) },
    { FIELD_ROW(struct ev_logon, problem, TEXT, RAW) },
};
const struct field_table logon_table = FIELD_TABLE("logon", struct ev_logon, logon_rows);
