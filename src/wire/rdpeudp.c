#include "wire/rdpeudp.h"

static const char HEADER[] = "MS-RDPEUDP 2.2.2.1";
static const char SYN_DATA[] = "MS-RDPEUDP 2.2.2.5";
static const char SYN_EX[] = "MS-RDPEUDP 2.2.2.9";
static const char ACK_VECTOR[] = "MS-RDPEUDP 2.2.2.7";
static const char PAYLOAD[] = "MS-RDPEUDP 2.2.2.4";

enum { KNOWN_FLAGS = 0x1fff, VERSION_VALID = 0x0001, RESERVED = 16, WORD = 4 };

static bool take_u32(struct cursor *cursor, uint32_t *value)
{
    uint16_t high;
    uint16_t low;
    if (cursor_left(cursor) < sizeof(*value) || !cursor_u16be(cursor, &high) || !cursor_u16be(cursor, &low)) {
        return false;
    }
    *value = (uint32_t)high << 16 | low;
    return true;
}

static bool take_slice(struct cursor *cursor, size_t size, struct slice *slice)
{
    const uint8_t *bytes;
    if (!cursor_bytes(cursor, size, &bytes)) {
        return false;
    }
    *slice = slice_of(bytes, size);
    return true;
}

static bool in_range(uint16_t mtu)
{
    return mtu >= RDPEUDP_MTU_MIN && mtu <= RDPEUDP_MTU_MAX;
}

static enum parse syn_ex_parse(struct cursor *at, struct rdpeudp *seen, struct fault *fault)
{
    uint16_t flags;
    uint16_t version;
    if (!cursor_u16be(at, &flags) || !cursor_u16be(at, &version)) {
        return parse_bad(fault, at, SYN_EX, "the version is cut off");
    }
    if ((flags & VERSION_VALID) != 0) {
        seen->version = version;
    }
    /* "MUST be present in a SYN datagram sent from the client ... if version 3": not in the answer */
    if (seen->version == RDPEUDP_VERSION_3 && (seen->flags & RDPEUDP_ACK) == 0 &&
        !take_slice(at, RDPEUDP_HASH_SIZE, &seen->hash)) {
        return parse_bad(fault, at, SYN_EX, "the cookie's hash is cut off");
    }
    return PARSE_DONE;
}

static enum parse syn_parse(struct cursor *at, struct rdpeudp *seen, struct fault *fault)
{
    seen->version = RDPEUDP_VERSION_1;
    if (!take_u32(at, &seen->initial) || !cursor_u16be(at, &seen->up_mtu) || !cursor_u16be(at, &seen->down_mtu)) {
        return parse_bad(fault, at, SYN_DATA, "the SYN is cut off");
    }
    if (!in_range(seen->up_mtu) || !in_range(seen->down_mtu)) {
        return parse_bad(fault, at, SYN_DATA, "an MTU is outside 1132 to 1232");
    }
    if ((seen->flags & RDPEUDP_ACK) == 0 && seen->acked != RDPEUDP_NO_ACK) {
        return parse_bad(fault, at, "MS-RDPEUDP 3.1.5.1.1", "a SYN acknowledges nothing");
    }
    if ((seen->flags & RDPEUDP_CORRELATION) != 0 &&
        (!take_slice(at, RDPEUDP_CORRELATION_SIZE, &seen->correlation) || !cursor_skip(at, RESERVED))) {
        return parse_bad(fault, at, "MS-RDPEUDP 2.2.2.8", "the correlation id is cut off");
    }
    return (seen->flags & RDPEUDP_SYNEX) != 0 ? syn_ex_parse(at, seen, fault) : PARSE_DONE;
}

static enum parse acks_parse(struct cursor *at, struct rdpeudp *seen, struct fault *fault)
{
    uint16_t size;
    if (!cursor_u16be(at, &size) || size > RDPEUDP_ACKS_MAX || !take_slice(at, size, &seen->acks) ||
        !cursor_skip(at, (WORD - (sizeof(size) + size) % WORD) % WORD)) {
        return parse_bad(fault, at, ACK_VECTOR, "the ack vector is cut off, or longer than 2048 bytes");
    }
    if ((seen->flags & RDPEUDP_ACK_OF_ACKS) != 0 && !take_u32(at, &seen->reset)) {
        return parse_bad(fault, at, "MS-RDPEUDP 2.2.2.6", "the reset number is cut off");
    }
    return PARSE_DONE;
}

static enum parse data_parse(struct cursor *at, struct rdpeudp *seen, struct fault *fault)
{
    enum { RANGE_AND_INDEX = 4 };
    if (!take_u32(at, &seen->coded) || !take_u32(at, &seen->source) ||
        ((seen->flags & RDPEUDP_FEC) != 0 && !cursor_skip(at, RANGE_AND_INDEX))) {
        return parse_bad(fault, at, PAYLOAD, "the payload's header is cut off");
    }
    (void)take_slice(at, cursor_left(at), &seen->payload);
    return PARSE_DONE;
}

