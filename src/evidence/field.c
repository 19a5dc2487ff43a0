#include "evidence/field.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

void ev_set_int(struct ev_int *field, enum source source, int64_t value)
{
    *field = (struct ev_int){ .v = value, .source = (uint8_t)source };
}

void ev_set_bool(struct ev_bool *field, enum source source, bool value)
{
    *field = (struct ev_bool){ .v = value, .source = (uint8_t)source };
}

void ev_set_enum(struct ev_enum *field, enum source source, int value)
{
    *field = (struct ev_enum){ .v = value, .source = (uint8_t)source };
}

static bool take_text(struct ev_text *field, enum source source, char *text, struct error *error)
{
    if (text == NULL) {
        return error_no_memory(error);
    }
    alloc_free(field->v);
    *field = (struct ev_text){ .v = text, .source = (uint8_t)source };
    return true;
}

bool ev_set_text(struct ev_text *field, enum source source, const void *bytes, size_t size, struct error *error)
{
    return take_text(field, source, text_escape(bytes, size, FIELD_TEXT_MAX), error);
}

bool ev_set_words(struct ev_text *field, enum source source, const char *words, struct error *error)
{
    return take_text(field, source, alloc_text(words), error);
}

bool ev_set_bytes(struct ev_bytes *field, enum source source, const void *bytes, size_t size, struct error *error)
{
    uint8_t *copy = alloc_copy(bytes, size);
    if (copy == NULL) {
        return error_no_memory(error);
    }
    alloc_free(field->v);
    *field = (struct ev_bytes){ .v = copy, .size = size, .source = (uint8_t)source };
    return true;
}

void *ev_list_add(struct ev_list *list, enum source source, const struct field_table *group, size_t max,
                  struct error *error)
{
    if (list->count >= (max > 0 ? max : FIELD_LIST_MAX)) {
        error_set(error, ERROR_DATA, "more than %zu items of %s", list->count, group->name);
        return NULL;
    }
    char *items = alloc_resize(list->items, list->count + 1, group->size);
    if (items == NULL) {
        error_no_memory(error);
        return NULL;
    }
    void *item = items + list->count * group->size;
    memset(item, 0, group->size);
    list->items = items;
    list->count++;
    list->source = (uint8_t)source;
    return item;
}

bool ev_text_is(const struct ev_text *field, const char *value)
{
    return field->source != SOURCE_NONE && strcmp(field->v, value) == 0;
}

/* The walkers below see a list of unknown structs as bytes; the row's group knows their size. */
static void *item_at(const struct ev_list *list, size_t size, size_t i)
{
    return (char *)list->items + i * size;
}

static const void *member_in(const struct field *field, const void *object)
{
    return (const char *)object + field->offset;
}

static void *member_of(const struct field *field, void *object)
{
    return (char *)object + field->offset;
}

bool field_seen(const struct field *field, const void *object)
{
    const void *member = member_in(field, object);
    switch (field->kind) {
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_SHARE:
        return ((const struct ev_int *)member)->source != SOURCE_NONE;
    case FIELD_BOOL:
        return ((const struct ev_bool *)member)->source != SOURCE_NONE;
    case FIELD_ENUM:
        return ((const struct ev_enum *)member)->source != SOURCE_NONE;
    case FIELD_TEXT:
        return ((const struct ev_text *)member)->source != SOURCE_NONE;
    case FIELD_BYTES:
        return ((const struct ev_bytes *)member)->source != SOURCE_NONE;
    case FIELD_LIST:
        return ((const struct ev_list *)member)->source != SOURCE_NONE;
    case FIELD_GROUP:
        return !field_empty(field->group, member);
    }
    return false;
}

bool field_empty(const struct field_table *table, const void *object)
{
    for (size_t i = 0; i < table->count; i++) {
        if (field_seen(&table->fields[i], object)) {
            return false;
        }
    }
    return true;
}

bool field_limits(enum field_range range, int64_t *least, int64_t *most)
{
    static const int64_t limits[][2] = {
        [RANGE_COUNT] = { 0, INT64_MAX }, [RANGE_BYTE] = { 0, 255 },   [RANGE_TTL] = { 1, 255 },
        [RANGE_PREFIX] = { 0, 128 },      [RANGE_PORT] = { 1, 65535 }, [RANGE_PORT_OR_NONE] = { 0, 65535 },
    };
    if (range == RANGE_ANY) {
        return false;
    }
    *least = limits[range][0];
    *most = limits[range][1];
    return true;
}

const struct field *field_exceeds(const struct field_table *table, const struct field *field, const void *object)
{
    for (size_t i = 0; field->up_to != NULL && i < table->count; i++) {
        const struct field *bound = &table->fields[i];
        if (strcmp(bound->name, field->up_to) == 0) {
            const struct ev_int *number = member_in(field, object);
            const struct ev_int *limit = member_in(bound, object);
            return number->source != SOURCE_NONE && limit->source != SOURCE_NONE && number->v > limit->v ? bound : NULL;
        }
    }
    return NULL;
}

