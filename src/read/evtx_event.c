/* One event, from its XML. */
#include "read/evtx.h"

#include <string.h>

#include <expat.h>

enum { DEPTH_MAX = 16 };

struct parsing {
    XML_Parser parser;
    struct evtx_event *event;
    unsigned depth;
    bool in_system;
    bool is_event;
    char *into; /* where the text of this element goes; NULL: nowhere */
    size_t room;
};

static void copy(char *to, size_t room, const char *from)
{
    size_t length = strlen(from);
    length = length < room ? length : room - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes != NULL; attributes += 2) {
        if (strcmp(attributes[0], name) == 0) {
            return attributes[1];
        }
    }
    return "";
}

static void begin_system(struct parsing *parsing, const char *name, const char **attributes)
{
    struct evtx_event *event = parsing->event;
    if (strcmp(name, "Provider") == 0) {
        const char *own = attribute(attributes, "Name");
        copy(event->provider, sizeof event->provider, own);
    } else if (strcmp(name, "Correlation") == 0) {
        copy(event->activity, sizeof event->activity, attribute(attributes, "ActivityID"));
    } else if (strcmp(name, "Channel") == 0) {
        parsing->into = event->channel;
        parsing->room = sizeof event->channel;
    } else if (strcmp(name, "Computer") == 0) {
        parsing->into = event->computer;
        parsing->room = sizeof event->computer;
    }
}

/* <Data Name="X">, <Data>, and the leaves of UserData, which are named by their element. */
static void begin_data(struct parsing *parsing, const char *name, const char **attributes)
{
    struct evtx_event *event = parsing->event;
    if (event->count == EVTX_PAIRS_MAX) {
        return;
    }
    struct evtx_pair *pair = &event->pairs[event->count++];
    *pair = (struct evtx_pair){ { 0 }, { 0 } };
    copy(pair->name, sizeof pair->name, strcmp(name, "Data") == 0 ? attribute(attributes, "Name") : name);
    parsing->into = pair->value;
    parsing->room = sizeof pair->value;
}

static void begin(void *context, const char *name, const char **attributes)
{
    struct parsing *parsing = context;
    parsing->depth++;
    parsing->into = NULL;
    if (parsing->depth > DEPTH_MAX) {
        XML_StopParser(parsing->parser, XML_FALSE);
    } else if (parsing->depth == 1) {
        parsing->is_event = strcmp(name, "Event") == 0;
    } else if (parsing->depth == 2) {
        parsing->in_system = strcmp(name, "System") == 0;
    } else if (parsing->in_system) {
        begin_system(parsing, name, attributes);
    } else {
        begin_data(parsing, name, attributes);
    }
}

static void end(void *context, const char *name)
{
    struct parsing *parsing = context;
    (void)name;
    parsing->depth--;
    parsing->into = NULL;
}

static void text(void *context, const char *bytes, int size)
{
    struct parsing *parsing = context;
    if (parsing->into == NULL || size <= 0) {
        return;
    }
    const size_t have = strlen(parsing->into);
    size_t take = (size_t)size;
    take = take < parsing->room - 1 - have ? take : parsing->room - 1 - have;
    memcpy(parsing->into + have, bytes, take);
    parsing->into[have + take] = '\0';
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
    struct parsing parsing = { .event = event };
    event->provider[0] = event->channel[0] = event->computer[0] = event->activity[0] = '\0';
    event->count = 0;
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
    return good && parsing.is_event;
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
