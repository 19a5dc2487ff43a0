/* Who saw what, told as shortly as it can be. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "evidence/merge.h"

enum { MIXED = -2, NOBODY = -1, PLACE_MAX = 160 };

struct walk {
    struct origins *origins;
    struct error *error;
};

static const void *member_in(const struct field *field, const void *object)
{
    return (const char *)object + field->offset;
}

static int both(int a, int b)
{
    return a == NOBODY ? b : b == NOBODY || a == b ? a : MIXED;
}

static int source_of(const struct field_table *table, const void *object);

static int source_of_member(const struct field *field, const void *object)
{
    const void *member = member_in(field, object);
    if (!field_seen(field, object)) {
        return NOBODY;
    }
    switch (field->kind) {
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_SHARE:
        return ((const struct ev_int *)member)->source;
    case FIELD_BOOL:
        return ((const struct ev_bool *)member)->source;
    case FIELD_ENUM:
        return ((const struct ev_enum *)member)->source;
    case FIELD_TEXT:
        return ((const struct ev_text *)member)->source;
    case FIELD_BYTES:
        return ((const struct ev_bytes *)member)->source;
    case FIELD_GROUP:
        return source_of(field->group, member);
    case FIELD_LIST: {
        const struct ev_list *list = member;
        int source = list->count == 0 ? list->source : NOBODY;
        for (size_t i = 0; i < list->count; i++) {
            source = both(source, source_of(field->group, (const char *)list->items + i * field->group->size));
        }
        return source;
    }
    }
    return NOBODY;
}

/* The one source of everything in there; NOBODY: nothing was seen. */
static int source_of(const struct field_table *table, const void *object)
{
    int source = NOBODY;
    for (size_t i = 0; i < table->count; i++) {
        source = both(source, source_of_member(&table->fields[i], object));
    }
    return source;
}

static bool add(struct walk *walk, const char *place, int source)
{
    struct origins *origins = walk->origins;
    if (origins->count == ORIGINS_MAX) {
        return true;
    }
    struct origin *grown = alloc_resize(origins->items, origins->count + 1, sizeof *grown);
    if (grown == NULL) {
        return error_no_memory(walk->error);
    }
    origins->items = grown;
    char *copy = alloc_text(place);
    if (copy == NULL) {
        return error_no_memory(walk->error);
    }
    grown[origins->count++] = (struct origin){ .place = copy, .source = (uint8_t)source };
    return true;
}

static bool tell(struct walk *walk, const struct field_table *table, const void *object, const char *place);

static bool tell_items(struct walk *walk, const struct field *field, const struct ev_list *list, const char *place)
{
    const char *items = list->items;
    const size_t size = field->group->size;
    char inner[PLACE_MAX];
    for (size_t i = 0; i < list->count;) {
        const int source = source_of(field->group, items + i * size);
        size_t end = i + 1;
        while (source != MIXED && end < list->count && source_of(field->group, items + end * size) == source) {
            end++;
        }
        snprintf(inner, sizeof inner, end == i + 1 ? "%s[%zu]" : "%s[%zu-%zu]", place, i, end - 1);
        if (!tell(walk, field->group, items + i * size, inner)) {
            return false;
        }
        i = end;
    }
    return true;
}

static bool tell(struct walk *walk, const struct field_table *table, const void *object, const char *place)
{
    const int all = source_of(table, object);
    if (all != MIXED && place[0] != '\0') {
        return all == NOBODY || add(walk, place, all);
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        const int source = source_of_member(field, object);
        char inner[PLACE_MAX];
        snprintf(inner, sizeof inner, "%s%s%s", place, place[0] != '\0' ? "." : "", field->name);
        bool good = true;
        if (source != MIXED) {
            good = source == NOBODY || add(walk, inner, source);
        } else if (field->kind == FIELD_GROUP) {
            good = tell(walk, field->group, member_in(field, object), inner);
        } else {
            good = tell_items(walk, field, member_in(field, object), inner);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

bool evidence_origins(const struct evidence *evidence, struct origins *origins, struct error *error)
{
    struct walk walk = { .origins = origins, .error = error };
    *origins = (struct origins){ 0 };
    bool good = tell(&walk, &evidence_table, evidence, "");
    for (int id = 0; id < CHECK_COUNT && good; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        if (group != NULL) {
            char place[PLACE_MAX];
            snprintf(place, sizeof place, "checks.%s", field_name_of(check_names, id));
            good = tell(&walk, group, evidence_group_in(evidence, (enum check_id)id), place);
        }
    }
    if (!good) {
        origins_release(origins);
    }
    return good;
}

void origins_release(struct origins *origins)
{
    for (size_t i = 0; i < origins->count; i++) {
        alloc_free(origins->items[i].place);
    }
    alloc_free(origins->items);
    *origins = (struct origins){ 0 };
}

uint8_t origins_of(const struct origins *origins, const char *place)
{
    for (size_t i = 0; i < origins->count; i++) {
        const size_t length = strlen(origins->items[i].place);
        const char end = strncmp(place, origins->items[i].place, length) == 0 ? place[length] : 'x';
        if (end == '\0' || end == '.' || end == '[') {
            return origins->items[i].source;
        }
    }
    return SOURCE_NONE;
}
