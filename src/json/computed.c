/* What diagnose made of the evidence. Written for the reader of the document; never read back. */
#include "json/parts.h"

#include "facts/causes.h"

static const char *slug_of(enum cause cause)
{
    const struct cause_fact *fact = cause_fact(cause);
    return fact != NULL ? fact->slug : NULL;
}

static const char *certainty_of(enum certainty certainty)
{
    return certainty != CERTAINTY_NONE ? field_name_of(certainty_names, (int)certainty) : NULL;
}

void parts_put_check_reading(struct maker *maker, json_t *check, const struct verdict *verdict, enum check_id id)
{
    const struct check_reading *reading = &verdict->checks[id];
    parts_put_text(maker, check, "status", field_name_of(check_status_names, (int)reading->status));
    parts_put_text(maker, check, "summary", reading->summary);
    parts_put_text(maker, check, "why", reading->why);
}

static void put_stop(struct maker *maker, json_t *object, const struct verdict *verdict)
{
    if (!verdict->stopped) {
        parts_put(maker, object, "stopped_at", json_null());
        return;
    }
    json_t *stop = parts_put(maker, object, "stopped_at", json_object());
    parts_put_text(maker, stop, "check", field_name_of(check_names, (int)verdict->stopped_at));
    parts_put_text(maker, stop, "how", verdict->stopped_how);
}

static void put_ruled_out(struct maker *maker, json_t *object, const struct verdict *verdict)
{
    json_t *array = parts_put(maker, object, "ruled_out", json_array());
    for (size_t i = 0; i < verdict->ruled_out_count; i++) {
        json_t *item = parts_append(maker, array, json_object());
        parts_put_text(maker, item, "cause", slug_of(verdict->ruled_out[i].cause));
        parts_put_text(maker, item, "because", verdict->ruled_out[i].because);
    }
}

static void put_finding(struct maker *maker, json_t *causes, const struct finding *finding)
{
    json_t *object = parts_append(maker, causes, json_object());
    parts_put_text(maker, object, "cause", slug_of(finding->cause));
    parts_put_text(maker, object, "certainty", certainty_of(finding->certainty));
    parts_put(maker, object, "blocks", json_boolean(finding->blocks));
    parts_put_words(maker, object, "because", &finding->because);
    json_t *tests = parts_put(maker, object, "decide_with", json_array());
    for (size_t i = 0; i < finding->decider_count; i++) {
        const struct test_fact *test = test_fact(finding->deciders[i].test);
        if (test == NULL) {
            continue;
        }
        json_t *item = parts_append(maker, tests, json_object());
        parts_put_text(maker, item, "test", test->id);
        parts_put_text(maker, item, "by", test->by == BY_PROGRAM ? "program" : "person");
        parts_put_text(maker, item, "do", test->words);
        parts_put_text_or_null(maker, item, "command", finding->deciders[i].command);
    }
}

static void put_step(struct maker *maker, json_t *next, const struct next_step *step)
{
    json_t *object = parts_append(maker, next, json_object());
    parts_put_text(maker, object, "do", step->what);
    parts_put_text_or_null(maker, object, "command", step->command);
    parts_put_text(maker, object, "where", place_name(step->where));
    parts_put_text(maker, object, "risk", risk_name(step->risk));
}

void parts_put_verdict(struct maker *maker, json_t *root, const struct verdict *verdict)
{
    json_t *object = parts_put(maker, root, "verdict", json_object());
    parts_put_text(maker, object, "status", field_name_of(verdict_status_names, (int)verdict->status));
    put_stop(maker, object, verdict);
    parts_put_text_or_null(maker, object, "cause", slug_of(verdict->cause));
    parts_put_text_or_null(maker, object, "certainty", certainty_of(verdict->certainty));
    parts_put_text(maker, object, "summary", verdict->summary);
    parts_put_words(maker, object, "because", &verdict->because);
    put_ruled_out(maker, object, verdict);
    parts_put_text_or_null(maker, object, "depth", field_name_of(check_names, (int)verdict->depth));
    if (verdict->code_notes.count > 0) {
        parts_put_words(maker, object, "code_notes", &verdict->code_notes);
    }
    json_t *causes = parts_put(maker, root, "causes", json_array());
    for (size_t i = 0; i < verdict->finding_count; i++) {
        put_finding(maker, causes, &verdict->findings[i]);
    }
    json_t *next = parts_put(maker, root, "next", json_array());
    for (size_t i = 0; i < verdict->next_count; i++) {
        put_step(maker, next, &verdict->next[i]);
    }
}
