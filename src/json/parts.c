#include "json/parts.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"

/* A document holds at most what one evidence document can hold, escaped; the cap only bounds a fault of ours. */
enum { TEXT_MAX = 256 << 20 };

/* jansson hands its allocator no context, and reports some failures of it as faults of the text, or not at all. */
static _Thread_local bool memory_failed;

static void *allocate(size_t size)
{
    void *block = alloc_new(size);
    memory_failed = memory_failed || block == NULL;
    return block;
}

bool parts_memory_failed(void)
{
    return memory_failed;
}

void parts_own_memory(void)
{
    memory_failed = false;
    json_set_alloc_funcs(allocate, alloc_free);
}

json_t *parts_put(struct maker *maker, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0) {
        maker->failed = true;
        return NULL;
    }
    return value;
}

json_t *parts_append(struct maker *maker, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0) {
        maker->failed = true;
        return NULL;
    }
    return value;
}

/* Words that were cut in the middle of a character are no UTF-8 and jansson would refuse them. */
static json_t *text_of(const char *text)
{
    json_t *value = json_string(text);
    if (value != NULL) {
        return value;
    }
    char *clean = text_escape(text, strlen(text), strlen(text) * 4);
    if (clean == NULL) {
        return NULL;
    }
    value = json_string(clean);
    alloc_free(clean);
    return value;
}

void parts_put_text(struct maker *maker, json_t *object, const char *name, const char *text)
{
    if (text != NULL) {
        parts_put(maker, object, name, text_of(text));
    }
}

void parts_put_text_or_null(struct maker *maker, json_t *object, const char *name, const char *text)
{
    parts_put(maker, object, name, text != NULL ? text_of(text) : json_null());
}

void parts_put_int(struct maker *maker, json_t *object, const char *name, int64_t value)
{
    parts_put(maker, object, name, json_integer(value));
}

void parts_put_words(struct maker *maker, json_t *object, const char *name, const struct words *words)
{
    json_t *array = parts_put(maker, object, name, json_array());
    for (size_t i = 0; i < words->count; i++) {
        parts_append(maker, array, text_of(words->items[i]));
    }
}

static json_t *bytes_of(const struct ev_bytes *bytes)
{
    char *hex = text_hex(bytes->v, bytes->size);
    json_t *value = hex != NULL ? json_string(hex) : NULL;
    alloc_free(hex);
    return value;
}

/* A clock can claim any year; the document holds only those that can be read back. */
static json_t *time_of(int64_t us)
{
    char text[CLOCK_TEXT_SIZE];
    int64_t back;
    clock_format(us, text);
    if (!clock_parse(text, &back)) {
        return json_string(us < 0 ? "1600-01-01T00:00:00Z" : "9999-12-31T23:59:59Z");
    }
    return json_string(text);
}

static json_t *value_of(struct maker *maker, const struct field *field, const void *object);

static json_t *item_of(struct maker *maker, const struct field_table *group, const void *item)
{
    if (group->count == 1 && group->fields[0].name[0] == '\0') {
        return value_of(maker, &group->fields[0], item);
    }
    json_t *value = json_object();
    parts_put_fields(maker, value, group, item);
    return value;
}

static json_t *list_of(struct maker *maker, const struct field *field, const struct ev_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * field->group->size;
        parts_append(maker, array, item_of(maker, field->group, item));
    }
    return array;
}

static json_t *value_of(struct maker *maker, const struct field *field, const void *object)
{
    const void *member = (const char *)object + field->offset;
    switch (field->kind) {
    case FIELD_INT:
        return json_integer(((const struct ev_int *)member)->v);
    case FIELD_SHARE:
        return json_real((double)((const struct ev_int *)member)->v / FIELD_SHARE_WHOLE);
    case FIELD_TIME:
        return time_of(((const struct ev_int *)member)->v);
    case FIELD_BOOL:
        return json_boolean(((const struct ev_bool *)member)->v);
    case FIELD_ENUM: {
        const char *name = field_name_of(field->names, ((const struct ev_enum *)member)->v);
        return name != NULL ? json_string(name) : NULL;
    }
    case FIELD_TEXT:
        return text_of(((const struct ev_text *)member)->v);
    case FIELD_BYTES:
        return bytes_of(member);
    case FIELD_GROUP: {
        json_t *group = json_object();
        parts_put_fields(maker, group, field->group, member);
        return group;
    }
    case FIELD_LIST:
        return list_of(maker, field, member);
    }
    return NULL;
}

void parts_put_fields(struct maker *maker, json_t *object, const struct field_table *table, const void *from)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        if (field_seen(field, from)) {
            parts_put(maker, object, field->name, value_of(maker, field, from));
        }
    }
}

json_t *parts_head(const char *command)
{
    parts_own_memory();
    struct maker maker = { 0 };
    json_t *root = json_object();
    parts_put_int(&maker, root, "schema", EVIDENCE_SCHEMA);
    parts_put_text(&maker, root, "program", "rdpwhy");
    parts_put_text(&maker, root, "version", RDPWHY_VERSION);
    parts_put_text(&maker, root, "command", command);
    if (maker.failed) {
        json_decref(root);
        return NULL;
    }
    return root;
}

static int add_dumped(const char *bytes, size_t size, void *data)
{
    return buffer_add(data, bytes, size) ? 0 : -1;
}

/* Through a buffer of ours, whose failure stays: jansson itself overlooks it when the name of a member does not fit. */
char *parts_text(struct maker *maker, json_t *root, struct error *error)
{
    char *text = NULL;
    struct buffer buffer;
    buffer_init(&buffer, TEXT_MAX);
    if (root != NULL && !maker->failed && json_dump_callback(root, add_dumped, &buffer, JSON_INDENT(2)) == 0 &&
        buffer_text(&buffer, "\n") && !buffer.failed && !memory_failed) {
        text = buffer_steal_text(&buffer);
    }
    buffer_release(&buffer);
    json_decref(root);
    if (text == NULL) {
        error_no_memory(error);
    }
    return text;
}
