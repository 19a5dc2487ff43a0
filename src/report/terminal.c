/* The whole report: checklist, verdict, reasons, steps, table, depth. The verdict's words are laid out, never made. */
#include "report/report.h"

#include <string.h>

#include "facts/causes.h"
#include "report/parts.h"

enum { MARGIN = 2, SLUG_NARROWEST = 18, SLUG_WIDEST = 22, OPEN_SHOWN = 4 };

static void put_buffer(struct page *page, const char *label, struct buffer *words)
{
    if (words->failed) {
        page->text.failed = true;
    } else if (words->size > 0) {
        page_entry(page, label, (const char *)words->bytes);
    }
    buffer_release(words);
}

static void put_verdict(struct page *page, const struct verdict *verdict)
{
    static const enum style styles[] = {
        [VERDICT_OK] = STYLE_GOOD,
        [VERDICT_DEGRADED] = STYLE_WARN,
        [VERDICT_BLOCKED] = STYLE_BAD,
        [VERDICT_UNKNOWN] = STYLE_WARN,
    };
    struct buffer words;
    buffer_init(&words, 65536);
    parts_headline(&words, verdict);
    page_to(page, PAGE_INDENT);
    page_style(page, styles[verdict->status]);
    page_verbatim(page, parts_word_of(verdict));
    page_style(page, STYLE_PLAIN);
    if (words.size > 0) {
        page_to(page, PAGE_COLUMN);
        page_words(page, PAGE_COLUMN, page->width - MARGIN, (const char *)words.bytes);
    }
    page_end_line(page);
    buffer_clear(&words);
    parts_sentence(&words, verdict);
    if (words.failed) {
        page->text.failed = true;
    } else if (words.size > 0 && verdict->status != VERDICT_OK) {
        page_to(page, PAGE_INDENT);
        page_words(page, PAGE_INDENT, page->width - MARGIN, (const char *)words.bytes);
        page_end_line(page);
    }
    buffer_release(&words);
}

