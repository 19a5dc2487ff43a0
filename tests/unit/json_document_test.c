#include "unit/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "evidence/merge.h"
#include "unit/sample.h"
#include "json/document.h"

static struct evidence *load(const char *text, struct error *error)
{
    return document_load(text, strlen(text), error);
}

static void what_is_saved_is_what_is_loaded(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct evidence *evidence = sample_evidence();
    char *text = document_text(evidence, NULL, &error);
    assert_non_null(text);
    assert_int_equal(text[strlen(text) - 1], '\n');
    struct evidence *back = load(text, &error);
    assert_string_equal(error.text, "");
    assert_non_null(back);
    assert_true(evidence_equal(evidence, back));
    char *again = document_text(back, NULL, &error);
    assert_string_equal(text, again);
    alloc_free(again);
    alloc_free(text);
    evidence_free(back);
    evidence_free(evidence);
}

static void a_fresh_document_names_itself(void **state)
{
    (void)state;
    struct evidence *evidence = evidence_new(NULL);
    char *text = document_text(evidence, NULL, NULL);
    assert_string_equal(text, "{\n  \"schema\": 1,\n  \"program\": \"rdpwhy\",\n  \"checks\": []\n}\n");
    alloc_free(text);
    evidence_free(evidence);
}

static void an_empty_list_was_seen(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct evidence *evidence =
        load("{\"schema\":1,\"checks\":[{\"id\":\"name\",\"evidence\":{\"answers\":[]}}]}", &error);
    assert_non_null(evidence);
    assert_int_equal(evidence->name.answers.source, SOURCE_FILE);
    assert_int_equal(evidence->name.answers.count, 0);
    char *text = document_text(evidence, NULL, NULL);
    assert_non_null(strstr(text, "\"answers\": []"));
    alloc_free(text);
    evidence_free(evidence);
}

static void computed_parts_are_not_read(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct evidence *evidence =
        load("{\"schema\":1,\"program\":\"rdpwhy\",\"new\":{\"x\":[1]},\"verdict\":7,\"causes\":\"x\",\"next\":null,"
             "\"checks\":[{\"id\":\"tls\",\"status\":\"nonsense\",\"summary\":3,\"why\":\"computed\",\"reading\":[],"
             "\"evidence\":{\"version\":\"tls1.2\",\"unknown\":true}},{\"id\":\"of-a-later-version\",\"evidence\":1}]}",
             &error);
    assert_string_equal(error.text, "");
    assert_non_null(evidence);
    assert_int_equal(evidence->tls.version.v, TLS_1_2);
    assert_int_equal(evidence->checks[CHECK_TLS].why.source, SOURCE_NONE);
    evidence_free(evidence);
}

static void hostile_text_becomes_harmless(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct evidence *evidence =
        load("{\"schema\":1,\"target\":{\"host\":\"a\\u001b[2Jb\\u202ec\\\\\\\\x1b\"},\"checks\":[]}", &error);
    assert_non_null(evidence);
    assert_string_equal(evidence->target.host.v, "a\\x1b[2Jb\\xe2\\x80\\xaec\\\\\\\\x1b");
    evidence_free(evidence);
    evidence = load("{\"schema\":1,\"target\":{\"host\":\"a\\\\x1b\"},\"checks\":[]}", &error);
    assert_string_equal(evidence->target.host.v, "a\\x1b"); /* already escaped by us: stays */
    evidence_free(evidence);
}

