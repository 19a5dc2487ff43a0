/* What VPN programs say of themselves, as bytes. */
#include "cmocka_all.h"

#include <string.h>

#include "base/prefix.h"
#include "wire/endpoint.h"
#include "wire/openvpn.h"
#include "wire/vici.h"
#include "wire/wg_uapi.h"

static const struct address host = { .family = ADDRESS_V4, .bytes = { 10, 30, 0, 10 } };

static void assert_address(const struct address *address, const char *wanted)
{
    char text[ADDRESS_TEXT_SIZE];
    address_format(address, text);
    assert_string_equal(text, wanted);
}

static bool holds(const char *network, const char *text)
{
    struct prefix prefix;
    struct address address;
    assert_true(prefix_parse(network, &prefix));
    assert_true(address_parse(text, &address));
    return prefix_holds(&prefix, &address);
}

static void test_prefixes(void **state)
{
    (void)state;
    assert_true(holds("10.16.0.0/12", "10.30.0.10"));
    assert_false(holds("10.16.0.0/12", "10.32.0.1"));
    assert_true(holds("0.0.0.0/0", "10.32.0.1"));
    assert_false(holds("0.0.0.0/0", "fd00::1"));
    assert_true(holds("10.1.2.3", "10.1.2.3"));
    assert_false(holds("10.1.2.3", "10.1.2.4"));
    assert_true(holds("fd00:30::/63", "fd00:30:0:1::9"));
    assert_false(holds("fd00:30::/64", "fd00:30:0:1::9"));
    struct prefix prefix;
    assert_false(prefix_parse("10.0.0.0/33", &prefix));
    assert_false(prefix_parse("10.0.0.0/", &prefix));
    assert_false(prefix_parse("office", &prefix));
    assert_true(prefix_parse("10.1.2.3/32", &prefix) && prefix_is_host(&prefix));
    assert_true(prefix_parse("10.1.2.0/24", &prefix) && !prefix_is_host(&prefix));
}

static void test_endpoints(void **state)
{
    (void)state;
    struct address address;
    uint16_t port = 0;
    assert_true(endpoint_parse("192.0.2.1:443", &address, &port));
    assert_address(&address, "192.0.2.1");
    assert_int_equal(port, 443);
    assert_true(endpoint_parse("[2001:db8::1]:51820", &address, &port));
    assert_address(&address, "2001:db8::1");
    static const char *const bad[] = { "192.0.2.1", "192.0.2.1:0", "2001:db8::1:443", "[192.0.2.1]:1", "[]:1",
                                       ":1",        "vpn:1" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_false(endpoint_parse(bad[i], &address, &port));
    }
}

static void test_wireguard(void **state)
{
    (void)state;
    static const char text[] =
        "private_key=00\npublic_key=aa\nendpoint=192.0.2.1:1\nallowed_ip=10.0.0.0/8\n"
        "public_key=bb\nendpoint=[2001:db8::2]:51820\nallowed_ip=10.9.0.0/16\nallowed_ip=10.30.0.0/24\n"
        "public_key=cc\nallowed_ip=10.31.0.0/16\nerrno=0\n\n";
    struct address endpoint;
    uint16_t port = 0;
    const uint8_t *bytes = (const uint8_t *)text;
    assert_true(wg_uapi_whole(bytes, sizeof(text) - 1));
    assert_false(wg_uapi_whole(bytes, sizeof(text) - 2));
    assert_true(wg_uapi_endpoint(bytes, sizeof(text) - 1, &host, &endpoint, &port));
    assert_address(&endpoint, "2001:db8::2");
    assert_int_equal(port, 51820);
    const struct address other = { .family = ADDRESS_V4, .bytes = { 10, 200, 0, 1 } };
    assert_true(wg_uapi_endpoint(bytes, sizeof(text) - 1, &other, &endpoint, &port));
    assert_address(&endpoint, "192.0.2.1");
    const struct address mute = { .family = ADDRESS_V4, .bytes = { 10, 31, 0, 1 } };
    assert_false(wg_uapi_endpoint(bytes, sizeof(text) - 1, &mute, &endpoint, &port)); /* never spoke: no endpoint */
    const struct address none = { .family = ADDRESS_V4, .bytes = { 192, 168, 0, 1 } };
    assert_false(wg_uapi_endpoint(bytes, sizeof(text) - 1, &none, &endpoint, &port));
}

