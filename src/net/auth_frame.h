/* What the parent and the child of a logon say to each other (net/auth.h).
 *
 *   frame   size(4, LE: of what follows)  kind(1)  body
 *   START   flags(1) user domain realm host service bindings: length(2, LE) bytes   password: length(2, LE) bytes
 *   STEP, WRAP, UNWRAP  bytes
 *   PROOF   empty: a proof of the password is about to leave to a KDC
 *   ANSWER  result(1) package(1) complete(1) kerberos(1) kerberos code(4) proof(1) asked(2) major(4) minor(4)
 *           words, e-data: length(2, LE) bytes   bytes: the rest */
#ifndef RDPWHY_NET_AUTH_FRAME_H
#define RDPWHY_NET_AUTH_FRAME_H

#include "base/cursor.h"
#include "base/writer.h"
#include "net/auth.h"

enum {
    AUTH_HEADER = 5,
    AUTH_BODY_MAX = NET_AUTH_BYTES_MAX + 1024,
    AUTH_FRAME_MAX = AUTH_HEADER + AUTH_BODY_MAX,
    AUTH_START_KERBEROS = 1, /* flags */
    AUTH_START_SPNEGO = 2,
};

enum auth_kind { AUTH_START = 1, AUTH_STEP, AUTH_WRAP, AUTH_UNWRAP, AUTH_PROOF, AUTH_ANSWER };

/* Text with its terminating zero, and the password in place. */
struct auth_start {
    uint8_t flags;
    char user[NET_AUTH_NAME_SIZE], domain[NET_AUTH_NAME_SIZE], realm[NET_AUTH_NAME_SIZE], host[NET_AUTH_NAME_SIZE];
    char service[NET_AUTH_NAME_SIZE];
    struct net_auth_bindings bindings;
    const uint8_t *password;
    size_t password_size;
};

/* The header alone: its kind, and how much body follows it. */
enum parse auth_header_parse(struct cursor *cursor, enum auth_kind *kind, size_t *body, struct fault *fault) MUST_USE;
void auth_header_write(struct writer *writer, enum auth_kind kind, size_t body);

enum parse auth_start_parse(struct cursor *body, struct auth_start *start, struct fault *fault) MUST_USE;
bool auth_start_write(struct writer *writer, const struct net_auth_options *options) MUST_USE;
/* `words` is copied to `room` with its terminating zero; the other pointers point into the body. */
enum parse auth_answer_parse(struct cursor *body, struct net_auth_answer *answer, char words[NET_AUTH_WORDS_SIZE],
                             struct fault *fault) MUST_USE;
bool auth_answer_write(struct writer *writer, const struct net_auth_answer *answer) MUST_USE;

#endif
