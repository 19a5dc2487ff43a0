/* The output of `rdpwhy collect`: whole, broken by terminals and mail, cut, foreign. */
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "diagnose/server.h"
#include "read/collected.h"

static struct error error;

static struct collect parse(const char *text)
{
    struct collect collect;
    assert_true(collect_parse(text, strlen(text), &collect, &error));
    return collect;
}

static void fails(const char *text, const char *why)
{
    struct collect collect;
    assert_false(collect_parse(text, strlen(text), &collect, &error));
    assert_int_equal(error.kind, ERROR_DATA);
    assert_string_equal(error.text, why);
}

/* "@a=1" sums to 64 + 97 + 61 + 49 = 271, "@b=x+y|%C3%BC" to 956. */
#define WHOLE "@RDPWHY-COLLECT=1|server\n@a=1\n@b=x+y|%C3%BC\n@END=1|server|2|1227\n"

static void test_a_whole_paste(void **state)
{
    (void)state;
    struct collect collect = parse(WHOLE "@behind=1\n@somebody wrote:\n");
    assert_int_equal(collect.side, COLLECT_SERVER);
    assert_true(collect.headed && collect.ended && collect.whole);
    assert_int_equal(collect.count, 2);
    const struct collect_record *b = collect_next(&collect, "b", NULL);
    assert_int_equal(b->line, 3);
    assert_int_equal(b->field_count, 2);
    assert_string_equal(collect_field(b, 0), "x y");
    assert_string_equal(collect_field(b, 1), "\xc3\xbc");
    assert_string_equal(collect_field(b, 2), "");
    assert_null(collect_next(&collect, "b", b));
    collect_release(&collect);
}

static void test_broken_lines_are_put_together(void **state)
{
    (void)state;
    struct collect collect =
        parse("PS C:\\> & {\r\n> @RDPWHY-COLL\r\n> ECT=1|server\r\n> @a=1\r\n\r\n> @b=x+\r\n> y|%C\r\n> 3%BC"
              "\r\n@END=1|ser\r\nver|2|1227\r\nPS C:\\Windows>\r\n");
    assert_true(collect.whole);
    assert_string_equal(collect_field(&collect.records[1], 1), "\xc3\xbc");
    collect_release(&collect);
}

static void test_utf16(void **state)
{
    (void)state;
    char wide[2 + 2 * sizeof WHOLE] = "\xff\xfe";
    for (size_t i = 0; i + 1 < sizeof WHOLE; i++) {
        wide[2 + 2 * i] = WHOLE[i];
    }
    struct collect collect;
    assert_true(collect_parse(wide, 2 + 2 * (sizeof WHOLE - 1), &collect, &error));
    assert_true(collect.whole);
    collect_release(&collect);
}

static void test_what_is_missing_is_noticed(void **state)
{
    (void)state;
    struct collect front = parse("=1\n@b=x+y|%C3%BC\n@END=1|server|2|1227\n");
    assert_false(front.headed);
    assert_false(front.whole);
    assert_int_equal(front.count, 1);
    assert_int_equal(front.said, 2);
    collect_release(&front);
    struct collect end = parse("@RDPWHY-COLLECT=1|client\n@a=1\n@b=x+y");
    assert_int_equal(end.side, COLLECT_CLIENT);
    assert_false(end.ended);
    assert_false(end.whole);
    assert_int_equal(end.count, 2);
    collect_release(&end);
    struct collect changed = parse("@RDPWHY-COLLECT=1|server\n@a=2\n@b=x+y|%C3%BC\n@END=1|server|2|1227\n");
    assert_false(changed.whole);
    collect_release(&changed);
}

static void test_the_last_paste_counts(void **state)
{
    (void)state;
    struct collect collect = parse("@RDPWHY-COLLECT=1|client\n@z=1\n@END=1|client|1|0\n" WHOLE);
    assert_int_equal(collect.side, COLLECT_SERVER);
    assert_true(collect.whole);
    assert_null(collect_next(&collect, "z", NULL));
    collect_release(&collect);
}

static void complains(const char *text, unsigned line, const char *why)
{
    struct collect collect = parse(text);
    assert_false(collect.whole);
    assert_int_equal(collect.complaint_count, 1);
    assert_int_equal(collect.complaints[0].line, line);
    assert_string_equal(collect.complaints[0].why, why);
    collect_release(&collect);
}

static void test_bad_records_are_named_by_line(void **state)
{
    (void)state;
    complains("@RDPWHY-COLLECT=1|server\n@a=%4\n@END=1|server|1|0\n", 2,
              "a % that two hexadecimal digits do not follow");
    complains("@RDPWHY-COLLECT=1|server\n@a b=1\n@END=1|server|1|0\n", 2, "a line with @ that is no record");
    complains("@RDPWHY-COLLECT=1|server\n@a\n@END=1|server|1|0\n", 2, "not of the form @key=fields");
    complains("@RDPWHY-COLLECT=1|server\n@END=1|server|x|0\n", 2, "an end line without count and sum");
    complains("@RDPWHY-COLLECT=1|server\n@a=1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17\n@END=1|server|1|0\n", 2,
              "more fields than a record has; the rest is left out");
}

static void test_long_records_are_refused(void **state)
{
    (void)state;
    char *text = alloc_new(6000);
    strcpy(text, "@RDPWHY-COLLECT=1|server\n@a=");
    memset(text + strlen(text), 'x', 4500);
    complains(text, 2, "a record longer than 4096 bytes");
    alloc_free(text);
}

