/* Does a certificate carry the name that was asked for? RFC 6125 wildcards; addresses; short and NetBIOS names. */
#ifndef RDPWHY_DIAGNOSE_NAME_MATCH_H
#define RDPWHY_DIAGNOSE_NAME_MATCH_H

#include "evidence/evidence.h"

/* `pattern` from the certificate against the `host` asked for. */
bool name_matches(const char *pattern, const char *host);
/* Likewise, as HTTPS does it: without short and NetBIOS names. */
bool name_matches_strictly(const char *pattern, const char *host);
/* Alternative names when there are any, else the common name, as clients do. */
bool certificate_matches(const struct ev_certificate *certificate, const char *host, bool strictly);

#endif
