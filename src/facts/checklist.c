#include "facts/checklist.h"

#include <string.h>

#include "facts/tables.h"

const struct checklist_fact *checklist_at(unsigned index)
{
    return index < facts_checklist_count ? &facts_checklist[index] : 0;
}

bool checklist_is_for(const struct checklist_fact *step, const char *check)
{
    size_t length = strlen(check);
    const char *at = step->checks;
    if (strcmp(at, "*") == 0) {
        return true;
    }
    while (*at != '\0') {
        size_t word = strcspn(at, " ");
        if (word == length && strncmp(at, check, length) == 0) {
            return true;
        }
        at += word;
        at += *at == ' ' ? 1 : 0;
    }
    return false;
}