static void test_openvpn_settings(void **state)
{
    (void)state;
    static const char command[] =
        "openvpn\0--dev\0tunc\0--proto\0tcp-client\0--remote\0vpn.lab\0"
        "443\0--management\0/run/m\0unix\0--config\0c.ovpn\0--cd\0/etc/openvpn\0--remote\0cut";
    struct openvpn_settings settings = { .port = 0 };
    openvpn_read_command((const uint8_t *)command, sizeof(command) - 1, &settings);
    assert_string_equal(settings.device, "tunc");
    assert_int_equal(settings.remote_count, 1); /* the last word is cut off: there is no second one */
    assert_string_equal(settings.remotes[0].host, "vpn.lab");
    assert_int_equal(openvpn_port_of(&settings, &settings.remotes[0]), 443);
    assert_true(openvpn_is_tcp(&settings, &settings.remotes[0]));
    assert_string_equal(settings.management, "/run/m");
    assert_int_equal(settings.management_port, 0);
    assert_false(settings.management_minds);
    assert_string_equal(settings.file, "c.ovpn");
    assert_string_equal(settings.folder, "/etc/openvpn");

    static const char file[] =
        "client\r\n# remote 192.0.2.7\r\ndev tun\nremote \"192.0.2.1\" ; first\n<ca>\nremote 192.0.2.9\n</ca>\n"
        "<connection>\nremote 192.0.2.2 1195 udp\n</connection>\nport 500\nmanagement-signal";
    settings = (struct openvpn_settings){ .port = 0 };
    openvpn_read_file((const uint8_t *)file, sizeof(file) - 1, &settings);
    assert_int_equal(settings.remote_count, 2);
    assert_string_equal(settings.remotes[0].host, "192.0.2.1");
    assert_int_equal(openvpn_port_of(&settings, &settings.remotes[0]), 500);
    assert_false(openvpn_is_tcp(&settings, &settings.remotes[0]));
    assert_string_equal(settings.remotes[1].host, "192.0.2.2");
    assert_int_equal(openvpn_port_of(&settings, &settings.remotes[1]), 1195);
    assert_true(settings.management_minds);

    static const char alone[] = "openvpn\0/etc/openvpn/client.conf\0";
    settings = (struct openvpn_settings){ .port = 0 };
    openvpn_read_command((const uint8_t *)alone, sizeof(alone) - 1, &settings);
    assert_string_equal(settings.file, "/etc/openvpn/client.conf");
}

static void test_openvpn_state(void **state)
{
    (void)state;
    static const char text[] = ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n"
                               "1700000000,CONNECTED,SUCCESS,10.9.0.2,198.51.100.2,1194,,,fd00:9::2\r\nEND\r\n";
    struct address remote;
    uint16_t port = 0;
    const uint8_t *bytes = (const uint8_t *)text;
    assert_true(openvpn_state(bytes, sizeof(text) - 1, &remote, &port));
    assert_address(&remote, "198.51.100.2");
    assert_int_equal(port, 1194);
    assert_true(openvpn_state_whole(bytes, sizeof(text) - 1));
    assert_false(openvpn_state_whole(bytes, sizeof(text) - 2));
    static const char waits[] = "1700000000,WAIT,,,,,,\nEND\n";
    assert_false(openvpn_state((const uint8_t *)waits, sizeof(waits) - 1, &remote, &port));
    static const char shouts[] = ">STATE:1700000000,CONNECTED,SUCCESS,10.9.0.2,192.0.2.66,1194,,\nENTER PASSWORD:";
    assert_false(openvpn_state((const uint8_t *)shouts, sizeof(shouts) - 1, &remote, &port));
}

static void test_vici(void **state)
{
    (void)state;
    static const uint8_t bytes[] = "\0\0\0\1\5" /* the event is registered */
                                   "\0\0\0\x7a\7\7list-sa\1\1v\3\5state\0\x0b"
                                   "ESTABLISHED\3\x0bremote-host\0\x0c"
                                   "198.51.100.2"
                                   "\3\x0bremote-port\0\4"
                                   "4500\1\x09"
                                   "child-sas\1\1n\4\x09remote-ts\5\0\x0c"
                                   "10.16.0.0/12\6\2\2\2"
                                   "\0\0\0\1\1";
    size_t size = sizeof(bytes) - 1;
    size_t used = 0;
    enum vici_packet packet = VICI_SA;
    struct vici_sa sa;
    struct fault fault;
    assert_int_equal(vici_parse(bytes, size, &packet, &sa, &used, &fault), PARSE_DONE);
    assert_int_equal(packet, VICI_OTHER);
    assert_int_equal(used, 5);
    const uint8_t *event = bytes + used;
    size -= used;
    const size_t event_size = 4 + (size_t)event[3];
    for (size_t cut = 0; cut < event_size; cut++) {
        assert_int_equal(vici_parse(event, cut, &packet, &sa, &used, &fault), PARSE_MORE);
    }
    assert_int_equal(vici_parse(event, size, &packet, &sa, &used, &fault), PARSE_DONE);
    assert_int_equal(packet, VICI_SA);
    assert_true(sa.established);
    assert_address(&sa.remote, "198.51.100.2");
    assert_int_equal(sa.remote_port, 4500);
    assert_int_equal(sa.selector_count, 1);
    assert_true(prefix_holds(&sa.selectors[0], &host));
    assert_int_equal(vici_parse(event + used, size - used, &packet, &sa, &used, &fault), PARSE_DONE);
    assert_int_equal(packet, VICI_END);

    static const uint8_t open[] = "\0\0\0\x0c\7\7list-sa\1\1v"; /* a section without its end */
    assert_int_equal(vici_parse(open, sizeof(open) - 1, &packet, &sa, &used, &fault), PARSE_BAD);
    static const uint8_t huge[] = "\xff\xff\xff\xff\7";
    assert_int_equal(vici_parse(huge, sizeof(huge) - 1, &packet, &sa, &used, &fault), PARSE_BAD);
    uint8_t question[VICI_ASK_SIZE];
    static const uint8_t wanted[] = "\0\0\0\x09\3\7list-sa\0\0\0\x0a\0\x08list-sas";
    assert_int_equal(vici_ask(question), sizeof(wanted) - 1);
    assert_memory_equal(question, wanted, sizeof(wanted) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefixes),         cmocka_unit_test(test_endpoints),     cmocka_unit_test(test_wireguard),
        cmocka_unit_test(test_openvpn_settings), cmocka_unit_test(test_openvpn_state), cmocka_unit_test(test_vici),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
