#include "wire/ntlm.h"

static const char SECTION_1[] = "MS-NLMP 2.2.1.1";
static const char SECTION_2[] = "MS-NLMP 2.2.1.2";
static const char SECTION_AV[] = "MS-NLMP 2.2.2.1";

static const uint8_t SIGNATURE[8] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0 };

enum { TYPE_NEGOTIATE = 1, TYPE_CHALLENGE = 2, VERSION_SIZE = 8, REVISION_15 = 0x0f };
enum {
    DESCRIPTOR_SIZE = 8,
    PAYLOAD_OFFSET = 56,
    RESERVED_SIZE = 8,
    AV_HEADER_SIZE = 4,
    AV_FLAGS_SIZE = 4,
    AV_TIME_SIZE = 8
};

bool ntlm_recognise(struct slice token)
{
    return token.size >= sizeof SIGNATURE && memcmp(token.bytes, SIGNATURE, sizeof SIGNATURE) == 0;
}

static void start_write(struct writer *writer, uint32_t type)
{
    writer_bytes(writer, SIGNATURE, sizeof SIGNATURE);
    writer_u32le(writer, type);
}

static void descriptor_write(struct writer *writer, size_t size, size_t offset)
{
    if (size > UINT16_MAX) {
        writer->overflow = true;
        return;
    }
    writer_u16le(writer, (uint16_t)size);
    writer_u16le(writer, (uint16_t)size);
    writer_u32le(writer, (uint32_t)offset);
}

static void version_write(struct writer *writer, const struct ntlm_version *version)
{
    if (!version->seen) {
        writer_zeros(writer, VERSION_SIZE);
        return;
    }
    writer_u8(writer, version->major);
    writer_u8(writer, version->minor);
    writer_u16le(writer, version->build);
    writer_zeros(writer, 3);
    writer_u8(writer, REVISION_15);
}

static bool version_parse(struct cursor *at, struct ntlm_version *version)
{
    version->seen = true;
    return cursor_u8(at, &version->major) && cursor_u8(at, &version->minor) && cursor_u16le(at, &version->build) &&
           cursor_skip(at, 4);
}

bool ntlm_negotiate_write(struct writer *writer)
{
    const struct ntlm_version version = { .seen = true, .major = 10, .minor = 0, .build = 19041 };
    start_write(writer, TYPE_NEGOTIATE);
    writer_u32le(writer, NTLM_FLAGS_OURS);
    descriptor_write(writer, 0, 0);
    descriptor_write(writer, 0, 0);
    version_write(writer, &version);
    return writer_ok(writer);
}

static enum parse start_parse(struct cursor *at, uint32_t type, const char *section, struct fault *fault)
{
    const uint8_t *signature;
    uint32_t seen;
    if (cursor_left(at) > NTLM_MESSAGE_MAX) {
        return parse_bad(fault, at, section, "the NTLM message is above 64 KiB");
    }
    if (!cursor_bytes(at, sizeof SIGNATURE, &signature) || memcmp(signature, SIGNATURE, sizeof SIGNATURE) != 0) {
        return parse_bad(fault, at, section, "the NTLM signature is missing");
    }
    if (!cursor_u32le(at, &seen) || seen != type) {
        return parse_bad(fault, at, section, "the NTLM message is of another type");
    }
    return PARSE_DONE;
}

