#include "command/nearest.h"

#include <stdio.h>
#include <string.h>

#include "command/commands.h"

enum { NEAREST = 3, NAME_MAX_LENGTH = 63 };

/* How many letters have to be changed, added or taken away (Levenshtein's distance), for `b` or for how it begins. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[NAME_MAX_LENGTH + 1];
    size_t width = strlen(b) < NAME_MAX_LENGTH ? strlen(b) : NAME_MAX_LENGTH;
    for (size_t j = 0; j <= width; j++) {
        row[j] = (unsigned)j;
    }
    for (size_t i = 1; a[i - 1] != '\0' && i <= NAME_MAX_LENGTH; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= width; j++) {
            unsigned change = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
            unsigned least = row[j] + 1 < row[j - 1] + 1 ? row[j] + 1 : row[j - 1] + 1;
            corner = row[j];
            row[j] = change < least ? change : least;
        }
    }
    unsigned least = row[width];
    for (size_t j = 0; j < width; j++) {
        least = row[j] + 1 < least ? row[j] + 1 : least;
    }
    return least;
}

void nearest_causes(const char *name, bool (*fits)(enum cause cause), char *list, size_t size)
{
    bool taken[CAUSE_COUNT] = { false };
    size_t used = 0;
    list[0] = '\0';
    for (int turn = 0; turn < NEAREST; turn++) {
        int best = CAUSE_NONE;
        unsigned least = 1000;
        for (int id = CAUSE_NONE + 1; id < CAUSE_COUNT; id++) {
            if (taken[id] || (fits != NULL && !fits((enum cause)id))) {
                continue;
            }
            const char *slug = cause_fact((enum cause)id)->slug;
            unsigned far = strstr(slug, name) != NULL ? 0 : distance(name, slug);
            if (far < least) {
                least = far;
                best = id;
            }
        }
        if (best == CAUSE_NONE) {
            return;
        }
        taken[best] = true;
        used += (size_t)snprintf(list + used, used < size ? size - used : 0, "%s%s", turn > 0 ? ", " : "",
                                 cause_fact((enum cause)best)->slug);
    }
}

const char *nearest_command(const char *word)
{
    enum { SHORTEST = 3 };
    const char *best = NULL;
    unsigned least = strlen(word) < SHORTEST ? 0 : 3;
    for (const struct command *command = commands; command->name != NULL; command++) {
        const unsigned most = strlen(command->name) > 4 ? 2 : 1;
        const unsigned far = distance(word, command->name);
        if (far <= most && far < least) {
            best = command->name;
            least = far;
        }
    }
    return best;
}

const char *nearest_option(const struct arguments *arguments, const char *word)
{
    enum { SHORTEST = 5, LONG = 8 }; /* with the two hyphens */
    char typed[NAME_MAX_LENGTH + 1];
    const size_t length = strcspn(word, "=");
    snprintf(typed, sizeof typed, "%s%.*s", word[1] == '-' ? "" : "-", (int)(length < 50 ? length : 50), word);
    const char *best = NULL;
    unsigned least = strlen(typed) < SHORTEST ? 0 : strlen(typed) < LONG ? 2 : 3;
    for (size_t i = 0; i < arguments->count; i++) {
        const struct argument *row = &arguments->rows[i];
        const unsigned far = distance(typed, row->name);
        if (far < least && row->kind != ARGUMENT_LATER &&
            arguments_by_name(arguments, row->name, strlen(row->name)) == row) {
            best = row->name;
            least = far;
        }
    }
    return best;
}
