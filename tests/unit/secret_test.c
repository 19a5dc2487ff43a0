#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "platform/secret.h"

static struct secret *secret_of(const char *text)
{
    struct error error;
    struct secret *secret = secret_new(64, &error);
    assert_non_null(secret);
    memcpy(secret_bytes(secret), text, strlen(text));
    secret_set_size(secret, strlen(text));
    return secret;
}

static void what_is_cut_off_is_gone(void **state)
{
    (void)state;
    struct secret *secret = secret_of("correct horse");
    assert_int_equal(secret_size(secret), 13);
    secret_set_size(secret, 7);
    assert_memory_equal(secret_look(secret), "correct\0\0\0\0\0\0", 13);
    secret_set_size(secret, 1000);
    assert_int_equal(secret_size(secret), 64);
    secret_free(secret);
}

static void a_child_does_not_inherit_it(void **state)
{
    (void)state;
    struct secret *secret = secret_of("correct horse");
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(secret_look(secret)[0] == 0 ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_memory_equal(secret_look(secret), "correct horse", 13);
    secret_free(secret);
}

static void its_size_has_limits(void **state)
{
    (void)state;
    struct error error;
    assert_null(secret_new(0, &error));
    assert_null(secret_new(SECRET_MAX + 1, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    secret_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_cut_off_is_gone),
        cmocka_unit_test(a_child_does_not_inherit_it),
        cmocka_unit_test(its_size_has_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
