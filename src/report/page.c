#include "report/page.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "report/width.h"

/* A report is some kilobytes; the cap only bounds what a hostile document could make of it. */
enum { PAGE_CAP = 8 << 20, MARGIN = 2, NARROWEST = 40 };

void page_init(struct page *page, int width, bool colour)
{
    *page = (struct page){ .width = width <= 0 ? 80 : width < NARROWEST ? NARROWEST : width, .colour = colour };
    buffer_init(&page->text, PAGE_CAP);
}

void page_release(struct page *page)
{
    buffer_release(&page->text);
}

int page_width_of(const char *text)
{
    int width = 0;
    while (*text != '\0') {
        width += width_next(&text);
    }
    return width;
}

static void pad(struct page *page, int column)
{
    for (; page->at < column; page->at++) {
        buffer_text(&page->text, " ");
    }
}

static void put(struct page *page, const char *text, size_t size, int width)
{
    buffer_add(&page->text, text, size);
    page->at += width;
}

void page_end_line(struct page *page)
{
    if (page->tail[0] != '\0') {
        int column = page->width - MARGIN - page_width_of(page->tail);
        pad(page, column > page->at ? column : page->at + 2);
        page_style(page, STYLE_DIM);
        buffer_text(&page->text, page->tail);
        page_style(page, STYLE_PLAIN);
        page->tail[0] = '\0';
    }
    buffer_text(&page->text, "\n");
    page->at = 0;
}

void page_to(struct page *page, int column)
{
    if (page->at > column) {
        page_end_line(page);
    }
    pad(page, column);
}

void page_tail(struct page *page, const char *text)
{
    snprintf(page->tail, sizeof page->tail, "%s", text);
}

void page_style(struct page *page, enum style style)
{
    static const char *const codes[] = {
        [STYLE_PLAIN] = "\x1b[0m", [STYLE_BOLD] = "\x1b[1m", [STYLE_GOOD] = "\x1b[32m",
        [STYLE_WARN] = "\x1b[33m", [STYLE_BAD] = "\x1b[31m", [STYLE_DIM] = "\x1b[2m",
    };
    if (page->colour) {
        buffer_text(&page->text, codes[style]);
    }
}

/* The text itself when it is clean, else an escaped copy in *owned. NULL: no memory. */
static const char *harmless(struct page *page, const char *text, char **owned)
{
    *owned = NULL;
    if (text_is_clean(text)) {
        return text;
    }
    *owned = text_escape(text, strlen(text), strlen(text) * 4);
    if (*owned == NULL) {
        page->text.failed = true;
        return "";
    }
    return *owned;
}

/* The next line of what is wrapped. */
static void wrap(struct page *page, int column)
{
    page_end_line(page);
    if (page->rail != NULL) {
        put(page, page->rail, strlen(page->rail), page_width_of(page->rail));
    }
    pad(page, column);
}

/* One word, broken where the line ends when it is wider than a whole line. */
static void put_word(struct page *page, int column, int right, const char *word, size_t size)
{
    const char *end = word + size;
    while (word < end) {
        const char *from = word;
        int width = width_next(&word);
        if (page->at + width > right && page->at > column) {
            wrap(page, column);
        }
        put(page, from, (size_t)(word - from), width);
    }
}

static int width_of_n(const char *text, size_t size)
{
    const char *end = text + size;
    int width = 0;
    while (text < end) {
        width += width_next(&text);
    }
    return width;
}

void page_words(struct page *page, int column, int right, const char *words)
{
    char *owned;
    const char *text = harmless(page, words, &owned);
    bool first = true;
    while (*text != '\0') {
        size_t size = strcspn(text, " ");
        int width = width_of_n(text, size);
        if (!first && page->at + 1 + width > right && page->at > column) {
            wrap(page, column);
        } else if (!first) {
            put(page, " ", 1, 1);
        }
        put_word(page, column, right, text, size);
        first = false;
        text += size;
        text += *text == ' ' ? 1 : 0;
    }
    alloc_free(owned);
}

void page_verbatim(struct page *page, const char *text)
{
    char *owned;
    const char *clean = harmless(page, text, &owned);
    put(page, clean, strlen(clean), page_width_of(clean));
    alloc_free(owned);
}

void page_label(struct page *page, const char *label)
{
    page_to(page, PAGE_INDENT);
    if (label[0] != '\0') {
        page_style(page, STYLE_BOLD);
        page_verbatim(page, label);
        page_style(page, STYLE_PLAIN);
    }
    page_to(page, PAGE_COLUMN);
}

void page_entry(struct page *page, const char *label, const char *words)
{
    page_label(page, label);
    page_words(page, PAGE_COLUMN, page->width - MARGIN, words);
    page_end_line(page);
}

bool page_print(struct page *page, FILE *out, struct error *error)
{
    if (page->text.failed) {
        return error_no_memory(error);
    }
    if (page->text.size > 0 && fwrite(page->text.bytes, 1, page->text.size, out) != page->text.size) {
        return error_set(error, ERROR_INTERNAL, "cannot write: %s", strerror(errno));
    }
    return true;
}
