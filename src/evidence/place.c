/* From a place ("server.events[3-5].time", "checks.tls") to what stands there: the way back from evidence_origins. */
#include <string.h>

#include "evidence/merge.h"

struct place {
    const char *at;
    enum source source;
};

static bool mark(const struct place *place, const struct field_table *table, void *object);

/* A name ends at the end, at a dot, or at an index. */
static bool takes(const char **at, const char *name)
{
    const size_t length = strlen(name);
    const char end = length > 0 && strncmp(*at, name, length) == 0 ? (*at)[length] : 'x';
    if (end != '\0' && end != '.' && end != '[') {
        return false;
    }
    *at += length;
    return true;
}

static bool take_number(const char **at, size_t *number)
{
    const char *digits = *at;
    *number = 0;
    while (**at >= '0' && **at <= '9' && *at - digits < 6) {
        *number = *number * 10 + (size_t)(*(*at)++ - '0');
    }
    return *at > digits;
}

/* "[3]" or "[3-5]", then the end or the way on. */
static bool mark_items(const struct place *place, const struct field *field, const struct ev_list *list)
{
    struct place inner = { .at = place->at + 1, .source = place->source };
    size_t first;
    size_t last;
    if (!take_number(&inner.at, &first)) {
        return false;
    }
    last = first;
    if (*inner.at == '-') {
        inner.at++;
        if (!take_number(&inner.at, &last)) {
            return false;
        }
    }
    if (*inner.at != ']' || last >= list->count) {
        return false;
    }
    inner.at++;
    bool good = true;
    for (size_t i = first; i <= last && good; i++) {
        void *item = (char *)list->items + i * field->group->size;
        if (*inner.at == '\0') {
            field_mark(field->group, item, inner.source);
        } else {
            const struct place on = { .at = inner.at + 1, .source = inner.source };
            good = *inner.at == '.' && mark(&on, field->group, item);
        }
    }
    return good;
}

static bool mark(const struct place *place, const struct field_table *table, void *object)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        const struct field_table alone = { .fields = field, .count = 1 };
        struct place on = *place;
        void *member = (char *)object + field->offset;
        if (!takes(&on.at, field->name)) {
            continue;
        }
        if (*on.at == '\0') {
            field_mark(&alone, object, on.source);
            return true;
        }
        if (*on.at == '.' && field->kind == FIELD_GROUP) {
            on.at++;
            return mark(&on, field->group, member);
        }
        return *on.at == '[' && field->kind == FIELD_LIST && mark_items(&on, field, member);
    }
    return false;
}

bool evidence_mark_at(struct evidence *evidence, const char *place, enum source source)
{
    static const char checks[] = "checks.";
    struct place whole = { .at = place, .source = source };
    if (strncmp(place, checks, sizeof checks - 1) != 0) {
        return mark(&whole, &evidence_table, evidence);
    }
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        struct place on = { .at = place + sizeof checks - 1, .source = source };
        if (group == NULL || !takes(&on.at, field_name_of(check_names, id))) {
            continue;
        }
        if (*on.at == '\0') {
            field_mark(group, evidence_group_of(evidence, (enum check_id)id), source);
            return true;
        }
        on.at++;
        return on.at[-1] == '.' && mark(&on, group, evidence_group_of(evidence, (enum check_id)id));
    }
    return false;
}
