/* What a script needs to be told, asked for where somebody is there to answer. */
#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "command/fix.h"

static bool read_line(char *line, int size)
{
    if (fgets(line, size, stdin) == NULL) {
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

bool fix_ask(const struct repair *repair, struct values *values)
{
    enum { TRIES = 3 };
    bool given = false;
    for (size_t i = 0; i < repair->missing_count; i++) {
        const struct repair_missing *missing = &repair->missing[i];
        char line[VALUE_SIZE];
        for (int tries = 0; tries < TRIES; tries++) {
            struct error error = { .kind = ERROR_NONE };
            fprintf(stderr, "%s (empty: a placeholder): ", missing->words);
            fflush(stderr);
            if (!read_line(line, sizeof line)) {
                fputs("\n", stderr);
                return given;
            }
            if (line[0] == '\0') {
                break;
            }
            if (value_check(missing->type, missing->name, line, &error) &&
                values_set(values, missing->name, line, missing->name, &error)) {
                given = true;
                break;
            }
            fprintf(stderr, "%s\n", error.text);
        }
    }
    return given;
}
