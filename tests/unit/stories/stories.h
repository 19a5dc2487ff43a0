/* One story per row of the rules: evidence as a run would have left it, and what the diagnosis makes of it. A new rule
 * row gets its story in the file of its check. */
#ifndef RDPWHY_TESTS_STORIES_H
#define RDPWHY_TESTS_STORIES_H

#include "diagnose/diagnose.h"
#include "evidence/evidence.h"
#include "facts/causes.h"

#include <stdbool.h>
#include <stddef.h>

struct story {
    void (*build)(struct evidence *); /* fills an empty document */
    enum cause cause;                 /* the finding that must be among the verdict's ... */
    enum certainty certainty;         /* ... with exactly this certainty ... */
    bool blocks;                      /* ... and as a fault that blocks, or one beside */
};

struct story_list {
    const struct story *stories;
    size_t count;
};

extern const struct story_list reach_stories;
extern const struct story_list line_stories;
extern const struct story_list negotiation_stories;
extern const struct story_list tls_stories;
extern const struct story_list nla_stories;
extern const struct story_list logon_stories;
extern const struct story_list session_stories;
extern const struct story_list gateway_stories;
extern const struct story_list client_stories;
extern const struct story_list logged_stories;

#endif
