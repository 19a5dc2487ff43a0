/* Distinguished names and alternative names of a certificate. Inside x509 only. */
#ifndef RDPWHY_X509_NAMES_H
#define RDPWHY_X509_NAMES_H

#include <openssl/x509.h>

#include "x509/certificate.h"

/* All of these: false only when memory is short. */
bool x509_name_text(const X509_NAME *name, struct x509_text *text) MUST_USE;
bool x509_name_common(const X509_NAME *name, struct x509_text *text) MUST_USE;
/* subjectAltName and extKeyUsage, read by hand: 100,000 entries cost one walk, not 100,000 objects. */
bool x509_read_san(const X509 *x509, struct x509_certificate *certificate) MUST_USE;
bool x509_read_eku(const X509 *x509, struct x509_certificate *certificate) MUST_USE;
void x509_problem(struct x509_certificate *certificate, const char *problem);

#endif
