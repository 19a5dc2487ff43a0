/* The tables of rules, held against the promises of rules.h. */
#include "unit/diagnose_help.h"

#include <stdlib.h>

#include "diagnose/rules.h"

/* Causes without a row: their checks come later, and nothing that is looked at today could speak for them. */
static const enum cause without_row[] = {
    /* session: the broker's redirection is seen only after the logon */
    CAUSE_BROKER_REDIRECT_UNRESOLVABLE,
    /* session: they happen later than its start, or to the client alone; its code makes them suspects */
    CAUSE_IDLE_TIMEOUT_MIDDLEBOX,
    CAUSE_CLIENT_MEMORY,
    CAUSE_WINDOWS_UPDATE_REGRESSION,
    /* path, bandwidth */
    CAUSE_WIFI_POWER_OR_ROAMING,
    CAUSE_NIC_OFFLOAD_BUG,
    CAUSE_ROUTER_OFFLOAD_BREAKS_TUNNEL,
};

#define each_rule(rule)                                                                                                \
    for (const struct rule_table *table = rule_tables; table->name != NULL; table++)                                   \
        for (const struct rule *rule = table->rules; rule < table->rules + *table->count; rule++)

static bool has_row(enum cause cause)
{
    each_rule(rule)
    {
        if (rule->cause == cause) {
            return true;
        }
    }
    return false;
}

static bool has_near(enum cause cause, enum cause other)
{
    each_rule(rule)
    {
        for (size_t i = 0; rule->cause == cause && i < RULE_NEAR; i++) {
            if (rule->near[i].cause == other) {
                return true;
            }
        }
    }
    return false;
}

static void every_cause_has_a_row_or_a_reason(void **state)
{
    (void)state;
    for (int cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
        bool listed = false;
        for (size_t i = 0; i < COUNT_OF(without_row); i++) {
            listed = listed || (int)without_row[i] == cause;
        }
        if (has_row((enum cause)cause) == listed) {
            fail_msg("%s", cause_fact((enum cause)cause)->slug);
        }
    }
}

static void rows_are_well_formed(void **state)
{
    (void)state;
    each_rule(rule)
    {
        assert_non_null(cause_fact(rule->cause));
        assert_true(rule->stage != SIGN_NONE);
        for (size_t i = 0; i < RULE_NEAR && rule->near[i].cause != CAUSE_NONE; i++) {
            assert_non_null(test_fact(rule->near[i].test));
            assert_true(rule->near[i].cause != rule->cause);
        }
    }
    for (int sign = SIGN_NONE + 1; sign < SIGN_COUNT; sign++) {
        assert_non_null(sign_name((enum sign)sign));
    }
}

static void what_can_be_proved_has_neighbours(void **state)
{
    (void)state;
    each_rule(rule)
    {
        const struct cause_fact *fact = cause_fact(rule->cause);
        enum ceiling ceiling = rule->beside ? fact->fact : fact->cause;
        bool capped = rule->most != CERTAINTY_NONE && rule->most < CERTAINTY_PROVED;
        if (ceiling == CEILING_PROVED && !capped && rule->near[0].cause == CAUSE_NONE) {
            fail_msg("%s could be proved without a neighbour", fact->slug);
        }
    }
}

static void neighbours_know_each_other(void **state)
{
    (void)state;
    bool all = true;
    each_rule(rule)
    {
        for (size_t i = 0; i < RULE_NEAR && rule->near[i].cause != CAUSE_NONE; i++) {
            if (!has_near(rule->near[i].cause, rule->cause)) {
                print_message("%s does not know %s\n", cause_fact(rule->near[i].cause)->slug,
                              cause_fact(rule->cause)->slug);
                all = false;
            }
        }
    }
    assert_true(all);
}

int main(void)
{
    if (getenv("PAIRS") != NULL) {
        each_rule(rule)
        {
            for (size_t i = 0; i < RULE_NEAR && rule->near[i].cause != CAUSE_NONE; i++) {
                if (test_fact(rule->near[i].test)->by == BY_PROGRAM) {
                    print_message("%s ~ %s by %s\n", cause_fact(rule->cause)->slug,
                                  cause_fact(rule->near[i].cause)->slug, test_fact(rule->near[i].test)->id);
                }
            }
        }
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cause_has_a_row_or_a_reason),
        cmocka_unit_test(rows_are_well_formed),
        cmocka_unit_test(what_can_be_proved_has_neighbours),
        cmocka_unit_test(neighbours_know_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