static void a_bad_document_is_refused_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        { "", "line 1, column 0: '[' or '{' expected near end of file" },
        { "{\"schema\":1,", "line 1, column 12: string or '}' expected near end of file" },
        { "[]", "not a document of rdpwhy; save one with: rdpwhy HOST --save FILE" },
        { "{\"a\":1}", "not a document of rdpwhy; save one with: rdpwhy HOST --save FILE" },
        { "{\"schema\":1,\"program\":\"other\"}", "not a document of rdpwhy; save one with: rdpwhy HOST --save FILE" },
        { "{\"schema\":\"1\",\"checks\":[]}", "schema: expected an integer" },
        { "{\"schema\":2,\"checks\":[]}",
          "schema: this version reads schema 1, the document has 2; judge it with the version that saved it" },
        { "{\"schema\":1}", "checks: expected the list of checks of an evidence document" },
        { "{\"schema\":1,\"checks\":{}}", "checks: expected the list of checks of an evidence document" },
        { "{\"schema\":1,\"checks\":[1]}", "checks[0]: expected an object" },
        { "{\"schema\":1,\"checks\":[{}]}", "checks[0].id: expected a check id" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"tls\"},{\"id\":\"tls\"}]}", "checks[1].id: expected each check once" },
        { "{\"schema\":1,\"schema\":1,\"checks\":[]}", "line 1, column 20: duplicate object key near '\"schema\"'" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"negotiation\",\"evidence\":{\"offers\":[{\"offer\":3},"
          "{\"selected\":\"2\"}]}}]}",
          "checks[0].evidence.offers[1].selected: expected an integer" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"negotiation\",\"evidence\":{\"offers\":[{\"offer\":1.5}]}}]}",
          "checks[0].evidence.offers[0].offer: expected an integer" },
        { "{\"schema\":1,\"elapsed_us\":9007199254740993,\"checks\":[]}", "elapsed_us: expected a smaller number" },
        { "{\"schema\":1,\"started\":\"yesterday\",\"checks\":[]}",
          "started: expected a date like 2026-11-22T16:30:00Z" },
        { "{\"schema\":1,\"connections\":[{\"end\":{\"by\":\"me\"}}],\"checks\":[]}",
          "connections[0].end.by: expected one of peer, us, network" },
        { "{\"schema\":1,\"connections\":[{\"confirm_hex\":\"030\"}],\"checks\":[]}",
          "connections[0].confirm_hex: expected an even number of hex digits" },
        { "{\"schema\":1,\"target\":{\"local\":0},\"checks\":[]}", "target.local: expected true or false" },
        { "{\"schema\":1,\"target\":[],\"checks\":[]}", "target: expected an object" },
        { "{\"schema\":1,\"target\":{\"host\":\"a\\u0000b\"},\"checks\":[]}", "line 1, column 39: a NUL in text" },
        { "{\"schema\":1,\"privileges\":[7],\"checks\":[]}", "privileges[0]: expected text" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"load\",\"evidence\":{\"confirm_us\":[1,true]}}]}",
          "checks[0].evidence.confirm_us[1]: expected an integer" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"path\",\"evidence\":{\"probes\":-5}}]}",
          "checks[0].evidence.probes: expected 0 or more, not -5" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"path\",\"evidence\":{\"hops\":[{\"streams\":[{\"sent\":-5}]}]}}]}",
          "checks[0].evidence.hops[0].streams[0].sent: expected 0 or more, not -5" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"path\",\"evidence\":{\"hops\":[{\"streams\":[{\"sent\":4,\"lost\":5}]}]}"
          "}]}",
          "checks[0].evidence.hops[0].streams[0].lost: expected no more than sent, which is 4, not 5" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"path\",\"evidence\":{\"hops\":[{\"streams\":[{\"sent\":4,\"late\":5}]}]}"
          "}]}",
          "checks[0].evidence.hops[0].streams[0].late: expected no more than sent, which is 4, not 5" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"path\",\"evidence\":{\"hops\":[{\"streams\":[{\"rtt_us\":{\"min\":3,"
          "\"median\":2,\"p95\":9}}]}]}}]}",
          "checks[0].evidence.hops[0].streams[0].rtt_us.min: expected no more than median, which is 2, not 3" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"path\",\"evidence\":{\"hops\":[{\"streams\":[{\"rtt_us\":{\"median\":9,"
          "\"p95\":7}}]}]}}]}",
          "checks[0].evidence.hops[0].streams[0].rtt_us.median: expected no more than p95, which is 7, not 9" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"path\",\"evidence\":{\"segments\":[{\"sent\":1,\"lost\":2}]}}]}",
          "checks[0].evidence.segments[0].lost: expected no more than sent, which is 1, not 2" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"path\",\"evidence\":{\"hops\":[{\"ttl\":0}]}}]}",
          "checks[0].evidence.hops[0].ttl: expected 1 to 255, not 0" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"path\",\"evidence\":{\"hops\":[{\"ttl\":256}]}}]}",
          "checks[0].evidence.hops[0].ttl: expected 1 to 255, not 256" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"tls\",\"evidence\":{\"alert\":256}}]}",
          "checks[0].evidence.alert: expected 0 to 255, not 256" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"route\",\"evidence\":{\"ways\":[{\"bits\":129}]}}]}",
          "checks[0].evidence.ways[0].bits: expected 0 to 128, not 129" },
        { "{\"schema\":1,\"checks\":[{\"id\":\"udp\",\"evidence\":{\"sizes\":[{\"sent\":2,\"answered\":3}]}}]}",
          "checks[0].evidence.sizes[0].answered: expected no more than sent, which is 2, not 3" },
        { "{\"schema\":1,\"target\":{\"port\":0},\"checks\":[]}", "target.port: expected 1 to 65535, not 0" },
        { "{\"schema\":1,\"target\":{\"port\":70000},\"checks\":[]}", "target.port: expected 1 to 65535, not 70000" },
        { "{\"schema\":1,\"elapsed_us\":-1,\"checks\":[]}", "elapsed_us: expected 0 or more, not -1" },
        { "{\"schema\":1,\"started\":\"1969-12-31T23:59:59Z\",\"checks\":[]}",
          "started: expected a date from 1970 on" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error error = { 0 };
        assert_null(load(cases[i].text, &error));
        assert_string_equal(error.text, cases[i].error);
        assert_int_equal(error.kind, ERROR_DATA);
    }
    struct error error = { 0 };
    assert_null(document_load("{\"a\":\0}", 7, &error));
    assert_string_equal(error.text, "line 1: a NUL byte: not a JSON document");
    assert_null(document_load("{\"\x1b[2J", 7, &error));
    assert_null(strchr(error.text, '\x1b'));
}

