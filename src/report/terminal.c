/* The whole report: checklist, verdict, reasons, steps, table, depth. The verdict's words are laid out, never made. */
#include "report/report.h"

#include <string.h>

#include "facts/causes.h"
#include "report/parts.h"

enum { MARGIN = 2, SLUG_WIDEST = 26, OPEN_SHOWN = 4, DECIDERS_SHOWN = 2 };

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

static bool beside_the_lead(const struct verdict *verdict, const struct finding *finding)
{
    return finding->cause != verdict->cause;
}

/* The column where reasons begin: behind the longest slug that is shown, within reason. */
static int slug_column(const struct verdict *verdict)
{
    int widest = 18;
    for (size_t i = 0; i < verdict->ruled_out_count; i++) {
        const struct cause_fact *fact = cause_fact(verdict->ruled_out[i].cause);
        int width = fact != NULL ? (int)strlen(fact->slug) : 0;
        widest = width > widest && width <= SLUG_WIDEST ? width : widest;
    }
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct cause_fact *fact = cause_fact(verdict->findings[i].cause);
        int width = fact != NULL ? (int)strlen(fact->slug) : 0;
        widest = width > widest && width <= SLUG_WIDEST ? width : widest;
    }
    return PAGE_COLUMN + widest + 1;
}

static void put_slug(struct page *page, const char *label, enum cause cause, const char *words, int column)
{
    const struct cause_fact *fact = cause_fact(cause);
    page_to(page, PAGE_INDENT);
    page_style(page, STYLE_BOLD);
    page_verbatim(page, label);
    page_style(page, STYLE_PLAIN);
    page_to(page, PAGE_COLUMN);
    page_verbatim(page, fact != NULL ? fact->slug : "");
    if (words != NULL && words[0] != '\0') {
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

static void put_deciders(struct page *page, const struct finding *finding, size_t most)
{
    for (size_t i = 0; i < finding->decider_count && i < most; i++) {
        const struct test_fact *test = test_fact(finding->deciders[i].test);
        if (test == NULL) {
            continue;
        }
        page_to(page, PAGE_COLUMN + MARGIN);
        page_verbatim(page, "decide: ");
        page_words(page, PAGE_COLUMN + MARGIN + 8, page->width - MARGIN, test->words);
        page_end_line(page);
        if (finding->deciders[i].command != NULL) {
            page_to(page, PAGE_COLUMN + MARGIN + 8);
            page_verbatim(page, finding->deciders[i].command);
            page_end_line(page);
        }
    }
}

/* Causes that were neither found nor ruled out (`blocks`), or facts beside the verdict. */
static void put_findings(struct page *page, const struct verdict *verdict, bool blocks, int column, bool verbose)
{
    size_t shown = 0;
    size_t more = 0;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (!beside_the_lead(verdict, finding) || finding->blocks != blocks) {
            continue;
        }
        if (shown >= OPEN_SHOWN && !verbose) {
            more++;
            continue;
        }
        const char *label = shown > 0 ? "" : blocks ? "open" : "beside";
        put_slug(page, label, finding->cause, finding->because.count > 0 ? finding->because.items[0] : NULL, column);
        for (size_t k = 1; k < finding->because.count && verbose; k++) {
            page_to(page, column);
            page_words(page, column, page->width - MARGIN, finding->because.items[k]);
            page_end_line(page);
        }
        if (blocks) {
            put_deciders(page, finding, verbose ? finding->decider_count : DECIDERS_SHOWN);
        }
        shown++;
    }
    if (more > 0) {
        struct buffer words;
        buffer_init(&words, 256);
        buffer_format(&words, "and %zu more that would fit (-v shows them)", more);
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
        page_to(page, PAGE_INDENT);
        page_style(page, STYLE_BOLD);
        page_verbatim(page, i == 0 ? "next" : "");
        page_style(page, STYLE_PLAIN);
        page_to(page, PAGE_COLUMN);
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
    put_findings(&page, verdict, true, column, options->verbose);
    put_findings(&page, verdict, false, column, options->verbose);
    put_words(&page, "your code", &verdict->code_notes);
    gap(&page, &before);
    put_next(&page, verdict);
    gap(&page, &before);
    parts_table(&page, verdict);
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
