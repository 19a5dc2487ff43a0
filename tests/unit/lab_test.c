/* The scenario table: names, words, and expectations that can be true. */
#include <string.h>

#include "base/text.h"
#include "lab/certificate.h"
#include "lab/scenario.h"
#include "unit/cmocka_all.h"

static bool one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(word, *words) == 0) {
            return true;
        }
    }
    return false;
}

static void test_enough_of_them(void **state)
{
    (void)state;
    size_t count = 0;
    while (lab_scenario_at(count) != NULL) {
        count++;
    }
    assert_true(count >= 40);
    assert_null(lab_scenario_at(count + 1000));
}

static void test_names_are_unique(void **state)
{
    (void)state;
    const struct lab_scenario *scenario;
    for (size_t i = 0; (scenario = lab_scenario_at(i)) != NULL; i++) {
        assert_ptr_equal(lab_scenario_find(scenario->name), scenario);
        assert_int_equal(strspn(scenario->name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(scenario->name));
    }
    assert_null(lab_scenario_find("no-such-scenario"));
}

/* `lab list --json` prints them as they are. */
static void test_words_need_no_escape(void **state)
{
    (void)state;
    const struct lab_scenario *scenario;
    for (size_t i = 0; (scenario = lab_scenario_at(i)) != NULL; i++) {
        assert_true(text_is_clean(scenario->story));
        assert_null(strpbrk(scenario->story, "\"\\"));
        assert_true(strlen(scenario->story) <= 100);
    }
}

static void test_expectations_are_of_the_contract(void **state)
{
    (void)state;
    static const char *const statuses[] = { "ok", "degraded", "blocked", "unknown", NULL };
    static const char *const certainties[] = { "likely", "proved", NULL };
    static const char *const checks[] = { "tcp",    "negotiation", "tls",     "certificate", "nla",
                                          "client", "logon",       "gateway", "session",     NULL };
    const struct lab_scenario *scenario;
    for (size_t i = 0; (scenario = lab_scenario_at(i)) != NULL; i++) {
        const struct lab_expected *expected = &scenario->expected;
        assert_true(one_of(expected->status, statuses));
        assert_int_equal(expected->cause != CAUSE_NONE, expected->certainty != NULL);
        assert_true(expected->certainty == NULL || one_of(expected->certainty, certainties));
        assert_true(strcmp(expected->status, "blocked") != 0 || expected->stopped_at != NULL);
        assert_true(expected->stopped_at == NULL || one_of(expected->stopped_at, checks));
        assert_true(strcmp(expected->status, "ok") != 0 || expected->cause == CAUSE_NONE);
    }
}

static void test_certificate_and_key_are_made(void **state)
{
    (void)state;
    static const struct lab_certificate wanted = { .key = LAB_EC_P256, .issuer = "Some CA", .san = "DNS:a.example" };
    struct lab_pem pem = { 0 };
    struct error error = { 0 };
    assert_true(lab_certificate_make(&wanted, &pem, &error));
    const char *first = strstr(pem.certificate, "BEGIN CERTIFICATE");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "BEGIN CERTIFICATE")); /* the CA behind the leaf */
    assert_non_null(strstr(pem.key, "PRIVATE KEY"));
    lab_pem_release(&pem);
    assert_null(pem.key);
}

static void test_unknown_digest_is_an_error(void **state)
{
    (void)state;
    static const struct lab_certificate wanted = { .key = LAB_EC_P256, .digest = "NO-SUCH" };
    struct lab_pem pem = { 0 };
    struct error error = { 0 };
    assert_false(lab_certificate_make(&wanted, &pem, &error));
    assert_int_equal(error.kind, ERROR_INTERNAL);
    assert_null(pem.certificate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enough_of_them),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_words_need_no_escape),
        cmocka_unit_test(test_expectations_are_of_the_contract),
        cmocka_unit_test(test_certificate_and_key_are_made),
        cmocka_unit_test(test_unknown_digest_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