static char *repeated(const char *before, const char *unit, size_t count, const char *after)
{
    size_t length = strlen(unit);
    char *text = alloc_new(strlen(before) + length * count + strlen(after) + 1);
    assert_non_null(text);
    size_t at = strlen(before);
    memcpy(text, before, at);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + at, unit, length);
        at += length;
    }
    memcpy(text + at, after, strlen(after) + 1);
    return text;
}

static void limits_hold(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        const char *unit;
        size_t count;
        const char *after;
        const char *error;
    } cases[] = {
        { "", "[", 65, "", "line 1: nested deeper than 64 levels" },
        { "", "{\"a\":", 100000, "", "line 1: nested deeper than 64 levels" },
        { "[0", ",1", 1000001, "]", "line 1: more than 1000000 values: not an evidence document" },
        { "{\"schema\":1,\"controls\":[{}", ",{}", 64, "],\"checks\":[]}",
          "controls: expected a list of at most 64 items" },
        { "{\"schema\":1,\"target\":{\"host\":\"", "abcd", 2049, "\"},\"checks\":[]}",
          "target.host: expected shorter text" },
        { "{\"schema\":1,\"connections\":[{\"confirm_hex\":\"", "00", 65, "\"}],\"checks\":[]}",
          "connections[0].confirm_hex: expected hex digits, not too many" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error error = { 0 };
        char *text = repeated(cases[i].before, cases[i].unit, cases[i].count, cases[i].after);
        assert_null(load(text, &error));
        assert_string_equal(error.text, cases[i].error);
        alloc_free(text);
    }
    struct error error = { 0 };
    assert_null(document_load("", (size_t)DOCUMENT_MAX + 1, &error));
    assert_string_equal(error.text, "larger than 64 MiB: not an evidence document");
}

