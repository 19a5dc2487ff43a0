/* Does a client fit this server? A pure rule over evidence and the profiles of data/profiles.tsv. */
#ifndef RDPWHY_DIAGNOSE_FIT_H
#define RDPWHY_DIAGNOSE_FIT_H

#include "diagnose/look.h"

enum misfit {
    MISFIT_NONE,
    MISFIT_NLA,
    MISFIT_TLS,
    MISFIT_TLS_VERSION,
    MISFIT_CREDSSP,
    MISFIT_PLAIN_RDP,
    MISFIT_UNTOLD
};

struct fit {
    const char *profile; /* its id; borrowed */
    enum misfit misfit;
    char why[200]; /* when it does not fit, or when that cannot be told */
};

/* False: no client was named, or the name is none of ours (or "all", which blames nobody). */
bool fit_named(const struct look *look, struct fit *fit) MUST_USE;
/* The readings of the client check: the named one, or all. False: no memory. */
bool fit_fill(const struct look *look, struct reading_client *reading, struct error *error) MUST_USE;

#endif
