/* Certificates made on the spot, in memory. */
#ifndef RDPWHY_LAB_CERTIFICATE_H
#define RDPWHY_LAB_CERTIFICATE_H

#include "lab/behaviour.h"

struct lab_pem {
    char *certificate; /* the leaf, and its CA when it has one */
    char *key;
};

bool lab_certificate_make(const struct lab_certificate *wanted, struct lab_pem *pem, struct error *error) MUST_USE;
/* Appends the subjectPublicKey of the leaf: the content of the BIT STRING, as CredSSP binds it (MS-CSSP 3.1.5). */
bool lab_public_key(const struct lab_pem *pem, struct buffer *key) MUST_USE;
/* SHA-256 of the leaf, in hex. */
enum { LAB_FINGERPRINT_SIZE = 65 };
bool lab_fingerprint(const struct lab_pem *pem, char text[LAB_FINGERPRINT_SIZE]) MUST_USE;
void lab_pem_release(struct lab_pem *pem);

#endif
