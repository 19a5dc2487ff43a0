/* Evidence and verdict to text: the seen fields by the tables, then what was computed. */
#include "json/document.h"

#include "json/parts.h"

static bool check_seen(const struct evidence *evidence, enum check_id id)
{
    const struct field_table *group = evidence_group(id);
    return !field_empty(&check_table, &evidence->checks[id]) ||
           (group != NULL && !field_empty(group, evidence_group_in(evidence, id)));
}

static void put_check(struct maker *maker, json_t *checks, const struct evidence *evidence,
                      const struct verdict *verdict, enum check_id id)
{
    json_t *check = parts_append(maker, checks, json_object());
    parts_put_text(maker, check, "id", field_name_of(check_names, (int)id));
    if (verdict != NULL) {
        parts_put_check_reading(maker, check, verdict, id);
    }
    parts_put_fields(maker, check, &check_table, &evidence->checks[id]);
    const struct field_table *group = evidence_group(id);
    if (group != NULL && !field_empty(group, evidence_group_in(evidence, id))) {
        json_t *seen = parts_put(maker, check, "evidence", json_object());
        parts_put_fields(maker, seen, group, evidence_group_in(evidence, id));
    }
    const struct field_table *reading = verdict != NULL ? reading_group(id) : NULL;
    if (reading != NULL && !field_empty(reading, reading_group_in(&verdict->readings, id))) {
        json_t *computed = parts_put(maker, check, "reading", json_object());
        parts_put_fields(maker, computed, reading, reading_group_in(&verdict->readings, id));
    }
}

static void put_document(struct maker *maker, json_t *root, const struct evidence *evidence,
                         const struct verdict *verdict)
{
    if (evidence->schema.source == SOURCE_NONE) {
        parts_put_int(maker, root, "schema", EVIDENCE_SCHEMA);
    }
    if (evidence->program.source == SOURCE_NONE) {
        parts_put_text(maker, root, "program", "rdpwhy");
    }
    parts_put_fields(maker, root, &evidence_table, evidence);
    json_t *checks = parts_put(maker, root, "checks", json_array());
    for (int id = 0; id < CHECK_COUNT; id++) {
        if (verdict != NULL || check_seen(evidence, (enum check_id)id)) {
            put_check(maker, checks, evidence, verdict, (enum check_id)id);
        }
    }
    if (verdict != NULL) {
        parts_put_verdict(maker, root, verdict);
        parts_put_story(maker, root, evidence);
    }
}

static char *text_of(const struct evidence *evidence, const struct verdict *verdict,
                     const struct comparison *comparison, struct error *error)
{
    parts_own_memory();
    struct maker maker = { 0 };
    json_t *root = json_object();
    put_document(&maker, root, evidence, verdict);
    if (comparison != NULL) {
        parts_put_since(&maker, root, comparison);
    }
    return parts_text(&maker, root, error);
}

char *document_text(const struct evidence *evidence, const struct verdict *verdict, struct error *error)
{
    return text_of(evidence, verdict, NULL, error);
}

char *document_text_since(const struct comparison *comparison, struct error *error)
{
    return text_of(comparison->after.evidence, comparison->after.verdict, comparison, error);
}

char *document_text_read(const struct document_read *read, struct error *error)
{
    parts_own_memory();
    struct maker maker = { 0 };
    json_t *root = read->count > 0 ? json_object() : parts_head("read");
    if (read->count > 0) {
        put_document(&maker, root, read->documents[read->gravest].evidence, read->documents[read->gravest].verdict);
    }
    json_t *files = parts_put(&maker, root, "files", json_array());
    for (size_t i = 0; i < read->file_count; i++) {
        const struct document_file *file = &read->files[i];
        json_t *row = parts_append(&maker, files, json_object());
        parts_put_text(&maker, row, "path", file->path);
        parts_put_text(&maker, row, "kind", file->kind);
        parts_put(&maker, row, "recognised", json_boolean(file->recognised));
        json_t *skipped = parts_put(&maker, row, "skipped", json_array());
        for (size_t j = 0; j < file->skipped_count; j++) {
            parts_append(&maker, skipped, json_string(file->skipped[j]));
        }
    }
    json_t *conversations = parts_put(&maker, root, "conversations", json_array());
    for (size_t i = 0; i < read->count; i++) {
        json_t *document = parts_append(&maker, conversations, json_object());
        put_document(&maker, document, read->documents[i].evidence, read->documents[i].verdict);
    }
    return parts_text(&maker, root, error);
}

/* --- fallback --- */

