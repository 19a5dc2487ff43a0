/* The command line of fix. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "command/fix.h"
#include "remedy/apply.h"

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

static bool set_asked(void *into, const char *value, struct error *error)
{
    struct fix_options *options = into;
    return values_set(&options->values, options->asked.name, value, options->asked_as, error);
}

static const struct argument *find_asked(void *into, const char *word, size_t length)
{
    struct fix_options *options = into;
    const char *name = length > 2 ? asked_name(word + 2, length - 2) : NULL;
    if (name == NULL) {
        return NULL;
    }
    snprintf(options->asked_as, sizeof options->asked_as, "%.*s", (int)length, word);
    options->asked = (struct argument){ .name = name, .kind = ARGUMENT_VALUE, .take = set_asked };
    return &options->asked;
}

static bool set_pair(void *into, const char *pair, struct error *error)
{
    struct fix_options *options = into;
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

static bool take_part(struct fix_options *options, enum remedy_part part, struct error *error)
{
    if (options->part != PART_APPLY && options->part != part) {
        return error_set(error, ERROR_USAGE, "fix: one of --dry-run, --undo and --verify at a time");
    }
    options->part = part;
    return true;
}

static bool take_look(void *into, const char *value, struct error *error)
{
    (void)value;
    return take_part(into, PART_LOOK, error);
}

static bool take_undo(void *into, const char *value, struct error *error)
{
    (void)value;
    return take_part(into, PART_UNDO, error);
}

static bool take_verify(void *into, const char *value, struct error *error)
{
    (void)value;
    return take_part(into, PART_VERIFY, error);
}

static bool take_word(void *into, const char *word, struct error *error)
{
    struct fix_options *options = into;
    if (options->word_count == FIX_WORDS) {
        return error_set(error, ERROR_USAGE, "fix: one cause at a time, not a text");
    }
    options->words[options->word_count++] = word;
    return true;
}

#define FLAG(option, key, member) ARGUMENT_AT(struct fix_options, option, key, ARGUMENT_FLAG, member)
#define TEXT(option, member)      ARGUMENT_AT(struct fix_options, option, 0, ARGUMENT_TEXT, member)
static const struct argument rows[] = {
    { .name = "--dry-run", .kind = ARGUMENT_CALL, .take = take_look },
    { .name = "--undo", .kind = ARGUMENT_CALL, .take = take_undo },
    { .name = "--verify", .kind = ARGUMENT_CALL, .take = take_verify },
    TEXT("--for", delivery),
    { .name = "--set", .kind = ARGUMENT_VALUE, .take = set_pair },
    TEXT("--evidence", evidence),
    TEXT("--remedy", remedy),
    TEXT("--system", system),
    TEXT("--write", write),
    FLAG("--folk", 0, folk),
    FLAG("--apply", 0, apply.wanted),
    FLAG("--local", 0, apply.local),
    TEXT("--ssh", apply.ssh),
    TEXT("--ssh-config", apply.ssh_config),
    TEXT("--host", apply.host),
    FLAG("--yes", 0, apply.yes),
    FLAG("--keep", 0, apply.keep),
    TEXT("--put-back-after", apply.seconds),
    FLAG("--json", 0, json),
    FLAG("--quiet", 'q', quiet),
    FLAG("--verbose", 'v', verbose),
    ARGUMENT_AT(struct fix_options, "--color", 0, ARGUMENT_COLOUR, colour),
    FLAG("--help", 'h', help),
};
const struct arguments fix_arguments = {
    .command = "fix", .rows = rows, .count = COUNT_OF(rows), .word = take_word, .find = find_asked
};

/* What goes with --apply, and with nothing else. */
static bool apply_fits(struct fix_options *options, struct error *error)
{
    uint64_t seconds = APPLY_LIMIT_S;
    const char *alone = options->apply.ssh != NULL          ? "--ssh"
                        : options->apply.ssh_config != NULL ? "--ssh-config"
                        : options->apply.host != NULL       ? "--host"
                        : options->apply.seconds != NULL    ? "--put-back-after"
                        : options->apply.local              ? "--local"
                        : options->apply.yes                ? "--yes"
                        : options->apply.keep               ? "--keep"
                                                            : NULL;
    if (!options->apply.wanted) {
        if (alone != NULL && strcmp(alone, "--host") == 0 && asked_name("host", strlen("host")) != NULL) {
            return values_set(&options->values, "host", options->apply.host, alone,
                              error); /* a way asks for one, too */
        }
        return alone == NULL || error_set(error, ERROR_USAGE, "fix: %s goes with --apply", alone);
    }
    if (options->apply.local && options->apply.ssh != NULL) {
        return error_set(error, ERROR_USAGE, "fix: --local or --ssh, not both");
    }
    if (options->apply.ssh != NULL && !apply_place_check(options->apply.ssh, error)) {
        return false;
    }
    if (options->apply.seconds != NULL &&
        (!text_number(options->apply.seconds, APPLY_LIMIT_MAX_S, &seconds) || seconds < APPLY_LIMIT_MIN_S)) {
        return error_set(error, ERROR_USAGE, "fix: --put-back-after takes seconds, %d to %d", APPLY_LIMIT_MIN_S,
                         APPLY_LIMIT_MAX_S);
    }
    options->apply.limit_s = (unsigned)seconds;
    return true;
}

bool fix_options_parse(int argc, char **argv, struct fix_options *options, struct error *error)
{
    *options = (struct fix_options){ .part = PART_APPLY };
    if (!arguments_parse(&fix_arguments, argc, argv, options, error)) {
        return false;
    }
    if (options->word_count > 1 && !options->folk) {
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
    return apply_fits(options, error);
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
          "  -v, --verbose        the same: everything is shown anyway\n"
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
