/* The logon of one connection; inside src/probe. */
#ifndef RDPWHY_PROBE_LOGON_H
#define RDPWHY_PROBE_LOGON_H

#include "net/digest.h"
#include "probe/attempt.h"
#include "probe/logon_name.h"
#include "wire/credssp.h"

/* Where a logon stands; each waits for the child process or for the server. */
enum logon_state {
    LOGON_ASKS_TOKEN,    /* child: the next token */
    LOGON_AWAITS_TOKEN,  /* server: its token */
    LOGON_ASKS_SEAL,     /* child: our pubKeyAuth */
    LOGON_AWAITS_KEY,    /* server: its pubKeyAuth */
    LOGON_ASKS_KEY,      /* child: what it says */
    LOGON_ASKS_PASSWORD, /* child: authInfo */
    LOGON_AWAITS_EARLY,  /* server: the early user authorization result */
};

struct logon {
    struct attempt *attempt;
    struct net_auth *auth;
    struct logon_name name;
    bool spnego; /* NTLM inside SPNEGO */
    enum logon_state state;
    enum net_auth_package package;
    uint32_t version; /* of CredSSP, the lower of both sides' */
    uint32_t peer;    /* the server's, which it must not change; 0: not known */
    uint8_t nonce[CREDSSP_NONCE_SIZE];
    struct buffer key;   /* the server's public key */
    struct buffer token; /* our last, which leaves together with pubKeyAuth */
};

/* Makes attempt->logon, so that attempt_nla begins with it; the certificate must have been judged before. */
bool logon_prepare(struct attempt *attempt, const struct logon_name *name, struct error *error) MUST_USE;
void logon_free(struct logon *logon); /* NULL is fine */
/* attempt_nla with a logon: the library's first token, in place of our own anonymous one. */
bool logon_begin(struct attempt *attempt, struct error *error) MUST_USE;
/* May a password be shown to this certificate? Records that. */
bool logon_trusts(struct attempt *attempt, enum logon_trust *trust, struct error *error) MUST_USE;

/* TSRequests: sends one; reads one from attempt->in (PARSE_MORE: not whole yet). */
bool logon_send(struct attempt *attempt, const struct credssp *request, struct error *error) MUST_USE;
/* What a server's answer to pubKeyAuth must be (server: true), or what we seal, as bytes to compare or to wrap. */
bool logon_binding(const struct logon *logon, bool server, struct buffer *out, struct error *error) MUST_USE;
/* authInfo in secret pages; the caller frees. NULL: failed. */
struct secret *logon_credentials(const struct logon *logon, struct error *error) MUST_USE;

/* Between logon.c, which talks to the server, and logon_answers.c, which hears the child. */
extern const struct attempt_stage logon_stage;
void logon_answered(void *context, const struct net_auth_answer *answer);
void logon_act(struct attempt *attempt); /* does what the bytes at hand allow */
void logon_settle(struct attempt *attempt, enum logon_ended ended, int64_t at_us);
void logon_dismiss(struct attempt *attempt); /* the child has done its part */
void logon_over(struct attempt *attempt, enum logon_ended ended, enum end_by by, enum end_how how);
void logon_problem(struct attempt *attempt, enum logon_ended ended, const char *words);
void logon_finish(struct attempt *attempt); /* it went well: on, or a polite end */

#endif
