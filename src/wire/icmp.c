#include "wire/icmp.h"

#include "base/checksum.h"

static const char SECTION[] = "RFC 792";
static const char SECTION6[] = "RFC 4443";
static const char SECTION_IP[] = "RFC 791 3.1";
static const char SECTION_IP6[] = "RFC 8200";

enum { ICMP4_ECHO_REPLY = 0, ICMP4_UNREACHABLE = 3, ICMP4_ECHO = 8, ICMP4_TIME_EXCEEDED = 11 };
enum { CODE4_FRAGMENTATION_NEEDED = 4 };
enum {
    ICMP6_UNREACHABLE = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_ECHO = 128,
    ICMP6_ECHO_REPLY = 129,
};
enum { NEXT_HOP_BY_HOP = 0, NEXT_ROUTING = 43, NEXT_FRAGMENT = 44, NEXT_DESTINATION = 60 };
enum { IP4_SIZE = 20, FRAGMENT_OFFSET4 = 0x1fff, FRAGMENT_OFFSET6 = 0xfff8 };

enum icmp_kind icmp_kind_of(enum address_family family, uint8_t type, uint8_t code)
{
    static const struct {
        enum address_family family;
        uint8_t type;
        enum icmp_kind kind;
    } known[] = {
        { ADDRESS_V4, ICMP4_ECHO_REPLY, ICMP_ECHO_REPLY },   { ADDRESS_V4, ICMP4_UNREACHABLE, ICMP_UNREACHABLE },
        { ADDRESS_V4, ICMP4_ECHO, ICMP_ECHO_REQUEST },       { ADDRESS_V4, ICMP4_TIME_EXCEEDED, ICMP_TIME_EXCEEDED },
        { ADDRESS_V6, ICMP6_UNREACHABLE, ICMP_UNREACHABLE }, { ADDRESS_V6, ICMP6_TOO_BIG, ICMP_TOO_BIG },
        { ADDRESS_V6, ICMP6_ECHO, ICMP_ECHO_REQUEST },       { ADDRESS_V6, ICMP6_TIME_EXCEEDED, ICMP_TIME_EXCEEDED },
        { ADDRESS_V6, ICMP6_ECHO_REPLY, ICMP_ECHO_REPLY },
    };
    if (family == ADDRESS_V4 && type == ICMP4_UNREACHABLE && code == CODE4_FRAGMENTATION_NEEDED) {
        return ICMP_TOO_BIG;
    }
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (known[i].family == family && known[i].type == type) {
            return known[i].kind;
        }
    }
    return ICMP_OTHER;
}

/* IHL counts words; options are passed over. Leaves the cursor behind the header. */
static enum parse ipv4_header(struct cursor *cursor, struct icmp_quote *quote, bool *first, struct fault *fault)
{
    uint8_t version_ihl;
    uint16_t fragment;
    const uint8_t *from;
    const uint8_t *to;
    struct cursor at = *cursor;
    if (!cursor_u8(&at, &version_ihl) || !cursor_skip(&at, 5) || !cursor_u16be(&at, &fragment) ||
        !cursor_skip(&at, 1) || !cursor_u8(&at, &quote->protocol) || !cursor_skip(&at, 2) ||
        !cursor_bytes(&at, 4, &from) || !cursor_bytes(&at, 4, &to)) {
        return parse_bad(fault, &at, SECTION_IP, "the IPv4 header is cut short");
    }
    const size_t size = (version_ihl & 0x0fU) * 4U;
    if (version_ihl >> 4 != 4 || size < IP4_SIZE || !cursor_skip(&at, size - IP4_SIZE)) {
        return parse_bad(fault, cursor, SECTION_IP, "the IPv4 header has a wrong version or length");
    }
    *first = (fragment & FRAGMENT_OFFSET4) == 0;
    quote->from = (struct address){ .family = ADDRESS_V4 };
    quote->to = quote->from;
    memcpy(quote->from.bytes, from, 4);
    memcpy(quote->to.bytes, to, 4);
    *cursor = at;
    return PARSE_DONE;
}

static bool is_extension(uint8_t next)
{
    return next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING || next == NEXT_FRAGMENT || next == NEXT_DESTINATION;
}

static enum parse ipv6_header(struct cursor *cursor, struct icmp_quote *quote, bool *first, struct fault *fault)
{
    uint8_t version;
    const uint8_t *from;
    const uint8_t *to;
    if (!cursor_u8(cursor, &version) || !cursor_skip(cursor, 5) || !cursor_u8(cursor, &quote->protocol) ||
        !cursor_skip(cursor, 1) || !cursor_bytes(cursor, 16, &from) || !cursor_bytes(cursor, 16, &to)) {
        return parse_bad(fault, cursor, SECTION_IP6, "the IPv6 header is cut short");
    }
    if (version >> 4 != 6) {
        return parse_bad(fault, cursor, SECTION_IP6, "the IPv6 header has a wrong version");
    }
    *first = true;
    for (int i = 0; i < ICMP_EXTENSION_HEADERS_MAX && is_extension(quote->protocol); i++) {
        const uint8_t kind = quote->protocol;
        uint8_t words;
        uint16_t fragment;
        if (!cursor_u8(cursor, &quote->protocol) || !cursor_u8(cursor, &words) || !cursor_u16be(cursor, &fragment) ||
            !cursor_skip(cursor, kind == NEXT_FRAGMENT ? 4U : 4U + words * 8U)) {
            return parse_bad(fault, cursor, SECTION_IP6, "an IPv6 extension header is cut short");
        }
        *first = *first && (kind != NEXT_FRAGMENT || (fragment & FRAGMENT_OFFSET6) == 0);
    }
    quote->from = (struct address){ .family = ADDRESS_V6 };
    quote->to = quote->from;
    memcpy(quote->from.bytes, from, 16);
    memcpy(quote->to.bytes, to, 16);
    return PARSE_DONE;
}

