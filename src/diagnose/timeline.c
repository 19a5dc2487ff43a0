#include "diagnose/timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "diagnose/visits.h"
#include "facts/codes.h"

enum { WORDS_MAX = 4096 };
/* What stands in a log further away is of other connections. */
static const int64_t WINDOW_US = 600LL * 1000000;

struct drawing {
    const struct look *look;
    struct timeline *timeline;
    int64_t tried_us;
    bool matched; /* the clocks were compared */
    bool failed;
};

/* Of a server's log the distance of the clocks, when it is known, holds the zone as well. */
static bool is_zoneless(const struct drawing *drawing, enum joined_side side, uint8_t source)
{
    const struct ev_told *told = &drawing->look->e->told;
    const bool compared = seen(drawing->look->e->joined.ahead_low_us.source);
    const bool own = side == JOINED_SERVER ? enum_is(&told->by, TOLD_BY_SERVER) && !compared
                                           : side == JOINED_CLIENT && enum_is(&told->by, TOLD_BY_CLIENT);
    return own && bool_is(&told->local_time, true) && told->local_time.source == source;
}

static void add(struct drawing *drawing, enum joined_side side, uint8_t source, int64_t time_us, struct buffer *words)
{
    struct timeline *timeline = drawing->timeline;
    char *text = buffer_steal_text(words);
    buffer_release(words);
    drawing->failed = drawing->failed || text == NULL;
    if (text == NULL || timeline->count == TIMELINE_MAX) {
        timeline->left_out += text != NULL;
        alloc_free(text);
        return;
    }
    timeline->items[timeline->count++] = (struct moment){ .time_us = time_us,
                                                          .side = side,
                                                          .file = source_file(source),
                                                          .of_saved = source == SOURCE_FILE,
                                                          .unmatched = side == JOINED_SERVER && !drawing->matched,
                                                          .zoneless = is_zoneless(drawing, side, source),
                                                          .words = text };
}

static void add_text(struct drawing *drawing, enum joined_side side, const struct ev_int *time, const char *text)
{
    struct buffer words;
    if (!seen(time->source)) {
        return;
    }
    buffer_init(&words, WORDS_MAX);
    buffer_text(&words, text);
    add(drawing, side, time->source, time->v, &words);
}

/* --- the wire --- */
static const struct ev_offer *offer_of(const struct evidence *e, int64_t connection)
{
    ev_each (offer, const struct ev_offer, &e->negotiation.offers) {
        if (int_is(&offer->connection, connection)) {
            return offer;
        }
    }
    return NULL;
}

static const struct ev_hello *hello_of(const struct evidence *e, int64_t connection)
{
    ev_each (hello, const struct ev_hello, &e->tls.hellos) {
        if (int_is(&hello->connection, connection)) {
            return hello;
        }
    }
    return NULL;
}

static void add_answer(const struct drawing *drawing, int64_t index, struct buffer *words)
{
    const struct ev_offer *offer = offer_of(drawing->look->e, index);
    const struct ev_hello *hello = hello_of(drawing->look->e, index);
    if (offer != NULL && seen(offer->failure.source)) {
        buffer_format(words, "; the server refuses with failure %" PRId64, offer->failure.v);
    } else if (offer != NULL && seen(offer->selected.source)) {
        static const struct {
            int64_t protocol;
            const char *name;
        } names[] = { { PROTOCOL_RDP, "standard RDP security" },
                      { PROTOCOL_TLS, "TLS" },
                      { PROTOCOL_NLA, "NLA" },
                      { PROTOCOL_NLA_EX, "NLA" },
                      { PROTOCOL_RDSTLS, "RDSTLS" } };
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            if (names[i].protocol == offer->selected.v) {
                buffer_format(words, "; the server chose %s", names[i].name);
            }
        }
    } else if (offer != NULL && bool_is(&offer->no_block, true)) {
        buffer_text(words, "; the server answers without a choice: standard RDP security");
    }
    if (hello != NULL && bool_is(&hello->finished, true)) {
        buffer_text(words, "; TLS comes up");
    } else if (hello != NULL && bool_is(&hello->server_hello, true)) {
        buffer_text(words, "; a ServerHello comes");
    }
}

