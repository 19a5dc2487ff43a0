#include "report/live.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "report/parts.h"

struct report_live {
    FILE *out;
    FILE *progress;
    struct report_options options;
    bool settled[CHECK_COUNT];
    int next;       /* the first check whose line has not been dealt with */
    char step[200]; /* what is running; empty: nothing */
    int turn;       /* of the spinner */
    bool shown;     /* a running step stands on the last line */
};

struct report_live *report_live_new(FILE *out, FILE *progress, const struct report_options *options,
                                    struct error *error)
{
    struct report_live *live = alloc_new(sizeof *live);
    if (live == NULL) {
        error_no_memory(error);
        return NULL;
    }
    *live = (struct report_live){ .out = out, .progress = progress, .options = *options };
    return live;
}

/* Back to the first column and clear the line: the only thing that ever moves. */
static void wipe(struct report_live *live)
{
    if (live->shown) {
        fputs("\r\x1b[K", live->progress);
        fflush(live->progress);
        live->shown = false;
    }
}

static void draw(struct report_live *live)
{
    static const char turns[] = { '|', '/', '-', '\\' };
    if (live->progress == NULL || live->step[0] == '\0') {
        return;
    }
    fprintf(live->progress, "\r\x1b[K  %s %c", live->step, turns[live->turn]);
    fflush(live->progress);
    live->shown = true;
}

/* Keeps the running step on one line of the terminal, whatever it says. */
static void set_step(struct report_live *live, const char *words)
{
    int width = live->options.width > 0 ? live->options.width : 80;
    char *clean = text_escape(words, strlen(words), sizeof live->step - 20);
    snprintf(live->step, sizeof live->step, "%s", clean != NULL ? clean : "");
    alloc_free(clean);
    size_t length = strlen(live->step);
    while (length > 0 && page_width_of(live->step) > width - 6) {
        do {
            length--;
        } while (length > 0 && (live->step[length] & 0xc0) == 0x80);
        live->step[length] = '\0';
    }
}

void report_live_free(struct report_live *live)
{
    if (live == NULL) {
        return;
    }
    wipe(live);
    alloc_free(live);
}

static void print_page(struct report_live *live, struct page *page)
{
    wipe(live);
    /* A stream that fails now fails again under the report, which says so. */
    if (page_print(page, live->out, NULL)) {
        fflush(live->out);
    }
    page_release(page);
}

void report_live_start(struct report_live *live, const char *title)
{
    if (live->out == NULL) {
        return;
    }
    struct page page;
    page_init(&page, live->options.width, live->options.colour);
    parts_header(&page, title);
    print_page(live, &page);
}

void report_live_running(struct report_live *live, enum check_id check, const char *what)
{
    const char *name = field_name_of(check_names, (int)check);
    char words[sizeof live->step];
    snprintf(words, sizeof words, "%-12s %s", name, what != NULL ? what : "");
    set_step(live, words);
    draw(live);
}

void report_live_settled(struct report_live *live, const struct evidence *evidence, const struct verdict *verdict,
                         enum check_id check)
{
    live->settled[check] = true;
    if (live->next >= CHECK_COUNT || !live->settled[live->next]) {
        return;
    }
    struct page page;
    page_init(&page, live->options.width, live->options.colour);
    for (; live->next < CHECK_COUNT && live->settled[live->next]; live->next++) {
        parts_check(&page, evidence, verdict, (enum check_id)live->next, live->options.verbose);
    }
    if (live->out == NULL) {
        page_release(&page);
        return;
    }
    print_page(live, &page);
    draw(live);
}

void report_live_waiting(struct report_live *live, int seconds)
{
    char words[sizeof live->step];
    if (seconds <= 0) {
        live->step[0] = '\0';
        wipe(live);
        return;
    }
    snprintf(words, sizeof words, "waiting      %d s, so that no ban tool takes offence (--again: do not)", seconds);
    set_step(live, words);
    draw(live);
}

void report_live_tick(struct report_live *live)
{
    live->turn = (live->turn + 1) % 4;
    draw(live);
}

void report_live_hide(struct report_live *live)
{
    wipe(live);
}

void report_live_finish(struct report_live *live, const struct evidence *evidence, const struct verdict *verdict)
{
    live->step[0] = '\0';
    wipe(live);
    for (int id = live->next; id < CHECK_COUNT; id++) {
        report_live_settled(live, evidence, verdict, (enum check_id)id);
    }
}
