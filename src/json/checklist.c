#include "json/checklist.h"

#include "json/parts.h"

static const char *or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static void put_step(struct maker *maker, json_t *steps, const struct checklist_step *step)
{
    json_t *object = parts_append(maker, steps, json_object());
    parts_put_text(maker, object, "id", step->id);
    parts_put_text(maker, object, "where", place_name(step->where));
    parts_put_text_or_null(maker, object, "title", step->title);
    parts_put_text(maker, object, "do", step->how);
    parts_put_text_or_null(maker, object, "command", or_null(step->command));
    parts_put_text_or_null(maker, object, "tells_from", or_null(step->apart));
    parts_put_text_or_null(maker, object, "when", step->when);
    parts_put_text_or_null(maker, object, "why", step->why);
    parts_put_text_or_null(maker, object, "means", step->means);
    parts_put_text_or_null(maker, object, "stop", step->stop);
}

char *checklist_text(const struct checklist *checklist, struct error *error)
{
    parts_own_memory();
    struct maker maker = { 0 };
    json_t *root = parts_head("checklist");
    const struct cause_fact *fact = cause_fact(checklist->cause);
    parts_put_text_or_null(&maker, root, "cause", fact != NULL ? fact->slug : NULL);
    parts_put_text_or_null(&maker, root, "code",
                           checklist->explanation != NULL ? or_null(checklist->explanation->asked) : NULL);
    json_t *suspects = parts_put(&maker, root, "suspects", json_array());
    for (unsigned i = 0; i < checklist->suspect_count; i++) {
        parts_append(&maker, suspects, json_string(cause_fact(checklist->suspects[i])->slug));
    }
    json_t *steps = parts_put(&maker, root, "steps", json_array());
    for (unsigned i = 0; i < checklist->count; i++) {
        put_step(&maker, steps, &checklist->steps[i]);
    }
    return parts_text(&maker, root, error);
}
