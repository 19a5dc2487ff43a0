#include "wire/vpn_ping.h"

#include "base/cursor.h"

enum { OPENVPN_CONTROL = 4 << 3, OPENVPN_ACK = 5 << 3, OPENVPN_RESET_CLIENT = 7 << 3, OPENVPN_RESET_SERVER = 8 << 3 };
enum { OPENVPN_ACKS_MAX = 8 };
enum { IKE_SA_INIT = 34, IKE_INITIATOR = 0x08, IKE_VERSION_3 = 0x30 };

void vpn_ping_openvpn_write(struct writer *writer, const uint8_t token[VPN_PING_TOKEN_SIZE])
{
    writer_u8(writer, OPENVPN_RESET_CLIENT);
    writer_bytes(writer, token, VPN_PING_TOKEN_SIZE);
    writer_u8(writer, 0);
    writer_u32be(writer, 0);
}

const uint8_t *vpn_ping_openvpn_answer(struct slice datagram)
{
    struct cursor cursor = cursor_of(datagram.bytes, datagram.size);
    uint8_t opcode;
    uint8_t acks;
    const uint8_t *session;
    if (!cursor_u8(&cursor, &opcode) ||
        (opcode != OPENVPN_RESET_SERVER && opcode != OPENVPN_ACK && opcode != OPENVPN_CONTROL) ||
        !cursor_skip(&cursor, 8) || !cursor_u8(&cursor, &acks) || acks == 0 || acks > OPENVPN_ACKS_MAX ||
        !cursor_skip(&cursor, acks * 4U) || !cursor_bytes(&cursor, VPN_PING_TOKEN_SIZE, &session)) {
        return NULL;
    }
    return session;
}

const uint8_t *vpn_ping_openvpn_token(struct slice datagram)
{
    struct cursor cursor = cursor_of(datagram.bytes, datagram.size);
    uint8_t opcode;
    const uint8_t *session;
    return cursor_u8(&cursor, &opcode) && opcode == OPENVPN_RESET_CLIENT &&
                   cursor_bytes(&cursor, VPN_PING_TOKEN_SIZE, &session)
               ? session
               : NULL;
}

void vpn_ping_ike_write(struct writer *writer, bool marker, const uint8_t token[VPN_PING_TOKEN_SIZE])
{
    writer_zeros(writer, marker ? VPN_PING_IKE_MARKER_SIZE : 0);
    writer_bytes(writer, token, VPN_PING_TOKEN_SIZE);
    writer_zeros(writer, 8); /* the responder's SPI is not known yet */
    writer_u8(writer, 0);    /* no payload follows */
    writer_u8(writer, IKE_VERSION_3);
    writer_u8(writer, IKE_SA_INIT);
    writer_u8(writer, IKE_INITIATOR);
    writer_u32be(writer, 0);
    writer_u32be(writer, VPN_PING_IKE_SIZE);
}

const uint8_t *vpn_ping_ike_token(struct slice datagram, bool marker)
{
    struct cursor cursor = cursor_of(datagram.bytes, datagram.size);
    const uint8_t *spi;
    return cursor_skip(&cursor, marker ? VPN_PING_IKE_MARKER_SIZE : 0) &&
                   cursor_bytes(&cursor, VPN_PING_TOKEN_SIZE, &spi)
               ? spi
               : NULL;
}
