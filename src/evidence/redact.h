/* Evidence without names, users, addresses and fingerprints, in which everything a rule compares stays comparable: the
 * redacted document gets the same verdict. What each field needs is its privacy class (field.h).
 *
 * Names are replaced label by label ("srv1.corp.example" -> "n1.n2.n3"); equal labels, whatever their case, get equal
 * tokens. A label that NetBIOS cut after 15 characters gets a token of 15, with which those of its longer forms begin.
 * '*' and the attribute keys of distinguished names stay. Addresses become others of the same family and class; equal
 * ones stay equal. */
#ifndef RDPWHY_EVIDENCE_REDACT_H
#define RDPWHY_EVIDENCE_REDACT_H

#include "evidence/evidence.h"

/* `keep` tells how many bytes of a name stay from this place on, 0: none; rules know those words (products that open
 * TLS). NULL keeps none. NULL returned: out of memory. The caller frees with evidence_free. */
struct evidence *evidence_redact(const struct evidence *evidence, size_t (*keep)(const char *at),
                                 struct error *error) MUST_USE;

#endif
