/* Other names of the machine, as the evidence gives them, and whether what answers at another place is the same
 * machine. Pure: somebody else resolves the names.
 *
 * A server can name anybody. So a name that the user did not type gets no logon, and what answers there is held against
 * the certificate of the plain way. */
#ifndef RDPWHY_WAYS_NAMES_H
#define RDPWHY_WAYS_NAMES_H

#include "ways/search.h"

/* Likeliest first, the typed one not among them. Returns how many. */
size_t ways_names_of(const struct evidence *evidence, struct ways_name names[WAYS_NAMES_MAX]);

enum machine {
    MACHINE_PLACE, /* the address and the port of the plain way; a gateway's channel, with nothing looked at in it */
    MACHINE_SAME,  /* the same certificate as on the plain way */
    MACHINE_NAMED, /* nothing to compare with; its certificate carries the name that the user typed */
    MACHINE_UNTOLD,
    MACHINE_OTHER, /* another certificate */
};
enum machine ways_machine(const struct tried *way, const struct tried *plain);
/* "same-place", "same-certificate", "name-in-certificate", "not-known", "other-certificate" */
const char *ways_machine_name(enum machine machine);
/* Its SHA-256, as it was seen there; NULL: none was. */
const char *ways_certificate(const struct tried *tried);
/* A name that the user did not type, and another certificate there, or nothing to hold what answers against: no way in
 * before somebody has looked. An address that DNS gives for the typed name is the user's own word, and only said. */
bool ways_is_doubtful(const struct tried *way, const struct tried *plain);

#endif
