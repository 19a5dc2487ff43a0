/* MS-TSGU 3.3.5: handshake, tunnel, authorization, channel; and what the gateway says to each. */
#include "probe/gateway_tunnel.h"

#include <string.h>

#include "base/alloc.h"
#include "platform/random.h"
#include "wire/tsgu.h"
#include "wire/websocket.h"

enum { PIECE_MAX = 16000, PACKET_ROOM = PIECE_MAX + 64, STEP_US = 15000000, CLOSE_US = 1000000 };

static bool send_bytes(struct gateway_tunnel *tunnel, enum websocket_opcode opcode, const uint8_t *bytes, size_t size,
                       struct error *error)
{
    uint8_t framed[PACKET_ROOM + WEBSOCKET_HEADER_MAX];
    uint8_t mask[4];
    struct writer writer = writer_of(framed, sizeof framed);
    if (!tunnel->websocket) {
        return net_http_send(tunnel->in.http, bytes, size, error);
    }
    if (!platform_random(mask, sizeof mask, error)) {
        return false;
    }
    return websocket_write(&writer, opcode, mask, bytes, size)
               ? net_http_send(tunnel->out.http, framed, writer_size(&writer), error)
               : error_set(error, ERROR_INTERNAL, "a message to the gateway could not be written");
}

static bool send_packet(struct gateway_tunnel *tunnel, const struct tsgu_packet *packet, struct error *error)
{
    uint8_t bytes[PACKET_ROOM];
    struct writer writer = writer_of(bytes, sizeof bytes);
    return tsgu_write(&writer, packet)
               ? send_bytes(tunnel, WEBSOCKET_BINARY, bytes, writer_size(&writer), error)
               : error_set(error, ERROR_INTERNAL, "a message to the gateway could not be written");
}

static void enter(struct gateway_tunnel *tunnel, enum gateway_phase phase)
{
    tunnel->phase = phase;
    ev_set_enum(&tunnel->record->phase, SOURCE_PROBE, (int)phase);
    if (phase == GATEWAY_PHASE_OPEN) {
        net_timer_stop(tunnel->limit); /* its user has limits of his own */
    } else {
        net_timer_again(tunnel->limit, run_limit_us(tunnel->look->run, STEP_US));
    }
}

bool gateway_talk(struct gateway_tunnel *tunnel, struct error *error)
{
    enter(tunnel, GATEWAY_PHASE_HANDSHAKE);
    tunnel->talking = true;
    return send_packet(tunnel, &(struct tsgu_packet){ .type = TSGU_HANDSHAKE_REQUEST, .major = 1 }, error);
}

/* Its answer to what was asked for in this phase. */
static bool is_answer(enum gateway_phase phase, uint16_t type)
{
    return (phase == GATEWAY_PHASE_HANDSHAKE && type == TSGU_HANDSHAKE_RESPONSE) ||
           (phase == GATEWAY_PHASE_TUNNEL && type == TSGU_TUNNEL_RESPONSE) ||
           (phase == GATEWAY_PHASE_AUTHORIZE && type == TSGU_TUNNEL_AUTHORIZE_RESPONSE) ||
           (phase == GATEWAY_PHASE_CHANNEL && type == TSGU_CHANNEL_RESPONSE);
}

