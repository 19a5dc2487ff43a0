/* rdpwhy fix --folk: popular advice that hurts or does not help, and what to do instead. */
#include "command/fix.h"
#include "facts/folk.h"
#include "report/page.h"
#include "json/compose.h"

enum { MARGIN = 2 };

bool fix_print_folk(FILE *out, bool colour, struct error *error)
{
    struct page page;
    const struct folk_fact *folk;
    page_init(&page, output_width_for(out), colour);
    for (unsigned i = 0; (folk = folk_at(i)) != NULL; i++) {
        page_end_line(&page);
        page_to(&page, MARGIN);
        page_style(&page, STYLE_BOLD);
        page_words(&page, MARGIN, page.width - MARGIN, folk->advice);
        page_style(&page, STYLE_PLAIN);
        page_end_line(&page);
        page_entry(&page, "verdict", folk->verdict);
        page_entry(&page, "why", folk->why);
        page_entry(&page, "instead", folk->instead);
    }
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}

char *fix_folk_document(struct error *error)
{
    struct compose *compose = compose_new("fix");
    const struct folk_fact *folk;
    compose_array(compose, "folk");
    for (unsigned i = 0; (folk = folk_at(i)) != NULL; i++) {
        compose_object(compose, NULL);
        compose_text(compose, "id", folk->id);
        compose_text(compose, "advice", folk->advice);
        compose_text(compose, "verdict", folk->verdict);
        compose_text(compose, "why", folk->why);
        compose_text(compose, "instead", folk->instead);
        compose_end(compose);
    }
    compose_end(compose);
    return compose_finish(compose, error);
}
