/* Codes found where they stand, and explained without ever being surer than "possible". */
#include "unit/cmocka_all.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "command/commands.h"
#include "facts/explain.h"
#include "json/explain.h"

static struct found words(const char *text)
{
    struct found found = { .count = 0 };
    struct error error = { .kind = ERROR_NONE };
    assert_true(find_are_words(text));
    if (!find_in_words(text, &found, &error))
        fail_msg("%s", error.text);
    return found;
}

static struct found text(const char *bytes)
{
    struct found found;
    assert_false(find_are_words(bytes));
    find_in_text(bytes, strlen(bytes), &found);
    return found;
}

static void is(struct found found, unsigned index, enum code_kind kind, uint32_t value)
{
    assert_true(index < found.count);
    assert_string_equal(code_kind_name(found.codes[index].kind), code_kind_name(kind));
    assert_int_equal(found.codes[index].value, value);
}

static void is_pair(struct found found, uint32_t code, uint32_t extended)
{
    assert_int_equal(found.count, 2);
    is(found, 0, CODE_DISCONNECT, code);
    is(found, 1, CODE_EXTENDED, extended);
}

static void words_are_read(void **state)
{
    (void)state;
    is_pair(words("0x904 0x7"), 0x904, 7);
    is_pair(words("0x904/0x7"), 0x904, 7);
    is_pair(words("2308, 7"), 0x904, 7);
    is_pair(words("0x3/0x11"), 3, 0x11);
    assert_int_equal(words("2308").count, 1);
    is(words("2308"), 0, CODE_DISCONNECT, 0x904);
    is(words("0x80090304"), 0, CODE_HRESULT, 0x80090304);
    is(words("-2146893052"), 0, CODE_HRESULT, 0x80090304);
    is(words("0xC000006D"), 0, CODE_NTSTATUS, 0xC000006D);
    is(words("0x300001C"), 0, CODE_GATEWAY, 0x300001C);
    is(words("50331676"), 0, CODE_GATEWAY, 0x300001C);
    is(words("0x800759DD"), 0, CODE_GATEWAY, 0x800759DD);
    is(words("0x20008"), 0, CODE_FREERDP, 0x20008);
    is(words("0x10F3"), 0, CODE_ERRINFO, 0x10F3);
    is(words("0x1104"), 0, CODE_DISCONNECT, 0x1104);
}

static void what_is_no_code_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "0xZZ",  "0x",     "99999999999",      "0x904 0x7 0x1",
                                       "12abc", "0x1x04", "0x123456789abcdef" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct found found = { .count = 7 };
        struct error error = { .kind = ERROR_NONE };
        assert_true(find_are_words(bad[i]));
        assert_false(find_in_words(bad[i], &found, &error));
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_int_equal(found.count, 7); /* outputs only on success */
    }
    assert_false(find_are_words(""));
    assert_false(find_are_words("  / "));
}

static void dialogs_are_read_in_any_language(void **state)
{
    (void)state;
    is_pair(text("Your session ended.\nError code: 0x904\nExtended error code: 0x7\nTimestamp (UTC): 11/22/26 04:30:00 "
                 "PM\nPress Ctrl+C to copy."),
            0x904, 7);
    is_pair(text("Error code: 0x904 Extended error code: 0x7"), 0x904, 7);
    is_pair(text("Die Sitzung wurde beendet.\r\n\r\nFehlercode: 0x904\r\nErweiterter Fehlercode: 0x7\r\nZeitstempel "
                 "(UTC): 22.11.26 16:30:00\r\n"),
            0x904, 7);
    is_pair(text("La session a pris fin.\nCode d\u2019erreur\u00a0: 0x904\nCode d\u2019erreur \u00e9tendu\u00a0: 0x7\n"
                 "Horodatage (UTC)\u00a0: 22/11/26 16:30:00"),
            0x904, 7);
    is_pair(text("\u63a5\u7d9a\u304c\u7d42\u4e86\u3057\u307e\u3057\u305f\u3002\n\u30a8\u30e9\u30fc "
                 "\u30b3\u30fc\u30c9: 0x904\n\u62e1\u5f35\u30a8\u30e9\u30fc \u30b3\u30fc\u30c9: 0x7\n"),
            0x904, 7);
    is_pair(text("\u9519\u8bef\u4ee3\u7801\uff1a0x3\n\u6269\u5c55\u9519\u8bef\u4ee3\u7801\uff1a0x11"), 3, 0x11);
    is_pair(text("\u041a\u043e\u0434 \u043e\u0448\u0438\u0431\u043a\u0438: 0x904\n"
                 "\u0420\u0430\u0441\u0448\u0438\u0440\u0435\u043d\u043d\u044b\u0439 \u043a\u043e\u0434 "
                 "\u043e\u0448\u0438\u0431\u043a\u0438: 0x7"),
            0x904, 7);
    is_pair(text("Kod b\u0142\u0119du: 0x204\nRozszerzony kod b\u0142\u0119du: 0x0"), 0x204, 0);
    is_pair(text("C\u00f3digo de error: 0x904\nC\u00f3digo de error extendido: 0x7"), 0x904, 7);
    /* A language nobody listed: two fields in its own letters. */
    is_pair(text("\u10d9\u10dd\u10d3\u10d8: 0x904\n\u10d5\u10e0\u10ea\u10d4\u10da\u10d8: 0x7"), 0x904, 7);
    /* The extended code alone, first. */
    is(text("Extended error code: 0x5"), 0, CODE_EXTENDED, 5);
}

