#include "unit/cmocka_all.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/text.h"
#include "base/writer.h"

static void a_read_that_does_not_fit_moves_nothing(void **state)
{
    (void)state;
    static const uint8_t bytes[] = { 1, 2, 3 };
    struct cursor cursor = cursor_of(bytes, sizeof bytes);
    uint32_t wide = 99;
    assert_false(cursor_u32le(&cursor, &wide));
    assert_int_equal(wide, 99);
    assert_int_equal(cursor_offset(&cursor), 0);
    assert_true(cursor_u24be(&cursor, &wide));
    assert_int_equal(wide, 0x010203);
    uint8_t none;
    assert_false(cursor_u8(&cursor, &none));
    assert_false(cursor_skip(&cursor, SIZE_MAX));
}

static void both_byte_orders(void **state)
{
    (void)state;
    static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uint16_t half;
    uint32_t word;
    uint64_t wide;
    struct cursor cursor = cursor_of(bytes, sizeof bytes);
    assert_true(cursor_u16le(&cursor, &half));
    assert_int_equal(half, 0x0201);
    assert_true(cursor_u16be(&cursor, &half));
    assert_int_equal(half, 0x0304);
    assert_true(cursor_u32le(&cursor, &word));
    assert_int_equal(word, 0x08070605);
    cursor = cursor_of(bytes, sizeof bytes);
    assert_true(cursor_u64le(&cursor, &wide));
    assert_true(wide == UINT64_C(0x0807060504030201));
}

static void a_block_narrows_the_end_and_keeps_the_offset(void **state)
{
    (void)state;
    static const uint8_t bytes[] = { 0, 0, 7, 8, 9 };
    struct cursor cursor = cursor_of(bytes, sizeof bytes);
    struct cursor block;
    uint16_t value;
    uint8_t byte;
    assert_true(cursor_skip(&cursor, 2));
    assert_false(cursor_block(&cursor, 4, &block));
    assert_true(cursor_block(&cursor, 1, &block));
    assert_int_equal(cursor_left(&cursor), 2);
    assert_false(cursor_u16be(&block, &value));
    struct fault fault;
    assert_int_equal(parse_bad(&fault, &block, "section", "why"), PARSE_BAD);
    assert_int_equal(fault.offset, 2);
    assert_true(cursor_u8(&block, &byte));
    assert_int_equal(byte, 7);
}

static void overflow_is_sticky(void **state)
{
    (void)state;
    uint8_t bytes[4] = { 0 };
    struct writer writer = writer_of(bytes, 3);
    writer_u16be(&writer, 0x1234);
    writer_u16le(&writer, 0x5678);
    writer_u8(&writer, 9);
    assert_false(writer_ok(&writer));
    assert_int_equal(writer_size(&writer), 2);
    static const uint8_t expected[] = { 0x12, 0x34, 0, 0 };
    assert_memory_equal(bytes, expected, 4);
}

static void a_length_is_patched_in_place(void **state)
{
    (void)state;
    uint8_t bytes[6];
    struct writer writer = writer_of(bytes, sizeof bytes);
    writer_u16be(&writer, 0);
    writer_u32le(&writer, 0x04030201);
    writer_patch_u16be(&writer, 0, 6);
    assert_true(writer_ok(&writer));
    static const uint8_t expected[] = { 0, 6, 1, 2, 3, 4 };
    assert_memory_equal(bytes, expected, 6);
    writer_patch_u16be(&writer, 5, 1);
    assert_false(writer_ok(&writer));
}

static void a_buffer_stops_at_its_cap(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 5);
    assert_true(buffer_text(&buffer, "abc"));
    assert_false(buffer_text(&buffer, "def"));
    assert_true(buffer.failed);
    assert_string_equal((char *)buffer.bytes, "abc");
    assert_false(buffer_text(&buffer, ""));
    buffer_release(&buffer);
}

static void a_buffer_gives_its_text_away(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    assert_true(buffer_format(&buffer, "%d-%s", 7, "x"));
    buffer_consume(&buffer, 2);
    char *text = buffer_steal_text(&buffer);
    assert_string_equal(text, "x");
    alloc_free(text);
    text = buffer_steal_text(&buffer);
    assert_string_equal(text, "");
    alloc_free(text);
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    assert_null(alloc_array(SIZE_MAX / 2, 3));
    void *block = alloc_new(1);
    assert_null(alloc_resize(block, SIZE_MAX / 2, 3));
    alloc_free(block);
}

static void an_error_says_why_and_is_false(void **state)
{
    (void)state;
    struct error error = { 0 };
    assert_false(error_set(&error, ERROR_DATA, "%s:%d: bad", "my.rdp", 14));
    assert_int_equal(error.kind, 65);
    assert_string_equal(error.text, "my.rdp:14: bad");
    assert_false(error_no_memory(NULL));
}

static void numbers_are_read_whole(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t max;
        int64_t value; /* -1: refused */
    } cases[] = {
        { "3389", 65535, 3389 }, { "0x904", 65535, 0x904 }, { "65536", 65535, -1 },
        { "", 10, -1 },          { "0x", 10, -1 },          { "12a", 65535, -1 },
        { "-1", 65535, -1 },     { " 1", 65535, -1 },       { "9", 5, -1 },
        { "5", 5, 5 },           { "99", 5, -1 },           { "18446744073709551616", UINT64_MAX, -1 },
        { "0X1F", 31, 31 },      { "0x20", 31, -1 },        { "0", 0, 0 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t value = 0;
        bool read = text_number(cases[i].text, cases[i].max, &value);
        assert_int_equal(read, cases[i].value >= 0);
        if (read) {
            assert_int_equal(value, cases[i].value);
        }
    }
}

static void hex_goes_there_and_back(void **state)
{
    (void)state;
    uint8_t bytes[3];
    size_t size;
    char *hex = text_hex("\x00\xab\x10", 3);
    assert_string_equal(hex, "00ab10");
    assert_true(text_unhex(hex, bytes, sizeof bytes, &size));
    assert_int_equal(size, 3);
    assert_memory_equal(bytes, "\x00\xab\x10", 3);
    assert_false(text_unhex("00ab1", bytes, sizeof bytes, &size));
    assert_false(text_unhex("00ag", bytes, sizeof bytes, &size));
    assert_false(text_unhex("00ab1011", bytes, sizeof bytes, &size));
    alloc_free(hex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_that_does_not_fit_moves_nothing),
        cmocka_unit_test(both_byte_orders),
        cmocka_unit_test(a_block_narrows_the_end_and_keeps_the_offset),
        cmocka_unit_test(overflow_is_sticky),
        cmocka_unit_test(a_length_is_patched_in_place),
        cmocka_unit_test(a_buffer_stops_at_its_cap),
        cmocka_unit_test(a_buffer_gives_its_text_away),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(an_error_says_why_and_is_false),
        cmocka_unit_test(numbers_are_read_whole),
        cmocka_unit_test(hex_goes_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
