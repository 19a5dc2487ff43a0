/* Shared by session_start*.c only: what the start of a session remembers. */
#ifndef RDPWHY_LAB_SESSION_START_H
#define RDPWHY_LAB_SESSION_START_H

#include "lab/session_internal.h"
#include "net/rdp_cipher.h"
#include "wire/licence.h"
#include "wire/pdu.h"
#include "wire/security.h"
#include "wire/share.h"

enum { START_USER = 1004, START_IO = 1003, START_SHARE = 0x103ea, START_CHALLENGE = 10 };

struct lab_start_state {
    const struct lab_start *is;
    bool standard;
    unsigned joins;
    struct rdp_library *library;
    struct rdp_rsa key;
    struct rdp_rsa_private *own;
    uint8_t random[RDP_RANDOM];
    struct rdp_cipher *cipher;
    struct rdp_licence_keys licence_keys;
    uint8_t challenge[START_CHALLENGE];
};

/* Sends a whole MCS message. */
bool start_say(struct lab_session *session, const struct mcs *mcs);
/* Data on the I/O channel; `flags` of a security header, 0: none under TLS. */
bool start_send(struct lab_session *session, unsigned flags, const struct writer *data);
bool start_share(struct lab_session *session, uint8_t type2, const void *body, size_t size);
/* What the behaviour does at this point instead of the answer; true: nothing, the answer is due. */
bool start_passes(struct lab_session *session, enum lab_point point);

/* Answers; false: that was the end. */
bool start_connected(struct lab_session *session, const struct mcs *mcs);
bool start_informed(struct lab_session *session);
bool start_licence(struct lab_session *session, struct slice message);
bool start_demand(struct lab_session *session);

#endif