enum parse ntlm_negotiate_parse(struct slice token, struct ntlm_negotiate *negotiate, struct fault *fault)
{
    struct cursor at = cursor_of(token.bytes, token.size);
    struct ntlm_negotiate seen = { 0 };
    if (start_parse(&at, TYPE_NEGOTIATE, SECTION_1, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (!cursor_u32le(&at, &seen.flags)) {
        return parse_bad(fault, &at, SECTION_1, "the message ends before its flags");
    }
    /* Old clients stop here; the descriptors are not needed. */
    if ((seen.flags & NTLM_VERSION) != 0 && (!cursor_skip(&at, 16) || !version_parse(&at, &seen.version))) {
        return parse_bad(fault, &at, SECTION_1, "the message ends before its VERSION");
    }
    *negotiate = seen;
    return PARSE_DONE;
}

static enum parse descriptor_parse(struct cursor *at, struct slice token, struct slice *value, struct fault *fault)
{
    uint16_t length;
    uint16_t room;
    uint32_t offset;
    if (!cursor_u16le(at, &length) || !cursor_u16le(at, &room) || !cursor_u32le(at, &offset)) {
        return parse_bad(fault, at, SECTION_2, "the message ends inside a descriptor");
    }
    if (length == 0) {
        *value = slice_of(NULL, 0);
        return PARSE_DONE;
    }
    if (offset > token.size || length > token.size - offset) {
        return parse_bad(fault, at, SECTION_2, "a descriptor points outside the message");
    }
    *value = slice_of(token.bytes + offset, length);
    return PARSE_DONE;
}

static struct slice *name_of(uint16_t id, struct ntlm_challenge *challenge)
{
    switch (id) {
    case NTLM_AV_NETBIOS_COMPUTER:
        return &challenge->netbios_computer;
    case NTLM_AV_NETBIOS_DOMAIN:
        return &challenge->netbios_domain;
    case NTLM_AV_DNS_COMPUTER:
        return &challenge->dns_computer;
    case NTLM_AV_DNS_DOMAIN:
        return &challenge->dns_domain;
    case NTLM_AV_DNS_FOREST:
        return &challenge->dns_forest;
    case NTLM_AV_TARGET_NAME:
        return &challenge->service;
    default:
        return NULL;
    }
}

static enum parse av_parse(uint16_t id, struct cursor *value, struct ntlm_challenge *challenge, struct fault *fault)
{
    struct slice *name = name_of(id, challenge);
    if (name != NULL) {
        *name = slice_of(value->at, cursor_left(value));
        return PARSE_DONE;
    }
    if (id == NTLM_AV_FLAGS) {
        challenge->has_av_flags = cursor_left(value) == AV_FLAGS_SIZE && cursor_u32le(value, &challenge->av_flags);
        return challenge->has_av_flags ? PARSE_DONE
                                       : parse_bad(fault, value, SECTION_AV, "MsvAvFlags is not four bytes long");
    }
    if (id == NTLM_AV_TIMESTAMP) {
        challenge->has_timestamp = cursor_left(value) == AV_TIME_SIZE && cursor_u64le(value, &challenge->timestamp);
        return challenge->has_timestamp ? PARSE_DONE
                                        : parse_bad(fault, value, SECTION_AV, "MsvAvTimestamp is not eight bytes long");
    }
    return PARSE_DONE;
}

static enum parse avs_parse(struct slice token, struct slice info, struct ntlm_challenge *challenge,
                            struct fault *fault)
{
    struct cursor message = cursor_of(token.bytes, token.size);
    struct cursor at;
    if (!cursor_skip(&message, (size_t)(info.bytes - token.bytes)) || !cursor_block(&message, info.size, &at)) {
        return parse_bad(fault, &message, SECTION_AV, "the target info lies outside the message");
    }
    for (;;) {
        uint16_t id;
        uint16_t length;
        struct cursor value;
        if (!cursor_u16le(&at, &id) || !cursor_u16le(&at, &length) || !cursor_block(&at, length, &value)) {
            return parse_bad(fault, &at, SECTION_AV, "the AV pairs have no end");
        }
        if (id == NTLM_AV_END) {
            return PARSE_DONE;
        }
        if (challenge->av_count == NTLM_AV_MAX) {
            return parse_bad(fault, &at, SECTION_AV, "more AV pairs than anyone sends");
        }
        challenge->av_count++;
        if (av_parse(id, &value, challenge, fault) != PARSE_DONE) {
            return PARSE_BAD;
        }
    }
}

enum parse ntlm_challenge_parse(struct slice token, struct ntlm_challenge *challenge, struct fault *fault)
{
    struct cursor at = cursor_of(token.bytes, token.size);
    struct ntlm_challenge seen = { 0 };
    const uint8_t *nonce;
    if (start_parse(&at, TYPE_CHALLENGE, SECTION_2, fault) != PARSE_DONE ||
        descriptor_parse(&at, token, &seen.target_name, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (!cursor_u32le(&at, &seen.flags) || !cursor_bytes(&at, NTLM_CHALLENGE_SIZE, &nonce)) {
        return parse_bad(fault, &at, SECTION_2, "the message ends before its challenge");
    }
    memcpy(seen.challenge, nonce, NTLM_CHALLENGE_SIZE);
    /* NT stops here; the places of the two are fixed, also when only one of them is announced. */
    struct slice info = { 0 };
    if ((seen.flags & (NTLM_TARGET_INFO | NTLM_VERSION)) != 0 && !cursor_skip(&at, RESERVED_SIZE)) {
        return parse_bad(fault, &at, SECTION_2, "the message ends before its target info");
    }
    if ((seen.flags & NTLM_TARGET_INFO) != 0 && descriptor_parse(&at, token, &info, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if ((seen.flags & NTLM_VERSION) != 0) {
        bool skipped = (seen.flags & NTLM_TARGET_INFO) != 0 || cursor_skip(&at, DESCRIPTOR_SIZE);
        if (!skipped || !version_parse(&at, &seen.version)) {
            return parse_bad(fault, &at, SECTION_2, "the message ends before its VERSION");
        }
    }
    if (info.bytes != NULL && avs_parse(token, info, &seen, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    *challenge = seen;
    return PARSE_DONE;
}

static void av_write(struct writer *writer, uint16_t id, struct slice value)
{
    if (value.bytes == NULL) {
        return;
    }
    if (value.size > UINT16_MAX) {
        writer->overflow = true;
        return;
    }
    writer_u16le(writer, id);
    writer_u16le(writer, (uint16_t)value.size);
    writer_bytes(writer, value.bytes, value.size);
}

static size_t av_size(struct slice value)
{
    return value.bytes != NULL ? AV_HEADER_SIZE + value.size : 0;
}

static size_t avs_size(const struct ntlm_challenge *challenge)
{
    size_t size = av_size(challenge->netbios_domain) + av_size(challenge->netbios_computer) +
                  av_size(challenge->dns_domain) + av_size(challenge->dns_computer) + av_size(challenge->dns_forest) +
                  av_size(challenge->service);
    size += challenge->has_av_flags ? AV_HEADER_SIZE + AV_FLAGS_SIZE : 0;
    size += challenge->has_timestamp ? AV_HEADER_SIZE + AV_TIME_SIZE : 0;
    return size > 0 ? size + AV_HEADER_SIZE : 0;
}

/* In the order Windows has them. */
static void avs_write(struct writer *writer, const struct ntlm_challenge *challenge)
{
    av_write(writer, NTLM_AV_NETBIOS_DOMAIN, challenge->netbios_domain);
    av_write(writer, NTLM_AV_NETBIOS_COMPUTER, challenge->netbios_computer);
    av_write(writer, NTLM_AV_DNS_DOMAIN, challenge->dns_domain);
    av_write(writer, NTLM_AV_DNS_COMPUTER, challenge->dns_computer);
    av_write(writer, NTLM_AV_DNS_FOREST, challenge->dns_forest);
    av_write(writer, NTLM_AV_TARGET_NAME, challenge->service);
    if (challenge->has_av_flags) {
        writer_u16le(writer, NTLM_AV_FLAGS);
        writer_u16le(writer, AV_FLAGS_SIZE);
        writer_u32le(writer, challenge->av_flags);
    }
    if (challenge->has_timestamp) {
        writer_u16le(writer, NTLM_AV_TIMESTAMP);
        writer_u16le(writer, AV_TIME_SIZE);
        writer_u64le(writer, challenge->timestamp);
    }
    writer_zeros(writer, AV_HEADER_SIZE);
}

bool ntlm_challenge_write(struct writer *writer, const struct ntlm_challenge *challenge)
{
    size_t info = avs_size(challenge);
    uint32_t flags = challenge->flags & ~(uint32_t)(NTLM_TARGET_INFO | NTLM_VERSION);
    flags |= info > 0 ? (uint32_t)NTLM_TARGET_INFO : 0;
    flags |= challenge->version.seen ? (uint32_t)NTLM_VERSION : 0;
    start_write(writer, TYPE_CHALLENGE);
    descriptor_write(writer, challenge->target_name.size, PAYLOAD_OFFSET);
    writer_u32le(writer, flags);
    writer_bytes(writer, challenge->challenge, NTLM_CHALLENGE_SIZE);
    writer_zeros(writer, RESERVED_SIZE);
    descriptor_write(writer, info, PAYLOAD_OFFSET + challenge->target_name.size);
    version_write(writer, &challenge->version);
    writer_bytes(writer, challenge->target_name.bytes, challenge->target_name.size);
    if (info > 0) {
        avs_write(writer, challenge);
    }
    return writer_ok(writer);
}

/* Microseconds from 1601 to 1970, and from 1970 to the last one of 9999: no date of ours goes further. */
static const int64_t EPOCHS_APART_US = INT64_C(11644473600000000);
static const int64_t LAST_US = INT64_C(253402300799999999);

int64_t ntlm_time_us(uint64_t filetime)
{
    int64_t wall_us = (int64_t)(filetime / 10) - EPOCHS_APART_US;
    return wall_us < LAST_US ? wall_us : LAST_US;
}

uint64_t ntlm_time_from_us(int64_t wall_us)
{
    if (wall_us < -EPOCHS_APART_US || wall_us > INT64_MAX - EPOCHS_APART_US) {
        return 0;
    }
    return (uint64_t)(wall_us + EPOCHS_APART_US) * 10;
}