static void a_clock_without_sense_can_still_be_saved(void **state)
{
    (void)state;
    struct evidence *evidence = sample_evidence();
    ev_set_int(&evidence->nla.server_time, SOURCE_PROBE, INT64_MAX);
    ev_set_int(&evidence->nla.received, SOURCE_PROBE, -INT64_MAX);
    char *text = document_text(evidence, NULL, NULL);
    struct error error = { 0 };
    struct evidence *back = load(text, &error);
    assert_string_equal(error.text, "");
    assert_non_null(strstr(text, "\"server_time\": \"9999-12-31T23:59:59Z\""));
    assert_non_null(strstr(text, "\"received\": \"1600-01-01T00:00:00Z\""));
    evidence_free(back);
    alloc_free(text);
    evidence_free(evidence);
}

/* What another program wrote is recorded as far as it is possible, so that its document can be read again. */
static void what_a_file_says_impossibly_is_not_recorded(void **state)
{
    (void)state;
    struct evidence *evidence = sample_evidence();
    ev_set_int(&evidence->started, SOURCE_FILE, -1);
    ev_set_int(&evidence->target.port, SOURCE_FILE, 0);
    ev_set_int(&evidence->udp.sent, SOURCE_FILE, 3);
    ev_set_int(&evidence->udp.lost, SOURCE_FILE, 4);
    ev_set_int(&evidence->udp.rtt_us, SOURCE_FILE, -7);
    char *text = document_text(evidence, NULL, NULL);
    struct error error = { 0 };
    assert_null(load(text, &error));
    alloc_free(text);
    evidence_forget_impossible(evidence);
    assert_int_equal(evidence->started.source, SOURCE_NONE);
    assert_int_equal(evidence->target.port.source, SOURCE_NONE);
    assert_int_equal(evidence->udp.sent.v, 3);
    assert_int_equal(evidence->udp.lost.source, SOURCE_NONE);
    assert_int_equal(evidence->udp.rtt_us.source, SOURCE_NONE);
    ev_set_int(&evidence->gateway.proxy.port, SOURCE_PROBE, 0); /* http_proxy=http://proxy:0: said so, and recorded */
    text = document_text(evidence, NULL, NULL);
    error = (struct error){ 0 };
    struct evidence *back = load(text, &error);
    assert_string_equal(error.text, "");
    assert_true(evidence_equal(evidence, back));
    evidence_free(back);
    alloc_free(text);
    evidence_free(evidence);
}

static void the_verdict_stands_in_the_document(void **state)
{
    (void)state;
    char because[] = "it chose NLA, then closed", how[] = "the server closed", summary[] = "closed", out[] = "cut off";
    char what[] = "restart the service", command[] = "Restart-Service TermService", pass[] = "3389 open";
    char *reasons[] = { because };
    struct decider decider = { .test = TEST_WIDE_HELLO };
    struct finding finding = { .cause = CAUSE_RDP_KEY_UNREADABLE,
                               .certainty = CERTAINTY_LIKELY,
                               .blocks = true,
                               .because = { reasons, 1 },
                               .deciders = &decider,
                               .decider_count = 1 };
    struct ruled_out ruled_out = { .cause = CAUSE_TLS_NO_COMMON, .because = out };
    struct next_step step = { .what = what, .command = command, .where = PLACE_SERVER, .risk = RISK_OUTAGE };
    struct verdict verdict = { .status = VERDICT_BLOCKED,
                               .stopped = true,
                               .stopped_at = CHECK_TLS,
                               .stopped_how = how,
                               .cause = CAUSE_RDP_KEY_UNREADABLE,
                               .certainty = CERTAINTY_LIKELY,
                               .summary = summary,
                               .because = { reasons, 1 },
                               .ruled_out = &ruled_out,
                               .ruled_out_count = 1,
                               .depth = CHECK_TLS,
                               .findings = &finding,
                               .finding_count = 1,
                               .next = &step,
                               .next_count = 1 };
    for (int id = 0; id < CHECK_COUNT; id++) {
        verdict.checks[id].status = STATUS_SKIP;
    }
    verdict.checks[CHECK_TCP] = (struct check_reading){ .status = STATUS_PASS, .summary = pass };
    struct evidence *evidence = sample_evidence();
    char *text = document_text(evidence, &verdict, NULL);
    static const char *const parts[] = {
        "\"id\": \"tcp\",\n      \"status\": \"pass\",\n      \"summary\": \"3389 open\",",
        "\"ran\": \"pointless\",\n      \"ran_why\": \"needs TLS\"",
        "\"verdict\": {\n    \"status\": \"blocked\",\n    \"stopped_at\": {\n      \"check\": \"tls\",\n      "
        "\"how\": "
        "\"the server closed\"\n    },\n    \"cause\": \"rdp-key-unreadable\",\n    \"certainty\": \"likely\",\n    "
        "\"summary\": \"closed\",\n    \"because\": [\n      \"it chose NLA, then closed\"\n    ],\n    \"ruled_out\": "
        "[\n      {\n        \"cause\": \"tls-no-common\",\n        \"because\": \"cut off\"\n      }\n    ],\n    "
        "\"depth\": \"tls\"\n  }",
        "\"test\": \"wide-hello\",\n          \"by\": \"program\"",
        "\"do\": \"restart the service\",\n      \"command\": \"Restart-Service TermService\",\n      \"where\": "
        "\"server\",\n      \"risk\": \"outage\"",
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        assert_non_null(strstr(text, parts[i]));
    }
    struct error error = { 0 };
    struct evidence *back = load(text, &error);
    assert_true(evidence_equal(evidence, back));
    evidence_free(back);
    evidence_free(evidence);
    alloc_free(text);
}

