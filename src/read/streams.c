#include "read/streams.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/attributes.h"
#include "wire/rdpeudp.h"

enum { CHAINS = 1 << 16 };

struct streams {
    struct stream **chains; /* CHAINS of them */
    struct stream *newest;
    struct stream *oldest;
    size_t count;
    size_t memory;
    uint64_t seen;
    uint64_t pushed_out;
    uint16_t rdp_port;
    streams_done *done;
    void *context;
    struct udp_way ways[UDP_WAYS_MAX];
    size_t way_count;
};

struct streams *streams_new(uint16_t rdp_port, streams_done *done, void *context, struct error *error)
{
    struct streams *streams = alloc_new(sizeof *streams);
    if (streams != NULL) {
        streams->chains = alloc_array(CHAINS, sizeof(struct stream *));
    }
    if (streams == NULL || streams->chains == NULL) {
        alloc_free(streams);
        error_no_memory(error);
        return NULL;
    }
    streams->rdp_port = rdp_port;
    streams->done = done;
    streams->context = context;
    return streams;
}

/* The same for both directions. A hostile capture can fill a chain; STREAMS_MAX and the time it takes stay bounded. */
static size_t chain_of(const struct address *a, uint16_t a_port, const struct address *b, uint16_t b_port)
{
    uint64_t words[4];
    memcpy(words, a->bytes, 16);
    memcpy(words + 2, b->bytes, 16);
    uint64_t mixed = (words[0] ^ words[2]) * UINT64_C(0x9E3779B97F4A7C15) + (words[1] ^ words[3]) +
                     (uint64_t)(a_port ^ b_port) * UINT64_C(0xC2B2AE3D27D4EB4F) + (uint64_t)(a_port + b_port);
    mixed ^= mixed >> 29;
    mixed *= UINT64_C(0xBF58476D1CE4E5B9);
    return (size_t)(mixed >> 32) % CHAINS;
}

static bool is_between(const struct stream *stream, int side, const struct packet *packet)
{
    return stream->port[side] == packet->from_port && stream->port[!side] == packet->to_port &&
           address_equal(&stream->address[side], &packet->from) && address_equal(&stream->address[!side], &packet->to);
}

/* The connection of a packet; *side says who sent it. */
static struct stream *find(const struct streams *streams, const struct packet *packet, int *side)
{
    struct stream *stream = streams->chains[chain_of(&packet->from, packet->from_port, &packet->to, packet->to_port)];
    for (; stream != NULL; stream = stream->next) {
        for (*side = 0; *side < 2; ++*side) {
            if (is_between(stream, *side, packet)) {
                return stream;
            }
        }
    }
    return NULL;
}

static void unlink_age(struct streams *streams, struct stream *stream)
{
    *(stream->newer != NULL ? &stream->newer->older : &streams->newest) = stream->older;
    *(stream->older != NULL ? &stream->older->newer : &streams->oldest) = stream->newer;
    stream->newer = stream->older = NULL;
}

static void link_newest(struct streams *streams, struct stream *stream)
{
    stream->older = streams->newest;
    *(streams->newest != NULL ? &streams->newest->newer : &streams->oldest) = stream;
    streams->newest = stream;
}

static struct stream **place_of(struct streams *streams, const struct stream *stream)
{
    struct stream **place =
        &streams->chains[chain_of(&stream->address[0], stream->port[0], &stream->address[1], stream->port[1])];
    while (*place != stream) {
        place = &(*place)->next;
    }
    return place;
}

static size_t memory_of(const struct stream *stream)
{
    return sizeof *stream + half_memory(&stream->half[0]) + half_memory(&stream->half[1]);
}

static bool is_wanted(const struct stream *stream)
{
    return stream->sort == STREAM_RDP || stream->sort == STREAM_PORT;
}

/* Hands a connection over, when it is one of ours, and forgets it. */
static bool let_go(struct streams *streams, struct stream *stream, struct error *error)
{
    *place_of(streams, stream) = stream->next;
    unlink_age(streams, stream);
    streams->count--;
    streams->memory -= memory_of(stream);
    const bool good = !is_wanted(stream) || streams->done(streams->context, stream, error);
    stream_release(stream);
    alloc_free(stream);
    return good;
}

static bool make_room(struct streams *streams, struct error *error)
{
    while (streams->oldest != NULL && (streams->count >= STREAMS_MAX || streams->memory > STREAMS_MEMORY_MAX)) {
        streams->pushed_out += streams->oldest->end == STREAM_OPEN && streams->oldest->sort != STREAM_OTHER;
        if (!let_go(streams, streams->oldest, error)) {
            return false;
        }
    }
    return true;
}

