/* Folk advice: every row is whole, and its verdict is one of the few words. */
#include <string.h>

#include "cmocka_all.h"
#include "facts/folk.h"

static void test_every_row_is_whole(void **state)
{
    (void)state;
    static const char verdicts[] =
        " dangerous insecure fragile half-true misread test-only unrelated useless invented ";
    unsigned count = 0;
    for (const struct folk_fact *one; (one = folk_at(count)) != NULL; count++) {
        char word[32] = " ";
        assert_true(strlen(one->verdict) < sizeof word - 2);
        strcat(word, one->verdict);
        for (char *space; (space = strchr(word + 1, ' ')) != NULL;)
            *space = '-';
        strcat(word, " ");
        assert_non_null(strstr(verdicts, word));
        assert_true(strlen(one->advice) > 10 && strlen(one->why) > 20 && strlen(one->instead) > 5);
        assert_true(one->sources[0] != '\0');
    }
    assert_int_equal(count, 21);
    assert_string_equal(folk_at(1)->id, "rename-machinekeys");
    assert_string_equal(folk_at(1)->verdict, "dangerous");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_row_is_whole) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
