/* MS-TSGU packets, WebSocket frames, and who is spared a proxy. */
#include "unit/cmocka_all.h"

#include <string.h>

#include "net/proxy.h"
#include "unit/guard_page.h"
#include "wire/tsgu.h"
#include "wire/websocket.h"

/* A gateway's answer to the tunnel: id 10, capabilities 2. */
static const uint8_t TUNNEL[] = { 5, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0 };
/* "ab", port 3389 */
static const uint8_t CHANNEL[] = { 8, 0, 0, 0, 22, 0, 0, 0, 1, 0, 0x3d, 0x0d, 3, 0, 6, 0, 'a', 0, 'b', 0, 0, 0 };
static const uint8_t RAP[] = { 9, 0, 0, 0, 16, 0, 0, 0, 0xda, 0x59, 0x07, 0x80, 0, 0, 0, 0 };
static const uint8_t FRAME[] = { 0x82, 0x83, 1, 2, 3, 4, 'a' ^ 1, 'b' ^ 2, 'c' ^ 3 };

static enum parse whole(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct tsgu_packet packet;
    struct fault fault;
    return tsgu_parse(&cursor, &packet, &fault);
}

static enum parse whole_frame(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct websocket_frame frame;
    struct fault fault;
    return websocket_parse(&cursor, &frame, &fault);
}

static void packets_are_read(void **state)
{
    (void)state;
    struct cursor cursor = cursor_of(TUNNEL, sizeof TUNNEL);
    struct tsgu_packet packet;
    assert_int_equal(tsgu_parse(&cursor, &packet, NULL), PARSE_DONE);
    assert_int_equal(packet.type, TSGU_TUNNEL_RESPONSE);
    assert_int_equal(packet.id, 10);
    assert_int_equal(packet.capabilities, 2);
    assert_int_equal(cursor_left(&cursor), 0);
    cursor = cursor_of(RAP, sizeof RAP);
    assert_int_equal(tsgu_parse(&cursor, &packet, NULL), PARSE_DONE);
    assert_true(packet.error == 0x800759DA);
    cursor = cursor_of(CHANNEL, sizeof CHANNEL);
    assert_int_equal(tsgu_parse(&cursor, &packet, NULL), PARSE_DONE);
    assert_int_equal(packet.port, 3389);
    assert_int_equal(packet.name.size, 4); /* without its end */
    assert_memory_equal(packet.name.bytes, "a\0b", 4);
}

static void packets_are_written(void **state)
{
    (void)state;
    uint8_t bytes[64];
    uint8_t name[8];
    struct writer writer = writer_of(bytes, sizeof bytes);
    struct tsgu_packet packet = { .type = TSGU_CHANNEL_CREATE, .port = 3389, .protocol = TSGU_PROTOCOL_RDP };
    assert_true(tsgu_name("ab", name, sizeof name, &packet.name));
    assert_true(tsgu_write(&writer, &packet));
    assert_int_equal(writer_size(&writer), sizeof CHANNEL);
    assert_memory_equal(bytes, CHANNEL, sizeof CHANNEL);
    writer = writer_of(bytes, sizeof bytes);
    assert_true(tsgu_write(
        &writer, &(struct tsgu_packet){ .type = TSGU_TUNNEL_RESPONSE, .fields = 3, .id = 10, .capabilities = 2 }));
    assert_memory_equal(bytes, TUNNEL, sizeof TUNNEL);
    writer = writer_of(bytes, 9);
    assert_false(tsgu_write(&writer, &packet));
    assert_false(tsgu_name("\xc3\xa4", name, sizeof name, &packet.name));
    assert_false(tsgu_name("abcde", name, sizeof name, &packet.name));
}

static void lies_are_bad(void **state)
{
    (void)state;
    static const uint8_t unknown[] = { 14, 0, 0, 0, 8, 0, 0, 0 };
    static const uint8_t below[] = { 13, 0, 0, 0, 7, 0, 0, 0 };
    static const uint8_t huge[] = { 10, 0, 0, 0, 0, 0, 0, 1 };
    static const uint8_t past[] = { 10, 0, 0, 0, 11, 0, 0, 0, 2, 0, 1 };
    static const uint8_t none[] = { 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0x3d, 0x0d, 3, 0, 0, 0 };
    assert_int_equal(whole(unknown, sizeof unknown), PARSE_BAD);
    assert_int_equal(whole(below, sizeof below), PARSE_BAD);
    assert_int_equal(whole(huge, sizeof huge), PARSE_BAD);
    assert_int_equal(whole(past, sizeof past), PARSE_BAD);
    assert_int_equal(whole(none, sizeof none), PARSE_BAD);
}

static void pieces_ask_for_more(void **state)
{
    (void)state;
    every_truncation_asks_for_more(whole, TUNNEL, sizeof TUNNEL);
    every_truncation_asks_for_more(whole, CHANNEL, sizeof CHANNEL);
    every_mutation_is_survived(whole, TUNNEL, sizeof TUNNEL);
    every_mutation_is_survived(whole, CHANNEL, sizeof CHANNEL);
    every_truncation_asks_for_more(whole_frame, FRAME, sizeof FRAME);
    every_mutation_is_survived(whole_frame, FRAME, sizeof FRAME);
}

