#include "wire/spnego.h"

#include "wire/ber.h"

static const char SECTION[] = "RFC 4178 section 4.2";

static const uint8_t SPNEGO_OID[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02 };
static const uint8_t NTLM_OID[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a };

enum { FIELD_0, FIELD_1, FIELD_2, FIELD_3, FIELD_COUNT };
enum { TAG_RESPONSE = BER_CONTEXT + 1 };

struct slice spnego_ntlm_mech(void)
{
    return slice_of(NTLM_OID, sizeof NTLM_OID);
}

static bool same(struct slice a, struct slice b)
{
    return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

bool spnego_recognise(struct slice token)
{
    return token.size > 0 && (token.bytes[0] == BER_APPLICATION || token.bytes[0] == TAG_RESPONSE);
}

static enum parse mechs_parse(struct cursor *field, struct spnego *spnego, struct fault *fault)
{
    struct cursor list;
    if (ber_expect(field, BER_SEQUENCE, &list, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    for (int count = 0; cursor_left(&list) > 0; count++) {
        struct slice mech;
        if (count == SPNEGO_MECHS_MAX) {
            return parse_bad(fault, &list, SECTION, "more mechanisms than anyone offers");
        }
        if (ber_octets(&list, BER_OID, &mech, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
        if (count == 0) {
            spnego->mech = mech;
        }
        spnego->offers_ntlm |= same(mech, spnego_ntlm_mech());
    }
    return PARSE_DONE;
}

static enum parse state_parse(struct cursor *field, struct spnego *spnego, struct fault *fault)
{
    struct cursor place = *field;
    int64_t state;
    if (ber_integer(field, BER_ENUMERATED, &state, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (state < SPNEGO_COMPLETED || state > SPNEGO_REQUEST_MIC) {
        return parse_bad(fault, &place, SECTION, "the negotiation state is unknown");
    }
    spnego->state = (int)state;
    return PARSE_DONE;
}

static enum parse field_parse(int number, struct cursor *field, struct spnego *spnego, struct fault *fault)
{
    struct slice ignored;
    bool init = spnego->kind == SPNEGO_INIT;
    if (number == FIELD_0) {
        return init ? mechs_parse(field, spnego, fault) : state_parse(field, spnego, fault);
    }
    if (number == FIELD_1) {
        if (init) {
            return PARSE_DONE; /* context flags: a BIT STRING nobody uses */
        }
        if (ber_octets(field, BER_OID, &spnego->mech, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
        spnego->offers_ntlm = same(spnego->mech, spnego_ntlm_mech());
        return PARSE_DONE;
    }
    if (number == FIELD_2) {
        return ber_octets(field, BER_OCTET_STRING, &spnego->token, fault);
    }
    /* mechListMIC; Windows' NegTokenInit2 has a SEQUENCE of hints in its place (MS-SPNG 2.2.1). */
    return init ? PARSE_DONE : ber_octets(field, BER_OCTET_STRING, &ignored, fault);
}

static enum parse body_parse(struct cursor *outer, struct spnego *spnego, struct fault *fault)
{
    struct cursor body;
    if (ber_expect(outer, BER_SEQUENCE, &body, fault) != PARSE_DONE || ber_end(outer, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    for (int next = FIELD_0; cursor_left(&body) > 0;) {
        struct cursor place = body;
        struct cursor field;
        uint8_t tag;
        if (ber_next(&body, &tag, &field, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
        int number = (int)tag - BER_CONTEXT;
        if (number < next || number >= FIELD_COUNT + 1) {
            return parse_bad(fault, &place, SECTION, "the field is unknown, out of order or twice");
        }
        /* NegTokenInit2 may end with a fifth field. */
        if (number < FIELD_COUNT && field_parse(number, &field, spnego, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
        next = number + 1;
    }
    return PARSE_DONE;
}

static enum parse init_parse(struct cursor *at, struct spnego *spnego, struct fault *fault)
{
    struct cursor whole;
    struct cursor inner;
    struct slice oid;
    if (ber_expect(at, BER_APPLICATION, &whole, fault) != PARSE_DONE ||
        ber_octets(&whole, BER_OID, &oid, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (!same(oid, slice_of(SPNEGO_OID, sizeof SPNEGO_OID))) {
        return parse_bad(fault, &whole, SECTION, "the token is not SPNEGO");
    }
    if (ber_expect(&whole, BER_CONTEXT, &inner, fault) != PARSE_DONE || ber_end(&whole, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    return body_parse(&inner, spnego, fault);
}

enum parse spnego_parse(struct slice bytes, struct spnego *spnego, struct fault *fault)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct spnego seen = { .state = SPNEGO_NO_STATE };
    if (!spnego_recognise(bytes) || bytes.size > SPNEGO_SIZE_MAX) {
        return parse_bad(fault, &at, SECTION, "the token is not SPNEGO");
    }
    enum parse parsed;
    if (bytes.bytes[0] == TAG_RESPONSE) {
        struct cursor inner;
        seen.kind = SPNEGO_RESPONSE;
        parsed = ber_expect(&at, TAG_RESPONSE, &inner, fault);
        parsed = parsed == PARSE_DONE ? body_parse(&inner, &seen, fault) : parsed;
    } else {
        seen.kind = SPNEGO_INIT;
        parsed = init_parse(&at, &seen, fault);
    }
    if (parsed != PARSE_DONE || ber_end(&at, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    *spnego = seen;
    return PARSE_DONE;
}

static size_t token_field(struct slice token)
{
    return token.bytes != NULL ? ber_size(ber_size(token.size)) : 0;
}

static void token_write(struct writer *writer, struct slice token)
{
    if (token.bytes != NULL) {
        ber_header_write(writer, BER_CONTEXT + FIELD_2, ber_size(token.size));
        ber_octets_write(writer, BER_OCTET_STRING, token);
    }
}

static void init_write(struct writer *writer, const struct spnego *spnego)
{
    struct slice mech = spnego->mech.bytes != NULL ? spnego->mech : spnego_ntlm_mech();
    size_t list = ber_size(mech.size);
    size_t mechs = ber_size(list);
    size_t body = ber_size(mechs) + token_field(spnego->token);
    size_t inner = ber_size(body);
    ber_header_write(writer, BER_APPLICATION, ber_size(sizeof SPNEGO_OID) + ber_size(inner));
    ber_octets_write(writer, BER_OID, slice_of(SPNEGO_OID, sizeof SPNEGO_OID));
    ber_header_write(writer, BER_CONTEXT, inner);
    ber_header_write(writer, BER_SEQUENCE, body);
    ber_header_write(writer, BER_CONTEXT + FIELD_0, mechs);
    ber_header_write(writer, BER_SEQUENCE, list);
    ber_octets_write(writer, BER_OID, mech);
    token_write(writer, spnego->token);
}

static void response_write(struct writer *writer, const struct spnego *spnego)
{
    size_t state = spnego->state != SPNEGO_NO_STATE ? ber_size(ber_integer_size(spnego->state)) : 0;
    size_t mech = spnego->mech.bytes != NULL ? ber_size(ber_size(spnego->mech.size)) : 0;
    size_t body = state + mech + token_field(spnego->token);
    ber_header_write(writer, TAG_RESPONSE, ber_size(body));
    ber_header_write(writer, BER_SEQUENCE, body);
    if (state > 0) {
        ber_header_write(writer, BER_CONTEXT + FIELD_0, ber_integer_size(spnego->state));
        ber_integer_write(writer, BER_ENUMERATED, spnego->state);
    }
    if (mech > 0) {
        ber_header_write(writer, BER_CONTEXT + FIELD_1, ber_size(spnego->mech.size));
        ber_octets_write(writer, BER_OID, spnego->mech);
    }
    token_write(writer, spnego->token);
}

bool spnego_write(struct writer *writer, const struct spnego *spnego)
{
    if (spnego->kind == SPNEGO_INIT) {
        init_write(writer, spnego);
    } else {
        response_write(writer, spnego);
    }
    return writer_ok(writer);
}
