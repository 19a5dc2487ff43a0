/* The facts hold together: keys are unique, everything named exists, everything has a source. */
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "evidence/evidence.h"
#include "facts/tables.h"

static void sources_exist(const char *list, const char *owner)
{
    size_t count = 0;
    for (const char *at = list; *at != '\0'; count++) {
        size_t length = strcspn(at, " ");
        if (source_fact(at, (unsigned)length) == NULL)
            fail_msg("%s: no source \"%.*s\" in data/sources.tsv", owner, (int)length, at);
        at += length + strspn(at + length, " ");
    }
    if (count == 0)
        fail_msg("%s: no source", owner);
}

static bool known_code(uint32_t code)
{
    enum code_kind kinds[] = { CODE_DISCONNECT, CODE_GATEWAY, CODE_NTSTATUS, CODE_HRESULT, CODE_FREERDP };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (code_fact(kinds[i], code) != NULL)
            return true;
    }
    return false;
}

static bool known_extended(uint32_t code)
{
    return code_fact(CODE_EXTENDED, code) != NULL || code_fact(CODE_ERRINFO, code) != NULL;
}

static void codes_exist(const char *codes, const char *owner)
{
    for (const char *at = codes; at != NULL;) {
        char *end = NULL;
        if (*at != '*') {
            uint32_t code = (uint32_t)strtoul(at, &end, 16);
            if (!known_code(code))
                fail_msg("%s: code 0x%X is in no table", owner, code);
        }
        const char *slash = *at == '*' ? at + 1 : end;
        if (*slash == '/') {
            uint32_t extended = (uint32_t)strtoul(slash + 1, &end, 16);
            if (!known_extended(extended))
                fail_msg("%s: extended code 0x%X is in no table", owner, extended);
        }
        at = strchr(at, ' ');
        at = at != NULL ? at + 1 : NULL;
    }
}

static bool check_exists(const char *name)
{
    for (const struct field_names *names = check_names; names->name != NULL; names++) {
        if (strcmp(names->name, name) == 0)
            return true;
    }
    return false;
}

static void causes_hold_together(void **state)
{
    (void)state;
    assert_int_equal(facts_causes_count, CAUSE_COUNT);
    assert_null(cause_fact(CAUSE_NONE));
    assert_null(cause_fact(CAUSE_COUNT));
    for (unsigned i = 1; i < CAUSE_COUNT; i++) {
        const struct cause_fact *fact = cause_fact((enum cause)i);
        assert_non_null(fact);
        for (unsigned before = 1; before < i; before++)
            assert_string_not_equal(fact->slug, cause_fact((enum cause)before)->slug);
        if (!check_exists(fact->check))
            fail_msg("%s: no check \"%s\"", fact->slug, fact->check);
        if (fact->cause > fact->fact)
            fail_msg("%s: surer as the cause than as a fact", fact->slug);
        assert_true(fact->fact >= CEILING_POSSIBLE && fact->cause <= CEILING_PROVED);
        assert_in_range(fact->weight, 0, 9);
        sources_exist(fact->sources, fact->slug);
        codes_exist(fact->codes, fact->slug);
        assert_true(strlen(fact->title) <= 26); /* the left column of the report */
        assert_int_equal(fact->sentence[strlen(fact->sentence) - 1], '.');
        for (const enum test *test = fact->tests; *test != TEST_NONE; test++)
            assert_non_null(test_fact(*test));
    }
}

/* Advice for Windows' key folder has no place on another server. */
static void other_servers_get_their_own_advice(void **state)
{
    (void)state;
    static const char *const windows[] = { "MachineKeys", "TermService", "SecurityLayer", "regist", "cmdkey",
                                           "w32tm",       "thumbprint",  "HKLM",          "event" };
    for (unsigned i = 1; i < CAUSE_COUNT; i++) {
        const struct cause_fact *fact = cause_fact((enum cause)i);
        for (size_t w = 0; fact->action_other != NULL && w < COUNT_OF(windows); w++) {
            if (strstr(fact->action_other, windows[w]) != NULL)
                fail_msg("%s: \"%s\" in the advice for another server", fact->slug, windows[w]);
        }
    }
    assert_non_null(cause_fact(CAUSE_RDP_KEY_UNREADABLE)->action_other);
    assert_non_null(cause_fact(CAUSE_CERT_MISSING)->action_other);
}

