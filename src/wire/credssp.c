#include "wire/credssp.h"

#include "wire/ber.h"

static const char SECTION[] = "MS-CSSP 2.2.1";

enum { FIELD_VERSION, FIELD_TOKENS, FIELD_AUTH_INFO, FIELD_PUB_KEY_AUTH, FIELD_ERROR, FIELD_NONCE, FIELD_COUNT };

static enum parse token_parse(struct cursor *list, struct credssp *credssp, struct fault *fault)
{
    struct cursor item;
    struct cursor wrapped;
    struct slice token;
    if (ber_expect(list, BER_SEQUENCE, &item, fault) != PARSE_DONE ||
        ber_expect(&item, BER_CONTEXT, &wrapped, fault) != PARSE_DONE ||
        ber_octets(&wrapped, BER_OCTET_STRING, &token, fault) != PARSE_DONE || ber_end(&wrapped, fault) != PARSE_DONE ||
        ber_end(&item, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (credssp->token_count == 0) {
        credssp->token = token;
    }
    credssp->token_count++;
    return PARSE_DONE;
}

static enum parse tokens_parse(struct cursor *field, struct credssp *credssp, struct fault *fault)
{
    struct cursor list;
    if (ber_expect(field, BER_SEQUENCE, &list, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    while (cursor_left(&list) > 0) {
        if (credssp->token_count == CREDSSP_TOKENS_MAX) {
            return parse_bad(fault, &list, SECTION, "more negoTokens than anyone sends");
        }
        if (token_parse(&list, credssp, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
    }
    return PARSE_DONE;
}

static enum parse number_parse(struct cursor *field, int64_t lowest, uint32_t *value, struct fault *fault)
{
    struct cursor place = *field;
    int64_t wide;
    if (ber_integer(field, BER_INTEGER, &wide, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (wide < lowest || wide > UINT32_MAX) {
        return parse_bad(fault, &place, SECTION, "the number is out of range");
    }
    *value = (uint32_t)(uint64_t)wide;
    return PARSE_DONE;
}

static enum parse field_parse(int number, struct cursor *field, struct credssp *credssp, struct fault *fault)
{
    enum parse parsed = PARSE_BAD;
    switch (number) {
    case FIELD_VERSION:
        parsed = number_parse(field, 0, &credssp->version, fault);
        break;
    case FIELD_TOKENS:
        parsed = tokens_parse(field, credssp, fault);
        break;
    case FIELD_AUTH_INFO:
        parsed = ber_octets(field, BER_OCTET_STRING, &credssp->auth_info, fault);
        break;
    case FIELD_PUB_KEY_AUTH:
        parsed = ber_octets(field, BER_OCTET_STRING, &credssp->pub_key_auth, fault);
        break;
    case FIELD_ERROR:
        credssp->has_error = true;
        parsed = number_parse(field, INT32_MIN, &credssp->error, fault);
        break;
    default:
        parsed = ber_octets(field, BER_OCTET_STRING, &credssp->client_nonce, fault);
        break;
    }
    return parsed == PARSE_DONE ? ber_end(field, fault) : parsed;
}

enum parse credssp_parse(struct cursor *cursor, struct credssp *credssp, struct fault *fault)
{
    struct cursor at = *cursor;
    struct cursor body;
    enum parse parsed = ber_outer(&at, BER_SEQUENCE, CREDSSP_SIZE_MAX, &body, fault);
    if (parsed != PARSE_DONE) {
        return parsed;
    }
    struct credssp seen = { .size = (size_t)(at.at - cursor->at) };
    for (int next = FIELD_VERSION; cursor_left(&body) > 0;) {
        struct cursor place = body;
        struct cursor field;
        uint8_t tag;
        if (ber_next(&body, &tag, &field, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
        int number = (int)tag - BER_CONTEXT;
        /* In order, each at most once, the version always. */
        if (number < next || number >= FIELD_COUNT || (next == FIELD_VERSION && number != FIELD_VERSION)) {
            return parse_bad(fault, &place, SECTION, "the field is unknown, out of order or twice");
        }
        if (field_parse(number, &field, &seen, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
        next = number + 1;
    }
    if (seen.size <= 2) {
        return parse_bad(fault, &body, SECTION, "the TSRequest has no version");
    }
    *credssp = seen;
    *cursor = at;
    return PARSE_DONE;
}

static size_t octets_field(struct slice octets)
{
    return octets.bytes != NULL ? ber_size(ber_size(octets.size)) : 0;
}

static void octets_field_write(struct writer *writer, int number, struct slice octets)
{
    if (octets.bytes != NULL) {
        ber_header_write(writer, (uint8_t)(BER_CONTEXT + number), ber_size(octets.size));
        ber_octets_write(writer, BER_OCTET_STRING, octets);
    }
}

bool credssp_write(struct writer *writer, const struct credssp *credssp)
{
    /* In four bytes, as a negative number: FreeRDP 2 cannot read the fifth that a positive one needs. */
    const int32_t error = (int32_t)credssp->error;
    size_t wrapped = ber_size(credssp->token.size);
    size_t item = ber_size(wrapped);
    size_t list = ber_size(item);
    size_t tokens = ber_size(list);
    size_t body = ber_size(ber_integer_size(credssp->version)) + octets_field(credssp->auth_info) +
                  octets_field(credssp->pub_key_auth) + octets_field(credssp->client_nonce);
    body += credssp->token.bytes != NULL ? ber_size(tokens) : 0;
    body += credssp->has_error ? ber_size(ber_integer_size(error)) : 0;
    if (ber_size(body) > CREDSSP_SIZE_MAX) {
        return false;
    }
    ber_header_write(writer, BER_SEQUENCE, body);
    ber_header_write(writer, BER_CONTEXT + FIELD_VERSION, ber_integer_size(credssp->version));
    ber_integer_write(writer, BER_INTEGER, credssp->version);
    if (credssp->token.bytes != NULL) {
        ber_header_write(writer, BER_CONTEXT + FIELD_TOKENS, tokens);
        ber_header_write(writer, BER_SEQUENCE, list);
        ber_header_write(writer, BER_SEQUENCE, item);
        ber_header_write(writer, BER_CONTEXT, wrapped);
        ber_octets_write(writer, BER_OCTET_STRING, credssp->token);
    }
    octets_field_write(writer, FIELD_AUTH_INFO, credssp->auth_info);
    octets_field_write(writer, FIELD_PUB_KEY_AUTH, credssp->pub_key_auth);
    if (credssp->has_error) {
        ber_header_write(writer, BER_CONTEXT + FIELD_ERROR, ber_integer_size(error));
        ber_integer_write(writer, BER_INTEGER, error);
    }
    octets_field_write(writer, FIELD_NONCE, credssp->client_nonce);
    return writer_ok(writer);
}
