/* The JSON Schema of the document, from the tables that save and load it. Members may be added by later versions, so
 * unknown ones are allowed; the test that validates our own output forbids them. */
#include "json/document.h"

#include "facts/causes.h"
#include "json/parts.h"

static json_t *kind(const char *name)
{
    json_t *schema = json_object();
    struct maker maker = { 0 };
    parts_put_text(&maker, schema, "type", name);
    if (maker.failed) {
        json_decref(schema);
        return NULL;
    }
    return schema;
}

static json_t *names_of(struct maker *maker, const struct field_names *names)
{
    json_t *schema = json_object();
    json_t *array = parts_put(maker, schema, "enum", json_array());
    for (; names->name != NULL; names++) {
        parts_append(maker, array, json_string(names->name));
    }
    return schema;
}

static json_t *either(struct maker *maker, json_t *one, json_t *other)
{
    json_t *schema = json_object();
    json_t *array = parts_put(maker, schema, "anyOf", json_array());
    parts_append(maker, array, one);
    parts_append(maker, array, other);
    return schema;
}

static json_t *list_of(struct maker *maker, json_t *items)
{
    json_t *schema = kind("array");
    parts_put(maker, schema, "items", items);
    return schema;
}

static json_t *reference(struct maker *maker, const char *name)
{
    char path[96];
    snprintf(path, sizeof path, "#/$defs/%s", name);
    json_t *schema = json_object();
    parts_put_text(maker, schema, "$ref", path);
    return schema;
}

static json_t *object_of(struct maker *maker, json_t *definitions, const struct field_table *table);

/* A table becomes a definition the first time it is met. */
static json_t *table_of(struct maker *maker, json_t *definitions, const struct field_table *table)
{
    if (json_object_get(definitions, table->name) == NULL) {
        json_t *own = object_of(maker, definitions, table);
        parts_put(maker, definitions, table->name, own);
    }
    return reference(maker, table->name);
}

static json_t *field_of(struct maker *maker, json_t *definitions, const struct field *field)
{
    switch (field->kind) {
    case FIELD_INT: {
        json_t *schema = kind("integer");
        int64_t least;
        int64_t most;
        if (field_limits(field->range, &least, &most)) {
            parts_put_int(maker, schema, "minimum", least);
            if (most != INT64_MAX) {
                parts_put_int(maker, schema, "maximum", most);
            }
        }
        return schema;
    }
    case FIELD_SHARE:
        return kind("number");
    case FIELD_BOOL:
        return kind("boolean");
    case FIELD_ENUM:
        return names_of(maker, field->names);
    case FIELD_TEXT:
        return kind("string");
    case FIELD_BYTES: {
        json_t *schema = kind("string");
        parts_put_text(maker, schema, "pattern", "^([0-9a-f]{2})*$");
        return schema;
    }
    case FIELD_TIME: {
        json_t *schema = kind("string");
        parts_put_text(maker, schema, "format", "date-time");
        return schema;
    }
    case FIELD_GROUP:
        return table_of(maker, definitions, field->group);
    case FIELD_LIST: {
        const struct field_table *group = field->group;
        bool bare = group->count == 1 && group->fields[0].name[0] == '\0';
        json_t *schema = list_of(maker, bare ? field_of(maker, definitions, &group->fields[0])
                                             : table_of(maker, definitions, group));
        parts_put_int(maker, schema, "maxItems", (int64_t)(field->max > 0 ? field->max : FIELD_LIST_MAX));
        return schema;
    }
    }
    return NULL;
}

static void put_rows(struct maker *maker, json_t *properties, json_t *definitions, const struct field_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        parts_put(maker, properties, table->fields[i].name, field_of(maker, definitions, &table->fields[i]));
    }
}

static json_t *object_of(struct maker *maker, json_t *definitions, const struct field_table *table)
{
    json_t *schema = kind("object");
    json_t *properties = parts_put(maker, schema, "properties", json_object());
    put_rows(maker, properties, definitions, table);
    return schema;
}

/* An object with members that are not in a table: {"name", schema, ...}, ended by a NULL name. All of them required,
 * those after a "?" in the name aside. */
struct member {
    const char *name;
    json_t *schema;
};

