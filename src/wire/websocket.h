/* WebSocket frames (RFC 6455 5.2), as MS-TSGU uses them: binary messages in either direction, pings, the close. */
#ifndef RDPWHY_WIRE_WEBSOCKET_H
#define RDPWHY_WIRE_WEBSOCKET_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum websocket_opcode {
    WEBSOCKET_CONTINUATION = 0,
    WEBSOCKET_TEXT = 1,
    WEBSOCKET_BINARY = 2,
    WEBSOCKET_CLOSE = 8,
    WEBSOCKET_PING = 9,
    WEBSOCKET_PONG = 10,
};

enum { WEBSOCKET_HEADER_MAX = 14, WEBSOCKET_PAYLOAD_MAX = 1 << 18, WEBSOCKET_CONTROL_MAX = 125 };

struct websocket_frame {
    enum websocket_opcode opcode;
    bool final;
    bool masked;
    uint8_t mask[4];
    struct slice payload; /* as it came: websocket_unmask */
};

/* Reads one whole frame from the front. */
enum parse websocket_parse(struct cursor *cursor, struct websocket_frame *frame, struct fault *fault) MUST_USE;
/* `mask` NULL: not masked, as servers send. False: no room. */
bool websocket_write(struct writer *writer, enum websocket_opcode opcode, const uint8_t mask[4], const void *payload,
                     size_t size) MUST_USE;
/* Takes the mask off, or puts it on (RFC 6455 5.3). */
void websocket_unmask(const uint8_t mask[4], const uint8_t *from, size_t size, uint8_t *to);

#endif