static void tests_hold_together(void **state)
{
    (void)state;
    assert_int_equal(facts_tests_count, TEST_COUNT);
    assert_null(test_fact(TEST_NONE));
    for (unsigned i = 1; i < TEST_COUNT; i++) {
        const struct test_fact *fact = test_fact((enum test)i);
        assert_non_null(fact);
        for (unsigned before = 1; before < i; before++)
            assert_string_not_equal(fact->id, test_fact((enum test)before)->id);
        assert_in_range(fact->connections, 0, 3);
        assert_non_null(fact->words);
        if (fact->by == BY_PROGRAM)
            assert_null(fact->command);
        if (fact->command != NULL) /* the program prints no command of its own that does not exist */
            assert_null(strstr(fact->command, "rdpwhy fix"));
    }
}

static void codes_hold_together(void **state)
{
    (void)state;
    static const char *const layers[] = { "dns",       "tcp",     "x224",    "tls",   "credssp",
                                          "licensing", "session", "gateway", "client" };
    for (enum code_kind kind = CODE_DISCONNECT; kind < CODE_EVENT; kind++) {
        const struct code_fact *fact;
        for (unsigned i = 0; (fact = code_at(kind, i)) != NULL; i++) {
            char owner[64];
            snprintf(owner, sizeof owner, "%s 0x%X", code_kind_name(kind), fact->value);
            if (code_fact(kind, fact->value) != fact)
                fail_msg("%s is there twice", owner);
            bool known = false;
            for (size_t l = 0; l < COUNT_OF(layers); l++)
                known = known || strcmp(layers[l], fact->layer) == 0;
            if (!known)
                fail_msg("%s: no layer \"%s\"", owner, fact->layer);
            if (strcmp(fact->confidence, "documented") != 0 && strcmp(fact->confidence, "reported") != 0)
                fail_msg("%s: confidence \"%s\"", owner, fact->confidence);
            sources_exist(fact->sources, owner);
        }
        assert_true(code_at(kind, 5) != NULL);
    }
}

/* Where MS-RDPBCGR and the client's list share a number, they must say the same. */
static void extended_codes_agree_with_errinfo(void **state)
{
    (void)state;
    const struct code_fact *fact;
    for (unsigned i = 0; (fact = code_at(CODE_EXTENDED, i)) != NULL; i++) {
        const struct code_fact *errinfo = code_fact(CODE_ERRINFO, fact->value);
        if (errinfo != NULL && strncmp(fact->name, "ERRINFO_", 8) == 0)
            assert_string_equal(fact->meaning, errinfo->meaning);
    }
}

static void the_other_tables_hold_together(void **state)
{
    (void)state;
    for (unsigned i = 0; i < facts_events_count; i++) {
        sources_exist(facts_events[i].sources, facts_events[i].meaning);
        for (const struct event_fact *twin = event_next(facts_events[i].id, &facts_events[i]); twin != NULL;
             twin = event_next(facts_events[i].id, twin))
            assert_string_not_equal(twin->provider, facts_events[i].provider);
    }
    for (unsigned i = 0; i < facts_builds_count; i++) {
        const struct build_fact *fact = &facts_builds[i];
        assert_ptr_equal(windows_build(fact->major, fact->minor, fact->build), fact);
        sources_exist(fact->sources, fact->product);
    }
    for (unsigned i = 0; i < facts_interceptors_count; i++) {
        assert_ptr_equal(interceptor_by_issuer(facts_interceptors[i].fragment), &facts_interceptors[i]);
        sources_exist(facts_interceptors[i].sources, facts_interceptors[i].fragment);
    }
    for (unsigned i = 0; i < facts_profiles_count; i++) {
        const struct profile_fact *fact = &facts_profiles[i];
        assert_ptr_equal(profile_by_id(fact->id), fact);
        assert_true(fact->tls_min >= 10 && fact->tls_min <= fact->tls_max && fact->tls_max <= 13);
        assert_true((fact->offer & ~0x1Fu) == 0);
        sources_exist(fact->sources, fact->id);
    }
    for (unsigned i = 0; i < facts_phrases_count; i++) {
        const struct phrase_fact *fact = &facts_phrases[i];
        assert_true(phrase_in(fact, fact->phrase, strlen(fact->phrase))); /* written as the table should be */
        assert_non_null(cause_fact(fact->causes[0]));
        sources_exist(fact->sources, fact->phrase);
    }
    for (unsigned i = 0; i < facts_sources_count; i++) {
        const char *id = facts_sources[i].id;
        assert_ptr_equal(source_fact(id, (unsigned)strlen(id)), &facts_sources[i]);
    }
}