void field_release(const struct field_table *table, void *object)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        void *member = member_of(field, object);
        if (field->kind == FIELD_TEXT) {
            alloc_free(((struct ev_text *)member)->v);
        } else if (field->kind == FIELD_BYTES) {
            alloc_free(((struct ev_bytes *)member)->v);
        } else if (field->kind == FIELD_GROUP) {
            field_release(field->group, member);
        } else if (field->kind == FIELD_LIST) {
            struct ev_list *list = member;
            for (size_t k = 0; k < list->count; k++) {
                field_release(field->group, item_at(list, field->group->size, k));
            }
            alloc_free(list->items);
            *list = (struct ev_list){ 0 };
        }
    }
    /* Only what the table covers is zeroed: the object may be larger than the table's view of it. */
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        void *member = member_of(field, object);
        switch (field->kind) {
        case FIELD_INT:
        case FIELD_TIME:
        case FIELD_SHARE:
            *(struct ev_int *)member = (struct ev_int){ 0 };
            break;
        case FIELD_BOOL:
            *(struct ev_bool *)member = (struct ev_bool){ 0 };
            break;
        case FIELD_ENUM:
            *(struct ev_enum *)member = (struct ev_enum){ 0 };
            break;
        case FIELD_TEXT:
            *(struct ev_text *)member = (struct ev_text){ 0 };
            break;
        case FIELD_BYTES:
            *(struct ev_bytes *)member = (struct ev_bytes){ 0 };
            break;
        case FIELD_GROUP:
        case FIELD_LIST:
            break;
        }
    }
}

static bool copy_list(const struct field *field, const struct ev_list *from, struct ev_list *to, struct error *error)
{
    for (size_t k = 0; k < from->count; k++) {
        void *item = ev_list_add(to, (enum source)from->source, field->group, from->count, error);
        if (item == NULL || !field_copy(field->group, item_at(from, field->group->size, k), item, error)) {
            return false;
        }
    }
    to->source = from->source;
    return true;
}

static bool copy_member(const struct field *field, const void *from, void *to, struct error *error)
{
    switch (field->kind) {
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_SHARE:
        *(struct ev_int *)to = *(const struct ev_int *)from;
        return true;
    case FIELD_BOOL:
        *(struct ev_bool *)to = *(const struct ev_bool *)from;
        return true;
    case FIELD_ENUM:
        *(struct ev_enum *)to = *(const struct ev_enum *)from;
        return true;
    case FIELD_TEXT: {
        const struct ev_text *text = from;
        return text->source == SOURCE_NONE || ev_set_words(to, (enum source)text->source, text->v, error);
    }
    case FIELD_BYTES: {
        const struct ev_bytes *bytes = from;
        return bytes->source == SOURCE_NONE ||
               ev_set_bytes(to, (enum source)bytes->source, bytes->v, bytes->size, error);
    }
    case FIELD_GROUP:
        return field_copy(field->group, from, to, error);
    case FIELD_LIST:
        return copy_list(field, from, to, error);
    }
    return true;
}

bool field_copy(const struct field_table *table, const void *from, void *to, struct error *error)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        if (!copy_member(field, member_in(field, from), member_of(field, to), error)) {
            return false;
        }
    }
    return true;
}

static bool lists_equal(const struct field *field, const struct ev_list *a, const struct ev_list *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t k = 0; k < a->count; k++) {
        if (!field_equal(field->group, item_at(a, field->group->size, k), item_at(b, field->group->size, k))) {
            return false;
        }
    }
    return true;
}

static bool members_equal(const struct field *field, const void *a, const void *b)
{
    switch (field->kind) {
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_SHARE:
        return ((const struct ev_int *)a)->v == ((const struct ev_int *)b)->v;
    case FIELD_BOOL:
        return ((const struct ev_bool *)a)->v == ((const struct ev_bool *)b)->v;
    case FIELD_ENUM:
        return ((const struct ev_enum *)a)->v == ((const struct ev_enum *)b)->v;
    case FIELD_TEXT:
        return strcmp(((const struct ev_text *)a)->v, ((const struct ev_text *)b)->v) == 0;
    case FIELD_BYTES: {
        const struct ev_bytes *left = a;
        const struct ev_bytes *right = b;
        return left->size == right->size && memcmp(left->v, right->v, left->size) == 0;
    }
    case FIELD_GROUP:
        return field_equal(field->group, a, b);
    case FIELD_LIST:
        return lists_equal(field, a, b);
    }
    return false;
}

bool field_equal(const struct field_table *table, const void *a, const void *b)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        bool seen = field_seen(field, a);
        if (seen != field_seen(field, b)) {
            return false;
        }
        if (seen && !members_equal(field, member_in(field, a), member_in(field, b))) {
            return false;
        }
    }
    return true;
}

const char *field_name_of(const struct field_names *names, int value)
{
    for (; names->name != NULL; names++) {
        if (names->value == value) {
            return names->name;
        }
    }
    return NULL;
}

bool field_value_of(const struct field_names *names, const char *name, int *value)
{
    for (; names->name != NULL; names++) {
        if (strcmp(names->name, name) == 0) {
            *value = names->value;
            return true;
        }
    }
    return false;
}
