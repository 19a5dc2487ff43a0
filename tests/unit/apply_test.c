/* What --apply concludes from two looks, and which words may follow ssh. The rest is done on real servers: tests/apply.
 */
#include <string.h>

#include "cmocka_all.h"

#include "remedy/apply.h"

static struct finding findings[CERTAINTY_PROVED + 1]; /* the verdicts below point into it */

static struct verdict verdict(enum verdict_status status, int stopped_at, enum cause cause, enum certainty certainty)
{
    struct finding *finding = &findings[certainty];
    *finding = (struct finding){ .cause = cause, .certainty = certainty };
    return (struct verdict){ .status = status,
                             .stopped = stopped_at >= 0,
                             .stopped_at = (enum check_id)(stopped_at >= 0 ? stopped_at : 0),
                             .findings = finding,
                             .finding_count = cause != CAUSE_NONE };
}

static void test_compare(void **state)
{
    (void)state;
    const struct verdict blocked = verdict(VERDICT_BLOCKED, CHECK_TLS, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY);
    const struct verdict fine = verdict(VERDICT_OK, -1, CAUSE_NONE, CERTAINTY_NONE);
    const struct verdict earlier = verdict(VERDICT_BLOCKED, CHECK_TCP, CAUSE_NONE, CERTAINTY_NONE);
    const struct verdict later = verdict(VERDICT_BLOCKED, CHECK_NLA, CAUSE_NONE, CERTAINTY_NONE);
    const enum cause key = CAUSE_RDP_KEY_UNREADABLE;
    assert_int_equal(apply_compare(key, &blocked, &fine), APPLY_BETTER);
    assert_int_equal(apply_compare(key, &blocked, &later), APPLY_BETTER);
    assert_int_equal(apply_compare(key, &blocked, &blocked), APPLY_SAME);
    assert_int_equal(apply_compare(key, &blocked, &earlier), APPLY_WORSE);
    assert_int_equal(apply_compare(key, &fine, &blocked), APPLY_WORSE);
    assert_int_equal(apply_compare(key, &fine, &fine), APPLY_SAME);
    assert_int_equal(apply_compare(key, &later, &later), APPLY_SAME);
}

/* The port opens, and now the cause shows itself: nothing of it was repaired. Less sure than before is another thing.
 */
static void test_still_named(void **state)
{
    (void)state;
    const struct verdict refused = verdict(VERDICT_BLOCKED, CHECK_TCP, CAUSE_NONE, CERTAINTY_NONE);
    const struct verdict likely = verdict(VERDICT_DEGRADED, -1, CAUSE_CERT_EXPIRED, CERTAINTY_LIKELY);
    const struct verdict possible = verdict(VERDICT_DEGRADED, -1, CAUSE_CERT_EXPIRED, CERTAINTY_POSSIBLE);
    assert_int_equal(apply_compare(CAUSE_CERT_EXPIRED, &refused, &likely), APPLY_SAME);
    assert_int_equal(apply_compare(CAUSE_CERT_EXPIRED, &likely, &possible), APPLY_BETTER);
    assert_int_equal(apply_compare(CAUSE_TLS_NO_COMMON, &refused, &likely), APPLY_BETTER);
    assert_true(apply_names(&likely, CAUSE_CERT_EXPIRED));
    assert_false(apply_names(&refused, CAUSE_CERT_EXPIRED));
}

static void test_place(void **state)
{
    (void)state;
    static const char *const good[] = { "srv", "root@srv-1.corp.example", "u_1@2001:db8::1", "fe80::1%eth0" };
    static const char *const bad[] = {
        "", "-oProxyCommand=id", "@srv", "a b", "a;id", "a$(id)", "a\nb", "a'b", "a`id`", "a/b"
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(apply_place_check(good[i], NULL));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct error error = { 0 };
        assert_false(apply_place_check(bad[i], &error));
        assert_int_equal(error.kind, ERROR_USAGE);
    }
}

/* What a caller sees when the machine cannot be reached at all. */
struct heard {
    char text[4096];
    int looks;
};

static void hear(void *context, const char *line)
{
    struct heard *heard = context;
    assert_true(strlen(heard->text) + strlen(line) + 2 < sizeof(heard->text));
    strcat(heard->text, line);
    strcat(heard->text, "\n");
}

static bool never(void *context)
{
    (void)context;
    fail();
    return false;
}

static struct verdict *cannot_look(void *context, struct error *error)
{
    struct heard *heard = context;
    heard->looks++;
    error_set(error, ERROR_INTERNAL, "no look");
    return NULL;
}

static void test_unreachable(void **state)
{
    (void)state;
    struct heard heard = { "", 0 };
    struct values values = { .count = 0 };
    const struct apply_caller caller = { .context = &heard, .say = hear, .agree = never, .diagnose = cannot_look };
    struct apply_request request = { .remedies = { remedy_by_name("xrdp-start") },
                                     .remedy_count = 1,
                                     .values = &values,
                                     .place = { .ssh = "nobody.invalid", .ssh_config = "/dev/null" },
                                     .limit_s = 5 };
    enum apply_outcome outcome = APPLY_REPAIRED;
    struct error error = { 0 };
    assert_false(remedy_apply(&request, &caller, &outcome, &error));
    assert_string_equal(error.text, "no look");
    assert_int_equal(heard.looks, 1);
    assert_string_equal(heard.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_still_named),
        cmocka_unit_test(test_place),
        cmocka_unit_test(test_unreachable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
