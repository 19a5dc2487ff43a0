/* For evtx*.c alone: an event put together from the parts of its XML, in their order, whoever reads them. */
#ifndef RDPWHY_READ_EVTX_EVENT_H
#define RDPWHY_READ_EVTX_EVENT_H

#include "read/evtx.h"

enum { EVENT_DEPTH_MAX = 16 };

/* Where the next text goes; at NULL: nobody wants it. */
struct event_room {
    char *at;
    size_t room;
    size_t length;
};
struct event_parts {
    struct evtx_event *event; /* id and time are left to the caller */
    unsigned depth;
    bool is_event; /* the outermost element is */
    bool in_system;
    char id[8]; /* the text of EventID */
    const char *element;
    struct event_room content; /* of the element that is open */
    struct event_room into;
};

/* Begins a new event in *event. */
void event_parts_init(struct event_parts *parts, struct evtx_event *event);
/* `name` (not kept): ends in NUL. Behind it come the attributes, then event_content, then text or elements, then the
 * end. False: too deep. */
bool event_begin(struct event_parts *parts, const char *name) MUST_USE;
void event_attribute(struct event_parts *parts, const char *name);
void event_content(struct event_parts *parts);
void event_text(struct event_parts *parts, const char *bytes, size_t size);
/* Its only content is a value that is not there: then libevtx has no such element. */
void event_nothing(struct event_parts *parts);
void event_end(struct event_parts *parts);

#endif
