/* What the user typed as the account, for the two protocols. Pure. */
#ifndef RDPWHY_PROBE_LOGON_NAME_H
#define RDPWHY_PROBE_LOGON_NAME_H

#include "evidence/logon.h"
#include "net/auth.h"

struct logon_name {
    enum logon_form form;
    char user[NET_AUTH_NAME_SIZE];   /* with its @realm when it was typed so: NTLM sends it whole */
    char domain[NET_AUTH_NAME_SIZE]; /* "": none; ".": the server's own accounts */
    char realm[NET_AUTH_NAME_SIZE];  /* "": Kerberos cannot be tried */
    const char *why;                 /* why not; constant words */
};

/* "u", "DOMAIN\u", "u@realm", ".\u", "AzureAD\u"; `domain` (NULL: not given) is that of --domain. False: ERROR_USAGE.
 */
bool logon_name_read(const char *user, const char *domain, const char *host, struct logon_name *name,
                     struct error *error) MUST_USE;

/* May the realm of this short name still be found, by what is known besides? */
bool logon_name_lacks_realm(const struct logon_name *name);
/* It was, by krb5.conf. */
void logon_name_set_realm(struct logon_name *name, const char *realm);
/* What a server says of itself in its NTLM challenge (each NULL: nothing): it is in this very domain, and what the DNS
 * calls that. A computer of no domain names itself instead. Only for a server that may have the logon. */
void logon_name_heed_server(struct logon_name *name, const char *computer, const char *netbios_domain,
                            const char *dns_domain);

#endif
