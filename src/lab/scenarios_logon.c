/* The logon itself: a real account by GSSAPI, and the answer that the server gives to it. Checked with --user. */
#include "base/attributes.h"
#include "lab/scenario.h"

#define ACCOUNT          .user = "alice", .password = LAB_PASSWORD
#define LOGON(...)       .behaviour = { LAB_WINDOWS, .nla = { .logon = { ACCOUNT, __VA_ARGS__ } } }
#define LOGON_OF(n, ...) .behaviour = { LAB_WINDOWS, .nla = { .version = (n), .logon = { ACCOUNT, __VA_ARGS__ } } }
#define SESSION(...)                                                                                                   \
    .behaviour = { LAB_WINDOWS, .nla = { .logon = { ACCOUNT, __VA_ARGS__ } }, .start = { .on = true, .logs_on = true } }
#define ENDS(what, why, how)                                                                                           \
    .expected = { .status = (what), .stopped_at = "logon", .cause = (why), .certainty = (how) }, .user = "alice"
#define OK          .expected = { .status = "ok" }, .user = "alice"
#define WARNS       .expected = { "degraded", NULL, CAUSE_CREDSSP_MISMATCH, "likely" }, .user = "alice"
#define UNEXPLAINED ENDS("blocked", CAUSE_NONE, NULL)
/* The NTSTATUS that comes after the client's last token. */
#define REFUSED(why, low) ENDS("blocked", why, "proved"), LOGON(.error = UINT32_C(0xc0000000) + (low))
#define LIKELY(why, low)  ENDS("blocked", why, "likely"), LOGON(.error = UINT32_C(0xc0000000) + (low))
#define UNKNOWN(low)      UNEXPLAINED, LOGON(.error = UINT32_C(0xc0000000) + (low))
#define LIES(which)       UNEXPLAINED, LOGON(.proof = (which))

