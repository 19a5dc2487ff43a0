#include "read/stream.h"

#include <string.h>

#include "wire/nego.h"

/* Bytes after which a client that speaks RDP has said so. */
enum { ENOUGH = 11, GREETING_MAX = 4096 };

static struct cursor rest_of(const struct half *half, size_t skip)
{
    return half->bytes.size > skip ? cursor_of(half->bytes.bytes + skip, half->bytes.size - skip) : cursor_of(NULL, 0);
}

/* TPKT and X.224 Connection Request (MS-RDPBCGR 2.2.1.1). */
static bool is_request(struct cursor at)
{
    return cursor_left(&at) >= ENOUGH && at.at[0] == 3 && at.at[1] == 0 && (at.at[5] & 0xf0) == 0xe0;
}

/* RFC 1928: method choice, its answer, request, its answer. Only the way without a password is told from data. */
static bool skip_socks5(const struct half *client, const struct half *server, size_t skip[2])
{
    struct cursor c = rest_of(client, 0);
    struct cursor s = rest_of(server, 0);
    uint8_t version;
    uint8_t count;
    uint8_t kind[2];
    for (int side = 0; side < 2; side++) {
        struct cursor *at = side == 0 ? &c : &s;
        if (!cursor_u8(at, &version) || version != 5 || !cursor_u8(at, &count) ||
            (side == 0 && !cursor_skip(at, count)) || !cursor_u8(at, &version) || version != 5 || !cursor_skip(at, 2) ||
            !cursor_u8(at, &kind[side])) {
            return false;
        }
        uint8_t length = kind[side] == 1 ? 4 : 16;
        if ((kind[side] == 3 && !cursor_u8(at, &length)) || !cursor_skip(at, (size_t)length + 2)) {
            return false;
        }
    }
    skip[SIDE_CLIENT] = cursor_offset(&c);
    skip[SIDE_SERVER] = cursor_offset(&s);
    return true;
}

static bool skip_text(struct cursor *at)
{
    uint8_t byte = 1;
    while (byte != 0) {
        if (!cursor_u8(at, &byte)) {
            return false;
        }
    }
    return true;
}

/* SOCKS 4 and 4A: version, command, port, address, user, and with 0.0.0.x a name. */
static bool skip_socks4(const struct half *client, size_t skip[2])
{
    struct cursor at = rest_of(client, 0);
    uint8_t version;
    uint8_t command;
    const uint8_t *address;
    if (!cursor_u8(&at, &version) || version != 4 || !cursor_u8(&at, &command) || command != 1 ||
        !cursor_skip(&at, 2) || !cursor_bytes(&at, 4, &address) || !skip_text(&at) ||
        (address[0] == 0 && address[1] == 0 && address[2] == 0 && address[3] != 0 && !skip_text(&at))) {
        return false;
    }
    skip[SIDE_CLIENT] = cursor_offset(&at);
    skip[SIDE_SERVER] = 8;
    return true;
}

/* "CONNECT host:port HTTP/1.x", an empty line; the answer likewise (RFC 9110 9.3.6). */
static bool skip_http(const struct half *client, const struct half *server, size_t skip[2])
{
    static const char verb[] = "CONNECT ";
    static const char line[] = "\r\n\r\n";
    if (client->bytes.size < sizeof verb || memcmp(client->bytes.bytes, verb, sizeof verb - 1) != 0) {
        return false;
    }
    for (int side = 0; side < 2; side++) {
        const struct half *half = side == 0 ? client : server;
        const size_t size = half->bytes.size < GREETING_MAX ? half->bytes.size : GREETING_MAX;
        const uint8_t *end = size > 0 ? memmem(half->bytes.bytes, size, line, sizeof line - 1) : NULL;
        if (end == NULL) {
            return false;
        }
        skip[side] = (size_t)(end - half->bytes.bytes) + sizeof line - 1;
    }
    return true;
}

static bool skip_greeting(struct stream *stream)
{
    const struct half *client = &stream->half[SIDE_CLIENT];
    const struct half *server = &stream->half[SIDE_SERVER];
    if (skip_socks5(client, server, stream->skip)) {
        stream->preamble = PREAMBLE_SOCKS5;
    } else if (skip_socks4(client, stream->skip)) {
        stream->preamble = PREAMBLE_SOCKS4;
    } else if (skip_http(client, server, stream->skip)) {
        stream->preamble = PREAMBLE_HTTP;
    } else {
        return false;
    }
    return true;
}

static bool may_be_greeting(const struct half *client)
{
    const uint8_t first = client->bytes.bytes[0];
    return client->bytes.size <= GREETING_MAX && (first == 4 || first == 5 || first == 'C');
}

static void swap_sides(struct stream *stream)
{
    const struct address address = stream->address[0];
    const uint16_t port = stream->port[0];
    const struct half half = stream->half[0];
    stream->address[0] = stream->address[1];
    stream->port[0] = stream->port[1];
    stream->half[0] = stream->half[1];
    stream->address[1] = address;
    stream->port[1] = port;
    stream->half[1] = half;
    if (stream->end != STREAM_OPEN) {
        stream->end_by = stream->end_by == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
    }
}

void stream_recognise(struct stream *stream, uint16_t rdp_port)
{
    if (stream->sort == STREAM_RDP || stream->sort == STREAM_OTHER) {
        return;
    }
    if (!stream->oriented && is_request(rest_of(&stream->half[SIDE_SERVER], 0))) {
        swap_sides(stream);
    }
    const struct half *client = &stream->half[SIDE_CLIENT];
    if (is_request(rest_of(client, 0))) {
        stream->sort = STREAM_RDP;
        stream->oriented = true;
    } else if (client->bytes.size == 0 && stream->half[SIDE_SERVER].bytes.size == 0) {
        stream->sort = stream->oriented && stream->port[SIDE_SERVER] == rdp_port ? STREAM_PORT : STREAM_NEW;
    } else if (client->bytes.size >= ENOUGH || client->gap) {
        if (stream->oriented && client->bytes.size > 0 && may_be_greeting(client)) {
            if (skip_greeting(stream)) {
                const struct cursor behind = rest_of(client, stream->skip[SIDE_CLIENT]);
                stream->sort = is_request(behind)               ? STREAM_RDP
                               : cursor_left(&behind) >= ENOUGH ? STREAM_OTHER
                                                                : stream->sort;
            }
        } else {
            stream->sort = STREAM_OTHER;
        }
    }
}

void stream_release(struct stream *stream)
{
    half_release(&stream->half[0]);
    half_release(&stream->half[1]);
}
