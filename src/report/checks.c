/* The checklist: one aligned line per check. */
#include "report/parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"

enum { STATUS_COLUMN = 15, SUMMARY_COLUMN = 21, TIME_ROOM = 9, MARGIN = 2 };

static const struct {
    const char *word;
    enum style style;
} status_words[] = {
    [STATUS_PASS] = { "pass", STYLE_GOOD },       [STATUS_WARN] = { "warn", STYLE_WARN },
    [STATUS_FAIL] = { "FAIL", STYLE_BAD },        [STATUS_SKIP] = { "skip", STYLE_DIM },
    [STATUS_UNKNOWN] = { "unknown", STYLE_WARN },
};

void parts_status(struct page *page, enum check_status status)
{
    page_style(page, status_words[status].style);
    page_verbatim(page, status_words[status].word);
    page_style(page, STYLE_PLAIN);
}

const char *parts_span(int64_t us, char text[SPAN_TEXT_SIZE])
{
    if (us < 1000) {
        snprintf(text, SPAN_TEXT_SIZE, "< 1 ms");
    } else if (us < 1000000) {
        snprintf(text, SPAN_TEXT_SIZE, "%" PRId64 " ms", us / 1000);
    } else if (us < 10000000) {
        snprintf(text, SPAN_TEXT_SIZE, "%" PRId64 ".%" PRId64 " s", us / 1000000, us / 100000 % 10);
    } else {
        snprintf(text, SPAN_TEXT_SIZE, "%" PRId64 " s", us / 1000000);
    }
    return text;
}

static bool nobody_asked(const struct evidence *evidence, enum check_id id)
{
    const struct ev_enum *ran = &evidence->checks[id].ran;
    return ran->source == SOURCE_NONE || ran->v == RAN_NOT || ran->v == RAN_NOT_ASKED || ran->v == RAN_NOT_HERE;
}

bool parts_check_has_line(const struct evidence *evidence, const struct verdict *verdict, enum check_id id)
{
    return verdict->checks[id].status != STATUS_SKIP || !nobody_asked(evidence, id);
}

/* The verdict's words; the plan's own when it has none. */
static const char *why_of(const struct evidence *evidence, const struct verdict *verdict, enum check_id id)
{
    const struct check_reading *reading = &verdict->checks[id];
    const struct ev_text *why = &evidence->checks[id].why;
    return reading->why != NULL ? reading->why : why->source != SOURCE_NONE ? why->v : NULL;
}

void parts_check(struct page *page, const struct evidence *evidence, const struct verdict *verdict, enum check_id id,
                 bool verbose)
{
    if (!verbose && !parts_check_has_line(evidence, verdict, id)) {
        return;
    }
    const struct check_reading *reading = &verdict->checks[id];
    const struct ev_int *took = &evidence->checks[id].took_us;
    page_to(page, PAGE_INDENT);
    page_verbatim(page, field_name_of(check_names, (int)id));
    page_to(page, STATUS_COLUMN);
    parts_status(page, reading->status);
    int right = page->width - MARGIN;
    if (took->source != SOURCE_NONE && took->v >= 0 && reading->status != STATUS_SKIP) {
        char text[SPAN_TEXT_SIZE];
        page_tail(page, parts_span(took->v, text));
        right -= TIME_ROOM;
    }
    const char *why = why_of(evidence, verdict, id);
    const char *words = reading->summary != NULL ? reading->summary : why != NULL ? why : "";
    if (words[0] != '\0') {
        page_verbatim(page, reading->status == STATUS_UNKNOWN ? " " : "");
        if (page->at < SUMMARY_COLUMN) {
            page_to(page, SUMMARY_COLUMN);
        }
        page_words(page, SUMMARY_COLUMN, right, words);
    }
    page_end_line(page);
}

void parts_not_looked_at(struct page *page, const struct evidence *evidence, const struct verdict *verdict)
{
    struct buffer words;
    buffer_init(&words, 65536);
    bool told[CHECK_COUNT] = { false };
    for (int id = 0; id < CHECK_COUNT; id++) {
        if (told[id] || parts_check_has_line(evidence, verdict, (enum check_id)id)) {
            continue;
        }
        const char *why = why_of(evidence, verdict, (enum check_id)id);
        buffer_format(&words, "%s%s", words.size > 0 ? "; " : "not looked at: ", field_name_of(check_names, id));
        for (int other = id + 1; other < CHECK_COUNT; other++) {
            const char *its = why_of(evidence, verdict, (enum check_id)other);
            bool same = why == NULL ? its == NULL : its != NULL && strcmp(why, its) == 0;
            if (!told[other] && same && !parts_check_has_line(evidence, verdict, (enum check_id)other)) {
                buffer_format(&words, ", %s", field_name_of(check_names, other));
                told[other] = true;
            }
        }
        if (why != NULL) {
            buffer_format(&words, ": %s", why);
        }
    }
    if (words.failed) {
        page->text.failed = true;
    } else if (words.size > 0) {
        page_to(page, PAGE_INDENT);
        page_words(page, PAGE_INDENT, page->width - MARGIN, (const char *)words.bytes);
        page_end_line(page);
    }
    buffer_release(&words);
}

