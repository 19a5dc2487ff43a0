#include "read/story.h"

#include <string.h>

#include "base/alloc.h"
#include "read/records.h"
#include "wire/nego.h"
#include "wire/tls_flight.h"
#include "wire/tls_hello.h"

enum {
    SILENCE_US = 5000000,     /* a connection that waited so long for an answer did not get one */
    GAVE_UP_US = 3000000,     /* a client that leaves after so long had waited in vain */
    SYN_SILENCE_US = 3000000, /* by then the SYN was repeated, and that was not answered either */
    SESSION_BYTES = 20000,    /* logon, licensing and capabilities stay well below; a first picture does not */
    LOGON_RECORDS = 2,        /* the client's second CredSSP message answers the challenge (MS-CSSP 3.1.5) */
    GRANTED_RECORDS = 3,      /* its third carries the credentials: the server's proof had come before */
    TLS_1_3_WIRE = 0x0304,
};

static struct slice rest_of(const struct stream *stream, enum stream_side side)
{
    const struct half *half = &stream->half[side];
    const size_t skip = stream->skip[side];
    return half->bytes.size > skip ? slice_of(half->bytes.bytes + skip, half->bytes.size - skip) : slice_of(NULL, 0);
}

/* The request; `after` is what the client sent behind it. */
static void read_request(struct slice bytes, struct story *story, struct slice *after)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct nego_request request;
    struct fault fault;
    if (nego_request_parse(&at, &request, &fault) != PARSE_DONE) {
        return;
    }
    story->has_request = true;
    story->no_block = request.no_block;
    story->protocols = request.protocols;
    story->cookie = request.cookie.bytes != NULL;
    *after = slice_of(at.at, cursor_left(&at));
}

static void read_answer(struct slice bytes, struct story *story, struct slice *after)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct nego_answer answer;
    struct fault fault;
    const enum parse parsed = nego_answer_parse(&at, &answer, &fault);
    if (bytes.size == 0 || parsed == PARSE_MORE) {
        return;
    }
    story->has_answer = true;
    story->confirm_size = bytes.size < STORY_CONFIRM_MAX ? bytes.size : STORY_CONFIRM_MAX;
    story->garbled = parsed == PARSE_BAD;
    story->not_rdp = parsed == PARSE_BAD || answer.kind == NEGO_ANSWER_NOT_RDP;
    if (!story->not_rdp && answer.size < story->confirm_size) {
        story->confirm_size = answer.size;
    }
    memcpy(story->confirm, bytes.bytes, story->confirm_size);
    if (story->not_rdp) {
        return;
    }
    story->plain_confirm = answer.kind == NEGO_ANSWER_PLAIN;
    story->has_failure = answer.kind == NEGO_ANSWER_FAILURE;
    story->selected = answer.selected;
    story->failure = answer.failure;
    story->flags = answer.flags;
    *after = slice_of(at.at, cursor_left(&at));
}

/* FNV-1a: only to tell whether two hellos offer the same. */
static uint32_t mark_of(uint32_t mark, struct slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        mark = (mark ^ bytes.bytes[i]) * UINT32_C(16777619);
    }
    return mark;
}

static void read_client_hello(struct slice bytes, struct story *story)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct tls_client_hello hello;
    struct fault fault;
    story->client_hello = bytes.size >= 6 && bytes.bytes[0] == 22 && bytes.bytes[5] == 1;
    if (!story->client_hello || tls_hello_parse(&at, &hello, &fault) != PARSE_DONE) {
        return;
    }
    story->hello_suites = (unsigned)(hello.suites.size / 2);
    story->hello_mark = mark_of(mark_of(mark_of(UINT32_C(2166136261), hello.suites), hello.versions), hello.groups);
    if (hello.server_name.bytes == NULL || hello.server_name.size >= STORY_NAME_MAX ||
        memchr(hello.server_name.bytes, 0, hello.server_name.size) != NULL) {
        return;
    }
    memcpy(story->name, hello.server_name.bytes, hello.server_name.size);
    story->name[hello.server_name.size] = '\0';
}

static bool keep_certificate(const struct records *server, struct story *story)
{
    const uint8_t *der;
    size_t size;
    if (!records_certificate(server, &der, &size)) {
        return true;
    }
    story->certificate = alloc_copy(der, size);
    story->certificate_size = size;
    return story->certificate != NULL;
}

static void read_server_hello(struct slice bytes, const struct records *server, struct story *story)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct tls_flight flight;
    struct fault fault;
    story->has_alert = server->has_alert;
    story->alert = server->alert;
    story->plain_at_hello = bytes.size >= 2 && bytes.bytes[0] == 3 && bytes.bytes[1] == 0;
    if (tls_flight_parse(&at, &flight, &fault) == PARSE_DONE && flight.kind == TLS_FLIGHT_SERVER_HELLO) {
        story->server_hello = true;
        story->version = flight.version;
        story->suite = flight.suite;
    }
}

