/* Products that open TLS and show certificates of their own, known by words in the issuer: data/interceptors.tsv.
 *
 * A name never proves an interception: anybody may put any words into a certificate, and a firewall maker may also have
 * issued its customer's ordinary CA. It is a reason to compare fingerprints from two places. */
#ifndef RDPWHY_FACTS_INTERCEPTORS_H
#define RDPWHY_FACTS_INTERCEPTORS_H

#include <stddef.h>

struct interceptor_fact {
    const char *fragment; /* found in the issuer, letters of any case */
    const char *product;
    const char *kind;       /* firewall cloud antivirus tool */
    const char *confidence; /* "memory": not checked against a real certificate */
    const char *sources;
};

/* The first row whose fragment the issuer contains; NULL when there is none. */
const struct interceptor_fact *interceptor_by_issuer(const char *issuer);
/* The length of the fragment that `text` begins with, 0: none. For redaction, which must leave those words. */
size_t interceptor_fragment_at(const char *text);

#endif
