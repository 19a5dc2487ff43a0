/* Several files, one story: which documents tell of the same connection, and what becomes of them. Pure.
 *
 * A join on too little would be a wrong proof, so this is all that counts, and what has less stays apart:
 *   ports     a connection's client address and port stand in the server's log, at most JOIN_CLOCKS_US apart; or two
 *             connections or more do, at one and the same distance of the clocks, however far
 *   activity  logs of one machine whose events carry the same ActivityID
 *   name      the whole name of the machine, and a log that covers the time, or a client's log of the same minutes
 *   address   the same address and port of the server, and the same minutes
 * Names must be equal as a whole: SRV and SRV.corp.example may be two machines. A client's log that fits the
 * connections of several clients belongs to none of them. Two looks at a server, such as two captures or a live check
 * and a capture, are never mixed: each keeps its verdict, and what they contradict each other in is shown. */
#ifndef RDPWHY_READ_JOIN_H
#define RDPWHY_READ_JOIN_H

#include "evidence/evidence.h"

enum {
    JOIN_CLOCKS_US = 300000000,      /* what clocks may differ by: MS-KILE's tolerance */
    JOIN_SAME_DISTANCE_US = 5000000, /* two matches that close tell of the same difference of the clocks */
};

struct log;

struct join_item {
    struct evidence *evidence; /* borrowed; changed in place */
    size_t file;               /* from 1; 0: the run itself */
    struct log *log;           /* borrowed: where its visits come from; NULL: from the document alone */
    bool live;                 /* it was looked at just now */
    bool taken;                /* out: its contents are part of another document now */
};

bool join_all(struct join_item *items, size_t count, struct error *error) MUST_USE;

/* What a document tells of. */
enum joined_side join_side_of(const struct evidence *evidence);

/* How a look and a server's log hang together. */
struct join_link {
    bool found;
    enum joined_by by;
    size_t matches; /* connections known to both by address and port */
    int64_t low_us; /* the log's clock minus the look's, by these matches */
    int64_t high_us;
    int64_t around_us; /* of the look's connections, by the log's clock as far as it is known */
};
struct join_link join_server(const struct evidence *look, const struct evidence *server);
struct join_link join_client(const struct evidence *look, const struct evidence *client);
/* Do the two name the same machine? */
bool join_same_name(const struct evidence *a, const struct evidence *b);
/* The same address of the server, and not two ports. */
bool join_same_address(const struct evidence *a, const struct evidence *b);

/* Adds the part, its contents and the contradictions. `part`: what it is to `into`. */
struct join_part {
    const struct evidence *evidence;
    size_t file;
    enum joined_side side;
    enum joined_by by;
};
bool join_merge(struct evidence *into, size_t into_file, const struct join_part *part, struct error *error) MUST_USE;

/* Notes that `file`, which says neither where nor when, was given together with this document. */
bool join_given(struct evidence *into, size_t into_file, size_t file, struct error *error) MUST_USE;

#endif
