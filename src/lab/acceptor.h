/* The server's side of one logon by GSSAPI: NTLM raw or inside SPNEGO, Kerberos inside SPNEGO. What NTLM may know and
 * where the keytab lies is told once by lab_accounts. NTLM answers at once; Kerberos reads the keytab, no network. */
#ifndef RDPWHY_LAB_ACCEPTOR_H
#define RDPWHY_LAB_ACCEPTOR_H

#include "base/buffer.h"
#include "lab/behaviour.h"
#include "wire/slice.h"

/* The one account of a scenario, where the NTLM library looks for it: a file without a name, in memory, and the
 * process's environment. One at a time; the caller releases with lab_accounts_release. */
struct lab_accounts {
    bool open;
    int file; /* descriptor */
};

/* `keytab`: a file for Kerberos; NULL: none. ERROR_INTERNAL. */
bool lab_accounts_open(const struct lab_logon *logon, const char *keytab, struct lab_accounts *accounts,
                       struct error *error) MUST_USE;
void lab_accounts_release(struct lab_accounts *accounts);

struct lab_acceptor;

enum lab_accepted {
    LAB_ACCEPT_FAILED, /* wrong password, unknown user, no token of ours: lab_acceptor_words */
    LAB_ACCEPT_MORE,
    LAB_ACCEPT_DONE,
};

/* The mechanism is chosen by the first token. NULL: no memory. */
struct lab_acceptor *lab_acceptor_new(void) MUST_USE;
void lab_acceptor_free(struct lab_acceptor *acceptor); /* NULL is fine */
/* Appends the answer, which may be empty. */
enum lab_accepted lab_acceptor_step(struct lab_acceptor *acceptor, struct slice token, struct buffer *answer);
/* GSSAPI's reason after LAB_ACCEPT_FAILED, the user and the mechanism after LAB_ACCEPT_DONE. Printable. */
const char *lab_acceptor_words(const struct lab_acceptor *acceptor);
/* Sealed as CredSSP wants it (MS-CSSP 3.1.5: signature, then the sealed bytes). Only after LAB_ACCEPT_DONE. */
bool lab_acceptor_seal(struct lab_acceptor *acceptor, struct slice plain, struct buffer *sealed) MUST_USE;
bool lab_acceptor_open(struct lab_acceptor *acceptor, struct slice sealed, struct buffer *plain) MUST_USE;

#endif