static struct stream *start(struct streams *streams, const struct packet *packet, struct error *error)
{
    if (!make_room(streams, error)) {
        return NULL;
    }
    struct stream *stream = alloc_new(sizeof *stream);
    if (stream == NULL) {
        error_no_memory(error);
        return NULL;
    }
    const bool answer = (packet->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
    const bool asks = (packet->flags & TCP_SYN) != 0 && !answer;
    const bool from_server = answer || (!asks && packet->from_port == streams->rdp_port);
    stream->oriented = (packet->flags & TCP_SYN) != 0;
    stream->address[SIDE_CLIENT] = from_server ? packet->to : packet->from;
    stream->port[SIDE_CLIENT] = from_server ? packet->to_port : packet->from_port;
    stream->address[SIDE_SERVER] = from_server ? packet->from : packet->to;
    stream->port[SIDE_SERVER] = from_server ? packet->from_port : packet->to_port;
    stream->number = (uint32_t)streams->seen++;
    stream->first_us = packet->time_us;
    struct stream **chain = &streams->chains[chain_of(&packet->from, packet->from_port, &packet->to, packet->to_port)];
    stream->next = *chain;
    *chain = stream;
    link_newest(streams, stream);
    streams->count++;
    streams->memory += memory_of(stream);
    return stream;
}

static void note_flags(struct stream *stream, int side, const struct packet *packet)
{
    const bool syn = (packet->flags & TCP_SYN) != 0;
    if (syn && side == SIDE_CLIENT) {
        stream->syn_us = stream->syns == 0 ? packet->time_us : stream->syn_us;
        stream->syns++;
    } else if (syn && !stream->answered) {
        stream->answered = true;
        stream->answer_us = packet->time_us;
    }
    if (stream->end == STREAM_OPEN && (packet->flags & (TCP_FIN | TCP_RST)) != 0) {
        stream->end = (packet->flags & TCP_RST) != 0 ? STREAM_RST : STREAM_FIN;
        stream->end_by = (enum stream_side)side;
        stream->end_us = packet->time_us;
        stream->end_ttl = packet->ttl;
    }
}

/* What is no RDP keeps nothing but its place in the table, so that its next packets are passed over quickly. */
static bool note_bytes(struct streams *streams, struct stream *stream, int side, const struct packet *packet,
                       struct error *error)
{
    bool fresh;
    const size_t before = memory_of(stream);
    if (stream->sort == STREAM_OTHER) {
        return true;
    }
    if (!half_add(&stream->half[side], packet, &fresh)) {
        return error_no_memory(error);
    }
    stream_recognise(stream, streams->rdp_port);
    if (stream->sort == STREAM_OTHER) {
        stream_release(stream);
        memset(stream->half, 0, sizeof stream->half);
    }
    streams->memory += memory_of(stream) - before;
    return true;
}

/* The same ports again, by a new SYN after the end: another connection. */
static bool begins_anew(const struct stream *stream, int side, const struct packet *packet)
{
    return (packet->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && side == SIDE_CLIENT && stream->end != STREAM_OPEN &&
           stream->end != STREAM_ICMP && packet->sequence + 1 != stream->half[side].start;
}

static bool add_tcp(struct streams *streams, const struct packet *packet, struct error *error)
{
    int side = 0;
    struct stream *stream = find(streams, packet, &side);
    if (stream != NULL && begins_anew(stream, side, packet)) {
        if (!let_go(streams, stream, error)) {
            return false;
        }
        stream = NULL;
    }
    if (stream == NULL) {
        stream = start(streams, packet, error);
        if (stream == NULL) {
            return false;
        }
        side = is_between(stream, SIDE_CLIENT, packet) ? SIDE_CLIENT : SIDE_SERVER;
    } else if (streams->newest != stream) {
        unlink_age(streams, stream);
        link_newest(streams, stream);
    }
    stream->last_us = packet->time_us;
    const uint32_t twice = stream->half[0].duplicated + stream->half[1].duplicated;
    if (!note_bytes(streams, stream, side, packet, error)) {
        return false;
    }
    if (stream->half[0].duplicated + stream->half[1].duplicated > twice) {
        return true;
    }
    side = is_between(stream, SIDE_CLIENT, packet) ? SIDE_CLIENT : SIDE_SERVER; /* the bytes may have turned it round */
    note_flags(stream, side, packet);
    return true;
}

/* An error message that quotes a packet of a connection ends its opening (RFC 792, RFC 4443 3.1). */
static void add_icmp(struct streams *streams, const struct packet *packet)
{
    enum { UNREACHABLE_V4 = 3, UNREACHABLE_V6 = 1 };
    struct packet quoted = { 0 };
    const uint8_t wanted = packet->protocol == PROTOCOL_ICMP ? UNREACHABLE_V4 : UNREACHABLE_V6;
    if (packet->icmp_type != wanted || packet->payload.bytes == NULL) {
        return;
    }
    const enum frame_result result = frame_read(FRAME_RAW, packet->payload.bytes, packet->payload.size, &quoted);
    int side = 0;
    if ((result != FRAME_PACKET && result != FRAME_CUT) || quoted.protocol != PROTOCOL_TCP || quoted.from_port == 0) {
        return;
    }
    struct stream *stream = find(streams, &quoted, &side);
    if (stream != NULL && side == SIDE_CLIENT && !stream->answered && stream->end == STREAM_OPEN) {
        stream->end = STREAM_ICMP;
        stream->end_us = packet->time_us;
        stream->icmp_from = packet->from;
        stream->icmp_type = packet->icmp_type;
        stream->icmp_code = packet->icmp_code;
    }
}

static struct udp_way *way_of(struct streams *streams, const struct address *client, const struct address *server,
                              uint16_t port, bool make)
{
    for (size_t i = 0; i < streams->way_count; i++) {
        struct udp_way *way = &streams->ways[i];
        if (way->server_port == port && address_equal(&way->client, client) && address_equal(&way->server, server)) {
            return way;
        }
    }
    if (!make || streams->way_count == UDP_WAYS_MAX) {
        return NULL;
    }
    struct udp_way *way = &streams->ways[streams->way_count++];
    *way = (struct udp_way){ .client = *client, .server = *server, .server_port = port };
    return way;
}

/* A SYN is padded to its MTU; the rest of the world's UDP is not. */
static void add_udp(struct streams *streams, const struct packet *packet)
{
    struct rdpeudp syn;
    if (rdpeudp_parse(packet->payload, &syn, NULL) != PARSE_DONE || (syn.flags & RDPEUDP_SYN) == 0) {
        return;
    }
    const bool asks = (syn.flags & RDPEUDP_ACK) == 0;
    if (asks && packet->length < RDPEUDP_MTU_MIN) {
        return;
    }
    struct udp_way *way = asks ? way_of(streams, &packet->from, &packet->to, packet->to_port, true)
                               : way_of(streams, &packet->to, &packet->from, packet->from_port, false);
    if (way == NULL) {
        return;
    }
    way->first_us = way->first_us == 0 ? packet->time_us : way->first_us;
    way->version = !asks || way->answered == 0 ? syn.version : way->version;
    way->asked += asks;
    if (!asks) {
        way->answer_us = way->answered == 0 ? packet->time_us : way->answer_us;
        way->answered++;
        way->largest = packet->length > way->largest ? (unsigned)packet->length : way->largest;
    }
}

bool streams_add(struct streams *streams, const struct packet *packet, struct error *error)
{
    switch (packet->protocol) {
    case PROTOCOL_TCP:
        return add_tcp(streams, packet, error);
    case PROTOCOL_UDP:
        add_udp(streams, packet);
        return true;
    default:
        add_icmp(streams, packet);
        return true;
    }
}

static int by_number(const void *a, const void *b)
{
    const struct stream *const *x = a;
    const struct stream *const *y = b;
    return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

bool streams_finish(struct streams *streams, struct error *error)
{
    struct stream **left = alloc_array(streams->count + 1, sizeof *left);
    if (left == NULL) {
        return error_no_memory(error);
    }
    size_t count = 0;
    for (struct stream *stream = streams->oldest; stream != NULL; stream = stream->newer) {
        left[count++] = stream;
    }
    qsort(left, count, sizeof *left, by_number);
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        good = let_go(streams, left[i], error);
    }
    alloc_free(left);
    return good;
}

void streams_free(struct streams *streams)
{
    if (streams == NULL) {
        return;
    }
    while (streams->oldest != NULL) {
        struct stream *stream = streams->oldest;
        streams->oldest = stream->newer;
        stream_release(stream);
        alloc_free(stream);
    }
    alloc_free(streams->chains);
    alloc_free(streams);
}

size_t streams_udp(const struct streams *streams, const struct udp_way **ways)
{
    *ways = streams->ways;
    return streams->way_count;
}

uint64_t streams_seen(const struct streams *streams)
{
    return streams->seen;
}

uint64_t streams_pushed_out(const struct streams *streams)
{
    return streams->pushed_out;
}
