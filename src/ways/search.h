/* Which way to try next. Pure: evidence of what was tried in, the next recipe out; no sockets, no clock.
 *
 * Safe ways (another address or name, another port, smaller segments) come first, in the order that the verdict makes
 * likely (ways/likely.h); what gives up security comes last, and only when no safe way is left untried. What the
 * evidence excludes is not tried. */
#ifndef RDPWHY_WAYS_SEARCH_H
#define RDPWHY_WAYS_SEARCH_H

#include "diagnose/diagnose.h"
#include "ways/recipe.h"

enum { WAYS_MAX = 24, WAYS_PORTS_MAX = 8, WAYS_NAMES_MAX = 6, WAYS_NAME_ADDRESSES = 4 };

/* A way that was gone, and what was seen on it. */
struct tried {
    struct recipe recipe;
    enum depth depth;
    const struct evidence *evidence; /* borrowed */
    bool by_check;                   /* what the check had seen already: it cost no connection */
};

/* Another name of the machine, as ways/names.h finds them, and what the system makes of it. */
struct ways_name {
    char name[RECIPE_HOST_SIZE]; /* letters, digits, hyphens, underscores and dots only */
    enum recipe_named named;
    struct address addresses[WAYS_NAME_ADDRESSES];
    size_t count;
};

struct ways_input {
    const struct verdict *verdict; /* of the plain way, so far; NULL: none */
    /* The first is the plain way; the check's own evidence belongs to it. */
    const struct tried *tried;
    size_t count;
    const uint16_t *ports; /* that the user allows; the plain one need not be among them */
    size_t port_count;
    const struct ways_name *names;
    size_t name_count;
    unsigned left; /* connections that may still be made unasked */
};

enum ways_step {
    WAYS_TRY,  /* plan.recipes[0] is next */
    WAYS_ASK,  /* the same, but the connections are used up: plan.count more at most */
    WAYS_DONE, /* found, or nothing is left */
};

struct ways_plan {
    struct recipe recipes[WAYS_MAX]; /* not tried yet, in the order in which they would be */
    size_t count;
};

enum ways_step ways_next(const struct ways_input *input, struct ways_plan *plan);

/* `through`: room for what was seen behind a gateway, as a direct look would have it; lives as long as `tried`.
 *
 * What the check itself has tried: the plain way; where another address of the name, or an older TLS, is why it got as
 * far as it did, that as well; and the way through a gateway that opened a channel to the host. Returns how many. */
enum { WAYS_OF_CHECK = 3 };
size_t ways_of_check(const struct evidence *evidence, struct evidence *through, struct tried tried[WAYS_OF_CHECK]);
/* What was learnt by going a way: what the server chose, whether that is less than on the plain way, and that it speaks
 * nothing but old TLS. */
void ways_learn(struct tried *tried, const struct tried *plain);

/* By a gateway, and what is behind it was looked at. */
bool ways_is_through(const struct tried *tried, const struct tried *plain);
/* Open as far as can be told. */
bool ways_is_open(const struct tried *tried, const struct tried *plain);
/* Those that reach the door where the plain way did not, best first. Indices into `tried`; returns how many. */
size_t ways_offers(const struct tried *tried, size_t count, size_t offers[WAYS_MAX]);

#endif