static void add_end(const struct ev_connection *connection, struct buffer *words)
{
    static const char *const hows[] = { [END_FIN] = "closes", [END_RST] = "resets",   [END_ALERT] = "sends an alert",
                                        [END_SILENCE] = NULL, [END_OUR_LIMIT] = NULL, [END_DONE] = "is done",
                                        [END_ICMP] = NULL };
    static const char *const stages[] = { "TCP",           "the negotiation", "the TLS handshake",
                                          "the challenge", "the logon",       "the session" };
    const struct ev_end *end = &connection->end;
    char text[SPAN_SIZE];
    const char *who = enum_is(&end->by, END_BY_PEER) ? "the server" : "the client";
    if (enum_is(&end->how, END_ICMP)) {
        buffer_text(words, "ICMP says that it is not to be had");
    } else if (enum_is(&end->how, END_SILENCE) || enum_is(&end->how, END_OUR_LIMIT)) {
        buffer_text(words, "nothing more comes from the server");
    } else {
        buffer_format(words, "%s %s", who, hows[end->how.v]);
    }
    if (seen(end->stage.source)) {
        buffer_format(words, ", at %s", stages[end->stage.v]);
    }
    if (seen(end->after_us.source)) {
        buffer_format(words, ", %s after the client's last byte", span(end->after_us.v, text));
    }
    if (seen(end->after_bytes.source)) {
        buffer_format(words, "; %" PRId64 " bytes had come", end->after_bytes.v);
    }
}

static void draw_wire(struct drawing *drawing)
{
    int64_t index = 0;
    ev_each (connection, const struct ev_connection, &drawing->look->e->connections) {
        const struct ev_recorded *recorded = &connection->recorded;
        const int64_t at = index++;
        if (!seen(recorded->started.source)) {
            continue;
        }
        struct buffer words;
        buffer_init(&words, WORDS_MAX);
        buffer_format(&words, "%s port %" PRId64 " connects", recorded->client.v != NULL ? recorded->client.v : "?",
                      recorded->client_port.v);
        add_answer(drawing, at, &words);
        add(drawing, JOINED_WIRE, recorded->started.source, recorded->started.v, &words);
        if (seen(connection->end.how.source) && seen(connection->end.by.source)) {
            buffer_init(&words, WORDS_MAX);
            buffer_format(&words, "port %" PRId64 ": ", recorded->client_port.v);
            add_end(connection, &words);
            add(drawing, JOINED_WIRE, recorded->started.source, recorded->started.v + recorded->duration_us.v, &words);
        }
    }
    if (ev_text_is(&drawing->look->e->command, "check")) {
        add_text(drawing, JOINED_WIRE, &drawing->look->e->started, "rdpwhy looks");
    }
}

/* --- the server --- */
static bool in_window(const struct drawing *drawing, int64_t time_us)
{
    return llabs(time_us - drawing->tried_us) <= WINDOW_US;
}

static void add_step(struct drawing *drawing, const struct ev_visit *visit, const struct ev_int *time, int64_t event,
                     const struct ev_int *code, const char *what)
{
    const int64_t time_us = visit_time(drawing->look, time->v);
    if (!seen(time->source) || !in_window(drawing, time_us)) {
        return;
    }
    struct buffer words;
    buffer_init(&words, WORDS_MAX);
    buffer_text(&words, what);
    if (visit->client.v != NULL && time != &visit->ended) {
        buffer_format(&words, " from %s", visit->client.v);
    }
    if (seen(visit->client_port.source)) {
        buffer_format(&words, " port %" PRId64, visit->client_port.v);
    }
    if (event > 0) {
        buffer_format(&words, " (event %" PRId64 ")", event);
    }
    if (code != NULL && seen(code->source)) {
        const struct code_fact *fact = code->v > UINT16_MAX ? code_fact(CODE_NTSTATUS, (uint32_t)code->v) : NULL;
        buffer_format(&words, code->v > UINT16_MAX ? ", 0x%08" PRIx64 : ", reason %" PRId64, code->v);
        if (fact != NULL) {
            buffer_format(&words, ": %.*s", (int)strcspn(fact->meaning, "."), fact->meaning);
        }
    }
    add(drawing, JOINED_SERVER, time->source, time_us, &words);
}

static void draw_visits(struct drawing *drawing)
{
    const struct ev_visit *own = visit_of(drawing->look);
    const struct ev_connection *first = drawing->look->e->connections.items;
    const char *client = first != NULL && first->recorded.client.v != NULL ? first->recorded.client.v : NULL;
    ev_each (visit, const struct ev_visit, &drawing->look->e->server.visits) {
        /* once the connection itself is known in the log, other people's are no part of its story */
        if (own != NULL && (visit->client.v == NULL || client == NULL || strcmp(visit->client.v, client) != 0)) {
            continue;
        }
        add_step(drawing, visit, &visit->arrived, 0, NULL, "the connection arrives");
        add_step(drawing, visit, &visit->accepted, 0, NULL, "the user is accepted");
        add_step(drawing, visit, &visit->refused, visit->refused_event.v, &visit->refused_code, "a logon is refused");
        add_step(drawing, visit, &visit->began, 0, NULL, "a session begins");
        add_step(drawing, visit, &visit->ended, visit->ended_event.v, &visit->ended_code, "it ends");
    }
}

