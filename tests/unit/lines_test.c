/* Text in pieces: codings, line ends, long lines; whatever the pieces, the lines are the same. */
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "read/lines.h"

struct seen {
    char text[4096];
    size_t size;
    size_t count;
    size_t last_size;
    bool last_cut;
};

static bool take(void *context, const struct text_line *line, struct error *error)
{
    struct seen *seen = context;
    (void)error;
    assert_int_equal(line->text[line->size], '\0');
    assert_int_equal(strlen(line->text), line->size);
    assert_int_equal(line->number, ++seen->count);
    seen->last_size = line->size;
    seen->last_cut = line->cut;
    if (seen->size + line->size + 2 < sizeof seen->text) {
        memcpy(seen->text + seen->size, line->text, line->size);
        seen->size += line->size;
        seen->text[seen->size++] = '|';
        seen->text[seen->size] = '\0';
    }
    return true;
}

static struct lines read_in(const void *bytes, size_t size, size_t piece, struct seen *seen)
{
    struct lines lines;
    struct error error = { 0 };
    *seen = (struct seen){ 0 };
    assert_true(lines_init(&lines, take, seen, &error));
    for (size_t i = 0; i < size; i += piece) {
        const size_t left = size - i;
        assert_true(lines_add(&lines, (const char *)bytes + i, left < piece ? left : piece, &error));
    }
    assert_true(lines_finish(&lines, &error));
    lines_release(&lines);
    return lines;
}

static void gives(const void *bytes, size_t size, const char *wanted)
{
    for (size_t piece = 1; piece <= size; piece++) {
        struct seen seen;
        read_in(bytes, size, piece, &seen);
        assert_string_equal(seen.text, wanted);
    }
}
#define GIVES(bytes, wanted) gives(bytes, sizeof(bytes) - 1, wanted)

static void test_codings(void **state)
{
    (void)state;
    GIVES("a\nb\r\n\nc", "a|b||c|");
    GIVES("\xEF\xBB\xBFgr\xC3\xBC\xC3\x9F\n", "gr\xC3\xBC\xC3\x9F|");
    GIVES("gr\xFC\xDF\nx\n", "gr\xC3\xBC\xC3\x9F|x|"); /* Latin-1 */
    GIVES("\xFF\xFE"
          "a\0\xFC\0\r\0\n\0=\xD8\x1E\xDE",
          "a\xC3\xBC|\xF0\x9F\x98\x9E|");
    GIVES("\xFE\xFF\0a\0\n\0b", "a|b|");
    GIVES("\xFF\xFE\0\xD8"
          "a\0",
          "?a|"); /* half a character */
    GIVES("x", "x|");
    GIVES("\xEF\xBB\xBF", "");
}

static void test_nothing(void **state)
{
    struct seen seen;
    (void)state;
    read_in("", 0, 1, &seen);
    assert_int_equal(seen.count, 0);
}

static void test_long_lines(void **state)
{
    static char text[3 * LINES_KEPT];
    struct seen seen;
    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text + LINES_KEPT - 1, "\xE2\x82\xAC", 3); /* a character at the very end of what is kept */
    text[sizeof text - 2] = '\n';
    struct lines lines = read_in(text, sizeof text, 1000, &seen);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.last_size, 1);
    assert_false(seen.last_cut);
    (void)lines;
    read_in(text, sizeof text - 2, 4096, &seen);
    assert_true(seen.last_cut);
    assert_int_equal(seen.last_size, LINES_KEPT - 1);
}

static void test_bytes_that_no_text_has(void **state)
{
    struct seen seen;
    (void)state;
    read_in("a\0b\n", 4, 2, &seen);
    assert_string_equal(seen.text, "a b|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codings),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_bytes_that_no_text_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
