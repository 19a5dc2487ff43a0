/* The start of a session under standard RDP security, as a capture shows it (MS-RDPBCGR 1.3.1.1): MCS, the exchange of
 * keys and the security headers are in the clear, licensing often is, and with some encryption levels (5.3.1) the
 * server's words are as well. What is enciphered is counted, and nothing is said of it. */
#ifndef RDPWHY_READ_OPENING_H
#define RDPWHY_READ_OPENING_H

#include "base/error.h"
#include "evidence/evidence.h"
#include "wire/slice.h"

enum { OPENING_PROBLEM_MAX = 240 };

struct opening_logon {
    uint32_t info;
    bool has_error;
    uint32_t type;
    uint32_t data;
};
struct opening {
    struct ev_session seen; /* its numbers; lists and texts come with opening_record, so it owns nothing */
    uint32_t statuses[SESSION_STATUS_MAX];
    size_t status_count;
    struct opening_logon logons[SESSION_LOGONS_MAX];
    size_t logon_count;
    char problem[OPENING_PROBLEM_MAX]; /* what the server sent and cannot be; empty: nothing */
    unsigned packets;                  /* of the server, before its Demand Active */
    bool left;                         /* the client said that it leaves */
    bool awaited;                      /* the server is to speak next, although it spoke last */
};

/* How the connection ended, of which its own bytes say nothing. */
struct opening_end {
    bool ended;
    enum end_how how;
    enum end_by by;
    uint64_t received; /* bytes of the server, all of them */
    bool lost;         /* bytes of a side are missing: what they said, nobody knows */
    bool whole;        /* all of them were there to be read, once */
    bool client_first; /* of two last words, the client's came first */
};

/* Both sides' bytes behind the X.224 Confirm. False: no Connect-Initial came. */
bool opening_read(struct slice client, struct slice server, struct opening *opening) MUST_USE;
/* Says how it ended where the server did not say so itself. */
void opening_close(struct opening *opening, const struct opening_end *end);
/* Did the server refuse or break it, in so many words? */
bool opening_failed(const struct opening *opening);
/* Demand Active, or what only comes behind it. */
bool opening_is_up(const struct opening *opening);
/* False: no memory. */
bool opening_record(const struct opening *opening, struct ev_session *session, struct error *error) MUST_USE;

#endif