/* Both sides have sent something under the new keys: each took the other's part of the handshake. */
static void read_protected(const struct records *client, const struct records *server, struct story *story)
{
    const bool newest = story->version == TLS_1_3_WIRE;
    unsigned sent = client->application;
    if (newest && sent > 0) {
        sent--; /* its Finished */
    }
    story->records_sent = sent;
    story->records_received = server->application;
    story->tls_finished = newest ? client->application > 0 && server->application > 0
                                 : client->protected_count > 0 && server->protected_count > 0;
}

static bool read_tls(struct slice client_bytes, struct slice server_bytes, struct story *story)
{
    struct records client = { 0 };
    struct records server = { 0 };
    read_client_hello(client_bytes, story);
    bool good = records_read(&client, client_bytes.bytes, client_bytes.size) &&
                records_read(&server, server_bytes.bytes, server_bytes.size);
    if (good && story->client_hello) {
        read_server_hello(server_bytes, &server, story);
        read_protected(&client, &server, story);
        good = keep_certificate(&server, story);
    }
    records_release(&client);
    records_release(&server);
    return good;
}

/* Standard RDP security goes on with MCS in the clear (MS-RDPBCGR 1.3.1.1). */
static bool read_opening(struct slice client, struct slice server, struct story *story)
{
    struct opening opening;
    if (story->client_hello || story->selected != PROTOCOL_RDP || !opening_read(client, server, &opening)) {
        return true;
    }
    story->opening = alloc_copy(&opening, sizeof(opening));
    return story->opening != NULL;
}

/* Where the server's words are enciphered, much of it is a session: its start-up alone is small. */
static enum recorded_reach reach_without_tls(const struct story *story)
{
    const struct opening *opening = story->opening;
    if (opening == NULL) {
        return REACH_CONFIRM;
    }
    const bool much = opening->seen.hidden.source != SOURCE_NONE && story->received > SESSION_BYTES;
    return opening_is_up(opening) || much ? REACH_SESSION : REACH_CONFIRM;
}

static enum recorded_reach reach_of(const struct story *story)
{
    const bool nla = (story->selected & (PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX)) != 0;
    if (!story->answered && story->sent == 0 && story->received == 0) {
        return REACH_NOTHING;
    }
    if (!story->has_answer || story->not_rdp || story->has_failure) {
        return REACH_OPEN;
    }
    if (!story->client_hello) {
        return reach_without_tls(story);
    }
    if (!story->tls_finished) {
        return story->server_hello ? REACH_HELLO : REACH_CONFIRM;
    }
    if (nla && story->records_sent < GRANTED_RECORDS) {
        return story->records_sent < LOGON_RECORDS ? REACH_TLS : REACH_LOGON;
    }
    if (story->received > SESSION_BYTES) {
        return REACH_SESSION;
    }
    return nla ? REACH_GRANTED : REACH_TLS;
}

static enum stage stage_of(const struct story *story)
{
    static const enum stage stages[] = {
        [REACH_NOTHING] = STAGE_TCP,     [REACH_OPEN] = STAGE_NEGOTIATION, [REACH_CONFIRM] = STAGE_TLS,
        [REACH_HELLO] = STAGE_TLS,       [REACH_TLS] = STAGE_NLA,          [REACH_LOGON] = STAGE_LOGON,
        [REACH_GRANTED] = STAGE_SESSION, [REACH_SESSION] = STAGE_SESSION,
    };
    return story->opening != NULL ? STAGE_SESSION : stages[story->reach];
}

/* Is the client the one who waits? */
static bool awaits_server(const struct stream *stream, const struct story *story)
{
    const struct half *client = &stream->half[SIDE_CLIENT];
    const struct half *server = &stream->half[SIDE_SERVER];
    return client->last_byte_us > server->last_byte_us || (client->total == 0 && !stream->answered) ||
           (story->opening != NULL && story->opening->awaited);
}

