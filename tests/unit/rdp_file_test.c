#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>
#include <uchar.h>

#include "base/alloc.h"
#include "wire/rdp_file.h"

static struct rdp_file *good(const void *bytes, size_t size)
{
    struct error error = { 0 };
    struct rdp_file *file = rdp_file_parse(bytes, size, &error);
    if (file == NULL) {
        print_message("%s\n", error.text);
    }
    assert_non_null(file);
    return file;
}
#define GOOD(text) good(text, sizeof text - 1)

static void bad(const void *bytes, size_t size, const char *words)
{
    struct error error = { 0 };
    assert_null(rdp_file_parse(bytes, size, &error));
    assert_int_equal(error.kind, ERROR_DATA);
    assert_string_equal(error.text, words);
}
#define BAD(text, words) bad(text, sizeof text - 1, words)

static void is_text(const struct rdp_file *file, const char *name, const char *value, size_t line)
{
    const struct rdp_file_setting *setting = rdp_file_find(file, name);
    assert_non_null(setting);
    assert_int_equal(setting->type, 's');
    assert_string_equal(setting->value, value);
    assert_int_equal(setting->line, line);
}

static void each_encoding_reads_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = { "full address:s:srv.example\r\nserver port:i:3390\r\n",
                                         "\xEF\xBB\xBF"
                                         "Full  Address:S: srv.example \nserver port:i:3390" };
    for (size_t i = 0; i < 2; i++) {
        struct rdp_file *file = good(texts[i], strlen(texts[i]));
        is_text(file, "full address", "srv.example", 1);
        assert_int_equal(rdp_file_find(file, "server port")->number, 3390);
        assert_int_equal(rdp_file_count(file), 2);
        rdp_file_free(file);
    }
    static const char mark[] = "\xFF\xFE";
    static const char16_t wide[] = u"username:s:J\u00fcrgen \U0001F600\r\nfull address:s:srv.example\r\n";
    uint8_t bytes[sizeof mark + sizeof wide];
    memcpy(bytes, mark, 2);
    memcpy(bytes + 2, wide, sizeof wide - 2);
    for (size_t skip = 0; skip <= 2; skip += 2) { /* with and without its mark */
        struct rdp_file *file = good(bytes + skip, sizeof wide - skip);
        is_text(file, "username", "J\xC3\xBCrgen \xF0\x9F\x98\x80", 1);
        is_text(file, "full address", "srv.example", 2);
        rdp_file_free(file);
    }
}

static void remarks_are(const struct rdp_file *file, const struct rdp_file_remark *wanted, size_t count)
{
    const struct rdp_file_remark *remarks;
    assert_int_equal(rdp_file_remarks(file, &remarks), count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(remarks[i].line, wanted[i].line);
        assert_int_equal(remarks[i].note, wanted[i].note);
        assert_true((remarks[i].name == NULL) == (wanted[i].name == NULL));
        if (wanted[i].name != NULL) {
            assert_string_equal(remarks[i].name, wanted[i].name);
        }
    }
}

static void oddities_are_told_with_their_line(void **state)
{
    (void)state;
    struct rdp_file *file = GOOD("full address:s:a\n"   /* 1 */
                                 "\n"                   /* 2: nothing is wrong with an empty line */
                                 "no setting here\n"    /* 3 */
                                 "server port:s:3389\n" /* 4: a number by rights */
                                 "audiomode:i:loud\n"   /* 5 */
                                 "full address:s:b\n"   /* 6 */
                                 "full address:s:b\n"   /* 7: the same again says nothing new */
                                 "shell:x:1\n"          /* 8 */
                                 ":s:nameless\n"        /* 9 */
                                 "screen mode id:i:-2\n");
    static const struct rdp_file_remark wanted[] = {
        { 3, RDP_FILE_NO_SETTING, NULL },      { 4, RDP_FILE_TYPE, "server port" }, { 5, RDP_FILE_NUMBER, "audiomode" },
        { 6, RDP_FILE_TWICE, "full address" }, { 8, RDP_FILE_TYPE, "shell" },       { 9, RDP_FILE_NO_SETTING, NULL },
    };
    remarks_are(file, wanted, 6);
    is_text(file, "full address", "b", 7);
    assert_int_equal(rdp_file_find(file, "screen mode id")->number, -2);
    assert_int_not_equal(rdp_file_find(file, "audiomode")->type, 'i');
    rdp_file_free(file);
}

static void what_is_no_such_file_is_refused(void **state)
{
    (void)state;
    BAD("", "not one line of it reads name:type:value, so it is no .rdp file");
    BAD("hello\nworld\n", "not one line of it reads name:type:value, so it is no .rdp file");
    BAD("full address:s:a\n\0", "line 2: a zero byte; this is no text, so no .rdp file");
    BAD("\xFF\xFE"
        "a\0b",
        "UTF-16 with an odd number of bytes: it was cut or damaged");
    BAD("\xFE\xFF\0a", "it is UTF-16 with the high byte first, which no RDP client writes");
    char *large = alloc_new(RDP_FILE_MAX + 1);
    bad(large, RDP_FILE_MAX + 1, "larger than 1 MiB: no .rdp file");
    alloc_free(large);
}

/* A value that would be an order to a terminal comes out as text. */
static void nothing_reaches_a_terminal_raw(void **state)
{
    (void)state;
    struct rdp_file *file = GOOD("full address:s:a\x1b[31m\n");
    is_text(file, "full address", "a\\x1b[31m", 1);
    rdp_file_free(file);
}

static void limits_hold(void **state)
{
    (void)state;
    char *text = alloc_new(RDP_FILE_MAX);
    size_t size = 0;
    for (unsigned i = 0; i < RDP_FILE_SETTINGS_MAX + 5; i++) {
        size += (size_t)snprintf(text + size, RDP_FILE_MAX - size, "n%u:i:1\n", i);
    }
    struct rdp_file *file = good(text, size);
    assert_int_equal(rdp_file_count(file), RDP_FILE_SETTINGS_MAX);
    static const struct rdp_file_remark many[] = { { RDP_FILE_SETTINGS_MAX + 1, RDP_FILE_TOO_MANY, NULL } };
    remarks_are(file, many, 1);
    rdp_file_free(file);

    size = (size_t)snprintf(text, RDP_FILE_MAX, "domain:s:");
    memset(text + size, 'd', RDP_FILE_VALUE_MAX + 1);
    size += RDP_FILE_VALUE_MAX + 1;
    file = good(text, size);
    static const struct rdp_file_remark cut[] = { { 1, RDP_FILE_CUT, "domain" } };
    remarks_are(file, cut, 1);
    assert_int_equal(strlen(rdp_file_find(file, "domain")->value), RDP_FILE_VALUE_MAX);
    rdp_file_free(file);
    alloc_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_encoding_reads_the_same),
        cmocka_unit_test(oddities_are_told_with_their_line),
        cmocka_unit_test(what_is_no_such_file_is_refused),
        cmocka_unit_test(nothing_reaches_a_terminal_raw),
        cmocka_unit_test(limits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
