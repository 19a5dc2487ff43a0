/* How long the RSA key of a certificate is, whatever algorithm the certificate says it is for. */
#ifndef RDPWHY_X509_RSA_H
#define RDPWHY_X509_RSA_H

#include <stddef.h>
#include <stdint.h>

/* Bits of the modulus in whole bytes; 0: the DER is no certificate, or holds no RSA key. */
int x509_rsa_bits(const uint8_t *der, size_t size);

#endif
