/* The way to a host, drawn from top to bottom: one line a segment, its far end at the right. */
#include "diagnose/way.h"

#include <string.h>

#include "facts/causes.h"
#include "report/parts.h"

enum {
    RAIL = 2,
    TITLE = 5,
    BELOW = 7, /* where a row's words begin when they stand below its title */
    LOST = 18,
    FAR_ROOM = 17,
    MARGIN = 2,
    LETTER = 4,
    DELAY_LEAST = 60,
    BESIDE_LEAST = 50, /* columns that let a row's words stand beside its title */
    NARROWEST = 24,
};

void parts_way_page(struct page *page, int width, bool colour)
{
    page_init(page, width, colour);
    if (width > 0 && width < page->width) {
        page->width = width < NARROWEST ? NARROWEST : width;
    }
}

static int words_column(const struct page *page)
{
    return page->width < BESIDE_LEAST ? BELOW : LOST;
}

/* The delay stands right-aligned before the address of the far end; a narrow page has no room for the address. */
static void put_right(struct page *page, const struct way_row *row)
{
    const int far = page->width - MARGIN - FAR_ROOM;
    const bool wide = page->width >= DELAY_LEAST + FAR_ROOM && page_width_of(row->far) <= FAR_ROOM;
    const int end = wide ? far - 2 : page->width - MARGIN;
    const int start = end - page_width_of(row->delay);
    if (row->delay[0] != '\0' && start > page->at) {
        page_to(page, start);
        page_verbatim(page, row->delay);
    }
    if (wide && row->far[0] != '\0' && far >= page->at) {
        page_to(page, far);
        page_verbatim(page, row->far);
    }
}

/* On lines of their own, beside the rail. */
static void put_below(struct page *page, const char *words, enum style style)
{
    const int column = words_column(page);
    page_to(page, RAIL);
    page_verbatim(page, "|");
    page_to(page, column);
    page_style(page, style);
    page->rail = "  |";
    page_words(page, column, page->width - MARGIN, words);
    page->rail = NULL;
    page_style(page, STYLE_PLAIN);
    page_end_line(page);
}

static void put_row(struct page *page, const struct way_row *row)
{
    static const enum style styles[] = {
        [WAY_MARK_NONE] = STYLE_PLAIN, [WAY_MARK_FINE] = STYLE_GOOD,      [WAY_MARK_BLAMED] = STYLE_BAD,
        [WAY_MARK_MAYBE] = STYLE_BAD,  [WAY_MARK_UNMEASURED] = STYLE_DIM,
    };
    static const char *const rails[] = { [WAY_MARK_NONE] = "|",
                                         [WAY_MARK_FINE] = "|",
                                         [WAY_MARK_BLAMED] = "X",
                                         [WAY_MARK_MAYBE] = "?",
                                         [WAY_MARK_UNMEASURED] = ":" };
    const int column = words_column(page);
    page_to(page, RAIL);
    page_style(page, styles[row->mark]);
    page_verbatim(page, rails[row->mark]);
    page_style(page, STYLE_PLAIN);
    page_to(page, TITLE);
    page_verbatim(page, way_segment_title(row->segment));
    if (column == LOST) {
        page_to(page, LOST);
        page_style(page, styles[row->mark]);
        page_verbatim(page, row->lost);
        page_style(page, STYLE_PLAIN);
    }
    put_right(page, row);
    page_end_line(page);
    if (column != LOST) {
        put_below(page, row->lost, styles[row->mark]);
    }
    if (row->detail[0] != '\0') {
        put_below(page, row->detail, STYLE_PLAIN);
    }
}

void parts_way(struct page *page, const struct way *way)
{
    page_to(page, RAIL);
    page_verbatim(page, "o");
    page_to(page, TITLE);
    page_verbatim(page, "you");
    if (way->start[0] == '\0') {
        page_end_line(page);
    } else if (LOST + page_width_of(way->start) <= page->width) {
        page_to(page, LOST);
        page_verbatim(page, way->start);
        page_end_line(page);
    } else {
        page_end_line(page);
        put_below(page, way->start, STYLE_PLAIN);
    }
    for (size_t i = 0; i < way->row_count; i++) {
        put_row(page, &way->rows[i]);
    }
    page_to(page, RAIL);
    page_verbatim(page, "o");
    page_end_line(page);
}

void parts_way_section(struct page *page, const struct evidence *evidence, const struct verdict *verdict)
{
    struct way way;
    if (evidence->path.hops.count == 0) {
        return;
    }
    if (way_describe(evidence, verdict, &way, NULL)) {
        page_label(page, "the way");
        page_end_line(page);
        parts_way(page, &way);
        for (size_t i = 0; i < way.sentences.count; i++) {
            page_to(page, RAIL);
            page_words(page, RAIL, page->width - MARGIN, way.sentences.items[i]);
            page_end_line(page);
        }
    } else {
        page->text.failed = true;
    }
    way_release(&way);
}

static void put_head(struct page *page, const struct evidence *evidence, const struct way *way)
{
    struct buffer words;
    buffer_init(&words, 4096);
    parts_title(&words, evidence);
    buffer_format(&words, way->tunnel[0] != '\0' ? ", %s" : "%s", way->tunnel);
    parts_header(page, words.failed ? "" : (const char *)words.bytes);
    page->text.failed |= words.failed;
    buffer_release(&words);
}

/* What the fault may be called when no cause leads; NULL: nothing, or several things. */
static const struct cause_fact *possible_of_way(const struct verdict *verdict, enum certainty *certainty)
{
    const struct cause_fact *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct cause_fact *fact = cause_fact(verdict->findings[i].cause);
        if (strcmp(fact->check, "mtu") == 0 || strcmp(fact->check, "path") == 0 ||
            strcmp(fact->check, "bandwidth") == 0) {
            found = found == NULL ? fact : found;
            count++;
            *certainty = verdict->findings[i].certainty;
        }
    }
    return count == 1 ? found : NULL;
}

