/* The outcome of a search, for those who print it. Everything is borrowed. */
#ifndef RDPWHY_WAYS_VIEW_H
#define RDPWHY_WAYS_VIEW_H

#include "ways/commands.h"
#include "ways/hints.h"
#include "ways/names.h"
#include "ways/search.h"

/* A way that is offered, and what was made for it. */
struct ways_offer {
    const struct tried *way;
    struct commands commands;
    const char *file; /* the .rdp file that was written; NULL: none */
    bool is_signed;
};

struct ways_view {
    const struct tried *tried; /* the plain way first */
    size_t tried_count;
    char *const *how; /* for each: where it ended, or how far it got */
    const struct ways_offer *offers;
    size_t offer_count;
    const struct way_hint *hints; /* not gone, and why */
    size_t hint_count;
    unsigned untried;    /* ways that were not gone, for want of connections */
    bool ended;          /* the run was ended before it was through */
    const char *no_file; /* why no file was written, when one was wanted; NULL: nothing is missing */
};

#endif
