/* Signs of the logon that this run tried: what the server, or a KDC, said to it. */
#include "diagnose/signs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "facts/codes.h"

/* TSRequest errorCode: NTSTATUS, and what SSPI and HRESULT make of the same (MS-ERREF 2.3.1). */
static const struct {
    uint32_t code;
    enum cause cause;
    bool open; /* of several meanings: this is one of them */
} server_says[] = {
    { 0xC000006D, CAUSE_BAD_PASSWORD, false },
    { 0xC000006A, CAUSE_BAD_PASSWORD, false },
    { 0xC0000064, CAUSE_BAD_PASSWORD, false },
    { 0x8009030C, CAUSE_BAD_PASSWORD, false },
    /* SSPI has one word for every no (MS-ERREF 2.1.1, SEC_E_LOGON_DENIED) */
    { 0x8009030C, CAUSE_ACCOUNT_LOCKED, true },
    { 0x8009030C, CAUSE_ACCOUNT_DISABLED, true },
    { 0x8009030C, CAUSE_ACCOUNT_EXPIRED, true },
    { 0x8009030C, CAUSE_PASSWORD_EXPIRED, true },
    { 0x8009030C, CAUSE_PASSWORD_MUST_CHANGE, true },
    { 0x8007052E, CAUSE_BAD_PASSWORD, false },
    { 0xC0000234, CAUSE_ACCOUNT_LOCKED, false },
    { 0x80070775, CAUSE_ACCOUNT_LOCKED, false },
    { 0xC0000072, CAUSE_ACCOUNT_DISABLED, false },
    { 0x80070533, CAUSE_ACCOUNT_DISABLED, false },
    { 0xC0000193, CAUSE_ACCOUNT_EXPIRED, false },
    { 0x80070701, CAUSE_ACCOUNT_EXPIRED, false },
    { 0xC0000071, CAUSE_PASSWORD_EXPIRED, false },
    { 0x80070532, CAUSE_PASSWORD_EXPIRED, false },
    { 0xC0000224, CAUSE_PASSWORD_MUST_CHANGE, false },
    { 0x80070773, CAUSE_PASSWORD_MUST_CHANGE, false },
    { 0xC000006F, CAUSE_LOGON_HOURS, false },
    { 0xC0000070, CAUSE_WORKSTATION_RESTRICTED, false },
    { 0xC000006E, CAUSE_WORKSTATION_RESTRICTED, false },
    { 0xC000006E, CAUSE_NTLM_BLOCKED, true },
    { 0xC000015B, CAUSE_LOGON_TYPE_DENIED, false },
    { 0x80070569, CAUSE_LOGON_TYPE_DENIED, false },
    { 0xC000015B, CAUSE_NO_RDP_RIGHT, true },
    { 0x80070569, CAUSE_NO_RDP_RIGHT, true },
    { 0xC0000155, CAUSE_LOGON_TYPE_DENIED, true },
    { 0xC0000155, CAUSE_NO_RDP_RIGHT, true },
    { 0xC0000022, CAUSE_NO_RDP_RIGHT, true },
    { 0xC0000022, CAUSE_LOGON_TYPE_DENIED, true },
    { 0xC000035B, CAUSE_CHANNEL_BINDING_NTLMV1, true },
    { 0x80090346, CAUSE_CHANNEL_BINDING_NTLMV1, true },
    { 0xC000035B, CAUSE_TLS_INTERCEPTION, true },
    { 0x80090346, CAUSE_TLS_INTERCEPTION, true },
    { 0x8009030F, CAUSE_TLS_INTERCEPTION, true },
    { 0xC0000133, CAUSE_KERBEROS_SKEW, false },
    { 0x80090324, CAUSE_KERBEROS_SKEW, false },
    { 0x80090303, CAUSE_SPN_MISSING_OR_ALIAS, false },
    { 0x80090322, CAUSE_SPN_MISSING_OR_ALIAS, false },
    { 0xC000005E, CAUSE_NLA_NO_DC, false },
    { 0xC0000233, CAUSE_NLA_NO_DC, false },
    { 0xC000018A, CAUSE_NLA_NO_DC, false },
    { 0xC000018B, CAUSE_NLA_NO_DC, false },
    { 0xC000018C, CAUSE_NLA_NO_DC, false },
    { 0xC000018D, CAUSE_NLA_NO_DC, false },
    { 0xC0000192, CAUSE_NLA_NO_DC, false },
    { 0x80090311, CAUSE_NLA_NO_DC, false },
    { 0x8007051F, CAUSE_NLA_NO_DC, false },
    { 0xC0000418, CAUSE_NTLM_BLOCKED, false },
    { 0xC00000BB, CAUSE_NTLM_BLOCKED, false },
    { 0x80090302, CAUSE_NTLM_BLOCKED, false },
};

