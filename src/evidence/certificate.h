/* A certificate as it was shown; also the items of lists that several groups share. */
#ifndef RDPWHY_EVIDENCE_CERTIFICATE_H
#define RDPWHY_EVIDENCE_CERTIFICATE_H

#include "evidence/field.h"

enum key_type { KEY_OTHER, KEY_RSA, KEY_EC, KEY_ED25519, KEY_DSA };
struct ev_key {
    struct ev_enum type;
    struct ev_int bits;
};
struct ev_name_item {
    struct ev_text name;
};
struct ev_text_item {
    struct ev_text text;
};
struct ev_certificate {
    struct ev_bytes der;
    struct ev_text subject; /* RFC 4514, most specific first: "CN=srv,O=Example" */
    struct ev_text issuer;
    struct ev_text common_name;
    struct ev_list san;       /* struct ev_name_item: DNS names and addresses */
    struct ev_int san_count;  /* all of them, also those past the cap */
    struct ev_int not_before; /* FIELD_TIME */
    struct ev_int not_after;
    struct ev_key key;
    struct ev_text signature; /* "sha256WithRSAEncryption" */
    struct ev_text sha256;    /* fingerprint of the DER, lower-case hex */
    struct ev_text serial;
    struct ev_list eku;              /* struct ev_text_item: OIDs */
    struct ev_bool signed_by_itself; /* the signature verifies with the certificate's own key */
    struct ev_int chain_count;       /* certificates the server sent */
    struct ev_int verify;            /* X509_V_* of the check against this machine's store; 0: trusted */
    struct ev_text verify_text;
    struct ev_text problem; /* why the certificate could not be read whole */
};

extern const struct field_table name_item_table, text_item_table;

#endif
