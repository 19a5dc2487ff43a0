/* A document back to evidence. The file is a stranger's: types are strict, text is made clean again, limits hold. */
#include "json/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "evidence/merge.h"
#include "json/parts.h"

/* Numbers that JSON readers agree on; also keeps sums of times far from overflow. */
#define INT_LIMIT (INT64_C(1) << 53)

/* A field filled from the wire ends at its cap; redaction may make it longer ("a.b" -> "n101.n102"). */
enum { TEXT_STRETCH = 8, PLACE_SIZE = 200 };

/* Where the reader is, as a chain up to the document; `name` NULL: an item of a list. */
struct spot {
    const struct spot *up;
    const char *name;
    size_t index;
};

static size_t render(const struct spot *place, char *text, size_t room)
{
    if (place == NULL) {
        text[0] = '\0';
        return 0;
    }
    size_t used = render(place->up, text, room);
    int more = place->name == NULL ? snprintf(text + used, room - used, "[%zu]", place->index)
                                   : snprintf(text + used, room - used, "%s%s", used > 0 ? "." : "", place->name);
    size_t left = room - used - 1;
    return used + ((size_t)more < left ? (size_t)more : left);
}

static bool expected(const struct spot *place, const char *what, struct error *error)
{
    char text[PLACE_SIZE];
    render(place, text, sizeof text);
    return error_set(error, ERROR_DATA, "%s: expected %s", text, what);
}

static bool load_int(const json_t *value, enum field_range range, struct ev_int *field, const struct spot *place,
                     struct error *error)
{
    if (!json_is_integer(value)) {
        return expected(place, "an integer", error);
    }
    json_int_t number = json_integer_value(value);
    if (number > INT_LIMIT || number < -INT_LIMIT) {
        return expected(place, "a smaller number", error);
    }
    int64_t least;
    int64_t most;
    if (field_limits(range, &least, &most) && (number < least || number > most)) {
        char what[100];
        if (most == INT64_MAX) {
            snprintf(what, sizeof what, "%" PRId64 " or more, not %" JSON_INTEGER_FORMAT, least, number);
        } else {
            snprintf(what, sizeof what, "%" PRId64 " to %" PRId64 ", not %" JSON_INTEGER_FORMAT, least, most, number);
        }
        return expected(place, what, error);
    }
    ev_set_int(field, SOURCE_FILE, number);
    return true;
}

static bool load_time(const json_t *value, enum field_range range, struct ev_int *field, const struct spot *place,
                      struct error *error)
{
    int64_t us;
    if (!json_is_string(value) || !clock_parse(json_string_value(value), &us)) {
        return expected(place, "a date like 2026-11-22T16:30:00Z", error);
    }
    if (range == RANGE_COUNT && us < 0) {
        return expected(place, "a date from 1970 on", error);
    }
    ev_set_int(field, SOURCE_FILE, us);
    return true;
}

static bool load_bool(const json_t *value, struct ev_bool *field, const struct spot *place, struct error *error)
{
    if (!json_is_boolean(value)) {
        return expected(place, "true or false", error);
    }
    ev_set_bool(field, SOURCE_FILE, json_is_true(value));
    return true;
}

static bool load_enum(const json_t *value, const struct field_names *names, struct ev_enum *field,
                      const struct spot *place, struct error *error)
{
    int number;
    if (json_is_string(value) && field_value_of(names, json_string_value(value), &number)) {
        ev_set_enum(field, SOURCE_FILE, number);
        return true;
    }
    char known[250];
    size_t used = (size_t)snprintf(known, sizeof known, "one of");
    for (const struct field_names *name = names; name->name != NULL && used + 1 < sizeof known; name++) {
        used += (size_t)snprintf(known + used, sizeof known - used, "%s %s", name == names ? "" : ",", name->name);
    }
    return expected(place, known, error);
}

static bool load_text(const json_t *value, size_t max, struct ev_text *field, const struct spot *place,
                      struct error *error)
{
    if (!json_is_string(value)) {
        return expected(place, "text", error);
    }
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    if (length > TEXT_STRETCH * (max > 0 ? max : FIELD_TEXT_MAX)) {
        return expected(place, "shorter text", error);
    }
    if (text_is_clean(text)) {
        return ev_set_words(field, SOURCE_FILE, text, error);
    }
    return ev_set_text(field, SOURCE_FILE, text, length, error);
}

