#include "wire/nego.h"

#include "wire/tpkt.h"
#include "wire/x224.h"

static const char SECTION_REQUEST[] = "MS-RDPBCGR 2.2.1.1";
static const char SECTION_ANSWER[] = "MS-RDPBCGR 2.2.1.2";

enum { TYPE_REQUEST = 1, TYPE_RESPONSE = 2, TYPE_FAILURE = 3, TYPE_CORRELATION = 6 };
enum { CORRELATION_BLOCK_SIZE = 36, CORRELATION_RESERVED = 16 };

static const char COOKIE_PREFIX[] = "Cookie: mstshash=";
enum { COOKIE_PREFIX_SIZE = sizeof COOKIE_PREFIX - 1, CRLF_SIZE = 2 };

static bool one_line(struct slice text)
{
    return text.size == 0 ||
           (memchr(text.bytes, '\r', text.size) == NULL && memchr(text.bytes, '\n', text.size) == NULL);
}

static void block_write(struct writer *writer, uint8_t type, uint8_t flags, uint32_t value)
{
    writer_u8(writer, type);
    writer_u8(writer, flags);
    writer_u16le(writer, NEGO_BLOCK_SIZE);
    writer_u32le(writer, value);
}

static size_t request_variable(const struct nego_request *request)
{
    size_t size = 0;
    if (request->cookie.bytes != NULL) {
        size += COOKIE_PREFIX_SIZE + request->cookie.size + CRLF_SIZE;
    }
    if (request->token.bytes != NULL) {
        size += request->token.size + CRLF_SIZE;
    }
    if (!request->no_block) {
        size += NEGO_BLOCK_SIZE + (request->has_correlation ? CORRELATION_BLOCK_SIZE : 0);
    }
    return size;
}

bool nego_request_write(struct writer *writer, const struct nego_request *request)
{
    if (!one_line(request->cookie) || !one_line(request->token) || request->cookie.size > NEGO_REQUEST_MAX ||
        request->token.size > NEGO_REQUEST_MAX || (request->cookie.bytes != NULL && request->token.bytes != NULL)) {
        return false;
    }
    size_t begin = tpkt_begin(writer);
    const struct x224 header = { .type = X224_CONNECTION_REQUEST };
    x224_connection_write(writer, &header, request_variable(request));
    if (request->cookie.bytes != NULL) {
        writer_bytes(writer, COOKIE_PREFIX, COOKIE_PREFIX_SIZE);
        writer_bytes(writer, request->cookie.bytes, request->cookie.size);
        writer_bytes(writer, "\r\n", CRLF_SIZE);
    }
    if (request->token.bytes != NULL) {
        writer_bytes(writer, request->token.bytes, request->token.size);
        writer_bytes(writer, "\r\n", CRLF_SIZE);
    }
    if (!request->no_block) {
        uint8_t flags = request->flags & (uint8_t)~NEGO_REQUEST_CORRELATION;
        flags |= request->has_correlation ? NEGO_REQUEST_CORRELATION : 0;
        block_write(writer, TYPE_REQUEST, flags, request->protocols);
        if (request->has_correlation) {
            writer_u8(writer, TYPE_CORRELATION);
            writer_u8(writer, 0);
            writer_u16le(writer, CORRELATION_BLOCK_SIZE);
            writer_bytes(writer, request->correlation, NEGO_CORRELATION_SIZE);
            writer_zeros(writer, CORRELATION_RESERVED);
        }
    }
    tpkt_end(writer, begin);
    return writer_ok(writer);
}

/* Cookie or routing token: one line in front of the block, told from it by its first byte. */
static enum parse line_parse(struct cursor *rest, struct nego_request *request, struct fault *fault)
{
    size_t left = cursor_left(rest);
    if (left == 0 || *rest->at == TYPE_REQUEST) {
        return PARSE_DONE;
    }
    size_t length = 0;
    while (length + 1 < left && !(rest->at[length] == '\r' && rest->at[length + 1] == '\n')) {
        length++;
    }
    if (length + 1 >= left) {
        return parse_bad(fault, rest, SECTION_REQUEST, "the cookie or routing token has no CR LF");
    }
    if (length >= COOKIE_PREFIX_SIZE && memcmp(rest->at, COOKIE_PREFIX, COOKIE_PREFIX_SIZE) == 0) {
        request->cookie = slice_of(rest->at + COOKIE_PREFIX_SIZE, length - COOKIE_PREFIX_SIZE);
    } else {
        request->token = slice_of(rest->at, length);
    }
    rest->at += length + CRLF_SIZE;
    return PARSE_DONE;
}

static enum parse correlation_parse(struct cursor *rest, struct nego_request *request, struct fault *fault)
{
    uint8_t type;
    uint8_t flags;
    uint16_t length;
    const uint8_t *id;
    if (!cursor_u8(rest, &type) || !cursor_u8(rest, &flags) || !cursor_u16le(rest, &length) ||
        !cursor_bytes(rest, NEGO_CORRELATION_SIZE, &id) || !cursor_skip(rest, CORRELATION_RESERVED)) {
        return parse_bad(fault, rest, SECTION_REQUEST, "the correlation block is cut short");
    }
    if (type != TYPE_CORRELATION || length != CORRELATION_BLOCK_SIZE) {
        return parse_bad(fault, rest, SECTION_REQUEST, "the correlation block has a wrong type or length");
    }
    request->has_correlation = true;
    memcpy(request->correlation, id, NEGO_CORRELATION_SIZE);
    return PARSE_DONE;
}

