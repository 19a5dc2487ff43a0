/* What is typed for a way, and the file that is written for it. */
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "ways/commands.h"
#include "wire/rdp_file.h"

static struct recipe plain(const char *host, const char *address)
{
    struct recipe recipe = { .port = 3389 };
    snprintf(recipe.host, sizeof recipe.host, "%s", host);
    assert_true(address_parse(address, &recipe.address));
    return recipe;
}

static struct evidence *routed(const char *device, const char *gateway)
{
    struct error error;
    struct evidence *e = evidence_new(&error);
    assert_non_null(e);
    assert_true(ev_set_words(&e->route.interface, SOURCE_PROBE, device, &error));
    assert_true(gateway == NULL || ev_set_words(&e->route.gateway, SOURCE_PROBE, gateway, &error));
    return e;
}

static void are(const struct recipe *recipe, const char *file, const char *mstsc, const char *two, const char *three)
{
    struct evidence *e = routed("eth0", "10.8.0.1");
    struct commands commands;
    commands_make(recipe, e, file, &commands);
    assert_string_equal(commands.mstsc, mstsc);
    assert_string_equal(commands.xfreerdp2, two);
    assert_string_equal(commands.xfreerdp3, three);
    evidence_free(e);
}

static void each_recipe_has_its_commands(void **state)
{
    (void)state;
    struct recipe recipe = plain("srv.corp.example", "10.20.4.17");
    are(&recipe, "srv.rdp", "mstsc /v:srv.corp.example", "xfreerdp /v:srv.corp.example",
        "xfreerdp3 /v:srv.corp.example");
    recipe.port = 3390;
    are(&recipe, NULL, "mstsc /v:srv.corp.example:3390", "xfreerdp /v:srv.corp.example:3390",
        "xfreerdp3 /v:srv.corp.example:3390");
    recipe.security = RECIPE_TLS;
    are(&recipe, "srv-tls.rdp", "mstsc .\\srv-tls.rdp", "xfreerdp /v:srv.corp.example:3390 /sec:tls",
        "xfreerdp3 /v:srv.corp.example:3390 /sec:tls");
    recipe.old_tls = true;
    are(&recipe, NULL, "", "xfreerdp /v:srv.corp.example:3390 /sec:tls /tls-seclevel:0",
        "xfreerdp3 /v:srv.corp.example:3390 /sec:tls /tls:seclevel:0,enforce:1.0");
    recipe.tls_1_1 = true;
    are(&recipe, NULL, "", "xfreerdp /v:srv.corp.example:3390 /sec:tls /tls-seclevel:0",
        "xfreerdp3 /v:srv.corp.example:3390 /sec:tls /tls:seclevel:0,enforce:1.1");
    recipe = plain("srv.corp.example", "10.20.4.17");
    recipe.wide_tls = true;
    are(&recipe, NULL, "", "xfreerdp /v:srv.corp.example", "xfreerdp3 /v:srv.corp.example");
    recipe.odd_suite = true;
    are(&recipe, NULL, "", "xfreerdp /v:srv.corp.example /tls-ciphers:ALL /tls-seclevel:0",
        "xfreerdp3 /v:srv.corp.example /tls:ciphers:ALL,seclevel:0");
    recipe.old_tls = true;
    are(&recipe, NULL, "", "xfreerdp /v:srv.corp.example /tls-ciphers:ALL /tls-seclevel:0",
        "xfreerdp3 /v:srv.corp.example /tls:ciphers:ALL,seclevel:0,enforce:1.0");
    recipe = plain("10.20.9.9", "10.20.9.9");
    snprintf(recipe.name, sizeof recipe.name, "srv.corp.example");
    are(&recipe, NULL, "mstsc /v:10.20.9.9", "xfreerdp /v:10.20.9.9 /cert:name:srv.corp.example",
        "xfreerdp3 /v:10.20.9.9 /cert:name:srv.corp.example");
    recipe.security = RECIPE_RDP;
    are(&recipe, "x.rdp", "mstsc .\\x.rdp", "xfreerdp /v:10.20.9.9 /sec:rdp", "xfreerdp3 /v:10.20.9.9 /sec:rdp");
    recipe = plain("srv.corp.example", "10.20.4.17");
    recipe.transport = RECIPE_GATEWAY;
    snprintf(recipe.gateway, sizeof recipe.gateway, "gw.corp.example:8443");
    are(&recipe, "srv-gateway.rdp", "mstsc .\\srv-gateway.rdp", "xfreerdp /v:srv.corp.example /g:gw.corp.example:8443",
        "xfreerdp3 /v:srv.corp.example /gateway:g:gw.corp.example:8443");
    recipe = plain("2001:db8::17", "2001:db8::17");
    are(&recipe, NULL, "mstsc /v:[2001:db8::17]:3389", "xfreerdp '/v:[2001:db8::17]:3389'",
        "xfreerdp3 '/v:[2001:db8::17]:3389'");
}