static void put_words(struct page *page, const char *label, const struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        page_entry(page, i == 0 ? label : "", words->items[i]);
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

static void put_ruled_out(struct page *page, const struct verdict *verdict, int column)
{
    for (size_t i = 0; i < verdict->ruled_out_count; i++) {
        const struct ruled_out *out = &verdict->ruled_out[i];
        put_slug(page, i == 0 ? "ruled out" : "", out->cause, out->because, column);
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

static void put_deciders(struct page *page, const struct verdict *verdict, const struct finding *finding, bool verbose)
{
    enum { DECIDE = PAGE_COLUMN + MARGIN, WORDS = DECIDE + 8 };
    for (size_t i = 0; i < finding->decider_count && (i == 0 || verbose); i++) {
        const struct test_fact *test = test_fact(finding->deciders[i].test);
        const char *command = finding->deciders[i].command;
        if (test == NULL) {
            continue;
        }
        page_to(page, DECIDE);
        page_verbatim(page, "decide: ");
        page_words(page, WORDS, page->width - MARGIN, test->words);
        page_end_line(page);
        if (command != NULL && (verbose || !command_is_next(verdict, command))) {
            page_to(page, WORDS);
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

/* Reasons that the verdict has already given are not said again. */
static const char *reason_of(const struct verdict *verdict, const struct finding *finding)
{
    bool repeated = false;
    for (size_t i = 0; i < finding->because.count; i++) {
        bool known = false;
        for (size_t k = 0; k < verdict->because.count; k++) {
            known = known || strcmp(finding->because.items[i], verdict->because.items[k]) == 0;
        }
        if (!known) {
            return finding->because.items[i];
        }
        repeated = true;
    }
    return repeated ? "looks the same from here" : NULL;
}

static void put_findings(struct page *page, const struct verdict *verdict, enum group group, int column, bool verbose)
{
    static const char *const labels[] = { "", "open", "beside", "possible" };
    size_t shown = 0;
    size_t more = 0;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (group_of(verdict, finding) != group) {
            continue;
        }
        if (shown >= OPEN_SHOWN && !verbose) {
            more++;
            continue;
        }
        const char *label = shown > 0 ? "" : labels[group];
        put_slug(page, label, finding->cause, reason_of(verdict, finding), column);
        if (group == GROUP_OPEN) {
            put_deciders(page, verdict, finding, verbose);
        }
        shown++;
    }
    if (more > 0) {
        struct buffer words;
        buffer_init(&words, 256);
        buffer_format(&words, "and %zu more (-v shows them)", more);
        put_buffer(page, "", &words);
    }
}

static void put_next(struct page *page, const struct verdict *verdict)
{
    enum { NUMBER = 2, PLACE = 9 };
    for (size_t i = 0; i < verdict->next_count; i++) {
        const struct next_step *step = &verdict->next[i];
        char number[32];
        snprintf(number, sizeof number, "%zu", i + 1);
        page_label(page, i == 0 ? "next" : "");
        page_verbatim(page, number);
        page_to(page, PAGE_COLUMN + NUMBER);
        page_verbatim(page, parts_place_words(step->where));
        int column = PAGE_COLUMN + NUMBER + PLACE;
        page_to(page, column);
        const char *risk = parts_risk_words(step->risk);
        struct buffer words;
        buffer_init(&words, 65536);
        buffer_format(&words, risk[0] != '\0' ? "%s (%s)" : "%s", step->what != NULL ? step->what : "", risk);
        page_words(page, column, page->width - MARGIN, words.size > 0 ? (const char *)words.bytes : "");
        page->text.failed |= words.failed;
        buffer_release(&words);
        page_end_line(page);
        if (step->command != NULL) {
            page_to(page, column);
            page_verbatim(page, step->command);
            page_end_line(page);
        }
    }
}

static void put_checklist(struct page *page, const struct evidence *evidence, const struct verdict *verdict,
                          const struct report_options *options)
{
    struct buffer title;
    buffer_init(&title, 65536);
    parts_title(&title, evidence);
    parts_header(page, title.size > 0 ? (const char *)title.bytes : "");
    page->text.failed |= title.failed;
    buffer_release(&title);
    for (int id = 0; id < CHECK_COUNT; id++) {
        parts_check(page, evidence, verdict, (enum check_id)id, options->verbose);
    }
}

static void put_last_line(struct page *page, const struct evidence *evidence, const struct verdict *verdict)
{
    struct buffer words;
    buffer_init(&words, 65536);
    buffer_text(&words, "looked at: ");
    parts_looked_at(&words, evidence, verdict);
    page_to(page, PAGE_INDENT);
    page_words(page, PAGE_INDENT, page->width - MARGIN, words.failed ? "" : (const char *)words.bytes);
    page_end_line(page);
    page->text.failed |= words.failed;
    buffer_release(&words);
}

/* A block and the empty line after it, when it wrote anything. */
static void gap(struct page *page, size_t *before)
{
    if (page->text.size > *before) {
        page_end_line(page);
    }
    *before = page->text.size;
}

bool report_terminal(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                     const struct report_options *options, struct error *error)
{
    struct page page;
    page_init(&page, options->width, options->colour);
    if (!options->checks_shown) {
        put_checklist(&page, evidence, verdict, options);
    }
    page_end_line(&page);
    put_verdict(&page, verdict);
    page_end_line(&page);
    size_t before = page.text.size;
    int column = slug_column(verdict);
    put_words(&page, "because", &verdict->because);
    put_ruled_out(&page, verdict, column);
    for (enum group group = GROUP_OPEN; group <= GROUP_POSSIBLE; group++) {
        put_findings(&page, verdict, group, column, options->verbose);
    }
    put_words(&page, "your code", &verdict->code_notes);
    gap(&page, &before);
    put_next(&page, verdict);
    gap(&page, &before);
    parts_table(&page, verdict);
    gap(&page, &before);
    parts_clients(&page, verdict);
    gap(&page, &before);
    if (options->verbose) {
        parts_evidence(&page, evidence, verdict);
        gap(&page, &before);
    } else {
        parts_not_looked_at(&page, evidence, verdict);
    }
    put_last_line(&page, evidence, verdict);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}
