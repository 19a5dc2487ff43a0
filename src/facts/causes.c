#include "facts/causes.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "facts/tables.h"

const struct cause_fact *cause_fact(enum cause cause)
{
    if ((unsigned)cause >= facts_causes_count || facts_causes[cause].slug == NULL)
        return NULL;
    return &facts_causes[cause];
}

enum cause cause_by_slug(const char *slug)
{
    for (unsigned i = CAUSE_NONE + 1; i < facts_causes_count; i++)
        if (strcmp(facts_causes[i].slug, slug) == 0)
            return (enum cause)i;
    return CAUSE_NONE;
}

/* One word of the codes column against what was shown: "0x904", "0x904/0x7", or a star for "whatever" on the left. */
static unsigned word_shows(const char *word, int64_t code, int64_t extended)
{
    char *rest = NULL;
    bool any = *word == '*';
    int64_t own = any ? -1 : (int64_t)strtoll(word, &rest, 0);
    const char *slash = any ? word + 1 : rest;
    if (*slash != '/')
        return own == code ? 2 : 0;
    int64_t own_extended = (int64_t)strtoll(slash + 1, NULL, 0);
    if (any)
        return own_extended == extended ? 2 : 0;
    if (own != code)
        return 0;
    if (extended < 0)
        return 1;
    return own_extended == extended ? 3 : 0;
}

unsigned cause_shows(enum cause cause, int64_t code, int64_t extended)
{
    const struct cause_fact *fact = cause_fact(cause);
    unsigned best = 0;
    const char *word = fact != NULL ? fact->codes : NULL;
    while (word != NULL) {
        unsigned shows = word_shows(word, code, extended);
        best = shows > best ? shows : best;
        word = strchr(word, ' ');
        word = word != NULL ? word + 1 : NULL;
    }
    return best;
}

const struct test_fact *test_fact(enum test test)
{
    if ((unsigned)test >= facts_tests_count || facts_tests[test].id == NULL)
        return NULL;
    return &facts_tests[test];
}

const char *risk_name(enum risk risk)
{
    static const char *const names[] = { "none", "low", "downgrade", "outage" };
    return (unsigned)risk < COUNT_OF(names) ? names[risk] : "none";
}

const char *place_name(enum place place)
{
    static const char *const names[] = { "client", "server", "network" };
    return (unsigned)place < COUNT_OF(names) ? names[place] : "client";
}
