/* The command line of check: hosts in all their forms, options, and what is refused with its place. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "command/commands.h"
#include "command/options.h"
#include "unit/cmocka_all.h"

enum { ARGUMENTS_MAX = 20 };

/* Parses a line of words split at single spaces. */
static bool parse(const char *line, struct check_options *options, struct error *error)
{
    static char words[1024];
    static char *argv[ARGUMENTS_MAX + 1];
    int argc = 1;
    argv[0] = words;
    snprintf(words, sizeof(words), "check %s", line);
    for (char *space = strchr(words, ' '); space != NULL && argc < ARGUMENTS_MAX; space = strchr(space + 1, ' ')) {
        *space = '\0';
        argv[argc++] = space + 1;
    }
    memset(error, 0, sizeof(*error));
    return options_parse(argc, argv, options, error);
}

static void assert_host(const char *text, const char *host, unsigned port)
{
    struct error error = { 0 };
    char *got = NULL;
    uint16_t got_port = 1;
    if (!host_parse(text, &got, &got_port, &error)) {
        fail_msg("%s", error.text);
    }
    assert_string_equal(host, got);
    assert_int_equal(port, got_port);
    alloc_free(got);
}

static void assert_no_host(const char *text, const char *why)
{
    struct error error = { 0 };
    char *got = NULL;
    uint16_t port = 0;
    assert_false(host_parse(text, &got, &port, &error));
    assert_null(got);
    assert_int_equal(ERROR_USAGE, error.kind);
    assert_string_equal(why, error.text);
}

static void hosts(void **state)
{
    (void)state;
    assert_host("srv-01.corp.example", "srv-01.corp.example", 0);
    assert_host("srv", "srv", 0);
    assert_host("srv.:3390", "srv.", 3390);
    assert_host("_x.y", "_x.y", 0);
    assert_host("10.20.4.17:65535", "10.20.4.17", 65535);
    assert_host("2001:db8::7", "2001:db8::7", 0);
    assert_host("[2001:db8::7]", "2001:db8::7", 0);
    assert_host("[::1]:3390", "::1", 3390);
}

static void bad_hosts(void **state)
{
    (void)state;
    assert_no_host("", "host \"\": it is empty; give a name or an address");
    assert_no_host(":3389", "host \":3389\": it is empty; give a name or an address");
    assert_no_host("a..b", "host \"a..b\": an empty label at byte 3");
    assert_no_host("a b", "host \"a b\": byte 2 cannot be part of a DNS name");
    assert_no_host("a\033[31m", "host \"a\\x1b[31m\": byte 2 cannot be part of a DNS name");
    assert_no_host("b\xc3\xbc"
                   "cher.example",
                   "host \"b\xc3\xbc"
                   "cher.example\": byte 2 cannot be part of a DNS name; write an international name "
                   "in its xn-- form");
    assert_no_host("10.20.4.256", "host \"10.20.4.256\": digits and dots, but not an IPv4 address");
    assert_no_host("1:2:3", "host \"1:2:3\": it has several colons but is not an IPv6 address; with a port: [v6]:PORT");
    assert_no_host("[::1", "host \"[::1\": the bracket is not closed; write [v6] or [v6]:PORT");
    assert_no_host("[::1]x", "host \"[::1]x\": only :PORT may follow the bracket");
    assert_no_host("[1.2.3.4]", "host \"[1.2.3.4]\": what stands in brackets is not an IPv6 address");
    assert_no_host("a:0", "port \"0\": a port is a number from 1 to 65535");
    assert_no_host("a:65536", "port \"65536\": a port is a number from 1 to 65535");
    assert_no_host("a:0x10", "port \"0x10\": a port is a number from 1 to 65535");
    assert_no_host("a:", "port \"\": a port is a number from 1 to 65535");
}

static void long_names(void **state)
{
    (void)state;
    char name[301];
    struct error error = { 0 };
    char *host = NULL;
    uint16_t port = 0;
    memset(name, 'a', sizeof(name));
    name[300] = '\0';
    assert_false(host_parse(name, &host, &port, &error));
    assert_non_null(strstr(error.text, "300 bytes; a DNS name has at most 253"));
    for (size_t i = 49; i < 253; i += 50) {
        name[i] = '.';
    }
    name[253] = '\0';
    assert_true(host_parse(name, &host, &port, &error));
    alloc_free(host);
    name[253] = 'a';
    name[254] = '\0';
    assert_false(host_parse(name, &host, &port, &error));
    name[64] = '\0';
    name[49] = 'a';
    assert_false(host_parse(name, &host, &port, &error));
    assert_non_null(strstr(error.text, "the label that ends after byte 63 is longer than 63 bytes"));
}

static void all_options(void **state)
{
    (void)state;
    struct check_options options;
    struct error error;
    assert_true(parse("-4 --json srv --port 3390 --timeout=7 --only tls,nla --skip nla --save f --code 0x904/0x7",
                      &options, &error));
    assert_string_equal("srv", options.run.host);
    assert_int_equal(3390, options.run.port);
    assert_int_equal(7000000, options.run.timeout_us);
    assert_int_equal(ADDRESS_V4, options.run.family);
    assert_int_equal(NEEDS(CHECK_TLS), options.run.asked);
    assert_int_equal(NEEDS(CHECK_NLA), options.run.skipped);
    assert_true(options.output.json);
    assert_string_equal("f", options.output.save);
    assert_string_equal("0x904/0x7", options.code);
    options_release(&options);

    assert_true(parse("-qv srv:1 --deep --again --redact --color=never --client all", &options, &error));
    assert_int_equal(1, options.run.port);
    assert_int_equal(30000000, options.run.timeout_us);
    assert_true(options.output.quiet && options.output.verbose && options.output.redact);
    assert_true(options.run.deep && options.run.again);
    assert_int_equal(OUTPUT_COLOUR_NEVER, options.output.colour);
    assert_string_equal("all", options.client);
    options_release(&options);

    assert_true(parse("srv", &options, &error));
    assert_int_equal(3389, options.run.port);
    assert_int_equal((1U << CHECK_COUNT) - 1, options.run.asked);
    options_release(&options);
    assert_true(parse("-h", &options, &error));
    assert_true(options.help);
}