/* The 8 bytes that every router quotes of what the packet carried. False: they are not of a kind that is known. */
static bool quote_head(struct cursor *cursor, struct icmp_quote *quote)
{
    uint16_t words[4];
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (!cursor_u16be(cursor, &words[i])) {
            return false;
        }
    }
    switch (quote->protocol) {
    case ICMP_PROTOCOL_TCP:
        quote->tcp_sequence = (uint32_t)words[2] << 16 | words[3];
        break;
    case ICMP_PROTOCOL_UDP:
        quote->checksum = words[3];
        break;
    case ICMP_PROTOCOL_ICMP:
    case ICMP_PROTOCOL_ICMP6:
        quote->checksum = words[1];
        quote->id = words[2];
        quote->sequence = words[3];
        quote->behind = slice_of(cursor->at, cursor_left(cursor));
        return words[0] >> 8 == (quote->protocol == ICMP_PROTOCOL_ICMP ? ICMP4_ECHO : ICMP6_ECHO);
    default:
        return false;
    }
    quote->from_port = words[0];
    quote->to_port = words[1];
    if (quote->protocol == ICMP_PROTOCOL_UDP) {
        quote->behind = slice_of(cursor->at, cursor_left(cursor));
    }
    return true;
}

/* RFC 4884: a length that is not 0 says where the quote ends and extensions begin, in words of 4 or 8 bytes. */
static struct cursor without_extensions(const struct cursor *cursor, enum address_family family, const uint8_t rest[4])
{
    const size_t size = family == ADDRESS_V6 ? rest[0] * 8U : rest[1] * 4U;
    struct cursor at = *cursor;
    if (size > 0 && size < cursor_left(&at)) {
        at.end = at.at + size;
    }
    return at;
}

static enum parse error_parse(struct cursor *cursor, enum address_family family, const uint8_t rest[4],
                              struct icmp *icmp, struct fault *fault)
{
    struct cursor packet = icmp->kind == ICMP_TOO_BIG ? *cursor : without_extensions(cursor, family, rest);
    if (icmp->kind == ICMP_TOO_BIG) {
        icmp->mtu = family == ADDRESS_V6
                        ? (uint32_t)rest[0] << 24 | (uint32_t)rest[1] << 16 | (uint32_t)rest[2] << 8 | rest[3]
                        : (uint32_t)rest[2] << 8 | rest[3];
    }
    bool first = false;
    const enum parse parsed = family == ADDRESS_V6 ? ipv6_header(&packet, &icmp->quote, &first, fault)
                                                   : ipv4_header(&packet, &icmp->quote, &first, fault);
    if (parsed != PARSE_DONE) {
        return parsed;
    }
    icmp->quotes = first && quote_head(&packet, &icmp->quote);
    cursor->at = cursor->end;
    return PARSE_DONE;
}

enum parse icmp_parse(struct cursor *cursor, enum address_family family, struct icmp *icmp, struct fault *fault)
{
    struct icmp seen = { 0 };
    struct cursor at = *cursor;
    const uint8_t *rest;
    if (!cursor_u8(&at, &seen.type) || !cursor_u8(&at, &seen.code) || !cursor_skip(&at, 2) ||
        !cursor_bytes(&at, 4, &rest)) {
        return parse_bad(fault, &at, family == ADDRESS_V6 ? SECTION6 : SECTION, "the ICMP header is cut short");
    }
    seen.kind = icmp_kind_of(family, seen.type, seen.code);
    if (seen.kind == ICMP_ECHO_REQUEST || seen.kind == ICMP_ECHO_REPLY) {
        seen.id = (uint16_t)(rest[0] << 8 | rest[1]);
        seen.sequence = (uint16_t)(rest[2] << 8 | rest[3]);
        seen.data = slice_of(at.at, cursor_left(&at));
    } else if (seen.kind != ICMP_OTHER && error_parse(&at, family, rest, &seen, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    cursor->at = cursor->end;
    *icmp = seen;
    return PARSE_DONE;
}

void icmp_echo_write(struct writer *writer, enum address_family family, uint16_t id, uint16_t sequence,
                     struct slice data)
{
    const size_t begin = writer_size(writer);
    writer_u8(writer, family == ADDRESS_V6 ? ICMP6_ECHO : ICMP4_ECHO);
    writer_u8(writer, 0);
    writer_u16be(writer, 0);
    writer_u16be(writer, id);
    writer_u16be(writer, sequence);
    writer_bytes(writer, data.bytes, data.size);
    if (family == ADDRESS_V4 && writer_ok(writer)) {
        writer_patch_u16be(writer, begin + 2,
                           checksum_end(checksum_add(0, writer->start + begin, writer_size(writer) - begin)));
    }
}

enum parse icmp_skip_ipv4(struct cursor *cursor, struct fault *fault)
{
    struct icmp_quote ignored = { 0 };
    bool first = false;
    return ipv4_header(cursor, &ignored, &first, fault);
}
