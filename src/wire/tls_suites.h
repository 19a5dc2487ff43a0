/* The cipher suites, groups and signature schemes of the wide hello, in the order they are offered. Numbers: IANA's TLS
 * parameters. Inside wire only. */
#ifndef RDPWHY_WIRE_TLS_SUITES_H
#define RDPWHY_WIRE_TLS_SUITES_H

#include <stddef.h>
#include <stdint.h>

struct tls_numbers {
    const uint16_t *list;
    size_t count;
};

extern const struct tls_numbers tls_suites_13; /* TLS 1.3 only */
extern const struct tls_numbers tls_suites_12; /* need TLS 1.2: AEAD, SHA-256, SHA-384 */
extern const struct tls_numbers tls_suites_10; /* need extensions: elliptic curves with CBC and RC4 */
extern const struct tls_numbers
    tls_suites_ssl3; /* SSL 3 and later: RSA, DHE, 3DES, RC4, DES, export, anonymous, NULL */
extern const struct tls_numbers tls_groups_all;
extern const struct tls_numbers tls_signatures_all;

#endif
