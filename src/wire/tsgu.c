#include "wire/tsgu.h"

#include <string.h>

enum {
    FIELD_TUNNEL_ID = 1,
    FIELD_TUNNEL_CAPABILITIES = 2,
    FIELD_TUNNEL_QUARANTINE = 4,
    FIELD_TUNNEL_CONSENT = 0x10,
    FIELD_REDIRECTION = 1,
    FIELD_IDLE = 2,
    FIELD_CHANNEL_ID = 1,
    FIELD_CHANNEL_COOKIE = 2,
    FIELD_CHANNEL_UDP = 4,
    FIELD_PAA_COOKIE = 1,
    NONCE_SIZE = 16,
    CHANNEL_RESOURCES_MAX = 50, /* MS-TSGU 2.2.10.2 */
};

static bool read_block(struct cursor *cursor, struct slice *block)
{
    uint16_t size;
    const uint8_t *bytes;
    if (!cursor_u16le(cursor, &size) || !cursor_bytes(cursor, size, &bytes)) {
        return false;
    }
    *block = slice_of(bytes, size);
    return true;
}

/* With or without its two zeros at the end: clients do both. */
static bool read_name(struct cursor *cursor, struct slice *name)
{
    if (!read_block(cursor, name) || name->size % 2 != 0 || name->size > TSGU_NAME_MAX) {
        return false;
    }
    if (name->size >= 2 && name->bytes[name->size - 1] == 0 && name->bytes[name->size - 2] == 0) {
        name->size -= 2;
    }
    return true;
}

/* 2.2.10.10, 2.2.10.9 */
static bool read_handshake(struct cursor *body, struct tsgu_packet *packet)
{
    return (packet->type == TSGU_HANDSHAKE_REQUEST || cursor_u32le(body, &packet->error)) &&
           cursor_u8(body, &packet->major) && cursor_u8(body, &packet->minor) && cursor_u16le(body, &packet->version) &&
           cursor_u16le(body, &packet->auth);
}

/* 2.2.10.18 */
static bool read_tunnel_create(struct cursor *body, struct tsgu_packet *packet)
{
    return cursor_u32le(body, &packet->capabilities) && cursor_u16le(body, &packet->fields) && cursor_skip(body, 2) &&
           ((packet->fields & FIELD_PAA_COOKIE) == 0 || read_block(body, &packet->data));
}

/* 2.2.10.20 */
static bool read_tunnel_response(struct cursor *body, struct tsgu_packet *packet)
{
    struct slice certificate = { 0 };
    return cursor_u16le(body, &packet->version) && cursor_u32le(body, &packet->error) &&
           cursor_u16le(body, &packet->fields) && cursor_skip(body, 2) &&
           ((packet->fields & FIELD_TUNNEL_ID) == 0 || cursor_u32le(body, &packet->id)) &&
           ((packet->fields & FIELD_TUNNEL_CAPABILITIES) == 0 || cursor_u32le(body, &packet->capabilities)) &&
           ((packet->fields & FIELD_TUNNEL_QUARANTINE) == 0 ||
            (cursor_skip(body, NONCE_SIZE) && read_block(body, &certificate))) &&
           ((packet->fields & FIELD_TUNNEL_CONSENT) == 0 || read_block(body, &packet->data));
}

/* 2.2.10.14, 2.2.10.16 */
static bool read_authorize(struct cursor *body, struct tsgu_packet *packet)
{
    return cursor_u16le(body, &packet->fields) && read_name(body, &packet->name);
}
static bool read_authorize_response(struct cursor *body, struct tsgu_packet *packet)
{
    return cursor_u32le(body, &packet->error) && cursor_u16le(body, &packet->fields) && cursor_skip(body, 2) &&
           ((packet->fields & FIELD_REDIRECTION) == 0 || cursor_u32le(body, &packet->redirection)) &&
           ((packet->fields & FIELD_IDLE) == 0 || cursor_u32le(body, &packet->idle_minutes));
}

