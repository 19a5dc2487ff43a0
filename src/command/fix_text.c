/* A repair for people: the script, then what is wrong, what the repair risks and saves, how to go back, how to bring it
 * there, how to see that it worked. */
#include <string.h>

#include "base/attributes.h"
#include "command/fix.h"
#include "report/page.h"

enum { MARGIN = 2 };

static void entry(struct page *page, const char *label, const char *words)
{
    page_entry(page, label, words);
}

static void line(struct page *page, const char *text)
{
    page_verbatim(page, text);
    page_end_line(page);
}

/* Every line of `text` as it is: it is there to be read, and copied. */
static void block(struct page *page, const char *text, size_t size)
{
    char one[4096];
    for (const char *at = text; at < text + size;) {
        size_t length = strcspn(at, "\n");
        while (length >= sizeof one) { /* base64 without a break: in pieces, on one line */
            memcpy(one, at, sizeof one - 1);
            one[sizeof one - 1] = '\0';
            page_verbatim(page, one);
            at += sizeof one - 1;
            length -= sizeof one - 1;
        }
        memcpy(one, at, length);
        one[length] = '\0';
        line(page, one);
        at += length + (at[length] == '\n' ? 1 : 0);
    }
}

static void rule(struct page *page, const char *title)
{
    char text[81];
    memset(text, '-', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    if (title[0] != '\0') {
        memcpy(text + 3, title, strlen(title));
        text[2] = ' ';
        text[3 + strlen(title)] = ' ';
    }
    page_style(page, STYLE_DIM);
    line(page, text);
    page_style(page, STYLE_PLAIN);
}

static const char *part_words(enum remedy_part part)
{
    static const char *const words[] = { "Looks only, changes nothing: what the repair would do.", "",
                                         "Puts back what the repair saved.",
                                         "Looks only, changes nothing: did the repair work?" };
    return words[part];
}

static void command_line(struct page *page, const char *label, const char *command)
{
    page_label(page, label);
    page_verbatim(page, command);
    page_end_line(page);
}

static void print_head(struct page *page, const struct repair *repair)
{
    const struct cause_fact *cause = cause_fact(repair->cause);
    page_end_line(page);
    page_to(page, MARGIN);
    page_style(page, STYLE_BOLD);
    page_verbatim(page, cause->slug);
    page_style(page, STYLE_PLAIN);
    page_end_line(page);
    page_to(page, MARGIN);
    page_words(page, MARGIN, page->width - MARGIN, cause->sentence);
    page_end_line(page);
    page_end_line(page);
}

/* "rdpwhy fix REMEDY WORD", with the way when it is not the console. */
static void other_part(struct page *page, const struct repair *repair, const char *label, const char *word)
{
    char text[300];
    bool console = strcmp(repair->delivery->id, "console") == 0;
    bool also_cause = false;
    for (int id = CAUSE_NONE + 1; id < CAUSE_COUNT; id++) {
        also_cause = also_cause || strcmp(cause_fact((enum cause)id)->slug, repair->remedy->name) == 0;
    }
    snprintf(text, sizeof text, "rdpwhy fix %s%s%s%s%s%s", also_cause ? "--remedy " : "", repair->remedy->name,
             console ? "" : " --for ", console ? "" : repair->delivery->id, word[0] != '\0' ? " " : "", word);
    command_line(page, label, text);
}

static void print_remedy(struct page *page, const struct repair *repair)
{
    const struct remedy_fact *remedy = repair->remedy;
    char words[800];
    snprintf(words, sizeof words, "%s: %s", remedy->name, remedy->title);
    entry(page, repair->part == PART_APPLY ? "repair" : remedy_part_name(repair->part), words);
    if (repair->part != PART_APPLY) {
        entry(page, "", part_words(repair->part));
    }
    entry(page, "why", remedy->why);
    entry(page, "when", remedy->when);
    entry(page, "needs", remedy->needs);
    if (repair->part != PART_APPLY && repair->part != PART_UNDO) {
        return;
    }
    snprintf(words, sizeof words, "%s; interrupts: %s", risk_name(remedy->risk), remedy->restarts);
    entry(page, "risk", words);
    if (remedy->timed != NULL) {
        entry(page, "ends", remedy->timed);
    }
    if (repair->part == PART_APPLY) {
        entry(page, "saves", remedy->saves);
        entry(page, "undo", remedy->reverts);
        if (repair->undo != NULL && remedy->kind != REMEDY_WORDS) {
            other_part(page, repair, "", "--undo");
        }
    }
}

static void print_missing(struct page *page, const struct repair *repair)
{
    for (size_t i = 0; i < repair->missing_count; i++) {
        const struct repair_missing *missing = &repair->missing[i];
        char words[300];
        char option[64];
        snprintf(option, sizeof option, "%s", missing->name);
        for (char *at = option; *at != '\0'; at++) {
            *at = (char)(*at == '_' ? '-' : *at);
        }
        snprintf(words, sizeof words, "--%s: %s%s", option, missing->words,
                 missing->in_script ? "; without it the script stops at once" : "");
        entry(page, i == 0 ? "missing" : "", words);
    }
}

static void print_delivery(struct page *page, const struct repair *repair)
{
    enum { SHORT = 700 };
    const struct delivery *delivery = repair->delivery;
    const struct wrapped *wrapped = &repair->wrapped;
    char words[600];
    if (repair->remedy->kind == REMEDY_WORDS) {
        return;
    }
    snprintf(words, sizeof words, "%s: %s.", delivery->title, delivery->needs);
    entry(page, "deliver", words);
    if (wrapped->file_count > 0) {
        snprintf(words, sizeof words,
                 "The script goes along as %s (--write DIR writes it). Type %s:", wrapped->files[0].name,
                 delivery->typed);
    } else {
        snprintf(words, sizeof words, "Type %s:", delivery->typed);
    }
    entry(page, "", words);
    if (wrapped->lines.size > SHORT) {
        snprintf(words, sizeof words, "the lines of %s-%s-%s.txt, which --write DIR writes", repair->remedy->name,
                 remedy_part_name(repair->part), delivery->id);
        entry(page, "", words);
        return;
    }
    page_end_line(page);
    block(page, (const char *)wrapped->lines.bytes, wrapped->lines.size);
    page_end_line(page);
}

/* The next ones with when to take them, the rest by name. */
static void print_wider(struct page *page, const struct repair *repair)
{
    enum { WITH_WORDS = 2 };
    char words[1000];
    size_t used = 0;
    for (size_t i = 0; i < repair->wider_count && i < WITH_WORDS; i++) {
        const struct remedy_fact *other = repair->wider[i];
        snprintf(words, sizeof words, "%s: %s; when %s", other->name, other->title, other->when);
        entry(page, i == 0 ? "wider" : "", words);
    }
    words[0] = '\0';
    for (size_t i = WITH_WORDS; i < repair->wider_count && used < sizeof words; i++) {
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s", i == WITH_WORDS ? "then " : ", ",
                                 repair->wider[i]->name);
    }
    if (words[0] != '\0') {
        entry(page, "", words);
    }
}

