#include "diagnose/compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "facts/causes.h"

const struct field_names outcome_names[] = {
    { OUTCOME_SAME, "same" },
    { OUTCOME_REPAIRED, "repaired" },
    { OUTCOME_BETTER, "better" },
    { OUTCOME_OTHER_CAUSE, "other-cause" },
    { OUTCOME_WORSE, "worse" },
    { OUTCOME_BROKEN, "broken" },
    { OUTCOME_UNKNOWN, "unknown" },
    { OUTCOME_OTHER_TARGET, "other-target" },
    { 0, NULL },
};
const struct field_names step_names[] = {
    { STEP_SAME, "same" },
    { STEP_BETTER, "better" },
    { STEP_WORSE, "worse" },
    { STEP_LOOKED, "now-looked-at" },
    { STEP_NOT_LOOKED, "not-looked-at-now" },
    { 0, NULL },
};
const struct field_names fate_names[] = {
    { FATE_STILL, "still" }, { FATE_GONE, "gone" }, { FATE_HIDDEN, "hidden" }, { FATE_NEW, "new" }, { 0, NULL },
};

static bool add_note(struct comparison *comparison, char *text)
{
    struct words *notes = &comparison->notes;
    char **items = text != NULL ? alloc_resize(notes->items, notes->count + 1, sizeof *items) : NULL;
    if (items == NULL) {
        alloc_free(text);
        return false;
    }
    notes->items = items;
    items[notes->count++] = text;
    return true;
}

static bool is_redacted(const struct side *side)
{
    const struct ev_bool *redacted = &side->evidence->redacted;
    return redacted->source != SOURCE_NONE && redacted->v;
}

static bool differ(const struct ev_text *a, const struct ev_text *b)
{
    return a->source != SOURCE_NONE && b->source != SOURCE_NONE && !text_equal_nocase(a->v, b->v);
}

static bool ints_differ(const struct ev_int *a, const struct ev_int *b)
{
    return a->source != SOURCE_NONE && b->source != SOURCE_NONE && a->v != b->v;
}

static bool other_target(const struct comparison *comparison)
{
    const struct ev_target *before = &comparison->before.evidence->target;
    const struct ev_target *after = &comparison->after.evidence->target;
    return differ(&before->host, &after->host) || ints_differ(&before->port, &after->port);
}

static bool note_clocks(struct comparison *comparison)
{
    const struct ev_int *before = &comparison->before.evidence->started;
    const struct ev_int *after = &comparison->after.evidence->started;
    if (before->source == SOURCE_NONE || after->source == SOURCE_NONE) {
        return add_note(comparison, alloc_text("one of the two does not say when it was made"));
    }
    if (after->v >= before->v) {
        return true;
    }
    return add_note(comparison, alloc_text("the second document is older than the first: the files are swapped, or a "
                                           "clock was set back"));
}

static bool note_all(struct comparison *comparison)
{
    const struct evidence *before = comparison->before.evidence;
    const struct evidence *after = comparison->after.evidence;
    bool done = note_clocks(comparison);
    if (done && differ(&before->version, &after->version)) {
        done = add_note(comparison, alloc_format("made by different versions of rdpwhy (%s and %s), both judged by "
                                                 "this one; what only one of them looks at is no change",
                                                 before->version.v, after->version.v));
    }
    if (done && is_redacted(&comparison->before)) {
        done = add_note(comparison, alloc_text("redacted: names, addresses and fingerprints are compared by their "
                                               "tokens, and equal tokens need not be the same name"));
    }
    if (done && differ(&before->route.source, &after->route.source)) {
        done = add_note(comparison, alloc_format("not looked at from the same place: from %s, then from %s",
                                                 before->route.source.v, after->route.source.v));
    }
    if (done && differ(&before->client.profile, &after->client.profile)) {
        done = add_note(comparison, alloc_format("judged for different clients: %s, then %s", before->client.profile.v,
                                                 after->client.profile.v));
    }
    return done;
}

static enum step step_of(enum check_status before, enum check_status after)
{
    static const int rank[] = { [STATUS_PASS] = 0, [STATUS_WARN] = 1, [STATUS_UNKNOWN] = 2, [STATUS_FAIL] = 3 };
    if (before == after) {
        return STEP_SAME;
    }
    if (before == STATUS_SKIP) {
        return STEP_LOOKED;
    }
    if (after == STATUS_SKIP) {
        return STEP_NOT_LOOKED;
    }
    return rank[after] < rank[before] ? STEP_BETTER : STEP_WORSE;
}

static const struct finding *finding_of(const struct verdict *verdict, enum cause cause)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (verdict->findings[i].cause == cause) {
            return &verdict->findings[i];
        }
    }
    return NULL;
}

