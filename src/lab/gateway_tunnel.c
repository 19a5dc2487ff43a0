/* The tunnel of the lab's RD Gateway: MS-TSGU packets, out of WebSocket frames or of the IN channel's chunks, and the
 * bytes of a channel to a server on loopback. */
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/alloc.h"
#include "lab/gateway.h"
#include "wire/tsgu.h"
#include "wire/websocket.h"

enum { FRAME_ROOM = TSGU_DATA_MAX + 64, PIECE_MAX = 16000, TARGET_US = 5000000 };
enum { E_PROXY_TS_CONNECTFAILED = 0x59DD };
static const uint32_t hresult = 0x80070000U;

static void send_packet(struct lab_session *session, const struct tsgu_packet *packet)
{
    uint8_t *bytes = alloc_new(FRAME_ROOM);
    uint8_t *framed = alloc_new(FRAME_ROOM);
    if (bytes == NULL || framed == NULL) {
        session_no_memory(session);
    } else {
        struct writer writer = writer_of(bytes, FRAME_ROOM);
        struct writer frame = writer_of(framed, FRAME_ROOM);
        const bool websocket = session->gateway->role == GATEWAY_ROLE_WEBSOCKET;
        if (tsgu_write(&writer, packet) &&
            (!websocket || websocket_write(&frame, WEBSOCKET_BINARY, NULL, bytes, writer_size(&writer)))) {
            gateway_say(session, websocket ? framed : bytes, websocket ? writer_size(&frame) : writer_size(&writer));
        }
    }
    alloc_free(bytes);
    alloc_free(framed);
}

static void garbage(struct lab_session *session)
{
    static const uint8_t bytes[] = { 5, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3, 4 };
    uint8_t framed[sizeof bytes + WEBSOCKET_HEADER_MAX];
    struct writer frame = writer_of(framed, sizeof framed);
    session_tell(session, "sends a packet that cannot be");
    if (session->gateway->role == GATEWAY_ROLE_WEBSOCKET &&
        websocket_write(&frame, WEBSOCKET_BINARY, NULL, bytes, sizeof bytes)) {
        gateway_say(session, framed, writer_size(&frame));
    } else {
        gateway_say(session, bytes, sizeof bytes);
    }
}

/* --- the channel --- */

static void target_connected(void *context, const struct net_connected *connected)
{
    struct lab_session *session = context;
    const bool open = connected->result == NET_OPEN;
    session->gateway->target_open = open;
    session_tell(session, open ? "the channel is open" : "the target does not open");
    send_packet(session, &(struct tsgu_packet){ .type = TSGU_CHANNEL_RESPONSE,
                                                .error = open ? 0 : hresult | E_PROXY_TS_CONNECTFAILED,
                                                .fields = open ? 1 : 0,
                                                .id = 1 });
    session_leave(session);
}

static bool flood_channel(void *context, struct buffer *queue)
{
    static const uint8_t nothing[PIECE_MAX];
    struct lab_session *session = context;
    uint8_t *bytes = alloc_new(FRAME_ROOM);
    uint8_t *framed = alloc_new(FRAME_ROOM);
    struct writer writer = writer_of(bytes, bytes != NULL ? FRAME_ROOM : 0);
    struct writer frame = writer_of(framed, framed != NULL ? FRAME_ROOM : 0);
    const bool websocket = session->gateway->role == GATEWAY_ROLE_WEBSOCKET;
    bool good = tsgu_write(&writer, &(struct tsgu_packet){ .type = TSGU_DATA, .data = slice_of(nothing, PIECE_MAX) });
    good = good && (!websocket || websocket_write(&frame, WEBSOCKET_BINARY, NULL, bytes, writer_size(&writer)));
    good = good &&
           net_tls_write(session->tls, websocket ? framed : bytes,
                         websocket ? writer_size(&frame) : writer_size(&writer), NULL) &&
           net_tls_take(session->tls, queue);
    alloc_free(bytes);
    alloc_free(framed);
    return good;
}

/* The gateway breaks the channel. False: it does not, or not yet. */
static bool breaks(struct lab_session *session, size_t size)
{
    const struct lab_gateway *behaviour = &session->options.behaviour->gateway;
    session->gateway->from_target += size;
    if (behaviour->channel_bytes == 0 || session->gateway->from_target < behaviour->channel_bytes) {
        return false;
    }
    session_tell(session, "breaks the channel");
    net_stream_close(session->gateway->target);
    session->gateway->target = NULL;
    session->gateway->target_open = false;
    if (behaviour->channel_close != 0) {
        send_packet(session, &(struct tsgu_packet){ .type = TSGU_CLOSE, .error = behaviour->channel_close });
    } else if (behaviour->channel_lies) {
        garbage(session);
    } else if (behaviour->channel_floods) {
        session->stage = STAGE_SINK;
        session->outlet.more = flood_channel;
        session_push(session);
    } else {
        session_act(session, behaviour->channel_act);
    }
    return true;
}

