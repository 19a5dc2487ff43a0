/* Numbers for words, in the order they are first met; letters of any case are the same word. For redaction. */
#ifndef RDPWHY_EVIDENCE_TOKENS_H
#define RDPWHY_EVIDENCE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

enum { TOKENS_BUCKETS = 1024 };

struct token;

struct tokens {
    struct token *buckets[TOKENS_BUCKETS];
    size_t count;
};

void tokens_release(struct tokens *tokens);
/* The word's number, from 1; a new word gets the next. False: no memory. */
bool tokens_number(struct tokens *tokens, const char *word, size_t length, size_t *number) MUST_USE;
/* The number it already has; false: never met. */
bool tokens_find(const struct tokens *tokens, const char *word, size_t length, size_t *number) MUST_USE;

#endif
