#include "unit/cmocka_all.h"

#include "unit/guard_page.h"
#include "wire/nego.h"
#include "wire/tpkt.h"
#include "wire/x224.h"

/* What the first connection sends: offer 0x0B, cookie "rdpwhy". */
static const uint8_t FIRST_REQUEST[] = {
    0x03, 0x00, 0x00, 0x2c, 0x27, 0xe0, 0x00, 0x00, 0x00, 0x00, 0x00, 'C',  'o',  'o',  'k',
    'i',  'e',  ':',  ' ',  'm',  's',  't',  's',  'h',  'a',  's',  'h',  '=',  'r',  'd',
    'p',  'w',  'h',  'y',  0x0d, 0x0a, 0x01, 0x00, 0x08, 0x00, 0x0b, 0x00, 0x00, 0x00,
};
/* Windows: offer 0x0B, flags 1F, selected 8. */
static const uint8_t WINDOWS_CONFIRM[] = { 0x03, 0x00, 0x00, 0x13, 0x0e, 0xd0, 0x00, 0x00, 0x12, 0x34,
                                           0x00, 0x02, 0x1f, 0x08, 0x00, 0x08, 0x00, 0x00, 0x00 };
/* gnome-remote-desktop: src-ref 0, selected 2. */
static const uint8_t GNOME_CONFIRM[] = { 0x03, 0x00, 0x00, 0x13, 0x0e, 0xd0, 0x00, 0x00, 0x00, 0x00,
                                         0x00, 0x02, 0x03, 0x08, 0x00, 0x02, 0x00, 0x00, 0x00 };
static const uint8_t FAILURE_5[] = { 0x03, 0x00, 0x00, 0x13, 0x0e, 0xd0, 0x00, 0x00, 0x12, 0x34,
                                     0x00, 0x03, 0x00, 0x08, 0x00, 0x05, 0x00, 0x00, 0x00 };
/* VirtualBox: no block, src-ref 3412. */
static const uint8_t PLAIN_CONFIRM[] = { 0x03, 0x00, 0x00, 0x0b, 0x06, 0xd0, 0x00, 0x00, 0x34, 0x12, 0x00 };

static enum parse answer(const void *bytes, size_t size, struct nego_answer *out, struct fault *fault)
{
    struct cursor cursor = cursor_of(bytes, size);
    return nego_answer_parse(&cursor, out, fault);
}

static enum parse answer_whole(const uint8_t *bytes, size_t size)
{
    struct nego_answer out;
    struct fault fault;
    return answer(bytes, size, &out, &fault);
}

static enum parse request(const void *bytes, size_t size, struct nego_request *out, struct fault *fault)
{
    struct cursor cursor = cursor_of(bytes, size);
    return nego_request_parse(&cursor, out, fault);
}

static enum parse request_whole(const uint8_t *bytes, size_t size)
{
    struct nego_request out;
    struct fault fault;
    return request(bytes, size, &out, &fault);
}

static void the_first_request_is_exactly_this(void **state)
{
    (void)state;
    uint8_t bytes[NEGO_REQUEST_MAX];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct nego_request first = { .protocols = PROTOCOL_MSTSC, .cookie = slice_of_text("rdpwhy") };
    assert_true(nego_request_write(&writer, &first));
    assert_int_equal(writer_size(&writer), sizeof FIRST_REQUEST);
    assert_memory_equal(bytes, FIRST_REQUEST, sizeof FIRST_REQUEST);
}

