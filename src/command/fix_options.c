/* The command line of fix. */
#include <string.h>

#include "base/alloc.h"
#include "command/fix.h"

/* What needs a value, and where it goes. */
static const struct {
    const char *name;
    size_t place; /* offset of the const char * */
} texts[] = {
    { "--for", offsetof(struct fix_options, delivery) },      { "--remedy", offsetof(struct fix_options, remedy) },
    { "--system", offsetof(struct fix_options, system) },     { "--write", offsetof(struct fix_options, write) },
    { "--evidence", offsetof(struct fix_options, evidence) },
};

static const struct {
    const char *name;
    size_t place; /* offset of the bool */
} flags[] = {
    { "--json", offsetof(struct fix_options, json) },   { "-q", offsetof(struct fix_options, quiet) },
    { "--quiet", offsetof(struct fix_options, quiet) }, { "--folk", offsetof(struct fix_options, folk) },
    { "-h", offsetof(struct fix_options, help) },       { "--help", offsetof(struct fix_options, help) },
};

static const struct {
    const char *name;
    enum remedy_part part;
} parts[] = { { "--dry-run", PART_LOOK }, { "--undo", PART_UNDO }, { "--verify", PART_VERIFY } };

static bool take_flag(const char *word, struct fix_options *options)
{
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        if (strcmp(word, flags[i].name) == 0) {
            *(bool *)((char *)options + flags[i].place) = true;
            return true;
        }
    }
    return false;
}

static bool take_part(const char *word, struct fix_options *options, bool *taken, struct error *error)
{
    *taken = false;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (strcmp(word, parts[i].name) != 0) {
            continue;
        }
        *taken = true;
        if (options->part != PART_APPLY && options->part != parts[i].part) {
            return error_set(error, ERROR_USAGE, "fix: one of --dry-run, --undo and --verify at a time");
        }
        options->part = parts[i].part;
    }
    return true;
}

/* "--name VALUE" or "--name=VALUE"; `length` is that of "--name". NULL: nothing follows. */
static const char *value_at(int argc, char **argv, int *i, size_t length, struct error *error)
{
    if (argv[*i][length] == '=') {
        return argv[*i] + length + 1;
    }
    if (*i + 1 >= argc) {
        error_set(error, ERROR_USAGE, "fix: %.40s needs a value", argv[*i]);
        return NULL;
    }
    (*i)++;
    return argv[*i];
}

static bool names_value(const char *name, size_t length, const char *asked)
{
    if (strlen(asked) != length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        char a = asked[i] == '_' ? '-' : asked[i];
        char b = name[i] == '_' ? '-' : name[i];
        if (a != b) {
            return false;
        }
    }
    return true;
}

/* Does a delivery or a remedy ask for a value of this name? Then it is an option, too: --resource-group. */
static const char *asked_name(const char *name, size_t length)
{
    const struct remedy_fact *remedy;
    for (const struct delivery *delivery = deliveries; delivery->id != NULL; delivery++) {
        for (const struct ask *ask = delivery->asks; ask->name != NULL; ask++) {
            if (names_value(name, length, ask->name)) {
                return ask->name;
            }
        }
    }
    for (unsigned i = 0; (remedy = remedy_at(i)) != NULL; i++) {
        for (unsigned n = 0; n < remedy->ask_count; n++) {
            if (names_value(name, length, remedy->asks[n].name)) {
                return remedy->asks[n].name;
            }
        }
    }
    return NULL;
}

static bool set_pair(const char *pair, struct fix_options *options, struct error *error)
{
    char name[40];
    size_t length = strcspn(pair, "=");
    if (pair[length] != '=' || length >= sizeof name) {
        return error_set(error, ERROR_USAGE, "fix: --set takes NAME=VALUE");
    }
    const char *known = asked_name(pair, length);
    if (known == NULL) {
        return error_set(error, ERROR_USAGE, "fix: --set %.*s: no repair and no delivery asks for that", (int)length,
                         pair);
    }
    snprintf(name, sizeof name, "%s", known);
    char from[60];
    snprintf(from, sizeof from, "--set %s", name);
    return values_set(&options->values, name, pair + length + 1, from, error);
}

