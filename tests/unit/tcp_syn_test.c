#include "unit/cmocka_all.h"

#include "unit/guard_page.h"
#include "wire/tcp_syn.h"

static struct address address_of(const char *text)
{
    struct address address;
    assert_true(address_parse(text, &address));
    return address;
}

static void syn_bytes(void **state)
{
    (void)state;
    uint8_t expected[TCP_SYN_SIZE] = { 0x9c, 0x40, 0x0d, 0x3d, 0x12, 0x34, 0x56, 0x78, 0, 0, 0,    0,
                                       0x60, 0x02, 0xfa, 0xf0, 0x9e, 0xd4, 0,    0,    2, 4, 0x05, 0xb4 };
    uint8_t bytes[TCP_SYN_SIZE];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    struct tcp_syn syn = { .from = address_of("192.0.2.1"),
                           .to = address_of("198.51.100.2"),
                           .from_port = 40000,
                           .to_port = 3389,
                           .sequence = 0x12345678 };
    tcp_syn_write(&writer, &syn);
    assert_true(writer_ok(&writer));
    assert_int_equal(writer_size(&writer), TCP_SYN_SIZE);
    assert_memory_equal(bytes, expected, sizeof(expected));

    writer = writer_of(bytes, sizeof(bytes));
    syn.from = address_of("2001:db8::1");
    syn.to = address_of("2001:db8::2");
    tcp_syn_write(&writer, &syn);
    expected[16] = 0x2f;
    expected[17] = 0xab;
    expected[23] = 0xa0;
    assert_memory_equal(bytes, expected, sizeof(expected));

    writer = writer_of(bytes, sizeof(bytes) - 1);
    tcp_syn_write(&writer, &syn);
    assert_false(writer_ok(&writer));
}

static const uint8_t syn_ack[] = { 0x0d, 0x3d, 0x9c, 0x40, 1, 2, 3, 4, 0x12, 0x34, 0x56, 0x79,
                                   0x60, 0x12, 0xfa, 0xf0, 0, 0, 0, 0, 2,    4,    0x05, 0xb4 };

static enum parse whole(const uint8_t *bytes, size_t size)
{
    struct tcp_syn_answer answer;
    struct cursor cursor = cursor_of(bytes, size);
    return tcp_syn_answer_parse(&cursor, &answer, NULL);
}

static void answers(void **state)
{
    (void)state;
    uint8_t bytes[sizeof(syn_ack)];
    memcpy(bytes, syn_ack, sizeof(bytes));
    struct tcp_syn_answer answer;
    struct cursor cursor = cursor_of(bytes, sizeof(bytes));
    assert_int_equal(tcp_syn_answer_parse(&cursor, &answer, NULL), PARSE_DONE);
    assert_int_equal(answer.from_port, 3389);
    assert_int_equal(answer.to_port, 40000);
    assert_int_equal(answer.acknowledged, 0x12345679);
    assert_false(answer.reset);
    bytes[13] = 0x14;
    cursor = cursor_of(bytes, sizeof(bytes));
    assert_int_equal(tcp_syn_answer_parse(&cursor, &answer, NULL), PARSE_DONE);
    assert_true(answer.reset);
    bytes[13] = 0x04; /* a reset that acknowledges nothing is not for a SYN */
    assert_int_equal(whole(bytes, sizeof(bytes)), PARSE_BAD);
    bytes[13] = 0x10;
    assert_int_equal(whole(bytes, sizeof(bytes)), PARSE_BAD);
    every_truncation_is_not_done(whole, syn_ack, 20);
    every_mutation_is_survived(whole, syn_ack, sizeof(syn_ack));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syn_bytes),
        cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
