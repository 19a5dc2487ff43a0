/* The table of repairs: what the generator promises, held once more in C, and the order for one cause. */
#include <string.h>

#include "cmocka_all.h"
#include "facts/remedies.h"

static void test_every_remedy_is_whole(void **state)
{
    (void)state;
    unsigned count = 0;
    const struct remedy_fact *one;
    while ((one = remedy_at(count)) != NULL) {
        count++;
        assert_ptr_equal(remedy_by_name(one->name), one);
        assert_true(one->causes[0] != CAUSE_NONE);
        assert_true(one->order >= 1 && one->order <= 99);
        assert_non_null(one->look);
        assert_non_null(one->apply);
        assert_non_null(one->verify);
        assert_int_equal(one->undo == NULL, strncmp(one->reverts, "nothing to put back, because ", 29) == 0);
        assert_int_equal(one->risk == RISK_DOWNGRADE, one->timed != NULL);
        if (one->kind != REMEDY_WORDS)
            assert_non_null(remedy_frame(one->kind)->end);
    }
    assert_true(count > 0);
    assert_null(remedy_by_name("no-such-remedy"));
}

static void test_an_example(void **state)
{
    (void)state;
    const struct remedy_fact *one = remedy_by_name("rdp-security-layer");
    assert_non_null(one);
    assert_int_equal(one->kind, REMEDY_POWERSHELL);
    assert_int_equal(one->causes[0], CAUSE_SECURITY_LAYER_MISMATCH);
    assert_int_equal(one->where, PLACE_SERVER);
    assert_string_equal(one->system, "windows");
    assert_int_equal(one->risk, RISK_LOW);
    /* What "with: registry" brings comes first, the remedy's own lines after it, quotes and backslashes whole. */
    assert_ptr_equal(strstr(one->setup, "function Read-Value"), one->setup);
    assert_non_null(
        strstr(one->setup, "'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp'\n"));
    assert_string_equal(remedy_kind_name(one->kind), "powershell");
    assert_string_equal(ask_type_name(ASK_HOSTNAME), "hostname");
    assert_string_equal(ask_type_name(ASK_LABEL), "label");
}

static void test_narrowest_first(void **state)
{
    (void)state;
    for (unsigned cause = 1; cause < CAUSE_COUNT; cause++) {
        unsigned turn = 0;
        const struct remedy_fact *one;
        const struct remedy_fact *last = NULL;
        while ((one = remedy_for((enum cause)cause, turn++)) != NULL) {
            if (last != NULL)
                assert_true(last->order <= one->order && last != one);
            last = one;
        }
        unsigned own = 0;
        for (unsigned i = 0; (one = remedy_at(i)) != NULL; i++)
            for (const enum cause *c = one->causes; *c != CAUSE_NONE; c++)
                own += *c == (enum cause)cause ? 1 : 0;
        assert_int_equal(turn - 1, own);
        if (own == 0)
            fail_msg("no repair for %s, not even words", cause_fact((enum cause)cause)->slug);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_remedy_is_whole),
        cmocka_unit_test(test_an_example),
        cmocka_unit_test(test_narrowest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