void parts_header(struct page *page, const char *title)
{
    page_end_line(page);
    page_to(page, PAGE_INDENT);
    page_style(page, STYLE_BOLD);
    page_words(page, PAGE_INDENT, page->width - MARGIN, title);
    page_style(page, STYLE_PLAIN);
    page_end_line(page);
    page_end_line(page);
}

void parts_title(struct buffer *words, const struct evidence *evidence)
{
    const struct ev_target *target = &evidence->target;
    const char *host = target->host.source != SOURCE_NONE    ? target->host.v
                       : target->input.source != SOURCE_NONE ? target->input.v
                                                             : "(no host)";
    bool brackets = strchr(host, ':') != NULL;
    buffer_format(words, brackets ? "[%s]" : "%s", host);
    if (target->port.source != SOURCE_NONE) {
        buffer_format(words, ":%" PRId64, target->port.v);
    }
    if (evidence->client_said.code.source != SOURCE_NONE) {
        buffer_format(words, ", client said 0x%" PRIX64, (uint64_t)evidence->client_said.code.v);
    }
    if (evidence->client_said.extended.source != SOURCE_NONE) {
        buffer_format(words,
                      evidence->client_said.code.source != SOURCE_NONE ? "/0x%" PRIX64 : ", server said 0x%" PRIX64,
                      (uint64_t)evidence->client_said.extended.v);
    }
}

/* The first check that looked at something. */
static const char *first_looked_at(const struct evidence *evidence)
{
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct ev_enum *ran = &evidence->checks[id].ran;
        if (ran->source != SOURCE_NONE && (ran->v == RAN_DONE || ran->v == RAN_NO_ANSWER)) {
            return field_name_of(check_names, id);
        }
    }
    return NULL;
}

static void vantage(struct buffer *words, const struct evidence *evidence, const struct verdict *verdict)
{
    const struct ev_route *route = &evidence->route;
    buffer_text(words, verdict->vantage);
    if (route->source.source != SOURCE_NONE) {
        buffer_format(words, " (%s", route->source.v);
        if (route->interface.source != SOURCE_NONE) {
            buffer_format(words, ", through %s", route->interface.v);
        }
        buffer_text(words, ")");
    }
}

/* What others wrote down is all that there is: no check of ours saw anything. */
static bool only_told(const struct evidence *evidence)
{
    return first_looked_at(evidence) == NULL && evidence->connections.count == 0 &&
           (evidence->told.by.source != SOURCE_NONE || evidence->server.events.count > 0);
}

void parts_looked_at(struct buffer *words, const struct evidence *evidence, const struct verdict *verdict)
{
    const char *first = first_looked_at(evidence);
    const char *last = field_name_of(check_names, (int)verdict->depth);
    const bool told = only_told(evidence);
    if (told) {
        buffer_text(words, verdict->vantage + (strncmp(verdict->vantage, "in ", 3) == 0 ? 3 : 0));
    } else if (first == NULL) {
        buffer_text(words, "nothing yet");
    } else if (last == NULL || strcmp(first, last) == 0) {
        buffer_format(words, "%s, ", first);
        vantage(words, evidence, verdict);
    } else {
        buffer_format(words, "%s to %s, ", first, last);
        vantage(words, evidence, verdict);
    }
    size_t connects = evidence->connections.count;
    if (!told) {
        buffer_format(words, ". %zu connect%s", connects, connects == 1 ? "" : "s");
    }
    if (evidence->through.connections.count > 0) {
        buffer_format(words, ", %zu through the gateway", evidence->through.connections.count);
    }
    buffer_text(words, ".");
    if (evidence->started.source != SOURCE_NONE) {
        char text[CLOCK_TEXT_SIZE];
        const struct ev_bool *local = &evidence->told.local_time;
        const bool zoneless = told && local->source != SOURCE_NONE && local->v;
        clock_format(evidence->started.v - evidence->started.v % 1000000, text);
        if (zoneless) {
            buffer_format(words, " %.*s by its own clock, whose zone it does not give", (int)strlen(text) - 1, text);
        } else {
            buffer_format(words, " %s", text);
        }
    }
}

void parts_last_line(struct page *page, const struct evidence *evidence, const struct verdict *verdict)
{
    struct buffer words;
    buffer_init(&words, 65536);
    buffer_text(&words, "looked at: ");
    parts_looked_at(&words, evidence, verdict);
    page_to(page, PAGE_INDENT);
    page_words(page, PAGE_INDENT, page->width - MARGIN, words.failed ? "" : (const char *)words.bytes);
    page_end_line(page);
    page->text.failed |= words.failed;
    buffer_release(&words);
}
