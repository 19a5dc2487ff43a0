/* Inside the files of `rdpwhy fallback`. */
#ifndef RDPWHY_COMMAND_FALLBACK_H
#define RDPWHY_COMMAND_FALLBACK_H

#include "command/check.h"
#include "probe/way.h"
#include "report/ways.h"
#include "ways/commands.h"
#include "ways/names.h"
#include "ways/search.h"

/* One search. */
struct fallback {
    const struct check_options *options;
    struct checking checking;
    struct evidence through; /* borrows from checking.evidence */
    struct tried tried[WAYS_MAX];
    char *how[WAYS_MAX];                    /* owned: where each ended, or how far it got */
    struct evidence *own[WAYS_MAX];         /* owned; NULL: seen by the check itself */
    char hosts[WAYS_MAX][RECIPE_HOST_SIZE]; /* what each connection was told; they outlive it */
    size_t count;
    struct ways_name names[WAYS_NAMES_MAX];
    struct probe_name lookups[WAYS_NAMES_MAX]; /* of the same names */
    size_t name_count;
    unsigned untried;
    bool ended; /* by Ctrl-C or the time limit, before it was through */
    struct ways_offer offers[WAYS_MAX];
    char *files[WAYS_MAX]; /* owned: of each offer */
    size_t offer_count;
    char no_file[300];
};

/* Goes ways until one is found or none is left; then what else the verdict needs. */
bool fallback_search(struct fallback *fallback, struct error *error) MUST_USE;
/* Commands for what was found, and the .rdp file. Not being able to write is no failure: no_file says why. */
bool fallback_offer(struct fallback *fallback, struct error *error) MUST_USE;
/* Prints; the exit status, or -1. */
int fallback_report(struct fallback *fallback, struct error *error);

/* Writes the file for one offer, or finds it there already as it would be. NULL with *why: it could not be written;
 * NULL without: our own failure. The caller frees. */
char *fallback_write(const struct recipe *recipe, const struct check_options *options, char *why, size_t why_size,
                     struct error *error) MUST_USE;
/* Reads the two PEM files and signs with them once, so that what is wrong with them is said before anything is looked
 * for. */
bool fallback_check_signer(const struct check_options *options, struct error *error) MUST_USE;

#endif