/* What the KDC's code alone means; and for one of several meanings, its own words for each. */
static const struct {
    enum kerberos_result result;
    enum kdc_words words; /* KDC_WORDS_OTHER: any */
    enum cause cause;
} kdc_says[] = {
    { KERBEROS_BAD_PASSWORD, KDC_WORDS_OTHER, CAUSE_BAD_PASSWORD },
    { KERBEROS_NO_SUCH_USER, KDC_WORDS_OTHER, CAUSE_BAD_PASSWORD },
    { KERBEROS_ACCOUNT_EXPIRED, KDC_WORDS_OTHER, CAUSE_ACCOUNT_EXPIRED },
    { KERBEROS_SKEW, KDC_WORDS_OTHER, CAUSE_KERBEROS_SKEW },
    { KERBEROS_REVOKED, KDC_WORDS_LOCKED, CAUSE_ACCOUNT_LOCKED },
    { KERBEROS_REVOKED, KDC_WORDS_DISABLED, CAUSE_ACCOUNT_DISABLED },
    { KERBEROS_PASSWORD_EXPIRED, KDC_WORDS_EXPIRED, CAUSE_PASSWORD_EXPIRED },
    { KERBEROS_PASSWORD_EXPIRED, KDC_WORDS_MUST_CHANGE, CAUSE_PASSWORD_MUST_CHANGE },
};

static bool tried(const struct ev_logon *logon)
{
    return seen(logon->ended.source) && logon->ended.v != LOGON_WITHHELD && logon->ended.v != LOGON_FAILED_HERE;
}

static bool no_right(const struct ev_logon *logon)
{
    return seen(logon->right.source) && (logon->right.v == LOGON_RIGHT_DENIED || logon->right.v == LOGON_RIGHT_OTHER);
}

static enum truth right_words(const struct ev_logon *logon, struct buffer *words)
{
    if (!seen(logon->right.source) || logon->right.v == LOGON_RIGHT_GRANTED) {
        return say(words, NO, "the server took user and password");
    }
    if (logon->right.v == LOGON_RIGHT_NOT_TOLD) {
        return say(words, YES,
                   "the server took user and password, and then ends without telling whether the account may use "
                   "Remote Desktop");
    }
    return logon->right.v == LOGON_RIGHT_DENIED
               ? say(words, YES, "the server took user and password, and then denies this account Remote Desktop")
               : say(words, YES, "the server took user and password, and then answers 0x%08" PRIX64,
                     (uint64_t)logon->right_code.v);
}

static const char *name_of_code(int64_t code)
{
    const char *name = ntstatus_name((uint32_t)code);
    return name != NULL ? name : "a code without a name here";
}

static enum truth cut_words(const struct ev_logon *logon, struct buffer *words)
{
    const char *how = logon->ended.v == LOGON_CLOSED  ? "closes"
                      : logon->ended.v == LOGON_RESET ? "resets"
                      : logon->ended.v == LOGON_ALERT ? "sends an alert"
                                                      : "says nothing more";
    return say(words, YES, "it %s %s, without an error code", how,
               bool_is(&logon->proof, true) ? "once the logon was sent" : "in the middle of the logon");
}

static enum truth kdc_words(const struct ev_kerberos *kerberos, struct buffer *words)
{
    static const char *const meanings[] = {
        [KERBEROS_BAD_PASSWORD] = "the password is wrong",
        [KERBEROS_NO_SUCH_USER] = "it knows no such user",
        [KERBEROS_REVOKED] = "the account is locked, disabled, expired or outside its hours",
        [KERBEROS_ACCOUNT_EXPIRED] = "the account has expired",
        [KERBEROS_PASSWORD_EXPIRED] = "the password has expired or must be changed",
        [KERBEROS_POLICY] = "its policy forbids this logon",
        [KERBEROS_SKEW] = "this machine's clock is too far from its own",
        [KERBEROS_OTHER] = NULL,
    };
    const char *meaning = kerberos->result.v <= KERBEROS_OTHER ? meanings[kerberos->result.v] : NULL;
    char code[32] = "";
    if (seen(kerberos->code.source)) {
        snprintf(code, sizeof code, " with Kerberos error %" PRId64, kerberos->code.v);
    }
    return say(words, YES, "the KDC refuses%s%s%s", code, meaning != NULL ? ": " : "", meaning != NULL ? meaning : "");
}

