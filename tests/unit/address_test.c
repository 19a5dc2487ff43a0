/* base/address: literals, their text, their classes. */
#include "unit/cmocka_all.h"

#include <string.h>

#include "base/address.h"

static void literals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *back;
        enum address_family family;
    } good[] = {
        { "192.0.2.1", "192.0.2.1", ADDRESS_V4 },
        { "255.255.255.255", "255.255.255.255", ADDRESS_V4 },
        { "2001:DB8::0001", "2001:db8::1", ADDRESS_V6 },
        { "::", "::", ADDRESS_V6 },
        { "::ffff:192.0.2.1", "::ffff:192.0.2.1", ADDRESS_V6 },
        { "fe80::1%7", "fe80::1%7", ADDRESS_V6 },
        { "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%4294967295",
          "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295", ADDRESS_V6 },
    };
    static const char *const bad[] = { "",
                                       "1.2.3",
                                       "1.2.3.4.5",
                                       "1.2.3.256",
                                       "01.2.3.4",
                                       "1.2.3.4 ",
                                       "0x7f.1",
                                       "[::1]",
                                       "::1%",
                                       "::1%0",
                                       "fe80::1%no-such-link",
                                       "1.2.3.4%1",
                                       ":::",
                                       "12345::",
                                       "example",
                                       "::1%4294967296",
                                       "host:3389",
                                       "1:2:3:4:5:6:7:8:9" };
    char text[ADDRESS_TEXT_SIZE];
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct address address;
        assert_true(address_parse(good[i].text, &address));
        assert_int_equal(address.family, good[i].family);
        address_format(&address, text);
        assert_string_equal(text, good[i].back);
        struct address again;
        assert_true(address_parse(text, &again));
        assert_true(address_equal(&address, &again));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct address address = { .family = ADDRESS_V4, .bytes = { 9 } };
        assert_false(address_parse(bad[i], &address));
        assert_int_equal(address.bytes[0], 9); /* outputs are written only on success */
    }
    struct address lo;
    assert_true(address_parse("fe80::1%lo", &lo));
    assert_int_not_equal(lo.scope, 0);
    address_format(&(struct address){ .family = ADDRESS_NONE }, text);
    assert_string_equal(text, "");
}

static void equality(void **state)
{
    (void)state;
    struct address a = { .family = ADDRESS_V4, .bytes = { 1, 2, 3, 4, 5 } };
    struct address b = { .family = ADDRESS_V4, .bytes = { 1, 2, 3, 4, 6 } };
    assert_true(address_equal(&a, &b)); /* past the fourth byte nothing counts */
    b.bytes[3] = 5;
    assert_false(address_equal(&a, &b));
    struct address c = { .family = ADDRESS_V6, .bytes = { [15] = 1 } };
    struct address d = c;
    assert_true(address_equal(&c, &d));
    d.scope = 3;
    assert_false(address_equal(&c, &d));
    d = c;
    d.bytes[15] = 2;
    assert_false(address_equal(&c, &d));
    b = a;
    b.family = ADDRESS_V6;
    assert_false(address_equal(&a, &b));
}

static void mapped_addresses_are_ipv4(void **state)
{
    (void)state;
    static const char *const texts[][2] = { { "::ffff:198.51.100.2", "198.51.100.2" },
                                            { "198.51.100.2", "198.51.100.2" },
                                            { "::fffe:c633:6402", "::fffe:c633:6402" } };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct address address;
        struct address wanted;
        assert_true(address_parse(texts[i][0], &address));
        assert_true(address_parse(texts[i][1], &wanted));
        address_unmap(&address);
        assert_true(address_equal(&address, &wanted));
        assert_memory_equal(address.bytes, wanted.bytes, sizeof address.bytes);
    }
}