static void target_received(void *context, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct lab_session *session = context;
    (void)at_us;
    if (breaks(session, size)) {
        session_leave(session);
        return;
    }
    for (size_t at = 0; at < size && !session->gone; at += PIECE_MAX) {
        const size_t piece = size - at < PIECE_MAX ? size - at : PIECE_MAX;
        send_packet(session, &(struct tsgu_packet){ .type = TSGU_DATA, .data = slice_of(bytes + at, piece) });
    }
    session_leave(session);
}

static void target_ended(void *context, enum net_end end, int64_t at_us)
{
    struct lab_session *session = context;
    (void)end;
    (void)at_us;
    session_tell(session, "the target closed");
    session->gateway->target_open = false;
    send_packet(session, &(struct tsgu_packet){ .type = TSGU_CLOSE });
    session_leave(session);
}

static const struct net_stream_handler target_handler = {
    .connected = target_connected,
    .received = target_received,
    .ended = target_ended,
};

/* The lab leaves this machine alone: only loopback is connected to. */
static bool loopback(const struct slice *name, struct address *address)
{
    char text[ADDRESS_TEXT_SIZE] = "";
    for (size_t i = 0; i + 1 < name->size && i / 2 < sizeof text - 1; i += 2) {
        text[i / 2] = name->bytes[i + 1] == 0 ? (char)name->bytes[i] : '?';
    }
    /* one name is known to the gateway alone (RFC 6761 6.4) */
    const bool ours = strcmp(text, "localhost") == 0 || strcmp(text, "behind.invalid") == 0;
    return address_parse(ours ? "127.0.0.1" : text, address) && address_class_of(address) == ADDRESS_CLASS_LOOPBACK;
}

static void open_channel(struct lab_session *session, const struct tsgu_packet *packet)
{
    struct net_stream_options options = { .port = packet->port, .connect_limit_us = TARGET_US };
    struct error error;
    if (session->gateway->target == NULL && loopback(&packet->name, &options.address)) {
        session->gateway->target =
            net_stream_connect(session->options.loop, &options, &target_handler, session, &error);
    }
    if (session->gateway->target == NULL) {
        session_tell(session, "refuses the target: only servers on loopback");
        send_packet(session, &(struct tsgu_packet){ .type = TSGU_CHANNEL_RESPONSE,
                                                    .error = hresult | E_PROXY_TS_CONNECTFAILED });
    }
}

/* --- the packets --- */

static void answer_packet(struct lab_session *session, const struct tsgu_packet *packet)
{
    const struct lab_gateway *behaviour = &session->options.behaviour->gateway;
    char words[SESSION_WORDS];
    if (packet->type != TSGU_DATA) {
        snprintf(words, sizeof words, "got packet %u of the tunnel", packet->type);
        session_tell(session, words);
    }
    switch (packet->type) {
    case TSGU_HANDSHAKE_REQUEST:
        send_packet(session, &(struct tsgu_packet){ .type = TSGU_HANDSHAKE_RESPONSE,
                                                    .error = behaviour->handshake_error,
                                                    .major = 1,
                                                    .version = 0 });
        break;
    case TSGU_TUNNEL_CREATE:
        if (behaviour->packet_silence) {
            break;
        }
        if (behaviour->packet_garbage) {
            garbage(session);
            break;
        }
        send_packet(session, &(struct tsgu_packet){ .type = TSGU_TUNNEL_RESPONSE,
                                                    .error = behaviour->tunnel_error,
                                                    .fields = behaviour->tunnel_error == 0 ? 3 : 0,
                                                    .id = 10,
                                                    .capabilities = TSGU_CAPABILITY_IDLE });
        break;
    case TSGU_TUNNEL_AUTHORIZE:
        send_packet(session, &(struct tsgu_packet){ .type = TSGU_TUNNEL_AUTHORIZE_RESPONSE,
                                                    .error = behaviour->authorize_error,
                                                    .fields = behaviour->authorize_error == 0 ? 3 : 0,
                                                    .idle_minutes = 30 });
        break;
    case TSGU_CHANNEL_CREATE:
        if (behaviour->channel_error != 0) {
            send_packet(session,
                        &(struct tsgu_packet){ .type = TSGU_CHANNEL_RESPONSE, .error = behaviour->channel_error });
        } else {
            open_channel(session, packet);
        }
        break;
    case TSGU_DATA:
        if (session->gateway->target_open &&
            !net_stream_send(session->gateway->target, packet->data.bytes, packet->data.size, NULL)) {
            session_no_memory(session);
        }
        break;
    case TSGU_CLOSE:
        send_packet(session, &(struct tsgu_packet){ .type = TSGU_CLOSE_RESPONSE });
        if (!session->gone) {
            session_act(session, LAB_FIN);
        }
        break;
    default:
        break;
    }
}

