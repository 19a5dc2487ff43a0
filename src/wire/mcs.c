#include "wire/mcs.h"

#include "wire/ber.h"
#include "wire/per.h"
#include "wire/tpkt.h"
#include "wire/x224.h"

static const char SECTION_CONNECT[] = "MS-RDPBCGR 2.2.1.3";
static const char SECTION_RESPONSE[] = "MS-RDPBCGR 2.2.1.4";
static const char SECTION_DOMAIN[] = "T.125 section 7";

enum {
    APPLICATION = 0x7f,
    TAG_INITIAL = 0x65,
    TAG_RESPONSE = 0x66,
    BER_BOOLEAN = 0x01,
    PARAMETERS = 8,
};
enum {
    CHOICE_ERECT = 1,
    CHOICE_ULTIMATUM = 8,
    CHOICE_ATTACH = 10,
    CHOICE_ATTACH_CONFIRM = 11,
    CHOICE_JOIN = 14,
    CHOICE_JOIN_CONFIRM = 15,
    CHOICE_SEND = 25,
    CHOICE_INDICATION = 26,
};
enum { OPTIONAL_THERE = 0x02, HIGH_PRIORITY_WHOLE = 0x70 };

/* --- BER: Connect-Initial, Connect-Response --- */

static enum parse parameters_parse(struct cursor *at, struct fault *fault)
{
    struct cursor content;
    int64_t value;
    if (ber_expect(at, BER_SEQUENCE, &content, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    for (int i = 0; i < PARAMETERS; i++) {
        if (ber_integer(&content, BER_INTEGER, &value, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
    }
    return ber_end(&content, fault);
}

static enum parse initial_parse(struct cursor *at, struct mcs *mcs, struct fault *fault)
{
    struct slice selector;
    struct cursor flag;
    if (ber_octets(at, BER_OCTET_STRING, &selector, fault) != PARSE_DONE ||
        ber_octets(at, BER_OCTET_STRING, &selector, fault) != PARSE_DONE ||
        ber_expect(at, BER_BOOLEAN, &flag, fault) != PARSE_DONE || parameters_parse(at, fault) != PARSE_DONE ||
        parameters_parse(at, fault) != PARSE_DONE || parameters_parse(at, fault) != PARSE_DONE ||
        ber_octets(at, BER_OCTET_STRING, &mcs->data, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    mcs->has_data = true;
    return ber_end(at, fault);
}

/* A refusal may be the result alone (Windows: 14 to GCC data it cannot read). */
static enum parse response_parse(struct cursor *at, struct mcs *mcs, struct fault *fault)
{
    int64_t value;
    if (ber_integer(at, BER_ENUMERATED, &value, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (value < 0 || value > UINT8_MAX) {
        return parse_bad(fault, at, SECTION_RESPONSE, "the result is no number from 0 to 255");
    }
    mcs->result = (uint8_t)value;
    if (cursor_left(at) == 0 && mcs->result != MCS_RESULT_OK) {
        return PARSE_DONE;
    }
    if (ber_integer(at, BER_INTEGER, &value, fault) != PARSE_DONE || parameters_parse(at, fault) != PARSE_DONE ||
        ber_octets(at, BER_OCTET_STRING, &mcs->data, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    mcs->has_data = true;
    return ber_end(at, fault);
}

static enum parse connect_parse(struct cursor *rest, struct mcs *mcs, struct fault *fault)
{
    struct cursor content;
    uint8_t tag;
    struct cursor at = *rest;
    if (!cursor_skip(&at, 1) || ber_next(&at, &tag, &content, fault) != PARSE_DONE) {
        return parse_bad(fault, rest, SECTION_CONNECT,
                         "the length reaches past the packet, or the header is cut short");
    }
    if (tag != TAG_INITIAL && tag != TAG_RESPONSE) {
        return parse_bad(fault, rest, SECTION_CONNECT, "neither Connect-Initial nor Connect-Response");
    }
    mcs->kind = tag == TAG_INITIAL ? MCS_CONNECT_INITIAL : MCS_CONNECT_RESPONSE;
    if ((tag == TAG_INITIAL ? initial_parse : response_parse)(&content, mcs, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (cursor_left(&at) > 0) {
        return parse_bad(fault, &at, SECTION_CONNECT, "bytes are left over");
    }
    *rest = at;
    return PARSE_DONE;
}

static size_t parameters_size(const uint32_t values[PARAMETERS])
{
    size_t size = 0;
    for (int i = 0; i < PARAMETERS; i++) {
        size += ber_integer_size(values[i]);
    }
    return size;
}

static void parameters_write(struct writer *writer, const uint32_t values[PARAMETERS])
{
    ber_header_write(writer, BER_SEQUENCE, parameters_size(values));
    for (int i = 0; i < PARAMETERS; i++) {
        ber_integer_write(writer, BER_INTEGER, values[i]);
    }
}

/* The values of MS-RDPBCGR 4.1.3 and 4.1.4. */
static const uint32_t TARGET[PARAMETERS] = { 34, 2, 0, 1, 0, 1, 65535, 2 };
static const uint32_t MINIMUM[PARAMETERS] = { 1, 1, 1, 1, 0, 1, 1056, 2 };
static const uint32_t MAXIMUM[PARAMETERS] = { 65535, 64535, 65535, 1, 0, 1, 65535, 2 };
static const uint32_t SERVER[PARAMETERS] = { 34, 3, 0, 1, 0, 1, 65528, 2 };

static void initial_write(struct writer *writer, struct slice data)
{
    static const uint8_t head[] = { BER_OCTET_STRING, 1, 1, BER_OCTET_STRING, 1, 1, BER_BOOLEAN, 1, 0xff };
    const size_t content = sizeof(head) + ber_size(parameters_size(TARGET)) + ber_size(parameters_size(MINIMUM)) +
                           ber_size(parameters_size(MAXIMUM)) + ber_size(data.size);
    writer_u8(writer, APPLICATION);
    ber_header_write(writer, TAG_INITIAL, content);
    writer_bytes(writer, head, sizeof(head));
    parameters_write(writer, TARGET);
    parameters_write(writer, MINIMUM);
    parameters_write(writer, MAXIMUM);
    ber_octets_write(writer, BER_OCTET_STRING, data);
}

static void response_write(struct writer *writer, const struct mcs *mcs)
{
    size_t content = ber_integer_size(mcs->result);
    if (mcs->has_data) {
        content += ber_integer_size(0) + ber_size(parameters_size(SERVER)) + ber_size(mcs->data.size);
    }
    writer_u8(writer, APPLICATION);
    ber_header_write(writer, TAG_RESPONSE, content);
    ber_integer_write(writer, BER_ENUMERATED, mcs->result);
    if (mcs->has_data) {
        ber_integer_write(writer, BER_INTEGER, 0);
        parameters_write(writer, SERVER);
        ber_octets_write(writer, BER_OCTET_STRING, mcs->data);
    }
}

/* --- PER: everything behind it --- */

static bool user_read(struct cursor *at, uint16_t *user)
{
    uint16_t above;
    if (!cursor_u16be(at, &above) || above > UINT16_MAX - MCS_USER_BASE) {
        return false;
    }
    *user = (uint16_t)(above + MCS_USER_BASE);
    return true;
}

/* Result: one bit in the choice's byte, three in the next (T.125: ENUMERATED of 16). */
static bool result_read(struct cursor *at, uint8_t first, uint8_t *result)
{
    uint8_t second;
    if (!cursor_u8(at, &second)) {
        return false;
    }
    *result = (uint8_t)((first & 1) << 3 | second >> 5);
    return true;
}

static bool confirm_read(struct cursor *at, uint8_t first, struct mcs *mcs)
{
    const bool optional = (first & OPTIONAL_THERE) != 0;
    if (!result_read(at, first, &mcs->result)) {
        return false;
    }
    if (mcs->kind == MCS_ATTACH_USER_CONFIRM) {
        mcs->has_user = optional;
        return !optional || user_read(at, &mcs->user);
    }
    mcs->has_channel = optional;
    return user_read(at, &mcs->user) && cursor_u16be(at, &mcs->requested) &&
           (!optional || cursor_u16be(at, &mcs->channel));
}

static bool erect_read(struct cursor *at)
{
    size_t length;
    return per_length(at, &length) && cursor_skip(at, length) && per_length(at, &length) && cursor_skip(at, length);
}

static bool data_read(struct cursor *at, struct mcs *mcs)
{
    uint8_t priority;
    size_t length;
    const uint8_t *bytes;
    if (!user_read(at, &mcs->user) || !cursor_u16be(at, &mcs->channel) || !cursor_u8(at, &priority) ||
        !per_length(at, &length) || !cursor_bytes(at, length, &bytes)) {
        return false;
    }
    mcs->data = slice_of(bytes, length);
    mcs->has_data = true;
    return true;
}

static bool ultimatum_read(struct cursor *at, uint8_t first, struct mcs *mcs)
{
    uint8_t second;
    if (!cursor_u8(at, &second)) {
        return false;
    }
    mcs->reason = (uint8_t)((first & 3) << 1 | second >> 7);
    return true;
}

static bool domain_read(struct cursor *at, uint8_t first, struct mcs *mcs)
{
    switch (mcs->kind) {
    case MCS_ERECT_DOMAIN:
        return erect_read(at);
    case MCS_DISCONNECT:
        return ultimatum_read(at, first, mcs);
    case MCS_ATTACH_USER_CONFIRM:
    case MCS_CHANNEL_JOIN_CONFIRM:
        return confirm_read(at, first, mcs);
    case MCS_CHANNEL_JOIN:
        mcs->has_channel = true;
        return user_read(at, &mcs->user) && cursor_u16be(at, &mcs->channel);
    case MCS_SEND_DATA:
    case MCS_SEND_DATA_INDICATION:
        return data_read(at, mcs);
    case MCS_ATTACH_USER:
    case MCS_CONNECT_INITIAL:
    case MCS_CONNECT_RESPONSE:
    default:
        return true;
    }
}

static const struct {
    uint8_t choice;
    enum mcs_kind kind;
} choices[] = {
    { CHOICE_ERECT, MCS_ERECT_DOMAIN }, { CHOICE_ULTIMATUM, MCS_DISCONNECT },
    { CHOICE_ATTACH, MCS_ATTACH_USER }, { CHOICE_ATTACH_CONFIRM, MCS_ATTACH_USER_CONFIRM },
    { CHOICE_JOIN, MCS_CHANNEL_JOIN },  { CHOICE_JOIN_CONFIRM, MCS_CHANNEL_JOIN_CONFIRM },
    { CHOICE_SEND, MCS_SEND_DATA },     { CHOICE_INDICATION, MCS_SEND_DATA_INDICATION },
};

static enum parse domain_parse(struct cursor *rest, struct mcs *mcs, struct fault *fault)
{
    struct cursor at = *rest;
    uint8_t first;
    size_t i = 0;
    if (!cursor_u8(&at, &first)) {
        return parse_bad(fault, rest, SECTION_DOMAIN, "an empty MCS message");
    }
    while (i < COUNT_OF(choices) && choices[i].choice != first >> 2) {
        i++;
    }
    if (i == COUNT_OF(choices)) {
        return parse_bad(fault, rest, SECTION_DOMAIN, "an MCS message that RDP does not have");
    }
    mcs->kind = choices[i].kind;
    if (!domain_read(&at, first, mcs)) {
        return parse_bad(fault, &at, SECTION_DOMAIN, "the MCS message is cut short, or a length in it reaches past it");
    }
    if (cursor_left(&at) > 0) {
        return parse_bad(fault, &at, SECTION_DOMAIN, "bytes are left over behind the MCS message");
    }
    *rest = at;
    return PARSE_DONE;
}

enum parse mcs_parse(struct cursor *rest, struct mcs *mcs, struct fault *fault)
{
    struct mcs seen = { 0 };
    const bool connect = cursor_left(rest) > 0 && *rest->at == APPLICATION;
    if ((connect ? connect_parse : domain_parse)(rest, &seen, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    *mcs = seen;
    return PARSE_DONE;
}

static void user_write(struct writer *writer, uint16_t user)
{
    writer_u16be(writer, (uint16_t)(user - MCS_USER_BASE));
}

static void first_write(struct writer *writer, uint8_t choice, uint8_t low)
{
    writer_u8(writer, (uint8_t)(choice << 2 | low));
}

static void confirm_write(struct writer *writer, const struct mcs *mcs)
{
    const bool attach = mcs->kind == MCS_ATTACH_USER_CONFIRM;
    const bool optional = attach ? mcs->has_user : mcs->has_channel;
    first_write(writer, attach ? CHOICE_ATTACH_CONFIRM : CHOICE_JOIN_CONFIRM,
                (uint8_t)((optional ? OPTIONAL_THERE : 0) | (mcs->result >> 3 & 1)));
    writer_u8(writer, (uint8_t)(mcs->result << 5));
    if (!attach || optional) {
        user_write(writer, mcs->user);
    }
    if (!attach) {
        writer_u16be(writer, mcs->requested);
        if (optional) {
            writer_u16be(writer, mcs->channel);
        }
    }
}

static void data_write(struct writer *writer, const struct mcs *mcs)
{
    first_write(writer, mcs->kind == MCS_SEND_DATA ? CHOICE_SEND : CHOICE_INDICATION, 0);
    user_write(writer, mcs->user);
    writer_u16be(writer, mcs->channel);
    writer_u8(writer, HIGH_PRIORITY_WHOLE);
    per_length_write(writer, mcs->data.size);
    writer_bytes(writer, mcs->data.bytes, mcs->data.size);
}

void mcs_write(struct writer *writer, const struct mcs *mcs)
{
    switch (mcs->kind) {
    case MCS_CONNECT_INITIAL:
        initial_write(writer, mcs->data);
        break;
    case MCS_CONNECT_RESPONSE:
        response_write(writer, mcs);
        break;
    case MCS_ERECT_DOMAIN: /* subHeight 0, subInterval 0 */
        writer_bytes(writer, "\x04\x01\x00\x01\x00", 5);
        break;
    case MCS_ATTACH_USER:
        first_write(writer, CHOICE_ATTACH, 0);
        break;
    case MCS_CHANNEL_JOIN:
        first_write(writer, CHOICE_JOIN, 0);
        user_write(writer, mcs->user);
        writer_u16be(writer, mcs->channel);
        break;
    case MCS_ATTACH_USER_CONFIRM:
    case MCS_CHANNEL_JOIN_CONFIRM:
        confirm_write(writer, mcs);
        break;
    case MCS_SEND_DATA:
    case MCS_SEND_DATA_INDICATION:
        data_write(writer, mcs);
        break;
    case MCS_DISCONNECT:
    default:
        first_write(writer, CHOICE_ULTIMATUM, (uint8_t)(mcs->reason >> 1 & 3));
        writer_u8(writer, (uint8_t)(mcs->reason << 7));
        break;
    }
}

bool mcs_packet_write(struct writer *writer, const struct mcs *mcs)
{
    const size_t begin = tpkt_begin(writer);
    x224_data_write(writer);
    mcs_write(writer, mcs);
    tpkt_end(writer, begin);
    return writer_ok(writer);
}
