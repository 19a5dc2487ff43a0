/* Everything a capture holds of one client and one server, as one evidence document: the document a live check of that
 * client would have written, as far as the wire shows it. */
#ifndef RDPWHY_READ_CONVERSATION_H
#define RDPWHY_READ_CONVERSATION_H

#include "read/story.h"
#include "read/streams.h"

enum { CONVERSATION_CONNECTIONS_MAX = 32, CONVERSATIONS_MAX = 4096 };

struct conversation {
    struct address client;
    struct address server;
    uint16_t port;
    struct story *stories; /* owned, at most CONVERSATION_CONNECTIONS_MAX */
    size_t count;
    size_t room;
    size_t more;               /* connections that were only counted */
    const struct udp_way *udp; /* borrowed; NULL: none seen */
};

void conversation_release(struct conversation *conversation);
/* Which of them the document is about: the one that went furthest, when it came as far as a granted logon: then the
 * earlier ones are what mstsc does while it asks its user. Else the first that was stopped, else the furthest. */
size_t conversation_main(const struct conversation *conversation);
/* The caller frees with evidence_free. */
struct evidence *conversation_evidence(const struct conversation *conversation, struct error *error) MUST_USE;

/* The same for a UDP transport whose TCP connection is not in the capture. */
struct evidence *udp_way_evidence(const struct udp_way *way, struct error *error) MUST_USE;

#endif