static bool take_word(int argc, char **argv, int *i, struct fix_options *options, struct error *error)
{
    const char *word = argv[*i];
    size_t length = strcspn(word, "=");
    const char *value = NULL;
    bool taken = false;
    if (take_flag(word, options)) {
        return true;
    }
    if (!take_part(word, options, &taken, error) || taken) {
        return taken && error->kind == ERROR_NONE;
    }
    for (size_t n = 0; n < COUNT_OF(texts); n++) {
        if (strlen(texts[n].name) == length && strncmp(word, texts[n].name, length) == 0) {
            value = value_at(argc, argv, i, length, error);
            *(const char **)((char *)options + texts[n].place) = value;
            return value != NULL;
        }
    }
    if (strncmp(word, "--color=", strlen("--color=")) == 0) {
        return output_colour_parse(word + strlen("--color="), &options->colour, error);
    }
    if (length == strlen("--set") && strncmp(word, "--set", length) == 0) {
        value = value_at(argc, argv, i, length, error);
        return value != NULL && set_pair(value, options, error);
    }
    const char *known = strncmp(word, "--", 2) == 0 && length > 2 ? asked_name(word + 2, length - 2) : NULL;
    if (known == NULL) {
        return error_set(error, ERROR_USAGE, "fix: %.60s: no such option; see rdpwhy fix --help", word);
    }
    char from[44];
    snprintf(from, sizeof from, "%.*s", (int)length, word);
    value = value_at(argc, argv, i, length, error);
    return value != NULL && values_set(&options->values, known, value, from, error);
}

bool fix_options_parse(int argc, char **argv, struct fix_options *options, struct error *error)
{
    unsigned count = 0;
    *options = (struct fix_options){ .part = PART_APPLY };
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-') {
            if (!take_word(argc, argv, &i, options, error)) {
                return false;
            }
        } else if (count == FIX_WORDS) {
            return error_set(error, ERROR_USAGE, "fix: one cause at a time, not a text");
        } else {
            options->words[count++] = argv[i];
        }
    }
    if (count > 1 && !options->folk) {
        return error_set(error, ERROR_USAGE, "fix: one cause at a time (\"%.40s\" and \"%.40s\")", options->words[0],
                         options->words[1]);
    }
    options->cause = options->words[0];
    if (options->write != NULL && (options->json || options->quiet)) {
        return error_set(error, ERROR_USAGE, "fix: --write says what it wrote; leave --json and -q out");
    }
    if (options->json && options->quiet) {
        return error_set(error, ERROR_USAGE, "fix: --json and -q exclude each other");
    }
    return true;
}

void fix_options_help(FILE *out)
{
    fputs("rdpwhy fix [CAUSE]: the repair as a script, its risk, its undo, and how to bring\n"
          "it to the machine when Remote Desktop is down. Only --apply runs anything.\n\n"
          "  rdpwhy fix                                  every cause with a repair\n"
          "  rdpwhy fix security-layer-mismatch          the narrowest repair\n"
          "  rdpwhy fix security-layer-mismatch --for azure --resource-group RG --vm VM\n"
          "  rdpwhy fix security-layer-mismatch --write DIR  all of it as files\n\n"
          "Which part of it\n"
          "  --dry-run            the script that only looks\n"
          "  --undo               the script that puts back what was saved\n"
          "  --verify             the script that says whether it worked\n"
          "Which way\n"
          "  --for WAY            ",
          out);
    for (const struct delivery *delivery = deliveries; delivery->id != NULL; delivery++) {
        bool middle = (delivery - deliveries) % 6 == 5;
        fprintf(out, "%s%s", delivery->id,
                delivery[1].id == NULL ? "\n"
                : middle               ? ",\n                       "
                                       : ", ");
    }
    fputs("  --set NAME=VALUE     a value of the script or the way; also --NAME VALUE\n"
          "  --evidence FILE      a saved document: fills in values, helps to choose\n"
          "  --remedy NAME        this repair, not the narrowest\n"
          "  --system NAME        the server's: windows, xrdp, freerdp ...\n"
          "What comes out\n"
          "  --write DIR          scripts, undo, parameters, README; overwrites nothing\n"
          "  -q, --quiet          the script alone\n"
          "  --json               one JSON document on stdout\n"
          "  --folk [WORDS]       popular advice that hurts, and what to do instead\n"
          "  --color=auto|always|never\n"
          "Where rdpwhy reaches the machine itself (xrdp and other servers on Linux)\n",
          out);
    fix_apply_help(out);
    fputs("\n"
          "Exit status: 0; 64 no such cause or option; 65 bad --evidence FILE, 66 it cannot\n"
          "be read, or --write DIR not be written; 70 internal.\n",
          out);
}
