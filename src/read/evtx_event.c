/* One event, from its XML. */
#include "read/evtx_event.h"

#include <string.h>

#include <expat.h>

static struct event_room room_of(char *at, size_t room)
{
    at[0] = '\0';
    return (struct event_room){ .at = at, .room = room };
}

void event_parts_init(struct event_parts *parts, struct evtx_event *event)
{
    *parts = (struct event_parts){ .event = event };
    event->id = 0;
    event->time_us = 0;
    event->provider[0] = event->channel[0] = event->computer[0] = event->activity[0] = '\0';
    event->count = 0;
}

static void begin_system(struct event_parts *parts, const char *name)
{
    struct evtx_event *event = parts->event;
    if (strcmp(name, "EventID") == 0) {
        parts->content = room_of(parts->id, sizeof parts->id);
    } else if (strcmp(name, "Channel") == 0) {
        parts->content = room_of(event->channel, sizeof event->channel);
    } else if (strcmp(name, "Computer") == 0) {
        parts->content = room_of(event->computer, sizeof event->computer);
    } else if (strcmp(name, "Provider") == 0) {
        parts->element = "Provider";
    } else if (strcmp(name, "Correlation") == 0) {
        parts->element = "Correlation";
    }
}

/* <Data Name="X">, <Data>, and the leaves of UserData, which are named by their element. */
static void begin_data(struct event_parts *parts, const char *name)
{
    struct evtx_event *event = parts->event;
    if (event->count == EVTX_PAIRS_MAX) {
        return;
    }
    struct evtx_pair *pair = &event->pairs[event->count++];
    struct event_room title = room_of(pair->name, sizeof pair->name);
    parts->content = room_of(pair->value, sizeof pair->value);
    if (strcmp(name, "Data") == 0) {
        parts->element = "Data";
        return;
    }
    parts->into = title;
    event_text(parts, name, strlen(name));
    parts->into = (struct event_room){ 0 };
}

bool event_begin(struct event_parts *parts, const char *name)
{
    if (parts->content.at != NULL) {
        parts->content.at[0] = '\0'; /* what holds elements has no text of its own, but how they are laid out */
    }
    parts->content = (struct event_room){ 0 };
    parts->into = (struct event_room){ 0 };
    parts->element = "";
    parts->depth++;
    if (parts->depth > EVENT_DEPTH_MAX) {
        return false;
    }
    if (parts->depth == 1) {
        parts->is_event = strcmp(name, "Event") == 0;
    } else if (parts->depth == 2) {
        parts->in_system = strcmp(name, "System") == 0;
    } else if (parts->in_system) {
        begin_system(parts, name);
    } else {
        begin_data(parts, name);
    }
    return true;
}

void event_attribute(struct event_parts *parts, const char *name)
{
    struct evtx_event *event = parts->event;
    parts->into = (struct event_room){ 0 };
    if (strcmp(parts->element, "Provider") == 0 && strcmp(name, "Name") == 0) {
        parts->into = room_of(event->provider, sizeof event->provider);
    } else if (strcmp(parts->element, "Correlation") == 0 && strcmp(name, "ActivityID") == 0) {
        parts->into = room_of(event->activity, sizeof event->activity);
    } else if (strcmp(parts->element, "Data") == 0 && strcmp(name, "Name") == 0) {
        parts->into = room_of(event->pairs[event->count - 1].name, sizeof event->pairs->name);
    }
}

void event_content(struct event_parts *parts)
{
    parts->into = parts->content;
}

void event_text(struct event_parts *parts, const char *bytes, size_t size)
{
    struct event_room *into = &parts->into;
    if (into->at == NULL) {
        return;
    }
    const size_t free = into->room - 1 - into->length;
    const size_t take = size < free ? size : free;
    memcpy(into->at + into->length, bytes, take);
    into->length += take;
    into->at[into->length] = '\0';
}

void event_nothing(struct event_parts *parts)
{
    struct evtx_event *event = parts->event;
    if (event->count > 0 && parts->into.length == 0 && parts->into.at == event->pairs[event->count - 1].value) {
        event->count--;
        parts->content = (struct event_room){ 0 };
        parts->into = (struct event_room){ 0 };
    }
}

void event_end(struct event_parts *parts)
{
    parts->depth--;
    parts->content = (struct event_room){ 0 };
    parts->into = (struct event_room){ 0 };
}

struct parsing {
    XML_Parser parser;
    struct event_parts parts;
};

static void begin(void *context, const char *name, const char **attributes)
{
    struct parsing *parsing = context;
    if (!event_begin(&parsing->parts, name)) {
        XML_StopParser(parsing->parser, XML_FALSE);
        return;
    }
    for (; *attributes != NULL; attributes += 2) {
        event_attribute(&parsing->parts, attributes[0]);
        event_text(&parsing->parts, attributes[1], strlen(attributes[1]));
    }
    event_content(&parsing->parts);
}

static void end(void *context, const char *name)
{
    struct parsing *parsing = context;
    (void)name;
    event_end(&parsing->parts);
}

static void text(void *context, const char *bytes, int size)
{
    struct parsing *parsing = context;
    if (size > 0) {
        event_text(&parsing->parts, bytes, (size_t)size);
    }
}

/* No event has a document type: entities are somebody's joke. */
static void doctype(void *context, const char *name, const char *system, const char *public, int internal)
{
    struct parsing *parsing = context;
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    XML_StopParser(parsing->parser, XML_FALSE);
}

bool evtx_event_parse(const char *xml, size_t size, struct evtx_event *event)
{
    struct parsing parsing;
    event_parts_init(&parsing.parts, event);
    parsing.parser = XML_ParserCreate("UTF-8");
    if (parsing.parser == NULL || size > INT32_MAX) {
        XML_ParserFree(parsing.parser);
        return false;
    }
    XML_SetUserData(parsing.parser, &parsing);
    XML_SetElementHandler(parsing.parser, begin, end);
    XML_SetCharacterDataHandler(parsing.parser, text);
    XML_SetStartDoctypeDeclHandler(parsing.parser, doctype);
    const bool good = XML_Parse(parsing.parser, xml, (int)size, 1) == XML_STATUS_OK;
    XML_ParserFree(parsing.parser);
    return good && parsing.parts.is_event;
}

const char *evtx_value(const struct evtx_event *event, const char *name)
{
    for (size_t i = 0; i < event->count; i++) {
        if (strcmp(event->pairs[i].name, name) == 0) {
            return event->pairs[i].value;
        }
    }
    return "";
}