static void requests_come_back_as_they_went(void **state)
{
    (void)state;
    const struct nego_request cases[] = {
        { .protocols = 0x0b, .cookie = slice_of_text("rdpwhy") },
        { .protocols = 1 },
        { .no_block = true },
        { .no_block = true, .cookie = slice_of_text("a") },
        { .protocols = 3, .token = slice_of_text("Cookie: msts=3640205228.15629.0000"), .flags = 1 },
        { .protocols = 0x1f, .has_correlation = true, .correlation = { 1, 2, 3 }, .flags = 2 },
        { .protocols = 0xffffffff, .cookie = slice_of_text("") },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t bytes[NEGO_REQUEST_MAX];
        struct writer writer = writer_of(bytes, sizeof bytes);
        assert_true(nego_request_write(&writer, &cases[i]));
        struct nego_request back;
        assert_int_equal(request(bytes, writer_size(&writer), &back, NULL), PARSE_DONE);
        assert_int_equal(back.protocols, cases[i].protocols);
        assert_int_equal(back.no_block, cases[i].no_block);
        assert_int_equal(back.has_correlation, cases[i].has_correlation);
        assert_int_equal(back.flags, cases[i].flags | (cases[i].has_correlation ? NEGO_REQUEST_CORRELATION : 0));
        assert_memory_equal(back.correlation, cases[i].correlation, NEGO_CORRELATION_SIZE);
        assert_int_equal(back.cookie.bytes != NULL, cases[i].cookie.bytes != NULL);
        assert_int_equal(back.cookie.size, cases[i].cookie.size);
        assert_int_equal(back.token.size, cases[i].token.size);
        if (cases[i].token.size > 0) {
            assert_memory_equal(back.token.bytes, cases[i].token.bytes, cases[i].token.size);
        }
        assert_false(back.length_lied);
        assert_int_equal(back.size, writer_size(&writer));
        every_truncation_asks_for_more(request_whole, bytes, writer_size(&writer));
        every_mutation_is_survived(request_whole, bytes, writer_size(&writer));
    }
}

static void a_request_that_cannot_be_is_not_written(void **state)
{
    (void)state;
    uint8_t bytes[600];
    char name[400];
    memset(name, 'a', sizeof name);
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_false(nego_request_write(&writer, &(struct nego_request){ .cookie = slice_of_text("a\r\nb") }));
    assert_false(nego_request_write(&writer, &(struct nego_request){ .token = slice_of_text("a\n") }));
    assert_false(nego_request_write(
        &writer, &(struct nego_request){ .token = slice_of_text("a"), .cookie = slice_of_text("b") }));
    /* 259 in all: 11 of headers, 17 + 2 around the name, 8 of block leave 221. */
    writer = writer_of(bytes, sizeof bytes);
    assert_true(nego_request_write(&writer, &(struct nego_request){ .cookie = slice_of(name, 221) }));
    assert_int_equal(writer_size(&writer), NEGO_REQUEST_MAX);
    writer = writer_of(bytes, sizeof bytes);
    assert_false(nego_request_write(&writer, &(struct nego_request){ .cookie = slice_of(name, 222) }));
    writer = writer_of(bytes, 43);
    assert_false(
        nego_request_write(&writer, &(struct nego_request){ .protocols = 11, .cookie = slice_of_text("rdpwhy") }));
}

static void bad_requests_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        size_t offset;
        const char *why;
    } cases[] = {
        { "\x03\x00\x00\x0b\x06\xd0\x00\x00\x00\x00\x00", 11, 0, "the packet is not a Connection Request" },
        { "\x03\x00\x00\x0d\x08\xe0\x00\x00\x00\x00\x00"
          "ab",
          13, 11, "the cookie or routing token has no CR LF" },
        { "\x03\x00\x00\x0d\x08\xe0\x00\x00\x00\x00\x00"
          "\ra",
          13, 11, "the cookie or routing token has no CR LF" },
        { "\x03\x00\x00\x0f\x0a\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00", 15, 15,
          "the negotiation block is cut short" },
        { "\x03\x00\x00\x15\x10\xe0\x00\x00\x00\x00\x00\r\n\x02\x00\x08\x00\x00\x00\x00\x00", 21, 21,
          "the negotiation block is not a request" },
        { "\x03\x00\x00\x14\x0f\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x00\x00\x00\x00x", 20, 19,
          "bytes are left over behind the request" },
        { "\x03\x00\x00\x14\x0f\xe0\x00\x00\x00\x00\x00\x01\x08\x08\x00\x00\x00\x00\x00\x06", 20, 20,
          "the correlation block is cut short" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct nego_request out = { .protocols = 77 };
        struct fault fault = { 0 };
        assert_int_equal(request(cases[i].bytes, cases[i].size, &out, &fault), PARSE_BAD);
        assert_string_equal(fault.why, cases[i].why);
        assert_int_equal(fault.offset, cases[i].offset);
        assert_int_equal(out.protocols, 77);
    }
}