static void files_are_whole_or_not_there(void **state)
{
    (void)state;
    char directory[] = "/tmp/rdpwhy-json-XXXXXX";
    assert_non_null(mkdtemp(directory));
    char path[64], missing[64], nowhere[96];
    snprintf(path, sizeof path, "%s/seen.json", directory);
    snprintf(missing, sizeof missing, "%s/missing.json", directory);
    snprintf(nowhere, sizeof nowhere, "%s/none/seen.json", directory);
    struct error error = { 0 };
    assert_true(document_save_file(path, "{\"schema\":1,\"checks\":[", &error));
    assert_null(document_load_file(path, &error));
    assert_int_equal(error.kind, ERROR_DATA);
    assert_non_null(strstr(error.text, "seen.json: line 1, column 22: "));
    assert_true(document_save_file(path, "{\"schema\":1,\"checks\":[]}", &error));
    struct evidence *evidence = document_load_file(path, &error);
    assert_non_null(evidence);
    evidence_free(evidence);
    assert_null(document_load_file(missing, &error));
    assert_int_equal(error.kind, ERROR_NO_INPUT);
    assert_null(document_load_file(directory, &error));
    assert_int_equal(error.kind, ERROR_NO_INPUT);
    assert_false(document_save_file(nowhere, "x", &error));
    assert_int_equal(error.kind, ERROR_INTERNAL);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0); /* no temporary file was left */
}

static void the_schema_in_docs_is_the_generated_one(void **state)
{
    (void)state;
    char *schema = document_schema(NULL);
    assert_non_null(schema);
    FILE *file = fopen(SOURCE_DIR "/docs/schema.json", "rb");
    assert_non_null(file);
    char *committed = alloc_new(1 << 20);
    size_t size = fread(committed, 1, (1 << 20) - 1, file);
    committed[size] = '\0';
    fclose(file);
    assert_string_equal(schema, committed); /* else: rdpwhy judge --schema > docs/schema.json */
    alloc_free(committed);
    alloc_free(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_is_what_is_loaded),
        cmocka_unit_test(a_fresh_document_names_itself),
        cmocka_unit_test(an_empty_list_was_seen),
        cmocka_unit_test(computed_parts_are_not_read),
        cmocka_unit_test(hostile_text_becomes_harmless),
        cmocka_unit_test(a_bad_document_is_refused_with_the_place),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(a_clock_without_sense_can_still_be_saved),
        cmocka_unit_test(what_a_file_says_impossibly_is_not_recorded),
        cmocka_unit_test(the_verdict_stands_in_the_document),
        cmocka_unit_test(files_are_whole_or_not_there),
        cmocka_unit_test(the_schema_in_docs_is_the_generated_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
