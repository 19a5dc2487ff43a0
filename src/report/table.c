#include "report/parts.h"

#include "facts/causes.h"
#include "facts/profiles.h"

/* Two columns of wrapped text side by side: each cell is set on a page of its own, then the lines are joined. */
enum { MARGIN = 2, LEFT_WIDEST = 34, LEFT_NARROWEST = 24, GAP = 3 };

static const char *take_line(const char **text, size_t *size)
{
    const char *line = *text;
    const char *end = line;
    while (*end != '\0' && *end != '\n') {
        end++;
    }
    *size = (size_t)(end - line);
    *text = *end == '\n' ? end + 1 : end;
    return line;
}

static void set_cell(struct page *cell, int width, const char *words)
{
    page_init(cell, 0, false);
    page_words(cell, 0, width, words);
}

static const char *text_of(const struct page *cell)
{
    return cell->text.size > 0 ? (const char *)cell->text.bytes : "";
}

static void put_row(struct page *page, int left_width, const char *left_words, const char *right_words)
{
    struct page cells[2];
    int column = PAGE_INDENT + left_width + GAP;
    set_cell(&cells[0], left_width, left_words);
    set_cell(&cells[1], page->width - MARGIN - column, right_words);
    const char *left = text_of(&cells[0]);
    const char *right = text_of(&cells[1]);
    while (*left != '\0' || *right != '\0') {
        size_t size;
        const char *line = take_line(&left, &size);
        char text[2048];
        snprintf(text, sizeof text, "%.*s", (int)size, line);
        page_to(page, PAGE_INDENT);
        page_verbatim(page, text);
        line = take_line(&right, &size);
        if (size > 0) {
            snprintf(text, sizeof text, "%.*s", (int)size, line);
            page_to(page, column);
            page_verbatim(page, text);
        }
        page_end_line(page);
    }
    page->text.failed |= cells[0].text.failed || cells[1].text.failed;
    page_release(&cells[0]);
    page_release(&cells[1]);
}

enum { OPEN_SHOWN = 4 };

/* The cause, what is likely beside it, and as many of the open ones as the report lists. What only a code hints at is
 * no issue that was found. */
static bool is_issue(const struct verdict *verdict, size_t i)
{
    const struct finding *finding = &verdict->findings[i];
    if (cause_fact(finding->cause) == NULL) {
        return false;
    }
    if (finding->cause == verdict->cause || finding->certainty >= CERTAINTY_LIKELY) {
        return true;
    }
    size_t open = 0;
    for (size_t k = 0; k <= i; k++) {
        open += verdict->findings[k].blocks && verdict->findings[k].cause != verdict->cause ? 1 : 0;
    }
    return finding->blocks && open <= OPEN_SHOWN;
}

void parts_table(struct page *page, const struct verdict *verdict)
{
    int width = LEFT_NARROWEST;
    size_t count = 0;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (is_issue(verdict, i)) {
            int own = page_width_of(cause_fact(verdict->findings[i].cause)->title);
            width = own > width ? own : width;
            count++;
        }
    }
    if (count == 0) {
        return;
    }
    width = width > LEFT_WIDEST ? LEFT_WIDEST : width;
    page_style(page, STYLE_BOLD);
    put_row(page, width, "Potential issue", "Recommended action");
    page_style(page, STYLE_PLAIN);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (is_issue(verdict, i)) {
            const struct cause_fact *fact = cause_fact(finding->cause);
            put_row(page, width, fact->title, finding->action != NULL ? finding->action : fact->action);
        }
    }
}

static void put_client(struct page *page, int width, const struct reading_fit *row)
{
    const struct profile_fact *profile = row->profile.v != NULL ? profile_by_id(row->profile.v) : NULL;
    const char *why = row->why.v != NULL ? row->why.v : "";
    struct buffer words;
    buffer_init(&words, 4096);
    if (row->fits.source == SOURCE_NONE) {
        buffer_format(&words, "cannot tell: %s", why);
    } else if (row->fits.v) {
        buffer_text(&words, "fits");
    } else {
        buffer_format(&words, "does not fit: %s", why);
    }
    put_row(page, width, profile != NULL ? profile->title : row->profile.v,
            words.size > 0 ? (const char *)words.bytes : "");
    page->text.failed |= words.failed;
    buffer_release(&words);
}

void parts_clients(struct page *page, const struct verdict *verdict)
{
    const struct ev_list *profiles = &verdict->readings.client.profiles;
    if (profiles->count < 2) {
        return;
    }
    page_style(page, STYLE_BOLD);
    put_row(page, LEFT_WIDEST, "Client", "Does it fit");
    page_style(page, STYLE_PLAIN);
    ev_each (row, const struct reading_fit, profiles) {
        put_client(page, LEFT_WIDEST, row);
    }
}
