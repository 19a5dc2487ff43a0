/* What the verdict makes of the ways that are left: which are likely, and which cannot help. Pure. */
#ifndef RDPWHY_WAYS_LIKELY_H
#define RDPWHY_WAYS_LIKELY_H

#include "diagnose/diagnose.h"
#include "ways/recipe.h"

enum way_kind {
    WAY_NONE,
    WAY_ANSWER,   /* another address that this system knows for the name */
    WAY_RESOLVER, /* the answer of one DNS server */
    WAY_NAME,     /* another name of the machine */
    WAY_PORT,
    WAY_SMALL,
    WAY_WIDE, /* more of TLS than Windows offers; a downgrade when the suite is an odd one */
    WAY_TLS,  /* downgrades from here on */
    WAY_RDP,
    WAY_KINDS,
};

enum way_kind way_kind_of(const struct recipe *recipe);

/* The cause that the order goes by: the verdict's, else the first one possible that blocks; and how sure it is.
 * `verdict` may be NULL. */
enum cause likely_cause(const struct verdict *verdict, enum certainty *certainty);
/* Sorts, and takes out what cannot help. What was equal stays in its order; a downgrade never comes before a safe way.
 * Returns how many are left. */
size_t likely_sort(const struct verdict *verdict, const struct recipe *plain, struct recipe *recipes, size_t count);

#endif
