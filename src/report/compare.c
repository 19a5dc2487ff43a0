/* Two looks, before and after. As in the other reports: laid out here, worded by diagnose. */
#include "report/report.h"

#include <string.h>

#include "base/clock.h"
#include "facts/causes.h"
#include "report/parts.h"

enum { STEP_COLUMN = 15, MARGIN = 2, WORDS_CAP = 1 << 20 };

static const struct {
    const char *word;
    enum style style;
} outcomes[] = {
    [OUTCOME_SAME] = { "SAME", STYLE_PLAIN },      [OUTCOME_REPAIRED] = { "REPAIRED", STYLE_GOOD },
    [OUTCOME_BETTER] = { "BETTER", STYLE_GOOD },   [OUTCOME_OTHER_CAUSE] = { "OTHER", STYLE_BAD },
    [OUTCOME_WORSE] = { "WORSE", STYLE_BAD },      [OUTCOME_BROKEN] = { "BROKEN", STYLE_BAD },
    [OUTCOME_UNKNOWN] = { "UNKNOWN", STYLE_WARN }, [OUTCOME_OTHER_TARGET] = { "DIFFERENT", STYLE_WARN },
};

static void put_buffer(struct page *page, int column, const struct buffer *words)
{
    page_words(page, column, page->width - MARGIN, words->failed || words->size == 0 ? "" : (const char *)words->bytes);
    page->text.failed |= words->failed;
}

static void put_side(struct page *page, const char *label, const struct side *side, bool titled)
{
    struct buffer words;
    buffer_init(&words, WORDS_CAP);
    if (side->evidence->started.source != SOURCE_NONE) {
        char date[CLOCK_TEXT_SIZE];
        clock_format(side->evidence->started.v / 1000000 * 1000000, date);
        buffer_format(&words, "%s  ", date);
    }
    if (titled) {
        parts_title(&words, side->evidence);
        buffer_text(&words, "  ");
    }
    buffer_format(&words, "%s ", parts_word_of(side->verdict));
    parts_headline(&words, side->verdict);
    page_label(page, label);
    put_buffer(page, PAGE_COLUMN, &words);
    page_end_line(page);
    buffer_release(&words);
}

static void put_head(struct page *page, const struct comparison *comparison)
{
    bool titled = comparison->outcome == OUTCOME_OTHER_TARGET;
    struct buffer words;
    buffer_init(&words, WORDS_CAP);
    if (titled) {
        buffer_text(&words, "two targets");
    } else {
        parts_title(&words, comparison->after.evidence);
        buffer_text(&words, ", before and after");
    }
    parts_header(page, words.failed ? "" : (const char *)words.bytes);
    page->text.failed |= words.failed;
    buffer_release(&words);
    put_side(page, titled ? "first" : "before", &comparison->before, titled);
    put_side(page, titled ? "second" : "after", &comparison->after, titled);
    for (size_t i = 0; i < comparison->notes.count; i++) {
        page_entry(page, "note", comparison->notes.items[i]);
    }
}

static void put_change(struct page *page, const struct compared_change *change, const char *verb)
{
    struct buffer words;
    buffer_init(&words, WORDS_CAP);
    buffer_format(&words, "%s: ", change->what);
    if (change->before != NULL && change->after != NULL) {
        buffer_format(&words, "%s -> %s", change->before, change->after);
    } else if (change->after != NULL) {
        buffer_format(&words, "%s, %s", change->after, verb != NULL ? verb : "new");
    } else {
        buffer_format(&words, "%s, %s", change->before, verb != NULL ? verb : "gone");
    }
    page_to(page, STEP_COLUMN);
    put_buffer(page, STEP_COLUMN + 2, &words);
    page_end_line(page);
    buffer_release(&words);
}

static void put_changes(struct page *page, const struct comparison *comparison, enum check_id id)
{
    for (size_t i = 0; i < comparison->changes.count; i++) {
        if (comparison->changes.items[i].check == id && comparison->words[i].shown) {
            put_change(page, &comparison->words[i], NULL);
        }
    }
}

static bool any_change(const struct comparison *comparison, enum check_id id)
{
    for (size_t i = 0; i < comparison->changes.count; i++) {
        if (comparison->changes.items[i].check == id && comparison->words[i].shown) {
            return true;
        }
    }
    return false;
}

static void put_line(struct page *page, const char *label, const struct check_reading *reading)
{
    const char *words = reading->summary != NULL ? reading->summary : reading->why;
    if (words == NULL) {
        return;
    }
    page_to(page, STEP_COLUMN);
    page_verbatim(page, label);
    page_words(page, STEP_COLUMN + 5, page->width - MARGIN, words);
    page_end_line(page);
}

static void put_check(struct page *page, const struct comparison *comparison, enum check_id id)
{
    const struct check_reading *before = &comparison->before.verdict->checks[id];
    const struct check_reading *after = &comparison->after.verdict->checks[id];
    page_to(page, PAGE_INDENT);
    page_verbatim(page, field_name_of(check_names, (int)id));
    page_to(page, STEP_COLUMN);
    parts_status(page, before->status);
    if (before->status != after->status) {
        page_verbatim(page, " -> ");
        parts_status(page, after->status);
    } else {
        page_verbatim(page, ", as before");
    }
    page_end_line(page);
    if (before->status != after->status) {
        if (before->status != STATUS_SKIP && after->status != STATUS_SKIP) {
            put_line(page, "was  ", before);
        }
        put_line(page, "now  ", after);
    }
    put_changes(page, comparison, id);
}

