/* A certificate into the evidence: used by whoever sees one, on the wire or in a file. */
#ifndef RDPWHY_X509_RECORD_H
#define RDPWHY_X509_RECORD_H

#include "evidence/evidence.h"

/* Reads the DER and fills `group`, but for chain_count and verify, which the bytes of one certificate do not tell.
 * False: no memory, or above X509_DER_MAX. */
bool x509_record(struct ev_certificate *group, enum source source, const void *der, size_t size,
                 struct error *error) MUST_USE;

#endif
