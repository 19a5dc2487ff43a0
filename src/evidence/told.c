#include "evidence/told.h"

#include "evidence/evidence.h"

const struct field_names told_by_names[] = {
    { TOLD_BY_CLIENT, "client" },
    { TOLD_BY_SERVER, "server" },
    { TOLD_BY_SCANNER, "scanner" },
    { TOLD_BY_USER, "user" },
    { 0, NULL },
};

const struct field_names told_reason_names[] = {
    { REASON_CERT_UNREADABLE, "cert-unreadable" },
    { REASON_KEY_UNUSABLE, "key-unusable" },
    { REASON_CERT_WEAK, "cert-weak" },
    { REASON_TLS_NO_COMMON, "tls-no-common" },
    { REASON_CLIENT_LACKS_TLS, "client-lacks-tls" },
    { REASON_BAD_PASSWORD, "bad-password" },
    { REASON_ACCOUNT_LOCKED, "account-locked" },
    { REASON_ACCOUNT_EXPIRED, "account-expired" },
    { REASON_PASSWORD_EXPIRED, "password-expired" },
    { REASON_NO_RIGHT, "no-right" },
    { REASON_GRAPHICS, "graphics" },
    { 0, NULL },
};

static const struct field quote_rows[] = {
    { FIELD_ROW(struct ev_quote, line, INT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_quote, at, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_quote, text, TEXT, RAW), .diff = DIFF_VARIES },
};
const struct field_table quote_table = FIELD_TABLE("quote", struct ev_quote, quote_rows);

static const struct field told_rows[] = {
    { FIELD_ROW(struct ev_told, by, ENUM, NONE), .names = told_by_names },
    { FIELD_ROW(struct ev_told, program, TEXT, NONE) },
    { FIELD_ROW(struct ev_told, stopped, ENUM, NONE), .names = check_names },
    { FIELD_ROW(struct ev_told, reason, ENUM, NONE), .names = told_reason_names },
    { FIELD_ROW(struct ev_told, works, BOOL, NONE) },
    { FIELD_ROW(struct ev_told, how, TEXT, WORDS) },
    { FIELD_ROW(struct ev_told, phrases, LIST, NONE), .group = &text_item_table, .max = TOLD_PHRASES_MAX },
    { FIELD_ROW(struct ev_told, visitors, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_told, quotes, LIST, NONE), .group = &quote_table, .max = TOLD_QUOTES_MAX,
      .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_told, local_time, BOOL, NONE) },
};
const struct field_table told_table = FIELD_TABLE("told", struct ev_told, told_rows);
