#include "read/frame.h"

#include <string.h>

enum {
    ETHER_IPV4 = 0x0800,
    ETHER_IPV6 = 0x86dd,
    ETHER_VLAN = 0x8100,
    ETHER_QINQ = 0x88a8,
    ETHER_QINQ_OLD = 0x9100,
    ETHER_PPPOE = 0x8864,
    PPP_IPV4 = 0x0021,
    PPP_IPV6 = 0x0057,
    VLAN_TAGS_MAX = 4,
    EXTENSIONS_MAX = 16,
};

bool frame_link_known(int link)
{
    switch (link) {
    case FRAME_NULL:
    case FRAME_ETHERNET:
    case FRAME_PPP:
    case FRAME_RAW_BSD:
    case FRAME_PPP_SERIAL:
    case FRAME_PPPOE:
    case FRAME_RAW:
    case FRAME_LOOP:
    case FRAME_COOKED:
    case FRAME_IPV4:
    case FRAME_IPV6:
    case FRAME_COOKED_2:
        return true;
    default:
        return false;
    }
}

static enum frame_result read_tcp(struct cursor *at, struct packet *packet)
{
    uint8_t offset;
    uint16_t window_sum_urgent[3];
    if (!cursor_u16be(at, &packet->from_port) || !cursor_u16be(at, &packet->to_port) ||
        !cursor_u16be(at, &window_sum_urgent[0]) || !cursor_u16be(at, &window_sum_urgent[1])) {
        return FRAME_CUT;
    }
    packet->sequence = (uint32_t)window_sum_urgent[0] << 16 | window_sum_urgent[1];
    if (!cursor_u16be(at, &window_sum_urgent[0]) || !cursor_u16be(at, &window_sum_urgent[1]) ||
        !cursor_u8(at, &offset) || !cursor_u8(at, &packet->flags) || !cursor_skip(at, 6)) {
        return FRAME_CUT;
    }
    packet->acknowledged = (uint32_t)window_sum_urgent[0] << 16 | window_sum_urgent[1];
    const size_t header = (size_t)(offset >> 4) * 4;
    if (header < 20 || header > packet->length) {
        return FRAME_BAD;
    }
    packet->length -= header;
    return cursor_skip(at, header - 20) ? FRAME_PACKET : FRAME_CUT;
}

static enum frame_result read_udp(struct cursor *at, struct packet *packet)
{
    uint16_t length;
    if (!cursor_u16be(at, &packet->from_port) || !cursor_u16be(at, &packet->to_port) || !cursor_u16be(at, &length) ||
        !cursor_skip(at, 2)) {
        return FRAME_CUT;
    }
    if (length < 8 || length > packet->length) {
        return FRAME_BAD;
    }
    packet->length = length - 8U;
    return FRAME_PACKET;
}

static enum frame_result read_icmp(struct cursor *at, struct packet *packet)
{
    if (!cursor_u8(at, &packet->icmp_type) || !cursor_u8(at, &packet->icmp_code) || !cursor_skip(at, 6)) {
        return FRAME_CUT;
    }
    if (packet->length < 8) {
        return FRAME_BAD;
    }
    packet->length -= 8;
    return FRAME_PACKET;
}

/* `packet->length` bytes of transport; what the capture has of them stands at the cursor. */
static enum frame_result read_transport(struct cursor *at, struct packet *packet)
{
    enum frame_result result = FRAME_OTHER;
    if (packet->protocol == PROTOCOL_TCP) {
        result = read_tcp(at, packet);
    } else if (packet->protocol == PROTOCOL_UDP) {
        result = read_udp(at, packet);
    } else if (packet->protocol == PROTOCOL_ICMP || packet->protocol == PROTOCOL_ICMP6) {
        result = read_icmp(at, packet);
    }
    if (result == FRAME_PACKET) {
        const size_t there = cursor_left(at); /* Ethernet pads short frames: the IP length decides */
        packet->payload = slice_of(at->at, there < packet->length ? there : packet->length);
    }
    return result;
}

static enum frame_result read_ipv4(struct cursor *at, struct packet *packet)
{
    uint8_t first;
    uint16_t total;
    uint16_t fragment;
    const uint8_t *from;
    const uint8_t *to;
    if (!cursor_u8(at, &first) || !cursor_skip(at, 1) || !cursor_u16be(at, &total) || !cursor_u16be(at, &packet->id) ||
        !cursor_u16be(at, &fragment) || !cursor_u8(at, &packet->ttl) || !cursor_u8(at, &packet->protocol) ||
        !cursor_skip(at, 2) || !cursor_bytes(at, 4, &from) || !cursor_bytes(at, 4, &to)) {
        return FRAME_CUT;
    }
    const size_t header = (size_t)(first & 0x0f) * 4;
    if (first >> 4 != 4 || header < 20) {
        return FRAME_BAD;
    }
    if (!cursor_skip(at, header - 20)) {
        return FRAME_CUT;
    }
    /* a sender that leaves segmentation to its card hands over a length of 0 */
    packet->length = total == 0 ? cursor_left(at) : (size_t)total - (total >= header ? header : total);
    if (total != 0 && total < header) {
        return FRAME_BAD;
    }
    packet->from = (struct address){ .family = ADDRESS_V4 };
    packet->to = (struct address){ .family = ADDRESS_V4 };
    memcpy(packet->from.bytes, from, 4);
    memcpy(packet->to.bytes, to, 4);
    return (fragment & 0x1fff) != 0 ? FRAME_FRAGMENT : read_transport(at, packet);
}