static void refused_options(void **state)
{
    (void)state;
    static const char *const lines[][2] = {
        { "--json", "no host given; for example: rdpwhy srv-01.corp.example" },
        { "a b", "two hosts: \"a\" and \"b\"; one run looks at one" },
        { "a --user u@", "--user: give it as user, DOMAIN\\user, user@realm, or .\\user for an account of the server" },
        { "a --user D\\u --domain E", "the domain is given twice: in --user and by --domain" },
        { "a --domain D", "--domain: whose? Give --user too" },
        { "a --gateway g:0", "port \"0\": a port is a number from 1 to 65535" },
        { "a --gateway g --gateway h --nothing", "--nothing: no such option; see rdpwhy check --help" },
        { "a --proxy http://u:p@h:1",
          "--proxy: no user or password on the command line, where others can read it; the variable https_proxy may "
          "hold them" },
        { "a --proxy socks5://h:1", "--proxy: only http:// proxies are spoken to" },
        { "a --user u --trust-cert=aa",
          "--trust-cert: the SHA-256 fingerprint of a certificate has 64 hex digits; at most 4 of them can be given" },
        { "a --html f", "--html: not in this version" },
        { "a --port", "--port needs a value; see rdpwhy check --help" },
        { "a --port 0", "port \"0\": a port is a number from 1 to 65535" },
        { "a:1 --port 2", "two ports: 1 with the host, 2 with --port" },
        { "a --json=1", "--json takes no value" },
        { "a --jsonx", "--jsonx: no such option; see rdpwhy check --help (--json is one)" },
        { "a --password=x", "--password: no such option; see rdpwhy check --help (--password-file is one)" },
        { "a -json", "-json: no such option; see rdpwhy check --help (--json is one)" },
        { "a --html5", "--html5: no such option; see rdpwhy check --help" },
        { "-", "-: no host; rdpwhy read - takes what is on standard input" },
        { "help explain", "help: no command; rdpwhy --help, or rdpwhy COMMAND --help" },
        { "a -x", "-x: no such option; see rdpwhy check --help" },
        { "a -4 -6", "-4 and -6 exclude each other" },
        { "a --timeout 0", "--timeout \"0\": whole seconds from 1 to 3600" },
        { "a --timeout -1", "--timeout \"-1\": whole seconds from 1 to 3600" },
        { "a --only foo", "--only: \"foo\" is no check; the checks are name, route, tcp, negotiation, tls, "
                          "certificate, nla, logon, session, udp, gateway, mtu, path, bandwidth, load, "
                          "client" },
        { "a --only ,",
          "--only: \"\" is no check; the checks are name, route, tcp, negotiation, tls, certificate, nla, "
          "logon, session, udp, gateway, mtu, path, bandwidth, load, client" },
        { "a --only tls --skip tls", "--only and --skip leave no check to run" },
        { "a --json --ticket", "--json and --ticket exclude each other: both write to stdout" },
        { "a --color", "--color needs a value: --color=auto, --color=always or --color=never" },
        { "127.0.0.1 -6", "-6: 127.0.0.1 is an IPv4 address; leave -6 out" },
        { "::1 -4", "-4: ::1 is an IPv6 address; leave -4 out" },
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct check_options options;
        struct error error;
        assert_false(parse(lines[i][0], &options, &error));
        assert_string_equal(lines[i][1], error.text);
        assert_int_equal(ERROR_USAGE, error.kind);
    }
}

/* Options may stand before the command: whether the next word is a value must not depend on it. */
static void one_name_takes_one_kind_of_value(void **state)
{
    (void)state;
    for (const struct command *command = commands; command->name != NULL; command++) {
        for (size_t i = 0; i < command->options->count; i++) {
            const struct argument *row = &command->options->rows[i];
            assert_int_equal(argument_takes_next(row), options_takes_value(row->name));
        }
    }
}

static void words_that_are_codes(void **state)
{
    (void)state;
    assert_true(command_is_code("0x904"));
    assert_true(command_is_code("0X904/0x7"));
    assert_true(command_is_code("2308"));
    assert_true(command_is_code("2308/7"));
    assert_true(command_is_code("Error code: 0x904"));
    assert_false(command_is_code("0x"));
    assert_false(command_is_code("0xhost"));
    assert_false(command_is_code("2308a"));
    assert_false(command_is_code("10.0.0.1"));
    assert_false(command_is_code(""));
    assert_true(command_is_later("scan"));
    assert_false(command_is_later("check"));
    assert_non_null(command_find("check"));
    assert_null(command_find("chec"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts),
        cmocka_unit_test(bad_hosts),
        cmocka_unit_test(long_names),
        cmocka_unit_test(all_options),
        cmocka_unit_test(refused_options),
        cmocka_unit_test(one_name_takes_one_kind_of_value),
        cmocka_unit_test(words_that_are_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
