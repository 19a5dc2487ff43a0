#include "wire/tls_flight.h"

#include "wire/tls_hello.h"

static const char SECTION_RECORD[] = "RFC 8446 5.1";
static const char SECTION_ALERT[] = "RFC 8446 6";
static const char SECTION_HELLO[] = "RFC 8446 4.1.3";

enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_MAX = 16384 + 2048, HANDSHAKE_SERVER_HELLO = 2 };
enum { ALERT_SIZE = 2, UNRECOGNIZED_NAME = 112, RANDOM_SIZE = 32, HANDSHAKE_HEADER_SIZE = 4 };

/* RFC 8446 4.1.3: this random makes a ServerHello a HelloRetryRequest. */
static const uint8_t RETRY_RANDOM[RANDOM_SIZE] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

struct record {
    uint8_t type;
    uint16_t version;
    bool whole;
    struct cursor content; /* what is there of it */
};

static enum parse record_parse(struct cursor *at, struct record *record, struct fault *fault)
{
    struct cursor place = *at;
    uint16_t length;
    if (!cursor_u8(at, &record->type)) {
        return PARSE_MORE;
    }
    if (record->type != RECORD_ALERT && record->type != RECORD_HANDSHAKE) {
        return parse_bad(fault, &place, SECTION_RECORD, "not a TLS alert or handshake record");
    }
    if (!cursor_u16be(at, &record->version)) {
        return PARSE_MORE;
    }
    if (record->version >> 8 != 3) {
        return parse_bad(fault, &place, SECTION_RECORD, "the record's version is not 3.x");
    }
    if (!cursor_u16be(at, &length)) {
        return PARSE_MORE;
    }
    if (length == 0 || length > RECORD_MAX) {
        return parse_bad(fault, &place, SECTION_RECORD, "the record has an impossible length");
    }
    record->whole = cursor_left(at) >= length;
    if (!cursor_block(at, record->whole ? length : cursor_left(at), &record->content)) {
        return PARSE_MORE;
    }
    return PARSE_DONE;
}

static enum parse alert_parse(struct record *record, struct tls_flight *flight, struct fault *fault)
{
    struct cursor *content = &record->content;
    if (!record->whole) {
        return PARSE_MORE;
    }
    if (cursor_left(content) != ALERT_SIZE || !cursor_u8(content, &flight->alert_level) ||
        !cursor_u8(content, &flight->alert)) {
        return parse_bad(fault, content, SECTION_ALERT, "the alert is not two bytes long");
    }
    flight->kind = TLS_FLIGHT_ALERT;
    if (flight->alert_level == TLS_ALERT_WARNING && flight->alert == UNRECOGNIZED_NAME) {
        return PARSE_MORE; /* a remark; the ServerHello follows (RFC 6066 3) */
    }
    return PARSE_DONE;
}

/* supported_versions of a ServerHello names the one version (RFC 8446 4.2.1). */
static bool extensions_parse(struct cursor *body, struct tls_flight *flight)
{
    uint16_t whole;
    if (cursor_left(body) == 0) {
        return true;
    }
    if (!cursor_u16be(body, &whole) || cursor_left(body) != whole) {
        return false;
    }
    while (cursor_left(body) > 0) {
        uint16_t type;
        uint16_t size;
        struct cursor data;
        if (!cursor_u16be(body, &type) || !cursor_u16be(body, &size) || !cursor_block(body, size, &data)) {
            return false;
        }
        if (type == TLS_EXTENSION_VERSIONS && !cursor_u16be(&data, &flight->version)) {
            return false;
        }
    }
    return true;
}

static enum parse hello_parse(const struct cursor *outer, struct cursor *body, struct tls_flight *flight,
                              struct fault *fault)
{
    const uint8_t *random;
    uint8_t id_size;
    uint8_t compression;
    if (!cursor_u16be(body, &flight->version) || flight->version >> 8 != 3 ||
        !cursor_bytes(body, RANDOM_SIZE, &random) || !cursor_u8(body, &id_size) || id_size > RANDOM_SIZE ||
        !cursor_skip(body, id_size) || !cursor_u16be(body, &flight->suite) || !cursor_u8(body, &compression) ||
        !extensions_parse(body, flight)) {
        return parse_bad(fault, outer, SECTION_HELLO, "the ServerHello is malformed");
    }
    flight->kind = TLS_FLIGHT_SERVER_HELLO;
    flight->retry = memcmp(random, RETRY_RANDOM, RANDOM_SIZE) == 0;
    return PARSE_DONE;
}

/* Handshake bytes gathered from one record or more, until the first message is whole. */
struct gathered {
    uint8_t bytes[TLS_FLIGHT_HELLO_MAX];
    size_t size;
};

static enum parse message_parse(const struct cursor *outer, const struct gathered *gathered, struct tls_flight *flight,
                                struct fault *fault)
{
    struct cursor at = cursor_of(gathered->bytes, gathered->size);
    uint8_t type;
    uint32_t size;
    struct cursor body;
    if (!cursor_u8(&at, &type)) {
        return PARSE_MORE;
    }
    if (type != HANDSHAKE_SERVER_HELLO) {
        return parse_bad(fault, outer, SECTION_HELLO, "the first handshake message is no ServerHello");
    }
    if (!cursor_u24be(&at, &size)) {
        return PARSE_MORE;
    }
    if (size > TLS_FLIGHT_HELLO_MAX - HANDSHAKE_HEADER_SIZE) {
        return parse_bad(fault, outer, SECTION_HELLO, "the ServerHello says it is above 4 KiB");
    }
    if (!cursor_block(&at, size, &body)) {
        return PARSE_MORE;
    }
    return hello_parse(outer, &body, flight, fault);
}

