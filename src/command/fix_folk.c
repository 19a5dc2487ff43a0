/* rdpwhy fix --folk: popular advice that hurts or does not help, and what to do instead. */
#include "base/attributes.h"
#include "command/fix.h"
#include "facts/folk.h"
#include "report/page.h"
#include "json/compose.h"

enum { MARGIN = 2 };

static char lower(char letter)
{
    return (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

static bool holds(const char *text, const char *word)
{
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (word[i] != '\0' && lower(text[i]) == lower(word[i])) {
            i++;
        }
        if (word[i] == '\0') {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const struct folk_fact *folk, const char *const *words)
{
    const char *const texts[] = { folk->id, folk->advice, folk->verdict, folk->why, folk->instead };
    for (; *words != NULL; words++) {
        bool found = false;
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
            found = found || holds(texts[i], *words);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

bool fix_folk_any(const char *const *words)
{
    const struct folk_fact *folk;
    for (unsigned i = 0; (folk = folk_at(i)) != NULL; i++) {
        if (is_wanted(folk, words)) {
            return true;
        }
    }
    return false;
}

bool fix_print_folk(FILE *out, const char *const *words, bool colour, struct error *error)
{
    struct page page;
    const struct folk_fact *folk;
    page_init(&page, output_width_for(out), colour);
    for (unsigned i = 0; (folk = folk_at(i)) != NULL; i++) {
        if (!is_wanted(folk, words)) {
            continue;
        }
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
    page_end_line(&page);
    page_to(&page, MARGIN);
    page_words(&page, MARGIN, page.width - MARGIN,
               "A name such as rdp-key-acl is a repair: rdpwhy fix NAME prints it with its risk and its undo.");
    page_end_line(&page);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}

char *fix_folk_document(const char *const *words, struct error *error)
{
    struct compose *compose = compose_new("fix");
    const struct folk_fact *folk;
    compose_array(compose, "folk");
    for (unsigned i = 0; (folk = folk_at(i)) != NULL; i++) {
        if (!is_wanted(folk, words)) {
            continue;
        }
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