static bool load_bytes(const json_t *value, size_t max, struct ev_bytes *field, const struct spot *place,
                       struct error *error)
{
    size_t room = max > 0 ? max : FIELD_BYTES_MAX;
    if (!json_is_string(value) || json_string_length(value) > 2 * room) {
        return expected(place, "hex digits, not too many", error);
    }
    uint8_t *bytes = alloc_new(json_string_length(value) / 2);
    if (bytes == NULL) {
        return error_no_memory(error);
    }
    size_t size;
    bool done = text_unhex(json_string_value(value), bytes, json_string_length(value) / 2, &size)
                    ? ev_set_bytes(field, SOURCE_FILE, bytes, size, error)
                    : expected(place, "an even number of hex digits", error);
    alloc_free(bytes);
    return done;
}

static bool load_fields(const json_t *object, const struct field_table *table, void *to, const struct spot *place,
                        struct error *error);
static bool load_member(const json_t *value, const struct field *field, void *to, const struct spot *place,
                        struct error *error);

static bool load_list(const json_t *value, const struct field *field, struct ev_list *list, const struct spot *place,
                      struct error *error)
{
    size_t max = field->max > 0 ? field->max : FIELD_LIST_MAX;
    if (!json_is_array(value) || json_array_size(value) > max) {
        char what[64];
        snprintf(what, sizeof what, "a list of at most %zu items", max);
        return expected(place, what, error);
    }
    const struct field_table *group = field->group;
    bool bare = group->count == 1 && group->fields[0].name[0] == '\0';
    list->source = SOURCE_FILE; /* an empty list was seen, too */
    for (size_t i = 0; i < json_array_size(value); i++) {
        struct spot here = { .up = place, .index = i };
        void *item = ev_list_add(list, SOURCE_FILE, group, max, error);
        const json_t *one = json_array_get(value, i);
        if (item == NULL || !(bare ? load_member(one, &group->fields[0], item, &here, error)
                                   : load_fields(one, group, item, &here, error))) {
            return false;
        }
    }
    return true;
}

static bool load_member(const json_t *value, const struct field *field, void *to, const struct spot *place,
                        struct error *error)
{
    void *member = (char *)to + field->offset;
    switch (field->kind) {
    case FIELD_INT:
        return load_int(value, field->range, member, place, error);
    case FIELD_SHARE:
        if (!json_is_number(value)) {
            return expected(place, "a number", error);
        }
        ev_set_int(member, SOURCE_FILE, (int64_t)(json_number_value(value) * FIELD_SHARE_WHOLE));
        return true;
    case FIELD_TIME:
        return load_time(value, field->range, member, place, error);
    case FIELD_BOOL:
        return load_bool(value, member, place, error);
    case FIELD_ENUM:
        return load_enum(value, field->names, member, place, error);
    case FIELD_TEXT:
        return load_text(value, field->max, member, place, error);
    case FIELD_BYTES:
        return load_bytes(value, field->max, member, place, error);
    case FIELD_GROUP:
        return load_fields(value, field->group, member, place, error);
    case FIELD_LIST:
        return load_list(value, field, member, place, error);
    }
    return true;
}

/* Each number may be possible, and the two of them not: more lost than sent. */
static bool load_fits(const struct field_table *table, const void *object, const struct spot *place,
                      struct error *error)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        const struct field *bound = field_exceeds(table, field, object);
        if (bound != NULL) {
            const struct spot here = { .up = place, .name = field->name };
            const int64_t number = ((const struct ev_int *)((const char *)object + field->offset))->v;
            const int64_t limit = ((const struct ev_int *)((const char *)object + bound->offset))->v;
            char what[160];
            snprintf(what, sizeof what, "no more than %s, which is %" PRId64 ", not %" PRId64, bound->name, limit,
                     number);
            return expected(&here, what, error);
        }
    }
    return true;
}

static bool load_fields(const json_t *object, const struct field_table *table, void *to, const struct spot *place,
                        struct error *error)
{
    if (!json_is_object(object)) {
        return expected(place, "an object", error);
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        const json_t *value = json_object_get(object, field->name);
        struct spot here = { .up = place, .name = field->name };
        if (value != NULL && !load_member(value, field, to, &here, error)) {
            return false;
        }
    }
    return load_fits(table, to, place, error);
}

static bool load_check(const json_t *check, struct evidence *evidence, bool *known, const struct spot *place,
                       struct error *error)
{
    struct spot id_place = { .up = place, .name = "id" };
    const json_t *id = json_object_get(check, "id");
    if (!json_is_object(check)) {
        return expected(place, "an object", error);
    }
    if (!json_is_string(id)) {
        return expected(&id_place, "a check id", error);
    }
    int number;
    if (!field_value_of(check_names, json_string_value(id), &number)) {
        return true; /* of a later version: not ours to judge */
    }
    if (known[number]) {
        return expected(&id_place, "each check once", error);
    }
    known[number] = true;
    const json_t *seen = json_object_get(check, "evidence");
    const struct field_table *group = evidence_group((enum check_id)number);
    struct spot here = { .up = place, .name = "evidence" };
    return load_fields(check, &check_table, &evidence->checks[number], place, error) &&
           (seen == NULL || group == NULL ||
            load_fields(seen, group, evidence_group_of(evidence, (enum check_id)number), &here, error));
}