static void lying_lengths_of_requests_are_noted(void **state)
{
    (void)state;
    uint8_t bytes[sizeof FIRST_REQUEST];
    memcpy(bytes, FIRST_REQUEST, sizeof bytes);
    struct nego_request out;
    bytes[4]--;
    assert_int_equal(request(bytes, sizeof bytes, &out, NULL), PARSE_DONE);
    assert_true(out.length_lied);
    bytes[4]++;
    bytes[38]++; /* the block's own length */
    assert_int_equal(request(bytes, sizeof bytes, &out, NULL), PARSE_DONE);
    assert_true(out.length_lied);
    assert_int_equal(out.protocols, 11);
}

static void a_wrong_correlation_block_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(nego_request_write(&writer, &(struct nego_request){ .protocols = 1, .has_correlation = true }));
    static const size_t places[] = { 19, 21 }; /* type, length */
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        uint8_t was = bytes[places[i]]++;
        struct nego_request out;
        struct fault fault = { 0 };
        assert_int_equal(request(bytes, writer_size(&writer), &out, &fault), PARSE_BAD);
        assert_string_equal(fault.why, "the correlation block has a wrong type or length");
        bytes[places[i]] = was;
    }
}

static void answers_are_read(void **state)
{
    (void)state;
    struct nego_answer out;
    assert_int_equal(answer(WINDOWS_CONFIRM, sizeof WINDOWS_CONFIRM, &out, NULL), PARSE_DONE);
    assert_int_equal(out.kind, NEGO_ANSWER_RESPONSE);
    assert_int_equal(out.selected, PROTOCOL_HYBRID_EX);
    assert_int_equal(out.flags, 0x1f);
    assert_int_equal(out.source_ref, 0x1234);
    assert_int_equal(out.destination_ref, 0);
    assert_int_equal(out.size, 19);
    assert_false(out.length_lied);

    assert_int_equal(answer(GNOME_CONFIRM, sizeof GNOME_CONFIRM, &out, NULL), PARSE_DONE);
    assert_int_equal(out.selected, PROTOCOL_HYBRID);
    assert_int_equal(out.source_ref, 0);

    assert_int_equal(answer(FAILURE_5, sizeof FAILURE_5, &out, NULL), PARSE_DONE);
    assert_int_equal(out.kind, NEGO_ANSWER_FAILURE);
    assert_int_equal(out.failure, NEGO_FAILURE_HYBRID_REQUIRED);

    assert_int_equal(answer(PLAIN_CONFIRM, sizeof PLAIN_CONFIRM, &out, NULL), PARSE_DONE);
    assert_int_equal(out.kind, NEGO_ANSWER_PLAIN);
    assert_int_equal(out.source_ref, 0x3412);
    assert_int_equal(out.size, 11);

    assert_int_equal(answer("SSH-2.0-x\r\n", 11, &out, NULL), PARSE_DONE);
    assert_int_equal(out.kind, NEGO_ANSWER_NOT_RDP);
    assert_int_equal(answer("\x03\x00\x00\x0b\x06\x80\x00\x00\x12\x34\x02", 11, &out, NULL), PARSE_DONE);
    assert_int_equal(out.kind, NEGO_ANSWER_DISCONNECT);
    assert_int_equal(out.class_option, 2);
}

static void the_cursor_stands_behind_the_answer(void **state)
{
    (void)state;
    uint8_t bytes[sizeof WINDOWS_CONFIRM + 3];
    memcpy(bytes, WINDOWS_CONFIRM, sizeof WINDOWS_CONFIRM);
    memcpy(bytes + sizeof WINDOWS_CONFIRM, "\x16\x03\x03", 3);
    struct cursor cursor = cursor_of(bytes, sizeof bytes);
    struct nego_answer out;
    assert_int_equal(nego_answer_parse(&cursor, &out, NULL), PARSE_DONE);
    assert_int_equal(cursor_left(&cursor), 3);
    cursor = cursor_of(bytes, sizeof WINDOWS_CONFIRM - 1);
    assert_int_equal(nego_answer_parse(&cursor, &out, NULL), PARSE_MORE);
    assert_int_equal(cursor_offset(&cursor), 0);
}

