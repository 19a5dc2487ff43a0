/* The repair as JSON: contract, "fix". */
#include "base/alloc.h"
#include "remedy/remedy.h"
#include "json/compose.h"

static void put_others(struct compose *compose, const char *name, const struct remedy_fact *const *others, size_t count)
{
    compose_array(compose, name);
    for (size_t i = 0; i < count; i++) {
        compose_object(compose, NULL);
        compose_text(compose, "remedy", others[i]->name);
        compose_text(compose, "system", others[i]->system);
        compose_text(compose, "where", place_name(others[i]->where));
        compose_text(compose, "risk", risk_name(others[i]->risk));
        compose_text(compose, "title", others[i]->title);
        compose_text(compose, "when", others[i]->when);
        compose_end(compose);
    }
    compose_end(compose);
}

static bool put_steps(struct compose *compose, const struct buffer *lines, struct error *error)
{
    compose_array(compose, "steps");
    const char *at = lines->size > 0 ? (const char *)lines->bytes : "";
    while (*at != '\0') {
        size_t length = 0;
        while (at[length] != '\n' && at[length] != '\0') {
            length++;
        }
        char *line = alloc_text_n(at, length);
        if (line == NULL) {
            return error_no_memory(error);
        }
        compose_text(compose, NULL, line);
        alloc_free(line);
        at += length + (at[length] == '\n' ? 1 : 0);
    }
    compose_end(compose);
    return true;
}

static void put_head(struct compose *compose, const struct repair *repair)
{
    const struct remedy_fact *remedy = repair->remedy;
    compose_text(compose, "cause", cause_fact(repair->cause)->slug);
    compose_text(compose, "sentence", cause_fact(repair->cause)->sentence);
    compose_text(compose, "remedy", remedy->name);
    compose_text(compose, "title", remedy->title);
    compose_text(compose, "why", remedy->why);
    compose_text(compose, "when", remedy->when);
    compose_text(compose, "needs", remedy->needs);
    compose_text(compose, "where", place_name(remedy->where));
    compose_text(compose, "system", remedy->system);
    compose_text(compose, "language", remedy_kind_name(remedy->kind));
    compose_text(compose, "delivery", repair->delivery->id);
    compose_text(compose, "part", remedy_part_name(repair->part));
    compose_text(compose, "risk", risk_name(remedy->risk));
    compose_text(compose, "interrupts", remedy->restarts);
    if (remedy->timed != NULL) {
        compose_text(compose, "ends", remedy->timed);
    }
    compose_bool(compose, "not_yet_run", repair_is_for_windows(remedy));
}

char *repair_document(const struct repair *repair, struct error *error)
{
    struct compose *compose = compose_new("fix");
    put_head(compose, repair);
    compose_text(compose, "script", repair->script);
    compose_text(compose, "undo", repair->undo);
    compose_text(compose, "reverts", repair->remedy->reverts);
    compose_array(compose, "saves");
    compose_text(compose, NULL, repair->remedy->saves);
    compose_end(compose);
    compose_text(compose, "verify", repair->verify);
    if (!put_steps(compose, &repair->wrapped.lines, error)) {
        compose_free(compose);
        return NULL;
    }
    compose_array(compose, "files");
    for (size_t i = 0; i < repair->wrapped.file_count; i++) {
        compose_text(compose, NULL, repair->wrapped.files[i].name);
    }
    compose_end(compose);
    compose_array(compose, "missing");
    for (size_t i = 0; i < repair->missing_count; i++) {
        compose_object(compose, NULL);
        compose_text(compose, "name", repair->missing[i].name);
        compose_text(compose, "type", ask_type_name(repair->missing[i].type));
        compose_text(compose, "words", repair->missing[i].words);
        compose_end(compose);
    }
    compose_end(compose);
    put_others(compose, "wider", repair->wider, repair->wider_count);
    put_others(compose, "elsewhere", repair->elsewhere, repair->elsewhere_count);
    compose_array(compose, "notes");
    for (size_t i = 0; i < repair->note_count; i++) {
        compose_text(compose, NULL, repair->notes[i]);
    }
    compose_end(compose);
    return compose_finish(compose, error);
}
