/* -v: what was seen, field by field, by the tables. Names are those of the JSON document. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "report/parts.h"

enum { MARGIN = 2, WORDS_CAP = 1 << 20, BYTES_SHOWN = 32 };

/* Numbers that specialists read as bits or codes. */
static bool is_hex(const char *name)
{
    static const char *const names[] = { "offer", "selected", "flags", "failure", "error", "code", "extended" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name);
    return length > strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

static void add_int(struct buffer *words, const char *name, int64_t value)
{
    if (is_hex(name) && value >= 0) {
        buffer_format(words, "0x%" PRIX64, (uint64_t)value);
    } else {
        buffer_format(words, "%" PRId64, value);
    }
}

static void add_bytes(struct buffer *words, const struct ev_bytes *bytes)
{
    for (size_t i = 0; i < bytes->size && i < BYTES_SHOWN; i++) {
        buffer_format(words, "%02x", bytes->v[i]);
    }
    if (bytes->size > BYTES_SHOWN) {
        buffer_format(words, "... (%zu bytes)", bytes->size);
    }
}

/* The Confirm's flags by what they are called (MS-RDPBCGR 2.2.1.2.1). */
static void add_offer_flags(struct buffer *words, int64_t flags)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {
        { 0x01, "extended client data" }, { 0x02, "graphics pipeline" },       { 0x04, "reserved" },
        { 0x08, "Restricted Admin" },     { 0x10, "Remote Credential Guard" },
    };
    bool any = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((flags & names[i].bit) != 0) {
            buffer_format(words, "%s%s", any ? ", " : " (", names[i].name);
            any = true;
        }
    }
    buffer_text(words, any ? ")" : "");
}

static void add_fields(struct buffer *words, const struct field_table *table, const void *object);
static void add_value(struct buffer *words, const struct field *field, const void *object);

static void add_list(struct buffer *words, const struct field *field, const struct ev_list *list)
{
    const struct field_table *group = field->group;
    bool bare = group->count == 1 && group->fields[0].name[0] == '\0';
    if (list->count == 0) {
        buffer_text(words, "none");
    }
    for (size_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * group->size;
        buffer_text(words, i > 0 ? ", " : "");
        if (bare) {
            add_value(words, &group->fields[0], item);
        } else {
            buffer_text(words, "[");
            add_fields(words, group, item);
            buffer_text(words, "]");
        }
    }
}

static void add_value(struct buffer *words, const struct field *field, const void *object)
{
    const void *member = (const char *)object + field->offset;
    char text[CLOCK_TEXT_SIZE];
    switch (field->kind) {
    case FIELD_INT:
        add_int(words, field->name, ((const struct ev_int *)member)->v);
        return;
    case FIELD_SHARE:
        buffer_format(words, "%.4g", (double)((const struct ev_int *)member)->v / FIELD_SHARE_WHOLE);
        return;
    case FIELD_TIME:
        clock_format(((const struct ev_int *)member)->v, text);
        buffer_text(words, text);
        return;
    case FIELD_BOOL:
        buffer_text(words, ((const struct ev_bool *)member)->v ? "yes" : "no");
        return;
    case FIELD_ENUM: {
        const char *name = field_name_of(field->names, ((const struct ev_enum *)member)->v);
        buffer_text(words, name != NULL ? name : "?");
        return;
    }
    case FIELD_TEXT:
        buffer_text(words, ((const struct ev_text *)member)->v);
        return;
    case FIELD_BYTES:
        add_bytes(words, member);
        return;
    case FIELD_GROUP:
        buffer_text(words, "(");
        add_fields(words, field->group, member);
        buffer_text(words, ")");
        return;
    case FIELD_LIST:
        add_list(words, field, member);
        return;
    }
}

static void add_fields(struct buffer *words, const struct field_table *table, const void *object)
{
    bool first = true;
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        if (!field_seen(field, object)) {
            continue;
        }
        buffer_text(words, first ? "" : ", ");
        const void *member = (const char *)object + field->offset;
        bool span = field->kind == FIELD_INT && ends_with(field->name, "_us");
        buffer_format(words, "%.*s ", (int)(strlen(field->name) - (span ? 3 : 0)), field->name);
        if (span) {
            char text[SPAN_TEXT_SIZE];
            buffer_text(words, parts_span(((const struct ev_int *)member)->v, text));
        } else {
            add_value(words, field, object);
        }
        if (table == &offer_table && field->kind == FIELD_INT && strcmp(field->name, "flags") == 0) {
            add_offer_flags(words, ((const struct ev_int *)member)->v);
        }
        first = false;
    }
}

static void put_object(struct page *page, const char *title, const struct field_table *table, const void *object)
{
    enum { COLUMN = 4 };
    struct buffer words;
    buffer_init(&words, WORDS_CAP);
    buffer_format(&words, "%s: ", title);
    add_fields(&words, table, object);
    page_to(page, PAGE_INDENT);
    page_words(page, COLUMN, page->width - MARGIN, words.failed ? title : (const char *)words.bytes);
    page_end_line(page);
    page->text.failed |= words.failed;
    buffer_release(&words);
}

static void put_items(struct page *page, const char *title, const struct field_table *table, const struct ev_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        char name[48];
        snprintf(name, sizeof name, "%s %zu", title, i);
        put_object(page, name, table, (const char *)list->items + i * table->size);
    }
}

void parts_evidence(struct page *page, const struct evidence *evidence, const struct verdict *verdict)
{
    put_items(page, "connection", &connection_table, &evidence->connections);
    put_items(page, "control", &control_table, &evidence->controls);
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        const struct field_table *reading = reading_group((enum check_id)id);
        const void *seen = evidence_group_in(evidence, (enum check_id)id);
        const void *computed = reading_group_in(&verdict->readings, (enum check_id)id);
        const char *name = field_name_of(check_names, id);
        if (group != NULL && !field_empty(group, seen)) {
            put_object(page, name, group, seen);
        }
        if (reading != NULL && !field_empty(reading, computed)) {
            char title[48];
            snprintf(title, sizeof title, "%s, computed", name);
            put_object(page, title, reading, computed);
        }
    }
}
