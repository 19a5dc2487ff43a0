/* What is offered of the ways that were gone. */
#include "ways/names.h"
#include "ways/search.h"

bool ways_is_through(const struct tried *tried, const struct tried *plain)
{
    return tried->recipe.transport == RECIPE_GATEWAY && tried->evidence != plain->evidence;
}

/* Open as far as can be told: the door; or, where no more is known, a gateway's channel in which RDP answers, as
 * nothing else leads so far. */
bool ways_is_open(const struct tried *tried, const struct tried *plain)
{
    const bool channel = tried->recipe.transport == RECIPE_GATEWAY && !ways_is_through(tried, plain);
    return tried->depth >= DEPTH_DOOR || (channel && tried->depth > plain->depth);
}

/* Lower is better. What may be another machine comes behind everything else. */
static int price(const struct tried *way, const struct tried *plain)
{
    const struct recipe *recipe = &way->recipe;
    return (ways_is_doubtful(way, plain) ? 64 : 0) + (int)recipe_level(recipe) * 8 +
           (recipe->old_tls || recipe->odd_suite ? 4 : 0) +
           (recipe->transport != RECIPE_TCP || recipe->wide_tls ? 2 : 0) +
           (recipe->name[0] != '\0' || recipe->lowered == LOWERED_MAYBE ? 1 : 0);
}

size_t ways_offers(const struct tried *tried, size_t count, size_t offers[WAYS_MAX])
{
    size_t found = 0;
    for (size_t i = 1; i < count && found < WAYS_MAX; i++) {
        if (!ways_is_open(&tried[i], &tried[0]) || tried[i].depth <= tried[0].depth) {
            continue;
        }
        size_t at = found++;
        for (; at > 0 && price(&tried[offers[at - 1]], &tried[0]) > price(&tried[i], &tried[0]); at--) {
            offers[at] = offers[at - 1];
        }
        offers[at] = i;
    }
    return found;
}