static void put_found(struct page *page, const struct verdict *verdict, const struct way *way)
{
    static const enum style styles[] = {
        [WAY_UNKNOWN] = STYLE_WARN, [WAY_OPEN] = STYLE_WARN, [WAY_CLEAN] = STYLE_GOOD,
        [WAY_LOSS] = STYLE_BAD,     [WAY_HOLE] = STYLE_BAD,  [WAY_SLOW] = STYLE_BAD,
    };
    enum certainty certainty = verdict->certainty;
    const struct cause_fact *fact = cause_fact(verdict->cause);
    char cause[96] = "";
    if (fact == NULL && (way->kind == WAY_LOSS || way->kind == WAY_HOLE || way->kind == WAY_SLOW)) {
        fact = possible_of_way(verdict, &certainty);
    }
    page_to(page, PAGE_INDENT);
    page_style(page, styles[way->kind]);
    page_verbatim(page, way_word(way->kind));
    page_style(page, STYLE_PLAIN);
    if (fact != NULL) {
        snprintf(cause, sizeof cause, "%s, %s", fact->slug, field_name_of(certainty_names, (int)certainty));
        page_to(page, PAGE_COLUMN);
        page_words(page, PAGE_COLUMN, page->width - MARGIN, cause);
    }
    page_end_line(page);
    for (size_t i = 0; i < way->sentences.count; i++) {
        page_to(page, PAGE_INDENT);
        page_words(page, PAGE_INDENT, page->width - MARGIN, way->sentences.items[i]);
        page_end_line(page);
    }
}

/* "label: words": the label into the margin. */
static void put_labelled(struct page *page, const char *text)
{
    char label[16];
    const char *colon = text;
    while (*colon != '\0' && *colon != ':') {
        colon++;
    }
    snprintf(label, sizeof label, "%.*s", (int)(colon - text), text);
    page_entry(page, label, *colon != '\0' ? colon + 2 : "");
}

static void put_letter(struct page *page, const struct way *way, int column, int right)
{
    for (size_t i = 0; i < way->letter.count; i++) {
        page_to(page, column);
        page_words(page, column, right, way->letter.items[i]);
        page_end_line(page);
    }
}

static void put_next(struct page *page, const struct way *way)
{
    enum { LETTER_RIGHT = 76 };
    if (way->letter.count == 0) {
        return;
    }
    page_end_line(page);
    char head[96];
    snprintf(head, sizeof head, "to send to %s:", way->addressee);
    page_to(page, PAGE_INDENT);
    page_style(page, STYLE_BOLD);
    page_words(page, PAGE_INDENT, page->width - MARGIN, head);
    page_style(page, STYLE_PLAIN);
    page_end_line(page);
    put_letter(page, way, LETTER, page->width - MARGIN < LETTER_RIGHT ? page->width - MARGIN : LETTER_RIGHT);
}

bool report_way(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                const struct report_options *options, struct error *error)
{
    struct way way;
    struct page page;
    if (!way_describe(evidence, verdict, &way, error)) {
        way_release(&way);
        return false;
    }
    parts_way_page(&page, options->width, options->colour);
    put_head(&page, evidence, &way);
    parts_way(&page, &way);
    page_end_line(&page);
    put_found(&page, verdict, &way);
    page_end_line(&page);
    for (size_t i = 0; i < way.facts.count; i++) {
        put_labelled(&page, way.facts.items[i]);
    }
    for (size_t i = 0; i < way.missing.count; i++) {
        page_entry(&page, i == 0 ? "missing" : "", way.missing.items[i]);
    }
    put_next(&page, &way);
    if (options->verbose) {
        page_end_line(&page);
        parts_evidence(&page, evidence, verdict);
    }
    const bool done = page_print(&page, out, error);
    page_release(&page);
    way_release(&way);
    return done;
}

bool report_way_quiet(FILE *out, const struct evidence *evidence, const struct verdict *verdict, struct error *error)
{
    struct way way;
    struct page page;
    bool done = way_describe(evidence, verdict, &way, error);
    if (done) {
        page_init(&page, 0, false);
        page_verbatim(&page, way_word(way.kind));
        for (size_t i = 0; i < way.sentences.count; i++) {
            page_verbatim(&page, i == 0 ? ": " : " ");
            page_verbatim(&page, way.sentences.items[i]);
        }
        if (way.sentences.count == 0 && way.missing.count > 0) {
            page_verbatim(&page, ": ");
            page_verbatim(&page, way.missing.items[0]);
        }
        page_end_line(&page);
        done = page_print(&page, out, error);
        page_release(&page);
    }
    way_release(&way);
    return done;
}

bool report_way_ticket(FILE *out, const struct evidence *evidence, const struct verdict *verdict, struct error *error)
{
    enum { WIDTH = 72 };
    struct way way;
    struct page page;
    bool done = way_describe(evidence, verdict, &way, error);
    if (done) {
        const struct words *text = way.letter.count > 0 ? &way.letter : &way.sentences;
        page_init(&page, WIDTH, false);
        for (size_t i = 0; i < text->count; i++) {
            page_words(&page, 0, WIDTH, text->items[i]);
            page_end_line(&page);
        }
        if (evidence->redacted.source != SOURCE_NONE && evidence->redacted.v) {
            page_words(&page, 0, WIDTH, "Names and addresses are replaced; equal ones by equal ones.");
            page_end_line(&page);
        }
        done = page_print(&page, out, error);
        page_release(&page);
    }
    way_release(&way);
    return done;
}
