/* What was collected on a client or a server, as evidence: the records whose meaning is known; the others stay in the
 * collection. Nothing is computed here. */
#ifndef RDPWHY_READ_COLLECTED_H
#define RDPWHY_READ_COLLECTED_H

#include "evidence/evidence.h"
#include "read/collect.h"

/* Adds to `evidence`. From a client: target, name, route, tcp, client_said; from a server: the group `server`, and the
 * target's port. A value that does not read as what it should be is left out. False: no memory. */
bool collected_evidence(const struct collect *collect, struct evidence *evidence, struct error *error) MUST_USE;

/* For collected.c. */
bool collected_server(const struct collect *collect, struct ev_server *server, struct error *error) MUST_USE;
bool collected_text(struct ev_text *field, const char *text, struct error *error) MUST_USE; /* "" stays unseen */
void collected_int(struct ev_int *field, const char *text);   /* decimal, perhaps with a minus; else unseen */
void collected_time(struct ev_int *field, const char *text);  /* RFC 3339; else unseen */
void collected_bool(struct ev_bool *field, const char *text); /* "yes", "no"; else unseen */

#endif