static enum parse request_block_parse(struct cursor *rest, struct nego_request *request, struct fault *fault)
{
    if (cursor_left(rest) == 0) {
        request->no_block = true;
        return PARSE_DONE;
    }
    uint8_t type;
    uint16_t length;
    if (!cursor_u8(rest, &type) || !cursor_u8(rest, &request->flags) || !cursor_u16le(rest, &length) ||
        !cursor_u32le(rest, &request->protocols)) {
        return parse_bad(fault, rest, SECTION_REQUEST, "the negotiation block is cut short");
    }
    if (type != TYPE_REQUEST) {
        return parse_bad(fault, rest, SECTION_REQUEST, "the negotiation block is not a request");
    }
    request->length_lied |= length != NEGO_BLOCK_SIZE;
    if ((request->flags & NEGO_REQUEST_CORRELATION) != 0) {
        return correlation_parse(rest, request, fault);
    }
    return PARSE_DONE;
}

enum parse nego_request_parse(struct cursor *cursor, struct nego_request *request, struct fault *fault)
{
    struct cursor at = *cursor;
    struct cursor payload;
    enum parse parsed = tpkt_parse(&at, NEGO_ANSWER_MAX, &payload, fault);
    if (parsed != PARSE_DONE) {
        return parsed;
    }
    struct x224 x224;
    if (x224_parse(&payload, &x224, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (x224.type != X224_CONNECTION_REQUEST) {
        return parse_bad(fault, cursor, SECTION_REQUEST, "the packet is not a Connection Request");
    }
    struct nego_request seen = {
        .destination_ref = x224.destination_ref,
        .source_ref = x224.source_ref,
        .class_option = x224.class_option,
        .length_lied = x224.length_lied,
        .size = (size_t)(at.at - cursor->at),
    };
    if (line_parse(&x224.rest, &seen, fault) != PARSE_DONE ||
        request_block_parse(&x224.rest, &seen, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (cursor_left(&x224.rest) > 0) {
        return parse_bad(fault, &x224.rest, SECTION_REQUEST, "bytes are left over behind the request");
    }
    *request = seen;
    *cursor = at;
    return PARSE_DONE;
}

bool nego_answer_write(struct writer *writer, const struct nego_answer *answer)
{
    if (answer->kind == NEGO_ANSWER_NOT_RDP) {
        return false;
    }
    bool block = answer->kind == NEGO_ANSWER_RESPONSE || answer->kind == NEGO_ANSWER_FAILURE;
    const struct x224 header = {
        .type = answer->kind == NEGO_ANSWER_DISCONNECT ? X224_DISCONNECT_REQUEST : X224_CONNECTION_CONFIRM,
        .destination_ref = answer->destination_ref,
        .source_ref = answer->source_ref,
        .class_option = answer->class_option,
    };
    size_t begin = tpkt_begin(writer);
    x224_connection_write(writer, &header, block ? NEGO_BLOCK_SIZE : 0);
    if (answer->kind == NEGO_ANSWER_RESPONSE) {
        block_write(writer, TYPE_RESPONSE, answer->flags, answer->selected);
    }
    if (answer->kind == NEGO_ANSWER_FAILURE) {
        block_write(writer, TYPE_FAILURE, answer->flags, answer->failure);
    }
    tpkt_end(writer, begin);
    return writer_ok(writer);
}

static enum parse answer_block_parse(struct cursor *rest, struct nego_answer *answer, struct fault *fault)
{
    if (cursor_left(rest) == 0) {
        answer->kind = NEGO_ANSWER_PLAIN;
        return PARSE_DONE;
    }
    struct cursor block = *rest;
    uint8_t type;
    uint16_t length;
    uint32_t value;
    if (!cursor_u8(rest, &type) || !cursor_u8(rest, &answer->flags) || !cursor_u16le(rest, &length) ||
        !cursor_u32le(rest, &value)) {
        return parse_bad(fault, rest, SECTION_ANSWER, "the negotiation block is cut short");
    }
    if (type != TYPE_RESPONSE && type != TYPE_FAILURE) {
        return parse_bad(fault, &block, SECTION_ANSWER, "the negotiation block is neither response nor failure");
    }
    answer->length_lied |= length != NEGO_BLOCK_SIZE || cursor_left(rest) > 0;
    if (type == TYPE_RESPONSE) {
        answer->kind = NEGO_ANSWER_RESPONSE;
        answer->selected = value;
    } else {
        answer->kind = NEGO_ANSWER_FAILURE;
        answer->failure = value;
    }
    return PARSE_DONE;
}

enum parse nego_answer_parse(struct cursor *cursor, struct nego_answer *answer, struct fault *fault)
{
    struct cursor at = *cursor;
    if (cursor_left(&at) > 0 && *at.at != TPKT_VERSION) {
        *answer = (struct nego_answer){ .kind = NEGO_ANSWER_NOT_RDP };
        return PARSE_DONE;
    }
    struct cursor payload;
    enum parse parsed = tpkt_parse(&at, NEGO_ANSWER_MAX, &payload, fault);
    if (parsed != PARSE_DONE) {
        return parsed;
    }
    struct x224 x224;
    if (x224_parse(&payload, &x224, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    struct nego_answer seen = {
        .kind = NEGO_ANSWER_DISCONNECT,
        .destination_ref = x224.destination_ref,
        .source_ref = x224.source_ref,
        .class_option = x224.class_option,
        .length_lied = x224.length_lied,
        .size = (size_t)(at.at - cursor->at),
    };
    if (x224.type != X224_CONNECTION_CONFIRM && x224.type != X224_DISCONNECT_REQUEST) {
        return parse_bad(fault, cursor, SECTION_ANSWER, "the packet is no Connection Confirm");
    }
    if (x224.type == X224_CONNECTION_CONFIRM && answer_block_parse(&x224.rest, &seen, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    *answer = seen;
    *cursor = at;
    return PARSE_DONE;
}