enum truth see_logon_fails(const struct look *look, struct buffer *words)
{
    const struct ev_logon *logon = &look->e->logon;
    if (!tried(logon)) {
        return UNSEEN;
    }
    switch (logon->ended.v) {
    case LOGON_GOOD:
        return right_words(logon, words);
    case LOGON_ERROR_CODE:
        return say(words, YES, "the server answers the logon with 0x%08" PRIX64 ": %s", (uint64_t)logon->error.v,
                   name_of_code(logon->error.v));
    case LOGON_BINDING_WRONG:
        return say(words, YES, "the server's proof belongs to another TLS connection than this one");
    case LOGON_GARBAGE:
        return say(words, YES, "its answer to the logon is broken%s%.160s", logon->problem.v != NULL ? ": " : "",
                   logon->problem.v != NULL ? logon->problem.v : "");
    case LOGON_KDC_REFUSED:
        return kdc_words(&logon->kerberos, words);
    default:
        return cut_words(logon, words);
    }
}

enum truth see_logon_answered(const struct look *look, struct buffer *words)
{
    const struct ev_logon *logon = &look->e->logon;
    const enum truth fails = see_logon_fails(look, NULL);
    const bool code = logon->ended.v == LOGON_ERROR_CODE || logon->ended.v == LOGON_KDC_REFUSED || no_right(logon);
    if (fails == UNSEEN) {
        return UNSEEN;
    }
    return fails == YES && code ? see_logon_fails(look, words)
                                : say(words, NO, "no code came that would say why the logon failed");
}

enum truth see_credentials_good(const struct look *look, struct buffer *words)
{
    const struct ev_logon *logon = &look->e->logon;
    if (!tried(logon)) {
        return UNSEEN;
    }
    return logon->ended.v == LOGON_GOOD ? say(words, YES, "the server took this user and password just now")
                                        : say(words, NO, "the server did not take user and password");
}

enum truth see_logon_cut(const struct look *look, struct buffer *words)
{
    const struct ev_logon *logon = &look->e->logon;
    if (!tried(logon)) {
        return UNSEEN;
    }
    const bool cut = logon->ended.v == LOGON_CLOSED || logon->ended.v == LOGON_RESET || logon->ended.v == LOGON_ALERT;
    return cut && bool_is(&logon->proof, true) ? cut_words(logon, words)
                                               : say(words, NO, "it does not cut the logon off");
}

enum truth see_logon_late(const struct look *look, struct buffer *words)
{
    enum { LATE_US = 5000000 };
    char text[SPAN_SIZE];
    const struct ev_logon *logon = &look->e->logon;
    if (!tried(logon)) {
        return UNSEEN;
    }
    if (logon->ended.v != LOGON_SILENT && see_logon_cut(look, NULL) != YES) {
        return say(words, NO, "the logon was answered");
    }
    if (!seen(logon->after_us.source)) {
        return UNSEEN;
    }
    return logon->after_us.v >= LATE_US ? say(words, YES, "it let %s pass over the logon, as if it waited for somebody",
                                              span(logon->after_us.v, text))
                                        : say(words, NO, "it ended %s after the logon", span(logon->after_us.v, text));
}

enum truth see_binding_wrong(const struct look *look, struct buffer *words)
{
    const struct ev_logon *logon = &look->e->logon;
    if (!seen(logon->bound.source)) {
        return UNSEEN;
    }
    return logon->bound.v
               ? say(words, NO, "the server that took the logon is the one that holds this certificate's key")
               : say(words, YES,
                     "the server took the logon, but signs for another TLS key: somebody stands in between");
}

enum truth see_service_unknown(const struct look *look, struct buffer *words)
{
    const struct ev_enum *result = &look->e->logon.kerberos.result;
    if (!seen(result->source) || result->v == KERBEROS_NOT_TRIED) {
        return UNSEEN;
    }
    return result->v == KERBEROS_NO_SUCH_SERVICE
               ? say(words, YES, "the KDC took user and password, and knows no service TERMSRV of that name")
               : say(words, NO, "the KDC did not say that it lacks the service's name");
}