static bool is_ruled_out(const struct verdict *verdict, enum cause cause)
{
    for (size_t i = 0; i < verdict->ruled_out_count; i++) {
        if (verdict->ruled_out[i].cause == cause) {
            return true;
        }
    }
    return false;
}

static bool passes(const struct verdict *verdict, enum check_id id)
{
    return verdict->checks[id].status == STATUS_PASS || verdict->checks[id].status == STATUS_WARN;
}

static enum fate fate_of(enum cause cause, enum certainty before, enum certainty after, const struct verdict *verdict)
{
    const struct cause_fact *fact = cause_fact(cause);
    int check;
    if (before < CERTAINTY_LIKELY) {
        return FATE_NEW;
    }
    if (after >= CERTAINTY_LIKELY) {
        return FATE_STILL;
    }
    bool passed =
        fact != NULL && field_value_of(check_names, fact->check, &check) && passes(verdict, (enum check_id)check);
    return is_ruled_out(verdict, cause) || (passed && after == CERTAINTY_NONE) ? FATE_GONE : FATE_HIDDEN;
}

static bool add_cause(struct comparison *comparison, enum cause cause)
{
    for (size_t i = 0; i < comparison->cause_count; i++) {
        if (comparison->causes[i].cause == cause) {
            return true;
        }
    }
    const struct finding *before = finding_of(comparison->before.verdict, cause);
    const struct finding *after = finding_of(comparison->after.verdict, cause);
    struct compared_cause one = {
        .cause = cause,
        .before = before != NULL ? before->certainty : CERTAINTY_NONE,
        .after = after != NULL ? after->certainty : CERTAINTY_NONE,
    };
    if (one.before < CERTAINTY_LIKELY && one.after < CERTAINTY_LIKELY) {
        return true;
    }
    one.fate = fate_of(cause, one.before, one.after, comparison->after.verdict);
    struct compared_cause *causes = alloc_resize(comparison->causes, comparison->cause_count + 1, sizeof *causes);
    if (causes == NULL) {
        return false;
    }
    comparison->causes = causes;
    causes[comparison->cause_count++] = one;
    return true;
}

static bool add_causes(struct comparison *comparison, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (!add_cause(comparison, verdict->findings[i].cause)) {
            return false;
        }
    }
    return true;
}

static bool works(const struct verdict *verdict)
{
    return verdict->status == VERDICT_OK || verdict->status == VERDICT_DEGRADED;
}

static const char *check_word(enum check_id id)
{
    return field_name_of(check_names, (int)id);
}

static const char *slug_of(const struct verdict *verdict)
{
    const struct cause_fact *fact = cause_fact(verdict->cause);
    return fact != NULL ? fact->slug : "cause not decided";
}

PRINTF_LIKE(3, 4)
static void conclude(struct comparison *comparison, enum looks_outcome outcome, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    comparison->outcome = outcome;
    comparison->summary = alloc_text(text);
}

/* ", and tcp got worse" / "; no step got worse". */
static void side_effects(const struct comparison *comparison, char *text, size_t room)
{
    size_t used = 0;
    text[0] = '\0';
    for (int id = 0; id < CHECK_COUNT; id++) {
        if (comparison->steps[id] == STEP_WORSE && used + 40 < room) {
            used += (size_t)snprintf(text + used, room - used, "%s%s",
                                     used > 0 ? ", " : "; worse than before: ", check_word((enum check_id)id));
        }
    }
    if (used == 0) {
        snprintf(text, room, "; no other step got worse");
    }
}

/* It was blocked, and the verdict is no longer. */
static void conclude_unblocked(struct comparison *comparison, const struct verdict *before, const struct verdict *after)
{
    char beside[256];
    side_effects(comparison, beside, sizeof beside);
    if (!before->stopped) {
        conclude(comparison, OUTCOME_BETTER, "it was blocked, and it works up to %s now%s", check_word(after->depth),
                 beside);
    } else if (!passes(after, before->stopped_at)) {
        conclude(comparison, OUTCOME_UNKNOWN, "it was blocked at %s, and the second look did not get a pass there",
                 check_word(before->stopped_at));
    } else {
        conclude(comparison, OUTCOME_REPAIRED, "what blocked it at %s is gone, and it works up to %s%s",
                 check_word(before->stopped_at), check_word(after->depth), beside);
    }
}

