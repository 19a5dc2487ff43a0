#include "facts/causes.h"

#include <stddef.h>
#include <string.h>

#include "base/attributes.h"
#include "facts/tables.h"

const struct cause_fact *cause_fact(enum cause cause)
{
    if ((unsigned)cause >= facts_causes_count || facts_causes[cause].slug == NULL)
        return NULL;
    return &facts_causes[cause];
}

bool cause_by_slug(const char *slug, enum cause *cause)
{
    for (unsigned i = CAUSE_NONE + 1; i < facts_causes_count; i++) {
        if (strcmp(facts_causes[i].slug, slug) == 0) {
            *cause = (enum cause)i;
            return true;
        }
    }
    return false;
}

const struct test_fact *test_fact(enum test test)
{
    if ((unsigned)test >= facts_tests_count || facts_tests[test].id == NULL)
        return NULL;
    return &facts_tests[test];
}

bool test_by_id(const char *id, enum test *test)
{
    for (unsigned i = TEST_NONE + 1; i < facts_tests_count; i++) {
        if (strcmp(facts_tests[i].id, id) == 0) {
            *test = (enum test)i;
            return true;
        }
    }
    return false;
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
