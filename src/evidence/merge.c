#include "evidence/merge.h"

static void *member_of(const struct field *field, void *object)
{
    return (char *)object + field->offset;
}

static const void *member_in(const struct field *field, const void *object)
{
    return (const char *)object + field->offset;
}

static void mark_member(const struct field *field, void *member, enum source source)
{
    const uint8_t byte = (uint8_t)source;
    switch (field->kind) {
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_SHARE:
        ((struct ev_int *)member)->source = byte;
        break;
    case FIELD_BOOL:
        ((struct ev_bool *)member)->source = byte;
        break;
    case FIELD_ENUM:
        ((struct ev_enum *)member)->source = byte;
        break;
    case FIELD_TEXT:
        ((struct ev_text *)member)->source = byte;
        break;
    case FIELD_BYTES:
        ((struct ev_bytes *)member)->source = byte;
        break;
    case FIELD_GROUP:
        field_mark(field->group, member, source);
        break;
    case FIELD_LIST: {
        struct ev_list *list = member;
        list->source = byte;
        for (size_t i = 0; i < list->count; i++) {
            field_mark(field->group, (char *)list->items + i * field->group->size, source);
        }
        break;
    }
    }
}

void field_mark(const struct field_table *table, void *object, enum source source)
{
    for (size_t i = 0; i < table->count; i++) {
        if (field_seen(&table->fields[i], object)) {
            mark_member(&table->fields[i], member_of(&table->fields[i], object), source);
        }
    }
}

void evidence_mark(struct evidence *evidence, enum source source)
{
    field_mark(&evidence_table, evidence, source);
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        field_mark(&check_table, &evidence->checks[id], source);
        if (group != NULL) {
            field_mark(group, evidence_group_of(evidence, (enum check_id)id), source);
        }
    }
}

static void forget_in(const struct field_table *table, void *object)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        void *member = member_of(field, object);
        if (field->kind == FIELD_GROUP) {
            forget_in(field->group, member);
        } else if (field->kind == FIELD_LIST) {
            struct ev_list *list = member;
            for (size_t k = 0; k < list->count; k++) {
                forget_in(field->group, (char *)list->items + k * field->group->size);
            }
        } else if (field->kind == FIELD_INT || field->kind == FIELD_TIME) {
            struct ev_int *number = member;
            int64_t least;
            int64_t most;
            const bool limited = field_limits(field->range, &least, &most);
            if ((limited && (number->v < least || number->v > most)) || field_exceeds(table, field, object) != NULL) {
                *number = (struct ev_int){ 0 };
            }
        }
    }
}

void evidence_forget_impossible(struct evidence *evidence)
{
    forget_in(&evidence_table, evidence);
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        forget_in(&check_table, &evidence->checks[id]);
        if (group != NULL) {
            forget_in(group, evidence_group_of(evidence, (enum check_id)id));
        }
    }
}

static bool has_key(const struct field_table *group)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->fields[i].diff == DIFF_KEY) {
            return true;
        }
    }
    return false;
}

/* Two items that agree in every key that either has seen, and have one. A member by itself is compared as a table of
 * one row. */
static bool same_item(const struct field_table *group, const void *a, const void *b)
{
    bool any = false;
    for (size_t i = 0; i < group->count; i++) {
        const struct field_table row = { .fields = &group->fields[i], .count = 1 };
        if (group->fields[i].diff == DIFF_KEY && !field_equal(&row, a, b)) {
            return false;
        }
        any = any || (group->fields[i].diff == DIFF_KEY && field_seen(&group->fields[i], a));
    }
    return any;
}

static void *find(const struct field_table *group, const struct ev_list *list, size_t count, const void *item)
{
    for (size_t i = 0; i < count; i++) {
        void *there = (char *)list->items + i * group->size;
        if (same_item(group, there, item)) {
            return there;
        }
    }
    return NULL;
}

static bool merge_list(const struct field *field, const struct ev_list *from, struct ev_list *to, struct error *error)
{
    const struct field_table *group = field->group;
    const size_t max = field->max > 0 ? field->max : FIELD_LIST_MAX;
    const size_t before = to->count;
    if (before > 0 && !has_key(group)) {
        return true;
    }
    for (size_t i = 0; i < from->count; i++) {
        const char *item = (const char *)from->items + i * group->size;
        void *there = find(group, to, before, item);
        if (there != NULL) {
            if (!field_merge(group, item, there, error)) {
                return false;
            }
        } else if (to->count < max) {
            void *added = ev_list_add(to, (enum source)from->source, group, max, error);
            if (added == NULL || !field_copy(group, item, added, error)) {
                return false;
            }
        }
    }
    return true;
}

bool field_merge(const struct field_table *table, const void *from, void *to, struct error *error)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        const struct field_table row = { .fields = field, .count = 1 };
        if (!field_seen(field, from)) {
            continue;
        }
        bool good = true;
        if (field->kind == FIELD_GROUP) {
            good = field_merge(field->group, member_in(field, from), member_of(field, to), error);
        } else if (field->kind == FIELD_LIST) {
            good = merge_list(field, member_in(field, from), member_of(field, to), error);
        } else if (!field_seen(field, to)) {
            good = field_copy(&row, from, to, error);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

void evidence_mark_settings(struct evidence *evidence, enum source source)
{
    const struct field_table *group = evidence_group(CHECK_CLIENT);
    for (size_t i = 0; i < group->count; i++) {
        if (group->fields[i].kind == FIELD_GROUP) {
            field_mark(group->fields[i].group, member_of(&group->fields[i], &evidence->client), source);
        }
    }
}