static bool load_checks(const json_t *checks, struct evidence *evidence, struct error *error)
{
    struct spot place = { .name = "checks" };
    if (!json_is_array(checks)) {
        return expected(&place, "the list of checks of an evidence document", error);
    }
    bool known[CHECK_COUNT] = { false };
    for (size_t i = 0; i < json_array_size(checks); i++) {
        struct spot here = { .up = &place, .index = i };
        if (!load_check(json_array_get(checks, i), evidence, known, &here, error)) {
            return false;
        }
    }
    return true;
}

static bool ours(const json_t *root, struct error *error)
{
    const json_t *schema = json_object_get(root, "schema");
    const char *program = json_string_value(json_object_get(root, "program"));
    if (!json_is_object(root) || schema == NULL || (program != NULL && strcmp(program, "rdpwhy") != 0)) {
        return error_set(error, ERROR_DATA, "not a document of rdpwhy; save one with: rdpwhy HOST --save FILE");
    }
    if (!json_is_integer(schema)) {
        return error_set(error, ERROR_DATA, "schema: expected an integer");
    }
    if (json_integer_value(schema) != EVIDENCE_SCHEMA) {
        return error_set(error, ERROR_DATA,
                         "schema: this version reads schema %d, the document has %" JSON_INTEGER_FORMAT
                         "; judge it with the version that saved it",
                         EVIDENCE_SCHEMA, json_integer_value(schema));
    }
    return true;
}

static json_t *parse(const char *bytes, size_t size, struct error *error)
{
    json_error_t fault;
    json_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &fault);
    if (root != NULL && !parts_memory_failed()) {
        return root;
    }
    json_decref(root);
    if (parts_memory_failed() || json_error_code(&fault) == json_error_out_of_memory) {
        error_no_memory(error);
        return NULL;
    }
    const char *words = json_error_code(&fault) == json_error_null_character ? "a NUL in text" : fault.text;
    char *why = text_escape(words, strlen(words), sizeof fault.text);
    error_set(error, ERROR_DATA, "line %d, column %d: %s", fault.line, fault.column,
              why != NULL ? why : "not a JSON document");
    alloc_free(why);
    return NULL;
}

/* Written by hand it may lack the name; saved again it has it. */
static bool name_program(struct evidence *evidence, struct error *error)
{
    return evidence->program.source != SOURCE_NONE || ev_set_words(&evidence->program, SOURCE_FILE, "rdpwhy", error);
}

/* Who saw which field, by the numbers that `joined.parts` gives the files. Places that this version does not know are
 * passed over. */
static bool load_sources(const json_t *list, struct evidence *evidence, struct error *error)
{
    const struct spot place = { .name = "sources" };
    size_t i;
    json_t *row;
    if (list == NULL || evidence->joined.parts.count < 2) {
        return true;
    }
    if (!json_is_array(list)) {
        return expected(&place, "a list", error);
    }
    json_array_foreach(list, i, row)
    {
        const struct spot item = { .up = &place, .index = i };
        const char *field = json_string_value(json_object_get(row, "field"));
        const char *by = json_string_value(json_object_get(row, "by"));
        const json_int_t file = json_integer_value(json_object_get(row, "file"));
        const bool user = by != NULL && strcmp(by, "user") == 0;
        const bool probe = by != NULL && strcmp(by, "probe") == 0;
        if (field == NULL || (!user && !probe && (file < 1 || file > SOURCE_FILES_MAX))) {
            return expected(&item, "a field, and the number of a file, \"user\" or \"probe\"", error);
        }
        (void)evidence_mark_at(evidence, field,
                               user    ? SOURCE_USER
                               : probe ? SOURCE_PROBE
                                       : source_of_file((size_t)file));
    }
    return true;
}

struct evidence *document_load(const char *bytes, size_t size, struct error *error)
{
    parts_own_memory();
    if (!parts_scan(bytes, size, error)) {
        return NULL;
    }
    json_t *root = parse(bytes, size, error);
    if (root == NULL) {
        return NULL;
    }
    struct evidence *evidence = ours(root, error) ? evidence_new(error) : NULL;
    if (evidence != NULL &&
        !(load_fields(root, &evidence_table, evidence, NULL, error) &&
          load_checks(json_object_get(root, "checks"), evidence, error) && name_program(evidence, error) &&
          load_sources(json_object_get(root, "sources"), evidence, error))) {
        evidence_free(evidence);
        evidence = NULL;
    }
    json_decref(root);
    return evidence;
}
