#include "unit/cmocka_all.h"

#include "unit/guard_page.h"
#include "wire/ber.h"
#include "wire/credssp.h"

/* version 6, one token of three bytes */
static const uint8_t TOKEN_REQUEST[] = { 0x30, 0x14, 0xa0, 0x03, 0x02, 0x01, 0x06, 0xa1, 0x0d, 0x30, 0x0b,
                                         0x30, 0x09, 0xa0, 0x07, 0x04, 0x05, 'a',  'b',  'c',  'd',  'e' };
/* version 6, errorCode C000006D as the DER integer 00 C0 00 00 6D */
static const uint8_t ERROR_POSITIVE[] = { 0x30, 0x0e, 0xa0, 0x03, 0x02, 0x01, 0x06, 0xa4,
                                          0x07, 0x02, 0x05, 0x00, 0xc0, 0x00, 0x00, 0x6d };
/* the same as a negative number */
static const uint8_t ERROR_NEGATIVE[] = { 0x30, 0x0d, 0xa0, 0x03, 0x02, 0x01, 0x06, 0xa4,
                                          0x06, 0x02, 0x04, 0xc0, 0x00, 0x00, 0x6d };

static enum parse parse(const void *bytes, size_t size, struct credssp *out, struct fault *fault)
{
    struct cursor cursor = cursor_of(bytes, size);
    return credssp_parse(&cursor, out, fault);
}

static enum parse parse_all(const uint8_t *bytes, size_t size)
{
    struct credssp out;
    struct fault fault;
    return parse(bytes, size, &out, &fault);
}

static void a_token_travels(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct credssp request = { .version = 6, .token = slice_of_text("abcde") };
    assert_true(credssp_write(&writer, &request));
    assert_int_equal(writer_size(&writer), sizeof TOKEN_REQUEST);
    assert_memory_equal(bytes, TOKEN_REQUEST, sizeof TOKEN_REQUEST);
    struct credssp out;
    assert_int_equal(parse(TOKEN_REQUEST, sizeof TOKEN_REQUEST, &out, NULL), PARSE_DONE);
    assert_int_equal(out.version, 6);
    assert_int_equal(out.token_count, 1);
    assert_int_equal(out.token.size, 5);
    assert_memory_equal(out.token.bytes, "abcde", 5);
    assert_false(out.has_error);
    assert_null(out.client_nonce.bytes);
    assert_int_equal(out.size, sizeof TOKEN_REQUEST);
}

static void both_signs_of_an_error_are_one_error(void **state)
{
    (void)state;
    struct credssp out;
    assert_int_equal(parse(ERROR_POSITIVE, sizeof ERROR_POSITIVE, &out, NULL), PARSE_DONE);
    assert_true(out.has_error);
    assert_int_equal(out.error, 0xc000006d);
    assert_null(out.token.bytes);
    assert_int_equal(parse(ERROR_NEGATIVE, sizeof ERROR_NEGATIVE, &out, NULL), PARSE_DONE);
    assert_int_equal(out.error, 0xc000006d);
    uint8_t bytes[32];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(credssp_write(&writer, &(struct credssp){ .version = 6, .has_error = true, .error = 0xc000006d }));
    assert_int_equal(writer_size(&writer), sizeof ERROR_NEGATIVE);
    assert_memory_equal(bytes, ERROR_NEGATIVE, sizeof ERROR_NEGATIVE);
}

static void every_field_comes_back(void **state)
{
    (void)state;
    static uint8_t long_token[70000];
    memset(long_token, 't', sizeof long_token);
    static uint8_t bytes[80000];
    const size_t sizes[] = { 1, 127, 128, 255, 256, 65000 };
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        const struct credssp request = {
            .version = 0x60,
            .token = slice_of(long_token, sizes[i]),
            .auth_info = slice_of_text("info"),
            .pub_key_auth = slice_of_text("key"),
            .client_nonce = slice_of_text("01234567890123456789012345678901"),
            .has_error = true,
            .error = 0x80090302,
        };
        struct writer writer = writer_of(bytes, sizeof bytes);
        assert_true(credssp_write(&writer, &request));
        struct credssp out;
        assert_int_equal(parse(bytes, writer_size(&writer), &out, NULL), PARSE_DONE);
        assert_int_equal(out.version, 0x60);
        assert_int_equal(out.token.size, sizes[i]);
        assert_int_equal(out.auth_info.size, 4);
        assert_int_equal(out.pub_key_auth.size, 3);
        assert_int_equal(out.client_nonce.size, 32);
        assert_int_equal(out.error, 0x80090302);
        if (sizes[i] < 300) {
            every_truncation_asks_for_more(parse_all, bytes, writer_size(&writer));
            every_mutation_is_survived(parse_all, bytes, writer_size(&writer));
        }
    }
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_false(credssp_write(&writer, &(struct credssp){ .token = slice_of(long_token, 65536) }));
}

