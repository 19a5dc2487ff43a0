#include "remedy/apply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "remedy/apply_script.h"

enum { SECOND_US = 1000000, GRACE_S = 20 };

/* One repair under way. */
struct applying {
    const struct apply_request *request;
    const struct apply_caller *caller;
    const struct remedy_fact *remedy;
    enum cause cause;
    struct verdict *before;
};

static void say(const struct applying *applying, const char *format, ...) PRINTF_LIKE(2, 3);
static void say(const struct applying *applying, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    applying->caller->say(applying->caller->context, line);
}

/* --- comparing --- */

static enum certainty certainty_of(const struct verdict *verdict, enum cause cause)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (verdict->findings[i].cause == cause) {
            return verdict->findings[i].certainty;
        }
    }
    return CERTAINTY_NONE;
}

bool apply_names(const struct verdict *verdict, enum cause cause)
{
    return certainty_of(verdict, cause) != CERTAINTY_NONE;
}

static int badness(const struct verdict *verdict)
{
    switch (verdict->status) {
    case VERDICT_OK:
        return 0;
    case VERDICT_DEGRADED:
        return 1;
    case VERDICT_UNKNOWN:
        return 2;
    case VERDICT_BLOCKED:
        return 3;
    }
    return 3;
}

enum apply_change apply_compare(enum cause cause, const struct verdict *before, const struct verdict *after)
{
    const int was = badness(before);
    const int is = badness(after);
    if (is > was) {
        return APPLY_WORSE;
    }
    const bool both_stopped = before->stopped && after->stopped;
    if (is == was && both_stopped && after->stopped_at < before->stopped_at) {
        return APPLY_WORSE;
    }
    /* what still shows itself as surely as before is not repaired, whatever else has become better */
    const enum certainty now = certainty_of(after, cause);
    if (now != CERTAINTY_NONE && now >= certainty_of(before, cause)) {
        return APPLY_SAME;
    }
    const bool further = both_stopped && after->stopped_at > before->stopped_at;
    return is < was || further || apply_names(before, cause) ? APPLY_BETTER : APPLY_SAME;
}

/* --- putting back --- */

static void pause_a_second(void)
{
    const struct timespec second = { .tv_sec = 1 };
    (void)nanosleep(&second, NULL);
}

/* Nobody could be asked to put it back: the machine does so by itself. Tries to hear from it until its time is over. */
static enum apply_outcome wait_for_timer(struct applying *applying)
{
    const struct apply_request *request = applying->request;
    const int64_t until_us = clock_monotonic_us() + (int64_t)(request->limit_s + GRACE_S) * SECOND_US;
    struct error error = { 0 };
    say(applying, "the machine puts everything back by itself within %u s; waiting for it", request->limit_s);
    while (clock_monotonic_us() < until_us) {
        struct apply_answer answer;
        pause_a_second();
        if (!apply_script(request, applying->remedy, PART_UNDO, NULL, applying->caller, &answer, &error)) {
            break;
        }
        if (answer.word == APPLY_WORD_OK || answer.word == APPLY_WORD_NOTHING) {
            say(applying, "put back    %s", answer.text);
            return APPLY_PUT_BACK;
        }
        if (answer.word == APPLY_WORD_INTERRUPTED) {
            break;
        }
    }
    say(applying, "not heard from it again; look there: rdpwhy fix %s --apply --undo", applying->remedy->name);
    return APPLY_CHANGED;
}

static enum apply_outcome put_back(struct applying *applying)
{
    struct apply_answer answer;
    struct error error = { 0 };
    if (!apply_script(applying->request, applying->remedy, PART_UNDO, NULL, applying->caller, &answer, &error)) {
        say(applying, "cannot put it back from here: %s", error.text);
        return wait_for_timer(applying);
    }
    switch (answer.word) {
    case APPLY_WORD_OK:
    case APPLY_WORD_NOTHING:
        say(applying, "put back    %s", answer.text);
        return APPLY_PUT_BACK;
    case APPLY_WORD_FAILED:
    case APPLY_WORD_HALF:
    case APPLY_WORD_REFUSED:
        say(applying, "could not be put back: %s", answer.text);
        return APPLY_CHANGED;
    case APPLY_WORD_LOST:
    case APPLY_WORD_INTERRUPTED:
        break;
    }
    say(applying, "cannot put it back from here: %s", answer.text);
    return wait_for_timer(applying);
}