static bool ask_next(struct gateway_tunnel *tunnel, struct error *error)
{
    uint8_t name[TSGU_NAME_MAX];
    struct tsgu_packet packet = { 0 };
    switch (tunnel->phase) {
    case GATEWAY_PHASE_HANDSHAKE:
        enter(tunnel, GATEWAY_PHASE_TUNNEL);
        packet.type = TSGU_TUNNEL_CREATE;
        packet.capabilities =
            TSGU_CAPABILITY_QUARANTINE | TSGU_CAPABILITY_IDLE | TSGU_CAPABILITY_CONSENT | TSGU_CAPABILITY_SERVICE;
        break;
    case GATEWAY_PHASE_TUNNEL:
        enter(tunnel, GATEWAY_PHASE_AUTHORIZE);
        packet.type = TSGU_TUNNEL_AUTHORIZE;
        if (!tsgu_name("rdpwhy", name, sizeof name, &packet.name)) {
            return error_set(error, ERROR_INTERNAL, "the client's name could not be written");
        }
        break;
    case GATEWAY_PHASE_AUTHORIZE:
        enter(tunnel, GATEWAY_PHASE_CHANNEL);
        packet.type = TSGU_CHANNEL_CREATE;
        packet.port = tunnel->port;
        packet.protocol = TSGU_PROTOCOL_RDP;
        if (!tsgu_name(tunnel->host, name, sizeof name, &packet.name)) {
            return error_set(error, ERROR_USAGE, "the host's name is too long for a gateway");
        }
        break;
    case GATEWAY_PHASE_CHANNEL:
        enter(tunnel, GATEWAY_PHASE_OPEN);
        gateway_tunnel_opened(tunnel);
        return true;
    case GATEWAY_PHASE_WITHHELD:
    case GATEWAY_PHASE_CERTIFICATE:
    case GATEWAY_PHASE_FAILED_HERE:
    case GATEWAY_PHASE_LOGON:
    case GATEWAY_PHASE_OPEN:
    default:
        return true;
    }
    return send_packet(tunnel, &packet, error);
}

static void note(struct gateway_tunnel *tunnel, const struct tsgu_packet *packet)
{
    if (packet->type == TSGU_HANDSHAKE_RESPONSE) {
        ev_set_int(&tunnel->record->version, SOURCE_PROBE, packet->major << 8 | packet->minor);
    } else if (packet->type == TSGU_TUNNEL_RESPONSE && packet->error == 0) {
        ev_set_int(&tunnel->record->capabilities, SOURCE_PROBE, packet->capabilities);
    }
}

bool gateway_tunnel_say(struct gateway_tunnel *tunnel, const uint8_t *bytes, size_t size, struct error *error)
{
    bool good = true;
    for (size_t at = 0; at < size && good; at += PIECE_MAX) {
        const size_t piece = size - at < PIECE_MAX ? size - at : PIECE_MAX;
        good =
            send_packet(tunnel, &(struct tsgu_packet){ .type = TSGU_DATA, .data = slice_of(bytes + at, piece) }, error);
    }
    return good;
}

bool gateway_tunnel_close(struct gateway_tunnel *tunnel, struct error *error)
{
    tunnel->closing = true;
    net_timer_again(tunnel->limit, run_limit_us(tunnel->look->run, CLOSE_US));
    return send_packet(tunnel, &(struct tsgu_packet){ .type = TSGU_CLOSE }, error);
}

/* MS-TSGU 2.2.6: how the channel ends when the host ended it, as HRESULT or as its low word. */
static bool host_ended(uint32_t code)
{
    enum { WORD = 0xFFFF, GRACEFUL_DISCONNECT = 0x4CA, CONNECTION_ABORTED = 0x4D4 };
    const uint32_t word = code >> 16 == 0x8007U ? code & WORD : code;
    return word == 0 || word == GRACEFUL_DISCONNECT || word == CONNECTION_ABORTED;
}

static void take_open(struct gateway_tunnel *tunnel, const struct tsgu_packet *packet)
{
    struct error error = { 0 };
    if (packet->type == TSGU_DATA && tunnel->pump != NULL) {
        if (packet->data.size > net_stream_room(tunnel->pump)) {
            gateway_tunnel_problem(tunnel, "more came out of the channel than a connection takes");
        } else if (!net_stream_send(tunnel->pump, packet->data.bytes, packet->data.size, &error)) {
            gateway_tunnel_failed(tunnel, &error);
        }
    } else if (packet->type == TSGU_CLOSE || packet->type == TSGU_CLOSE_RESPONSE) {
        if (!host_ended(packet->error) && !tunnel->closing) {
            ev_set_int(&tunnel->record->code, SOURCE_PROBE, packet->error);
        }
        gateway_tunnel_over(tunnel);
    }
}

