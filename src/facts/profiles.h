/* What each client can do: data/profiles.tsv. Much of it is from memory; `confidence` and `notes` say what. */
#ifndef RDPWHY_FACTS_PROFILES_H
#define RDPWHY_FACTS_PROFILES_H

#include <stdbool.h>

struct profile_fact {
    const char *id;         /* "mstsc-win10", for --client */
    const char *title;      /* "mstsc on Windows 10" */
    unsigned tls_min;       /* 10, 11, 12, 13: TLS 1.0 to 1.3 */
    unsigned tls_max;       /* likewise */
    unsigned credssp_max;   /* the highest TSRequest version it speaks */
    unsigned offer;         /* requestedProtocols */
    bool refuses_unpatched; /* it turns away servers without the CredSSP repair (TSRequest version below 5) */
    const char *confidence; /* "documented", "reported" or "memory" (the weakest of its values) */
    const char *notes;
    const char *sources;
};

/* NULL when there is no such client; the "mstsc-" may be left out. */
const struct profile_fact *profile_by_id(const char *id);
/* All of them in order: index 0, 1, ... until NULL. */
const struct profile_fact *profile_at(unsigned index);

#endif