/* Each block at its first and last address, and the neighbours outside. */
static void classes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum address_class class;
    } cases[] = {
        { "126.255.255.255", ADDRESS_CLASS_GLOBAL },
        { "127.0.0.0", ADDRESS_CLASS_LOOPBACK },
        { "127.255.255.255", ADDRESS_CLASS_LOOPBACK },
        { "128.0.0.0", ADDRESS_CLASS_GLOBAL },
        { "9.255.255.255", ADDRESS_CLASS_GLOBAL },
        { "10.0.0.0", ADDRESS_CLASS_PRIVATE },
        { "10.255.255.255", ADDRESS_CLASS_PRIVATE },
        { "11.0.0.0", ADDRESS_CLASS_GLOBAL },
        { "172.15.255.255", ADDRESS_CLASS_GLOBAL },
        { "172.16.0.0", ADDRESS_CLASS_PRIVATE },
        { "172.31.255.255", ADDRESS_CLASS_PRIVATE },
        { "172.32.0.0", ADDRESS_CLASS_GLOBAL },
        { "192.167.255.255", ADDRESS_CLASS_GLOBAL },
        { "192.168.0.0", ADDRESS_CLASS_PRIVATE },
        { "192.168.255.255", ADDRESS_CLASS_PRIVATE },
        { "192.169.0.0", ADDRESS_CLASS_GLOBAL },
        { "169.254.0.1", ADDRESS_CLASS_LINK_LOCAL },
        { "169.255.0.0", ADDRESS_CLASS_GLOBAL },
        { "100.63.255.255", ADDRESS_CLASS_GLOBAL },
        { "100.64.0.0", ADDRESS_CLASS_SHARED },
        { "100.127.255.255", ADDRESS_CLASS_SHARED },
        { "100.128.0.0", ADDRESS_CLASS_GLOBAL },
        { "198.17.255.255", ADDRESS_CLASS_GLOBAL },
        { "198.18.0.0", ADDRESS_CLASS_BENCHMARK },
        { "198.19.255.255", ADDRESS_CLASS_BENCHMARK },
        { "198.20.0.0", ADDRESS_CLASS_GLOBAL },
        { "192.0.2.255", ADDRESS_CLASS_DOCUMENTATION },
        { "192.0.3.0", ADDRESS_CLASS_GLOBAL },
        { "198.51.100.0", ADDRESS_CLASS_DOCUMENTATION },
        { "203.0.113.9", ADDRESS_CLASS_DOCUMENTATION },
        { "223.255.255.255", ADDRESS_CLASS_GLOBAL },
        { "224.0.0.0", ADDRESS_CLASS_MULTICAST },
        { "239.255.255.255", ADDRESS_CLASS_MULTICAST },
        { "240.0.0.0", ADDRESS_CLASS_GLOBAL },
        { "0.0.0.0", ADDRESS_CLASS_UNSPECIFIED },
        { "0.0.0.1", ADDRESS_CLASS_GLOBAL },
        { "::", ADDRESS_CLASS_UNSPECIFIED },
        { "::1", ADDRESS_CLASS_LOOPBACK },
        { "::2", ADDRESS_CLASS_GLOBAL },
        { "fbff::1", ADDRESS_CLASS_GLOBAL },
        { "fc00::", ADDRESS_CLASS_PRIVATE },
        { "fdff::1", ADDRESS_CLASS_PRIVATE },
        { "fe00::1", ADDRESS_CLASS_GLOBAL },
        { "fe80::1", ADDRESS_CLASS_LINK_LOCAL },
        { "febf::1", ADDRESS_CLASS_LINK_LOCAL },
        { "fec0::1", ADDRESS_CLASS_PRIVATE },
        { "ff02::1", ADDRESS_CLASS_MULTICAST },
        { "2001:db7:ffff::1", ADDRESS_CLASS_GLOBAL },
        { "2001:db8::", ADDRESS_CLASS_DOCUMENTATION },
        { "2001:db9::", ADDRESS_CLASS_GLOBAL },
        { "3fff::1", ADDRESS_CLASS_DOCUMENTATION },
        { "3fff:1000::", ADDRESS_CLASS_GLOBAL },
        { "::ffff:10.0.0.1", ADDRESS_CLASS_PRIVATE },
        { "::ffff:127.0.0.1", ADDRESS_CLASS_LOOPBACK },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address address;
        assert_true(address_parse(cases[i].text, &address));
        if (address_class_of(&address) != cases[i].class) {
            fail_msg("%s: class %d, wanted %d", cases[i].text, (int)address_class_of(&address), (int)cases[i].class);
        }
    }
    assert_int_equal(address_class_of(&(struct address){ .family = ADDRESS_NONE }), ADDRESS_CLASS_UNSPECIFIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),
        cmocka_unit_test(equality),
        cmocka_unit_test(mapped_addresses_are_ipv4),
        cmocka_unit_test(classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
