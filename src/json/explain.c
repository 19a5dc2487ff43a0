#include "json/explain.h"

#include <stdio.h>
#include <string.h>

#include "json/parts.h"

static const char *first_source(const char *sources)
{
    const struct source_fact *source = source_fact(sources, (unsigned)strcspn(sources, " "));
    return source != NULL ? source->where : NULL;
}

static void put_near(struct maker *maker, json_t *object, const struct explained_code *code)
{
    if (code->near_count == 0)
        return;
    json_t *near = parts_put(maker, object, "near", json_array());
    for (unsigned i = 0; i < code->near_count; i++) {
        char hex[16];
        snprintf(hex, sizeof hex, "0x%X", code->near[i]);
        parts_append(maker, near, json_string(hex));
    }
}

static void put_code(struct maker *maker, json_t *codes, const struct explained_code *code)
{
    json_t *object = parts_append(maker, codes, json_object());
    char hex[16];
    snprintf(hex, sizeof hex, "0x%X", code->value);
    parts_put_text(maker, object, "kind", code_kind_name(code->kind));
    parts_put_int(maker, object, "value", code->value);
    parts_put_text(maker, object, "hex", hex);
    if (code->fact != NULL) {
        parts_put_text(maker, object, "name", code->fact->name);
        parts_put_text(maker, object, "meaning", code->fact->meaning);
        parts_put_text(maker, object, "beware", code->fact->beware);
        parts_put_text(maker, object, "layer", code->fact->layer);
        parts_put_text(maker, object, "source", first_source(code->fact->sources));
        parts_put_text(maker, object, "confidence", code->fact->confidence);
    }
    if (code->event != NULL) {
        parts_put_text(maker, object, "name", code->event->provider);
        parts_put_text(maker, object, "meaning", code->event->meaning);
        parts_put_text(maker, object, "layer", code->event->side);
        parts_put_text(maker, object, "source", first_source(code->event->sources));
        parts_put_text(maker, object, "confidence", code->event->confidence);
    }
    put_near(maker, object, code);
}

static void put_cause(struct maker *maker, json_t *causes, enum cause cause)
{
    const struct cause_fact *fact = cause_fact(cause);
    json_t *object = parts_append(maker, causes, json_object());
    parts_put_text(maker, object, "cause", fact->slug);
    parts_put_text(maker, object, "certainty", "possible");
    parts_put_text(maker, object, "check", fact->check);
    parts_put_text(maker, object, "sentence", fact->sentence);
    json_t *deciders = parts_put(maker, object, "decide_with", json_array());
    for (const enum test *test = fact->tests; *test != TEST_NONE; test++) {
        const struct test_fact *how = test_fact(*test);
        json_t *decider = parts_append(maker, deciders, json_object());
        parts_put_text(maker, decider, "test", how->id);
        parts_put_text(maker, decider, "by", how->by == BY_PROGRAM ? "program" : "person");
        parts_put_text(maker, decider, "words", how->words);
        parts_put_text_or_null(maker, decider, "command", how->command);
    }
}

static void put_next(struct maker *maker, json_t *root, const struct explanation *explanation)
{
    json_t *next = parts_put(maker, root, "next", json_array());
    for (unsigned i = 0; i < explanation->next_count; i++) {
        const struct explained_next *step = &explanation->next[i];
        json_t *object = parts_append(maker, next, json_object());
        parts_put_text(maker, object, "do", step->what);
        parts_put_text_or_null(maker, object, "command", step->command[0] != '\0' ? step->command : NULL);
        parts_put_text(maker, object, "where", place_name(step->where));
        parts_put_text(maker, object, "risk", risk_name(step->risk));
    }
}

char *explain_text(const struct explanation *explanation, struct error *error)
{
    struct maker maker = { .failed = false };
    parts_own_memory();
    json_t *root = parts_head("explain");
    json_t *codes = parts_put(&maker, root, "codes", json_array());
    for (unsigned i = 0; i < explanation->code_count; i++)
        put_code(&maker, codes, &explanation->codes[i]);
    json_t *causes = parts_put(&maker, root, "causes", json_array());
    for (unsigned i = 0; i < explanation->cause_count; i++)
        put_cause(&maker, causes, explanation->causes[i].cause);
    json_t *notes = parts_put(&maker, root, "notes", json_array());
    for (unsigned i = 0; i < explanation->note_count; i++)
        parts_append(&maker, notes, json_string(explanation->notes[i]));
    put_next(&maker, root, explanation);
    parts_put_text(&maker, root, "summary", explanation->summary);
    return parts_text(&maker, root, error);
}
