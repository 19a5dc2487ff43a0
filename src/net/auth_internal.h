/* Shared by auth*.c only: what runs inside the child. */
#ifndef RDPWHY_NET_AUTH_INTERNAL_H
#define RDPWHY_NET_AUTH_INTERNAL_H

#include <krb5/krb5.h>

#include "net/auth_frame.h"

/* What Kerberos left behind, in the child. */
struct auth_kerberos {
    krb5_context context;
    krb5_ccache cache; /* in this process's memory only; NULL: none */
    enum net_kerberos result;
    uint32_t code;
    bool proof; /* a proof of the password was sent to a KDC */
    unsigned asked;
    char words[NET_AUTH_WORDS_SIZE];
    uint8_t data[NET_AUTH_KDC_DATA_MAX]; /* e-data */
    size_t data_size;
    int fd;         /* where PROOF is told */
    unsigned heard; /* answers of KDCs so far */
    bool initial;   /* the exchange that the password takes part in */
};

/* Asks for a ticket-granting ticket and one for TERMSRV/host; fills the struct. `password` ends with a zero. */
void auth_kerberos_ask(struct auth_kerberos *kerberos, const struct auth_start *start, const char *password);

/* The child: serves the descriptor until it is closed. Never returns. */
_Noreturn void auth_child_main(int fd);
/* Writes a whole frame; false: the parent is gone. */
bool auth_child_tell(int fd, enum auth_kind kind, const void *body, size_t size);

#endif
