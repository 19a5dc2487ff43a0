#include "unit/cmocka_all.h"

#include <string.h>

#include "unit/guard_page.h"
#include "wire/icmp.h"
#include "wire/vpn_ping.h"

static void assert_address(const struct address *address, const char *text)
{
    char got[ADDRESS_TEXT_SIZE];
    address_format(address, got);
    assert_string_equal(got, text);
}

/* Time exceeded from a Linux router: a UDP probe of ours, whole, from 192.168.1.10:33000 to 198.51.100.2:51820. */
static const uint8_t exceeded4[] = {
    0x0b, 0x00, 0x12, 0x34, 0,    0,    0,    0,    /* type, code, checksum, unused */
    0x45, 0x00, 0x00, 0x24, 0xab, 0xcd, 0,    0,    /* IPv4, 36 bytes */
    0x01, 0x11, 0x00, 0x00, 192,  168,  1,    10,   /* TTL 1, UDP */
    198,  51,   100,  2,    0x80, 0xe8, 0xca, 0x6c, /* ports 33000 and 51820 */
    0x00, 0x10, 0xbe, 0xef, 1,    2,    3,    4,    /* length, checksum */
    5,    6,    7,    8,
};

static enum parse parse4(const uint8_t *bytes, size_t size, struct icmp *icmp)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct fault fault = { 0 };
    const enum parse parsed = icmp_parse(&cursor, ADDRESS_V4, icmp, &fault);
    assert_true(parsed == PARSE_DONE ? cursor_left(&cursor) == 0 : fault.why != NULL && cursor.at == bytes);
    return parsed;
}

static void udp_quote(void **state)
{
    (void)state;
    struct icmp icmp;
    assert_int_equal(parse4(exceeded4, sizeof(exceeded4), &icmp), PARSE_DONE);
    assert_int_equal(icmp.kind, ICMP_TIME_EXCEEDED);
    assert_true(icmp.quotes);
    assert_int_equal(icmp.quote.protocol, ICMP_PROTOCOL_UDP);
    assert_address(&icmp.quote.from, "192.168.1.10");
    assert_address(&icmp.quote.to, "198.51.100.2");
    assert_int_equal(icmp.quote.from_port, 33000);
    assert_int_equal(icmp.quote.to_port, 51820);
    assert_int_equal(icmp.quote.checksum, 0xbeef);
    assert_int_equal(icmp.quote.behind.size, 8);
    assert_int_equal(icmp.quote.behind.bytes[0], 1);
}

static void shortest_quote(void **state)
{
    (void)state;
    struct icmp icmp;
    assert_int_equal(parse4(exceeded4, 36, &icmp), PARSE_DONE);
    assert_true(icmp.quotes);
    assert_int_equal(icmp.quote.to_port, 51820);
    assert_int_equal(icmp.quote.behind.size, 0);
    assert_int_equal(parse4(exceeded4, 35, &icmp), PARSE_DONE);
    assert_false(icmp.quotes);
    assert_int_equal(parse4(exceeded4, 27, &icmp), PARSE_BAD);
    assert_int_equal(parse4(exceeded4, 7, &icmp), PARSE_BAD);
}

static void wrong_quotes(void **state)
{
    (void)state;
    struct icmp icmp;
    uint8_t bytes[sizeof(exceeded4)];
    memcpy(bytes, exceeded4, sizeof(bytes));
    bytes[8] = 0x44; /* a header of 16 bytes */
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_BAD);
    bytes[8] = 0x65; /* version 6 */
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_BAD);
    bytes[8] = 0x4f; /* options past the end */
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_BAD);
    bytes[8] = 0x45;
    bytes[15] = 1; /* a later fragment has no ports */
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_DONE);
    assert_false(icmp.quotes);
    bytes[15] = 0;
    bytes[17] = 50; /* ESP */
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_DONE);
    assert_false(icmp.quotes);
}

static void options_are_passed_over(void **state)
{
    (void)state;
    uint8_t bytes[sizeof(exceeded4) + 4];
    memcpy(bytes, exceeded4, 28);
    memcpy(bytes + 32, exceeded4 + 28, sizeof(exceeded4) - 28);
    memset(bytes + 28, 1, 4); /* no-operation, four times */
    bytes[8] = 0x46;
    struct icmp icmp;
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_DONE);
    assert_int_equal(icmp.quote.from_port, 33000);
    assert_int_equal(icmp.quote.behind.size, 8);
}

