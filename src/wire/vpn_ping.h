/* The first datagram of two VPN protocols: a gateway answers it before it knows who asks. Nothing follows, so no
 * session comes of it.
 *
 *   OpenVPN: opcode, key 0 | session id 8 | acks: count, packet ids 4, if any: peer's session id 8 | packet id 4
 *   IKEv2 (RFC 7296 3.1): [4 zeros on port 4500] | SPI 8 | SPI 8 | next | version | exchange | flags | id 4 | length 4
 */
#ifndef RDPWHY_WIRE_VPN_PING_H
#define RDPWHY_WIRE_VPN_PING_H

#include "base/writer.h"
#include "wire/slice.h"

enum { VPN_PING_TOKEN_SIZE = 8, VPN_PING_OPENVPN_SIZE = 14, VPN_PING_IKE_SIZE = 28, VPN_PING_IKE_MARKER_SIZE = 4 };

/* P_CONTROL_HARD_RESET_CLIENT_V2. The token is our session id; the answer acknowledges it. */
void vpn_ping_openvpn_write(struct writer *writer, const uint8_t token[VPN_PING_TOKEN_SIZE]);
/* NULL: not a P_CONTROL_HARD_RESET_SERVER_V2 that names a session of the client; else that session id, in `datagram`.
 */
const uint8_t *vpn_ping_openvpn_answer(struct slice datagram);
/* Of a client's own datagram, as an ICMP error quotes it; NULL: too little of it, or not one. */
const uint8_t *vpn_ping_openvpn_token(struct slice datagram);

/* IKE_SA_INIT of a major version that does not exist yet: answered with INVALID_MAJOR_VERSION (RFC 7296 2.5) without
 * any state. The token is the initiator's SPI. */
void vpn_ping_ike_write(struct writer *writer, bool marker, const uint8_t token[VPN_PING_TOKEN_SIZE]);
/* The initiator's SPI of any IKE message, as an answer or quoted. */
const uint8_t *vpn_ping_ike_token(struct slice datagram, bool marker);

#endif