static void frames_both_ways(void **state)
{
    (void)state;
    uint8_t bytes[70100];
    uint8_t plain[70000];
    const uint8_t mask[4] = { 1, 2, 3, 4 };
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(websocket_write(&writer, WEBSOCKET_BINARY, mask, "abc", 3));
    assert_int_equal(writer_size(&writer), sizeof FRAME);
    assert_memory_equal(bytes, FRAME, sizeof FRAME);
    memset(plain, 'x', sizeof plain);
    static const size_t sizes[] = { 0, 125, 126, 65535, 65536, 70000 };
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        writer = writer_of(bytes, sizeof bytes);
        assert_true(websocket_write(&writer, WEBSOCKET_BINARY, NULL, plain, sizes[i]));
        struct cursor cursor = cursor_of(bytes, writer_size(&writer));
        struct websocket_frame frame;
        assert_int_equal(websocket_parse(&cursor, &frame, NULL), PARSE_DONE);
        assert_int_equal(frame.payload.size, sizes[i]);
        assert_false(frame.masked);
        assert_int_equal(cursor_left(&cursor), 0);
    }
    static const uint8_t too_long[] = { 0x82, 127, 0, 0, 0, 0, 0x7f, 0, 0, 0 };
    static const uint8_t long_ping[] = { 0x89, 126, 0, 126 };
    static const uint8_t reserved[] = { 0xc2, 0 };
    assert_int_equal(whole_frame(too_long, sizeof too_long), PARSE_BAD);
    assert_int_equal(whole_frame(long_ping, sizeof long_ping), PARSE_BAD);
    assert_int_equal(whole_frame(reserved, sizeof reserved), PARSE_BAD);
}

static void no_proxy_lists(void **state)
{
    (void)state;
    assert_true(net_proxy_spares("*", "gw.corp.example"));
    assert_true(net_proxy_spares("a.example, .corp.example", "gw.corp.example"));
    assert_true(net_proxy_spares("corp.example", "gw.corp.example"));
    assert_true(net_proxy_spares("GW.corp.example", "gw.CORP.example"));
    assert_false(net_proxy_spares("orp.example", "gw.corp.example"));
    assert_false(net_proxy_spares("gw.corp.example", "corp.example"));
    assert_false(net_proxy_spares("", "corp.example"));
    assert_false(net_proxy_spares(".", "corp.example"));
    assert_true(net_proxy_spares("10.0.0.0/8", "10.1.2.3"));
    assert_true(net_proxy_spares("fd00::/8", "fd00::7"));
    assert_false(net_proxy_spares("10.0.0.0/8", "11.1.2.3"));
    assert_false(net_proxy_spares("2.3", "10.1.2.3"));
}

static char *nobody(const char *name)
{
    (void)name;
    return NULL;
}
static char *somebody(const char *name)
{
    static char url[] = "http://al%40ice:p%3aw@proxy.corp.example:8080/";
    return strcmp(name, "HTTPS_PROXY") == 0 ? url : NULL;
}
static char *socks(const char *name)
{
    static char url[] = "socks5h://[fd00::1]:1080";
    static char list[] = "other.example";
    return strcmp(name, "all_proxy") == 0 ? url : strcmp(name, "NO_PROXY") == 0 ? list : NULL;
}

static void proxies_by_environment(void **state)
{
    (void)state;
    struct net_proxy proxy;
    struct error error = { 0 };
    assert_true(net_proxy_by_environment("gw", nobody, &proxy, &error));
    assert_null(proxy.host);
    assert_true(net_proxy_by_environment("gw", somebody, &proxy, &error));
    assert_string_equal(proxy.host, "proxy.corp.example");
    assert_int_equal(proxy.port, 8080);
    assert_string_equal(proxy.user, "al@ice");
    assert_string_equal(proxy.password, "p:w");
    assert_string_equal(proxy.from, "HTTPS_PROXY");
    assert_false(proxy.unsupported);
    net_proxy_release(&proxy);
    assert_true(net_proxy_by_environment("gw", socks, &proxy, &error));
    assert_string_equal(proxy.host, "fd00::1");
    assert_true(proxy.unsupported);
    net_proxy_release(&proxy);
    assert_true(net_proxy_by_environment("a.other.example", socks, &proxy, &error));
    assert_null(proxy.host);
    assert_string_equal(proxy.spared, "NO_PROXY");
    assert_false(net_proxy_by_word("u:p@h", &proxy, &error));
    assert_true(net_proxy_by_word("h:3128", &proxy, &error));
    assert_int_equal(proxy.port, 3128);
    net_proxy_release(&proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_read),       cmocka_unit_test(packets_are_written),
        cmocka_unit_test(lies_are_bad),           cmocka_unit_test(pieces_ask_for_more),
        cmocka_unit_test(frames_both_ways),       cmocka_unit_test(no_proxy_lists),
        cmocka_unit_test(proxies_by_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