static void test_what_is_no_collection(void **state)
{
    (void)state;
    static const char nothing[] =
        "no output of rdpwhy collect: neither its first nor its last line is there; paste all "
        "of it, from @RDPWHY-COLLECT to @END";
    fails("", nothing);
    fails("{\"schema\":1}", nothing);
    fails("@a=1\n", nothing);
    fails("@RDPWHY-COLLECT=2|server\n", "line 1: made by collect version 2; this program reads version 1");
    assert_true(collect_is(WHOLE, strlen(WHOLE)));
    assert_false(collect_is("@a=1\n", 5));
}

static void test_hostile_fields_become_clean(void **state)
{
    (void)state;
    struct collect collect = parse("@RDPWHY-COLLECT=1|server\n@host=%1B%5B2J%00%E2%80%AE\n@END=1|server|1|0\n");
    assert_string_equal(collect_field(&collect.records[0], 0), "\\x1b[2J\\x00\\xe2\\x80\\xae");
    struct evidence *evidence = evidence_new(&error);
    assert_true(collected_evidence(&collect, evidence, &error));
    assert_string_equal(evidence->server.host.v, "\\x1b[2J\\x00\\xe2\\x80\\xae");
    evidence_free(evidence);
    collect_release(&collect);
}

static struct evidence *evidence_of(const char *records)
{
    char text[2048];
    snprintf(text, sizeof text, "@RDPWHY-COLLECT=1|server\n%s", records);
    struct collect collect = parse(text);
    struct evidence *evidence = evidence_new(&error);
    assert_true(collected_evidence(&collect, evidence, &error));
    collect_release(&collect);
    return evidence;
}

static void says(const char *records, const char *sentence, enum cause cause)
{
    struct evidence *evidence = evidence_of(records);
    struct said_list list;
    assert_true(server_words(&evidence->server, &list, &error));
    assert_true(list.count > 0);
    assert_string_equal(list.items[0].text, sentence);
    assert_int_equal(list.items[0].cause, cause);
    said_release(&list);
    evidence_free(evidence);
}

static void test_the_server_in_words(void **state)
{
    (void)state;
    says("@policy.fDenyTSConnections=1\n@ts.fDenyTSConnections=0\n",
         "Remote Desktop is switched off by a policy, which will switch it off again (fDenyTSConnections = 1)",
         CAUSE_RDP_DISABLED);
    says("@service=TermService|Stopped|Disabled\n", "the service TermService is Stopped, and disabled",
         CAUSE_TERMSERVICE_STOPPED);
    says("@port=3389|0|0\n", "nobody listens on port 3389", CAUSE_LISTENER_MISSING);
    says("@port=3389|1|0\n@holder=3389|nginx\n", "port 3389 is held by nginx, not by the service", CAUSE_PORT_TAKEN);
    says("@bound=00|1\n", "there is no certificate in the store Remote Desktop", CAUSE_CERT_MISSING);
    says("@bound=AB|1\n", "the listener names a certificate (AB) that is in neither store", CAUSE_CERT_BINDING_WRONG);
    says("@made=2026-11-22T00:00:00Z\n@bound=00|1\n@certificate=Remote+Desktop|AA|CN=x|2026-01-01T00:00:00Z|"
         "2026-07-01T00:00:00Z|yes\n",
         "the certificate in Remote Desktop ended on 2026-07-01", CAUSE_CERT_EXPIRED);
    says("@key=2026-01-01T00:00:00Z|1|S-1-5-32-544:Allow:FullControl\n",
         "the key file of the RDP certificate gives no right to SYSTEM nor to NETWORK SERVICE",
         CAUSE_RDP_KEY_UNREADABLE);
    says(
        "@event=System|36870|1|2026-11-22T17:04:40Z\n",
        "event 36870 (System), 1 time, last 2026-11-22T17:04:40Z: The private key of a server certificate could not be "
        "opened: breaks TLS of RDP.",
        CAUSE_RDP_KEY_UNREADABLE);
    says("@firewall=RemoteDesktop-UserMode-In-TCP|no|Any|Allow\n",
         "Windows Firewall: no rule of the group Remote Desktop is enabled (other rules may still let it in)",
         CAUSE_FIREWALL_BLOCKS);
    says("@schannel=TLS+1.2|0|1\n", "TLS 1.2 is switched off for servers (SCHANNEL, Protocols)", CAUSE_TLS_NO_COMMON);
    /* Stopped is the rest of a service that starts on demand; a date that is not known accuses nobody. */
    says("@service=KeyIso|Stopped|Manual\n@build=10.0.20348|1\n", "Windows, build 10.0.20348.1", CAUSE_NONE);
    says("@bound=00|1\n@certificate=Remote+Desktop|AA|CN=x|2026-01-01T00:00:00Z|2026-07-01T00:00:00Z|yes\n",
         "the certificate in Remote Desktop ends on 2026-07-01", CAUSE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_paste),
        cmocka_unit_test(test_broken_lines_are_put_together),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_what_is_missing_is_noticed),
        cmocka_unit_test(test_the_last_paste_counts),
        cmocka_unit_test(test_bad_records_are_named_by_line),
        cmocka_unit_test(test_long_records_are_refused),
        cmocka_unit_test(test_what_is_no_collection),
        cmocka_unit_test(test_hostile_fields_become_clean),
        cmocka_unit_test(test_the_server_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
