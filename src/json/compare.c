/* A comparison as JSON: a document of its own, or a member of the document of the second look. */
#include "json/document.h"

#include "facts/causes.h"
#include "json/parts.h"

static void put_side(struct maker *maker, json_t *root, const char *name, const struct side *side)
{
    json_t *object = parts_put(maker, root, name, json_object());
    const struct field_table *table = &evidence_table;
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        /* Who was looked at, when and by what; the rest is the document itself. */
        if (field->kind != FIELD_LIST) {
            struct field_table one = *table;
            one.fields = field;
            one.count = 1;
            parts_put_fields(maker, object, &one, side->evidence);
        }
    }
    parts_put_verdict(maker, object, side->verdict);
}

static void put_check(struct maker *maker, json_t *checks, const struct comparison *comparison, enum check_id id)
{
    const struct check_reading *before = &comparison->before.verdict->checks[id];
    const struct check_reading *after = &comparison->after.verdict->checks[id];
    json_t *object = parts_append(maker, checks, json_object());
    parts_put_text(maker, object, "id", field_name_of(check_names, (int)id));
    parts_put_text(maker, object, "step", field_name_of(step_names, (int)comparison->steps[id]));
    parts_put_text(maker, object, "before", field_name_of(check_status_names, (int)before->status));
    parts_put_text(maker, object, "after", field_name_of(check_status_names, (int)after->status));
    parts_put_text(maker, object, "summary_before", before->summary);
    parts_put_text(maker, object, "summary_after", after->summary);
}

static void put_cause(struct maker *maker, json_t *causes, const struct compared_cause *one)
{
    const struct cause_fact *fact = cause_fact(one->cause);
    json_t *object = parts_append(maker, causes, json_object());
    parts_put_text(maker, object, "cause", fact != NULL ? fact->slug : NULL);
    parts_put_text(maker, object, "fate", field_name_of(fate_names, (int)one->fate));
    parts_put_text_or_null(maker, object, "before",
                           one->before != CERTAINTY_NONE ? field_name_of(certainty_names, (int)one->before) : NULL);
    parts_put_text_or_null(maker, object, "after",
                           one->after != CERTAINTY_NONE ? field_name_of(certainty_names, (int)one->after) : NULL);
}

static void put_change(struct maker *maker, json_t *changes, const struct change *change,
                       const struct compared_change *words)
{
    json_t *object = parts_append(maker, changes, json_object());
    parts_put_text_or_null(maker, object, "check",
                           change->check != CHECK_COUNT ? field_name_of(check_names, (int)change->check) : NULL);
    parts_put_text(maker, object, "field", change->place);
    parts_put_text(maker, object, "kind", field_name_of(change_kind_names, (int)change->kind));
    parts_put(maker, object, "counts", json_boolean(words->shown));
    parts_put_text_or_null(maker, object, "before", change->before);
    parts_put_text_or_null(maker, object, "after", change->after);
    parts_put_text(maker, object, "what", words->what);
    parts_put_text_or_null(maker, object, "before_words", words->before);
    parts_put_text_or_null(maker, object, "after_words", words->after);
}

void parts_put_comparison(struct maker *maker, json_t *object, const struct comparison *comparison)
{
    parts_put_text(maker, object, "outcome", field_name_of(outcome_names, (int)comparison->outcome));
    parts_put_text(maker, object, "summary", comparison->summary);
    parts_put_words(maker, object, "notes", &comparison->notes);
    json_t *steps = parts_put(maker, object, "steps", json_array());
    for (int id = 0; id < CHECK_COUNT; id++) {
        put_check(maker, steps, comparison, (enum check_id)id);
    }
    json_t *causes = parts_put(maker, object, "compared_causes", json_array());
    for (size_t i = 0; i < comparison->cause_count; i++) {
        put_cause(maker, causes, &comparison->causes[i]);
    }
    json_t *changes = parts_put(maker, object, "changes", json_array());
    for (size_t i = 0; i < comparison->changes.count; i++) {
        put_change(maker, changes, &comparison->changes.items[i], &comparison->words[i]);
    }
    parts_put(maker, object, "cut", json_boolean(comparison->changes.cut));
}

void parts_put_since(struct maker *maker, json_t *root, const struct comparison *comparison)
{
    json_t *object = parts_put(maker, root, "since", json_object());
    put_side(maker, object, "before", &comparison->before);
    parts_put_comparison(maker, object, comparison);
}

char *comparison_text(const struct comparison *comparison, struct error *error)
{
    parts_own_memory();
    struct maker maker = { 0 };
    json_t *root = parts_head("diff");
    put_side(&maker, root, "before", &comparison->before);
    put_side(&maker, root, "after", &comparison->after);
    parts_put_comparison(&maker, root, comparison);
    return parts_text(&maker, root, error);
}