static json_t *object_with(struct maker *maker, const struct member *members, size_t count)
{
    json_t *schema = kind("object");
    json_t *properties = parts_put(maker, schema, "properties", json_object());
    json_t *required = parts_put(maker, schema, "required", json_array());
    for (size_t i = 0; i < count; i++) {
        bool optional = members[i].name[0] == '?';
        parts_put(maker, properties, members[i].name + (optional ? 1 : 0), members[i].schema);
        if (!optional) {
            parts_append(maker, required, json_string(members[i].name));
        }
    }
    return schema;
}

#define OBJECT(maker, ...)                                                                                             \
    object_with((maker), (const struct member[]){ __VA_ARGS__ },                                                       \
                sizeof((const struct member[]){ __VA_ARGS__ }) / sizeof(struct member))

/* Slugs or test ids: those of this version. A cause of a later one is a new word, not another shape. */
static json_t *slug(struct maker *maker)
{
    json_t *schema = kind("string");
    parts_put_text(maker, schema, "pattern", "^[a-z0-9]+(-[a-z0-9]+)*$");
    return schema;
}

static json_t *certainties(struct maker *maker)
{
    json_t *schema = json_object();
    json_t *array = parts_put(maker, schema, "enum", json_array());
    for (int certainty = CERTAINTY_POSSIBLE; certainty <= CERTAINTY_PROVED; certainty++) {
        parts_append(maker, array, json_string(field_name_of(certainty_names, certainty)));
    }
    return schema;
}

static json_t *words(struct maker *maker)
{
    return list_of(maker, kind("string"));
}

static json_t *check_schema(struct maker *maker, json_t *definitions)
{
    json_t *check = OBJECT(maker, { "id", names_of(maker, check_names) },
                           { "?status", names_of(maker, check_status_names) }, { "?summary", kind("string") },
                           { "?why", kind("string") }, { "?evidence", kind("object") }, { "?reading", kind("object") });
    put_rows(maker, json_object_get(check, "properties"), definitions, &check_table);
    json_t *all = parts_put(maker, check, "allOf", json_array());
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        const struct field_table *reading = reading_group((enum check_id)id);
        json_t *rule = parts_append(maker, all, json_object());
        json_t *is = parts_put(maker, rule, "if", json_object());
        json_t *has = parts_put(maker, is, "properties", json_object());
        json_t *value = parts_put(maker, has, "id", json_object());
        parts_put_text(maker, value, "const", field_name_of(check_names, id));
        json_t *then = parts_put(maker, rule, "then", json_object());
        json_t *properties = parts_put(maker, then, "properties", json_object());
        parts_put(maker, properties, "evidence", group != NULL ? table_of(maker, definitions, group) : json_false());
        if (reading != NULL) {
            char name[64];
            snprintf(name, sizeof name, "reading_%s", field_name_of(check_names, id));
            parts_put(maker, definitions, name, object_of(maker, definitions, reading));
            parts_put(maker, properties, "reading", reference(maker, name));
        } else {
            parts_put(maker, properties, "reading", json_false());
        }
    }
    return check;
}

static json_t *verdict_schema(struct maker *maker)
{
    json_t *stop = OBJECT(maker, { "check", names_of(maker, check_names) }, { "?how", kind("string") });
    json_t *out = OBJECT(maker, { "cause", slug(maker) }, { "because", kind("string") });
    return OBJECT(
        maker, { "status", names_of(maker, verdict_status_names) }, { "stopped_at", either(maker, stop, kind("null")) },
        { "cause", either(maker, slug(maker), kind("null")) },
        { "certainty", either(maker, certainties(maker), kind("null")) }, { "summary", kind("string") },
        { "because", words(maker) }, { "ruled_out", list_of(maker, out) },
        { "depth", either(maker, names_of(maker, check_names), kind("null")) }, { "?code_notes", words(maker) });
}

static json_t *cause_schema(struct maker *maker)
{
    json_t *by = json_object();
    json_t *names = parts_put(maker, by, "enum", json_array());
    parts_append(maker, names, json_string("program"));
    parts_append(maker, names, json_string("person"));
    json_t *test = OBJECT(maker, { "test", slug(maker) }, { "by", by }, { "do", kind("string") },
                          { "command", either(maker, kind("string"), kind("null")) });
    return OBJECT(maker, { "cause", slug(maker) }, { "certainty", certainties(maker) }, { "blocks", kind("boolean") },
                  { "because", words(maker) }, { "decide_with", list_of(maker, test) });
}

