/* Evidence without names, users, addresses and fingerprints, in which everything a rule compares stays comparable: the
 * redacted document gets the same verdict. What each field needs is its privacy class (field.h).
 *
 * Names are replaced label by label ("srv1.corp.example" -> "n1.n2.n3"); equal labels, whatever their case, get equal
 * tokens, and so does a 15-character NetBIOS truncation of a longer label. '*' and the attribute keys of distinguished
 * names stay. Addresses become others of the same family and class; equal ones stay equal. */
#ifndef RDPWHY_EVIDENCE_REDACT_H
#define RDPWHY_EVIDENCE_REDACT_H

#include "evidence/evidence.h"

/* `keep` names the words that stay because rules know them (interceptor products, well-known authorities); it is asked
 * with single words and with whole values. NULL keeps none. NULL returned: out of memory.
 * The caller frees with evidence_free. */
struct evidence *evidence_redact(const struct evidence *evidence, bool (*keep)(const char *word),
                                 struct error *error) MUST_USE;

#endif
