#include "evidence/diff.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"

enum { BYTES_SHOWN = 16, VALUE_CAP = 65536 };

const struct field_names change_kind_names[] = {
    { CHANGE_OTHER, "changed" },
    { CHANGE_CAME, "appeared" },
    { CHANGE_WENT, "disappeared" },
    { 0, NULL },
};

/* Where the walk is: one per group or item, up to the check. */
struct spot {
    const struct spot *up;
    const char *name; /* NULL: an item */
    const char *item;
};

struct walk {
    struct changes *changes;
    enum check_id check;
    bool varies; /* inside of something that varies as a whole */
    struct error *error;
};

static const void *member_in(const struct field *field, const void *object)
{
    return (const char *)object + field->offset;
}

static const void *item_in(const struct ev_list *list, size_t size, size_t i)
{
    return (const char *)list->items + i * size;
}

static bool is_bare(const struct field_table *group)
{
    return group->count == 1 && group->fields[0].name[0] == '\0';
}

static bool varies(const struct field *field)
{
    size_t length = strlen(field->name);
    return field->diff == DIFF_VARIES ||
           (field->diff == DIFF_FACT && length > 3 && strcmp(field->name + length - 3, "_us") == 0);
}

static void add_value(struct buffer *out, const struct field *field, const void *object);

/* An item by its key, or by all it has when it has none. */
static void add_item(struct buffer *out, const struct field_table *group, const void *item)
{
    bool keyed = false;
    for (size_t i = 0; i < group->count; i++) {
        keyed |= group->fields[i].diff == DIFF_KEY;
    }
    bool first = true;
    for (size_t i = 0; i < group->count; i++) {
        const struct field *field = &group->fields[i];
        bool wanted = keyed ? field->diff == DIFF_KEY : !varies(field);
        if (wanted && field_seen(field, item)) {
            buffer_text(out, first ? "" : " ");
            first = false;
            if (field->kind == FIELD_BOOL || (field->kind == FIELD_INT && !is_bare(group))) {
                buffer_format(out, "%s ", field->name);
            }
            add_value(out, field, item);
        }
    }
}

static void add_value(struct buffer *out, const struct field *field, const void *object)
{
    const void *member = member_in(field, object);
    const struct ev_int *number = member;
    const struct ev_bytes *bytes = member;
    const struct ev_list *list = member;
    char date[CLOCK_TEXT_SIZE];
    switch (field->kind) {
    case FIELD_INT:
        buffer_format(out, "%" PRId64, number->v);
        return;
    case FIELD_SHARE:
        buffer_format(out, "%.4g", (double)number->v / FIELD_SHARE_WHOLE);
        return;
    case FIELD_TIME:
        clock_format(number->v, date);
        buffer_text(out, date);
        return;
    case FIELD_BOOL:
        buffer_text(out, ((const struct ev_bool *)member)->v ? "yes" : "no");
        return;
    case FIELD_ENUM: {
        const char *name = field_name_of(field->names, ((const struct ev_enum *)member)->v);
        buffer_text(out, name != NULL ? name : "?");
        return;
    }
    case FIELD_TEXT:
        buffer_text(out, ((const struct ev_text *)member)->v);
        return;
    case FIELD_BYTES:
        for (size_t i = 0; i < bytes->size && i < BYTES_SHOWN; i++) {
            buffer_format(out, "%02x", bytes->v[i]);
        }
        buffer_text(out, bytes->size > BYTES_SHOWN ? "..." : "");
        return;
    case FIELD_GROUP:
        add_item(out, field->group, member);
        return;
    case FIELD_LIST:
        for (size_t i = 0; i < list->count; i++) {
            buffer_text(out, i > 0 ? ", " : "");
            add_item(out, field->group, item_in(list, field->group->size, i));
        }
        buffer_text(out, list->count == 0 ? "none" : "");
        return;
    }
}

static char *taken(struct buffer *buffer)
{
    char *text = buffer_steal_text(buffer);
    buffer_release(buffer);
    return text;
}

static char *value_text(const struct field *field, const void *object)
{
    struct buffer out;
    buffer_init(&out, VALUE_CAP);
    add_value(&out, field, object);
    return taken(&out);
}

