#include "remedy/script.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "remedy/quote.h"

enum { SCRIPT_MAX = 256 << 10, WIDTH = 100 };

/* What is being put together. */
struct script {
    const struct remedy_fact *remedy;
    enum remedy_part part;
    const struct values *values;
    struct buffer text;
};

const char *remedy_part_name(enum remedy_part part)
{
    static const char *const names[] = { "look", "apply", "undo", "verify" };
    return names[part];
}

static const char *section_of(const struct remedy_fact *remedy, enum remedy_part part)
{
    const char *const sections[] = { remedy->look, remedy->apply, remedy->undo, remedy->verify };
    return sections[part];
}

bool remedy_has(const struct remedy_fact *remedy, enum remedy_part part)
{
    return section_of(remedy, part) != NULL;
}

static const char *comment_mark(enum remedy_kind kind)
{
    return kind == REMEDY_CMD ? "rem " : kind == REMEDY_WORDS ? "" : "# ";
}

/* Words as comment lines, broken at spaces. */
static void comment(struct script *script, const char *label, const char *words)
{
    const char *mark = comment_mark(script->remedy->kind);
    size_t at = strlen(mark) + strlen(label);
    buffer_format(&script->text, "%s%s", mark, label);
    while (*words != '\0') {
        size_t size = strcspn(words, " ");
        if (at > strlen(mark) + strlen(label) && at + size > WIDTH) {
            buffer_format(&script->text, "\n%s   ", mark);
            at = strlen(mark) + 3;
        }
        for (size_t i = 0; i < size; i++) { /* cmd would act on some of them, behind rem too */
            bool acts = script->remedy->kind == REMEDY_CMD && strchr("<>|&^%\"", words[i]) != NULL;
            buffer_add(&script->text, acts ? "." : words + i, 1);
        }
        buffer_text(&script->text, words[size] == ' ' ? " " : "");
        at += size + 1;
        words += size + (words[size] == ' ' ? 1 : 0);
    }
    buffer_text(&script->text, "\n");
}

static void head(struct script *script)
{
    const struct remedy_fact *remedy = script->remedy;
    char title[128];
    bool all = remedy->kind == REMEDY_WORDS && script->part == PART_APPLY;
    snprintf(title, sizeof title, "rdpwhy %s%s%s: ", remedy->name, all ? "" : ", ",
             all ? "" : remedy_part_name(script->part));
    comment(script, title, remedy->title);
    if (script->part == PART_LOOK || script->part == PART_VERIFY) {
        comment(script, "Changes nothing.", "");
    } else {
        comment(script, "Risk: ", risk_name(remedy->risk));
        comment(script, "Interrupts: ", remedy->restarts);
        comment(script, "Saves: ", remedy->saves);
        comment(script, "Undo: ", remedy->reverts);
    }
    if (remedy->kind == REMEDY_POWERSHELL || remedy->kind == REMEDY_CMD) {
        comment(script, "Not yet run on Windows: read it before you run it.", "");
    }
}

static void set(struct script *script, const char *name, const char *literal)
{
    switch (script->remedy->kind) {
    case REMEDY_POWERSHELL:
        buffer_format(&script->text, "$%s = %s\n", name, literal);
        break;
    case REMEDY_SH:
        buffer_format(&script->text, "%s=%s\n", name, literal);
        break;
    case REMEDY_CMD: /* set "NAME=VALUE": the literal brings its own quotes */
        buffer_format(&script->text, "set \"%s=%s\n", name, literal + 1);
        break;
    case REMEDY_WORDS:
        break;
    }
}

/* Nothing runs while a placeholder stands in the script. */
static void set_missing(struct script *script, const struct remedy_ask *ask)
{
    switch (script->remedy->kind) {
    case REMEDY_POWERSHELL:
        buffer_format(&script->text, "$ask_%s = ''\n", ask->name);
        buffer_format(&script->text, "if ($ask_%s -eq '') { throw 'fill in the line above: ask_%s' }\n", ask->name,
                      ask->name);
        break;
    case REMEDY_SH:
        buffer_format(&script->text, "ask_%s=''\n", ask->name);
        buffer_format(&script->text, "[ -n \"$ask_%s\" ] || { echo 'fill in the line above: ask_%s' >&2; exit 64; }\n",
                      ask->name, ask->name);
        break;
    case REMEDY_CMD:
        buffer_format(&script->text, "set \"ask_%s=\"\n", ask->name);
        buffer_format(&script->text, "if not defined ask_%s (echo fill in the line above: ask_%s& exit /b 64)\n",
                      ask->name, ask->name);
        break;
    case REMEDY_WORDS:
        break;
    }
}

static bool set_value(struct script *script, const struct remedy_ask *ask, struct error *error)
{
    const struct value *value = values_find(script->values, ask->name);
    const char *text = value != NULL ? value->text : ask->preset;
    if (text == NULL) {
        set_missing(script, ask);
        return true;
    }
    if (!value_check(ask->type, value != NULL ? value->from : ask->name, text, error)) {
        return false;
    }
    char name[64];
    struct buffer literal;
    buffer_init(&literal, 4096);
    bool quoted = script->remedy->kind == REMEDY_WORDS || quote(&literal, script->remedy->kind, text);
    if (quoted && script->remedy->kind != REMEDY_WORDS) {
        snprintf(name, sizeof name, "ask_%s", ask->name);
        set(script, name, (const char *)literal.bytes);
    }
    bool no_memory = literal.failed;
    buffer_release(&literal);
    if (no_memory) {
        return error_no_memory(error);
    }
    return quoted || error_set(error, ERROR_USAGE, "%s: \"%.60s\" cannot be written in this kind of script",
                               value != NULL ? value->from : ask->name, text);
}

