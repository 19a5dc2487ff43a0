#include "diagnose/rules.h"

#include <string.h>

static enum truth see(enum sign sign, const struct look *look, enum cause cause)
{
    return sign_see(sign, look, cause, NULL);
}

/* The row by itself, its neighbours not yet asked. */
static enum outcome row_outcome(const struct rule *rule, const struct look *look, enum sign *by)
{
    bool open = rule->steady && see(REPEAT_DIFFERS, look, rule->cause) == YES;
    enum truth stage = see(rule->stage, look, rule->cause);
    if (stage != YES) {
        return stage == NO ? ROW_APART : ROW_UNDECIDED;
    }
    for (size_t i = 0; i < RULE_AGAINST && rule->against[i] != SIGN_NONE; i++) {
        if (see(rule->against[i], look, rule->cause) == YES) {
            *by = rule->against[i];
            return ROW_OUT;
        }
    }
    for (size_t i = 0; i < RULE_NEEDS && rule->needs[i] != SIGN_NONE; i++) {
        enum truth truth = see(rule->needs[i], look, rule->cause);
        if (truth == NO) {
            *by = rule->needs[i];
            return ROW_OUT;
        }
        open = open || truth == UNSEEN;
    }
    return open || rule->most == CERTAINTY_POSSIBLE ? ROW_POSSIBLE : ROW_LIKELY;
}

/* What goes wrong in the server itself goes wrong only when the connection reaches it. */
static bool happens_in_server(const struct rule *rule)
{
    static const char *const checks[] = { "tls", "certificate", "nla", "logon", "session", "load" };
    const struct cause_fact *fact = cause_fact(rule->cause);
    bool there = false;
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        there = there || strcmp(fact->check, checks[i]) == 0;
    }
    return there && fact->place == PLACE_SERVER && !rule->beside;
}

static enum ceiling ceiling_of(const struct rule *rule)
{
    const struct cause_fact *fact = cause_fact(rule->cause);
    enum ceiling ceiling = rule->beside ? fact->fact : fact->cause;
    return rule->most != CERTAINTY_NONE && (enum ceiling)rule->most < ceiling ? (enum ceiling)rule->most : ceiling;
}

static void take(struct judged *judged, const struct rule *rule, const struct look *look)
{
    enum sign by = SIGN_NONE;
    enum outcome outcome = row_outcome(rule, look, &by);
    if (outcome == ROW_LIKELY && ceiling_of(rule) == CEILING_POSSIBLE) {
        outcome = ROW_POSSIBLE;
    }
    if (outcome == ROW_LIKELY && happens_in_server(rule) && see(LOG_HOLDS_NO_ARRIVAL, look, rule->cause) == YES) {
        outcome = ROW_POSSIBLE;
    }
    bool out = outcome == ROW_APART || outcome == ROW_OUT;
    if (rule->beside) {
        judged->beside_excluded = judged->beside_excluded && out;
    } else {
        judged->blocks = true;
        judged->excluded = judged->excluded && out;
    }
    /* of two rows that say the same, the one that blocks counts */
    bool better = judged->rule == NULL || outcome > judged->outcome ||
                  (outcome == judged->outcome && judged->rule->beside && !rule->beside);
    if (better) {
        judged->outcome = outcome;
        judged->rule = rule;
        judged->excluded_by = by;
    }
}

static bool neighbours_allow(const struct rule *rule, const struct judged *judged)
{
    for (size_t i = 0; i < RULE_NEAR && rule->near[i].cause != CAUSE_NONE; i++) {
        const struct judged *near = &judged[rule->near[i].cause];
        bool out = rule->beside ? near->outcome < ROW_POSSIBLE : near->rule != NULL && near->excluded;
        if (!out) {
            return false;
        }
    }
    return true;
}

void rules_judge(const struct look *look, struct judged *judged)
{
    for (size_t i = 0; i < CAUSE_COUNT; i++) {
        judged[i] = (struct judged){ .outcome = ROW_APART, .excluded = true, .beside_excluded = true };
    }
    for (const struct rule_table *table = rule_tables; table->name != NULL; table++) {
        for (size_t i = 0; i < *table->count; i++) {
            take(&judged[table->rules[i].cause], &table->rules[i], look);
        }
    }
    for (size_t i = 0; i < CAUSE_COUNT; i++) {
        /* a mere fact beside explains no stop, so it does not keep a neighbour's row open */
        judged[i].excluded = judged[i].blocks ? judged[i].excluded : judged[i].beside_excluded;
    }
    /* All neighbours were judged by now, and a proof changes nobody's exclusion. */
    for (size_t i = 0; i < CAUSE_COUNT; i++) {
        if (judged[i].outcome == ROW_LIKELY && ceiling_of(judged[i].rule) == CEILING_PROVED &&
            neighbours_allow(judged[i].rule, judged)) {
            judged[i].outcome = ROW_PROVED;
        }
    }
}