/* Those of connections were told above. */
static bool is_of_visits(int64_t id)
{
    static const int64_t ids[] = { 131, 261, 98, 66,   140, 1149, 4624, 4625, 4825, 21,
                                   22,  25,  68, 4778, 24,  40,   102,  103,  4779 };
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

static const char *meaning_of(const struct ev_event *event)
{
    const struct event_fact *fact = NULL;
    while ((fact = event_next((unsigned)event->id.v, fact)) != NULL) {
        if (event->log.v != NULL && strstr(fact->channel, event->log.v) != NULL) {
            return fact->meaning;
        }
    }
    return "";
}

static void draw_events(struct drawing *drawing)
{
    ev_each (event, const struct ev_event, &drawing->look->e->server.events) {
        const int64_t time_us = visit_time(drawing->look, event->last.v);
        const bool from_log = seen(event->busiest_hour.source); /* a collection's other kinds say less */
        if (!seen(event->last.source) || is_of_visits(event->id.v) || !in_window(drawing, time_us) || !from_log) {
            continue;
        }
        struct buffer words;
        buffer_init(&words, WORDS_MAX);
        buffer_format(&words, "event %" PRId64, event->id.v);
        if (seen(event->code.source)) {
            buffer_format(&words, " 0x%" PRIx64, (uint64_t)event->code.v);
        }
        if (event->count.v > 1) {
            buffer_format(&words, ", the last of %" PRId64, event->count.v);
        }
        const char *meaning = meaning_of(event);
        buffer_format(&words, meaning[0] != '\0' ? ": %.*s" : "%.*s", (int)strcspn(meaning, ";."), meaning);
        add(drawing, JOINED_SERVER, event->last.source, time_us, &words);
    }
}

/* --- the client --- */
static void draw_client(struct drawing *drawing)
{
    const struct ev_client_said *said = &drawing->look->e->client_said;
    struct buffer words;
    add_text(drawing, JOINED_CLIENT, &said->tried, "the client sets out");
    if (seen(said->told.source)) {
        buffer_init(&words, WORDS_MAX);
        buffer_text(&words, "the client tells its user");
        if (seen(said->code.source)) {
            buffer_format(&words, " 0x%" PRIx64, (uint64_t)said->code.v);
        }
        if (seen(said->extended.source)) {
            buffer_format(&words, "/0x%" PRIx64, (uint64_t)said->extended.v);
        }
        add(drawing, JOINED_CLIENT, said->told.source, said->told.v, &words);
    }
    ev_each (quote, const struct ev_quote, &drawing->look->e->told.quotes) {
        const bool by_server = enum_is(&drawing->look->e->told.by, TOLD_BY_SERVER);
        const int64_t time_us = by_server ? visit_time(drawing->look, quote->at.v) : quote->at.v;
        if (seen(quote->at.source) && quote->text.v != NULL && in_window(drawing, time_us)) {
            buffer_init(&words, WORDS_MAX);
            buffer_format(&words, "\"%s\"", quote->text.v);
            add(drawing, by_server ? JOINED_SERVER : JOINED_CLIENT, quote->at.source, time_us, &words);
        }
    }
}

static int by_time(const void *a, const void *b)
{
    const struct moment *x = a;
    const struct moment *y = b;
    return x->time_us != y->time_us ? (x->time_us > y->time_us) - (x->time_us < y->time_us)
                                    : (x->side > y->side) - (x->side < y->side);
}

bool timeline_of(const struct evidence *evidence, struct timeline *timeline, struct error *error)
{
    struct look look = { .e = evidence };
    struct drawing drawing = { .look = &look, .timeline = timeline };
    *timeline = (struct timeline){ .count = 0 };
    if (evidence->joined.parts.count < 2 || !visit_tried(&look, &drawing.tried_us)) {
        return true;
    }
    const struct ev_part *main_part = evidence->joined.parts.items;
    drawing.matched = seen(evidence->joined.ahead_low_us.source) || enum_is(&main_part->side, JOINED_SERVER);
    draw_client(&drawing);
    draw_wire(&drawing);
    draw_visits(&drawing);
    draw_events(&drawing);
    qsort(timeline->items, timeline->count, sizeof timeline->items[0], by_time);
    if (drawing.failed) {
        timeline_release(timeline);
        return error_no_memory(error);
    }
    return true;
}

void timeline_release(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->count; i++) {
        alloc_free(timeline->items[i].words);
    }
    *timeline = (struct timeline){ .count = 0 };
}
