/* The whole report: checklist, verdict, reasons, steps, table, depth. The verdict's words are laid out, never made. */
#include "report/report.h"

#include "report/parts.h"

enum { MARGIN = 2 };

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

void parts_next(struct page *page, const struct verdict *verdict)
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
    const size_t before = page->text.size;
    for (int id = 0; id < CHECK_COUNT; id++) {
        parts_check(page, evidence, verdict, (enum check_id)id, options->verbose);
    }
    if (page->text.size == before && before > 0 && !page->text.failed) {
        page->text.bytes[--page->text.size] = '\0'; /* no line of a check: the empty line before them is one too many */
    }
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
    parts_story(&page, evidence);
    page_end_line(&page);
    put_verdict(&page, verdict);
    page_end_line(&page);
    size_t before = page.text.size;
    parts_reasons(&page, verdict, options->verbose);
    put_words(&page, "your code", &verdict->code_notes);
    gap(&page, &before);
    parts_next(&page, verdict);
    gap(&page, &before);
    parts_way_section(&page, evidence, verdict);
    gap(&page, &before);
    parts_table(&page, verdict);
    gap(&page, &before);
    parts_clients(&page, verdict);
    gap(&page, &before);
    if (options->verbose) {
        parts_evidence(&page, evidence, verdict);
        parts_origins(&page, evidence);
        parts_quotes(&page, evidence);
        gap(&page, &before);
    } else {
        parts_not_looked_at(&page, evidence, verdict);
    }
    parts_last_line(&page, evidence, verdict);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}
