/* A logon by the system's GSSAPI: Kerberos, or NTLM. The library runs in a child process, because its calls block; the
 * child is killed at its time limit and with this program. The password reaches it through a socket pair, never by its
 * arguments or its environment, and leaves it only as what the protocols make of it. */
#ifndef RDPWHY_NET_AUTH_H
#define RDPWHY_NET_AUTH_H

#include <stddef.h>

#include "net/loop.h"
#include "platform/secret.h"

struct net_auth;

enum {
    NET_AUTH_NAME_SIZE = 256,           /* user, domain, realm, host */
    NET_AUTH_PASSWORD_MAX = 1024,       /* bytes of UTF-8 */
    NET_AUTH_BYTES_MAX = 65536,         /* a token, or what is wrapped */
    NET_AUTH_WORDS_SIZE = 160,          /* what the library or the KDC said */
    NET_AUTH_BAD_MECH = 1 << 16,        /* `major`: GSS_S_BAD_MECH (RFC 2744 3.9.1) */
    NET_AUTH_DEFECTIVE_TOKEN = 9 << 16, /* GSS_S_DEFECTIVE_TOKEN */
    NET_AUTH_BINDINGS_MAX = 96,
    NET_AUTH_KDC_DATA_MAX = 256, /* e-data of a KRB-ERROR */
};

enum net_auth_package { NET_AUTH_NO_PACKAGE, NET_AUTH_KERBEROS, NET_AUTH_NTLM_SPNEGO, NET_AUTH_NTLM_RAW };

/* What became of Kerberos, which is asked before the server is. */
enum net_kerberos {
    NET_KERBEROS_NOT_TRIED,
    NET_KERBEROS_GOOD,             /* a ticket for the server's service is there */
    NET_KERBEROS_NO_KDC,           /* the realm is not known, or none of its KDCs answers */
    NET_KERBEROS_BAD_PASSWORD,     /* pre-authentication failed */
    NET_KERBEROS_NO_SUCH_USER,     /* KDC_ERR_C_PRINCIPAL_UNKNOWN */
    NET_KERBEROS_REVOKED,          /* KDC_ERR_CLIENT_REVOKED: locked or disabled; the KDC's own data may say which */
    NET_KERBEROS_ACCOUNT_EXPIRED,  /* KDC_ERR_NAME_EXP */
    NET_KERBEROS_PASSWORD_EXPIRED, /* KDC_ERR_KEY_EXPIRED: or it must be changed */
    NET_KERBEROS_POLICY,           /* KDC_ERR_POLICY: hours, workstations, ... */
    NET_KERBEROS_SKEW,             /* KRB_AP_ERR_SKEW */
    NET_KERBEROS_NO_SUCH_SERVICE,  /* the password is right; there is no such service principal */
    NET_KERBEROS_TIMED_OUT,
    NET_KERBEROS_OTHER,
};

enum net_auth_result {
    NET_AUTH_OK,        /* `bytes` is what was asked for: a token to send (size 0: none), or the (un)wrapped bytes */
    NET_AUTH_REFUSED,   /* the KDC said no, after a proof of the password or about the account: nothing else is tried */
    NET_AUTH_FAILED,    /* the library said no: `words`, `major`, `minor` */
    NET_AUTH_TIMED_OUT, /* the child was killed */
    NET_AUTH_DIED,
    NET_AUTH_NO_MEMORY, /* here, or in the child: nobody else had a part in that */
};

struct net_auth_options {
    const char *user;    /* without its domain; NTLM: may be a UPN */
    const char *domain;  /* for NTLM; "": none */
    const char *realm;   /* for Kerberos; NULL: Kerberos is not tried */
    const char *service; /* NULL: "TERMSRV"; a constant */
    const char *host;    /* the service is SERVICE/host */
    struct net_auth_bindings {
        size_t size; /* 0: none */
        uint8_t bytes[NET_AUTH_BINDINGS_MAX];
    } bindings; /* application data of the channel bindings (RFC 5929): HTTP needs them, CredSSP has its own */
    const struct secret *password; /* UTF-8; must live as long as the session */
    bool spnego;                   /* NTLM inside SPNEGO; else raw, as servers take it that know no SPNEGO */
    int64_t kdc_limit_us;          /* for Kerberos, before NTLM takes its place */
    int64_t limit_us;              /* for each call */
};

struct net_auth_answer {
    enum net_auth_result result;
    enum net_auth_package package;
    bool complete; /* the security context is there: net_auth_wrap and net_auth_unwrap may be used */
    enum net_kerberos kerberos;
    uint32_t kerberos_code;  /* RFC 4120 7.5.9, or 0 */
    bool kerberos_proof;     /* a proof of the password went to a KDC */
    unsigned kdc_asked;      /* requests that were sent to KDCs */
    uint32_t major, minor;   /* GSSAPI's, after NET_AUTH_FAILED */
    const char *words;       /* what the KDC or the library said; "": nothing. Not clean: for base/text.h */
    const uint8_t *kdc_data; /* e-data of the KDC's error */
    size_t kdc_data_size;
    const uint8_t *bytes;
    size_t size;
};

/* Starts a session and asks for the first token. Every call below is answered once, from the loop; one at a time. The
 * answer's pointers live until `answered` returns, which may call the next or free. NULL or false: our own failure. */
struct net_auth *net_auth_start(struct net_loop *loop, const struct net_auth_options *options,
                                void (*answered)(void *context, const struct net_auth_answer *answer), void *context,
                                struct error *error) MUST_USE;
bool net_auth_step(struct net_auth *auth, const void *token, size_t size, struct error *error) MUST_USE;
/* RFC 2743 2.3.3, 2.3.4, with confidentiality. `bytes` may be a secret: no copy stays. */
bool net_auth_wrap(struct net_auth *auth, const void *bytes, size_t size, struct error *error) MUST_USE;
bool net_auth_unwrap(struct net_auth *auth, const void *bytes, size_t size, struct error *error) MUST_USE;
/* The realm that a domain's short name stands for at this host, by this machine's krb5.conf: that of [domain_realm], or
 * the default one, where its first label is that name. Files are read, nobody is asked. False: none is known. */
bool net_auth_realm(const char *domain, const char *host, char realm[NET_AUTH_NAME_SIZE]);
int net_auth_child(const struct net_auth *auth); /* its process id, 0: none; for tests */
void net_auth_free(struct net_auth *auth);       /* kills the child; NULL is fine; also from inside `answered` */

#endif
