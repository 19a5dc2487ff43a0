/* What the files of explain share. Only src/facts includes this. */
#ifndef RDPWHY_FACTS_EXPLAIN_PARTS_H
#define RDPWHY_FACTS_EXPLAIN_PARTS_H

#include "facts/explain.h"

/* Ranks the causes that show as these codes; those a sentence names come first. */
void explain_causes(struct explanation *explanation, const struct found *found);
/* What to do next; after the causes. */
void explain_next(struct explanation *explanation);

#endif