/* 2.2.10.2: the first name counts here */
static bool read_channel_create(struct cursor *body, struct tsgu_packet *packet)
{
    uint8_t resources;
    uint8_t others;
    struct slice other = { 0 };
    if (!cursor_u8(body, &resources) || !cursor_u8(body, &others) || !cursor_u16le(body, &packet->port) ||
        !cursor_u16le(body, &packet->protocol) || resources == 0 || resources > CHANNEL_RESOURCES_MAX ||
        others > CHANNEL_RESOURCES_MAX || !read_name(body, &packet->name)) {
        return false;
    }
    for (unsigned i = 1; i < (unsigned)resources + others; i++) {
        if (!read_name(body, &other)) {
            return false;
        }
    }
    return true;
}

/* 2.2.10.4 */
static bool read_channel_response(struct cursor *body, struct tsgu_packet *packet)
{
    uint16_t udp;
    return cursor_u32le(body, &packet->error) && cursor_u16le(body, &packet->fields) && cursor_skip(body, 2) &&
           ((packet->fields & FIELD_CHANNEL_ID) == 0 || cursor_u32le(body, &packet->id)) &&
           ((packet->fields & FIELD_CHANNEL_UDP) == 0 || cursor_u16le(body, &udp)) &&
           ((packet->fields & FIELD_CHANNEL_COOKIE) == 0 || read_block(body, &packet->data));
}

static bool read_extended_auth(struct cursor *body, struct tsgu_packet *packet)
{
    return cursor_u32le(body, &packet->error) && read_block(body, &packet->data);
}

static bool read_data(struct cursor *body, struct tsgu_packet *packet)
{
    return read_block(body, &packet->data);
}

static bool read_close(struct cursor *body, struct tsgu_packet *packet)
{
    return cursor_u32le(body, &packet->error);
}

static bool read_nothing(struct cursor *body, struct tsgu_packet *packet)
{
    (void)body;
    (void)packet;
    return true;
}

static bool (*const readers[])(struct cursor *body, struct tsgu_packet *packet) = {
    [TSGU_HANDSHAKE_REQUEST] = read_handshake,
    [TSGU_HANDSHAKE_RESPONSE] = read_handshake,
    [TSGU_EXTENDED_AUTH] = read_extended_auth,
    [TSGU_TUNNEL_CREATE] = read_tunnel_create,
    [TSGU_TUNNEL_RESPONSE] = read_tunnel_response,
    [TSGU_TUNNEL_AUTHORIZE] = read_authorize,
    [TSGU_TUNNEL_AUTHORIZE_RESPONSE] = read_authorize_response,
    [TSGU_CHANNEL_CREATE] = read_channel_create,
    [TSGU_CHANNEL_RESPONSE] = read_channel_response,
    [TSGU_DATA] = read_data,
    [TSGU_SERVICE_MESSAGE] = read_data,
    [TSGU_REAUTH] = read_nothing,
    [TSGU_KEEPALIVE] = read_nothing,
    [TSGU_CLOSE] = read_close,
    [TSGU_CLOSE_RESPONSE] = read_close,
};

enum parse tsgu_parse(struct cursor *cursor, struct tsgu_packet *packet, struct fault *fault)
{
    struct cursor at = *cursor;
    struct tsgu_packet read = { 0 };
    uint32_t size;
    struct cursor body;
    if (!cursor_u16le(&at, &read.type) || !cursor_skip(&at, 2) || !cursor_u32le(&at, &size)) {
        return PARSE_MORE;
    }
    if (read.type >= COUNT_OF(readers) || readers[read.type] == NULL) {
        return parse_bad(fault, cursor, "MS-TSGU 2.2.10", "a packet of no type that there is");
    }
    if (size < TSGU_HEADER || size > TSGU_PACKET_MAX) {
        return parse_bad(fault, cursor, "MS-TSGU 2.2.10", "the packet's length cannot be");
    }
    if (!cursor_block(&at, size - TSGU_HEADER, &body)) {
        return PARSE_MORE;
    }
    /* what stands behind the known fields belongs to newer gateways */
    if (!readers[read.type](&body, &read)) {
        return parse_bad(fault, &body, "MS-TSGU 2.2.10", "a field reaches past the packet");
    }
    *packet = read;
    *cursor = at;
    return PARSE_DONE;
}

