/* Values, quoting, encodings, assembled scripts, and the choice among remedies. tests/fix decodes what is wrapped. */
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "remedy/encode.h"
#include "remedy/quote.h"
#include "remedy/remedy.h"

static void assert_base64(const char *bytes, size_t size, const char *expected)
{
    struct buffer out;
    buffer_init(&out, 256);
    assert_true(base64_add(&out, bytes, size));
    assert_string_equal(out.size > 0 ? (char *)out.bytes : "", expected);
    buffer_release(&out);
}

static void base64_is_that_of_rfc_4648(void **state)
{
    (void)state;
    assert_base64("", 0, "");
    assert_base64("f", 1, "Zg==");
    assert_base64("fo", 2, "Zm8=");
    assert_base64("foo", 3, "Zm9v");
    assert_base64("foob", 4, "Zm9vYg==");
    assert_base64("fooba", 5, "Zm9vYmE=");
    assert_base64("foobar", 6, "Zm9vYmFy");
    assert_base64("\xfb\xff\xbf", 3, "+/+/");
}

static void an_encoded_command_is_utf16(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 256);
    assert_true(encode_command(&out, "dir"));
    assert_string_equal((char *)out.bytes, "ZABpAHIA");
    buffer_clear(&out);
    assert_false(encode_command(&out, "d\xc3\xad"));
    buffer_release(&out);
    buffer_init(&out, 8);
    assert_false(encode_command(&out, "dirs"));
    buffer_release(&out);
}

static const char *quoted(enum remedy_kind kind, const char *text, struct buffer *out)
{
    buffer_clear(out);
    return quote(out, kind, text) ? (const char *)out->bytes : NULL;
}

static void every_language_has_its_quotes(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 256);
    assert_string_equal(quoted(REMEDY_POWERSHELL, "it's $(x) `n", &out), "'it''s $(x) `n'");
    assert_string_equal(quoted(REMEDY_SH, "it's $(x)", &out), "'it'\\''s $(x)'");
    assert_string_equal(quoted(REMEDY_CMD, "a b", &out), "\"a b\"");
    assert_string_equal(quoted(REMEDY_WORDS, "a.b:1", &out), "a.b:1");
    static const char *const never[] = { "a\nb", "a\tb", "\x7f", "\xe2\x80\x99", "\xe2\x80\x9d", "a\rb" };
    for (size_t i = 0; i < COUNT_OF(never); i++) {
        for (int kind = REMEDY_POWERSHELL; kind < REMEDY_KIND_COUNT; kind++) {
            assert_null(quoted((enum remedy_kind)kind, never[i], &out));
        }
    }
    static const char *const not_in_cmd[] = { "a\"b", "%PATH%", "a!b", "a^b", "C:\\x\\" };
    for (size_t i = 0; i < COUNT_OF(not_in_cmd); i++) {
        assert_null(quoted(REMEDY_CMD, not_in_cmd[i], &out));
    }
    static const char *const not_bare[] = { "", "a b", "-a", "a;b", "@a", "a*", "~a", "a'b" };
    for (size_t i = 0; i < COUNT_OF(not_bare); i++) {
        assert_null(quoted(REMEDY_WORDS, not_bare[i], &out));
    }
    buffer_release(&out);
}

/* What must never get past any type. */
static const char *const hostile[] = {
    "",
    " ",
    "-rf",
    "--option=x",
    "a'b",
    "a\"b",
    "a`b",
    "$(touch canary)",
    "`touch canary`",
    "a;b",
    "a|b",
    "a&b",
    "a&&b",
    "a\nb",
    "a\rb",
    "a\tb",
    "a\x1b[31m",
    "%PATH%",
    "!x!",
    "a^b",
    "a>b",
    "a<b",
    "a*b",
    "a?b",
    "a{b}",
    "${x}",
    "a#b",
    "a=b",
    "a\xe2\x80\x98"
    "b",
    "a\xe2\x80\x99"
    "b",
    "a\xe2\x80\x9c"
    "b",
    "a\xe2\x80\x9d"
    "b",
    "a\xc2\xa0"
    "b",
    "\xff",
    "a,b",
    "~root",
    "..\\x",
    "../x",
};

static void no_type_takes_what_could_run(void **state)
{
    (void)state;
    for (int type = 0; type < ASK_TYPE_COUNT; type++) {
        for (size_t i = 0; i < COUNT_OF(hostile); i++) {
            struct error error = { .kind = ERROR_NONE };
            if (value_check((enum ask_type)type, "--x", hostile[i], &error)) {
                fail_msg("type %s takes %s", ask_type_name((enum ask_type)type), hostile[i]);
            }
            assert_int_equal(error.kind, ERROR_USAGE);
        }
    }
}

