/* Sentences of the client's dialogs that name a cause, or a few, without a code: data/phrases.tsv. English only: a code
 * is the same in every language, a sentence is not. */
#ifndef RDPWHY_FACTS_PHRASES_H
#define RDPWHY_FACTS_PHRASES_H

#include <stddef.h>

#include "facts/causes.h"

struct phrase_fact {
    const char *phrase;       /* lower case, single spaces, straight apostrophes */
    const enum cause *causes; /* ended by CAUSE_NONE */
    const char *meaning;
    const char *sources;
};

/* Does the text hold the phrase, whatever its letters' case, line breaks and apostrophes? */
bool phrase_in(const struct phrase_fact *phrase, const char *text, size_t size);
/* All of them in order: index 0, 1, ... until NULL. */
const struct phrase_fact *phrase_at(unsigned index);

#endif
