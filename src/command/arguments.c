#include "command/arguments.h"

#include <string.h>

#include "command/nearest.h"
#include "command/output.h"

const struct argument *arguments_by_name(const struct arguments *arguments, const char *word, size_t length)
{
    for (size_t i = 0; i < arguments->count; i++) {
        const struct argument *row = &arguments->rows[i];
        if ((row->of == 0 || (row->of & arguments->of) != 0) && strlen(row->name) == length &&
            strncmp(row->name, word, length) == 0) {
            return row;
        }
    }
    return NULL;
}

const struct argument *arguments_by_letter(const struct arguments *arguments, char letter)
{
    for (size_t i = 0; i < arguments->count; i++) {
        const struct argument *row = &arguments->rows[i];
        if ((row->of == 0 || (row->of & arguments->of) != 0) && row->letter == letter) {
            return row;
        }
    }
    return NULL;
}

bool argument_takes_next(const struct argument *argument)
{
    return argument->kind == ARGUMENT_TEXT || argument->kind == ARGUMENT_VALUE;
}

static bool apply(const struct argument *row, const char *value, void *into, struct error *error)
{
    void *place = (char *)into + row->place;
    switch (row->kind) {
    case ARGUMENT_FLAG:
        *(bool *)place = true;
        return true;
    case ARGUMENT_TEXT:
        *(const char **)place = value;
        return true;
    case ARGUMENT_COLOUR:
        return output_colour_parse(value, place, error);
    case ARGUMENT_CALL:
    case ARGUMENT_VALUE:
        return row->take(into, value, error);
    case ARGUMENT_LATER:
        break;
    }
    return error_set(error, ERROR_USAGE, "%s: not in this version", row->name);
}

/* Without what stands behind '=': it may be a password. */
static bool no_such_option(const struct arguments *arguments, const char *word, struct error *error)
{
    const size_t length = strcspn(word, "=");
    const char *meant = nearest_option(arguments, word);
    return error_set(error, ERROR_USAGE, "%.*s: no such option; see rdpwhy %s --help%s%s%s",
                     (int)(length < 60 ? length : 60), word, arguments->command, meant != NULL ? " (" : "",
                     meant != NULL ? meant : "", meant != NULL ? " is one)" : "");
}

/* One "-qv4" word. */
static bool parse_letters(const struct arguments *arguments, const char *word, void *into, struct error *error)
{
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const struct argument *row = arguments_by_letter(arguments, *letter);
        if (row == NULL) {
            return no_such_option(arguments, word, error);
        }
        if (!apply(row, NULL, into, error)) {
            return false;
        }
    }
    return true;
}

/* The value behind '=' or in the next argument, and *i moved to it. False: there has to be one, and is none. */
static bool value_of(const struct arguments *arguments, const struct argument *row, int argc, char **argv, int *i,
                     const char **value, struct error *error)
{
    const char *word = argv[*i];
    const size_t length = strcspn(word, "=");
    *value = word[length] == '=' ? word + length + 1 : NULL;
    if (row->kind == ARGUMENT_FLAG || row->kind == ARGUMENT_CALL) {
        return *value == NULL || error_set(error, ERROR_USAGE, "%s takes no value", row->name);
    }
    if (row->kind == ARGUMENT_LATER) {
        return true;
    }
    if (row->kind == ARGUMENT_COLOUR && *value == NULL) {
        return error_set(error, ERROR_USAGE, "%s needs a value: --color=auto, --color=always or --color=never",
                         row->name);
    }
    if (*value == NULL && *i + 1 < argc) {
        *value = argv[++*i];
    }
    if (*value == NULL) {
        return error_set(error, ERROR_USAGE, "%.60s needs a value; see rdpwhy %s --help", word, arguments->command);
    }
    return (*value)[0] != '\0' || error_set(error, ERROR_USAGE, "%.*s: its value is empty; see rdpwhy %s --help",
                                            (int)(length < 60 ? length : 60), word, arguments->command);
}

static bool parse_word(const struct arguments *arguments, int argc, char **argv, int *i, void *into,
                       struct error *error)
{
    const char *word = argv[*i];
    const size_t length = strcspn(word, "=");
    const char *value;
    const struct argument *row = arguments_by_name(arguments, word, length);
    if (row == NULL && arguments->find != NULL) {
        row = arguments->find(into, word, length);
    }
    if (row == NULL) {
        return no_such_option(arguments, word, error);
    }
    return value_of(arguments, row, argc, argv, i, &value, error) && apply(row, value, into, error);
}

bool arguments_parse(const struct arguments *arguments, int argc, char **argv, void *into, struct error *error)
{
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        const bool number = arguments->numbers && word[0] == '-' && word[1] >= '0' && word[1] <= '9';
        bool good = true;
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (only_words || word[0] != '-' || word[1] == '\0' || number) {
            good = arguments->word(into, word, error);
        } else if (word[1] == '-') {
            good = parse_word(arguments, argc, argv, &i, into, error);
        } else {
            good = parse_letters(arguments, word, into, error);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}
