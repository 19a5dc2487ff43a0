#include "report/way_live.h"

#include <string.h>

#include "diagnose/way.h"
#include "report/parts.h"

enum { INDENT = 2, MARGIN = 2 };

static void put_title(struct page *page, const struct evidence *evidence, const struct way *way)
{
    struct buffer words;
    buffer_init(&words, 4096);
    parts_title(&words, evidence);
    buffer_format(&words, way->tunnel[0] != '\0' ? ", %s" : "%s", way->tunnel);
    page_to(page, INDENT);
    page_style(page, STYLE_BOLD);
    page_words(page, INDENT, page->width - MARGIN, words.failed ? "" : (const char *)words.bytes);
    page_style(page, STYLE_PLAIN);
    page_end_line(page);
    page_end_line(page);
    page->text.failed |= words.failed;
    buffer_release(&words);
}

static void put_status(struct page *page, const struct evidence *evidence, const struct way_frame *frame)
{
    char words[160];
    page_end_line(page);
    if (frame->step != NULL) {
        const int64_t probes = evidence->path.probes.source != SOURCE_NONE ? evidence->path.probes.v : 0;
        int used = snprintf(words, sizeof words, "%s, %d s", frame->step, frame->seconds);
        if (probes > 0 && used > 0 && (size_t)used < sizeof words) {
            snprintf(words + used, sizeof words - (size_t)used, ", %lld probes", (long long)probes);
        }
        page_to(page, INDENT);
        page_words(page, INDENT, page->width - MARGIN, words);
        page_end_line(page);
    }
    page_to(page, INDENT);
    page_style(page, STYLE_DIM);
    page_words(page, INDENT, page->width - MARGIN,
               frame->keys ? "q stops and reports what is known" : "Ctrl-C stops and reports what is known");
    page_style(page, STYLE_PLAIN);
    page_end_line(page);
}

static int lines_of(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

/* What lies behind so many lines. */
static char *behind_lines(char *text, int count)
{
    for (; count > 0 && *text != '\0'; text++) {
        count -= *text == '\n';
    }
    return text;
}

/* Leaves `rows` lines: what does not fit is left out above the status, which says what goes on and how to stop it. */
static void cut_lines(char *text, size_t above, int rows)
{
    const char *status = text + above;
    const int below = lines_of(status);
    if (lines_of(text) <= rows) {
        return;
    }
    char *cut = behind_lines(text, rows > below ? rows - below : 0);
    memmove(cut, status, strlen(status) + 1);
    *behind_lines(text, rows > 0 ? rows : 0) = '\0';
}

char *report_way_frame(const struct evidence *evidence, const struct verdict *verdict, const struct way_frame *frame,
                       struct error *error)
{
    struct way way;
    struct page page;
    char *text = NULL;
    if (!way_describe(evidence, verdict, &way, error)) {
        way_release(&way);
        return NULL;
    }
    parts_way_page(&page, frame->columns, frame->colour);
    put_title(&page, evidence, &way);
    parts_way(&page, &way);
    for (size_t i = 0; i < way.sentences.count; i++) {
        page_end_line(&page);
        page_to(&page, INDENT);
        page_words(&page, INDENT, page.width - MARGIN, way.sentences.items[i]);
        page_end_line(&page);
    }
    const size_t above = page.text.size;
    put_status(&page, evidence, frame);
    text = buffer_steal_text(&page.text);
    if (text == NULL) {
        error_no_memory(error);
    } else {
        cut_lines(text, above, frame->rows);
    }
    page_release(&page);
    way_release(&way);
    return text;
}
