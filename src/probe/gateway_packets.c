/* MS-TSGU 3.3.5: handshake, tunnel, authorization, channel; and what the gateway says to each. */
#include "probe/gateway_tunnel.h"

#include <string.h>

#include "base/alloc.h"
#include "platform/random.h"
#include "wire/nego.h"
#include "wire/tsgu.h"
#include "wire/websocket.h"

enum { PACKET_ROOM = 1024, STEP_US = 15000000, BEHIND_US = 5000000 };

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
    net_timer_again(tunnel->limit, run_limit_us(tunnel->look->run, phase == GATEWAY_PHASE_OPEN ? BEHIND_US : STEP_US));
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
    const struct run *run = tunnel->look->run;
    uint8_t name[TSGU_NAME_MAX];
    uint8_t request[NEGO_REQUEST_MAX];
    struct writer writer = writer_of(request, sizeof request);
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
        packet.port = run->options->port;
        packet.protocol = TSGU_PROTOCOL_RDP;
        if (!tsgu_name(run->options->host, name, sizeof name, &packet.name)) {
            return error_set(error, ERROR_USAGE, "the host's name is too long for a gateway");
        }
        break;
    case GATEWAY_PHASE_CHANNEL:
        enter(tunnel, GATEWAY_PHASE_OPEN);
        packet.type = TSGU_DATA;
        if (!nego_request_write(
                &writer, &(struct nego_request){ .protocols = PROTOCOL_MSTSC, .cookie = slice_of_text("rdpwhy") })) {
            return error_set(error, ERROR_INTERNAL, "the request could not be written");
        }
        packet.data = slice_of(request, writer_size(&writer));
        break;
    case GATEWAY_PHASE_WITHHELD:
    case GATEWAY_PHASE_CERTIFICATE:
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

void gateway_behind(struct gateway_tunnel *tunnel, enum gateway_behind behind)
{
    if (tunnel->record->behind.source == SOURCE_NONE) {
        ev_set_enum(&tunnel->record->behind, SOURCE_PROBE, (int)behind);
    }
}

/* What stands behind the channel answers; that is as far as this goes. */
static void take_data(struct gateway_tunnel *tunnel, const struct slice *data, struct error *error)
{
    struct nego_answer answer = { .kind = NEGO_ANSWER_NOT_RDP };
    const bool fits = buffer_add(&tunnel->behind, data->bytes, data->size);
    struct cursor cursor = cursor_of(tunnel->behind.bytes, tunnel->behind.size);
    const enum parse parsed = fits ? nego_answer_parse(&cursor, &answer, NULL) : PARSE_BAD;
    if (parsed == PARSE_MORE) {
        return;
    }
    const bool rdp = parsed == PARSE_DONE && answer.kind != NEGO_ANSWER_NOT_RDP;
    if (rdp && answer.kind == NEGO_ANSWER_FAILURE) {
        ev_set_int(&tunnel->record->failure, SOURCE_PROBE, answer.failure);
    } else if (rdp && answer.kind == NEGO_ANSWER_RESPONSE) {
        ev_set_int(&tunnel->record->selected, SOURCE_PROBE, answer.selected);
    }
    const bool refuses = rdp && (answer.kind == NEGO_ANSWER_FAILURE || answer.kind == NEGO_ANSWER_DISCONNECT);
    gateway_behind(tunnel, !rdp ? GATEWAY_BEHIND_OTHER : refuses ? GATEWAY_BEHIND_REFUSES : GATEWAY_BEHIND_RDP);
    if (send_packet(tunnel, &(struct tsgu_packet){ .type = TSGU_CLOSE }, error)) {
        gateway_tunnel_over(tunnel);
    } else {
        gateway_tunnel_failed(tunnel, error);
    }
}

static void take_packet(struct gateway_tunnel *tunnel, const struct tsgu_packet *packet)
{
    struct error error = { 0 };
    const bool answer = is_answer(tunnel->phase, packet->type);
    if (tunnel->phase == GATEWAY_PHASE_OPEN && packet->type == TSGU_DATA) {
        take_data(tunnel, &packet->data, &error);
        return;
    }
    if (tunnel->phase == GATEWAY_PHASE_OPEN && packet->type == TSGU_CLOSE) {
        gateway_behind(tunnel, GATEWAY_BEHIND_CLOSED);
        gateway_tunnel_over(tunnel);
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

static void take_packets(struct gateway_tunnel *tunnel, const uint8_t *bytes, size_t size)
{
    enum parse parsed = PARSE_DONE;
    if (!buffer_add(&tunnel->packets, bytes, size)) {
        gateway_tunnel_problem(tunnel, "more came than a tunnel's answers can be");
    }
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

/* RFC 6455 5.1: servers send without a mask; one that does is understood all the same. */
static void take_frame(struct gateway_tunnel *tunnel, const struct websocket_frame *frame)
{
    struct error error = { 0 };
    if (frame->opcode <= WEBSOCKET_BINARY) {
        take_packets(tunnel, frame->payload.bytes, frame->masked ? 0 : frame->payload.size);
    } else if (frame->opcode == WEBSOCKET_CLOSE) {
        ev_set_enum(&tunnel->record->error, SOURCE_PROBE, GATEWAY_CLOSED);
        gateway_tunnel_over(tunnel);
    } else if (frame->opcode == WEBSOCKET_PING &&
               !send_bytes(tunnel, WEBSOCKET_PONG, frame->payload.bytes, frame->payload.size, &error)) {
        gateway_tunnel_failed(tunnel, &error);
    }
}

static void take_frames(struct gateway_tunnel *tunnel, const uint8_t *bytes, size_t size)
{
    enum parse parsed = PARSE_DONE;
    if (!buffer_add(&tunnel->frames, bytes, size)) {
        gateway_tunnel_problem(tunnel, "more came than a tunnel's answers can be");
    }
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