void gateway_packets(struct lab_session *session, const uint8_t *bytes, size_t size)
{
    struct buffer *packets = &session->gateway->packets;
    struct fault fault;
    enum parse parsed = PARSE_DONE;
    if (!buffer_add(packets, bytes, size)) {
        session_no_memory(session);
    }
    while (!session->gone && parsed == PARSE_DONE && packets->size > 0) {
        struct cursor cursor = cursor_of(packets->bytes, packets->size);
        struct tsgu_packet packet;
        parsed = tsgu_parse(&cursor, &packet, &fault);
        if (parsed == PARSE_DONE) {
            answer_packet(session, &packet);
            buffer_consume(packets, cursor_offset(&cursor));
        } else if (parsed == PARSE_BAD) {
            session_tell(session, fault.why);
            session_reset(session);
        }
    }
}

/* --- how they come --- */

bool gateway_step_websocket(struct lab_session *session)
{
    struct cursor cursor = cursor_of(session->plain.bytes, session->plain.size);
    struct websocket_frame frame;
    struct fault fault;
    if (session->plain.size == 0) {
        return false;
    }
    const enum parse parsed = websocket_parse(&cursor, &frame, &fault);
    if (parsed == PARSE_BAD) {
        session_tell(session, fault.why);
        session_reset(session);
    }
    if (parsed != PARSE_DONE) {
        return false;
    }
    uint8_t *plain = alloc_new(frame.payload.size);
    if (plain == NULL) {
        session_no_memory(session);
        return false;
    }
    websocket_unmask(frame.mask, frame.payload.bytes, frame.payload.size, plain);
    const size_t size = frame.payload.size;
    buffer_consume(&session->plain, cursor_offset(&cursor));
    if (frame.opcode <= WEBSOCKET_BINARY) {
        gateway_packets(session, plain, size);
    } else if (frame.opcode == WEBSOCKET_CLOSE) {
        session_act(session, LAB_FIN);
    }
    alloc_free(plain);
    return !session->gone && session->stage == STAGE_GATEWAY;
}

static struct lab_session *out_of(struct lab_session *session)
{
    for (size_t i = 0; i < LAB_HUB_MAX; i++) {
        struct lab_session *out = session->options.hub->out[i];
        if (out != NULL && strcmp(out->gateway->id, session->gateway->id) == 0) {
            return out;
        }
    }
    return NULL;
}

/* RFC 9112 7.1. False: its line is not there yet, or it is the last one. */
static bool begin_chunk(struct lab_session *session)
{
    struct buffer *plain = &session->plain;
    const char *end = plain->size > 1 ? memmem(plain->bytes, plain->size, "\r\n", 2) : NULL;
    unsigned size = 0;
    if (end == NULL) {
        return false;
    }
    if (sscanf((const char *)plain->bytes, "%8x", &size) != 1 || size == 0) {
        session_tell(session, "the IN channel ends");
        session_act(session, LAB_FIN);
        return false;
    }
    buffer_consume(plain, (size_t)(end + 2 - (const char *)plain->bytes));
    session->gateway->chunk_left = size;
    return true;
}

bool gateway_step_chunks(struct lab_session *session)
{
    struct lab_gateway_state *state = session->gateway;
    struct buffer *plain = &session->plain;
    if (plain->size == 0) {
        return false;
    }
    if (state->chunk_end) {
        if (plain->size < 2) {
            return false;
        }
        buffer_consume(plain, 2);
        state->chunk_end = false;
        return true;
    }
    if (state->chunk_left == 0) {
        return begin_chunk(session);
    }
    const size_t size = plain->size < state->chunk_left ? plain->size : state->chunk_left;
    struct lab_session *out = out_of(session);
    if (out == NULL) {
        session_tell(session, "an IN channel without its OUT channel");
        session_act(session, LAB_FIN);
        return false;
    }
    gateway_packets(out, plain->bytes, size);
    buffer_consume(plain, size);
    state->chunk_left -= size;
    state->chunk_end = state->chunk_left == 0;
    session_leave(out);
    return true;
}
