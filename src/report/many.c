/* Files that were read, and many looks at once. */
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/parts.h"

enum { MARGIN = 2, ROWS_MAX = 40, WORD_COLUMN = 12, NOTE_COLUMN = 4 };

bool report_files(FILE *out, const struct report_file *files, size_t count, const char *closing,
                  const struct report_options *options, struct error *error)
{
    struct page page;
    page_init(&page, options->width, options->colour);
    page_end_line(&page);
    for (size_t i = 0; i < count; i++) {
        struct buffer words;
        buffer_init(&words, 65536);
        if (count > 1) {
            buffer_format(&words, "%zu  ", i + 1); /* the number that the story of several files knows it by */
        }
        buffer_format(&words, "%s: %s", files[i].path, files[i].found[0] != '\0' ? files[i].found : "not used");
        page_to(&page, PAGE_INDENT);
        page_words(&page, NOTE_COLUMN, page.width - MARGIN, words.failed ? "" : (const char *)words.bytes);
        page_end_line(&page);
        page.text.failed |= words.failed;
        buffer_release(&words);
        for (size_t j = 0; j < files[i].skipped_count; j++) {
            page_to(&page, NOTE_COLUMN);
            page_words(&page, NOTE_COLUMN, page.width - MARGIN, files[i].skipped[j]);
            page_end_line(&page);
        }
    }
    if (closing != NULL) {
        page_end_line(&page);
        page_to(&page, PAGE_INDENT);
        page_words(&page, PAGE_INDENT, page.width - MARGIN, closing);
        page_end_line(&page);
    }
    const bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}

int report_gravity(const struct verdict *verdict)
{
    static const int gravity[] = {
        [VERDICT_OK] = 0, [VERDICT_UNKNOWN] = 1, [VERDICT_DEGRADED] = 2, [VERDICT_BLOCKED] = 3
    };
    return gravity[verdict->status];
}

static void put_look(struct page *page, const struct side *look)
{
    const struct evidence *e = look->evidence;
    const struct ev_connection *first = e->connections.items;
    struct buffer words;
    buffer_init(&words, 65536);
    page_to(page, PAGE_INDENT);
    page_verbatim(page, parts_word_of(look->verdict));
    if (first != NULL && first->recorded.client.v != NULL) {
        buffer_format(&words, "%s to ", first->recorded.client.v);
    } else if (first == NULL && e->told.by.source != SOURCE_NONE && e->server.visits.count > 0) {
        const struct ev_visit *visit = e->server.visits.items;
        buffer_format(&words, "%s to ", visit->client.v != NULL ? visit->client.v : "");
    }
    parts_title(&words, e);
    buffer_text(&words, ", ");
    parts_headline(&words, look->verdict);
    page_to(page, WORD_COLUMN);
    page_words(page, WORD_COLUMN, page->width - MARGIN, words.failed ? "" : (const char *)words.bytes);
    page_end_line(page);
    page->text.failed |= words.failed;
    buffer_release(&words);
}

bool report_many(FILE *out, const struct side *looks, size_t count, const struct report_options *options,
                 struct error *error)
{
    struct page page;
    size_t shown = 0;
    page_init(&page, options->width, options->colour);
    page_end_line(&page);
    for (int gravity = 3; gravity >= 0; gravity--) {
        for (size_t i = 0; i < count; i++) {
            if (report_gravity(looks[i].verdict) == gravity && (shown < ROWS_MAX || options->verbose)) {
                put_look(&page, &looks[i]);
                shown++;
            }
        }
    }
    if (shown < count) {
        char rest[80];
        snprintf(rest, sizeof rest, "and %zu more (-v shows them)", count - shown);
        page_to(&page, PAGE_INDENT);
        page_words(&page, PAGE_INDENT, page.width - MARGIN, rest);
        page_end_line(&page);
    }
    const bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}
