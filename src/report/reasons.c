/* Why the verdict is what it is: because, ruled out, open, beside, possible. A reason is said once. */
#include <string.h>

#include "facts/causes.h"
#include "report/parts.h"

enum { MARGIN = 2, SLUG_NARROWEST = 18, SLUG_WIDEST = 22, OPEN_SHOWN = 4 };

/* The sentence below the headline begins with a capital and ends with a full stop; else it is the reason itself. */
static bool is_sentence(const struct verdict *verdict, const char *reason)
{
    struct buffer words;
    buffer_init(&words, 65536);
    parts_sentence(&words, verdict);
    size_t length = strlen(reason);
    const char *sentence = words.failed || words.size == 0 ? "" : (const char *)words.bytes;
    bool same = length > 0 && strncmp(sentence + (sentence[0] != '\0'), reason + 1, length - 1) == 0 &&
                strlen(sentence) <= length + 1;
    buffer_release(&words);
    return same;
}

/* Why it is said; for warnings of which none is a cause, the warnings themselves. */
static void put_because(struct page *page, const struct verdict *verdict)
{
    const char *label = "because";
    for (size_t i = 0; i < verdict->because.count; i++) {
        if (!is_sentence(verdict, verdict->because.items[i])) {
            page_entry(page, label, verdict->because.items[i]);
            label = "";
        }
    }
    for (int id = 0; id < CHECK_COUNT && verdict->because.count == 0 && verdict->status == VERDICT_DEGRADED; id++) {
        if (verdict->checks[id].status == STATUS_WARN && verdict->checks[id].summary != NULL) {
            page_entry(page, label, verdict->checks[id].summary);
            label = "";
        }
    }
}

/* The column where reasons begin: behind the widest slug, within reason. A wider one has its reason below it. */
static int slug_column(const struct verdict *verdict)
{
    int widest = SLUG_NARROWEST;
    for (size_t i = 0; i < verdict->ruled_out_count + verdict->finding_count; i++) {
        enum cause cause = i < verdict->ruled_out_count ? verdict->ruled_out[i].cause
                                                        : verdict->findings[i - verdict->ruled_out_count].cause;
        int width = cause_fact(cause) != NULL ? (int)strlen(cause_fact(cause)->slug) : 0;
        widest = width > widest && width <= SLUG_WIDEST ? width : widest;
    }
    return PAGE_COLUMN + widest + 1;
}

static void put_slug(struct page *page, const char *label, enum cause cause, const char *words, int column)
{
    const struct cause_fact *fact = cause_fact(cause);
    page_label(page, label);
    page_verbatim(page, fact != NULL ? fact->slug : "");
    if (words != NULL && words[0] != '\0') {
        if (page->at >= column) {
            page_end_line(page); /* a slug as wide as its column would touch the words */
        }
        page_to(page, column);
        page_words(page, column, page->width - MARGIN, words);
    }
    page_end_line(page);
}

static bool same_reason(const struct ruled_out *one, const struct ruled_out *other)
{
    return one->because != NULL && other->because != NULL && strcmp(one->because, other->because) == 0;
}

/* Those with the same reason stand together, and the reason is said once. */
static void put_ruled_out(struct page *page, const struct verdict *verdict, int column)
{
    const struct ruled_out *out = verdict->ruled_out;
    for (size_t i = 0; i < verdict->ruled_out_count; i++) {
        bool told = false;
        for (size_t k = 0; k < i; k++) {
            told = told || same_reason(&out[k], &out[i]);
        }
        if (told) {
            continue;
        }
        put_slug(page, i == 0 ? "ruled out" : "", out[i].cause, out[i].because, column);
        for (size_t k = i + 1; k < verdict->ruled_out_count; k++) {
            if (same_reason(&out[i], &out[k])) {
                put_slug(page, "", out[k].cause, "the same", column);
            }
        }
    }
}

/* The steps under "next" show it already. */
static bool command_is_next(const struct verdict *verdict, const char *command)
{
    for (size_t i = 0; i < verdict->next_count; i++) {
        if (verdict->next[i].command != NULL && strcmp(verdict->next[i].command, command) == 0) {
            return true;
        }
    }
    return false;
}

/* The tests that decide, from where the page is: the words at `column`, their commands below. */
static void put_deciders(struct page *page, const struct verdict *verdict, const struct finding *finding, int label,
                         int column, bool verbose)
{
    for (size_t i = 0; i < finding->decider_count && (i == 0 || verbose); i++) {
        const struct test_fact *test = test_fact(finding->deciders[i].test);
        const char *command = finding->deciders[i].command;
        if (test == NULL) {
            continue;
        }
        if (label < column) {
            page_to(page, label);
            page_verbatim(page, "decide:");
        }
        page_to(page, column);
        page_words(page, column, page->width - MARGIN, test->words);
        if (test->by == BY_PROGRAM) {
            page_words(page, column, page->width - MARGIN, " (rdpwhy itself, when it may go on)");
        }
        page_end_line(page);
        if (command != NULL && (verbose || !command_is_next(verdict, command))) {
            page_to(page, column);
            page_verbatim(page, command);
            page_end_line(page);
        }
    }
}

/* "open" stops the connection perhaps; "beside" is so, but does not stop it; "possible" is only hinted at. */
enum group { GROUP_LEAD, GROUP_OPEN, GROUP_BESIDE, GROUP_POSSIBLE };