static json_t *next_schema(struct maker *maker)
{
    json_t *where = json_object();
    json_t *places = parts_put(maker, where, "enum", json_array());
    for (int place = PLACE_CLIENT; place <= PLACE_NETWORK; place++) {
        parts_append(maker, places, json_string(place_name((enum place)place)));
    }
    json_t *risk = json_object();
    json_t *risks = parts_put(maker, risk, "enum", json_array());
    for (int one = RISK_NONE; one <= RISK_OUTAGE; one++) {
        parts_append(maker, risks, json_string(risk_name((enum risk)one)));
    }
    return OBJECT(maker, { "do", kind("string") }, { "command", either(maker, kind("string"), kind("null")) },
                  { "where", where }, { "risk", risk });
}

static json_t *or_null(struct maker *maker, json_t *schema)
{
    return either(maker, schema, kind("null"));
}

/* --after: the comparison with an earlier look. `rdpwhy diff --json` has the same members at its top, and "after". */
static json_t *since_schema(struct maker *maker)
{
    json_t *step =
        OBJECT(maker, { "id", names_of(maker, check_names) }, { "step", names_of(maker, step_names) },
               { "before", names_of(maker, check_status_names) }, { "after", names_of(maker, check_status_names) },
               { "?summary_before", kind("string") }, { "?summary_after", kind("string") });
    json_t *cause =
        OBJECT(maker, { "cause", slug(maker) }, { "fate", names_of(maker, fate_names) },
               { "before", or_null(maker, certainties(maker)) }, { "after", or_null(maker, certainties(maker)) });
    json_t *change =
        OBJECT(maker, { "check", or_null(maker, names_of(maker, check_names)) }, { "field", kind("string") },
               { "kind", names_of(maker, change_kind_names) }, { "counts", kind("boolean") },
               { "before", or_null(maker, kind("string")) }, { "after", or_null(maker, kind("string")) },
               { "what", kind("string") }, { "before_words", or_null(maker, kind("string")) },
               { "after_words", or_null(maker, kind("string")) });
    return OBJECT(maker, { "before", kind("object") }, { "outcome", names_of(maker, outcome_names) },
                  { "summary", kind("string") }, { "notes", words(maker) }, { "steps", list_of(maker, step) },
                  { "compared_causes", list_of(maker, cause) }, { "changes", list_of(maker, change) },
                  { "cut", kind("boolean") });
}

static json_t *one_of(struct maker *maker, const char *const *names, size_t count)
{
    json_t *schema = json_object();
    json_t *array = parts_put(maker, schema, "enum", json_array());
    for (size_t i = 0; i < count; i++) {
        parts_append(maker, array, names[i] != NULL ? json_string(names[i]) : json_null());
    }
    return schema;
}

static json_t *recipe_schema(struct maker *maker)
{
    const char *securities[] = { recipe_security_name(RECIPE_NLA), recipe_security_name(RECIPE_TLS),
                                 recipe_security_name(RECIPE_RDP) };
    const char *transports[] = { recipe_transport_name(RECIPE_TCP), recipe_transport_name(RECIPE_SMALL),
                                 recipe_transport_name(RECIPE_GATEWAY) };
    const char *named[NAMED_SHORT + 1];
    for (int i = 0; i <= NAMED_SHORT; i++) {
        named[i] = recipe_named_name((enum recipe_named)i);
    }
    return OBJECT(maker, { "host", kind("string") }, { "port", kind("integer") },
                  { "security", one_of(maker, securities, COUNT_OF(securities)) },
                  { "transport", one_of(maker, transports, COUNT_OF(transports)) },
                  { "gateway", or_null(maker, kind("string")) }, { "?address", kind("string") },
                  { "resolver", or_null(maker, kind("string")) }, { "named_by", one_of(maker, named, COUNT_OF(named)) },
                  { "old_tls", kind("boolean") }, { "wide_tls", kind("boolean") }, { "title", kind("string") });
}