/* RFC 4884: a length of 7 words, then an extension that is no payload. */
static void extensions_are_no_quote(void **state)
{
    (void)state;
    uint8_t bytes[sizeof(exceeded4)];
    memcpy(bytes, exceeded4, sizeof(bytes));
    bytes[5] = 7;
    struct icmp icmp;
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_DONE);
    assert_true(icmp.quotes);
    assert_int_equal(icmp.quote.behind.size, 0);
    bytes[5] = 255; /* more than there is: what there is */
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_DONE);
    assert_int_equal(icmp.quote.behind.size, 8);
}

static void fragmentation_needed(void **state)
{
    (void)state;
    uint8_t bytes[sizeof(exceeded4)];
    memcpy(bytes, exceeded4, sizeof(bytes));
    bytes[0] = 3;
    bytes[1] = 4;
    bytes[6] = 0x05;
    bytes[7] = 0x14;
    struct icmp icmp;
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_DONE);
    assert_int_equal(icmp.kind, ICMP_TOO_BIG);
    assert_int_equal(icmp.mtu, 1300);
    bytes[1] = 13;
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_DONE);
    assert_int_equal(icmp.kind, ICMP_UNREACHABLE);
    assert_int_equal(icmp.code, 13);
    assert_int_equal(icmp.mtu, 0);
}

static void tcp_quote(void **state)
{
    (void)state;
    uint8_t bytes[sizeof(exceeded4)];
    memcpy(bytes, exceeded4, sizeof(bytes));
    bytes[17] = 6;
    struct icmp icmp;
    assert_int_equal(parse4(bytes, sizeof(bytes), &icmp), PARSE_DONE);
    assert_true(icmp.quotes);
    assert_int_equal(icmp.quote.tcp_sequence, 0x0010beef);
    assert_int_equal(icmp.quote.behind.size, 0);
}

static void echo_round_trip(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    icmp_echo_write(&writer, ADDRESS_V4, 0x1234, 7, slice_of_text("abc"));
    static const uint8_t expected[] = { 8, 0, 0x21, 0x62, 0x12, 0x34, 0, 7, 'a', 'b', 'c' };
    assert_int_equal(writer_size(&writer), sizeof(expected));
    assert_memory_equal(bytes, expected, sizeof(expected));
    struct icmp icmp;
    assert_int_equal(parse4(bytes, sizeof(expected), &icmp), PARSE_DONE);
    assert_int_equal(icmp.kind, ICMP_ECHO_REQUEST);
    assert_int_equal(icmp.id, 0x1234);
    assert_int_equal(icmp.sequence, 7);
    assert_int_equal(icmp.data.size, 3);
    bytes[0] = 0;
    assert_int_equal(parse4(bytes, sizeof(expected), &icmp), PARSE_DONE);
    assert_int_equal(icmp.kind, ICMP_ECHO_REPLY);
}

/* Packet too big about an echo with a hop-by-hop header in front. */
static const uint8_t too_big6[] = {
    2,    0,    0x12, 0x34, 0x00, 0x00, 0x05, 0x00, 0x60, 0,    0,    0,    0,   24,  0,   1, /* next: hop by hop */
    0x20, 0x01, 0x0d, 0xb8, 0,    0,    0,    0,    0,    0,    0,    0,    0,   0,   0,   1,   0x20, 0x01,
    0x0d, 0xb8, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,   2,   58,  0,   1,    4,
    0,    0,    0,    0,    0x80, 0,    0xaa, 0xbb, 0x00, 0x09, 0x00, 0x05, 't', 'o', 'k', 'e', 'n',
};

static void ipv6_quote(void **state)
{
    (void)state;
    struct cursor cursor = cursor_of(too_big6, sizeof(too_big6));
    struct icmp icmp;
    assert_int_equal(icmp_parse(&cursor, ADDRESS_V6, &icmp, NULL), PARSE_DONE);
    assert_int_equal(icmp.kind, ICMP_TOO_BIG);
    assert_int_equal(icmp.mtu, 1280);
    assert_true(icmp.quotes);
    assert_address(&icmp.quote.from, "2001:db8::1");
    assert_address(&icmp.quote.to, "2001:db8::2");
    assert_int_equal(icmp.quote.id, 9);
    assert_int_equal(icmp.quote.sequence, 5);
    assert_int_equal(icmp.quote.checksum, 0xaabb);
    assert_int_equal(icmp.quote.behind.size, 5);
    for (size_t size = 0; size < 56; size++) { /* without the 8 bytes of the echo, or less */
        cursor = cursor_of(too_big6, size);
        assert_int_equal(icmp_parse(&cursor, ADDRESS_V6, &icmp, NULL), PARSE_BAD);
        assert_ptr_equal(cursor.at, too_big6);
    }
}

