/* The account that the scenario's server knows. gss-ntlmssp looks for accounts in the file that NTLM_USER_FILE names; a
 * file in memory leaves nothing on disk. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/attributes.h"
#include "lab/acceptor.h"

/* The ways a client may name the domain of an account that belongs to this server or its domain. */
static bool write_accounts(FILE *file, const struct lab_logon *logon)
{
    static const char *const domains[] = { "CORP", "SRV-LAB", "corp.example", "SRV-LAB.corp.example", ".", "" };
    bool done = true;
    for (size_t i = 0; done && i < COUNT_OF(domains); i++) {
        done = fprintf(file, "%s:%s:%s\n", domains[i], logon->user, logon->password) > 0;
    }
    return done && fprintf(file, ":%s@corp.example:%s\n", logon->user, logon->password) > 0;
}

static bool fill(int descriptor, const struct lab_logon *logon)
{
    const int own = dup(descriptor);
    FILE *file = own >= 0 ? fdopen(own, "w") : NULL;
    if (file == NULL) {
        if (own >= 0) {
            close(own);
        }
        return false;
    }
    const bool done = write_accounts(file, logon);
    return fclose(file) == 0 && done;
}

bool lab_accounts_open(const struct lab_logon *logon, const char *keytab, struct lab_accounts *accounts,
                       struct error *error)
{
    char path[64];
    const int file = memfd_create("rdpwhy-lab-accounts", MFD_CLOEXEC);
    bool done = file >= 0 && fill(file, logon);
    if (done) {
        snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
        done = setenv("NTLM_USER_FILE", path, 1) == 0 && setenv("NETBIOS_COMPUTER_NAME", "SRV-LAB", 1) == 0 &&
               setenv("NETBIOS_DOMAIN_NAME", "CORP", 1) == 0 &&
               (keytab == NULL || setenv("KRB5_KTNAME", keytab, 1) == 0);
    }
    if (!done) {
        error_set(error, ERROR_INTERNAL, "lab: cannot keep the account: %s", strerror(errno));
        if (file >= 0) {
            close(file);
        }
        return false;
    }
    *accounts = (struct lab_accounts){ .open = true, .file = file };
    return true;
}

void lab_accounts_release(struct lab_accounts *accounts)
{
    if (accounts->open) {
        unsetenv("NTLM_USER_FILE");
        close(accounts->file);
    }
    *accounts = (struct lab_accounts){ 0 };
}