static enum group group_of(const struct verdict *verdict, const struct finding *finding)
{
    return finding->cause == verdict->cause         ? GROUP_LEAD
           : finding->blocks                        ? GROUP_OPEN
           : finding->certainty >= CERTAINTY_LIKELY ? GROUP_BESIDE
                                                    : GROUP_POSSIBLE;
}

static bool holds(const struct words *words, const char *text)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* Said by another open cause too: then it tells them not apart. */
static bool is_shared(const struct verdict *verdict, const struct finding *finding, const char *reason)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *other = &verdict->findings[i];
        if (other != finding && group_of(verdict, other) == GROUP_OPEN && holds(&other->because, reason)) {
            return true;
        }
    }
    return false;
}

/* A reason of its own, which the verdict has not given already. NULL: it looks just like the rest from here. */
static const char *reason_of(const struct verdict *verdict, const struct finding *finding)
{
    bool open = group_of(verdict, finding) == GROUP_OPEN;
    for (size_t i = 0; i < finding->because.count; i++) {
        const char *reason = finding->because.items[i];
        if (!holds(&verdict->because, reason) && (!open || !is_shared(verdict, finding, reason))) {
            return reason;
        }
    }
    return NULL;
}

static void put_one_open(struct page *page, const struct verdict *verdict, const struct finding *finding,
                         const char *label, int column, bool verbose)
{
    enum { DECIDE = PAGE_COLUMN + MARGIN, WORDS = DECIDE + 8 };
    const char *reason = reason_of(verdict, finding);
    put_slug(page, label, finding->cause, reason != NULL ? reason : "looks the same from here", column);
    put_deciders(page, verdict, finding, DECIDE, WORDS, verbose);
}

/* Nothing seen tells these apart, so what would is all there is to say. */
static void put_alike(struct page *page, const struct verdict *verdict, const struct finding *finding, int column,
                      bool verbose)
{
    const struct cause_fact *fact = cause_fact(finding->cause);
    page_label(page, "");
    page_verbatim(page, fact != NULL ? fact->slug : "");
    if (finding->decider_count == 0) {
        page_end_line(page);
        return;
    }
    if (page->at >= column) {
        page_end_line(page);
    }
    put_deciders(page, verdict, finding, column, column, verbose);
}

static bool same_first_test(const struct finding *one, const struct finding *other)
{
    return one->decider_count > 0 && other->decider_count > 0 && one->deciders[0].test == other->deciders[0].test;
}

struct shown {
    const struct finding *items[OPEN_SHOWN];
    size_t count;
};

static void put_all_alike(struct page *page, const struct verdict *verdict, const char *label,
                          const struct shown *alike, int column)
{
    bool told[OPEN_SHOWN] = { false };
    page_entry(page, label,
               alike->count == 1 ? "this looks the same from here, until somebody does this:"
                                 : "these look the same from here, until somebody does this:");
    for (size_t i = 0; i < alike->count; i++) {
        if (told[i]) {
            continue;
        }
        put_alike(page, verdict, alike->items[i], column, false);
        for (size_t k = i + 1; k < alike->count; k++) {
            if (same_first_test(alike->items[i], alike->items[k])) {
                put_slug(page, "", alike->items[k]->cause, "the same", column);
                told[k] = true;
            }
        }
    }
}

static void put_more(struct page *page, const char *label, size_t more)
{
    char words[64];
    if (more > 0) {
        snprintf(words, sizeof words, "and %zu more (-v shows them)", more);
        page_entry(page, label, words);
    }
}

/* Those with a reason of their own first, each with the test that decides; then those that nothing tells apart. */
static void put_open(struct page *page, const struct verdict *verdict, int column, bool verbose)
{
    struct shown alike = { .count = 0 };
    const char *label = "open";
    size_t shown = 0;
    size_t more = 0;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (group_of(verdict, finding) != GROUP_OPEN) {
            continue;
        }
        if (!verbose && shown == OPEN_SHOWN) {
            more++;
            continue;
        }
        shown++;
        if (!verbose && reason_of(verdict, finding) == NULL) {
            alike.items[alike.count++] = finding;
            continue;
        }
        put_one_open(page, verdict, finding, label, column, verbose);
        label = "";
    }
    if (alike.count > 0) {
        put_all_alike(page, verdict, label, &alike, column);
    }
    put_more(page, "", more);
}

/* "beside" is so, but does not stop the connection; "possible" is only hinted at, and of no use where more is known. */
static void put_group(struct page *page, const struct verdict *verdict, enum group group, const char *label, int column,
                      bool verbose)
{
    size_t shown = 0;
    size_t more = 0;
    const char *before = NULL;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (group_of(verdict, finding) != group) {
            continue;
        }
        if (!verbose && shown == OPEN_SHOWN) {
            more++;
            continue;
        }
        const char *reason = reason_of(verdict, finding);
        bool again = reason != NULL && before != NULL && strcmp(reason, before) == 0;
        put_slug(page, shown > 0 ? "" : label, finding->cause, again ? "the same" : reason, column);
        before = reason;
        shown++;
    }
    put_more(page, "", more);
}

void parts_reasons(struct page *page, const struct verdict *verdict, bool verbose)
{
    int column = slug_column(verdict);
    put_because(page, verdict);
    put_ruled_out(page, verdict, column);
    put_open(page, verdict, column, verbose);
    put_group(page, verdict, GROUP_BESIDE, "beside", column, verbose);
    if (verbose || verdict->status != VERDICT_BLOCKED) {
        put_group(page, verdict, GROUP_POSSIBLE, "possible", column, verbose);
    }
}
