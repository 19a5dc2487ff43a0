/* Every row of the rules can be reached: one story per row, and what it comes to. */
#include "unit/diagnose_help.h"
#include "unit/stories/stories.h"

#include "diagnose/compute.h"
#include "diagnose/rules.h"

static const struct story_list *const lists[] = {
    &reach_stories, &line_stories,    &negotiation_stories, &tls_stories,    &nla_stories,
    &logon_stories, &session_stories, &gateway_stories,     &client_stories, &logged_stories,
};

static const struct story *story_at(size_t index)
{
    for (size_t l = 0; l < COUNT_OF(lists); l++) {
        if (index < lists[l]->count) {
            return &lists[l]->stories[index];
        }
        index -= lists[l]->count;
    }
    return NULL;
}

static void each_story_finds_its_cause(void **state)
{
    (void)state;
    const struct story *story;
    bool good = true;
    for (size_t i = 0; (story = story_at(i)) != NULL; i++) {
        struct evidence *e = begin();
        story->build(e);
        struct verdict *verdict = judged(e);
        const struct finding *finding = found(verdict, story->cause);
        if (finding == NULL || finding->certainty != story->certainty || finding->blocks != story->blocks) {
            print_message("story %zu, %s: %s\n", i, cause_fact(story->cause)->slug,
                          finding != NULL ? field_name_of(certainty_names, (int)finding->certainty) : "not found");
            good = false;
        } else {
            assert_true(finding->because.count > 0);
        }
        verdict_free(verdict);
        evidence_free(e);
    }
    assert_true(good);
}

static void every_row_counts_somewhere(void **state)
{
    (void)state;
    const struct story *story;
    bool all = true;
    for (const struct rule_table *table = rule_tables; table->name != NULL; table++) {
        for (size_t r = 0; r < *table->count; r++) {
            const struct rule *rule = &table->rules[r];
            bool reached = false;
            for (size_t i = 0; !reached && (story = story_at(i)) != NULL; i++) {
                if (story->cause != rule->cause) {
                    continue;
                }
                struct evidence *e = begin();
                struct readings readings = { 0 };
                struct look look;
                struct judged results[CAUSE_COUNT];
                story->build(e);
                assert_true(readings_compute(e, &readings, &help_error));
                look_init(&look, e, &readings);
                rules_judge(&look, results);
                reached = results[rule->cause].rule == rule && results[rule->cause].outcome >= ROW_POSSIBLE;
                readings_release(&readings);
                evidence_free(e);
            }
            if (!reached) {
                print_message("%s: row %zu of %s\n", cause_fact(rule->cause)->slug, r, table->name);
                all = false;
            }
        }
    }
    assert_true(all);
}

/* What a sign answers YES or NO, it can say in words. */
static void every_answer_has_words(void **state)
{
    (void)state;
    const struct story *story;
    for (size_t i = 0; (story = story_at(i)) != NULL; i++) {
        struct evidence *e = begin();
        struct readings readings = { 0 };
        struct look look;
        story->build(e);
        assert_true(readings_compute(e, &readings, &help_error));
        look_init(&look, e, &readings);
        for (int sign = SIGN_NONE + 1; sign < SIGN_COUNT; sign++) {
            struct buffer words;
            buffer_init(&words, 4096);
            enum truth truth = sign_see((enum sign)sign, &look, story->cause, &words);
            if ((truth == UNSEEN) != (words.size == 0) && sign != CODE_NAMES_IT) {
                fail_msg("%s answers %d with %zu bytes", sign_name((enum sign)sign), (int)truth, words.size);
            }
            buffer_release(&words);
        }
        readings_release(&readings);
        evidence_free(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_story_finds_its_cause),
        cmocka_unit_test(every_row_counts_somewhere),
        cmocka_unit_test(every_answer_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
