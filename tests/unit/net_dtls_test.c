/* DTLS as far as its first answer. */
#include "net/dtls.h"
#include "unit/cmocka_all.h"

enum { ROOM = 1100 };

static struct net_dtls *client(struct buffer *hello)
{
    struct error error;
    struct net_dtls *dtls = net_dtls_client(&error);
    assert_non_null(dtls);
    buffer_init(hello, ROOM);
    assert_true(net_dtls_hello(dtls, ROOM, hello, &error));
    return dtls;
}

/* RFC 6347 4.1 and 4.2.2: a handshake record of epoch 0, one whole ClientHello. */
static void the_hello_is_one_datagram(void **state)
{
    (void)state;
    struct buffer hello;
    struct net_dtls *dtls = client(&hello);
    assert_true(hello.size > 60 && hello.size <= ROOM);
    assert_int_equal(hello.bytes[0], 22);
    assert_int_equal(hello.bytes[1], 0xfe);
    assert_int_equal(hello.bytes[11] << 8 | hello.bytes[12], hello.size - 13);
    assert_int_equal(hello.bytes[13], 1);
    buffer_release(&hello);
    net_dtls_free(dtls);
}

static void a_verify_request_is_known(void **state)
{
    (void)state;
    static const uint8_t verify[] = { 22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0,    0,    0, 19,  3,   0,   0,
                                      7,  0,    0,    0, 0, 0, 0, 0, 7, 0xfe, 0xff, 4, 'c', 'o', 'o', 'k' };
    struct buffer hello;
    struct net_dtls *dtls = client(&hello);
    assert_int_equal(net_dtls_answer(dtls, verify, sizeof verify), NET_DTLS_VERIFY);
    buffer_release(&hello);
    net_dtls_free(dtls);
}

static void an_alert_is_an_answer(void **state)
{
    (void)state;
    static const uint8_t alert[] = { 21, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40 };
    struct buffer hello;
    struct net_dtls *dtls = client(&hello);
    assert_int_equal(net_dtls_answer(dtls, alert, sizeof alert), NET_DTLS_ALERT);
    buffer_release(&hello);
    net_dtls_free(dtls);
}

static void noise_is_none(void **state)
{
    (void)state;
    struct buffer hello;
    struct net_dtls *dtls = client(&hello);
    assert_int_equal(net_dtls_answer(dtls, "xxxxxxxxxxxxxxxxxxxx", 20), NET_DTLS_NOTHING);
    assert_int_equal(net_dtls_answer(dtls, "", 0), NET_DTLS_NOTHING);
    assert_int_equal(net_dtls_answer(dtls, hello.bytes, hello.size), NET_DTLS_NOTHING); /* its own hello, come back */
    buffer_release(&hello);
    net_dtls_free(dtls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hello_is_one_datagram),
        cmocka_unit_test(a_verify_request_is_known),
        cmocka_unit_test(an_alert_is_an_answer),
        cmocka_unit_test(noise_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
