#include <string.h>

#include "base/attributes.h"
#include "command/explain.h"
#include "command/output.h"
#include "report/page.h"

enum { LEFT = 2, COLUMN = 14, TITLE_COLUMN = COLUMN + 26, NARROW = 60, FEW = 3, MANY = 10 };

static void label(struct page *page, const char *text, enum style style)
{
    page_to(page, LEFT);
    page_style(page, style);
    page_words(page, LEFT, page->width, text);
    page_style(page, STYLE_PLAIN);
    page_to(page, COLUMN);
}

static void line(struct page *page, const char *left, const char *words)
{
    if (left != NULL)
        label(page, left, STYLE_DIM);
    page_to(page, COLUMN);
    page_words(page, COLUMN, page->width, words);
    page_end_line(page);
}

/* "disconnect 2308, disconnectReasonAtClientWinsockFDCLOSE; tcp; documented" and where it is written. */
static void print_origin(struct page *page, const struct explained_code *code)
{
    const char *sources = code->fact != NULL ? code->fact->sources : code->event->sources;
    const struct source_fact *source = source_fact(sources, (unsigned)strcspn(sources, " "));
    char words[512];
    if (code->event != NULL)
        snprintf(words, sizeof words, "%s, in %s; %s by %s", code->event->provider, code->event->channel,
                 code->event->confidence, source->what);
    else
        snprintf(words, sizeof words, "%s %u%s%s, layer %s; %s by %s", code_kind_name(code->kind), code->value,
                 code->fact->name != NULL ? ", " : "", code->fact->name != NULL ? code->fact->name : "",
                 code->fact->layer, code->fact->confidence, source->what);
    page_style(page, STYLE_DIM);
    line(page, NULL, words);
    page_style(page, STYLE_PLAIN);
}

static void print_code(struct page *page, const struct explained_code *code)
{
    char number[24];
    if (code->kind == CODE_EVENT || (code->kind == CODE_FREERDP && code->value < 0x100))
        snprintf(number, sizeof number, "%s %u", code->kind == CODE_EVENT ? "event" : "exit", code->value);
    else if (code->decimal && code->fact == NULL)
        snprintf(number, sizeof number, "%u", code->value);
    else
        snprintf(number, sizeof number, "0x%X", code->value);
    label(page, number, STYLE_BOLD);
    if (code->fact == NULL && code->event == NULL) {
        line(page, NULL, "Not known: in none of our lists.");
        return;
    }
    line(page, NULL, code->fact != NULL ? code->fact->meaning : code->event->meaning);
    if (code->fact != NULL && code->fact->beware != NULL)
        line(page, "  mind", code->fact->beware);
    if (code->fact != NULL && code->fact->next != NULL)
        line(page, "  look at", code->fact->next);
    print_origin(page, code);
}

static void print_cause(struct page *page, const struct cause_fact *fact, bool detail)
{
    const int title = page->width < NARROW ? COLUMN + 2 : TITLE_COLUMN; /* below the slug, or beside it */
    page_to(page, COLUMN);
    page_style(page, STYLE_BOLD);
    page_words(page, COLUMN, page->width, fact->slug);
    page_style(page, STYLE_PLAIN);
    page_to(page, title);
    page_words(page, title, page->width, fact->title);
    page_end_line(page);
    if (!detail)
        return;
    page_to(page, COLUMN + 2);
    page_words(page, COLUMN + 2, page->width, fact->sentence);
    page_end_line(page);
    for (const enum test *test = fact->tests; *test != TEST_NONE; test++) {
        char words[400];
        snprintf(words, sizeof words, "decide: %s", test_fact(*test)->words);
        page_to(page, COLUMN + 2);
        page_words(page, COLUMN + 4, page->width, words);
        page_end_line(page);
    }
}

static bool was_printed(const struct explanation *explanation, unsigned index)
{
    const char *check = cause_fact(explanation->causes[index].cause)->check;
    for (unsigned i = 0; i < index; i++) {
        if (strcmp(cause_fact(explanation->causes[i].cause)->check, check) == 0)
            return true;
    }
    return false;
}

static void print_group(struct page *page, const struct explanation *explanation, unsigned first, unsigned shown,
                        bool detail)
{
    const char *check = cause_fact(explanation->causes[first].cause)->check;
    line(page, check, explain_where(check));
    for (unsigned i = first; i < shown; i++) {
        const struct cause_fact *fact = cause_fact(explanation->causes[i].cause);
        if (strcmp(fact->check, check) == 0)
            print_cause(page, fact, detail);
    }
}

static void print_rest(struct page *page, const struct explanation *explanation, unsigned shown)
{
    char words[400] = "";
    size_t used = 0;
    unsigned rest = explanation->cause_count - shown;
    for (unsigned i = shown; i < explanation->cause_count && i < shown + FEW; i++)
        used +=
            (size_t)snprintf(words + used, sizeof words - used, "%s, ", cause_fact(explanation->causes[i].cause)->slug);
    if (rest > FEW)
        snprintf(words + used, sizeof words - used, "and %u more: rdpwhy explain -v %s", rest - FEW,
                 explanation->asked);
    else if (used >= 2)
        words[used - 2] = '\0';
    if (rest > 0)
        line(page, "seldom", words);
}

static void print_causes(struct page *page, const struct explanation *explanation, bool verbose)
{
    unsigned shown = verbose || explanation->cause_count <= MANY ? explanation->cause_count : MANY;
    bool detail = verbose || explanation->cause_count <= FEW;
    if (shown == 0)
        return;
    page_end_line(page);
    line(page, "causes",
         shown == 1 ? "One cause is known to show like this; that does not prove it."
                    : "None of these is proved. The step at which the connection ends decides; within a step, those "
                      "met most often come first.");
    for (unsigned i = 0; i < shown; i++) {
        if (!was_printed(explanation, i))
            print_group(page, explanation, i, shown, detail);
    }
    print_rest(page, explanation, shown);
}

static void print_next(struct page *page, const struct explanation *explanation)
{
    if (explanation->normal_end || explanation->next_count > 0)
        page_end_line(page);
    if (explanation->normal_end)
        line(page, "next", "Nothing to repair: that is how a session normally ends.");
    for (unsigned i = 0; i < explanation->next_count; i++) {
        const struct explained_next *next = &explanation->next[i];
        line(page, i == 0 ? "next" : NULL, next->what);
        if (next->command[0] == '\0')
            continue;
        page_to(page, COLUMN + 2);
        page_verbatim(page, next->command);
        page_end_line(page);
    }
}

bool explain_print(FILE *out, const struct explanation *explanation, bool colour, bool verbose, struct error *error)
{
    struct page page;
    page_init(&page, output_width_for(out), colour);
    page_end_line(&page);
    bool other_list = explanation->code_count > 1 && explanation->codes[1].aside;
    for (unsigned i = other_list ? 1 : 0; i < explanation->code_count; i++)
        print_code(&page, &explanation->codes[i]);
    for (unsigned i = 0; i < explanation->note_count; i++) {
        if (i == 0 && explanation->code_count > 0)
            page_end_line(&page);
        line(&page, i == 0 ? "note" : NULL, explanation->notes[i]);
    }
    print_causes(&page, explanation, verbose);
    print_next(&page, explanation);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}