static int64_t value_number(const struct field *field, const void *object)
{
    const void *member = member_in(field, object);
    switch (field->kind) {
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_SHARE:
        return ((const struct ev_int *)member)->v;
    case FIELD_ENUM:
        return ((const struct ev_enum *)member)->v;
    case FIELD_BOOL:
        return ((const struct ev_bool *)member)->v;
    case FIELD_TEXT:
    case FIELD_BYTES:
    case FIELD_GROUP:
    case FIELD_LIST:
        return 0;
    }
    return 0;
}

static void add_place(struct buffer *out, const struct spot *spot)
{
    if (spot == NULL) {
        return;
    }
    add_place(out, spot->up);
    if (spot->item != NULL) {
        buffer_format(out, "[%s]", spot->item);
    } else if (spot->name[0] != '\0') {
        buffer_format(out, "%s%s", out->size > 0 ? "." : "", spot->name);
    }
}

static const char *innermost(const struct spot *spot)
{
    for (; spot != NULL; spot = spot->up) {
        if (spot->item != NULL) {
            return spot->item;
        }
    }
    return NULL;
}

/* Takes over both values. */
static bool note(struct walk *walk, const struct field *field, const struct spot *spot, struct change change)
{
    struct changes *changes = walk->changes;
    bool lost =
        (change.kind != CHANGE_CAME && change.before == NULL) || (change.kind != CHANGE_WENT && change.after == NULL);
    if (!lost && changes->count >= DIFF_MOST) {
        changes->cut = true;
        alloc_free(change.before);
        alloc_free(change.after);
        return true;
    }
    struct buffer place;
    buffer_init(&place, VALUE_CAP);
    add_place(&place, spot);
    change.place = taken(&place);
    const char *item = innermost(spot);
    change.item = item != NULL ? alloc_text(item) : NULL;
    change.check = walk->check;
    change.field = field;
    change.varies |= walk->varies;
    struct change *items = lost || change.place == NULL || (item != NULL && change.item == NULL)
                               ? NULL
                               : alloc_resize(changes->items, changes->count + 1, sizeof *items);
    if (items == NULL) {
        alloc_free(change.before);
        alloc_free(change.after);
        alloc_free(change.place);
        alloc_free(change.item);
        return error_no_memory(walk->error);
    }
    changes->items = items;
    items[changes->count++] = change;
    return true;
}

static bool diff_fields(struct walk *walk, const struct field_table *table, const void *before, const void *after,
                        const struct spot *up);

/* Do all fields of the key agree? */
static bool same_key(const struct field_table *group, const void *a, const void *b)
{
    bool keyed = false;
    for (size_t i = 0; i < group->count; i++) {
        const struct field *field = &group->fields[i];
        if (field->diff != DIFF_KEY) {
            continue;
        }
        keyed = true;
        const struct field_table one = { .name = group->name, .size = group->size, .fields = field, .count = 1 };
        if (!field_equal(&one, a, b)) {
            return false;
        }
    }
    return keyed || field_equal(group, a, b);
}

/* The item of `other` that is the same thing as item `i` of `list`: its n-th namesake when there are several. -1: none.
 */
static int partner(const struct field_table *group, const struct ev_list *list, size_t i, const struct ev_list *other)
{
    const void *item = item_in(list, group->size, i);
    size_t namesakes = 0;
    for (size_t k = 0; k < i; k++) {
        namesakes += same_key(group, item_in(list, group->size, k), item) ? 1 : 0;
    }
    for (size_t k = 0; k < other->count; k++) {
        if (same_key(group, item_in(other, group->size, k), item) && namesakes-- == 0) {
            return (int)k;
        }
    }
    return -1;
}

static char *key_text(const struct field_table *group, const void *item)
{
    struct buffer out;
    buffer_init(&out, VALUE_CAP);
    add_item(&out, group, item);
    return taken(&out);
}