static void a_cut_message_asks_for_more(void **state)
{
    (void)state;
    struct credssp out;
    for (size_t n = 0; n < sizeof TOKEN_REQUEST; n++) {
        assert_int_equal(parse(TOKEN_REQUEST, n, &out, NULL), PARSE_MORE);
    }
    every_truncation_asks_for_more(parse_all, TOKEN_REQUEST, sizeof TOKEN_REQUEST);
    every_mutation_is_survived(parse_all, TOKEN_REQUEST, sizeof TOKEN_REQUEST);
    every_mutation_is_survived(parse_all, ERROR_NEGATIVE, sizeof ERROR_NEGATIVE);
}

static void bad_requests_say_why(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *why;
    } cases[] = {
        { "\x31", 1, "the message does not begin with the tag it must have" },
        { "\x30\x80", 2, "the length is indefinite or longer than four bytes" },
        { "\x30\x85", 2, "the length is indefinite or longer than four bytes" },
        { "\x30\x83\x01\x00\x00", 5, "the message says it is longer than the limit" },
        { "\x30\x84\xff\xff\xff\xff", 6, "the message says it is longer than the limit" },
        { "\x30\x00", 2, "the TSRequest has no version" },
        { "\x30\x05\xa0\x03\x02\x02\x06", 7, "the item reaches past the one around it" },
        { "\x30\x05\xa0\x03\x04\x01\x06", 7, "another tag was due here" },
        { "\x30\x05\xa0\x03\x02\x01\xff", 7, "the number is out of range" },
        { "\x30\x05\xa3\x03\x04\x01\x06", 7, "the field is unknown, out of order or twice" },
        { "\x30\x0a\xa0\x03\x02\x01\x06\xa6\x03\x04\x01\x06", 12, "the field is unknown, out of order or twice" },
        { "\x30\x0a\xa0\x03\x02\x01\x06\xa0\x03\x02\x01\x06", 12, "the field is unknown, out of order or twice" },
        { "\x30\x06\xa0\x04\x02\x01\x06\x00", 8, "bytes are left over" },
        { "\x30\x02\x1f\x00", 4, "a tag of several bytes has no place here" },
        { "\x30\x0c\xa0\x03\x02\x01\x06\xa1\x05\x30\x03\x31\x01x", 14, "another tag was due here" },
        { "\x30\x11\xa0\x03\x02\x01\x06\xa1\x0a\x30\x08\x30\x06\xa0\x04\x04\x01x\x00", 19, "bytes are left over" },
        { "\x30\x11\xa0\x03\x02\x01\x06\xa1\x0a\x30\x08\x30\x06\xa0\x03\x04\x01x\x00", 19, "bytes are left over" },
        { "\x30\x0c\xa0\x03\x02\x01\x06\xa4\x05\x02\x03\x01", 12, NULL },
        { "\x30\x0f\xa0\x03\x02\x01\x06\xa4\x08\x02\x06\x01\x00\x00\x00\x00\x00", 17, "the number is out of range" },
        { "\x30\x0f\xa0\x03\x02\x01\x06\xa4\x08\x02\x06\xff\x00\x00\x00\x00\x00", 17, "the number is out of range" },
        { "\x30\x04\xa0\x02\x02\x00", 6, "the integer is empty or longer than eight bytes" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct credssp out = { .version = 77 };
        struct fault fault = { 0 };
        if (cases[i].why == NULL) { /* only cut */
            assert_int_equal(parse(cases[i].bytes, cases[i].size, &out, &fault), PARSE_MORE);
            continue;
        }
        assert_int_equal(parse(cases[i].bytes, cases[i].size, &out, &fault), PARSE_BAD);
        assert_string_equal(fault.why, cases[i].why);
        assert_int_equal(out.version, 77);
    }
}