static enum parse whole4(const uint8_t *bytes, size_t size)
{
    struct icmp icmp;
    struct cursor cursor = cursor_of(bytes, size);
    return icmp_parse(&cursor, ADDRESS_V4, &icmp, NULL);
}

static enum parse whole6(const uint8_t *bytes, size_t size)
{
    struct icmp icmp;
    struct cursor cursor = cursor_of(bytes, size);
    return icmp_parse(&cursor, ADDRESS_V6, &icmp, NULL);
}

static void hostile(void **state)
{
    (void)state;
    every_mutation_is_survived(whole4, exceeded4, sizeof(exceeded4));
    every_mutation_is_survived(whole4, exceeded4, 36);
    every_mutation_is_survived(whole6, too_big6, sizeof(too_big6));
    every_mutation_is_survived(whole6, too_big6, 56);
}

static void ipv4_header(void **state)
{
    (void)state;
    struct cursor cursor = cursor_of(exceeded4 + 8, sizeof(exceeded4) - 8);
    assert_int_equal(icmp_skip_ipv4(&cursor, NULL), PARSE_DONE);
    assert_ptr_equal(cursor.at, exceeded4 + 28);
}

static const uint8_t token[VPN_PING_TOKEN_SIZE] = { 'r', 'd', 'p', 'w', 'h', 'y', 0, 1 };

static void openvpn(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    vpn_ping_openvpn_write(&writer, token);
    static const uint8_t expected[VPN_PING_OPENVPN_SIZE] = { 0x38, 'r', 'd', 'p', 'w', 'h', 'y', 0, 1, 0 };
    assert_int_equal(writer_size(&writer), sizeof(expected));
    assert_memory_equal(bytes, expected, sizeof(expected));
    assert_ptr_equal(vpn_ping_openvpn_token(slice_of(bytes, sizeof(expected))), bytes + 1);
    assert_null(vpn_ping_openvpn_token(slice_of(bytes, 8)));
    assert_null(vpn_ping_openvpn_answer(slice_of(bytes, sizeof(expected))));

    static const uint8_t answer[] = { 0x40, 9,   9,   9,   9,   9,   9,   9, 9, 1, 0, 0, 0,
                                      0,    'r', 'd', 'p', 'w', 'h', 'y', 0, 1, 0, 0, 0, 0 };
    assert_ptr_equal(vpn_ping_openvpn_answer(slice_of(answer, sizeof(answer))), answer + 14);
    assert_null(vpn_ping_openvpn_answer(slice_of(answer, 21)));
    uint8_t ack[22];
    memcpy(ack, answer, sizeof(ack));
    ack[0] = 0x28; /* P_ACK_V1: the same without a packet id of its own */
    assert_ptr_equal(vpn_ping_openvpn_answer(slice_of(ack, sizeof(ack))), ack + 14);
    ack[0] = 0x48; /* data */
    assert_null(vpn_ping_openvpn_answer(slice_of(ack, sizeof(ack))));
    static const uint8_t no_ack[] = { 0x40, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
    assert_null(vpn_ping_openvpn_answer(slice_of(no_ack, sizeof(no_ack))));
}

static void ike(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    vpn_ping_ike_write(&writer, true, token);
    static const uint8_t expected[] = { 0, 0, 0, 0, 'r', 'd',  'p', 'w',  'h', 'y', 0, 1, 0, 0, 0, 0,
                                        0, 0, 0, 0, 0,   0x30, 34,  0x08, 0,   0,   0, 0, 0, 0, 0, 28 };
    assert_int_equal(writer_size(&writer), sizeof(expected));
    assert_memory_equal(bytes, expected, sizeof(expected));
    assert_ptr_equal(vpn_ping_ike_token(slice_of(bytes, 12), true), bytes + 4);
    assert_null(vpn_ping_ike_token(slice_of(bytes, 11), true));
    assert_ptr_equal(vpn_ping_ike_token(slice_of(bytes, 8), false), bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(udp_quote),
        cmocka_unit_test(shortest_quote),
        cmocka_unit_test(wrong_quotes),
        cmocka_unit_test(options_are_passed_over),
        cmocka_unit_test(extensions_are_no_quote),
        cmocka_unit_test(fragmentation_needed),
        cmocka_unit_test(tcp_quote),
        cmocka_unit_test(echo_round_trip),
        cmocka_unit_test(ipv6_quote),
        cmocka_unit_test(hostile),
        cmocka_unit_test(ipv4_header),
        cmocka_unit_test(openvpn),
        cmocka_unit_test(ike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
