#include "wire/tcp_syn.h"

#include "base/checksum.h"

static const char SECTION[] = "RFC 9293 3.1";

enum { PROTOCOL_TCP = 6, FLAG_SYN = 0x02, FLAG_RST = 0x04, FLAG_ACK = 0x10, WINDOW = 64240, CHECKSUM_AT = 16 };
enum { OPTION_MSS = 2, OPTION_MSS_SIZE = 4, MSS4 = 1460, MSS6 = 1440, OFFSET_WORDS = TCP_SYN_SIZE / 4 };

uint16_t tcp_udp_checksum(const struct address *from, const struct address *to, uint8_t protocol, const uint8_t *bytes,
                          size_t size)
{
    const size_t address_size = from->family == ADDRESS_V6 ? 16 : 4;
    uint32_t sum = checksum_add(protocol + (uint32_t)size, from->bytes, address_size);
    sum = checksum_add(sum, to->bytes, address_size);
    return checksum_end(checksum_add(sum, bytes, size));
}

void tcp_syn_write(struct writer *writer, const struct tcp_syn *syn)
{
    const size_t begin = writer_size(writer);
    writer_u16be(writer, syn->from_port);
    writer_u16be(writer, syn->to_port);
    writer_u32be(writer, syn->sequence);
    writer_u32be(writer, 0);
    writer_u16be(writer, OFFSET_WORDS << 12 | FLAG_SYN);
    writer_u16be(writer, WINDOW);
    writer_u32be(writer, 0); /* checksum, urgent */
    writer_u8(writer, OPTION_MSS);
    writer_u8(writer, OPTION_MSS_SIZE);
    writer_u16be(writer, syn->from.family == ADDRESS_V6 ? MSS6 : MSS4);
    if (writer_ok(writer)) {
        writer_patch_u16be(
            writer, begin + CHECKSUM_AT,
            tcp_udp_checksum(&syn->from, &syn->to, PROTOCOL_TCP, writer->start + begin, writer_size(writer) - begin));
    }
}

enum parse tcp_syn_answer_parse(struct cursor *cursor, struct tcp_syn_answer *answer, struct fault *fault)
{
    struct tcp_syn_answer seen;
    struct cursor at = *cursor;
    uint16_t high;
    uint16_t low;
    uint16_t flags;
    if (!cursor_u16be(&at, &seen.from_port) || !cursor_u16be(&at, &seen.to_port) || !cursor_skip(&at, 4) ||
        !cursor_u16be(&at, &high) || !cursor_u16be(&at, &low) || !cursor_u16be(&at, &flags) || !cursor_skip(&at, 6)) {
        return parse_bad(fault, &at, SECTION, "the TCP header is cut short");
    }
    seen.acknowledged = (uint32_t)high << 16 | low;
    seen.reset = (flags & FLAG_RST) != 0;
    if ((flags & FLAG_ACK) == 0 || (!seen.reset && (flags & FLAG_SYN) == 0)) {
        return parse_bad(fault, cursor, SECTION, "the segment is no answer to a SYN");
    }
    cursor->at = cursor->end;
    *answer = seen;
    return PARSE_DONE;
}
