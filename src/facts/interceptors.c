#include "facts/interceptors.h"

#include <stdbool.h>
#include <string.h>

#include "facts/tables.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool starts_with(const char *text, const char *start)
{
    while (*start != '\0' && lower(*text) == lower(*start)) {
        text++;
        start++;
    }
    return *start == '\0';
}

const struct interceptor_fact *interceptor_by_issuer(const char *issuer)
{
    for (unsigned i = 0; i < facts_interceptors_count; i++) {
        for (const char *at = issuer; *at != '\0'; at++) {
            if (starts_with(at, facts_interceptors[i].fragment))
                return &facts_interceptors[i];
        }
    }
    return NULL;
}

size_t interceptor_fragment_at(const char *text)
{
    size_t longest = 0;
    for (unsigned i = 0; i < facts_interceptors_count; i++) {
        size_t length = strlen(facts_interceptors[i].fragment);
        if (length > longest && starts_with(text, facts_interceptors[i].fragment)) {
            longest = length;
        }
    }
    return longest;
}