/* "tcp pass, tls FAIL": what neither moved nor changed. */
static void put_rest(struct page *page, const struct comparison *comparison, const bool *told)
{
    struct buffer words;
    buffer_init(&words, WORDS_CAP);
    for (int id = 0; id < CHECK_COUNT; id++) {
        enum check_status status = comparison->after.verdict->checks[id].status;
        if (!told[id] && status != STATUS_SKIP) {
            buffer_format(&words, "%s%s %s", words.size > 0 ? ", " : "", field_name_of(check_names, id),
                          status == STATUS_FAIL ? "FAIL" : field_name_of(check_status_names, (int)status));
        }
    }
    page->text.failed |= words.failed;
    if (words.size > 0) {
        page_label(page, "as before");
        page_to(page, STEP_COLUMN);
        put_buffer(page, STEP_COLUMN, &words);
        page_end_line(page);
    }
    buffer_release(&words);
}

static void put_steps(struct page *page, const struct comparison *comparison)
{
    bool told[CHECK_COUNT] = { false };
    if (any_change(comparison, CHECK_COUNT)) {
        page_to(page, PAGE_INDENT);
        page_verbatim(page, "beside");
        page_end_line(page);
        put_changes(page, comparison, CHECK_COUNT);
    }
    for (int id = 0; id < CHECK_COUNT; id++) {
        told[id] = comparison->steps[id] != STEP_SAME || any_change(comparison, (enum check_id)id);
        if (told[id]) {
            put_check(page, comparison, (enum check_id)id);
        }
    }
    put_rest(page, comparison, told);
}

static void put_cause(struct page *page, const struct compared_cause *one)
{
    static const char *const labels[] = {
        [FATE_STILL] = "still", [FATE_GONE] = "gone", [FATE_HIDDEN] = "unseen", [FATE_NEW] = "new"
    };
    const struct cause_fact *fact = cause_fact(one->cause);
    if (fact == NULL) {
        return;
    }
    const char *was = field_name_of(certainty_names, (int)one->before);
    const char *is = field_name_of(certainty_names, (int)one->after);
    struct buffer words;
    buffer_init(&words, WORDS_CAP);
    switch (one->fate) {
    case FATE_STILL:
        buffer_format(&words, one->before == one->after ? "%s, %s" : "%s, %s; before %s", fact->slug, is, was);
        break;
    case FATE_GONE:
        buffer_format(&words, "%s (was %s)", fact->slug, was);
        break;
    case FATE_HIDDEN:
        buffer_format(&words, "%s (was %s): the second look neither found it again nor excludes it", fact->slug, was);
        break;
    case FATE_NEW:
        buffer_format(&words, "%s, %s: %s", fact->slug, is, fact->sentence);
        break;
    }
    page_label(page, labels[one->fate]);
    put_buffer(page, PAGE_COLUMN, &words);
    page_end_line(page);
    buffer_release(&words);
}

static void put_varying(struct page *page, const struct comparison *comparison)
{
    bool first = true;
    for (size_t i = 0; i < comparison->changes.count; i++) {
        if (comparison->words[i].shown) {
            continue;
        }
        if (first) {
            page_end_line(page);
            page_to(page, PAGE_INDENT);
            page_words(page, PAGE_INDENT, page->width - MARGIN,
                       "also different, without being a change (it varies, was only tried in one of the two, or "
                       "stands above in other words)");
            page_end_line(page);
            first = false;
        }
        const struct change *change = &comparison->changes.items[i];
        page_to(page, PAGE_INDENT);
        page_verbatim(page, change->check == CHECK_COUNT ? "" : field_name_of(check_names, (int)change->check));
        put_change(page, &comparison->words[i], change->kind == CHANGE_CAME ? "only after" : "only before");
    }
    if (comparison->changes.cut) {
        page_entry(page, "cut", "there are more differences than are kept");
    }
}

static void put_outcome(struct page *page, const struct comparison *comparison)
{
    page_to(page, PAGE_INDENT);
    page_style(page, outcomes[comparison->outcome].style);
    page_verbatim(page, outcomes[comparison->outcome].word);
    page_style(page, STYLE_PLAIN);
    page_to(page, PAGE_COLUMN);
    page_words(page, PAGE_COLUMN, page->width - MARGIN, comparison->summary);
    page_end_line(page);
}

bool report_comparison(FILE *out, const struct comparison *comparison, const struct report_options *options,
                       struct error *error)
{
    struct page page;
    page_init(&page, options->width, options->colour);
    put_head(&page, comparison);
    page_end_line(&page);
    put_steps(&page, comparison);
    page_end_line(&page);
    for (size_t i = 0; i < comparison->cause_count; i++) {
        put_cause(&page, &comparison->causes[i]);
    }
    if (options->verbose) {
        put_varying(&page, comparison);
    }
    if (comparison->cause_count > 0 || options->verbose) {
        page_end_line(&page);
    }
    put_outcome(&page, comparison);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}

bool report_comparison_quiet(FILE *out, const struct comparison *comparison, struct error *error)
{
    struct page page;
    page_init(&page, 0, false);
    page_verbatim(&page, outcomes[comparison->outcome].word);
    page_verbatim(&page, " ");
    page_verbatim(&page, comparison->summary);
    page_end_line(&page);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}
