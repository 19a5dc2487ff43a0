#include "diagnose/checklist.h"

#include <stdio.h>
#include <string.h>

#include "diagnose/rules.h"
#include "facts/remedies.h"

/* {host} and {port} of a test's command, as somebody reads them on paper. */
static void fill(const char *from, char to[CHECKLIST_TEXT])
{
    size_t used = 0;
    while (*from != '\0' && used + 8 < CHECKLIST_TEXT) {
        if (strncmp(from, "{host}", 6) == 0) {
            used += (size_t)snprintf(to + used, CHECKLIST_TEXT - used, "HOST");
            from += 6;
        } else if (strncmp(from, "{port}", 6) == 0) {
            used += (size_t)snprintf(to + used, CHECKLIST_TEXT - used, "3389");
            from += 6;
        } else {
            to[used++] = *from++;
        }
    }
    to[used] = '\0';
}

static struct checklist_step *add(struct checklist *checklist, const char *id, enum place where)
{
    if (checklist->count == CHECKLIST_STEPS) {
        return NULL;
    }
    struct checklist_step *step = &checklist->steps[checklist->count++];
    *step = (struct checklist_step){ .id = id, .where = where };
    return step;
}

static void add_general(struct checklist *checklist, const struct checklist_fact *fact)
{
    struct checklist_step *step = add(checklist, fact->id, fact->place);
    if (step == NULL) {
        return;
    }
    step->title = fact->title;
    snprintf(step->how, sizeof step->how, "%s", fact->how);
    snprintf(step->command, sizeof step->command, "%s", fact->command != NULL ? fact->command : "");
    step->why = fact->why;
    step->means = fact->means;
    step->stop = fact->stop;
}

void checklist_all(struct checklist *checklist)
{
    *checklist = (struct checklist){ 0 };
    const struct checklist_fact *fact;
    for (unsigned i = 0; (fact = checklist_at(i)) != NULL; i++) {
        add_general(checklist, fact);
    }
}

static void add_suspect(struct checklist *checklist, enum cause cause)
{
    for (unsigned i = 0; i < checklist->suspect_count; i++) {
        if (checklist->suspects[i] == cause) {
            return;
        }
    }
    if (checklist->suspect_count < EXPLAIN_CAUSES) {
        checklist->suspects[checklist->suspect_count++] = cause;
    }
}

/* A test that a person can do, once; `other`: a cause it tells from the one asked about. */
static void add_test(struct checklist *checklist, enum test test, enum cause other)
{
    const struct test_fact *fact = test_fact(test);
    if (fact == NULL || fact->by != BY_PERSON) {
        return;
    }
    struct checklist_step *step = NULL;
    for (unsigned i = 0; i < checklist->count; i++) {
        if (strcmp(checklist->steps[i].id, fact->id) == 0) {
            step = &checklist->steps[i];
        }
    }
    if (step == NULL) {
        step = add(checklist, fact->id, fact->place);
        if (step == NULL) {
            return;
        }
        snprintf(step->how, sizeof step->how, "%s", fact->words);
        fill(fact->command != NULL ? fact->command : "", step->command);
    }
    const struct cause_fact *cause = cause_fact(other);
    size_t used = strlen(step->apart);
    if (cause != NULL && used + strlen(cause->slug) + 3 < sizeof step->apart) {
        snprintf(step->apart + used, sizeof step->apart - used, "%s%s", used > 0 ? ", " : "", cause->slug);
    }
}

static void add_neighbours(struct checklist *checklist, const struct rule *rule)
{
    for (size_t k = 0; k < RULE_NEAR && rule->near[k].cause != CAUSE_NONE; k++) {
        bool known = false;
        for (unsigned i = 0; i < checklist->suspect_count; i++) {
            known |= checklist->suspects[i] == rule->near[k].cause;
        }
        if (!known) {
            add_suspect(checklist, rule->near[k].cause);
            add_test(checklist, rule->near[k].test, rule->near[k].cause);
        }
    }
}

static void add_repair(struct checklist *checklist, enum cause cause)
{
    const struct remedy_fact *remedy = remedy_usual(cause);
    const struct cause_fact *fact = cause_fact(cause);
    struct checklist_step *step = remedy != NULL ? add(checklist, "fix", remedy->where) : NULL;
    if (step == NULL) {
        return;
    }
    step->title = "The repair, when it is this";
    snprintf(step->how, sizeof step->how, "%s (risk: %s). Back again: %s", remedy->title, risk_name(remedy->risk),
             remedy->reverts);
    snprintf(step->command, sizeof step->command, "rdpwhy fix %s", fact->slug);
    step->when = remedy->when;
}

void checklist_of_cause(enum cause cause, struct checklist *checklist)
{
    *checklist = (struct checklist){ .cause = cause };
    const struct cause_fact *fact = cause_fact(cause);
    for (const enum test *test = fact->tests; *test != TEST_NONE; test++) {
        add_test(checklist, *test, CAUSE_NONE);
    }
    for (const struct rule_table *table = rule_tables; table->name != NULL; table++) {
        for (size_t i = 0; i < *table->count; i++) {
            if (table->rules[i].cause == cause) {
                add_neighbours(checklist, &table->rules[i]);
            }
        }
    }
    const struct checklist_fact *step;
    for (unsigned i = 0; (step = checklist_at(i)) != NULL; i++) {
        /* The repair comes before what lowers security only to learn something. */
        if (strcmp(step->id, "downgrade") == 0) {
            add_repair(checklist, cause);
        }
        if (strcmp(step->checks, "*") != 0 && checklist_is_for(step, fact->check)) {
            add_general(checklist, step);
        }
    }
}

void checklist_of_code(const struct explanation *explanation, struct checklist *checklist)
{
    enum { SUSPECTS = 12 };
    *checklist = (struct checklist){ .explanation = explanation };
    for (unsigned i = 0; i < explanation->cause_count && i < SUSPECTS; i++) {
        add_suspect(checklist, explanation->causes[i].cause);
    }
    const struct checklist_fact *step;
    for (unsigned i = 0; (step = checklist_at(i)) != NULL; i++) {
        bool wanted = strcmp(step->checks, "*") == 0;
        for (unsigned k = 0; k < checklist->suspect_count; k++) {
            wanted |= checklist_is_for(step, cause_fact(checklist->suspects[k])->check);
        }
        if (wanted && strcmp(step->id, "read-code") != 0) {
            add_general(checklist, step);
        }
    }
}
