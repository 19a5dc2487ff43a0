#include "report/report.h"

#include <string.h>

#include "facts/causes.h"
#include "report/parts.h"

enum { MARGIN = 2 };

bool report_said(FILE *out, const char *title, const struct said_list *list, const struct report_options *options,
                 struct error *error)
{
    static const char *const labels[] = {
        [WEIGHT_FAULT] = "wrong",
        [WEIGHT_BESIDE] = "beside",
        [WEIGHT_FACT] = "is",
        [WEIGHT_UNREAD] = "not read",
    };
    struct page page;
    page_init(&page, options->width, options->colour);
    parts_header(&page, title);
    for (size_t i = 0; i < list->count; i++) {
        const struct said *said = &list->items[i];
        bool first = i == 0 || list->items[i - 1].weight != said->weight;
        if (first && i > 0) {
            page_end_line(&page);
        }
        page_entry(&page, first ? labels[said->weight] : "", said->text);
        const struct cause_fact *fact = cause_fact(said->cause);
        if (fact != NULL) {
            page_to(&page, PAGE_COLUMN + 2);
            page_verbatim(&page, "speaks for ");
            page_verbatim(&page, fact->slug);
            page_end_line(&page);
        }
    }
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}
