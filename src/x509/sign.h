/* A detached signature over bytes (CMS SignedData, RFC 5652), as `rdpsign` makes it for .rdp files. */
#ifndef RDPWHY_X509_SIGN_H
#define RDPWHY_X509_SIGN_H

#include "base/buffer.h"
#include "base/error.h"

/* From now on whatever OpenSSL frees is overwritten first: reading a key leaves copies of it. To be called before the
 * first use of OpenSSL, else it has no effect. */
void x509_wipe_freed(void);
/* PEM in, DER out (appended): the certificate first in its file, further ones behind it go along as its chain. The key
 * must not be encrypted. ERROR_DATA: what is wrong with which of the two. */
bool x509_sign(const struct buffer *certificate_pem, const void *key_pem, size_t key_size, const void *bytes,
               size_t size, struct buffer *der, struct error *error) MUST_USE;

#endif