static void write_block(struct writer *writer, const struct slice *block)
{
    writer_u16le(writer, (uint16_t)block->size);
    writer_bytes(writer, block->bytes, block->size);
}

static void write_name(struct writer *writer, const struct slice *name)
{
    writer_u16le(writer, (uint16_t)(name->size + 2));
    writer_bytes(writer, name->bytes, name->size);
    writer_u16le(writer, 0);
}

static void write_fields(struct writer *writer, uint16_t fields)
{
    writer_u16le(writer, fields);
    writer_u16le(writer, 0);
}

static bool write_body(struct writer *writer, const struct tsgu_packet *packet)
{
    switch (packet->type) {
    case TSGU_HANDSHAKE_RESPONSE:
        writer_u32le(writer, packet->error);
        /* fall through */
    case TSGU_HANDSHAKE_REQUEST:
        writer_u8(writer, packet->major);
        writer_u8(writer, packet->minor);
        writer_u16le(writer, packet->version);
        writer_u16le(writer, packet->auth);
        return true;
    case TSGU_TUNNEL_CREATE:
        writer_u32le(writer, packet->capabilities);
        write_fields(writer, 0);
        return true;
    case TSGU_TUNNEL_RESPONSE:
        writer_u16le(writer, packet->version);
        writer_u32le(writer, packet->error);
        write_fields(writer, packet->fields & (FIELD_TUNNEL_ID | FIELD_TUNNEL_CAPABILITIES));
        if ((packet->fields & FIELD_TUNNEL_ID) != 0) {
            writer_u32le(writer, packet->id);
        }
        if ((packet->fields & FIELD_TUNNEL_CAPABILITIES) != 0) {
            writer_u32le(writer, packet->capabilities);
        }
        return true;
    case TSGU_TUNNEL_AUTHORIZE:
        writer_u16le(writer, 0);
        write_name(writer, &packet->name);
        return true;
    case TSGU_TUNNEL_AUTHORIZE_RESPONSE:
        writer_u32le(writer, packet->error);
        write_fields(writer, packet->fields & (FIELD_REDIRECTION | FIELD_IDLE));
        if ((packet->fields & FIELD_REDIRECTION) != 0) {
            writer_u32le(writer, packet->redirection);
        }
        if ((packet->fields & FIELD_IDLE) != 0) {
            writer_u32le(writer, packet->idle_minutes);
        }
        return true;
    case TSGU_CHANNEL_CREATE:
        writer_u8(writer, 1);
        writer_u8(writer, 0);
        writer_u16le(writer, packet->port);
        writer_u16le(writer, packet->protocol);
        write_name(writer, &packet->name);
        return true;
    case TSGU_CHANNEL_RESPONSE:
        writer_u32le(writer, packet->error);
        write_fields(writer, packet->fields & FIELD_CHANNEL_ID);
        if ((packet->fields & FIELD_CHANNEL_ID) != 0) {
            writer_u32le(writer, packet->id);
        }
        return true;
    case TSGU_DATA:
        write_block(writer, &packet->data);
        return packet->data.size <= TSGU_DATA_MAX;
    case TSGU_KEEPALIVE:
        return true;
    case TSGU_CLOSE:
    case TSGU_CLOSE_RESPONSE:
        writer_u32le(writer, packet->error);
        return true;
    default:
        return false;
    }
}

bool tsgu_write(struct writer *writer, const struct tsgu_packet *packet)
{
    uint8_t *start = writer->at;
    writer_u16le(writer, packet->type);
    writer_u16le(writer, 0);
    writer_u32le(writer, 0);
    if (!write_body(writer, packet) || !writer_ok(writer)) {
        return false;
    }
    struct writer length = writer_of(start + 4, 4);
    writer_u32le(&length, (uint32_t)(writer->at - start));
    return true;
}

bool tsgu_name(const char *text, uint8_t *bytes, size_t room, struct slice *name)
{
    const size_t length = strlen(text);
    if (length * 2 > room || length * 2 + 2 > TSGU_NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] >= 0x80) {
            return false;
        }
        bytes[2 * i] = (uint8_t)text[i];
        bytes[2 * i + 1] = 0;
    }
    *name = slice_of(bytes, length * 2);
    return true;
}
