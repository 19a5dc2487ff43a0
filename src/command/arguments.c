#include "command/arguments.h"

#include <string.h>

bool argument_flag(const struct argument_flag *flags, size_t count, const char *word, void *options)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, flags[i].name) == 0) {
            *(bool *)((char *)options + flags[i].offset) = true;
            return true;
        }
    }
    return false;
}

const char *argument_value(const char *name, int argc, char **argv, int *i, struct error *error)
{
    const size_t length = strlen(name);
    const char *word = argv[*i];
    if (strncmp(word, name, length) != 0 || (word[length] != '=' && word[length] != '\0')) {
        return NULL;
    }
    if (word[length] == '=') {
        return word + length + 1;
    }
    if (*i + 1 >= argc) {
        error_set(error, ERROR_USAGE, "%s needs a value", name);
        return NULL;
    }
    return argv[++*i];
}
