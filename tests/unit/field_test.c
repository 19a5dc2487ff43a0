#include "unit/cmocka_all.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "evidence/evidence.h"

/* The rows of a table must cover its struct: alignment padding aside, their sizes add up to sizeof. */
static size_t size_of_kind(const struct field *field)
{
    switch (field->kind) {
    case FIELD_INT:
    case FIELD_TIME:
    case FIELD_SHARE:
        return sizeof(struct ev_int);
    case FIELD_BOOL:
        return sizeof(struct ev_bool);
    case FIELD_ENUM:
        return sizeof(struct ev_enum);
    case FIELD_TEXT:
        return sizeof(struct ev_text);
    case FIELD_BYTES:
        return sizeof(struct ev_bytes);
    case FIELD_LIST:
        return sizeof(struct ev_list);
    case FIELD_GROUP:
        return field->group->size;
    }
    return 0;
}

static void covers(const struct field_table *table)
{
    size_t end = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        /* A gap of 8 or more holds a forgotten field: alignment alone leaves at most 7. */
        assert_true(field->offset >= end && field->offset - end < 8);
        end = field->offset + size_of_kind(field);
        if (field->group != NULL) {
            covers(field->group);
        }
        if (field->kind == FIELD_ENUM) {
            assert_non_null(field->names);
        }
    }
    if (table != &evidence_table) {
        assert_true(table->size - end < 8);
    }
}

static void every_field_has_a_row(void **state)
{
    (void)state;
    covers(&evidence_table);
    covers(&check_table);
    size_t end = offsetof(struct evidence, checks) + sizeof(struct ev_check) * CHECK_COUNT;
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        if (group == NULL) {
            continue;
        }
        covers(group);
        struct evidence *none = NULL;
        size_t offset = (size_t)((char *)evidence_group_of(none, (enum check_id)id) - (char *)none);
        assert_true(offset >= end && offset - end < 8);
        end = offset + group->size;
    }
    assert_true(sizeof(struct evidence) - end < 8);
}

static void a_copy_is_equal_and_its_own(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct evidence *evidence = evidence_new(&error);
    assert_true(ev_set_text(&evidence->target.host, SOURCE_USER, "srv\x1b[2J", 7, &error));
    struct ev_offer *offer = ev_list_add(&evidence->negotiation.offers, SOURCE_PROBE, &offer_table, 0, &error);
    assert_non_null(offer);
    ev_set_int(&offer->offer, SOURCE_PROBE, 11);
    struct evidence *copy = evidence_copy(evidence, &error);
    assert_non_null(copy);
    assert_true(evidence_equal(evidence, copy));
    assert_string_equal(copy->target.host.v, "srv\\x1b[2J");
    ev_set_int(&((struct ev_offer *)copy->negotiation.offers.items)->offer, SOURCE_PROBE, 1);
    assert_false(evidence_equal(evidence, copy));
    evidence_free(copy);
    evidence_free(evidence);
}

static void a_list_keeps_its_limit(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct ev_list list = { 0 };
    assert_non_null(ev_list_add(&list, SOURCE_PROBE, &int_item_table, 1, &error));
    assert_null(ev_list_add(&list, SOURCE_PROBE, &int_item_table, 1, &error));
    assert_int_equal(error.kind, ERROR_DATA);
    assert_int_equal(list.count, 1);
    alloc_free(list.items);
}

static void strangers_text_becomes_harmless(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        size_t size;
        const char *out;
    } cases[] = {
        { "plain", 5, "plain" },
        { "a\0b", 3, "a\\x00b" },
        { "\xc3\xa9", 2, "\xc3\xa9" },
        { "\xc3", 1, "\\xc3" },
        { "\xe2\x80\xae", 3, "\\xe2\\x80\\xae" }, /* right-to-left override */
        { "\xc2\x9b", 2, "\\xc2\\x9b" },          /* C1 CSI */
        { "back\\slash", 10, "back\\\\slash" },
        { "\xed\xa0\x80", 3, "\\xed\\xa0\\x80" }, /* a surrogate in UTF-8 */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *text = text_escape(cases[i].in, cases[i].size, 100);
        assert_string_equal(text, cases[i].out);
        char *back = text_unescape(text);
        if (memchr(cases[i].in, 0, cases[i].size) != NULL) {
            assert_null(back);
        } else {
            assert_string_equal(back, cases[i].in);
        }
        alloc_free(back);
        alloc_free(text);
    }
    char *odd = text_unescape("\\x4 \\xg1 \\n \\x");
    assert_string_equal(odd, "\\x4 \\xg1 \\n \\x");
    alloc_free(odd);
    char *cut = text_escape("abcdefgh", 8, 4);
    assert_string_equal(cut, "abcd...");
    alloc_free(cut);
    char *wide = text_escape_utf16le("S\0\x3d\xd8\x00\xdc\x00\xd8", 8, 100);
    assert_string_equal(wide, "S\xf0\x9f\x90\x80\\ud800");
    alloc_free(wide);
}

static void dates_go_there_and_back(void **state)
{
    (void)state;
    static const char *const dates[] = { "1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "1601-01-01T00:00:00Z",
                                         "2026-11-22T16:30:00.000001Z", "9999-12-31T23:59:59Z" };
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        int64_t us;
        char text[CLOCK_TEXT_SIZE];
        assert_true(clock_parse(dates[i], &us));
        clock_format(us, text);
        assert_string_equal(text, dates[i]);
    }
    int64_t us;
    assert_true(clock_parse("2026-11-22T17:30:00+01:00", &us));
    assert_int_equal(us, INT64_C(1795365000000000));
    assert_false(clock_parse("2026-13-22T17:30:00Z", &us));
    assert_false(clock_parse("2026-11-22T17:30:00", &us));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_has_a_row),   cmocka_unit_test(a_copy_is_equal_and_its_own),
        cmocka_unit_test(a_list_keeps_its_limit),  cmocka_unit_test(strangers_text_becomes_harmless),
        cmocka_unit_test(dates_go_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