static void other_texts_are_read(void **state)
{
    (void)state;
    is(text("An authentication error has occurred (Code: 0x80004005)."), 0, CODE_HRESULT, 0x80004005);
    is(text("connect failed with 0xC000006D here"), 0, CODE_NTSTATUS, 0xC000006D);
    is(text("RDP ClientActiveX has been disconnected (Reason= 2308)"), 0, CODE_DISCONNECT, 0x904);
    is(text("disconnected with code 516"), 0, CODE_DISCONNECT, 0x204);
    is(text("server refused: failureCode 5"), 0, CODE_NEGOTIATION, 5);
    is(text("xfreerdp: exit code 131"), 0, CODE_FREERDP, 131);
    is(text("Event ID: 1057, Source: TerminalServices"), 0, CODE_EVENT, 1057);
    struct found found = text("[ERROR][core] ERRCONNECT_TLS_CONNECT_FAILED [0x00020008]");
    assert_int_equal(found.count, 1);
    is(found, 0, CODE_FREERDP, 0x20008);
    found = text("rdp_set_error_info: ERRINFO_LOGOFF_BY_USER (0x0000000C):user logged off");
    assert_int_equal(found.count, 1);
    is(found, 0, CODE_ERRINFO, 12);
}

static void bare_numbers_are_not_codes(void **state)
{
    (void)state;
    static const char *const noise[] = {
        "wrote 264 bytes to 10.0.0.7:2308 in 516 ms",
        "Nov 22 16:30:01 host app[2308]: done after 264 tries, port 3389, pid 516",
        "connection from 10.0.0.3 port 264",
        "module loaded at address: 0x904, offset 0x7",
        "KB5074109 installed 2026-11-22, version 10.0.20348",
        "Activity ID: {0904aaaa-0007-4000-8000-000000000264}",
        "for some reason 264 packets were lost",
        "zip code 2308",
        "took code path 7 of 11",
        "the server exit code 9999",
        "Error code: 0x904zz and 0x123456789",
        "process exit code 264",
        "",
    };
    for (size_t i = 0; i < COUNT_OF(noise); i++) {
        struct found found = text(noise[i]);
        if (found.count != 0)
            fail_msg("\"%s\": 0x%X taken for a code", noise[i], found.codes[0].value);
    }
}

static void any_bytes_are_survived(void **state)
{
    (void)state;
    uint32_t seed = 1;
    char bytes[300];
    static const char alphabet[] = "0x9047 :\n=code\xe3\x82\xb3\xff_ERINFO()\0-";
    for (int round = 0; round < 3000; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = alphabet[(seed >> 16) % sizeof alphabet];
        }
        char *exact = alloc_copy(bytes, sizeof bytes);
        assert_non_null(exact);
        struct found found;
        find_in_text(exact, sizeof bytes, &found);
        assert_true(found.count <= FIND_MAX);
        alloc_free(exact);
    }
}

static struct explanation explained(struct found found)
{
    struct explanation explanation;
    explain(&found, &explanation);
    return explanation;
}

static bool suspects(const struct explanation *explanation, enum cause cause)
{
    for (unsigned i = 0; i < explanation->cause_count; i++) {
        if (explanation->causes[i].cause == cause)
            return true;
    }
    return false;
}

