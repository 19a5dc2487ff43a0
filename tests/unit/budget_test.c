/* The connection budget with a clock of our own. */
#include <stdio.h>
#include <string.h>

#include "plan/budget.h"
#include "unit/cmocka_all.h"

enum { SECOND = 1000000 };
static const int64_t now = (int64_t)1700000000 * SECOND;

static void fifth_connect_waits(void **state)
{
    (void)state;
    static struct budget_log log;
    const uint64_t target = budget_target("192.0.2.7", 3389);
    log.count = 0;
    for (int i = 0; i < BUDGET_ROLLING; i++) {
        assert_int_equal(0, budget_wait_us(&log, target, 1, now + i * SECOND));
        budget_note(&log, target, now + i * SECOND);
    }
    assert_int_equal((120 - 10) * SECOND, budget_wait_us(&log, target, 1, now + 10 * SECOND));
    assert_int_equal(1, budget_wait_us(&log, target, 1, now + (int64_t)120 * SECOND - 1));
    assert_int_equal(0, budget_wait_us(&log, target, 1, now + (int64_t)120 * SECOND));
}

static void window_rolls(void **state)
{
    (void)state;
    static struct budget_log log;
    log.count = 0;
    for (int i = 0; i < BUDGET_ROLLING; i++) {
        budget_note(&log, 9, now + i * 10 * SECOND);
    }
    budget_note(&log, 9, now + (int64_t)120 * SECOND);
    /* The newest four are at 10, 20, 30 and 120: the one at 10 has to leave. */
    assert_int_equal(5 * SECOND, budget_wait_us(&log, 9, 1, now + (int64_t)125 * SECOND));
    assert_int_equal(BUDGET_ROLLING, log.count);
}

static void several_at_once(void **state)
{
    (void)state;
    static struct budget_log log;
    log.count = 0;
    for (int i = 0; i < BUDGET_ROLLING - 1; i++) {
        budget_note(&log, 9, now + i * SECOND);
    }
    /* Three were made, at 0, 1 and 2. */
    assert_int_equal(0, budget_wait_us(&log, 9, 1, now + 10 * SECOND));
    assert_int_equal((120 - 10) * SECOND, budget_wait_us(&log, 9, 2, now + 10 * SECOND));
    assert_int_equal((121 - 10) * SECOND, budget_wait_us(&log, 9, 3, now + 10 * SECOND));
    assert_int_equal((122 - 10) * SECOND, budget_wait_us(&log, 9, 40, now + 10 * SECOND));
    assert_int_equal(0, budget_wait_us(&log, 9, 0, now + 10 * SECOND));
}

static void targets_are_apart(void **state)
{
    (void)state;
    static struct budget_log log;
    const uint64_t one = budget_target("192.0.2.7", 3389);
    log.count = 0;
    for (int i = 0; i < BUDGET_ROLLING; i++) {
        budget_note(&log, one, now);
    }
    assert_int_equal(0, budget_wait_us(&log, budget_target("192.0.2.8", 3389), 1, now));
    assert_int_equal(0, budget_wait_us(&log, budget_target("192.0.2.7", 3390), 1, now));
    assert_int_equal((int64_t)120 * SECOND, budget_wait_us(&log, budget_target("192.0.2.7", 3389), 1, now));
}

static void log_survives_the_file(void **state)
{
    (void)state;
    static struct budget_log log;
    static struct budget_log again;
    struct buffer out;
    log.count = 0;
    budget_note(&log, 0xabcU, now);
    budget_note(&log, 0xffffffffffffffffU, now + 5);
    buffer_init(&out, 4096);
    assert_true(budget_log_write(&log, &out));
    assert_string_equal("1700000000000000 0000000000000abc\n1700000000000005 ffffffffffffffff\n", (char *)out.bytes);
    budget_log_parse(&again, (char *)out.bytes, out.size, now + 10);
    assert_int_equal(2, again.count);
    assert_int_equal(0xabc, again.entries[0].target);
    assert_int_equal(now + 5, again.entries[1].at_us);
    buffer_release(&out);
}

static void damaged_file_is_no_obstacle(void **state)
{
    (void)state;
    static struct budget_log log;
    static const char text[] = "garbage\n"
                               "1700000000000000 abc trailing\n"
                               "1699999000000000 1\n" /* old */
                               "1700000100000000 2\n" /* from the future: the clock was set back */
                               "99999999999999999999999999999999999999999999999999999999999999999999999999 3\n"
                               "\n"
                               "1699999999000000 4";
    budget_log_parse(&log, text, sizeof(text) - 1, now);
    assert_int_equal(1, log.count);
    assert_int_equal(4, log.entries[0].target);
}

static void log_is_bounded(void **state)
{
    (void)state;
    static struct budget_log log;
    log.count = 0;
    for (int i = 0; i < BUDGET_LOG_MAX + 10; i++) {
        budget_note(&log, (uint64_t)i, now + i);
    }
    assert_int_equal(BUDGET_LOG_MAX, log.count);
    assert_int_equal(10, log.entries[0].target);
    assert_int_equal(BUDGET_LOG_MAX + 9, log.entries[BUDGET_LOG_MAX - 1].target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fifth_connect_waits),   cmocka_unit_test(window_rolls),
        cmocka_unit_test(several_at_once),       cmocka_unit_test(targets_are_apart),
        cmocka_unit_test(log_survives_the_file), cmocka_unit_test(damaged_file_is_no_obstacle),
        cmocka_unit_test(log_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