enum truth see_account_entra(const struct look *look, struct buffer *words)
{
    const struct ev_logon *logon = &look->e->logon;
    if (!seen(logon->form.source)) {
        return UNSEEN;
    }
    if (logon->form.v == LOGON_ENTRA) {
        return say(words, YES, "the account is one of Entra ID, which NTLM and Kerberos do not know");
    }
    /* a KDC that knows the account answers for a realm, not for Entra ID */
    const bool may = logon->form.v == LOGON_UPN && logon->ended.v != LOGON_KDC_REFUSED &&
                     see_domain_joined(look, NULL) == NO && see_logon_fails(look, NULL) == YES;
    return may ? say(words, YES, "the account has the form of a mail address, and the server is in no domain")
               : say(words, NO, "the account's form is not that of Entra ID");
}

enum truth status_says(const char *whose, int64_t status, enum cause cause, struct buffer *words)
{
    for (size_t i = 0; i < COUNT_OF(server_says); i++) {
        if (server_says[i].cause == cause && server_says[i].code == (uint32_t)status) {
            return server_says[i].open
                       ? UNSEEN
                       : say(words, YES, "%s 0x%08" PRIX64 ": %s", whose, (uint64_t)status, name_of_code(status));
        }
    }
    return say(words, NO, "%s 0x%08" PRIX64 ", which says something else", whose, (uint64_t)status);
}

static enum truth server_code(const struct ev_logon *logon, enum cause cause, struct buffer *words)
{
    /* Until the password itself is there, a server tries a network logon: it does not ask for the other right yet. */
    if (cause == CAUSE_NO_RDP_RIGHT && bool_is(&logon->sent, false) && logon->error.v != 0xC0000022) {
        return say(words, NO, "the code came before the right to use Remote Desktop is looked at");
    }
    if (cause == CAUSE_NTLM_BLOCKED && enum_is(&logon->package, LOGON_KERBEROS)) {
        return say(words, NO, "the logon was by Kerberos, not by NTLM");
    }
    return status_says("the server answers the logon with", logon->error.v, cause, words);
}

static enum truth kdc_code(const struct ev_kerberos *kerberos, enum cause cause, struct buffer *words)
{
    bool open = kerberos->result.v == KERBEROS_POLICY || kerberos->result.v == KERBEROS_OTHER ||
                kerberos->result.v == KERBEROS_TIMED_OUT;
    bool named = false;
    bool among = false;
    if (seen(kerberos->status.source)) {
        return status_says("the KDC's status is", kerberos->status.v, cause, words);
    }
    for (size_t i = 0; i < COUNT_OF(kdc_says); i++) {
        if ((int)kdc_says[i].result != kerberos->result.v) {
            continue;
        }
        const bool fits = kdc_says[i].words == KDC_WORDS_OTHER || enum_is(&kerberos->words, (int)kdc_says[i].words);
        named = named || fits;
        among = among || kdc_says[i].cause == cause;
        if (fits && kdc_says[i].cause == cause) {
            return kdc_words(kerberos, words);
        }
    }
    open = open || (!named && (among || kerberos->result.v == KERBEROS_REVOKED));
    return open ? UNSEEN : say(words, NO, "the KDC's answer says something else");
}

enum truth logon_says(const struct look *look, enum cause cause, struct buffer *words)
{
    const struct ev_logon *logon = &look->e->logon;
    if (!tried(logon)) {
        return UNSEEN;
    }
    if (no_right(logon) && cause == CAUSE_NO_RDP_RIGHT) {
        return logon->right.v == LOGON_RIGHT_DENIED ? see_logon_fails(look, words) : UNSEEN;
    }
    switch (logon->ended.v) {
    case LOGON_GOOD:
        return say(words, NO, "the server took user and password");
    case LOGON_BINDING_WRONG:
        return say(words, NO, "the server took user and password, as far as it can be believed");
    case LOGON_ERROR_CODE:
        return server_code(logon, cause, words);
    case LOGON_KDC_REFUSED:
        return kdc_code(&logon->kerberos, cause, words);
    default:
        return UNSEEN;
    }
}
