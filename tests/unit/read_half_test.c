/* One direction of a connection, put back in order; and its TLS records counted. */
#include "unit/cmocka_all.h"

#include <string.h>

#include "read/half.h"
#include "read/records.h"

static struct packet packet_at(uint32_t sequence, const char *text, uint16_t id)
{
    struct packet packet = { .protocol = PROTOCOL_TCP, .flags = TCP_ACK, .sequence = sequence, .id = id };
    packet.from.family = ADDRESS_V4;
    packet.time_us = (int64_t)id * 100000;
    packet.payload = slice_of((const uint8_t *)text, strlen(text));
    packet.length = strlen(text);
    return packet;
}

static bool add(struct half *half, uint32_t sequence, const char *text, uint16_t id)
{
    const struct packet packet = packet_at(sequence, text, id);
    bool fresh;
    assert_true(half_add(half, &packet, &fresh));
    return fresh;
}

static void open_at(struct half *half, uint32_t sequence)
{
    struct packet packet = packet_at(sequence, "", 1);
    bool fresh;
    packet.flags = TCP_SYN;
    assert_true(half_add(half, &packet, &fresh));
}

static void is(const struct half *half, const char *text)
{
    assert_int_equal(half->bytes.size, strlen(text));
    assert_memory_equal(half->bytes.bytes, text, strlen(text));
}

static void pieces_come_in_any_order(void **state)
{
    (void)state;
    struct half half = { 0 };
    open_at(&half, UINT32_MAX - 2); /* the numbers go round within */
    assert_true(add(&half, 2, "ef", 3));
    assert_true(add(&half, 0, "cd", 4));
    is(&half, "");
    assert_true(add(&half, UINT32_MAX - 1, "ab", 5));
    is(&half, "abcdef");
    assert_int_equal(half.retransmitted, 0);
    assert_int_equal(half.total, 6);
    assert_false(half.gap);
    half_release(&half);
}

static void what_was_there_first_counts(void **state)
{
    (void)state;
    struct half half = { 0 };
    open_at(&half, 99);
    add(&half, 100, "abcd", 2);
    assert_false(add(&half, 100, "abcd", 3));
    assert_int_equal(half.retransmitted, 1);
    assert_int_equal(half.contradicted, 0);
    assert_false(add(&half, 100, "aXcd", 4));
    assert_int_equal(half.contradicted, 1);
    assert_true(add(&half, 102, "cdef", 5)); /* it overlaps, and goes on */
    is(&half, "abcdef");
    assert_true(add(&half, 104, "XXgh", 6));
    assert_int_equal(half.contradicted, 2);
    is(&half, "abcdefgh");
    half_release(&half);
}

static void a_frame_captured_twice_is_no_loss(void **state)
{
    (void)state;
    struct half half = { 0 };
    struct packet packet = packet_at(100, "abcd", 7);
    bool fresh;
    open_at(&half, 99);
    assert_true(half_add(&half, &packet, &fresh));
    packet.time_us += 5000;
    assert_true(half_add(&half, &packet, &fresh));
    assert_int_equal(half.duplicated, 1);
    assert_int_equal(half.retransmitted, 0);
    packet.time_us += 5001; /* too late for a copy: it was sent again */
    assert_true(half_add(&half, &packet, &fresh));
    assert_int_equal(half.duplicated, 1);
    assert_int_equal(half.retransmitted, 1);
    half_release(&half);
}

static void a_keep_alive_is_no_loss(void **state)
{
    (void)state;
    struct half half = { 0 };
    open_at(&half, 99);
    add(&half, 100, "abcd", 2);
    add(&half, 103, "d", 3);
    assert_int_equal(half.retransmitted, 0);
    half_release(&half);
}

static void a_gap_that_stays_is_bounded(void **state)
{
    (void)state;
    struct half half = { 0 };
    open_at(&half, 99);
    for (uint32_t i = 0; i <= HALF_EARLY_SEGMENTS; i++) {
        add(&half, 200 + 2 * i, "xy", (uint16_t)(2 + i));
    }
    assert_true(half.gap);
    assert_int_equal(half.early_count, HALF_EARLY_SEGMENTS);
    add(&half, 100, "ab", 90);
    is(&half, ""); /* what comes too late is not taken for the beginning */
    half_release(&half);
}

static void a_packet_that_the_capture_cut_leaves_a_gap(void **state)
{
    (void)state;
    struct half half = { 0 };
    struct packet packet = packet_at(100, "abcd", 2);
    bool fresh;
    open_at(&half, 99);
    packet.length = 1000; /* the snap length kept four bytes */
    assert_true(half_add(&half, &packet, &fresh));
    assert_true(half.gap);
    is(&half, "abcd");
    assert_int_equal(half.total, 1000);
    half_release(&half);
}

static void records_are_counted(void **state)
{
    (void)state;
    static const uint8_t flight[] = {
        22, 3, 3, 0, 5, 14, 0, 0, 1, 'x', /* a handshake message */
        20, 3, 3, 0, 1, 1,                /* the keys change */
        22, 3, 3, 0, 2, 9,  9,            /* Finished */
        23, 3, 3, 0, 3, 1,  2, 3,         /* data */
        21, 3, 3, 0, 2, 1,  0,            /* an alert that nobody can read */
    };
    struct records records;
    const uint8_t *body;
    size_t size;
    assert_true(records_read(&records, flight, sizeof flight));
    assert_int_equal(records.count, 5);
    assert_int_equal(records.application, 1);
    assert_int_equal(records.sizes[0], 3);
    assert_int_equal(records.protected_count, 3);
    assert_true(records.protected_alert);
    assert_false(records.has_alert);
    assert_true(records_message(&records, 14, &body, &size));
    assert_int_equal(size, 1);
    assert_false(records_message(&records, 11, &body, &size));
    records_release(&records);

    static const uint8_t alert[] = { 21, 3, 1, 0, 2, 2, 40 };
    assert_true(records_read(&records, alert, sizeof alert));
    assert_true(records.has_alert && records.alert == 40 && records.alert_level == 2);
    records_release(&records);
    static const uint8_t other[] = { 'S', 'S', 'H', '-', '2' };
    assert_true(records_read(&records, other, sizeof other));
    assert_true(records.broken);
    records_release(&records);
}

/* Lengths inside of the certificate message that lie. */
static void a_certificate_is_whole_or_not_there(void **state)
{
    (void)state;
    const uint8_t good[] = { 22, 3, 3, 0, 12, 11, 0, 0, 8, 0, 0, 5, 0, 0, 2, 0x30, 0x00 };
    struct records records;
    const uint8_t *der;
    size_t size;
    assert_true(records_read(&records, good, sizeof good));
    assert_true(records_certificate(&records, &der, &size));
    assert_int_equal(size, 2);
    records_release(&records);
    for (size_t at = 8; at <= 14; at += 3) {
        uint8_t lying[sizeof good];
        memcpy(lying, good, sizeof good);
        lying[at]++;
        assert_true(records_read(&records, lying, sizeof lying));
        assert_false(records_certificate(&records, &der, &size));
        records_release(&records);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_in_any_order),
        cmocka_unit_test(what_was_there_first_counts),
        cmocka_unit_test(a_frame_captured_twice_is_no_loss),
        cmocka_unit_test(a_keep_alive_is_no_loss),
        cmocka_unit_test(a_gap_that_stays_is_bounded),
        cmocka_unit_test(a_packet_that_the_capture_cut_leaves_a_gap),
        cmocka_unit_test(records_are_counted),
        cmocka_unit_test(a_certificate_is_whole_or_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