static void take_packet(struct gateway_tunnel *tunnel, const struct tsgu_packet *packet)
{
    struct error error = { 0 };
    const bool answer = is_answer(tunnel->phase, packet->type);
    if (tunnel->phase == GATEWAY_PHASE_OPEN) {
        take_open(tunnel, packet);
        return;
    }
    if (packet->type == TSGU_CLOSE || (answer && packet->error != 0)) {
        ev_set_int(&tunnel->record->code, SOURCE_PROBE, packet->error);
        gateway_tunnel_over(tunnel);
        return;
    }
    if (!answer) {
        return; /* a message for the user, a keep-alive */
    }
    note(tunnel, packet);
    if (!ask_next(tunnel, &error)) {
        gateway_tunnel_failed(tunnel, &error);
    }
}

/* Too much is the gateway's doing, no memory is not. */
static void keep(struct gateway_tunnel *tunnel, struct buffer *waiting, const uint8_t *bytes, size_t size)
{
    struct error error = { 0 };
    if (size > waiting->cap - waiting->size) {
        gateway_tunnel_problem(tunnel, "more came than a tunnel's answers can be");
    } else if (!buffer_add(waiting, bytes, size)) {
        error_no_memory(&error);
        gateway_tunnel_failed(tunnel, &error);
    }
}

static void take_packets(struct gateway_tunnel *tunnel, const uint8_t *bytes, size_t size)
{
    enum parse parsed = PARSE_DONE;
    keep(tunnel, &tunnel->packets, bytes, size);
    while (!tunnel->over && parsed == PARSE_DONE && tunnel->packets.size > 0) {
        struct cursor cursor = cursor_of(tunnel->packets.bytes, tunnel->packets.size);
        struct tsgu_packet packet;
        struct fault fault;
        parsed = tsgu_parse(&cursor, &packet, &fault);
        if (parsed == PARSE_BAD) {
            gateway_tunnel_problem(tunnel, fault.why);
        } else if (parsed == PARSE_DONE) {
            take_packet(tunnel, &packet);
            buffer_consume(&tunnel->packets, cursor_offset(&cursor));
        }
    }
}

static void take_frame(struct gateway_tunnel *tunnel, const struct websocket_frame *frame)
{
    struct error error = { 0 };
    if (frame->masked) {
        gateway_tunnel_problem(tunnel, "a frame under a mask, which no server sends (RFC 6455 5.1)");
    } else if (frame->opcode <= WEBSOCKET_BINARY) {
        take_packets(tunnel, frame->payload.bytes, frame->payload.size);
    } else if (frame->opcode == WEBSOCKET_CLOSE) {
        gateway_tunnel_cut(tunnel, GATEWAY_CLOSED);
    } else if (frame->opcode == WEBSOCKET_PING &&
               !send_bytes(tunnel, WEBSOCKET_PONG, frame->payload.bytes, frame->payload.size, &error)) {
        gateway_tunnel_failed(tunnel, &error);
    }
}

static void take_frames(struct gateway_tunnel *tunnel, const uint8_t *bytes, size_t size)
{
    enum parse parsed = PARSE_DONE;
    keep(tunnel, &tunnel->frames, bytes, size);
    while (!tunnel->over && parsed == PARSE_DONE && tunnel->frames.size > 0) {
        struct cursor cursor = cursor_of(tunnel->frames.bytes, tunnel->frames.size);
        struct websocket_frame frame;
        struct fault fault;
        parsed = websocket_parse(&cursor, &frame, &fault);
        if (parsed == PARSE_BAD) {
            gateway_tunnel_problem(tunnel, fault.why);
        } else if (parsed == PARSE_DONE) {
            take_frame(tunnel, &frame);
            buffer_consume(&tunnel->frames, cursor_offset(&cursor));
        }
    }
}

void gateway_heard(struct gateway_tunnel *tunnel, const uint8_t *bytes, size_t size)
{
    if (tunnel->over || !tunnel->talking) {
        return; /* the seed, or the page of a refusal */
    }
    if (tunnel->websocket) {
        take_frames(tunnel, bytes, size);
    } else {
        take_packets(tunnel, bytes, size);
    }
}
