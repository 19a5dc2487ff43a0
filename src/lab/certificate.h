/* Certificates made on the spot, in memory. */
#ifndef RDPWHY_LAB_CERTIFICATE_H
#define RDPWHY_LAB_CERTIFICATE_H

#include "lab/behaviour.h"

struct lab_pem {
    char *certificate; /* the leaf, and its CA when it has one */
    char *key;
};

bool lab_certificate_make(const struct lab_certificate *wanted, struct lab_pem *pem, struct error *error) MUST_USE;
void lab_pem_release(struct lab_pem *pem);

#endif