/* `rdpwhy fallback`: the ways that are open, best first, and all that were gone. */
static void put_ways(struct maker *maker, json_t *properties)
{
    const char *machines[MACHINE_OTHER + 1];
    for (int i = 0; i <= MACHINE_OTHER; i++) {
        machines[i] = ways_machine_name((enum machine)i);
    }
    json_t *commands = OBJECT(maker, { "mstsc", or_null(maker, kind("string")) }, { "xfreerdp2", kind("string") },
                              { "xfreerdp3", kind("string") });
    json_t *way = OBJECT(maker, { "rank", kind("integer") }, { "recipe", recipe_schema(maker) },
                         { "reached", or_null(maker, names_of(maker, check_names)) }, { "downgrade", kind("boolean") },
                         { "machine", one_of(maker, machines, COUNT_OF(machines)) },
                         { "certificate_sha256", or_null(maker, kind("string")) }, { "gives_up", words(maker) },
                         { "rdp_file", or_null(maker, kind("string")) }, { "signed", kind("boolean") },
                         { "commands", commands }, { "before", words(maker) }, { "back", words(maker) });
    json_t *tried = OBJECT(maker, { "recipe", recipe_schema(maker) }, { "open", kind("boolean") },
                           { "reached", or_null(maker, names_of(maker, check_names)) }, { "how", kind("string") },
                           { "connected", kind("boolean") });
    parts_put(maker, properties, "ways", list_of(maker, way));
    parts_put(maker, properties, "tried", list_of(maker, tried));
    parts_put(maker, properties, "untried", kind("integer"));
    const char *ids[HINT_COUNT];
    for (int i = 0; i < HINT_COUNT; i++) {
        ids[i] = ways_hint_name((enum way_hint_id)i);
    }
    json_t *hint = OBJECT(maker, { "hint", one_of(maker, ids, COUNT_OF(ids)) }, { "do", kind("string") },
                          { "command", or_null(maker, kind("string")) });
    parts_put(maker, properties, "hints", list_of(maker, hint));
}

/* Of several files. */
static void put_story(struct maker *maker, json_t *properties)
{
    json_t *moment = OBJECT(maker, { "at", kind("string") }, { "side", names_of(maker, joined_side_names) },
                            { "?file", kind("integer") }, { "?own_clock", kind("boolean") },
                            { "?no_zone", kind("boolean") }, { "what", kind("string") });
    json_t *source =
        OBJECT(maker, { "field", kind("string") }, { "?file", kind("integer") }, { "?by", kind("string") });
    parts_put(maker, properties, "timeline", list_of(maker, moment));
    parts_put(maker, properties, "sources", list_of(maker, source));
}

char *document_schema(struct error *error)
{
    parts_own_memory();
    struct maker maker = { 0 };
    json_t *root = json_object();
    parts_put_text(&maker, root, "$schema", "https://json-schema.org/draft/2020-12/schema");
    parts_put_text(&maker, root, "title", "rdpwhy evidence and verdict, schema 1");
    parts_put_text(&maker, root, "description",
                   "Times end in _us and are microseconds, dates are RFC 3339 in UTC, a field that was not seen is "
                   "absent. Members may be added; a change that renames or removes one raises `schema`.");
    parts_put_text(&maker, root, "type", "object");
    json_t *properties = parts_put(&maker, root, "properties", json_object());
    json_t *required = parts_put(&maker, root, "required", json_array());
    parts_append(&maker, required, json_string("schema"));
    parts_append(&maker, required, json_string("program"));
    parts_append(&maker, required, json_string("checks"));
    json_t *definitions = json_object();
    put_rows(&maker, properties, definitions, &evidence_table);
    json_t *schema = json_object_get(properties, "schema");
    parts_put_int(&maker, schema, "const", EVIDENCE_SCHEMA);
    parts_put(&maker, properties, "checks", list_of(&maker, check_schema(&maker, definitions)));
    parts_put(&maker, properties, "verdict", verdict_schema(&maker));
    parts_put(&maker, properties, "causes", list_of(&maker, cause_schema(&maker)));
    parts_put(&maker, properties, "next", list_of(&maker, next_schema(&maker)));
    parts_put(&maker, properties, "since", since_schema(&maker));
    put_story(&maker, properties);
    put_ways(&maker, properties);
    parts_put(&maker, root, "$defs", definitions);
    return parts_text(&maker, root, error);
}
