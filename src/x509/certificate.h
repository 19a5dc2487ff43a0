/* A certificate's DER to a struct. What cannot be read is left out and named in `problem`: a server's odd certificate
 * is a finding, not an error. Nothing here trusts or verifies a chain. */
#ifndef RDPWHY_X509_CERTIFICATE_H
#define RDPWHY_X509_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/error.h"

enum {
    X509_DER_MAX = 1 << 20, /* bytes */
    X509_NAME_TEXT_MAX = 8192,
    X509_SAN_KEPT = 100,
    X509_SAN_TEXT_MAX = 1024,
    X509_EKU_KEPT = 32,
    X509_OID_TEXT_MAX = 80,
    X509_SERIAL_BYTES_MAX = 64,
    X509_SHA256_SIZE = 32,
};

/* Bytes as the certificate has them: may hold NULs and terminal escapes, so they go through ev_set_text. */
struct x509_text {
    uint8_t *bytes; /* owned; NULL: not there */
    size_t size;
};

enum x509_key { X509_KEY_OTHER, X509_KEY_RSA, X509_KEY_EC, X509_KEY_ED25519, X509_KEY_DSA };

struct x509_certificate {
    struct x509_text subject; /* RFC 4514 order, most specific first: "CN=srv,O=Example"; odd values in quotes */
    struct x509_text issuer;
    struct x509_text common_name; /* the most specific CN of the subject */
    struct x509_text *san;        /* owned; DNS names, addresses as text */
    size_t san_kept;              /* at most X509_SAN_KEPT */
    size_t san_count;             /* all of them */
    bool has_not_before;
    bool has_not_after;
    int64_t not_before_us; /* since 1970 */
    int64_t not_after_us;
    bool has_key;
    enum x509_key key;
    int key_bits;
    char signature[X509_OID_TEXT_MAX]; /* "sha256WithRSAEncryption", or an OID; empty: unread */
    char sha256[2 * X509_SHA256_SIZE + 1];
    char serial[2 * X509_SERIAL_BYTES_MAX + 2]; /* lower-case hex, "-" in front when negative */
    char (*eku)[X509_OID_TEXT_MAX];             /* owned; OIDs in dots */
    size_t eku_count;                           /* at most X509_EKU_KEPT */
    bool signature_checked;                     /* the signature could be tried with the certificate's own key */
    bool signed_by_itself;                      /* and it verifies */
    const char *problem;                        /* a constant; the first thing that could not be read, NULL: none */
};

/* NULL: above X509_DER_MAX (ERROR_DATA), or out of memory. Bytes that are no certificate at all give a struct with
 * sha256 and problem only. */
struct x509_certificate *x509_certificate_new(const void *der, size_t size, struct error *error) MUST_USE;
void x509_certificate_free(struct x509_certificate *certificate); /* NULL is fine */

#endif
