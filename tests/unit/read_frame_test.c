/* Captured frames to packets: each byte that may be missing, each header that lies. */
#include "unit/cmocka_all.h"

#include "unit/guard_page.h"

#include "read/frame.h"

/* Ethernet, one VLAN tag, IPv4 with four bytes of options, TCP with four, "abc". */
static const uint8_t whole[] = { 1,    2,    3,    4,    5,    6, 7,  8,   9,    10,   11,  12,  0x81, 0x00,
                                 0x00, 0x05, 0x08, 0x00, 0x46, 0, 0,  51,  0x12, 0x34, 0,   0,   64,   6,
                                 0,    0,    10,   0,    0,    3, 10, 0,   0,    2,    1,   1,   1,    0,
                                 0xc3, 0x50, 0x0d, 0x3d, 0,    0, 0,  100, 0,    0,    0,   200, 0x60, 0x18,
                                 0,    0,    0,    0,    0,    0, 1,  1,   1,    0,    'a', 'b', 'c' };

static void a_whole_frame_is_read(void **state)
{
    (void)state;
    struct packet packet;
    assert_int_equal(frame_read(FRAME_ETHERNET, whole, sizeof whole, &packet), FRAME_PACKET);
    assert_int_equal(packet.protocol, PROTOCOL_TCP);
    assert_int_equal(packet.from_port, 50000);
    assert_int_equal(packet.to_port, 3389);
    assert_int_equal(packet.sequence, 100);
    assert_int_equal(packet.acknowledged, 200);
    assert_int_equal(packet.flags, TCP_PSH | TCP_ACK);
    assert_int_equal(packet.id, 0x1234);
    assert_int_equal(packet.ttl, 64);
    assert_int_equal(packet.length, 3);
    assert_memory_equal(packet.payload.bytes, "abc", 3);
    char text[ADDRESS_TEXT_SIZE];
    address_format(&packet.from, text);
    assert_string_equal(text, "10.0.0.3");
}

/* The snap length cuts anywhere: inside a header that is said, behind it the wire's length stays known. */
static void every_cut_is_told(void **state)
{
    (void)state;
    struct guard_page guard = guard_page_new(sizeof whole);
    for (size_t size = 0; size < sizeof whole; size++) {
        struct packet packet = { .length = 0 };
        const enum frame_result result =
            frame_read(FRAME_ETHERNET, guard_page_place(&guard, whole, size), size, &packet);
        if (size < sizeof whole - 3) {
            assert_int_equal(result, FRAME_CUT);
        } else {
            assert_int_equal(result, FRAME_PACKET);
            assert_int_equal(packet.length, 3);
            assert_int_equal(packet.payload.size, size - (sizeof whole - 3));
        }
    }
    guard_page_free(&guard);
}

static void no_changed_byte_reads_too_far(void **state)
{
    (void)state;
    static const int links[] = { FRAME_NULL,       FRAME_ETHERNET, FRAME_PPP,  FRAME_RAW_BSD,
                                 FRAME_PPP_SERIAL, FRAME_PPPOE,    FRAME_RAW,  FRAME_LOOP,
                                 FRAME_COOKED,     FRAME_IPV4,     FRAME_IPV6, FRAME_COOKED_2 };
    struct guard_page guard = guard_page_new(sizeof whole);
    for (size_t link = 0; link < COUNT_OF(links); link++) {
        for (size_t at = 0; at < sizeof whole; at++) {
            for (unsigned value = 0; value < 256; value++) {
                uint8_t *bytes = guard_page_place(&guard, whole, sizeof whole);
                bytes[at] = (uint8_t)value;
                struct packet packet = { .length = 0 };
                if (frame_read(links[link], bytes, sizeof whole, &packet) == FRAME_PACKET) {
                    assert_true(packet.payload.size <= sizeof whole);
                }
            }
        }
    }
    guard_page_free(&guard);
}

static void headers_that_contradict_themselves_are_bad(void **state)
{
    (void)state;
    struct packet packet;
    uint8_t bytes[sizeof whole];
    static const struct {
        size_t at;
        uint8_t value;
        enum frame_result result;
    } cases[] = {
        { 18, 0x44, FRAME_BAD },   /* an IPv4 header of 16 bytes */
        { 21, 20, FRAME_BAD },     /* a packet shorter than its header */
        { 54, 0x40, FRAME_BAD },   /* a TCP header of 16 bytes */
        { 25, 1, FRAME_FRAGMENT }, /* a later piece */
        { 27, 47, FRAME_OTHER },   /* GRE */
        { 17, 0x06, FRAME_OTHER }, /* ARP */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        memcpy(bytes, whole, sizeof whole);
        bytes[cases[i].at] = cases[i].value;
        assert_int_equal(frame_read(FRAME_ETHERNET, bytes, sizeof bytes, &packet), cases[i].result);
    }
    assert_true(frame_link_known(FRAME_COOKED));
    assert_false(frame_link_known(147));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_frame_is_read),
        cmocka_unit_test(every_cut_is_told),
        cmocka_unit_test(no_changed_byte_reads_too_far),
        cmocka_unit_test(headers_that_contradict_themselves_are_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