static const struct lab_scenario scenarios[] = {
    /* Lets the user in. */
    { .name = "logon", .story = "lets alice in: NTLM, raw or in SPNEGO, or Kerberos", OK, LOGON(.error = 0) },
    { .name = "logon-spnego-only", .story = "lets alice in, but takes no raw NTLM", OK, LOGON(.spnego_only = true) },
    { .name = "logon-session",
      .story = "lets alice in, and is ready for her session",
      OK,
      .options = "--session",
      SESSION(.error = 0) },
    { .name = "logon-spnego-session",
      .story = "takes no raw NTLM, lets alice in, and is ready for her session",
      OK,
      .options = "--session",
      SESSION(.spnego_only = true) },
    { .name = "logon-no-early-result",
      .story = "lets alice in; a server without early user authorization",
      OK,
      .behaviour = { .negotiation = { .protocols = PROTOCOL_HYBRID, .no_rdp = true, .flags = 0x1f },
                     .nla = { .logon = { ACCOUNT } } } },
    { .name = "logon-credssp-2", .story = "lets alice in; CredSSP version 2", WARNS, LOGON_OF(2, .error = 0) },
    { .name = "logon-credssp-3", .story = "lets alice in; CredSSP version 3", WARNS, LOGON_OF(3, .error = 0) },
    { .name = "logon-credssp-4", .story = "lets alice in; CredSSP version 4", WARNS, LOGON_OF(4, .error = 0) },
    { .name = "logon-credssp-5", .story = "lets alice in; CredSSP version 5", OK, LOGON_OF(5, .error = 0) },

    /* Refuses, and says why. */
    { .name = "logon-wrong-password",
      .story = "really knows another password",
      ENDS("blocked", CAUSE_BAD_PASSWORD, "proved"),
      .behaviour = { LAB_WINDOWS, .nla = { .logon = { .user = "alice", .password = "Another-1" } } } },
    { .name = "logon-no-such-user",
      .story = "really knows only bob",
      ENDS("blocked", CAUSE_BAD_PASSWORD, "proved"),
      .behaviour = { LAB_WINDOWS, .nla = { .logon = { .user = "bob", .password = LAB_PASSWORD } } } },
    { .name = "logon-wrong-password-v2",
      .story = "really knows another password, and its CredSSP version 2 has no code for that",
      UNEXPLAINED,
      .behaviour = { LAB_WINDOWS, .nla = { .version = 2, .logon = { .user = "alice", .password = "Another-1" } } } },
    { .name = "logon-c000006d", .story = "logon failure", REFUSED(CAUSE_BAD_PASSWORD, 0x6d) },
    { .name = "logon-c000006a", .story = "wrong password", REFUSED(CAUSE_BAD_PASSWORD, 0x6a) },
    { .name = "logon-c0000064", .story = "no such user", REFUSED(CAUSE_BAD_PASSWORD, 0x64) },
    { .name = "logon-c0000234", .story = "account locked", REFUSED(CAUSE_ACCOUNT_LOCKED, 0x234) },
    { .name = "logon-c0000072", .story = "account disabled", REFUSED(CAUSE_ACCOUNT_DISABLED, 0x72) },
    { .name = "logon-c0000193", .story = "account expired", REFUSED(CAUSE_ACCOUNT_EXPIRED, 0x193) },
    { .name = "logon-c0000071", .story = "password expired", REFUSED(CAUSE_PASSWORD_EXPIRED, 0x71) },
    { .name = "logon-c0000224", .story = "password must change", REFUSED(CAUSE_PASSWORD_MUST_CHANGE, 0x224) },
    { .name = "logon-c000006f", .story = "outside logon hours", REFUSED(CAUSE_LOGON_HOURS, 0x6f) },
    { .name = "logon-c0000070", .story = "not from this computer", REFUSED(CAUSE_WORKSTATION_RESTRICTED, 0x70) },
    { .name = "logon-c000006e", .story = "account restriction", LIKELY(CAUSE_WORKSTATION_RESTRICTED, 0x6e) },
    { .name = "logon-c000015b", .story = "logon type not granted", REFUSED(CAUSE_LOGON_TYPE_DENIED, 0x15b) },
    { .name = "logon-c000035b", .story = "bad channel binding", UNKNOWN(0x35b) },
    { .name = "logon-c0000133", .story = "clock too far from the domain's", LIKELY(CAUSE_KERBEROS_SKEW, 0x133) },
    { .name = "logon-c000005e", .story = "no logon servers", LIKELY(CAUSE_NLA_NO_DC, 0x5e) },
    { .name = "logon-c000018d", .story = "trust with the domain broken", LIKELY(CAUSE_NLA_NO_DC, 0x18d) },
    { .name = "logon-c0000418", .story = "NTLM blocked", LIKELY(CAUSE_NTLM_BLOCKED, 0x418) },
    { .name = "logon-c00000bb", .story = "not supported", LIKELY(CAUSE_NTLM_BLOCKED, 0xbb) },
    { .name = "logon-c000006c", .story = "password restriction", UNKNOWN(0x6c) },
    { .name = "logon-c0000233", .story = "domain controller not found", LIKELY(CAUSE_NLA_NO_DC, 0x233) },
    { .name = "logon-c00000df", .story = "no such domain", UNKNOWN(0xdf) },
    { .name = "logon-c0000155", .story = "logon not granted", UNKNOWN(0x155) },
    { .name = "logon-c0000022", .story = "access denied", UNKNOWN(0x22) },
    { .name = "logon-c0000061", .story = "privilege not held", UNKNOWN(0x61) },
    { .name = "logon-c000018c", .story = "trust between domains broken", LIKELY(CAUSE_NLA_NO_DC, 0x18c) },
    { .name = "logon-c000018b", .story = "no account for the server in the domain", LIKELY(CAUSE_NLA_NO_DC, 0x18b) },
    { .name = "logon-c000018a", .story = "server has no secret for the domain", LIKELY(CAUSE_NLA_NO_DC, 0x18a) },
    { .name = "logon-c0000192", .story = "Netlogon not started", LIKELY(CAUSE_NLA_NO_DC, 0x192) },
    { .name = "logon-c0000413", .story = "selective authentication of a trust", UNKNOWN(0x413) },
    { .name = "logon-c0000388", .story = "downgrade detected", UNKNOWN(0x388) },
    { .name = "logon-c00002fd", .story = "no common Kerberos encryption", UNKNOWN(0x2fd) },
    { .name = "logon-c00002c3", .story = "mutual authentication failed", UNKNOWN(0x2c3) },
    { .name = "logon-c000015a", .story = "too many groups", UNKNOWN(0x15a) },
    { .name = "logon-c00000e5", .story = "internal error", UNKNOWN(0xe5) },
    { .name = "logon-unknown-code", .story = "a code that no table knows", UNKNOWN(0xdead) },
    { .name = "logon-early-denied",
      .story = "the password is right, the early authorization result is 5: no right to use RDP",
      ENDS("blocked", CAUSE_NO_RDP_RIGHT, "proved"),
      LOGON(.early = true, .early_result = 5) },
    { .name = "logon-early-odd",
      .story = "an early authorization result that no specification knows",
      UNEXPLAINED,
      LOGON(.early = true, .early_result = 0x77) },
    { .name = "logon-early-cut",
      .story = "half of an early authorization result, then nothing",
      UNEXPLAINED,
      LOGON(.early_cut = true) },

    /* Ends without a word. */
    { .name = "logon-closes", .story = "closes at the last token", UNEXPLAINED, LOGON(.act = LAB_FIN) },
    { .name = "logon-resets", .story = "resets at the last token", UNEXPLAINED, LOGON(.act = LAB_RST) },
    { .name = "logon-silent", .story = "never answers the last token", UNEXPLAINED, LOGON(.act = LAB_SILENCE) },
    { .name = "logon-closes-after",
      .story = "takes the credentials, then closes",
      UNEXPLAINED,
      LOGON(.info_act = LAB_FIN) },
    { .name = "logon-silent-after",
      .story = "takes the credentials, then says nothing",
      UNEXPLAINED,
      LOGON(.info_act = LAB_SILENCE) },
    { .name = "logon-slow",
      .story = "lets alice in, and sends its last answers one byte a second",
      UNEXPLAINED,
      LOGON(.byte_us = 1000000) },

    /* Somebody in between, or worse. */
    { .name = "logon-intercepted",
      .story = "a proxy opens TLS: the server behind it has another key, and closes at the client's proof",
      UNEXPLAINED,
      LOGON(.proof = LAB_PROOF_OTHER_KEY) },
    { .name = "logon-wrong-proof",
      .story = "answers with the binding hash of another key",
      ENDS("blocked", CAUSE_TLS_INTERCEPTION, "likely"),
      LOGON(.proof = LAB_PROOF_WRONG) },
    { .name = "logon-wrong-proof-v3",
      .story = "answers with another key plus one, CredSSP version 3",
      ENDS("blocked", CAUSE_TLS_INTERCEPTION, "likely"),
      LOGON_OF(3, .proof = LAB_PROOF_WRONG) },
    { .name = "logon-echo", .story = "sends the client's own proof back", LIES(LAB_PROOF_ECHO) },
    { .name = "logon-garbage", .story = "a proof that nobody sealed", LIES(LAB_PROOF_GARBAGE) },
    { .name = "logon-no-proof", .story = "a TSRequest without a proof", LIES(LAB_PROOF_NONE) },
    { .name = "logon-not-der", .story = "answers the last token with HTTP", LIES(LAB_PROOF_NOT_DER) },
    { .name = "logon-huge", .story = "a proof of 60,000 bytes", LIES(LAB_PROOF_HUGE) },
    { .name = "logon-endless", .story = "a TSRequest of 2 GiB that never ends", LIES(LAB_PROOF_ENDLESS) },
    { .name = "logon-version-changes",
      .story = "a right proof, in a TSRequest of another version than before",
      LIES(LAB_PROOF_VERSION) },
    { .name = "logon-more-tokens", .story = "asks for one more token, again and again", LIES(LAB_PROOF_MORE_TOKENS) },
};

const struct lab_family lab_family_logon = { scenarios, COUNT_OF(scenarios) };
