/* Rows of the logon: what the server or a KDC said to the one that this run tried, and what the server wrote down. */
#include "diagnose/rules.h"

/* A code names one reason; the others are then excluded by it. */
#define SAID(cause_, ...)                                                                                              \
    {                                                                                                                  \
        cause_, .stage = LOGON_ANSWERED, .needs = { LOGON_SAYS_SO }, .near = { __VA_ARGS__ }                           \
    }

const struct rule rules_logon[] = {
    SAID(CAUSE_BAD_PASSWORD, { CAUSE_ACCOUNT_LOCKED, TEST_LOCAL_ACCOUNT },
         { CAUSE_ACCOUNT_DISABLED, TEST_LOCAL_ACCOUNT }, { CAUSE_ACCOUNT_EXPIRED, TEST_LOCAL_ACCOUNT },
         { CAUSE_PASSWORD_EXPIRED, TEST_LOCAL_ACCOUNT }, { CAUSE_PASSWORD_MUST_CHANGE, TEST_LOCAL_ACCOUNT },
         { CAUSE_ENTRA_OR_PIN_ACCOUNT, TEST_ASK_ACCOUNT_FORM }, { CAUSE_NLA_NO_DC, TEST_LOCAL_ACCOUNT }),
    /* how servers that are not Windows say no; one that is, has a code for it */
    { CAUSE_BAD_PASSWORD, .stage = LOGON_CUT, .needs = { LOGON_CUT, NOT_WINDOWS },
      .near = { { CAUSE_TLS_INTERCEPTION, TEST_COMPARE_FINGERPRINT } }, .most = CERTAINTY_LIKELY },
    { CAUSE_BAD_PASSWORD, .stage = LOGON_CUT, .near = { { CAUSE_TLS_INTERCEPTION, TEST_COMPARE_FINGERPRINT } },
      .most = CERTAINTY_POSSIBLE },
    SAID(CAUSE_ACCOUNT_LOCKED, { CAUSE_BAD_PASSWORD, TEST_LOCAL_ACCOUNT },
         { CAUSE_ACCOUNT_DISABLED, TEST_LOCAL_ACCOUNT }),
    SAID(CAUSE_ACCOUNT_DISABLED, { CAUSE_BAD_PASSWORD, TEST_LOCAL_ACCOUNT },
         { CAUSE_ACCOUNT_LOCKED, TEST_LOCAL_ACCOUNT }),
    SAID(CAUSE_ACCOUNT_EXPIRED, { CAUSE_BAD_PASSWORD, TEST_LOCAL_ACCOUNT }),
    SAID(CAUSE_PASSWORD_EXPIRED, { CAUSE_BAD_PASSWORD, TEST_LOCAL_ACCOUNT },
         { CAUSE_PASSWORD_MUST_CHANGE, TEST_LOCAL_ACCOUNT }),
    SAID(CAUSE_PASSWORD_MUST_CHANGE, { CAUSE_BAD_PASSWORD, TEST_LOCAL_ACCOUNT },
         { CAUSE_PASSWORD_EXPIRED, TEST_LOCAL_ACCOUNT }),
    SAID(CAUSE_LOGON_HOURS, { CAUSE_WORKSTATION_RESTRICTED, TEST_LOCAL_ACCOUNT }),
    SAID(CAUSE_WORKSTATION_RESTRICTED, { CAUSE_LOGON_HOURS, TEST_LOCAL_ACCOUNT },
         { CAUSE_NTLM_BLOCKED, TEST_CONNECT_BY_FQDN }),
    SAID(CAUSE_LOGON_TYPE_DENIED, { CAUSE_NO_RDP_RIGHT, TEST_CHECK_RIGHT }),
    SAID(CAUSE_NO_RDP_RIGHT, { CAUSE_LOGON_TYPE_DENIED, TEST_CHECK_RIGHT }),
    /* our own NTLM is new enough: a binding that does not fit may as well be somebody else's */
    { CAUSE_CHANNEL_BINDING_NTLMV1, .stage = LOGON_ANSWERED, .needs = { LOGON_SAYS_SO },
      .near = { { CAUSE_TLS_INTERCEPTION, TEST_COMPARE_FINGERPRINT } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_TLS_INTERCEPTION, .stage = BINDING_WRONG,
      .near = { { CAUSE_CHANNEL_BINDING_NTLMV1, TEST_COMPARE_FINGERPRINT } } },
    { CAUSE_TLS_INTERCEPTION, .stage = LOGON_ANSWERED, .needs = { LOGON_SAYS_SO },
      .near = { { CAUSE_CHANNEL_BINDING_NTLMV1, TEST_COMPARE_FINGERPRINT } }, .most = CERTAINTY_POSSIBLE },
    { CAUSE_TLS_INTERCEPTION, .stage = LOGON_CUT, .near = { { CAUSE_BAD_PASSWORD, TEST_COMPARE_FINGERPRINT } },
      .most = CERTAINTY_POSSIBLE },
    SAID(CAUSE_KERBEROS_SKEW, { CAUSE_CLOCK_SKEW, TEST_COMPARE_CLOCK }),
    SAID(CAUSE_SPN_MISSING_OR_ALIAS, { CAUSE_NONE, TEST_NONE }),
    { CAUSE_SPN_MISSING_OR_ALIAS, .stage = SERVICE_UNKNOWN, .beside = true },
    SAID(CAUSE_NLA_NO_DC, { CAUSE_BAD_PASSWORD, TEST_LOCAL_ACCOUNT }, { CAUSE_NTLM_BLOCKED, TEST_LOCAL_ACCOUNT }),
    { CAUSE_NLA_NO_DC, .stage = LOGON_LATE, .against = { NOT_WINDOWS },
      .near = { { CAUSE_BAD_PASSWORD, TEST_LOCAL_ACCOUNT } }, .most = CERTAINTY_POSSIBLE },
    SAID(CAUSE_NTLM_BLOCKED, { CAUSE_NLA_NO_DC, TEST_LOCAL_ACCOUNT },
         { CAUSE_WORKSTATION_RESTRICTED, TEST_CONNECT_BY_FQDN }),
    { CAUSE_ENTRA_OR_PIN_ACCOUNT, .stage = ACCOUNT_ENTRA, .near = { { CAUSE_BAD_PASSWORD, TEST_ASK_ACCOUNT_FORM } },
      .beside = true },
    /* the password is right: a client that is turned down sends another one */
    { CAUSE_SAVED_CREDENTIAL_STALE, .stage = CREDENTIALS_GOOD, .needs = { CODE_NAMES_IT }, .beside = true },
    /* only the client's own words tell of these */
    { CAUSE_RESTRICTED_ADMIN_NEEDED, .stage = CODE_NAMES_IT, .most = CERTAINTY_LIKELY, .beside = true },
    { CAUSE_CLIENT_POLICY_FORBIDS, .stage = CODE_NAMES_IT, .beside = true },

    /* The status that the server wrote down names the reason. That it is this user's logon is what nobody can see. */
    { CAUSE_BAD_PASSWORD, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
    { CAUSE_ACCOUNT_LOCKED, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
    { CAUSE_ACCOUNT_DISABLED, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
    { CAUSE_ACCOUNT_EXPIRED, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
    { CAUSE_PASSWORD_EXPIRED, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
    { CAUSE_PASSWORD_MUST_CHANGE, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
    { CAUSE_LOGON_HOURS, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
    { CAUSE_WORKSTATION_RESTRICTED, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
    { CAUSE_LOGON_TYPE_DENIED, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
    { CAUSE_NO_RDP_RIGHT, .stage = LOGON_REFUSED, .needs = { SEEN_IN_SERVER_LOG }, .most = CERTAINTY_LIKELY },
};
const size_t rules_logon_count = COUNT_OF(rules_logon);
