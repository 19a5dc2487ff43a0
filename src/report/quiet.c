#include "report/report.h"

#include "report/parts.h"

int report_exit_status(const struct verdict *verdict)
{
    switch (verdict->status) {
    case VERDICT_OK:
        return 0;
    case VERDICT_DEGRADED:
        return 1;
    case VERDICT_BLOCKED:
        return 2;
    case VERDICT_UNKNOWN:
        return 3;
    }
    return ERROR_INTERNAL;
}

bool report_quiet(FILE *out, const struct evidence *evidence, const struct verdict *verdict, struct error *error)
{
    (void)evidence;
    struct buffer words;
    buffer_init(&words, 65536);
    parts_headline(&words, verdict);
    const bool bare = words.size == 0;
    if (verdict->status != VERDICT_OK) {
        buffer_text(&words, ": ");
        parts_sentence(&words, verdict);
    }
    struct page page;
    page_init(&page, 0, false);
    page_verbatim(&page, parts_word_of(verdict));
    page_verbatim(&page, bare ? "" : " ");
    page_verbatim(&page, words.failed || words.size == 0 ? "" : (const char *)words.bytes);
    page_end_line(&page);
    page.text.failed |= words.failed;
    bool done = page_print(&page, out, error);
    buffer_release(&words);
    page_release(&page);
    return done;
}
