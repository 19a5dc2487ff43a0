/* Running other programs: what they say, how they end, and that none is left behind. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"

#include "base/alloc.h"
#include "platform/process.h"

enum { LIMIT_US = 20000000, CAP = 1 << 16 };

static struct platform_process_result run(const char *script, const char *input, int64_t limit_us, size_t cap)
{
    const char *const argv[] = { "sh", "-c", script, NULL };
    const struct platform_process process = { .argv = argv,
                                              .input = input,
                                              .input_size = input != NULL ? strlen(input) : 0,
                                              .limit_us = limit_us,
                                              .output_cap = cap };
    struct platform_process_result result;
    struct error error = { 0 };
    assert_true(platform_process_run(&process, &result, &error));
    return result;
}

static void test_streams(void **state)
{
    (void)state;
    struct platform_process_result result = run("cat; echo bad >&2; exit 7", "hello\n", LIMIT_US, CAP);
    assert_int_equal(result.end, PLATFORM_PROCESS_EXITED);
    assert_int_equal(result.status, 7);
    assert_string_equal((const char *)result.out.bytes, "hello\n");
    assert_string_equal((const char *)result.err.bytes, "bad\n");
    platform_process_release(&result);
}

/* More than a pipe holds, both ways at once. */
static void test_much(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    char *input = alloc_new(SIZE + 1);
    memset(input, 'x', SIZE);
    struct platform_process_result result = run("cat", input, LIMIT_US, SIZE);
    assert_int_equal(result.out.size, SIZE);
    assert_memory_equal(result.out.bytes, input, SIZE);
    platform_process_release(&result);
    result = run("cat", input, LIMIT_US, 100);
    assert_int_equal(result.out.size, 100);
    assert_int_equal(result.status, 0);
    platform_process_release(&result);
    /* it does not read at all: no SIGPIPE for us */
    result = run("exit 3", input, LIMIT_US, 100);
    assert_int_equal(result.status, 3);
    platform_process_release(&result);
    alloc_free(input);
}

static void test_argv_is_not_a_shell_line(void **state)
{
    (void)state;
    const char *const argv[] = { "printf", "%s", "$(id) ; `id` 'x'\n", NULL };
    const struct platform_process process = { .argv = argv, .limit_us = LIMIT_US, .output_cap = CAP };
    struct platform_process_result result;
    assert_true(platform_process_run(&process, &result, NULL));
    assert_string_equal((const char *)result.out.bytes, "$(id) ; `id` 'x'\n");
    platform_process_release(&result);
}

static void test_limit(void **state)
{
    (void)state;
    /* it has closed its streams, and its own child holds nothing of ours */
    struct platform_process_result result = run("exec >/dev/null 2>&1; sleep 1000 & wait", NULL, 200000, CAP);
    assert_int_equal(result.end, PLATFORM_PROCESS_TIMED_OUT);
    platform_process_release(&result);
    result = run("echo began; sleep 1000", NULL, 200000, CAP);
    assert_int_equal(result.end, PLATFORM_PROCESS_TIMED_OUT);
    platform_process_release(&result);
}

/* A daemon that keeps the streams open is not waited for. */
static void test_daemon(void **state)
{
    (void)state;
    struct platform_process_result result = run("sleep 1000 & echo $!", NULL, LIMIT_US, CAP);
    assert_int_equal(result.end, PLATFORM_PROCESS_EXITED);
    assert_int_equal(result.status, 0);
    pid_t left = (pid_t)strtol((const char *)result.out.bytes, NULL, 10);
    assert_true(left > 1);
    assert_int_equal(kill(left, SIGKILL), 0);
    platform_process_release(&result);
}

static void test_signals(void **state)
{
    (void)state;
    struct platform_process_result result = run("kill -TERM $$", NULL, LIMIT_US, CAP);
    assert_int_equal(result.end, PLATFORM_PROCESS_SIGNALLED);
    assert_int_equal(result.status, SIGTERM);
    platform_process_release(&result);
    /* a signal for us ends the program, not us; afterwards signals are as before */
    char script[64];
    snprintf(script, sizeof(script), "kill -INT %d; sleep 1000", (int)getpid());
    result = run(script, NULL, LIMIT_US, CAP);
    assert_int_equal(result.end, PLATFORM_PROCESS_INTERRUPTED);
    platform_process_release(&result);
    sigset_t mask;
    assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
    assert_int_equal(sigismember(&mask, SIGINT), 0);
    assert_int_equal(sigismember(&mask, SIGPIPE), 0);
}

static void test_missing(void **state)
{
    (void)state;
    const char *const argv[] = { "/no/such/program", NULL };
    const struct platform_process process = { .argv = argv, .limit_us = LIMIT_US, .output_cap = CAP };
    struct platform_process_result result;
    struct error error = { 0 };
    assert_false(platform_process_run(&process, &result, &error));
    assert_int_equal(error.kind, ERROR_NO_INPUT);
    assert_string_equal(error.text, "cannot start /no/such/program: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams), cmocka_unit_test(test_much),   cmocka_unit_test(test_argv_is_not_a_shell_line),
        cmocka_unit_test(test_limit),   cmocka_unit_test(test_daemon), cmocka_unit_test(test_signals),
        cmocka_unit_test(test_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
