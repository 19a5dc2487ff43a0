#include "facts/phrases.h"

#include <string.h>

#include "facts/tables.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One character as the table writes it, and how many bytes of the text it took. */
static char next_character(const char *at, const char *end, size_t *taken)
{
    static const char curly[] = "\u2019";
    *taken = 1;
    if (is_space(*at)) {
        while (at + *taken < end && is_space(at[*taken]))
            ++*taken;
        return ' ';
    }
    if ((size_t)(end - at) >= strlen(curly) && memcmp(at, curly, strlen(curly)) == 0) {
        *taken = strlen(curly);
        return '\'';
    }
    return *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
}

static bool matches_at(const char *phrase, const char *at, const char *end)
{
    for (; *phrase != '\0'; phrase++) {
        size_t taken = 0;
        if (at == end || is_space(*at) != (*phrase == ' ')) /* long runs of spaces are walked only where they count */
            return false;
        if (next_character(at, end, &taken) != *phrase)
            return false;
        at += taken;
    }
    return true;
}

bool phrase_in(const struct phrase_fact *phrase, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (matches_at(phrase->phrase, text + i, text + size))
            return true;
    }
    return false;
}

const struct phrase_fact *phrase_at(unsigned index)
{
    return index < facts_phrases_count ? &facts_phrases[index] : NULL;
}