static void look_ups_give_what_is_known(void **state)
{
    (void)state;
    assert_string_equal(code_fact(CODE_DISCONNECT, 0x904)->name, "disconnectReasonAtClientWinsockFDCLOSE");
    assert_string_equal(code_fact(CODE_EXTENDED, 7)->name, "exDiscReasonServerDeniedConnection");
    assert_string_equal(code_fact(CODE_ERRINFO, 0x10F3)->name, "ERRINFO_REMOTEAPP_NOT_ENABLED");
    assert_string_equal(nego_failure_name(5), "HYBRID_REQUIRED_BY_SERVER");
    assert_string_equal(ntstatus_name(0xC000006D), "STATUS_LOGON_FAILURE");
    assert_string_equal(ntstatus_name(0x80090324), "SEC_E_TIME_SKEW");
    assert_null(nego_failure_name(0x905));
    assert_null(code_fact(CODE_DISCONNECT, 4)->name);
    assert_null(code_fact(CODE_NTSTATUS, 0x80090324));
    assert_null(code_fact(CODE_DISCONNECT, 0x940));
    enum code_kind kind = CODE_EVENT;
    assert_int_equal(code_by_name("errinfo_logoff_by_user", &kind)->value, 12);
    assert_int_equal(kind, CODE_ERRINFO);
    assert_null(code_by_name("ERRINFO_LOGOFF", &kind));
    assert_string_equal(windows_build_name(10, 0, 26100), "Windows 11 24H2 / LTSC 2024 or Windows Server 2025");
    assert_string_equal(windows_build_name(6, 1, 7601), "Windows 7 SP1 or Windows Server 2008 R2 SP1");
    assert_null(windows_build_name(10, 0, 99999));
    assert_string_equal(interceptor_by_issuer("CN=zscaler Intermediate Root CA,O=Zscaler Inc.")->product, "Zscaler");
    assert_null(interceptor_by_issuer("CN=srv-fin-02"));
    assert_null(interceptor_by_issuer(""));
    assert_ptr_equal(profile_by_id("win10"), profile_by_id("mstsc-win10"));
    assert_null(profile_by_id("mstsc-"));
    const struct event_fact *event = event_next(1006, NULL);
    assert_non_null(event);
    assert_string_equal(event->side, "server");
    assert_null(event_next(999999, NULL));
}

static void causes_show_codes(void **state)
{
    (void)state;
    assert_int_equal(cause_shows(CAUSE_RDP_KEY_UNREADABLE, 0x904, 7), 3);
    assert_int_equal(cause_shows(CAUSE_RDP_KEY_UNREADABLE, 0x904, -1), 2);
    assert_int_equal(cause_shows(CAUSE_RDP_KEY_UNREADABLE, 0x204, 7), 0);
    assert_int_equal(cause_shows(CAUSE_RDP_KEY_UNREADABLE, -1, 7), 0);
    assert_int_equal(cause_shows(CAUSE_GRAPHICS_START_FAILED, 0x904, -1), 1);
    assert_int_equal(cause_shows(CAUSE_GRAPHICS_START_FAILED, 0x904, 7), 0);
    assert_int_equal(cause_shows(CAUSE_NO_RDP_RIGHT, 3, 9), 2);
    assert_int_equal(cause_shows(CAUSE_NO_RDP_RIGHT, 0xC000015B, -1), 2);
    assert_int_equal(cause_shows(CAUSE_NONE, 0x904, 7), 0);
}

static void thresholds_are_one_table(void **state)
{
    static const char *const ids[THRESHOLD_COUNT] = { "rtt", "loss", "bandwidth", "jitter", "frame-delay" };
    (void)state;
    assert_int_equal(facts_thresholds_count, THRESHOLD_COUNT);
    for (int i = 0; i < THRESHOLD_COUNT; i++) {
        const struct threshold_fact *fact = threshold_fact((enum threshold)i);
        assert_string_equal(fact->id, ids[i]);
        assert_true(i == THRESHOLD_BANDWIDTH ? fact->good > fact->bad : fact->good < fact->bad);
        sources_exist(fact->sources, fact->id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_are_one_table),
        cmocka_unit_test(causes_hold_together),
        cmocka_unit_test(other_servers_get_their_own_advice),
        cmocka_unit_test(tests_hold_together),
        cmocka_unit_test(codes_hold_together),
        cmocka_unit_test(extended_codes_agree_with_errinfo),
        cmocka_unit_test(the_other_tables_hold_together),
        cmocka_unit_test(look_ups_give_what_is_known),
        cmocka_unit_test(causes_show_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
