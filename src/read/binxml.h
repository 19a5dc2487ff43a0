/* For evtx*.c alone: the binary XML of one record of an event log (MS-EVEN6 2.2.12; how it lies in a file: "Windows XML
 * Event Log (EVTX)" of libevtx), as far as records of one template and its values go. Whatever is rarer or odd is
 * refused, for libevtx to read. */
#ifndef RDPWHY_READ_BINXML_H
#define RDPWHY_READ_BINXML_H

#include "base/cursor.h"
#include "read/evtx_event.h"

enum {
    BINXML_CHUNK = 65536,
    BINXML_VALUES_MAX = 96,
    BINXML_NULL = 0x00,
    BINXML_STRING = 0x01,
    BINXML_U16 = 0x06,
    BINXML_U64 = 0x0a,
    BINXML_GUID = 0x0f,
    BINXML_FILETIME = 0x11,
    BINXML_SID = 0x13,
    BINXML_HEX64 = 0x15,
    BINXML_NESTED = 0x21,
};

/* A template and what fills it. All pointers are into the chunk. */
struct binxml_instance {
    struct cursor form; /* the template's own binary XML */
    const uint8_t *values;
    uint32_t count;
    uint8_t types[BINXML_VALUES_MAX];
    uint16_t sizes[BINXML_VALUES_MAX]; /* bytes */
    uint32_t places[BINXML_VALUES_MAX];
};

/* `cursor` stands behind the token of a template instance (0x0c), and passes it and its values. `chunk` has
 * BINXML_CHUNK bytes, and the cursor's lie in it. */
bool binxml_instance(const uint8_t *chunk, struct cursor *cursor, struct binxml_instance *instance) MUST_USE;

/* The whole event of the instance at `cursor`, but for its time. *form: a number for the template and the types of the
 * values: events of one form differ in nothing but values. False: not of the kinds that are read here. */
bool binxml_event(const uint8_t *chunk, struct cursor cursor, struct evtx_event *event, uint64_t *form) MUST_USE;

#endif