static void types_take_what_they_are_for(void **state)
{
    (void)state;
    static const struct {
        enum ask_type type;
        const char *text;
        bool fits;
    } cases[] = {
        { ASK_HOSTNAME, "srv-01.corp.example", true },
        { ASK_HOSTNAME, "a..b", false },
        { ASK_HOSTNAME, "2001:db8::1", false },
        { ASK_HOST, "2001:db8::1", true },
        { ASK_HOST, "fe80::1%eth0", false },
        { ASK_IP, "10.0.0.1", true },
        { ASK_IP, "10.0.0.256", false },
        { ASK_CIDR, "203.0.113.7/32", true },
        { ASK_CIDR, "203.0.113.7", false },
        { ASK_CIDR, "0.0.0.0/0", false },
        { ASK_CIDR, "128.0.0.0/1", false },
        { ASK_CIDR, "11.0.0.0/7", false },
        { ASK_CIDR, "10.0.0.0/8", true },
        { ASK_CIDR, "2000::/3", false },
        { ASK_CIDR, "2001:db8::/16", true },
        { ASK_CIDR, "2001:db8::/129", false },
        { ASK_CIDR, "10.0.0.0/33", false },
        { ASK_PORT, "3389", true },
        { ASK_PORT, "0", false },
        { ASK_PORT, "65536", false },
        { ASK_PORT, "03389", false },
        { ASK_PORT, "0x10", false },
        { ASK_NUMBER, "0", true },
        { ASK_NUMBER, "2147483648", false },
        { ASK_HEX40, "0123456789abcdefABCDEF0123456789abcdefAB", true },
        { ASK_HEX40, "0123", false },
        { ASK_IDENT, "i-0abc.d_e", true },
        { ASK_IDENT, "a b", false },
        { ASK_ACCOUNT, "CORP\\sam", true },
        { ASK_ACCOUNT, "sam@corp.example", true },
        { ASK_PATH, "C:\\a b\\c.txt", true },
        { ASK_PATH, "/etc/xrdp/key.pem", true },
        { ASK_PATH, "c.txt", false },
        { ASK_PATH, "C:\\a\\", false },
        { ASK_PATH, "C:a", false },
        { ASK_PATH, "/a/../b", false },
        { ASK_LABEL, "Server 2 (old)", true },
        { ASK_LABEL, "x ", false },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (value_check(cases[i].type, "--x", cases[i].text, NULL) != cases[i].fits) {
            fail_msg("%s as %s", cases[i].text, ask_type_name(cases[i].type));
        }
    }
}

static void a_later_value_replaces_the_earlier(void **state)
{
    (void)state;
    struct values values = { .count = 0 };
    struct error error;
    assert_true(values_set(&values, "resource-group", "a", "--x", &error));
    assert_true(values_set(&values, "resource_group", "b", "--y", &error));
    assert_int_equal(values.count, 1);
    assert_string_equal(values_find(&values, "resource-group")->text, "b");
    assert_null(values_find(&values, "resource"));
    assert_null(values_find(&values, "resource-groups"));
    assert_false(values_set(&values, "a b", "x", "--x", &error));
    assert_false(values_set(&values, "", "x", "--x", &error));
}

static const struct remedy_ask asks[] = {
    { "port", ASK_PORT, "3389", "the port" },
    { "thumb", ASK_HEX40, NULL, "the thumbprint" },
};
static const enum cause causes[] = { CAUSE_RDP_KEY_UNREADABLE, CAUSE_NONE };

static struct remedy_fact made_up(enum remedy_kind kind)
{
    return (struct remedy_fact){
        .name = "made-up",
        .kind = kind,
        .causes = causes,
        .where = PLACE_SERVER,
        .system = "windows",
        .order = 1,
        .risk = RISK_LOW,
        .title = "a title",
        .why = "why",
        .when = "when",
        .needs = "needs",
        .saves = "a > b",
        .reverts = "nothing to put back, because x",
        .restarts = "nothing",
        .sources = "",
        .asks = asks,
        .ask_count = 2,
        .setup = NULL,
        .look = "look\n",
        .apply = "apply {port} {thumb}\n",
        .undo = NULL,
        .verify = "verify\n",
    };
}

static char *script_of(enum remedy_kind kind, const struct values *values)
{
    struct remedy_fact remedy = made_up(kind);
    struct error error;
    char *script = remedy_script(&remedy, PART_APPLY, values, &error);
    assert_non_null(script);
    return script;
}

static void a_script_without_its_value_stops_first(void **state)
{
    (void)state;
    const struct values none = { .count = 0 };
    char *script = script_of(REMEDY_SH, &none);
    assert_non_null(strstr(script, "ask_port='3389'\nask_thumb=''\n[ -n \"$ask_thumb\" ] || { echo"));
    alloc_free(script);
    script = script_of(REMEDY_POWERSHELL, &none);
    assert_non_null(strstr(script, "$ask_thumb = ''\nif ($ask_thumb -eq '') { throw"));
    alloc_free(script);
    script = script_of(REMEDY_CMD, &none);
    assert_non_null(strstr(script, "set \"rdpwhy_remedy=made-up\"\n"));
    assert_non_null(strstr(script, "set \"ask_port=3389\"\nset \"ask_thumb=\"\nif not defined ask_thumb ("));
    assert_non_null(strstr(script, "rem Saves: a . b\n")); /* nothing that cmd acts on */
    alloc_free(script);
    script = script_of(REMEDY_WORDS, &none);
    assert_non_null(strstr(script, "apply 3389 YOUR-THUMB\n"));
    alloc_free(script);
}