static const struct remedy_ask *ask_of_words(const struct remedy_fact *remedy, const char *name, size_t length)
{
    for (unsigned i = 0; i < remedy->ask_count; i++) {
        if (strlen(remedy->asks[i].name) == length && memcmp(remedy->asks[i].name, name, length) == 0) {
            return &remedy->asks[i];
        }
    }
    return NULL;
}

/* {name} becomes the value, or YOUR-NAME. The types that words may ask for need no quotes anywhere. */
static bool add_words(struct script *script, const char *words, struct error *error)
{
    bool bare = true;
    while (*words != '\0') {
        size_t length = *words == '{' ? strcspn(words + 1, "}") : 0;
        const struct remedy_ask *ask = length > 0 ? ask_of_words(script->remedy, words + 1, length) : NULL;
        if (ask == NULL) {
            buffer_add(&script->text, words++, 1);
            continue;
        }
        const struct value *value = values_find(script->values, ask->name);
        const char *text = value != NULL ? value->text : ask->preset;
        if (text != NULL) {
            bare = bare && quote(&script->text, REMEDY_WORDS, text);
        } else {
            buffer_text(&script->text, "YOUR-");
            for (const char *at = ask->name; *at != '\0'; at++) {
                buffer_add(&script->text, &(char){ (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at) }, 1);
            }
        }
        words += length + 2;
    }
    return bare ||
           error_set(error, ERROR_USAGE, "%s: a value would need quotes in a line of words", script->remedy->name);
}

static bool add_section(struct script *script, enum remedy_part part, struct error *error)
{
    const struct remedy_fact *remedy = script->remedy;
    const struct remedy_frame *frame = remedy_frame(remedy->kind);
    const char *section = section_of(remedy, part);
    if (remedy->kind == REMEDY_WORDS) {
        static const char *const titles[] = { "First look", "Then do this", "To go back", "Did it help" };
        buffer_format(&script->text, "\n%s:\n", titles[part]);
        return add_words(script, section, error);
    }
    buffer_format(&script->text, "%s%s%s", frame->open != NULL ? frame->open : "", section,
                  frame->close != NULL ? frame->close : "");
    return true;
}

/* Words are for a person, who wants all of it on one page. */
static bool build_words(struct script *script, struct error *error)
{
    static const enum remedy_part all[] = { PART_LOOK, PART_APPLY, PART_VERIFY, PART_UNDO };
    head(script);
    for (unsigned i = 0; i < script->remedy->ask_count; i++) {
        if (!set_value(script, &script->remedy->asks[i], error)) {
            return false;
        }
    }
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        bool wanted = script->part == PART_APPLY || script->part == all[i];
        if (wanted && remedy_has(script->remedy, all[i]) && !add_section(script, all[i], error)) {
            return false;
        }
    }
    return true;
}

static bool build(struct script *script, struct error *error)
{
    const struct remedy_fact *remedy = script->remedy;
    const struct remedy_frame *frame = remedy_frame(remedy->kind);
    char quoted[80];
    const char *mark = remedy->kind == REMEDY_CMD ? "\"" : "'"; /* names and parts are words of our own */
    head(script);
    snprintf(quoted, sizeof quoted, "%s%s%s", mark, remedy->name, mark);
    set(script, "rdpwhy_remedy", quoted);
    snprintf(quoted, sizeof quoted, "%s%s%s", mark, remedy_part_name(script->part), mark);
    set(script, "rdpwhy_part", quoted);
    for (unsigned i = 0; i < remedy->ask_count; i++) {
        if (!set_value(script, &remedy->asks[i], error)) {
            return false;
        }
    }
    buffer_format(&script->text, "%s%s", frame->begin != NULL ? frame->begin : "",
                  remedy->setup != NULL ? remedy->setup : "");
    if (!add_section(script, script->part, error) ||
        (script->part == PART_APPLY && !add_section(script, PART_VERIFY, error))) {
        return false;
    }
    buffer_text(&script->text, frame->end != NULL ? frame->end : "");
    buffer_format(&script->text, "%s%s\n", comment_mark(remedy->kind), SCRIPT_LAST_WORDS);
    return true;
}

char *remedy_script(const struct remedy_fact *remedy, enum remedy_part part, const struct values *values,
                    struct error *error)
{
    struct script script = { .remedy = remedy, .part = part, .values = values };
    if (!remedy_has(remedy, part)) {
        error_set(error, ERROR_USAGE, "%s has no undo: %s", remedy->name, remedy->reverts);
        return NULL;
    }
    buffer_init(&script.text, SCRIPT_MAX);
    bool words = remedy->kind == REMEDY_WORDS;
    char *text = (words ? build_words(&script, error) : build(&script, error)) ? buffer_steal_text(&script.text) : NULL;
    if (text == NULL && script.text.failed) {
        error_no_memory(error);
    }
    buffer_release(&script.text);
    return text;
}
