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