/* --- applying --- */

static enum apply_outcome confirm(struct applying *applying)
{
    struct apply_answer answer;
    struct error error = { 0 };
    if (!apply_script(applying->request, applying->remedy, PART_UNDO, "confirm", applying->caller, &answer, &error)) {
        say(applying, "repaired, but it could not be confirmed there: %s", error.text);
        return wait_for_timer(applying);
    }
    if (answer.word == APPLY_WORD_OK) {
        say(applying, "%s", answer.text);
        return APPLY_REPAIRED;
    }
    if (answer.word == APPLY_WORD_FAILED) {
        say(applying, "%s", answer.text);
        return APPLY_PUT_BACK;
    }
    say(applying, "repaired, but the way back to the machine was lost: %s", answer.text);
    return wait_for_timer(applying);
}

static enum apply_outcome verify(struct applying *applying)
{
    struct error error = { 0 };
    say(applying, "looking again");
    struct verdict *after = applying->caller->diagnose(applying->caller->context, &error);
    if (after == NULL) {
        say(applying, "cannot look again: %s; putting everything back", error.text);
        return put_back(applying);
    }
    const enum apply_change change = apply_compare(applying->cause, applying->before, after);
    say(applying, "before      %s", applying->before->summary != NULL ? applying->before->summary : "");
    say(applying, "after       %s", after->summary != NULL ? after->summary : "");
    verdict_free(after);
    switch (change) {
    case APPLY_BETTER:
        return confirm(applying);
    case APPLY_WORSE:
        say(applying, "it is worse than before; putting everything back");
        break;
    case APPLY_SAME:
        if (applying->request->keep) {
            say(applying, "it did not help, or not yet; kept, as you asked");
            return confirm(applying) == APPLY_PUT_BACK ? APPLY_PUT_BACK : APPLY_CHANGED;
        }
        say(applying, "it did not help; putting everything back (a second fault may hide it: --keep leaves it)");
        break;
    }
    return put_back(applying);
}

static bool change(struct applying *applying, enum apply_outcome *outcome, struct error *error)
{
    char seconds[16];
    struct apply_answer answer;
    snprintf(seconds, sizeof(seconds), "%u", applying->request->limit_s);
    if (!apply_script(applying->request, applying->remedy, PART_APPLY, seconds, applying->caller, &answer, error)) {
        return false;
    }
    switch (answer.word) {
    case APPLY_WORD_OK:
        say(applying, "applied     %s", answer.text);
        *outcome = verify(applying);
        break;
    case APPLY_WORD_NOTHING:
    case APPLY_WORD_REFUSED:
        say(applying, "nothing was changed: %s", answer.text);
        *outcome = APPLY_UNTOUCHED;
        break;
    case APPLY_WORD_FAILED:
        say(applying, "not repaired: %s", answer.text);
        *outcome = APPLY_PUT_BACK;
        break;
    case APPLY_WORD_HALF:
        say(applying, "not repaired: %s", answer.text);
        *outcome = APPLY_CHANGED;
        break;
    case APPLY_WORD_LOST:
    case APPLY_WORD_INTERRUPTED:
        say(applying, "it is not known how far it came: %s", answer.text);
        *outcome = put_back(applying);
        break;
    }
    return true;
}

static void say_plan(const struct applying *applying, const char *found)
{
    const struct remedy_fact *remedy = applying->remedy;
    const struct apply_place *place = &applying->request->place;
    say(applying, "repair      %s: %s", remedy->name, remedy->title);
    say(applying, "where       %s%s", place->ssh != NULL ? "over ssh on " : "on this machine",
        place->ssh != NULL ? place->ssh : "");
    say(applying, "found       %s", found);
    say(applying, "saves       %s", remedy->saves);
    say(applying, "interrupts  %s", remedy->restarts);
    say(applying, "risk        %s", risk_name(remedy->risk));
    say(applying, "undo        %s", remedy->reverts);
    say(applying,
        "and         unless a new look from here shows it repaired, everything is put back; after %u s the "
        "machine does so by itself",
        applying->request->limit_s);
}