static void conclude_blocked(struct comparison *comparison, const struct verdict *before, const struct verdict *after)
{
    if (!before->stopped || !after->stopped) {
        conclude(comparison, OUTCOME_SAME, "it is still blocked: %s, before %s", slug_of(after), slug_of(before));
    } else if (after->stopped_at > before->stopped_at) {
        conclude(comparison, OUTCOME_BETTER, "it is still blocked, but further on: at %s, before at %s",
                 check_word(after->stopped_at), check_word(before->stopped_at));
    } else if (after->stopped_at < before->stopped_at) {
        conclude(comparison, OUTCOME_WORSE, "it is still blocked, and earlier: at %s, before at %s",
                 check_word(after->stopped_at), check_word(before->stopped_at));
    } else if (after->cause != before->cause) {
        conclude(comparison, OUTCOME_OTHER_CAUSE, "it is still blocked at %s, but it looks different: %s, before %s",
                 check_word(after->stopped_at), slug_of(after), slug_of(before));
    } else {
        conclude(comparison, OUTCOME_SAME, "it is blocked as before, at %s: %s", check_word(after->stopped_at),
                 slug_of(after));
    }
}

static void conclude_works(struct comparison *comparison, const struct verdict *before, const struct verdict *after)
{
    size_t shown = 0;
    for (size_t i = 0; i < comparison->changes.count; i++) {
        shown += comparison->words[i].shown ? 1 : 0;
    }
    if (before->status == after->status) {
        conclude(comparison, OUTCOME_SAME, "it works as before%s%s",
                 after->status == VERDICT_DEGRADED ? ", with warnings" : "",
                 shown > 0 ? "; what changed stands above" : ", and nothing that counts has changed");
    } else if (after->status == VERDICT_OK) {
        conclude(comparison, OUTCOME_BETTER, "it worked with warnings, and works without them now");
    } else {
        conclude(comparison, OUTCOME_WORSE, "it still works, but with warnings now");
    }
}

static void conclude_all(struct comparison *comparison)
{
    const struct verdict *before = comparison->before.verdict;
    const struct verdict *after = comparison->after.verdict;
    if (other_target(comparison)) {
        conclude(comparison, OUTCOME_OTHER_TARGET,
                 "these are two different targets: nothing was repaired or broken between them");
    } else if (after->status == VERDICT_UNKNOWN || before->status == VERDICT_UNKNOWN) {
        conclude(comparison, OUTCOME_UNKNOWN,
                 "the %s look could not tell whether it works, so there is no verdict on "
                 "the change",
                 after->status == VERDICT_UNKNOWN ? "second" : "first");
    } else if (before->status == VERDICT_BLOCKED && works(after)) {
        conclude_unblocked(comparison, before, after);
    } else if (before->status == VERDICT_BLOCKED) {
        conclude_blocked(comparison, before, after);
    } else if (after->status == VERDICT_BLOCKED) {
        conclude(comparison, OUTCOME_BROKEN, "it worked up to %s, and is blocked now%s%s: %s",
                 check_word(before->depth), after->stopped ? " at " : "",
                 after->stopped ? check_word(after->stopped_at) : "", slug_of(after));
    } else {
        conclude_works(comparison, before, after);
    }
}

static bool put_words_to(struct comparison *comparison)
{
    struct changes *changes = &comparison->changes;
    comparison->words = alloc_array(changes->count, sizeof *comparison->words);
    if (comparison->words == NULL) {
        return false;
    }
    for (size_t i = 0; i < changes->count; i++) {
        if (!compare_words(comparison, &changes->items[i], &comparison->words[i])) {
            return false;
        }
    }
    return true;
}

struct comparison *compare_looks(const struct side *before, const struct side *after, struct error *error)
{
    struct comparison *comparison = alloc_new(sizeof *comparison);
    if (comparison == NULL) {
        error_no_memory(error);
        return NULL;
    }
    comparison->before = *before;
    comparison->after = *after;
    for (int id = 0; id < CHECK_COUNT; id++) {
        comparison->steps[id] = step_of(before->verdict->checks[id].status, after->verdict->checks[id].status);
    }
    bool done = evidence_diff(before->evidence, after->evidence, &comparison->changes, error) &&
                put_words_to(comparison) && note_all(comparison) && add_causes(comparison, after->verdict) &&
                add_causes(comparison, before->verdict);
    if (done) {
        conclude_all(comparison);
    }
    if (comparison->summary == NULL) {
        error_no_memory(error);
        comparison_free(comparison);
        return NULL;
    }
    return comparison;
}

void comparison_free(struct comparison *comparison)
{
    if (comparison == NULL) {
        return;
    }
    for (size_t i = 0; comparison->words != NULL && i < comparison->changes.count; i++) {
        alloc_free(comparison->words[i].what);
        alloc_free(comparison->words[i].before);
        alloc_free(comparison->words[i].after);
    }
    for (size_t i = 0; i < comparison->notes.count; i++) {
        alloc_free(comparison->notes.items[i]);
    }
    alloc_free(comparison->notes.items);
    alloc_free(comparison->words);
    alloc_free(comparison->causes);
    alloc_free(comparison->summary);
    changes_release(&comparison->changes);
    alloc_free(comparison);
}
