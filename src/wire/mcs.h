/* MCS as RDP uses it (T.125; MS-RDPBCGR 2.2.1.3 to 2.2.1.9, 2.2.2.3, 3.2.5.3.3 and on), both directions. Every message
 * is the user data of one X.224 Data packet.
 *
 *   7F 65 len ...  Connect-Initial (BER)          30         ultimatum's choice: 8 << 2
 *   7F 66 len ...  Connect-Response (BER)         04 01 00 01 00      erect domain
 *   28             attach user                    2E user             its confirm
 *   38 user chan   join a channel                 3E user chan chan   its confirm
 *   64 user chan 70 len data ...  client's data   68 ...              server's data
 *
 * In the PER messages the first six bits are the choice. Users are counted from 1001. */
#ifndef RDPWHY_WIRE_MCS_H
#define RDPWHY_WIRE_MCS_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum mcs_kind {
    MCS_CONNECT_INITIAL,
    MCS_CONNECT_RESPONSE,
    MCS_ERECT_DOMAIN,
    MCS_ATTACH_USER,
    MCS_ATTACH_USER_CONFIRM,
    MCS_CHANNEL_JOIN,
    MCS_CHANNEL_JOIN_CONFIRM,
    MCS_SEND_DATA,            /* client to server */
    MCS_SEND_DATA_INDICATION, /* server to client */
    MCS_DISCONNECT,           /* DisconnectProviderUltimatum, either way */
};

enum { MCS_USER_BASE = 1001, MCS_RESULT_OK = 0, MCS_RESULT_USER_REJECTED = 14, MCS_GLOBAL_CHANNEL = 1003 };

/* Of the ultimatum (T.125 7, Reason). */
enum mcs_reason {
    MCS_DOMAIN_DISCONNECTED,
    MCS_PROVIDER_INITIATED,
    MCS_TOKEN_PURGED,
    MCS_USER_REQUESTED,
    MCS_CHANNEL_PURGED,
};

struct mcs {
    enum mcs_kind kind;
    uint8_t result;     /* Connect-Response and confirms; 0: good */
    uint8_t reason;     /* ultimatum */
    bool has_user;      /* of the attach confirm: absent when it was refused */
    bool has_channel;   /* of the join confirm: likewise */
    bool has_data;      /* of the Connect-Response: a refusal may end behind the result */
    uint16_t user;      /* initiator, as a channel id (1001 and up) */
    uint16_t channel;   /* the one that was joined, asked for, or sent on */
    uint16_t requested; /* of the join confirm */
    struct slice data;  /* GCC bytes, or what was sent */
};

/* Reads what stands behind the X.224 data header, so a short message is bad, never "more". */
enum parse mcs_parse(struct cursor *rest, struct mcs *mcs, struct fault *fault) MUST_USE;
/* Writes one message without TPKT and X.224. Connect-Initial and Response with the domain parameters that mstsc and
 * Windows send. */
void mcs_write(struct writer *writer, const struct mcs *mcs);
/* The same as a whole packet: TPKT, X.224 data header, message. */
bool mcs_packet_write(struct writer *writer, const struct mcs *mcs) MUST_USE;
/* Bytes of such a packet in front of `size` bytes of sent data. */
enum { MCS_PACKET_OVERHEAD = 4 + 3 + 8 };

#endif
