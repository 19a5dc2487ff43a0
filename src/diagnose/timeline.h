/* What happened when, by one clock: the client, the wire, the server. Of documents that were put together from several
 * files; computed, never kept. */
#ifndef RDPWHY_DIAGNOSE_TIMELINE_H
#define RDPWHY_DIAGNOSE_TIMELINE_H

#include "base/attributes.h"
#include "base/error.h"
#include "evidence/evidence.h"

enum { TIMELINE_MAX = 60 };

struct moment {
    int64_t time_us; /* since 1970, by the clock of the main part as far as the server's is known */
    enum joined_side side;
    size_t file;    /* from 1; 0: the run itself */
    bool of_saved;  /* which file it was is not known: the document was saved */
    bool unmatched; /* by the server's own clock: how far that is off is not known */
    bool zoneless;  /* its file gives local times without a zone; it stands here as if they were UTC */
    char *words;    /* owned */
};
struct timeline {
    struct moment items[TIMELINE_MAX]; /* in order */
    size_t count;
    size_t left_out;
};

/* Empty when nothing was joined. False: no memory. */
bool timeline_of(const struct evidence *evidence, struct timeline *timeline, struct error *error) MUST_USE;
void timeline_release(struct timeline *timeline);

#endif