static void tokens_are_counted_and_limited(void **state)
{
    (void)state;
    uint8_t bytes[256] = { 0x30, 0, 0xa0, 3, 2, 1, 6, 0xa1, 0, 0x30, 0 };
    for (size_t count = 1; count <= CREDSSP_TOKENS_MAX + 1; count++) {
        static const uint8_t item[] = { 0x30, 5, 0xa0, 3, 4, 1, 'x' };
        memcpy(bytes + 11 + (count - 1) * sizeof item, item, sizeof item);
        bytes[10] = (uint8_t)(count * sizeof item);
        bytes[8] = (uint8_t)(bytes[10] + 2);
        bytes[1] = (uint8_t)(bytes[8] + 7);
        if (bytes[1] >= 128) {
            break;
        }
        struct credssp out;
        assert_int_equal(parse(bytes, (size_t)bytes[1] + 2, &out, NULL), PARSE_DONE);
        assert_int_equal(out.token_count, count);
    }
    uint8_t many[CREDSSP_TOKENS_MAX * 7 + 7 + 16] = { 0x30, 0x81, 0, 0xa0, 3, 2, 1, 6, 0xa1, 0x81, 0, 0x30, 0x81, 0 };
    many[13] = (CREDSSP_TOKENS_MAX + 1) * 7;
    many[10] = (uint8_t)(many[13] + 3);
    many[2] = (uint8_t)(many[10] + 8);
    for (size_t i = 0; i <= CREDSSP_TOKENS_MAX; i++) {
        memcpy(many + 14 + i * 7, "\x30\x05\xa0\x03\x04\x01x", 7);
    }
    struct credssp out;
    struct fault fault = { 0 };
    assert_int_equal(parse(many, (size_t)many[2] + 3, &out, &fault), PARSE_BAD);
    assert_string_equal(fault.why, "more negoTokens than anyone sends");
}

static void integers_keep_their_sign(void **state)
{
    (void)state;
    static const int64_t values[] = { 0,       1,       127,        128,        -1,        -128,     -129,
                                      255,     256,     65535,      -32768,     -32769,    32767,    32768,
                                      8388607, 8388608, 2147483647, 4294967295, INT64_MIN, INT64_MAX };
    static const size_t sizes[] = { 3, 3, 3, 4, 3, 3, 4, 4, 4, 5, 4, 5, 4, 5, 5, 6, 6, 7, 10, 10 };
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        uint8_t bytes[16];
        struct writer writer = writer_of(bytes, sizeof bytes);
        ber_integer_write(&writer, BER_INTEGER, values[i]);
        assert_int_equal(writer_size(&writer), sizes[i]); /* as short as the sign allows */
        assert_int_equal(writer_size(&writer), ber_integer_size(values[i]));
        struct cursor cursor = cursor_of(bytes, writer_size(&writer));
        int64_t back;
        assert_int_equal(ber_integer(&cursor, BER_INTEGER, &back, NULL), PARSE_DONE);
        assert_true(back == values[i]);
    }
}

static void the_limit_counts_the_header(void **state)
{
    (void)state;
    struct cursor content;
    struct cursor cursor = cursor_of((const uint8_t *)"\x30\x03"
                                                      "abc",
                                     5);
    assert_int_equal(ber_outer(&cursor, BER_SEQUENCE, 4, &content, NULL), PARSE_BAD);
    assert_int_equal(cursor_offset(&cursor), 0);
    assert_int_equal(ber_outer(&cursor, BER_SEQUENCE, 5, &content, NULL), PARSE_DONE);
    assert_int_equal(cursor_left(&content), 3);
    uint8_t bytes[16];
    struct writer writer = writer_of(bytes, sizeof bytes);
    ber_header_write(&writer, BER_SEQUENCE, (size_t)UINT32_MAX);
    assert_true(writer_ok(&writer));
    assert_memory_equal(bytes, "\x30\x84\xff\xff\xff\xff", 6);
    ber_header_write(&writer, BER_SEQUENCE, (size_t)UINT32_MAX + 1);
    assert_false(writer_ok(&writer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_travels),          cmocka_unit_test(both_signs_of_an_error_are_one_error),
        cmocka_unit_test(every_field_comes_back),   cmocka_unit_test(a_cut_message_asks_for_more),
        cmocka_unit_test(bad_requests_say_why),     cmocka_unit_test(tokens_are_counted_and_limited),
        cmocka_unit_test(integers_keep_their_sign), cmocka_unit_test(the_limit_counts_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