/* Hop-by-hop, routing, destination options and the fragment header (RFC 8200 4). */
static enum frame_result skip_extensions(struct cursor *at, struct packet *packet, uint8_t next)
{
    for (int i = 0; i < EXTENSIONS_MAX; i++) {
        uint8_t following;
        uint8_t length;
        uint16_t fragment;
        if (next != 0 && next != 43 && next != 44 && next != 60) {
            packet->protocol = next;
            return FRAME_PACKET;
        }
        if (!cursor_u8(at, &following) || !cursor_u8(at, &length)) {
            return FRAME_CUT;
        }
        size_t rest = (size_t)length * 8 + 6;
        if (next == 44) {
            if (!cursor_u16be(at, &fragment)) {
                return FRAME_CUT;
            }
            if (fragment >> 3 != 0) {
                return FRAME_FRAGMENT;
            }
            rest = 4;
        }
        const size_t whole = next == 44 ? 8 : rest + 2;
        if (whole > packet->length) {
            return FRAME_BAD;
        }
        if (!cursor_skip(at, rest)) {
            return FRAME_CUT;
        }
        packet->length -= whole;
        next = following;
    }
    return FRAME_BAD;
}

static enum frame_result read_ipv6(struct cursor *at, struct packet *packet)
{
    uint8_t first;
    uint16_t length;
    uint8_t next;
    const uint8_t *from;
    const uint8_t *to;
    if (!cursor_u8(at, &first) || !cursor_skip(at, 3) || !cursor_u16be(at, &length) || !cursor_u8(at, &next) ||
        !cursor_u8(at, &packet->ttl) || !cursor_bytes(at, 16, &from) || !cursor_bytes(at, 16, &to)) {
        return FRAME_CUT;
    }
    if (first >> 4 != 6) {
        return FRAME_BAD;
    }
    packet->length = length == 0 ? cursor_left(at) : length;
    packet->from = (struct address){ .family = ADDRESS_V6 };
    packet->to = (struct address){ .family = ADDRESS_V6 };
    memcpy(packet->from.bytes, from, 16);
    memcpy(packet->to.bytes, to, 16);
    const enum frame_result result = skip_extensions(at, packet, next);
    return result == FRAME_PACKET ? read_transport(at, packet) : result;
}

static enum frame_result read_ip(struct cursor *at, struct packet *packet)
{
    if (cursor_left(at) == 0) {
        return FRAME_CUT;
    }
    switch (at->at[0] >> 4) {
    case 4:
        return read_ipv4(at, packet);
    case 6:
        return read_ipv6(at, packet);
    default:
        return FRAME_OTHER;
    }
}

/* With or without the address and control bytes of HDLC, with a protocol of one byte or two (RFC 1661 2, RFC 1662 3).
 */
static enum frame_result read_ppp(struct cursor *at, struct packet *packet)
{
    uint8_t byte;
    if (cursor_left(at) >= 2 && at->at[0] == 0xff && at->at[1] == 0x03 && !cursor_skip(at, 2)) {
        return FRAME_CUT;
    }
    if (!cursor_u8(at, &byte)) {
        return FRAME_CUT;
    }
    uint16_t protocol = byte;
    if ((byte & 1) == 0) {
        if (!cursor_u8(at, &byte)) {
            return FRAME_CUT;
        }
        protocol = (uint16_t)(protocol << 8 | byte);
    }
    return protocol == PPP_IPV4 || protocol == PPP_IPV6 ? read_ip(at, packet) : FRAME_OTHER;
}

static enum frame_result read_ether_type(struct cursor *at, uint16_t type, struct packet *packet)
{
    for (int tags = 0; tags < VLAN_TAGS_MAX && (type == ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD);
         tags++) {
        if (!cursor_skip(at, 2) || !cursor_u16be(at, &type)) {
            return FRAME_CUT;
        }
    }
    if (type == ETHER_PPPOE) {
        return cursor_skip(at, 6) ? read_ppp(at, packet) : FRAME_CUT;
    }
    return type == ETHER_IPV4 || type == ETHER_IPV6 ? read_ip(at, packet) : FRAME_OTHER;
}

/* `skip` bytes, then an EtherType. */
static enum frame_result read_typed(struct cursor *at, size_t skip, struct packet *packet)
{
    uint16_t type;
    if (!cursor_skip(at, skip) || !cursor_u16be(at, &type)) {
        return FRAME_CUT;
    }
    return read_ether_type(at, type, packet);
}

static enum frame_result read_cooked_2(struct cursor *at, struct packet *packet)
{
    uint16_t type;
    if (!cursor_u16be(at, &type) || !cursor_skip(at, 18)) {
        return FRAME_CUT;
    }
    return read_ether_type(at, type, packet);
}

enum frame_result frame_read(int link, const uint8_t *bytes, size_t size, struct packet *packet)
{
    struct cursor at = cursor_of(bytes, size);
    switch (link) {
    case FRAME_ETHERNET:
        return read_typed(&at, 12, packet);
    case FRAME_COOKED:
        return read_typed(&at, 14, packet);
    case FRAME_COOKED_2:
        return read_cooked_2(&at, packet);
    case FRAME_NULL:
    case FRAME_LOOP:
        return cursor_skip(&at, 4) ? read_ip(&at, packet) : FRAME_CUT;
    case FRAME_PPP:
    case FRAME_PPP_SERIAL:
        return read_ppp(&at, packet);
    case FRAME_PPPOE:
        return cursor_skip(&at, 6) ? read_ppp(&at, packet) : FRAME_CUT;
    case FRAME_RAW_BSD:
    case FRAME_RAW:
    case FRAME_IPV4:
    case FRAME_IPV6:
        return read_ip(&at, packet);
    default:
        return FRAME_OTHER;
    }
}