static void print_elsewhere(struct page *page, const struct repair *repair)
{
    char words[1000] = "";
    size_t used = 0;
    for (size_t i = 0; i < repair->elsewhere_count && used < sizeof words; i++) {
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s (%s)", i == 0 ? "" : ", ",
                                 repair->elsewhere[i]->name, repair->elsewhere[i]->system);
    }
    if (words[0] != '\0') {
        entry(page, "elsewhere", words);
    }
}

static void print_script(struct page *page, const struct repair *repair)
{
    rule(page, repair->remedy->kind == REMEDY_WORDS ? "what to do" : "the script");
    block(page, repair->script, strlen(repair->script));
    rule(page, "");
}

/* Where the program can do it itself. */
static void print_carry_out(struct page *page, const struct repair *repair)
{
    char text[160];
    if (repair->remedy->kind != REMEDY_SH || repair->part != PART_APPLY) {
        return;
    }
    snprintf(text, sizeof text, "rdpwhy fix %s --apply --ssh root@HOST", repair->remedy->name);
    command_line(page, "do it", text);
    entry(page, "",
          "looks, asks, saves, applies, and puts everything back unless a new look shows it repaired; without --ssh on "
          "this machine");
}

/* What comes after this part. */
static void print_next(struct page *page, const struct repair *repair, const struct fix_view *view)
{
    struct fix_again again;
    fix_look_again(repair, view, &again);
    if (repair->part == PART_LOOK) {
        other_part(page, repair, "then", "");
        return;
    }
    command_line(page, "verify", again.after);
    if (repair->part == PART_APPLY && again.before[0] != '\0') {
        entry(page, "", "to compare with, look once before the repair:");
        command_line(page, "", again.before);
    }
}

/* The script first: what has to be decided, and typed, stands last, where the eye is. */
bool fix_print(FILE *out, const struct repair *repair, const struct fix_view *view, struct error *error)
{
    struct page page;
    page_init(&page, output_width_for(out), view->colour);
    print_script(&page, repair);
    print_head(&page, repair);
    print_remedy(&page, repair);
    for (size_t i = 0; i < repair->note_count; i++) {
        entry(&page, i == 0 ? "note" : "", repair->notes[i]);
    }
    if (repair->part == PART_APPLY) {
        print_wider(&page, repair);
        print_elsewhere(&page, repair);
    }
    print_missing(&page, repair);
    if (repair->remedy->kind != REMEDY_WORDS && repair->part == PART_APPLY) {
        other_part(&page, repair, "look", "--dry-run");
    }
    print_carry_out(&page, repair);
    print_delivery(&page, repair);
    print_next(&page, repair, view);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}

static void list_cause(struct page *page, enum cause cause)
{
    struct repair_request request = { .cause = cause, .part = PART_APPLY };
    const struct remedy_fact *remedy = remedy_choose(&request);
    char words[300];
    if (remedy == NULL) {
        return;
    }
    bool windows = strcmp(remedy->system, "windows") == 0 || strcmp(remedy->system, "any") == 0;
    snprintf(words, sizeof words, "%s%s%s%s", remedy->title, windows ? "" : " (", windows ? "" : remedy->system,
             windows ? "" : ")");
    page_to(page, MARGIN);
    page_style(page, STYLE_BOLD);
    page_verbatim(page, cause_fact(cause)->slug);
    page_style(page, STYLE_PLAIN);
    page_to(page, 32);
    page_words(page, 32, page->width - MARGIN, words);
    page_end_line(page);
}

bool fix_print_list(FILE *out, bool colour, struct error *error)
{
    struct page page;
    page_init(&page, output_width_for(out), colour);
    page_end_line(&page);
    for (int id = CAUSE_NONE + 1; id < CAUSE_COUNT; id++) {
        list_cause(&page, (enum cause)id);
    }
    page_end_line(&page);
    page_to(&page, MARGIN);
    page_words(&page, MARGIN, page.width - MARGIN,
               "Each with its narrowest repair. rdpwhy fix CAUSE prints it; rdpwhy HOST finds out which cause it is.");
    page_end_line(&page);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}
