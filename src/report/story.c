/* Several files, one story: what was put together and why, where they differ, and what happened when. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "diagnose/timeline.h"
#include "evidence/merge.h"
#include "report/parts.h"

enum { MARGIN = 2, WORDS_MAX = 65536, SIDE_COLUMN = 16, WORDS_COLUMN = 24, DATE_LENGTH = 10, TIME_AT = 11 };

static void put(struct page *page, const char *label, struct buffer *words)
{
    page->text.failed |= words->failed;
    page_entry(page, label, words->failed || words->size == 0 ? "" : (const char *)words->bytes);
    buffer_release(words);
}

static void add_file(struct buffer *words, int64_t file)
{
    if (file == 0) {
        buffer_text(words, "this run");
    } else {
        buffer_format(words, "file %" PRId64, file);
    }
}

static void add_reason(struct buffer *words, const struct evidence *e, const struct ev_part *part)
{
    const int64_t matches = e->joined.matches.v;
    switch ((enum joined_by)part->by.v) {
    case JOINED_MAIN:
        return;
    case JOINED_PORTS:
        if (part->side.v == JOINED_SERVER) {
            buffer_format(words, "it knows the client's address and port, of %" PRId64 " connection%s", matches,
                          matches == 1 ? "" : "s");
        } else {
            buffer_text(words, "the same connection, recorded at another place; it keeps its own verdict");
        }
        return;
    case JOINED_ACTIVITY:
        buffer_text(words, "the same machine, and events of the same ActivityID");
        return;
    case JOINED_NAME:
        buffer_text(words, part->side.v == JOINED_WIRE ? "the same machine's name; it keeps its own verdict"
                                                       : "the same machine's name, and a time that fits");
        return;
    case JOINED_ADDRESS:
        buffer_text(words, part->side.v == JOINED_WIRE ? "the same address and port; it keeps its own verdict"
                                                       : "the same address and port, and a time that fits");
        return;
    case JOINED_GIVEN:
        buffer_text(words, "it says neither where nor when, and was given with the rest");
        return;
    }
}

static void put_parts(struct page *page, const struct evidence *e)
{
    const char *label = "joined";
    ev_each (part, const struct ev_part, &e->joined.parts) {
        static const char *const sides[] = { "the client's side", "the wire", "the server's side", "words" };
        struct buffer words;
        buffer_init(&words, WORDS_MAX);
        add_file(&words, part->file.v);
        buffer_format(&words, ", %s", sides[part->side.v]);
        if (part->by.v != JOINED_MAIN) {
            buffer_text(&words, ": ");
            add_reason(&words, e, part);
        }
        put(page, label, &words);
        label = "";
    }
}

static void put_clocks(struct page *page, const struct evidence *e)
{
    const struct ev_joined *joined = &e->joined;
    struct buffer words;
    if (joined->ahead_low_us.source == SOURCE_NONE) {
        return;
    }
    const int64_t low = joined->ahead_low_us.v;
    const int64_t high = joined->ahead_high_us.v;
    const int64_t widest = low + high < 0 ? low : high;
    const int64_t apart = widest < 0 ? -widest : widest;
    buffer_init(&words, WORDS_MAX);
    buffer_format(&words, "the server's is %" PRId64 ".%03" PRId64 " s %s", apart / 1000000, apart / 1000 % 1000,
                  widest < 0 ? "behind" : "ahead");
    if (joined->matches.v > 1) {
        buffer_format(&words, " (%" PRId64 " connections agree within %" PRId64 " ms)", joined->matches.v,
                      (high - low) / 1000 + 1);
    }
    if (e->told.local_time.source != SOURCE_NONE && e->told.local_time.v && e->told.by.v == TOLD_BY_SERVER) {
        buffer_text(&words, "; its log gives no zone, so that its zone is part of this");
    }
    put(page, "clocks", &words);
}

static void put_contradictions(struct page *page, const struct ev_joined *joined)
{
    const char *label = "differ";
    ev_each (item, const struct ev_contradiction, &joined->contradictions) {
        struct buffer words;
        buffer_init(&words, WORDS_MAX);
        buffer_format(&words, "%s: %s (", item->field.v, item->kept.v);
        add_file(&words, item->kept_file.v);
        buffer_format(&words, "), %s (", item->other.v);
        add_file(&words, item->other_file.v);
        buffer_text(&words, "); the first was kept");
        put(page, label, &words);
        label = "";
    }
}

static void put_moments(struct page *page, const struct timeline *timeline)
{
    static const char *const sides[] = { "client", "wire", "server", "words" };
    char when[CLOCK_TEXT_SIZE];
    char last[DATE_LENGTH + 1] = "";
    bool unmatched = false;
    bool zoneless = false;
    for (size_t i = 0; i < timeline->count; i++) {
        const struct moment *moment = &timeline->items[i];
        char date[DATE_LENGTH + 1];
        char time[16];
        clock_format(moment->time_us / 1000000 * 1000000, when);
        snprintf(date, sizeof date, "%.*s", DATE_LENGTH, when);
        snprintf(time, sizeof time, "%.8s.%03" PRId64, when + TIME_AT, moment->time_us / 1000 % 1000);
        if (strcmp(date, last) != 0) {
            page_to(page, PAGE_INDENT);
            page_verbatim(page, date);
            page_verbatim(page, last[0] == '\0' ? " (UTC)" : "");
            page_end_line(page);
            memcpy(last, date, sizeof last);
        }
        unmatched = unmatched || moment->unmatched;
        page_to(page, PAGE_INDENT);
        page_verbatim(page, time);
        page_to(page, SIDE_COLUMN);
        page_verbatim(page, sides[moment->side]);
        page_verbatim(page, moment->unmatched ? "*" : "");
        struct buffer words;
        buffer_init(&words, WORDS_MAX);
        buffer_format(&words, "%s", moment->words);
        zoneless = zoneless || moment->zoneless;
        if (!moment->of_saved) {
            buffer_text(&words, " [");
            add_file(&words, (int64_t)moment->file);
            buffer_text(&words, moment->zoneless ? ", no zone]" : "]");
        } else if (moment->zoneless) {
            buffer_text(&words, " [no zone]");
        }
        page_to(page, WORDS_COLUMN);
        page_words(page, WORDS_COLUMN, page->width - MARGIN, words.failed ? "" : (const char *)words.bytes);
        page->text.failed |= words.failed;
        buffer_release(&words);
        page_end_line(page);
    }
    if (timeline->left_out > 0) {
        snprintf(when, sizeof when, "and %zu more", timeline->left_out);
        page_to(page, WORDS_COLUMN);
        page_verbatim(page, when);
        page_end_line(page);
    }
    if (zoneless) {
        page_to(page, PAGE_INDENT);
        page_words(page, PAGE_INDENT, page->width - MARGIN,
                   "no zone: a local time whose zone its log does not give; it stands here as if it were UTC");
        page_end_line(page);
    }
    if (unmatched) {
        page_to(page, PAGE_INDENT);
        page_words(page, PAGE_INDENT, page->width - MARGIN,
                   "* by the server's own clock; how far it is from the other, nothing here says");
        page_end_line(page);
    }
}

void parts_story(struct page *page, const struct evidence *evidence)
{
    struct timeline timeline;
    struct error error;
    if (evidence->joined.parts.count < 2) {
        return;
    }
    page_end_line(page);
    put_parts(page, evidence);
    put_clocks(page, evidence);
    put_contradictions(page, &evidence->joined);
    if (!timeline_of(evidence, &timeline, &error)) {
        page->text.failed = true;
        return;
    }
    if (timeline.count > 0) {
        page_end_line(page);
        put_moments(page, &timeline);
    }
    timeline_release(&timeline);
}

void parts_origins(struct page *page, const struct evidence *evidence)
{
    struct origins origins;
    struct error error;
    const char *label = "seen by";
    if (evidence->joined.parts.count < 2) {
        return;
    }
    if (!evidence_origins(evidence, &origins, &error)) {
        page->text.failed = true;
        return;
    }
    for (size_t i = 0; i < origins.count; i++) {
        const size_t file = source_file(origins.items[i].source);
        struct buffer words;
        const char *place = origins.items[i].place;
        const bool head = strcmp(place, "schema") == 0 || strcmp(place, "program") == 0 ||
                          strcmp(place, "version") == 0 || strcmp(place, "command") == 0;
        if (origins.items[i].source == SOURCE_COMPUTED || origins.items[i].source == SOURCE_FILE || head) {
            continue;
        }
        buffer_init(&words, WORDS_MAX);
        buffer_format(&words, "%s: ", place);
        if (origins.items[i].source == SOURCE_USER) {
            buffer_text(&words, "the command line");
        } else {
            add_file(&words, (int64_t)file);
        }
        put(page, label, &words);
        label = "";
    }
    origins_release(&origins);
}

void parts_quotes(struct page *page, const struct evidence *evidence)
{
    const struct ev_list *quotes = &evidence->told.quotes;
    const char *label = "quoted";
    for (size_t i = 0; i < quotes->count; i++) {
        const struct ev_quote *quote = &((const struct ev_quote *)quotes->items)[i];
        struct buffer words;
        if (quote->text.v == NULL) {
            continue; /* redacted */
        }
        buffer_init(&words, WORDS_MAX);
        if (evidence->joined.parts.count > 1 && source_file(quote->text.source) > 0) {
            add_file(&words, (int64_t)source_file(quote->text.source));
            buffer_text(&words, ", ");
        }
        buffer_format(&words, "line %" PRId64 ": %s", quote->line.v, quote->text.v);
        put(page, label, &words);
        label = "";
    }
}
