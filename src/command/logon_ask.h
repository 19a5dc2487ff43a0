/* The account and its password: from the command line, a file, the environment or the terminal. */
#ifndef RDPWHY_COMMAND_LOGON_ASK_H
#define RDPWHY_COMMAND_LOGON_ASK_H

#include "evidence/evidence.h"
#include "plan/credentials.h"

enum { LOGON_TRUSTED_MAX = 4, LOGON_SHA256_TEXT = 65 };

/* What the options said, and what came of it. Zeroed: no logon is wanted. */
struct logon_ask {
    const char *user;
    const char *domain;
    const char *password_file; /* "-": standard input */
    char trusted[LOGON_TRUSTED_MAX][LOGON_SHA256_TEXT];
    const char *trusted_list[LOGON_TRUSTED_MAX];
    size_t trusted_count;
    struct credentials credentials;
    struct secret *password; /* owned */
};

/* A fingerprint of --trust-cert: 64 hex digits, colons and blanks between them or not. */
bool logon_ask_trust(struct logon_ask *ask, const char *text, struct error *error) MUST_USE;
/* Gets the password, when --user was given, and warns of what a wrong one costs. Always takes RDPWHY_PASSWORD out of
 * the environment and wipes it there. */
bool logon_ask_password(struct logon_ask *ask, struct error *error) MUST_USE;
void logon_ask_release(struct logon_ask *ask);
/* For commands that take no password: their children shall not inherit it either. */
void logon_ask_forget(void);

/* Is anybody there to be asked? */
bool logon_ask_possible(void);
/* Shows the certificate; true: the user typed yes. `whose`: "server" or "gateway". */
bool logon_ask_certificate(const struct ev_certificate *certificate, const char *whose);

#endif