static void lying_lengths_are_noted(void **state)
{
    (void)state;
    struct nego_answer out;
    uint8_t bytes[sizeof WINDOWS_CONFIRM + 1] = { 0 };
    memcpy(bytes, WINDOWS_CONFIRM, sizeof WINDOWS_CONFIRM);
    bytes[4] = 6; /* LI */
    assert_int_equal(answer(bytes, sizeof WINDOWS_CONFIRM, &out, NULL), PARSE_DONE);
    assert_true(out.length_lied);
    assert_int_equal(out.selected, PROTOCOL_HYBRID_EX);
    bytes[4] = 0x0e;
    bytes[13] = 9; /* the block's length */
    assert_int_equal(answer(bytes, sizeof WINDOWS_CONFIRM, &out, NULL), PARSE_DONE);
    assert_true(out.length_lied);
    bytes[13] = 8;
    bytes[3] = 0x14; /* a byte too many, honestly announced */
    bytes[4] = 0x0f;
    assert_int_equal(answer(bytes, sizeof bytes, &out, NULL), PARSE_DONE);
    assert_true(out.length_lied);
}

static void bad_answers_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        size_t offset;
        const char *why;
    } cases[] = {
        { "\x03\x00\x00\x06\x00\x00", 6, 4, "the TPKT length is below its own minimum" },
        { "\x03\x00\xff\xff", 4, 4, "the TPKT length is above what this packet can have" },
        { "\x03\x00\x00\x07\x02\xf0\x80", 7, 0, "the packet is no Connection Confirm" },
        { "\x03\x00\x00\x08\x06\xd0\x00\x00", 8, 8, "the packet ends inside the X.224 connection header" },
        { "\x03\x00\x00\x0b\x06\x10\x00\x00\x12\x34\x00", 11, 4, "the X.224 type is unknown" },
        { "\x03\x00\x00\x0c\x07\xd0\x00\x00\x12\x34\x00\x02", 12, 12, "the negotiation block is cut short" },
        { "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x01\x00\x08\x00\x01\x00\x00\x00", 19, 11,
          "the negotiation block is neither response nor failure" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct nego_answer out = { .selected = 77 };
        struct fault fault = { 0 };
        assert_int_equal(answer(cases[i].bytes, cases[i].size, &out, &fault), PARSE_BAD);
        assert_string_equal(fault.why, cases[i].why);
        assert_int_equal(fault.offset, cases[i].offset);
        assert_int_equal(out.selected, 77);
    }
}

static void answers_survive_cutting_and_mutation(void **state)
{
    (void)state;
    every_truncation_asks_for_more(answer_whole, WINDOWS_CONFIRM, sizeof WINDOWS_CONFIRM);
    every_truncation_asks_for_more(answer_whole, FAILURE_5, sizeof FAILURE_5);
    every_truncation_asks_for_more(answer_whole, PLAIN_CONFIRM, sizeof PLAIN_CONFIRM);
    every_mutation_is_survived(answer_whole, WINDOWS_CONFIRM, sizeof WINDOWS_CONFIRM);
    every_mutation_is_survived(answer_whole, PLAIN_CONFIRM, sizeof PLAIN_CONFIRM);
}