static void a_script_holds_its_values_and_its_end(void **state)
{
    (void)state;
    struct values values = { .count = 0 };
    struct error error;
    assert_true(values_set(&values, "thumb", "0123456789012345678901234567890123456789", "--thumb", &error));
    char *script = script_of(REMEDY_SH, &values);
    assert_non_null(strstr(script, "ask_thumb='0123456789012345678901234567890123456789'\n"));
    assert_null(strstr(script, "exit 64"));
    const char *end = "\n# " SCRIPT_LAST_WORDS "\n";
    assert_string_equal(script + strlen(script) - strlen(end), end);
    assert_true(strstr(script, "apply {port}") < strstr(script, "verify\n"));
    alloc_free(script);
    struct remedy_fact remedy = made_up(REMEDY_SH);
    assert_null(remedy_script(&remedy, PART_UNDO, &values, &error));
    assert_string_equal(error.text, "made-up has no undo: nothing to put back, because x");
    assert_true(values_set(&values, "thumb", "xyz", "--thumb", &error));
    assert_null(remedy_script(&remedy, PART_APPLY, &values, &error));
    assert_non_null(strstr(error.text, "--thumb: \"xyz\" cannot go into a script"));
}

static void every_remedy_makes_plain_scripts(void **state)
{
    (void)state;
    const struct values none = { .count = 0 };
    const struct remedy_fact *remedy;
    for (unsigned i = 0; (remedy = remedy_at(i)) != NULL; i++) {
        for (int part = 0; part < REMEDY_PART_COUNT; part++) {
            struct error error;
            if (!remedy_has(remedy, (enum remedy_part)part)) {
                continue;
            }
            char *script = remedy_script(remedy, (enum remedy_part)part, &none, &error);
            assert_non_null(script);
            assert_null(strstr(script, "{{"));         /* Systems Manager would replace it */
            assert_null(strstr(script, "RDPWHY_END")); /* the here-document ends with it */
            for (const char *at = script; *at != '\0'; at++) {
                assert_true((*at >= 0x20 && *at < 0x7f) || *at == '\n');
            }
            alloc_free(script);
        }
    }
}

static void the_way_must_carry_the_script(void **state)
{
    (void)state;
    struct values none = { .count = 0 };
    struct wrapped wrapped;
    struct error error;
    assert_false(delivery_wrap(delivery_find("winrm"), REMEDY_SH, "x", "echo\n", &none, &wrapped, &error));
    assert_string_equal(error.text, "--for winrm: WinRM (PowerShell remoting) cannot carry a .sh script");
    assert_false(delivery_wrap(delivery_find("aws"), REMEDY_SH, "x", "echo {{x}}\n", &none, &wrapped, &error));
    assert_false(delivery_wrap(delivery_find("ssh"), REMEDY_SH, "x", "RDPWHY_END\n", &none, &wrapped, &error));
    assert_false(delivery_wrap(delivery_find("ssh"), REMEDY_SH, "x", "\xc3\xbc\n", &none, &wrapped, &error));
    assert_non_null(strstr(error.text, "not plain ASCII"));
    assert_null(delivery_find("telnet"));
}

static void windows_files_have_their_marks(void **state)
{
    (void)state;
    size_t size = 0;
    char *file = kind_file(REMEDY_POWERSHELL, "a\nb\n", &size);
    assert_int_equal(size, 9);
    assert_memory_equal(file,
                        "\xef\xbb\xbf"
                        "a\r\nb\r\n",
                        9);
    alloc_free(file);
    file = kind_file(REMEDY_CMD, "a\n", &size);
    assert_memory_equal(file, "a\r\n", size);
    alloc_free(file);
    file = kind_file(REMEDY_SH, "a\n", &size);
    assert_int_equal(size, 2);
    alloc_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_is_that_of_rfc_4648),
        cmocka_unit_test(an_encoded_command_is_utf16),
        cmocka_unit_test(every_language_has_its_quotes),
        cmocka_unit_test(no_type_takes_what_could_run),
        cmocka_unit_test(types_take_what_they_are_for),
        cmocka_unit_test(a_later_value_replaces_the_earlier),
        cmocka_unit_test(a_script_without_its_value_stops_first),
        cmocka_unit_test(a_script_holds_its_values_and_its_end),
        cmocka_unit_test(every_remedy_makes_plain_scripts),
        cmocka_unit_test(the_way_must_carry_the_script),
        cmocka_unit_test(windows_files_have_their_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