static void small_segments_are_a_route_with_its_undo(void **state)
{
    (void)state;
    struct recipe recipe = plain("srv", "10.20.4.17");
    struct evidence *e = routed("eth0", "10.8.0.1");
    struct error error;
    struct commands commands;
    recipe.transport = RECIPE_SMALL;
    commands_make(&recipe, e, NULL, &commands);
    assert_string_equal(commands.linux_before,
                        "sudo ip route replace 10.20.4.17 via 10.8.0.1 dev eth0 mtu 1240 advmss 1200");
    assert_string_equal(commands.linux_after, "sudo ip route del 10.20.4.17 via 10.8.0.1 dev eth0 mtu 1240");
    assert_string_equal(commands.windows_before,
                        "netsh interface ipv4 set subinterface \"INTERFACE\" mtu=1240 store=active");
    /* A route of the host's own is put back as it was, not deleted. */
    struct ev_way *way = ev_list_add(&e->route.ways, SOURCE_PROBE, &way_table, 0, &error);
    ev_set_int(&way->bits, SOURCE_PROBE, 32);
    commands_make(&recipe, e, NULL, &commands);
    assert_string_equal(commands.linux_after, "sudo ip route replace 10.20.4.17 via 10.8.0.1 dev eth0");
    evidence_free(e);
    e = routed("wg0", NULL);
    recipe = plain("srv", "2001:db8::17");
    recipe.transport = RECIPE_SMALL;
    commands_make(&recipe, e, NULL, &commands);
    assert_string_equal(commands.linux_before, "sudo ip -6 route replace 2001:db8::17 dev wg0 mtu 1260 advmss 1200");
    evidence_free(e);
}

static void file_names_hold_nothing_that_a_shell_sees(void **state)
{
    (void)state;
    char name[RECIPE_HOST_SIZE + 32];
    struct recipe recipe = plain("fe80::1%eth0", "2001:db8::1");
    commands_file_name(&recipe, name);
    assert_string_equal(name, "fe80--1-eth0.rdp");
    recipe = plain("srv_01.corp.example", "10.0.0.1");
    recipe.security = RECIPE_TLS;
    commands_file_name(&recipe, name);
    assert_string_equal(name, "srv-01.corp.example-tls.rdp");
    snprintf(recipe.name, sizeof recipe.name, "%s", "-x");
    recipe.security = RECIPE_RDP;
    commands_file_name(&recipe, name);
    assert_string_equal(name, "0x-rdp.rdp");
}

/* The bytes mstsc writes: mark, UTF-16LE, CRLF; and our own reader takes them. */
static void the_file_is_as_mstsc_writes_it(void **state)
{
    (void)state;
    struct recipe recipe = plain("srv", "10.20.4.17");
    struct rdp_file_line lines[RDP_FILE_LINES_MAX];
    char address[RECIPE_HOST_SIZE + 8];
    struct buffer out;
    struct error error;
    recipe.security = RECIPE_TLS;
    recipe.port = 3390;
    const size_t count = commands_settings(&recipe, false, address, lines);
    buffer_init(&out, 65536);
    assert_true(rdp_file_write(&out, lines, count, NULL));
    static const char text[] = "full address:s:srv:3390\r\nenablecredsspsupport:i:0\r\nauthentication level:i:2\r\n";
    assert_int_equal(out.size, 2 + 2 * (sizeof text - 1));
    assert_memory_equal(out.bytes, "\xFF\xFE", 2);
    for (size_t i = 0; i < sizeof text - 1; i++) {
        assert_int_equal(out.bytes[2 + 2 * i], text[i]);
        assert_int_equal(out.bytes[3 + 2 * i], 0);
    }
    struct rdp_file *file = rdp_file_parse(out.bytes, out.size, &error);
    assert_non_null(file);
    assert_int_equal(rdp_file_count(file), 3);
    assert_string_equal(rdp_file_find(file, "full address")->value, "srv:3390");
    rdp_file_free(file);
    buffer_release(&out);
}