static void answers_are_written_as_servers_write_them(void **state)
{
    (void)state;
    static const struct {
        struct nego_answer answer;
        const uint8_t *bytes;
        size_t size;
    } cases[] = {
        { { .kind = NEGO_ANSWER_RESPONSE, .selected = 8, .flags = 0x1f, .source_ref = 0x1234 }, WINDOWS_CONFIRM, 19 },
        { { .kind = NEGO_ANSWER_RESPONSE, .selected = 2, .flags = 3 }, GNOME_CONFIRM, 19 },
        { { .kind = NEGO_ANSWER_FAILURE, .failure = 5, .source_ref = 0x1234 }, FAILURE_5, 19 },
        { { .kind = NEGO_ANSWER_PLAIN, .source_ref = 0x3412 }, PLAIN_CONFIRM, 11 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t bytes[32];
        struct writer writer = writer_of(bytes, sizeof bytes);
        assert_true(nego_answer_write(&writer, &cases[i].answer));
        assert_int_equal(writer_size(&writer), cases[i].size);
        assert_memory_equal(bytes, cases[i].bytes, cases[i].size);
    }
    uint8_t bytes[32];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_false(nego_answer_write(&writer, &(struct nego_answer){ .kind = NEGO_ANSWER_NOT_RDP }));
}

static void data_goes_in_frames(void **state)
{
    (void)state;
    uint8_t bytes[16];
    struct writer writer = writer_of(bytes, sizeof bytes);
    size_t begin = tpkt_begin(&writer);
    x224_data_write(&writer);
    writer_bytes(&writer, "ab", 2);
    tpkt_end(&writer, begin);
    assert_true(writer_ok(&writer));
    assert_int_equal(writer_size(&writer), 9);
    assert_memory_equal(bytes,
                        "\x03\x00\x00\x09\x02\xf0\x80"
                        "ab",
                        9);
    struct cursor cursor = cursor_of(bytes, 9);
    struct cursor payload;
    struct x224 x224;
    assert_int_equal(tpkt_parse(&cursor, TPKT_SIZE_MAX, &payload, NULL), PARSE_DONE);
    assert_int_equal(x224_parse(&payload, &x224, NULL), PARSE_DONE);
    assert_int_equal(x224.type, X224_DATA);
    assert_false(x224.length_lied);
    assert_int_equal(cursor_left(&x224.rest), 2);
    /* Either lie is noted: a header that is not 2 long, a unit that is not the last. */
    static const uint8_t lies[][7] = { { 3, 0, 0, 7, 3, 0xf0, 0x80 }, { 3, 0, 0, 7, 2, 0xf0, 0x00 } };
    for (size_t i = 0; i < COUNT_OF(lies); i++) {
        cursor = cursor_of(lies[i], 7);
        assert_int_equal(tpkt_parse(&cursor, 7, &payload, NULL), PARSE_DONE); /* as long as it may be */
        assert_int_equal(x224_parse(&payload, &x224, NULL), PARSE_DONE);
        assert_true(x224.length_lied);
        cursor = cursor_of(lies[i], 7);
        assert_int_equal(tpkt_parse(&cursor, 6, &payload, NULL), PARSE_BAD);
    }
}

static void a_frame_never_lies_about_its_length(void **state)
{
    (void)state;
    static uint8_t bytes[70000];
    struct writer writer = writer_of(bytes, sizeof bytes);
    writer_zeros(&writer, 100); /* something before it */
    size_t begin = tpkt_begin(&writer);
    writer_zeros(&writer, TPKT_SIZE_MAX - TPKT_HEADER_SIZE);
    tpkt_end(&writer, begin);
    assert_true(writer_ok(&writer));
    assert_memory_equal(bytes + 100, "\x03\x00\xff\xff", 4);
    writer = writer_of(bytes, sizeof bytes);
    begin = tpkt_begin(&writer);
    writer_zeros(&writer, TPKT_SIZE_MAX - TPKT_HEADER_SIZE + 1);
    tpkt_end(&writer, begin);
    assert_false(writer_ok(&writer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_request_is_exactly_this),
        cmocka_unit_test(requests_come_back_as_they_went),
        cmocka_unit_test(a_request_that_cannot_be_is_not_written),
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(the_cursor_stands_behind_the_answer),
        cmocka_unit_test(lying_lengths_are_noted),
        cmocka_unit_test(bad_answers_say_where),
        cmocka_unit_test(answers_survive_cutting_and_mutation),
        cmocka_unit_test(answers_are_written_as_servers_write_them),
        cmocka_unit_test(data_goes_in_frames),
        cmocka_unit_test(a_frame_never_lies_about_its_length),
        cmocka_unit_test(bad_requests_say_where),
        cmocka_unit_test(lying_lengths_of_requests_are_noted),
        cmocka_unit_test(a_wrong_correlation_block_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