static void the_prime_case(void **state)
{
    (void)state;
    struct explanation explanation = explained(words("0x904 0x7"));
    assert_int_equal(explanation.code_count, 2);
    assert_string_equal(explanation.codes[0].fact->name, "disconnectReasonAtClientWinsockFDCLOSE");
    assert_string_equal(explanation.codes[1].fact->name, "exDiscReasonServerDeniedConnection");
    assert_string_equal(explanation.asked, "0x904/0x7");
    assert_int_equal(explanation.causes[0].cause, CAUSE_FORWARD_DEAD_BACKEND);
    assert_int_equal(explanation.causes[1].cause, CAUSE_RDP_KEY_UNREADABLE);
    assert_int_equal(explanation.causes[2].cause, CAUSE_PROXY_BACKEND_FAILED);
    assert_true(suspects(&explanation, CAUSE_BAN_TOOL_BLOCKS_CLIENT));
    assert_false(suspects(&explanation, CAUSE_FIREWALL_BLOCKS));
    assert_false(suspects(&explanation, CAUSE_GRAPHICS_START_FAILED)); /* that one is 0x904/0x0 */
    assert_int_equal(explanation.note_count, 3);
    assert_memory_equal(explanation.notes[0], "Microsoft: ", 11); /* Microsoft's own words first */
    assert_memory_equal(explanation.notes[1], "Field reports: ", 15);
    assert_string_equal(explanation.next[0].command, "rdpwhy HOST --code 0x904/0x7");
    assert_string_equal(explanation.next[1].command, "Test-NetConnection HOST -Port 3389");
    /* The decimal form and the dialog say the same. */
    assert_string_equal(explained(words("2308/7")).summary, explanation.summary);
    assert_string_equal(explained(text("Error code: 0x904\nExtended error code: 0x7")).summary, explanation.summary);
}

static void codes_with_a_cause_of_their_own(void **state)
{
    (void)state;
    struct explanation locked = explained(words("0xD07"));
    assert_int_equal(locked.cause_count, 1);
    assert_int_equal(locked.causes[0].cause, CAUSE_ACCOUNT_LOCKED);
    assert_string_equal(locked.next[0].what, cause_fact(CAUSE_ACCOUNT_LOCKED)->action);
    assert_int_equal(locked.next_count, 1);
    struct explanation name = explained(words("260"));
    assert_int_equal(name.causes[0].cause, CAUSE_NAME_NOT_RESOLVED);
    assert_string_equal(name.next[1].command, "Resolve-DnsName HOST");
    struct explanation nego = explained(text("RDP_NEG_FAILURE failureCode: 3"));
    assert_int_equal(nego.causes[0].cause, CAUSE_CERT_MISSING);
    assert_string_equal(nego.asked, "");
    struct explanation tls = explained(text("ERRCONNECT_TLS_CONNECT_FAILED"));
    assert_true(suspects(&tls, CAUSE_TLS_NO_COMMON));
    assert_true(suspects(&tls, CAUSE_RDP_KEY_UNREADABLE));
    struct explanation status = explained(text("xfreerdp, exit status 135"));
    assert_int_equal(status.causes[0].cause, CAUSE_ACCOUNT_LOCKED);
}

/* lessons.md, 11: normal endings are no faults. */
static void normal_endings_are_no_faults(void **state)
{
    (void)state;
    struct explanation explanation = explained(words("0x1"));
    assert_true(explanation.normal_end);
    assert_int_equal(explanation.next_count, 0);
    assert_true(explained(words("3 12")).normal_end);
    assert_false(explained(words("3 17")).normal_end);
    assert_false(explained(words("0x904 0x0")).normal_end);
}

static void unknown_codes_get_a_hint(void **state)
{
    (void)state;
    struct explanation explanation = explained(words("0x940"));
    assert_int_equal(explanation.code_count, 1);
    assert_null(explanation.codes[0].fact);
    assert_int_equal(explanation.codes[0].near_count, 1);
    assert_int_equal(explanation.codes[0].near[0], 0x904);
    assert_int_equal(explanation.cause_count, 0);
    assert_string_equal(explanation.notes[0], "0x940 is in none of our lists, and its form suggests no layer.");
    assert_string_equal(explanation.notes[1], "A slip of the pen? Near it: 0x904.");
    assert_string_equal(explanation.next[0].command, "rdpwhy HOST");
    explanation = explained(words("0xA04"));
    assert_string_equal(explanation.notes[0],
                        "0xA04 is in none of our lists. Its form suggests the network: name or TCP.");
    explanation = explained(words("904")); /* hexadecimal digits without 0x */
    assert_int_equal(explanation.codes[0].near[0], 0x904);
    explanation = explained(words("0xC000006B"));
    assert_int_equal(explanation.codes[0].near_count, 3);
    assert_int_equal(explanation.codes[0].near[0], 0xC000006A);
}