enum parse rdpeudp_parse(struct slice datagram, struct rdpeudp *rdpeudp, struct fault *fault)
{
    struct cursor at = cursor_of(datagram.bytes, datagram.size);
    struct rdpeudp seen = { 0 };
    enum parse parsed = PARSE_DONE;
    if (!take_u32(&at, &seen.acked) || !cursor_u16be(&at, &seen.window) || !cursor_u16be(&at, &seen.flags)) {
        return parse_bad(fault, &at, HEADER, "the header is cut off");
    }
    if (seen.flags == 0 || (seen.flags & ~KNOWN_FLAGS) != 0) {
        return parse_bad(fault, &at, HEADER, "flags that nobody sends");
    }
    if ((seen.flags & RDPEUDP_SYN) != 0) {
        parsed = syn_parse(&at, &seen, fault);
    } else {
        if ((seen.flags & RDPEUDP_ACK) != 0) {
            parsed = acks_parse(&at, &seen, fault);
        }
        if (parsed == PARSE_DONE && (seen.flags & RDPEUDP_DATA) != 0) {
            parsed = data_parse(&at, &seen, fault);
        }
    }
    if (parsed == PARSE_DONE) {
        *rdpeudp = seen;
    }
    return parsed;
}

static void syn_write(struct writer *writer, size_t begin, const struct rdpeudp *rdpeudp)
{
    writer_u32be(writer, rdpeudp->initial);
    writer_u16be(writer, rdpeudp->up_mtu);
    writer_u16be(writer, rdpeudp->down_mtu);
    if ((rdpeudp->flags & RDPEUDP_CORRELATION) != 0) {
        writer_bytes(writer, rdpeudp->correlation.bytes, RDPEUDP_CORRELATION_SIZE);
        writer_zeros(writer, RESERVED);
    }
    if ((rdpeudp->flags & RDPEUDP_SYNEX) != 0) {
        writer_u16be(writer, VERSION_VALID);
        writer_u16be(writer, rdpeudp->version);
        if (rdpeudp->hash.bytes != NULL) {
            writer_bytes(writer, rdpeudp->hash.bytes, rdpeudp->hash.size);
        }
    }
    const size_t whole = rdpeudp->up_mtu < rdpeudp->down_mtu ? rdpeudp->up_mtu : rdpeudp->down_mtu;
    const size_t so_far = writer_size(writer) - begin;
    writer_zeros(writer, whole > so_far ? whole - so_far : 0);
}

bool rdpeudp_write(struct writer *writer, const struct rdpeudp *rdpeudp)
{
    const size_t begin = writer_size(writer);
    writer_u32be(writer, rdpeudp->acked);
    writer_u16be(writer, rdpeudp->window);
    writer_u16be(writer, rdpeudp->flags);
    if ((rdpeudp->flags & RDPEUDP_SYN) != 0) {
        syn_write(writer, begin, rdpeudp);
        return writer_ok(writer);
    }
    if ((rdpeudp->flags & RDPEUDP_ACK) != 0) {
        writer_u16be(writer, (uint16_t)rdpeudp->acks.size);
        writer_bytes(writer, rdpeudp->acks.bytes, rdpeudp->acks.size);
        writer_zeros(writer, (WORD - (sizeof(uint16_t) + rdpeudp->acks.size) % WORD) % WORD);
        if ((rdpeudp->flags & RDPEUDP_ACK_OF_ACKS) != 0) {
            writer_u32be(writer, rdpeudp->reset);
        }
    }
    if ((rdpeudp->flags & RDPEUDP_DATA) != 0) {
        writer_u32be(writer, rdpeudp->coded);
        writer_u32be(writer, rdpeudp->source);
        writer_bytes(writer, rdpeudp->payload.bytes, rdpeudp->payload.size);
    }
    return writer_ok(writer);
}

bool rdpeudp2_looks_like(struct slice datagram)
{
    enum { PREFIX_AT = 7, TYPE_SHIFT = 3, TYPE_MASK = 0x0f, DUMMY = 8 };
    enum { ACK = 0x001, DATA = 0x004, ACKVEC = 0x008, AOA = 0x010, OVERHEAD = 0x040, DELAY = 0x100 };
    enum { ALL = ACK | DATA | ACKVEC | AOA | OVERHEAD | DELAY, FLAGS = 0x0fff };
    if (datagram.size <= PREFIX_AT) {
        return false;
    }
    const uint8_t prefix = datagram.bytes[PREFIX_AT];
    const unsigned type = prefix >> TYPE_SHIFT & TYPE_MASK;
    /* The first byte of the wire is the prefix's place after the swap: the header follows it, little-endian. */
    const unsigned flags = (datagram.bytes[1] | (unsigned)datagram.bytes[2] << 8) & FLAGS;
    return (prefix & 0x80) == 0 && (type == 0 || type == DUMMY) && flags != 0 && (flags & ~(unsigned)ALL) == 0 &&
           (flags & (ACK | ACKVEC)) != (ACK | ACKVEC);
}
