#include "wire/tls_hello.h"

static const char SECTION[] = "RFC 8446 4.1.2";

enum { RECORD_HANDSHAKE = 22, HANDSHAKE_CLIENT_HELLO = 1, RECORD_MAX = 16384, NAME_TYPE_HOST = 0 };

/* A vector behind a length of one or two bytes. */
static bool vector8(struct cursor *at, struct slice *vector)
{
    uint8_t size;
    const uint8_t *bytes;
    if (!cursor_u8(at, &size) || !cursor_bytes(at, size, &bytes)) {
        return false;
    }
    *vector = slice_of(bytes, size);
    return true;
}

static bool vector16(struct cursor *at, struct slice *vector)
{
    uint16_t size;
    const uint8_t *bytes;
    if (!cursor_u16be(at, &size) || !cursor_bytes(at, size, &bytes)) {
        return false;
    }
    *vector = slice_of(bytes, size);
    return true;
}

/* server_name_list: type 1, name 2+n; only the first host_name counts (RFC 6066 3). */
static bool server_name_parse(struct cursor *data, struct slice *name)
{
    uint16_t list;
    uint8_t type;
    struct slice value;
    if (cursor_left(data) == 0) {
        return true;
    }
    if (!cursor_u16be(data, &list) || !cursor_u8(data, &type) || !vector16(data, &value)) {
        return false;
    }
    if (type == NAME_TYPE_HOST) {
        *name = value;
    }
    return true;
}

static bool extension_read(uint16_t type, struct cursor *data, struct tls_client_hello *hello)
{
    switch (type) {
    case TLS_EXTENSION_SERVER_NAME:
        return server_name_parse(data, &hello->server_name);
    case TLS_EXTENSION_GROUPS:
        return vector16(data, &hello->groups);
    case TLS_EXTENSION_SIGNATURES:
        return vector16(data, &hello->signatures);
    case TLS_EXTENSION_VERSIONS:
        return vector8(data, &hello->versions);
    case TLS_EXTENSION_KEY_SHARE:
        return vector16(data, &hello->key_shares);
    default:
        return true;
    }
}

static enum parse extensions_parse(struct cursor *body, struct tls_client_hello *hello, struct fault *fault)
{
    struct slice whole;
    if (cursor_left(body) == 0) {
        return PARSE_DONE; /* before TLS 1.2 there need be none */
    }
    struct cursor place = *body;
    if (!vector16(body, &whole) || cursor_left(body) > 0) {
        return parse_bad(fault, &place, SECTION, "the extensions do not end where the hello ends");
    }
    place.at = whole.bytes;
    struct cursor at = place;
    for (int count = 0; cursor_left(&at) > 0; count++) {
        uint16_t type;
        uint16_t size;
        struct cursor data;
        if (count == TLS_HELLO_EXTENSIONS_MAX) {
            return parse_bad(fault, &at, SECTION, "more extensions than anyone sends");
        }
        if (!cursor_u16be(&at, &type) || !cursor_u16be(&at, &size) || !cursor_block(&at, size, &data) ||
            !extension_read(type, &data, hello)) {
            return parse_bad(fault, &at, SECTION, "an extension is cut short");
        }
    }
    return PARSE_DONE;
}

static enum parse body_parse(struct cursor *body, struct tls_client_hello *hello, struct fault *fault)
{
    const uint8_t *random;
    struct slice compression;
    if (!cursor_u16be(body, &hello->version) || !cursor_bytes(body, TLS_HELLO_RANDOM_SIZE, &random) ||
        !vector8(body, &hello->session_id) || !vector16(body, &hello->suites) || !vector8(body, &compression)) {
        return parse_bad(fault, body, SECTION, "the ClientHello is cut short");
    }
    hello->random = slice_of(random, TLS_HELLO_RANDOM_SIZE);
    if (hello->suites.size == 0 || hello->suites.size % 2 != 0 || hello->session_id.size > TLS_HELLO_RANDOM_SIZE) {
        return parse_bad(fault, body, SECTION, "the suites or the session id have an impossible length");
    }
    return extensions_parse(body, hello, fault);
}

enum parse tls_hello_parse(struct cursor *cursor, struct tls_client_hello *hello, struct fault *fault)
{
    struct cursor at = *cursor;
    struct tls_client_hello seen = { 0 };
    uint8_t type;
    uint16_t length;
    struct cursor record;
    if (!cursor_u8(&at, &type)) {
        return PARSE_MORE;
    }
    if (type != RECORD_HANDSHAKE) {
        return parse_bad(fault, cursor, SECTION, "not a TLS handshake record");
    }
    if (!cursor_u16be(&at, &seen.record_version) || !cursor_u16be(&at, &length)) {
        return PARSE_MORE;
    }
    if (seen.record_version >> 8 != 3 || length == 0 || length > RECORD_MAX) {
        return parse_bad(fault, &at, SECTION, "the record has an impossible version or length");
    }
    if (!cursor_block(&at, length, &record)) {
        return PARSE_MORE;
    }
    seen.size = (size_t)(at.at - cursor->at);
    uint32_t size;
    struct cursor body;
    if (!cursor_u8(&record, &type) || !cursor_u24be(&record, &size) || type != HANDSHAKE_CLIENT_HELLO ||
        !cursor_block(&record, size, &body)) {
        return parse_bad(fault, &record, SECTION, "the record does not hold one whole ClientHello");
    }
    if (cursor_left(&record) > 0) {
        return parse_bad(fault, &record, SECTION, "bytes are left over behind the ClientHello");
    }
    if (body_parse(&body, &seen, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    *hello = seen;
    *cursor = at;
    return PARSE_DONE;
}

static bool holds(struct slice numbers, uint16_t number)
{
    for (size_t i = 0; i + 1 < numbers.size; i += 2) {
        if ((numbers.bytes[i] << 8 | numbers.bytes[i + 1]) == number) {
            return true;
        }
    }
    return false;
}

bool tls_hello_offers_suite(const struct tls_client_hello *hello, uint16_t suite)
{
    return holds(hello->suites, suite);
}

bool tls_hello_offers_group(const struct tls_client_hello *hello, uint16_t group)
{
    return holds(hello->groups, group);
}

bool tls_hello_offers_version(const struct tls_client_hello *hello, uint16_t version)
{
    if (hello->versions.bytes != NULL) {
        return holds(hello->versions, version);
    }
    return version >= TLS_HELLO_SSL3 && version <= hello->version && version <= TLS_HELLO_1_2;
}