/* The first remedy that finds work. NULL: none does; *reached tells whether the machine could be asked. */
static bool choose(struct applying *applying, char found[512], bool *reached, struct error *error)
{
    const struct apply_request *request = applying->request;
    *reached = true;
    for (size_t i = 0; i < request->remedy_count; i++) {
        struct apply_answer answer;
        if (!apply_script(request, request->remedies[i], PART_LOOK, NULL, applying->caller, &answer, error)) {
            return false;
        }
        if (answer.word == APPLY_WORD_OK) {
            applying->remedy = request->remedies[i];
            snprintf(found, sizeof(answer.text), "%s", answer.text);
            return true;
        }
        say(applying, "%s: %s", request->remedies[i]->name, answer.text);
        if (answer.word == APPLY_WORD_LOST || answer.word == APPLY_WORD_REFUSED ||
            answer.word == APPLY_WORD_INTERRUPTED) {
            *reached = false;
            return true;
        }
    }
    return true;
}

/* The cause that the repair is measured by: the one that was named, else the first that the remedy is for. */
static enum cause measured_by(const struct applying *applying)
{
    const enum cause *cause = applying->remedy->causes;
    if (applying->request->cause != CAUSE_NONE) {
        return applying->request->cause;
    }
    while (*cause != CAUSE_NONE && !apply_names(applying->before, *cause)) {
        cause++;
    }
    return *cause != CAUSE_NONE ? *cause : applying->remedy->causes[0];
}

static bool look_and_change(struct applying *applying, enum apply_outcome *outcome, struct error *error)
{
    char found[512] = "";
    bool reached = false;
    if (!choose(applying, found, &reached, error)) {
        return false;
    }
    if (applying->remedy == NULL) {
        say(applying, reached ? "none of these repairs finds work there; nothing was changed" : "nothing was changed");
        return true;
    }
    applying->cause = measured_by(applying);
    say_plan(applying, found);
    if (!applying->caller->agree(applying->caller->context)) {
        say(applying, "nothing was changed");
        return true;
    }
    return change(applying, outcome, error);
}

bool remedy_apply(const struct apply_request *request, const struct apply_caller *caller, enum apply_outcome *outcome,
                  struct error *error)
{
    struct applying applying = { .request = request, .caller = caller };
    *outcome = APPLY_UNTOUCHED;
    applying.before = caller->diagnose(caller->context, error);
    if (applying.before == NULL) {
        return false;
    }
    say(&applying, "before      %s", applying.before->summary != NULL ? applying.before->summary : "");
    const bool named = request->cause != CAUSE_NONE && apply_names(applying.before, request->cause);
    bool done = true;
    if (applying.before->status == VERDICT_OK && !named) {
        say(&applying, "nothing is wrong there as seen from here; nothing was changed");
    } else {
        done = look_and_change(&applying, outcome, error);
    }
    verdict_free(applying.before);
    return done;
}

bool remedy_run_part(const struct apply_request *request, enum remedy_part part, const struct apply_caller *caller,
                     enum apply_outcome *outcome, struct error *error)
{
    struct applying applying = { .request = request, .caller = caller };
    *outcome = APPLY_UNTOUCHED;
    for (size_t i = 0; i < request->remedy_count; i++) {
        const struct remedy_fact *remedy = request->remedies[i];
        struct apply_answer answer;
        if (!apply_script(request, remedy, part, NULL, caller, &answer, error)) {
            return false;
        }
        say(&applying, "%s, %s: %s", remedy->name, remedy_part_name(part), answer.text);
        switch (answer.word) {
        case APPLY_WORD_OK:
            *outcome = APPLY_REPAIRED;
            return true;
        case APPLY_WORD_NOTHING:
        case APPLY_WORD_FAILED:
            *outcome = answer.word == APPLY_WORD_FAILED && part == PART_UNDO ? APPLY_CHANGED : *outcome;
            break;
        case APPLY_WORD_HALF:
            *outcome = APPLY_CHANGED;
            break;
        case APPLY_WORD_REFUSED:
        case APPLY_WORD_LOST:
        case APPLY_WORD_INTERRUPTED:
            *outcome = part == PART_UNDO ? APPLY_CHANGED : APPLY_UNTOUCHED;
            return true;
        }
    }
    return true;
}

bool apply_place_check(const char *ssh, struct error *error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@:%";
    if (ssh[0] == '\0' || ssh[0] == '-' || ssh[0] == '@' || strspn(ssh, allowed) != strlen(ssh) || strlen(ssh) > 255) {
        return error_set(error, ERROR_USAGE,
                         "--ssh takes [USER@]HOST as ssh does, from letters, digits and . _ - @ : %%");
    }
    return true;
}