static void a_number_alone_can_be_of_another_list(void **state)
{
    (void)state;
    struct explanation explanation = explained(words("0x7"));
    assert_int_equal(explanation.code_count, 2);
    assert_int_equal(explanation.codes[1].kind, CODE_EXTENDED);
    assert_true(explanation.codes[1].aside);
    explanation = explained(words("1057"));
    assert_int_equal(explanation.codes[1].kind, CODE_EVENT);
    assert_non_null(explanation.codes[1].event);
    explanation = explained(words("0x104")); /* DNS; as an extended code a licence of other hardware */
    assert_int_equal(explanation.code_count, 1);
    assert_int_equal(explanation.note_count, 1);
}

static void sentences_without_a_code_are_known(void **state)
{
    (void)state;
    struct found found =
        text("An authentication error has occurred.\r\nThe Local  Security\nAuthority cannot be contacted");
    assert_int_equal(found.count, 0);
    assert_int_equal(found.phrase_count, 1);
    struct explanation explanation = explained(found);
    assert_int_equal(explanation.code_count, 0);
    assert_int_equal(explanation.causes[0].cause, CAUSE_NLA_NO_DC);
    assert_string_equal(explanation.next[0].command, "rdpwhy HOST");
    /* A sentence names its cause more closely than 0x904 does. */
    explanation = explained(text("This could be due to CredSSP Encryption Oracle Remediation. Error code: 0x904"));
    assert_int_equal(explanation.causes[0].cause, CAUSE_CREDSSP_MISMATCH);
    assert_string_equal(explanation.asked, "0x904");
    explanation = explained(text("This computer can\u2019t connect to the remote computer.\n\nTry connecting again."));
    assert_int_equal(explanation.causes[0].cause, CAUSE_RDP_KEY_UNREADABLE);
    assert_int_equal(text("nothing of that kind").phrase_count, 0);
}

static void json_holds_the_contract(void **state)
{
    (void)state;
    struct explanation explanation = explained(words("0x904/0x7"));
    struct error error = { .kind = ERROR_NONE };
    char *document = explain_text(&explanation, &error);
    assert_non_null(document);
    json_t *root = json_loads(document, 0, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "command")), "explain");
    json_t *codes = json_object_get(root, "codes");
    assert_int_equal(json_array_size(codes), 2);
    json_t *first = json_array_get(codes, 0);
    assert_string_equal(json_string_value(json_object_get(first, "kind")), "disconnect");
    assert_int_equal(json_integer_value(json_object_get(first, "value")), 2308);
    assert_string_equal(json_string_value(json_object_get(first, "hex")), "0x904");
    assert_string_equal(json_string_value(json_object_get(first, "layer")), "tcp");
    assert_string_equal(json_string_value(json_object_get(first, "confidence")), "documented");
    assert_non_null(json_object_get(first, "source"));
    json_t *causes = json_object_get(root, "causes");
    assert_int_equal(json_array_size(causes), explanation.cause_count);
    for (size_t i = 0; i < json_array_size(causes); i++) {
        json_t *certainty = json_object_get(json_array_get(causes, i), "certainty");
        assert_string_equal(json_string_value(certainty), "possible");
    }
    assert_int_equal(json_array_size(json_object_get(root, "notes")), 3);
    json_decref(root);
    alloc_free(document);
}

static void every_known_code_explains_itself(void **state)
{
    (void)state;
    for (enum code_kind kind = CODE_DISCONNECT; kind < CODE_EVENT; kind++) {
        const struct code_fact *fact;
        for (unsigned i = 0; (fact = code_at(kind, i)) != NULL; i++) {
            struct found found = { .codes = { { kind, fact->value, false } }, .count = 1 };
            struct explanation explanation = explained(found);
            assert_ptr_equal(explanation.codes[0].fact, fact);
            assert_true(strlen(explanation.summary) > 10);
            if (kind == CODE_DISCONNECT || kind == CODE_NTSTATUS || kind == CODE_HRESULT)
                assert_int_equal(find_kind_of(fact->value), kind);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_read),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(dialogs_are_read_in_any_language),
        cmocka_unit_test(other_texts_are_read),
        cmocka_unit_test(bare_numbers_are_not_codes),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(the_prime_case),
        cmocka_unit_test(codes_with_a_cause_of_their_own),
        cmocka_unit_test(normal_endings_are_no_faults),
        cmocka_unit_test(unknown_codes_get_a_hint),
        cmocka_unit_test(a_number_alone_can_be_of_another_list),
        cmocka_unit_test(sentences_without_a_code_are_known),
        cmocka_unit_test(json_holds_the_contract),
        cmocka_unit_test(every_known_code_explains_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
