/* CredSSP: the TSRequest that NLA sends inside TLS (MS-CSSP 2.2.1). DER, explicit context tags:
 *
 *   30 TSRequest
 *     A0 version     INTEGER          2 to 6; a higher one counts as one's own highest
 *     A1 negoTokens  30 { 30 { A0 { 04 token } } ... }
 *     A2 authInfo    OCTET STRING     client, sealed credentials
 *     A3 pubKeyAuth  OCTET STRING
 *     A4 errorCode   INTEGER          server, NTSTATUS; some write it as a negative number
 *     A5 clientNonce OCTET STRING     client, 32 bytes
 *
 * At most 64 KiB. One TSRequest must sit in one TLS record (2.2.1, note 8). */
#ifndef RDPWHY_WIRE_CREDSSP_H
#define RDPWHY_WIRE_CREDSSP_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum { CREDSSP_SIZE_MAX = 65536, CREDSSP_TOKENS_MAX = 16, CREDSSP_VERSION_OURS = 6 };

/* 3.1.5: what the hashes of pubKeyAuth begin with, from version 5 on; their terminating zero is hashed too. */
#define CREDSSP_CLIENT_MAGIC "CredSSP Client-To-Server Binding Hash"
#define CREDSSP_SERVER_MAGIC "CredSSP Server-To-Client Binding Hash"
enum {
    CREDSSP_NONCE_SIZE = 32,
    CREDSSP_VERSION_HASH = 5, /* the first with hashes; before it the key itself, and one more in its first byte */
    CREDSSP_CREDENTIALS_MAX = 16384,
    CREDSSP_EARLY_SIZE = 4, /* MS-RDPBCGR 2.2.10.2: the early user authorization result */
};

struct credssp {
    uint32_t version;
    struct slice token; /* the first of negoTokens: SPNEGO or raw NTLM; absent: none */
    size_t token_count; /* read side only */
    struct slice auth_info;
    struct slice pub_key_auth;
    struct slice client_nonce;
    bool has_error;
    uint32_t error; /* NTSTATUS */
    size_t size;    /* read side only: bytes of the whole TSRequest */
};

/* PARSE_MORE is told from the outer length alone; anything wrong inside is bad. Slices point into the caller's bytes.
 */
enum parse credssp_parse(struct cursor *cursor, struct credssp *credssp, struct fault *fault) MUST_USE;
bool credssp_write(struct writer *writer, const struct credssp *credssp) MUST_USE;

/* TSCredentials with TSPasswordCreds (2.2.1.2, 2.2.1.2.1), the texts as UTF-16LE; what is sealed into authInfo. The
 * bytes are a secret: write them into pages of one. False: too long, or not UTF-8. */
bool credssp_password_write(struct writer *writer, struct slice domain, struct slice user,
                            struct slice password) MUST_USE;

#endif
