#include "report/checklist.h"

#include <string.h>

#include "base/buffer.h"
#include "report/parts.h"

enum { NUMBER_COLUMN = 2, TEXT_COLUMN = 6, MARGIN = 2, WORDS_CAP = 1 << 20 };

void report_checklist_title(const struct checklist *checklist, char *text, size_t size)
{
    const struct cause_fact *fact = cause_fact(checklist->cause);
    if (fact != NULL) {
        snprintf(text, size, "Is it %s? What decides, and what looks alike", fact->slug);
    } else if (checklist->explanation != NULL && checklist->explanation->asked[0] == '\0') {
        snprintf(text, size, "The client showed a code: what to look at, in order");
    } else if (checklist->explanation != NULL) {
        snprintf(text, size, "The client said %s: what to look at, in order", checklist->explanation->asked);
    } else {
        snprintf(text, size, "Remote Desktop does not connect: what to look at, in order");
    }
}

static const char *sentence_of(const struct checklist *checklist)
{
    const struct cause_fact *fact = cause_fact(checklist->cause);
    return fact != NULL                     ? fact->sentence
           : checklist->explanation != NULL ? checklist->explanation->summary
                                            : "Cheap looks before dear ones, looking before changing. HOST stands for "
                                              "the server. Stop where it says stop.";
}

/* What a line begins with, and the text behind it; NULL: no such line. */
static void put_line(struct page *page, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    page_to(page, TEXT_COLUMN);
    page_style(page, STYLE_DIM);
    page_verbatim(page, label);
    page_style(page, STYLE_PLAIN);
    page_words(page, TEXT_COLUMN, page->width - MARGIN, text);
    page_end_line(page);
}

static void put_step(struct page *page, const struct checklist_step *step, unsigned number)
{
    char text[16];
    snprintf(text, sizeof text, "%2u", number);
    page_to(page, NUMBER_COLUMN);
    page_verbatim(page, text);
    page_to(page, TEXT_COLUMN);
    page_tail(page, parts_place_words(step->where));
    if (step->title != NULL) {
        page_style(page, STYLE_BOLD);
        page_words(page, TEXT_COLUMN, page->width - MARGIN - 9, step->title);
        page_style(page, STYLE_PLAIN);
        page_end_line(page);
        page_to(page, TEXT_COLUMN);
    }
    page_words(page, TEXT_COLUMN, page->width - MARGIN - (step->title != NULL ? 0 : 9), step->how);
    page_end_line(page);
    if (step->command[0] != '\0') {
        page_to(page, TEXT_COLUMN);
        page_verbatim(page, "> ");
        page_verbatim(page, step->command);
        page_end_line(page);
    }
    put_line(page, "tells it from: ", step->apart);
    put_line(page, "right when: ", step->when);
    put_line(page, "why here: ", step->why);
    put_line(page, "it means: ", step->means);
    put_line(page, "stop when: ", step->stop);
}

static void list_suspects(const struct checklist *checklist, struct buffer *words)
{
    for (unsigned i = 0; i < checklist->suspect_count; i++) {
        buffer_format(words, "%s%s", i > 0 ? ", " : "", cause_fact(checklist->suspects[i])->slug);
    }
}

static const char *suspects_label(const struct checklist *checklist)
{
    return checklist->cause != CAUSE_NONE ? "looks alike" : "suspects";
}

bool report_checklist(FILE *out, const struct checklist *checklist, const struct report_options *options,
                      struct error *error)
{
    char title[160];
    struct page page;
    struct buffer suspects;
    page_init(&page, options->width, options->colour);
    buffer_init(&suspects, WORDS_CAP);
    report_checklist_title(checklist, title, sizeof title);
    parts_header(&page, title);
    page_to(&page, PAGE_INDENT);
    page_words(&page, PAGE_INDENT, page.width - MARGIN, sentence_of(checklist));
    page_end_line(&page);
    if (checklist->suspect_count > 0) {
        buffer_format(&suspects, "%s: ", suspects_label(checklist));
        list_suspects(checklist, &suspects);
        page_to(&page, PAGE_INDENT);
        page_words(&page, PAGE_INDENT, page.width - MARGIN, suspects.failed ? "" : (const char *)suspects.bytes);
        page_end_line(&page);
    }
    for (unsigned i = 0; i < checklist->count; i++) {
        page_end_line(&page);
        put_step(&page, &checklist->steps[i], i + 1);
    }
    page.text.failed |= suspects.failed;
    bool done = page_print(&page, out, error);
    buffer_release(&suspects);
    page_release(&page);
    return done;
}

static void add_markdown(struct buffer *text, const char *label, const char *words)
{
    if (words != NULL && words[0] != '\0') {
        buffer_format(text, "   *%s:* %s\n\n", label, words);
    }
}

static void markdown_step(struct buffer *text, const struct checklist_step *step, unsigned number)
{
    buffer_format(text, "%u. **%s** (%s)\n\n", number, step->title != NULL ? step->title : step->how,
                  parts_place_words(step->where));
    if (step->title != NULL) {
        buffer_format(text, "   %s\n\n", step->how);
    }
    if (step->command[0] != '\0') {
        buffer_format(text, "   ```\n   %s\n   ```\n\n", step->command);
    }
    add_markdown(text, "Tells it from", step->apart);
    add_markdown(text, "Right when", step->when);
    add_markdown(text, "Why here", step->why);
    add_markdown(text, "It means", step->means);
    add_markdown(text, "Stop when", step->stop);
}

bool report_checklist_markdown(FILE *out, const struct checklist *checklist, struct error *error)
{
    char title[160];
    struct buffer text;
    buffer_init(&text, WORDS_CAP);
    report_checklist_title(checklist, title, sizeof title);
    buffer_format(&text, "# %s\n\n%s\n\n", title, sentence_of(checklist));
    if (checklist->suspect_count > 0) {
        buffer_format(&text, "*%s:* ", suspects_label(checklist));
        list_suspects(checklist, &text);
        buffer_text(&text, "\n\n");
    }
    for (unsigned i = 0; i < checklist->count; i++) {
        markdown_step(&text, &checklist->steps[i], i + 1);
    }
    bool done = !text.failed || error_no_memory(error);
    /* The last step's empty line is one too many. */
    size_t size = text.size > 0 ? text.size - 1 : 0;
    if (done && fwrite(text.bytes, 1, size, out) != size) {
        done = error_set(error, ERROR_INTERNAL, "cannot write the checklist");
    }
    buffer_release(&text);
    return done;
}
