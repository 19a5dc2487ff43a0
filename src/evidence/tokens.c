#include "evidence/tokens.h"

#include <stdint.h>

#include "base/alloc.h"

struct token {
    struct token *next;
    size_t number;
    size_t length;
    char word[];
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same(const struct token *token, const char *word, size_t length)
{
    if (token->length != length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (token->word[i] != lower(word[i])) {
            return false;
        }
    }
    return true;
}

/* FNV-1a. An attacker who makes all words collide only slows his own file's redaction. */
static size_t bucket_of(const char *word, size_t length)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (uint8_t)lower(word[i])) * 16777619U;
    }
    return hash % TOKENS_BUCKETS;
}

bool tokens_find(const struct tokens *tokens, const char *word, size_t length, size_t *number)
{
    for (const struct token *token = tokens->buckets[bucket_of(word, length)]; token != NULL; token = token->next) {
        if (same(token, word, length)) {
            *number = token->number;
            return true;
        }
    }
    return false;
}

bool tokens_number(struct tokens *tokens, const char *word, size_t length, size_t *number)
{
    if (tokens_find(tokens, word, length, number)) {
        return true;
    }
    struct token *token = alloc_new(sizeof *token + length);
    if (token == NULL) {
        return false;
    }
    size_t bucket = bucket_of(word, length);
    token->number = ++tokens->count;
    token->length = length;
    for (size_t i = 0; i < length; i++) {
        token->word[i] = lower(word[i]);
    }
    token->next = tokens->buckets[bucket];
    tokens->buckets[bucket] = token;
    *number = token->number;
    return true;
}

void tokens_release(struct tokens *tokens)
{
    for (size_t i = 0; i < TOKENS_BUCKETS; i++) {
        while (tokens->buckets[i] != NULL) {
            struct token *next = tokens->buckets[i]->next;
            alloc_free(tokens->buckets[i]);
            tokens->buckets[i] = next;
        }
    }
    tokens->count = 0;
}