static void read_end(const struct stream *stream, int64_t capture_end_us, struct story *story)
{
    static const enum end_how hows[] = { [STREAM_FIN] = END_FIN, [STREAM_RST] = END_RST, [STREAM_ICMP] = END_ICMP };
    const int64_t waited_us = capture_end_us - stream->last_us;
    const struct half *client = &stream->half[SIDE_CLIENT];
    const struct half *server = &stream->half[SIDE_SERVER];
    const int64_t last_byte_us =
        client->last_byte_us > server->last_byte_us ? client->last_byte_us : server->last_byte_us;
    int64_t end_us = stream->end_us;
    const bool gave_up = stream->end != STREAM_OPEN && stream->end != STREAM_ICMP && stream->end_by == SIDE_CLIENT &&
                         (awaits_server(stream, story) || (story->client_hello && !story->tls_finished)) &&
                         client->total > 0 && stream->end_us - last_byte_us >= GAVE_UP_US;
    if (stream->end != STREAM_OPEN && !gave_up) {
        story->ended = true;
        ev_set_enum(&story->end.how, SOURCE_FILE, (int)hows[stream->end]);
        ev_set_enum(&story->end.by, SOURCE_FILE,
                    stream->end == STREAM_ICMP      ? END_BY_NETWORK
                    : stream->end_by == SIDE_SERVER ? END_BY_PEER
                                                    : END_BY_US);
        if (stream->end != STREAM_ICMP) {
            ev_set_int(&story->end.ttl, SOURCE_FILE, stream->end_ttl);
        }
    } else if (gave_up || (awaits_server(stream, story) &&
                           waited_us >= (stream->answered || stream->syns < 2 ? SILENCE_US : SYN_SILENCE_US))) {
        story->ended = true;
        end_us = gave_up ? stream->end_us : stream->last_us + waited_us;
        ev_set_enum(&story->end.how, SOURCE_FILE, END_SILENCE);
        ev_set_enum(&story->end.by, SOURCE_FILE, END_BY_PEER);
    } else {
        return;
    }
    ev_set_enum(&story->end.stage, SOURCE_FILE, (int)stage_of(story));
    ev_set_int(&story->end.after_bytes, SOURCE_FILE, (int64_t)story->received);
    const int64_t since_us = client->last_byte_us > 0 ? client->last_byte_us : stream->syn_us;
    if (since_us > 0 && end_us >= since_us) {
        ev_set_int(&story->end.after_us, SOURCE_FILE, end_us - since_us);
    }
}

static void close_opening(const struct stream *stream, struct story *story)
{
    const struct half *client = &stream->half[SIDE_CLIENT];
    const struct half *server = &stream->half[SIDE_SERVER];
    const struct opening_end how = {
        .ended = story->ended,
        .how = (enum end_how)story->end.how.v,
        .by = (enum end_by)story->end.by.v,
        .received = server->total,
        .lost = client->gap || server->gap,
        .whole = !server->gap && server->contradicted == 0 && server->total <= HALF_KEPT,
        .client_first = client->last_byte_us <= server->last_byte_us,
    };
    struct opening *opening = story->opening;
    const bool said = opening->seen.ended.source != SOURCE_NONE;
    opening_close(opening, &how);
    if (!said && story->ended && opening->seen.ended.v != SESSION_READY) {
        opening->seen.after_us = story->end.after_us;
    }
}

static void read_counts(const struct stream *stream, struct story *story)
{
    const struct half *client = &stream->half[SIDE_CLIENT];
    const struct half *server = &stream->half[SIDE_SERVER];
    *story = (struct story){
        .client = stream->address[SIDE_CLIENT],
        .server = stream->address[SIDE_SERVER],
        .client_port = stream->port[SIDE_CLIENT],
        .server_port = stream->port[SIDE_SERVER],
        .number = stream->number,
        .preamble = stream->preamble,
        .first_us = stream->first_us,
        .last_us = stream->last_us,
        .opening_seen = stream->syns > 0,
        .syns = stream->syns,
        .answered = stream->answered,
        .answer_us = stream->answered && stream->syns == 1 ? stream->answer_us - stream->syn_us : -1,
        .icmp_code = stream->icmp_code,
        .icmp_from = stream->icmp_from,
        .sent = client->total,
        .received = server->total,
        .retransmitted = client->retransmitted + server->retransmitted,
        .duplicated = client->duplicated + server->duplicated,
        .contradicted = client->contradicted + server->contradicted,
        .gap = client->gap || server->gap,
        .snapped = client->snapped || server->snapped,
        .confirm_us = -1,
    };
    if (client->first_byte_us > 0 && server->first_byte_us >= client->first_byte_us && client->retransmitted == 0 &&
        server->retransmitted == 0 && stream->preamble == PREAMBLE_NONE) {
        story->confirm_us = server->first_byte_us - client->first_byte_us;
    }
}

bool story_read(const struct stream *stream, int64_t capture_end_us, struct story *story)
{
    struct slice client = rest_of(stream, SIDE_CLIENT);
    struct slice server = rest_of(stream, SIDE_SERVER);
    bool good = true;
    read_counts(stream, story);
    read_request(client, story, &client);
    if (story->has_request) {
        read_answer(server, story, &server);
        if (story->has_answer && !story->not_rdp && !story->has_failure) {
            good = read_tls(client, server, story) && read_opening(client, server, story);
        }
    }
    story->reach = reach_of(story);
    read_end(stream, capture_end_us, story);
    if (story->opening != NULL) {
        close_opening(stream, story);
    }
    return good;
}

void story_release(struct story *story)
{
    alloc_free(story->certificate);
    story->certificate = NULL;
    alloc_free(story->opening);
    story->opening = NULL;
}

bool story_ended_by_peer(const struct story *story)
{
    return story->ended && story->end.by.v == END_BY_PEER;
}

bool story_ended_as(const struct story *story, enum end_how how)
{
    return story->ended && story->end.how.v == (int)how;
}