enum parse tls_flight_parse(struct cursor *cursor, struct tls_flight *flight, struct fault *fault)
{
    struct cursor at = *cursor;
    struct tls_flight seen = { 0 };
    struct gathered gathered = { .size = 0 };
    for (int count = 0; count < TLS_FLIGHT_RECORDS_MAX; count++) {
        struct cursor place = at;
        struct record record;
        enum parse parsed = record_parse(&at, &record, fault);
        if (parsed != PARSE_DONE) {
            return parsed;
        }
        if (count == 0) {
            seen.record_version = record.version;
        }
        if (record.type == RECORD_ALERT) {
            parsed = alert_parse(&record, &seen, fault);
        } else {
            /* The ServerHello counts as soon as it is there, though the rest of its record (TLS 1.2 packs the whole
             * flight into one) may never come: a path that swallows big packets looks just so. */
            size_t room = sizeof gathered.bytes - gathered.size;
            size_t size = cursor_left(&record.content) < room ? cursor_left(&record.content) : room;
            memcpy(gathered.bytes + gathered.size, record.content.at, size);
            gathered.size += size;
            parsed = message_parse(&place, &gathered, &seen, fault);
        }
        if (parsed == PARSE_BAD) {
            return PARSE_BAD;
        }
        if (parsed == PARSE_MORE && !record.whole) {
            return PARSE_MORE;
        }
        if (parsed == PARSE_DONE) {
            *flight = seen;
            *cursor = at;
            return PARSE_DONE;
        }
    }
    return parse_bad(fault, &at, SECTION_RECORD, "the ServerHello is spread over more records than anyone uses");
}

static size_t hello_extensions(const struct tls_flight *flight)
{
    return flight->version != TLS_HELLO_1_3 ? 0 : 2 + 6 + (flight->x25519.bytes != NULL ? 8 + flight->x25519.size : 0);
}

static void hello_write(struct writer *writer, const struct tls_flight *flight)
{
    static const uint8_t zeros[RANDOM_SIZE];
    bool tls13 = flight->version == TLS_HELLO_1_3;
    size_t extensions = hello_extensions(flight);
    size_t size = 2 + RANDOM_SIZE + 1 + flight->session_id.size + 2 + 1 + extensions;
    writer_u8(writer, RECORD_HANDSHAKE);
    writer_u16be(writer, tls13 ? TLS_HELLO_1_2 : flight->version);
    writer_u16be(writer, (uint16_t)(HANDSHAKE_HEADER_SIZE + size));
    writer_u8(writer, HANDSHAKE_SERVER_HELLO);
    writer_u24be(writer, (uint32_t)size);
    writer_u16be(writer, tls13 ? TLS_HELLO_1_2 : flight->version);
    const uint8_t *random = flight->random.bytes != NULL ? flight->random.bytes : zeros;
    writer_bytes(writer, flight->retry ? RETRY_RANDOM : random, RANDOM_SIZE);
    writer_u8(writer, (uint8_t)flight->session_id.size);
    writer_bytes(writer, flight->session_id.bytes, flight->session_id.size);
    writer_u16be(writer, flight->suite);
    writer_u8(writer, 0);
    if (extensions == 0) {
        return;
    }
    writer_u16be(writer, (uint16_t)(extensions - 2));
    writer_u16be(writer, TLS_EXTENSION_VERSIONS);
    writer_u16be(writer, 2);
    writer_u16be(writer, flight->version);
    if (flight->x25519.bytes != NULL) {
        writer_u16be(writer, TLS_EXTENSION_KEY_SHARE);
        writer_u16be(writer, (uint16_t)(4 + flight->x25519.size));
        writer_u16be(writer, TLS_GROUP_X25519);
        writer_u16be(writer, (uint16_t)flight->x25519.size);
        writer_bytes(writer, flight->x25519.bytes, flight->x25519.size);
    }
}

bool tls_flight_write(struct writer *writer, const struct tls_flight *flight)
{
    if (flight->session_id.size > RANDOM_SIZE || flight->x25519.size > RANDOM_SIZE ||
        (flight->random.bytes != NULL && flight->random.size != RANDOM_SIZE)) {
        return false;
    }
    if (flight->kind == TLS_FLIGHT_SERVER_HELLO) {
        hello_write(writer, flight);
        return writer_ok(writer);
    }
    writer_u8(writer, RECORD_ALERT);
    writer_u16be(writer, flight->version != 0 ? flight->version : TLS_HELLO_1_2);
    writer_u16be(writer, ALERT_SIZE);
    writer_u8(writer, flight->alert_level != 0 ? flight->alert_level : TLS_ALERT_FATAL);
    writer_u8(writer, flight->alert);
    return writer_ok(writer);
}
