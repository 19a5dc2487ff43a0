/* The start of a session on a connection whose security is up, phase by phase; inside src/probe.
 *
 *   session_mcs.c       Connect-Initial and Response, domain, user, channels      (mcs, channels)
 *   session_security.c  standard RDP security: exchange of keys; Client Info      (security)
 *   session_licence.c   licensing                                                 (licensing)
 *   session_active.c    Demand Active; with an account, what follows it           (capabilities, active)
 *   session.c           the stage: packets in, the end and who made it
 *   session_send.c      packets out
 */
#ifndef RDPWHY_PROBE_SESSION_H
#define RDPWHY_PROBE_SESSION_H

#include "net/rdp_cipher.h"
#include "probe/attempt.h"
#include "wire/licence.h"
#include "wire/pdu.h"
#include "wire/security.h"
#include "wire/share.h"

enum {
    SESSION_US = 20000000,      /* for all of it */
    SESSION_WATCH_US = 4000000, /* after the start-up, with an account: does the server say how the logon went? */
    SESSION_JOINS_MAX = 4,
    SESSION_PACKETS_MAX = 512,      /* before Demand Active: more than any server needs by far */
    SESSION_BYTES_MAX = 512 * 1024, /* likewise */
    SESSION_WATCH_BYTES_MAX = 64 * 1024 * 1024,
    SESSION_DATA_MAX = 8192, /* of one message of ours */
};

struct session {
    enum session_phase phase;
    enum session_user user_told;
    unsigned packets;
    /* mcs, channels */
    uint16_t user;
    uint16_t io_channel;
    uint16_t joins[SESSION_JOINS_MAX]; /* still to be joined, and those that were */
    size_t join_count;
    size_t joined;
    /* standard RDP security */
    bool standard;
    uint32_t method;
    uint8_t server_random[RDP_RANDOM];
    struct rdp_rsa key; /* size 0: none */
    struct rdp_library *library;
    struct rdp_cipher *cipher; /* NULL: nothing is encrypted */
    /* licensing */
    struct rdp_licence_keys licence_keys;
    bool licence_keyed;
    bool licence_encrypts; /* the server wants our licensing messages encrypted */
    /* capabilities, active */
    uint32_t share;
    unsigned demands;
    struct net_timer *watch;
};

void session_free(struct session *session); /* NULL is fine */

/* --- session.c --- */
struct ev_session *session_group(struct attempt *attempt);
void session_enter_phase(struct attempt *attempt, enum session_phase phase);
/* Ends it: recorded, the connection closed; nothing but returning is allowed afterwards. */
void session_over(struct attempt *attempt, enum session_ended ended, enum session_by by);
/* The same, with words for what was wrong. */
void session_garbage(struct attempt *attempt, const char *what, const struct fault *fault);
/* It went as far as it was to go: says good-bye and ends it. */
void session_ready(struct attempt *attempt);
/* Our own failure. */
void session_failed(struct attempt *attempt, struct error *error);

/* --- session_send.c --- */
bool session_send_mcs(struct attempt *attempt, const struct mcs *mcs, struct error *error) MUST_USE;
/* On the channel; `flags` are those of the security header, which TLS leaves out when they are 0. */
bool session_send(struct attempt *attempt, uint16_t channel, unsigned flags, const struct writer *data,
                  struct error *error) MUST_USE;
bool session_send_share(struct attempt *attempt, uint8_t type2, const void *body, size_t size,
                        struct error *error) MUST_USE;

/* --- the phases: false is our own failure --- */
bool session_connect(struct attempt *attempt, struct error *error) MUST_USE;
bool session_mcs_got(struct attempt *attempt, const struct mcs *mcs, struct error *error) MUST_USE;
bool session_secure(struct attempt *attempt, struct error *error) MUST_USE;
bool session_licence_got(struct attempt *attempt, struct slice message, struct error *error) MUST_USE;
bool session_share_got(struct attempt *attempt, struct slice message, struct error *error) MUST_USE;

#endif