static void a_gateways_file_names_it_and_asks_once(void **state)
{
    (void)state;
    static const char *const wanted[] = { "full address",       "authentication level",      "gatewayhostname",
                                          "gatewayusagemethod", "gatewayprofileusagemethod", "promptcredentialonce" };
    struct recipe recipe = plain("srv", "10.20.4.17");
    struct rdp_file_line lines[RDP_FILE_LINES_MAX];
    char address[RECIPE_HOST_SIZE + 8];
    recipe.transport = RECIPE_GATEWAY;
    snprintf(recipe.gateway, sizeof recipe.gateway, "gw.corp.example");
    assert_int_equal(commands_settings(&recipe, false, address, lines), COUNT_OF(wanted));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        assert_string_equal(lines[i].name, wanted[i]);
    }
    assert_string_equal(lines[2].value, "gw.corp.example");
    assert_int_equal(lines[3].number, 1);
    assert_int_equal(lines[5].number, 1);
}

static void characters_beyond_ascii_become_utf_16(void **state)
{
    (void)state;
    const struct rdp_file_line line = { "username", 's', "J\xC3\xBC\xF0\x9F\x98\x80\xFF", 0 };
    static const uint8_t tail[] = { 'J', 0, 0xFC, 0, 0x3D, 0xD8, 0x00, 0xDE, 0xFD, 0xFF, '\r', 0, '\n', 0 };
    struct buffer out;
    buffer_init(&out, 4096);
    assert_true(rdp_file_write(&out, &line, 1, NULL));
    assert_memory_equal(out.bytes + out.size - sizeof tail, tail, sizeof tail);
    buffer_release(&out);
    buffer_init(&out, 4096);
    const struct rdp_file_line two = { "full address", 's', "a\r\nfull address:s:evil", 0 };
    assert_false(rdp_file_write(&out, &two, 1, NULL));
    assert_false(rdp_file_signed_bytes(&out, &two, 1));
    buffer_release(&out);
}

static void a_signature_covers_the_settings_in_their_order(void **state)
{
    (void)state;
    const struct rdp_file_line lines[] = {
        { "authentication level", 'i', NULL, 2 },
        { "full address", 's', "srv", 0 },
        { "username", 's', "not covered", 0 },
        { "alternate full address", 's', "srv", 0 },
    };
    static const char text[] = "full address:s:srv\r\nalternate full address:s:srv\r\nauthentication level:i:2\r\n"
                               "signscope:s:Full Address,Alternate Full Address,Authentication Level\r\n";
    struct buffer out;
    buffer_init(&out, 65536);
    assert_true(rdp_file_signed_bytes(&out, lines, COUNT_OF(lines)));
    assert_int_equal(out.size, 2 * sizeof text); /* the zero behind is signed, too */
    for (size_t i = 0; i < sizeof text; i++) {
        assert_int_equal(out.bytes[2 * i], text[i]);
        assert_int_equal(out.bytes[2 * i + 1], 0);
    }
    buffer_clear(&out);
    uint8_t der[50] = { 0x30 };
    assert_true(rdp_file_signature(&out, der, sizeof der));
    static const char start[] = "AQABAAEAAAAyAAAAMAAA";
    assert_memory_equal(out.bytes, start, sizeof start - 1);
    assert_memory_equal(out.bytes + 64, "  ", 2);
    assert_int_equal(out.size, 64 + 2 + 20 + 2);
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_recipe_has_its_commands),
        cmocka_unit_test(small_segments_are_a_route_with_its_undo),
        cmocka_unit_test(file_names_hold_nothing_that_a_shell_sees),
        cmocka_unit_test(the_file_is_as_mstsc_writes_it),
        cmocka_unit_test(a_gateways_file_names_it_and_asks_once),
        cmocka_unit_test(characters_beyond_ascii_become_utf_16),
        cmocka_unit_test(a_signature_covers_the_settings_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