/* An item that only one side has. */
static bool note_item(struct walk *walk, const struct field *field, const void *item, enum change_kind kind,
                      const struct spot *up)
{
    char *key = key_text(field->group, item);
    char *value = key != NULL ? alloc_text(key) : NULL;
    struct spot here = { .up = up, .item = key };
    struct change change = { .kind = kind, .varies = field->diff == DIFF_SAMPLES };
    *(kind == CHANGE_CAME ? &change.after : &change.before) = value;
    bool done = key != NULL ? note(walk, field, &here, change) : error_no_memory(walk->error);
    alloc_free(key);
    return done;
}

static bool diff_lists(struct walk *walk, const struct field *field, const struct ev_list *before,
                       const struct ev_list *after, const struct spot *up)
{
    const struct field_table *group = field->group;
    for (size_t i = 0; i < before->count; i++) {
        const void *item = item_in(before, group->size, i);
        int other = partner(group, before, i, after);
        if (other < 0) {
            if (!note_item(walk, field, item, CHANGE_WENT, up)) {
                return false;
            }
            continue;
        }
        char *key = key_text(group, item);
        struct spot here = { .up = up, .item = key };
        bool done = key != NULL ? diff_fields(walk, group, item, item_in(after, group->size, (size_t)other), &here)
                                : error_no_memory(walk->error);
        alloc_free(key);
        if (!done) {
            return false;
        }
    }
    for (size_t i = 0; i < after->count; i++) {
        if (partner(group, after, i, before) < 0 &&
            !note_item(walk, field, item_in(after, group->size, i), CHANGE_CAME, up)) {
            return false;
        }
    }
    return true;
}

static bool diff_member(struct walk *walk, const struct field *field, const void *before, const void *after,
                        const struct spot *up)
{
    struct spot here = { .up = up, .name = field->name };
    bool was = field_seen(field, before);
    bool is = field_seen(field, after);
    if (!was && !is) {
        return true;
    }
    if (field->kind == FIELD_GROUP && was && is && !varies(field)) {
        return diff_fields(walk, field->group, member_in(field, before), member_in(field, after), &here);
    }
    if (field->kind == FIELD_LIST && was && is && !varies(field)) {
        return diff_lists(walk, field, member_in(field, before), member_in(field, after), &here);
    }
    const struct field_table one = { .name = field->name, .fields = field, .count = 1 };
    if (was && is && field_equal(&one, before, after)) {
        return true;
    }
    struct change change = {
        .kind = was && is ? CHANGE_OTHER
                : is      ? CHANGE_CAME
                          : CHANGE_WENT,
        .varies = varies(field),
        .before = was ? value_text(field, before) : NULL,
        .after = is ? value_text(field, after) : NULL,
        .before_value = was ? value_number(field, before) : 0,
        .after_value = is ? value_number(field, after) : 0,
    };
    return note(walk, field, &here, change);
}

static bool diff_fields(struct walk *walk, const struct field_table *table, const void *before, const void *after,
                        const struct spot *up)
{
    for (size_t i = 0; i < table->count; i++) {
        if (!diff_member(walk, &table->fields[i], before, after, up)) {
            return false;
        }
    }
    return true;
}

bool evidence_diff(const struct evidence *before, const struct evidence *after, struct changes *changes,
                   struct error *error)
{
    *changes = (struct changes){ 0 };
    struct walk walk = { .changes = changes, .check = CHECK_COUNT, .error = error };
    bool done = diff_fields(&walk, &evidence_table, before, after, NULL);
    for (int id = 0; id < CHECK_COUNT && done; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        walk.check = (enum check_id)id;
        /* How a check ran shows in its status; its words are no evidence. */
        walk.varies = true;
        done = diff_fields(&walk, &check_table, &before->checks[id], &after->checks[id], NULL);
        walk.varies = false;
        done = done && (group == NULL || diff_fields(&walk, group, evidence_group_in(before, (enum check_id)id),
                                                     evidence_group_in(after, (enum check_id)id), NULL));
    }
    if (!done) {
        changes_release(changes);
    }
    return done;
}

void changes_release(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        alloc_free(changes->items[i].place);
        alloc_free(changes->items[i].item);
        alloc_free(changes->items[i].before);
        alloc_free(changes->items[i].after);
    }
    alloc_free(changes->items);
    *changes = (struct changes){ 0 };
}
