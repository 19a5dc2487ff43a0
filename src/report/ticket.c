/* A note to paste into a ticket: plain lines, no colour, no columns that a mail program would break, and what the one
 * who must act needs: what, since when, proof, what to do, how to check. */

#include "base/clock.h"
#include "facts/causes.h"
#include "report/parts.h"

enum { WIDTH = 72, RIGHT = 72, BULLET = 2 };

static void line(struct page *page, const char *words)
{
    page_words(page, 0, RIGHT, words);
    page_end_line(page);
}

static void bullet(struct page *page, const char *words)
{
    page_verbatim(page, "- ");
    page_words(page, BULLET, RIGHT, words);
    page_end_line(page);
}

static void from_buffer(struct page *page, struct buffer *words)
{
    page->text.failed |= words->failed;
    if (!words->failed && words->size > 0) {
        line(page, (const char *)words->bytes);
    }
    buffer_clear(words);
}

static void put_head(struct page *page, const struct evidence *evidence, const struct verdict *verdict)
{
    struct buffer words;
    buffer_init(&words, 65536);
    buffer_text(&words, "Remote Desktop to ");
    parts_title(&words, evidence);
    buffer_format(&words, ": %s ", parts_word_of(verdict));
    parts_headline(&words, verdict);
    from_buffer(page, &words);
    if (verdict->status != VERDICT_OK) {
        parts_sentence(&words, verdict);
        from_buffer(page, &words);
    }
    if (evidence->started.source != SOURCE_NONE) {
        char text[CLOCK_TEXT_SIZE];
        clock_format(evidence->started.v - evidence->started.v % 1000000, text);
        buffer_format(&words, "Seen at %s.", text);
        from_buffer(page, &words);
    }
    buffer_release(&words);
    if (evidence->redacted.source != SOURCE_NONE && evidence->redacted.v) {
        line(page, "Names and addresses are replaced (n1, 10.0.0.1, ...); equal ones by equal ones. "
                   "Say in the ticket which host is meant.");
    }
}

static void put_section(struct page *page, const char *title)
{
    page_end_line(page);
    line(page, title);
}

static void put_findings(struct page *page, const struct verdict *verdict)
{
    if (verdict->because.count > 0) {
        put_section(page, "Because:");
    }
    for (size_t i = 0; i < verdict->because.count; i++) {
        bullet(page, verdict->because.items[i]);
    }
    if (verdict->ruled_out_count > 0) {
        put_section(page, "Ruled out:");
    }
    for (size_t i = 0; i < verdict->ruled_out_count; i++) {
        const struct cause_fact *fact = cause_fact(verdict->ruled_out[i].cause);
        struct buffer words;
        buffer_init(&words, 65536);
        buffer_format(&words, "%s: %s", fact != NULL ? fact->slug : "", verdict->ruled_out[i].because);
        page->text.failed |= words.failed;
        bullet(page, words.failed ? "" : (const char *)words.bytes);
        buffer_release(&words);
    }
}

static void put_open(struct page *page, const struct verdict *verdict)
{
    bool first = true;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        const struct cause_fact *fact = cause_fact(finding->cause);
        if (fact == NULL || finding->cause == verdict->cause || !finding->blocks) {
            continue;
        }
        const struct test_fact *test = finding->decider_count > 0 ? test_fact(finding->deciders[0].test) : NULL;
        struct buffer words;
        buffer_init(&words, 65536);
        buffer_format(&words, test != NULL ? "%s; decide: %s" : "%s", fact->slug, test != NULL ? test->words : "");
        if (first) {
            put_section(page, "Still open:");
        }
        page->text.failed |= words.failed;
        bullet(page, words.failed ? "" : (const char *)words.bytes);
        buffer_release(&words);
        first = false;
    }
}

static void put_next(struct page *page, const struct verdict *verdict)
{
    if (verdict->next_count > 0) {
        put_section(page, "To do:");
    }
    for (size_t i = 0; i < verdict->next_count; i++) {
        const struct next_step *step = &verdict->next[i];
        const char *risk = parts_risk_words(step->risk);
        struct buffer words;
        buffer_init(&words, 65536);
        buffer_format(&words, "%s: %s", place_name(step->where), step->what != NULL ? step->what : "");
        buffer_format(&words, risk[0] != '\0' ? " (%s)" : "%s", risk);
        page->text.failed |= words.failed;
        bullet(page, words.failed ? "" : (const char *)words.bytes);
        buffer_release(&words);
        if (step->command != NULL) {
            page_verbatim(page, "    ");
            page_verbatim(page, step->command);
            page_end_line(page);
        }
    }
}

bool report_ticket(FILE *out, const struct evidence *evidence, const struct verdict *verdict, struct error *error)
{
    struct page page;
    page_init(&page, WIDTH, false);
    put_head(&page, evidence, verdict);
    put_findings(&page, verdict);
    put_open(&page, verdict);
    put_next(&page, verdict);
    page_end_line(&page);
    struct buffer words;
    buffer_init(&words, 65536);
    buffer_text(&words, "Looked at: ");
    parts_looked_at(&words, evidence, verdict);
    from_buffer(&page, &words);
    buffer_release(&words);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}