static void put_recipe(struct maker *maker, json_t *way, const struct recipe *recipe)
{
    json_t *object = parts_put(maker, way, "recipe", json_object());
    char address[ADDRESS_TEXT_SIZE];
    char title[RECIPE_TITLE_SIZE];
    recipe_title(recipe, title);
    parts_put_text(maker, object, "host", recipe->host);
    parts_put_int(maker, object, "port", recipe->port);
    parts_put_text(maker, object, "security", recipe_security_name(recipe->security));
    parts_put_text(maker, object, "transport", recipe_transport_name(recipe->transport));
    parts_put_text_or_null(maker, object, "gateway", recipe->gateway[0] != '\0' ? recipe->gateway : NULL);
    if (recipe->address.family != ADDRESS_NONE) {
        address_format(&recipe->address, address);
        parts_put_text(maker, object, "address", address);
    }
    parts_put_text_or_null(maker, object, "resolver", recipe->resolver[0] != '\0' ? recipe->resolver : NULL);
    parts_put_text_or_null(maker, object, "named_by", recipe_named_name(recipe->named));
    parts_put(maker, object, "old_tls", json_boolean(recipe->old_tls));
    parts_put(maker, object, "wide_tls", json_boolean(recipe->wide_tls));
    parts_put_text(maker, object, "title", title);
}

static void put_text_item(struct maker *maker, json_t *array, const char *text)
{
    if (text[0] != '\0') {
        parts_append(maker, array, json_string(text));
    }
}

/* Of a gateway, nothing may be known but its channel. */
static const char *reached_of(const struct tried *tried, const struct tried *plain)
{
    const bool gateway = tried->recipe.transport == RECIPE_GATEWAY && !ways_is_through(tried, plain);
    return gateway                         ? field_name_of(check_names, CHECK_GATEWAY)
           : tried->depth == DEPTH_NOTHING ? NULL
                                           : depth_check(tried->evidence);
}

static void put_offer(struct maker *maker, json_t *ways, const struct ways_view *view, size_t index)
{
    const struct ways_offer *offer = &view->offers[index];
    const size_t rank = index + 1;
    json_t *way = parts_append(maker, ways, json_object());
    const struct commands *lines = &offer->commands;
    const char *words;
    parts_put_int(maker, way, "rank", (int64_t)rank);
    put_recipe(maker, way, &offer->way->recipe);
    parts_put_text_or_null(maker, way, "reached", reached_of(offer->way, &view->tried[0]));
    parts_put(maker, way, "downgrade", json_boolean(recipe_is_downgrade(&offer->way->recipe)));
    parts_put_text(maker, way, "machine", ways_machine_name(ways_machine(offer->way, &view->tried[0])));
    parts_put_text_or_null(maker, way, "certificate_sha256", ways_certificate(offer->way));
    json_t *gives_up = parts_put(maker, way, "gives_up", json_array());
    for (size_t i = 0; (words = recipe_gives_up(&offer->way->recipe, i)) != NULL; i++) {
        parts_append(maker, gives_up, json_string(words));
    }
    parts_put_text_or_null(maker, way, "rdp_file", offer->file);
    parts_put(maker, way, "signed", json_boolean(offer->is_signed));
    json_t *commands = parts_put(maker, way, "commands", json_object());
    parts_put_text_or_null(maker, commands, "mstsc", lines->mstsc[0] != '\0' ? lines->mstsc : NULL);
    parts_put_text(maker, commands, "xfreerdp2", lines->xfreerdp2);
    parts_put_text(maker, commands, "xfreerdp3", lines->xfreerdp3);
    json_t *before = parts_put(maker, way, "before", json_array());
    put_text_item(maker, before, lines->linux_before);
    put_text_item(maker, before, lines->windows_before);
    json_t *back = parts_put(maker, way, "back", json_array());
    put_text_item(maker, back, lines->linux_after);
    put_text_item(maker, back, lines->windows_after);
}

char *document_text_ways(const struct evidence *evidence, const struct verdict *verdict, const struct ways_view *view,
                         struct error *error)
{
    parts_own_memory();
    struct maker maker = { 0 };
    json_t *root = json_object();
    put_document(&maker, root, evidence, verdict);
    json_t *ways = parts_put(&maker, root, "ways", json_array());
    for (size_t i = 0; i < view->offer_count; i++) {
        put_offer(&maker, ways, view, i);
    }
    json_t *tried = parts_put(&maker, root, "tried", json_array());
    for (size_t i = 0; i < view->tried_count; i++) {
        json_t *item = parts_append(&maker, tried, json_object());
        put_recipe(&maker, item, &view->tried[i].recipe);
        parts_put(&maker, item, "open", json_boolean(ways_is_open(&view->tried[i], &view->tried[0])));
        parts_put_text_or_null(&maker, item, "reached", reached_of(&view->tried[i], &view->tried[0]));
        parts_put_text(&maker, item, "how", view->how[i]);
        parts_put(&maker, item, "connected", json_boolean(!view->tried[i].by_check));
    }
    parts_put_int(&maker, root, "untried", view->untried);
    json_t *hints = parts_put(&maker, root, "hints", json_array());
    for (size_t i = 0; i < view->hint_count; i++) {
        const struct way_hint *hint = &view->hints[i];
        json_t *item = parts_append(&maker, hints, json_object());
        parts_put_text(&maker, item, "hint", ways_hint_name(hint->id));
        parts_put_text(&maker, item, "do", hint->words);
        parts_put_text_or_null(&maker, item, "command", hint->command[0] != '\0' ? hint->command : NULL);
    }
    return parts_text(&maker, root, error);
}
